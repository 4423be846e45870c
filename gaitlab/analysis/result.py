"""The result of an analysis: a frozen record with its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import pandas as pd
import xarray as xr

from gaitlab.analysis.findings import Finding
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.quality import Quality
from gaitlab.analysis.quality_json import quality_to_dict
from gaitlab.errors import Refusal
from gaitlab.gait.corrections import Correction
from gaitlab.reference import MatchedReference
from gaitlab.schema import SIDES, Side, Withheld
from gaitlab.signals.view import ViewResult
from gaitlab.video import VideoInfo

__all__ = ["SUMMARY_VERSION", "AnalysisResult", "Subject"]

SUMMARY_VERSION: Final = "1.0"
"""Of the keys of ``summary.json``, see ``summary_schema``."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The patient as stated by the user; ``None``: not stated.

    Attributes
    ----------
    height_cm
        Body height, 50 to 250 cm.
    age_years
        1 to 120 years.
    sex
        ``f`` or ``m``.
    painful_side
        ``left`` or ``right``.
    patient, clinic
        Pseudonym of the patient; clinic or therapist.
    footwear
        What was worn, in words.

    See Also
    --------
    gaitlab.analyze : takes these as options

    Examples
    --------
    >>> Subject(height_cm=172.0, age_years=54.0, sex="f").sex
    'f'
    """

    height_cm: float | None = None
    age_years: float | None = None
    sex: str | None = None
    painful_side: Side | None = None
    patient: str | None = None
    clinic: str | None = None
    footwear: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnalysisResult:
    """The data that an analysis found; ``gaitlab.Analysis`` adds plots, report and saving.

    Attributes
    ----------
    video
        The video file.
    landmarks
        As found, frame by frame (``schema.validate_landmarks``).
    angles
        Degrees over time (``schema.validate_angles``); NaN where withheld or not seen.
    events, cycles
        Heel strikes and toe-offs; strides and their phases.
    curves
        Each stride at 101 points (``schema.validate_curves``).
    mean_curves
        Mean and SD over the used strides, with the reference.
    phases
        Values per measure, side and phase, with deviation, uncertainty and verdict.
    deviations
        Partial gait variable score per measure and side.
    spatiotemporal
        Times, lengths and speed, with norms.
    view
        How the camera sees the person.
    quality
        What the result rests on.
    withheld
        What is not given, why, and how to film it.
    warnings
        Sentences for the reader.
    findings
        What stands out, in numbers and words.
    references
        The reference curve of each measure.
    subject
        What was stated about the person.
    provenance
        Versions, hashes, parameters.
    corrections
        What a reader put right by hand: it is in the other fields already.
    sources
        Numbers of the clips, from 1, that each measure is taken from.
    parts
        Of several videos the analysis of each; ``events`` and ``cycles`` then have a column ``video``, and
        ``video``, ``landmarks``, ``angles`` and ``view`` are those of the leading one. Empty: there is one video.
    refusal
        Why nothing can be measured, and the one thing to do: events, strides with their reasons and landmarks are
        there all the same. ``None``: something is measured, of several videos in at least one.

    See Also
    --------
    gaitlab.Analysis : the same with plots, report and saving
    gaitlab.analysis.quality.Quality : what a result rests on

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> result = example_analysis()
    >>> row = result.phases.query("measure == 'hip_flexion' and side == 'right' and phase == 'terminal_stance'").iloc[0]
    >>> round(float(row["min"])), row["status"]
    (-12, 'within')
    >>> [each.measure for each in result.withheld]
    ['pelvic_drop', 'hip_adduction', 'trunk_lateral']
    """

    video: VideoInfo
    landmarks: xr.Dataset
    angles: xr.Dataset
    events: pd.DataFrame
    cycles: pd.DataFrame
    curves: xr.Dataset
    mean_curves: pd.DataFrame
    phases: pd.DataFrame
    deviations: pd.DataFrame
    spatiotemporal: pd.DataFrame
    view: ViewResult
    quality: Quality
    withheld: tuple[Withheld, ...]
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]
    references: Mapping[str, MatchedReference]
    subject: Subject
    provenance: Provenance
    corrections: tuple[Correction, ...] = ()
    sources: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parts: tuple[AnalysisResult, ...] = ()
    refusal: Refusal | None = None

    @property
    def clips(self) -> tuple[AnalysisResult, ...]:
        """The analysis of each video; of one video this one."""
        return self.parts or (self,)

    def summary(self) -> dict[str, Any]:
        """Collect all that ``summary.json`` holds, as plain data.

        Returns
        -------
        summary : dict
            By key of ``summary.json`` (docs/outputs.md); numbers, strings, lists and dictionaries only.

        Examples
        --------
        >>> from gaitlab.testing import example_analysis
        >>> example_analysis().summary()["view"]["view"]
        'left'
        """
        return {
            "schema_version": SUMMARY_VERSION,
            "video": asdict(self.video),
            "refusal": None if self.refusal is None else asdict(self.refusal),
            "subject": asdict(self.subject),
            "view": asdict(self.view),
            "quality": quality_to_dict(self.quality),
            "findings": [asdict(finding) for finding in self.findings],
            "warnings": list(self.warnings),
            "withheld": [asdict(w) for w in self.withheld],
            "spatiotemporal": self.spatiotemporal,
            "phases": self.phases,
            "deviations": self.deviations,
            "corrections": [
                change.to_dict() | ({"video": number} if self.parts else {})
                for number, clip in enumerate(self.clips, start=1)
                for change in clip.corrections
            ],
            "sources": {measure: list(numbers) for measure, numbers in self.sources.items()},
            "references": {measure: _describe(r) for measure, r in self.references.items()},
            "provenance": self.provenance.to_dict(),
        }

    def __repr__(self) -> str:
        """Return one line: what was filmed, and how many strides were used, or why none."""
        if self.refusal is not None:
            return f"<gaitlab.Analysis {self.video.stem!r}, not measured: {self.refusal.code}>"
        used = self.cycles[self.cycles["used"].astype(bool)]
        strides = ", ".join(f"{(used['side'] == side).sum()} {side}" for side in SIDES)
        held_back = f", {len(self.withheld)} withheld" if self.withheld else ""
        return f"<gaitlab.Analysis {self.video.stem!r}, view {self.view.view}, strides: {strides}{held_back}>"


def _describe(reference: MatchedReference) -> dict[str, Any]:
    return {key: value for key, value in asdict(reference).items() if key not in ("mean_deg", "sd_deg")}
