"""The file of a site's own standard errors, which comparisons use instead of the built-in ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from scipy.special import stdtrit

from gaitlab.analysis.change.compared import COMPARED, ComparedMeasure
from gaitlab.analysis.change.conditions import method_of, views_of
from gaitlab.analysis.io import read_summary, write_summary
from gaitlab.analysis.result import AnalysisResult
from gaitlab.errors import InputError, UsageError
from gaitlab.schema.uncertainty import NORMAL_QUANTILE

__all__ = ["SITE_FILE", "SiteReliability", "read_site", "write_site"]

SITE_FILE: Final = "reliability.json"
_FORMAT: Final = "1.0"


@dataclass(frozen=True, kw_only=True)
class SiteReliability:
    """A site's own standard errors.

    Attributes
    ----------
    sem
        Of one recording against one of another session, by parameter, in its unit; of a length or speed as a share.
    stride_sd
        Between the strides of one recording, by parameter; those that are no means of strides are not in it.
    strides
        Median number of strides of a side in a recording, by parameter.
    df
        Degrees of freedom of each of ``sem``, by parameter; without them, as in files of earlier versions, it counts as
        known exactly.
    views
        From which the recordings were filmed.
    views_of
        From which those videos were filmed that a parameter is taken from, by parameter; without it: from any view.
    method
        Versions of gaitlab and MediaPipe, and hash of the pose model.
    people, recordings
        Numbers of people and recordings.
    """

    sem: Mapping[str, float]
    stride_sd: Mapping[str, float]
    strides: Mapping[str, float]
    views: tuple[str, ...]
    method: tuple[str, str, str]
    people: int
    recordings: int
    df: Mapping[str, float] = field(default_factory=dict)
    views_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def measure(self, parameter: str) -> ComparedMeasure | None:
        """Return how a parameter is compared with these numbers; ``None``: they do not have it."""
        if parameter not in self.sem:
            return None
        stride_sd = self.stride_sd.get(parameter, float("nan"))
        return replace(COMPARED[parameter], sem=self.sem[parameter], stride_sd=stride_sd)

    def quantile(self, parameter: str) -> float:
        """Return how many standard errors a 95 % interval reaches: the fewer the repeats, the more."""
        df = self.df.get(parameter)
        return NORMAL_QUANTILE if df is None else float(stdtrit(df, 0.975))

    def check(self, visit: AnalysisResult) -> None:
        """Raise ``UsageError`` if a visit was filmed or analysed in another way than the repeated recordings."""
        for parameter in set(visit.spatiotemporal["parameter"]) & set(self.sem):
            own, filmed = self.views_of.get(parameter, self.views), views_of(visit, COMPARED[parameter].curve)
            if not filmed <= set(own):
                raise UsageError(
                    f"The reliability file has {COMPARED[parameter].label} of recordings from {', '.join(own)}, and a "
                    f"visit is filmed from {', '.join(sorted(filmed))}. Use a file of the same view, or none."
                )
        if method_of(visit) != self.method:
            raise UsageError(
                "The reliability file and a visit come from different versions of gaitlab, MediaPipe or the pose "
                "model. Analyse the repeated recordings and the visits with the same version."
            )


def write_site(site: SiteReliability, path: Path) -> None:
    """Write the file of a site.

    Parameters
    ----------
    site
        What to write.
    path
        Where.
    """
    gaitlab, mediapipe, model = site.method
    contents: dict[str, Any] = {
        "format": _FORMAT,
        "views": list(site.views),
        "people": site.people,
        "recordings": site.recordings,
        "method": {"gaitlab": gaitlab, "mediapipe": mediapipe, "model_sha256": model},
        "parameters": {
            name: {
                "sem": sem,
                "df": site.df.get(name),
                "stride_sd": site.stride_sd.get(name),
                "strides": site.strides.get(name),
                "views": list(site.views_of.get(name, site.views)),
                "relative": COMPARED[name].relative,
            }
            for name, sem in site.sem.items()
        },
    }
    write_summary(contents, path)


def read_site(path: Path) -> SiteReliability:
    """Read the file of a site back.

    Parameters
    ----------
    path
        ``reliability.json``, or the folder with it.

    Raises
    ------
    InputError
        If it cannot be read or is no such file.
    """
    file = path / SITE_FILE if path.is_dir() else path
    try:
        contents = read_summary(file)
        parameters = contents["parameters"]
        method = contents["method"]
        scattered = {name: each for name, each in parameters.items() if each["stride_sd"] is not None}
        return SiteReliability(
            sem={name: float(each["sem"]) for name, each in parameters.items() if name in COMPARED},
            stride_sd={name: float(each["stride_sd"]) for name, each in scattered.items()},
            strides={name: float(each["strides"]) for name, each in scattered.items()},
            df={name: float(each["df"]) for name, each in parameters.items() if each.get("df") is not None},
            views=tuple(contents["views"]),
            views_of={name: tuple(each["views"]) for name, each in parameters.items() if "views" in each},
            method=(method["gaitlab"], method["mediapipe"], method["model_sha256"]),
            people=int(contents["people"]),
            recordings=int(contents["recordings"]),
        )
    except (InputError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{str(file)!r} is not a reliability file of gaitlab. 'gaitlab reliability' writes it."
        ) from error
