"""The result of an analysis: a frozen record with its tables, and how it is saved and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from itertools import count, takewhile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis import io
from gaitlab.analysis.findings import Finding
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.visit import join_curves
from gaitlab.errors import InputError, Refusal, UsageError
from gaitlab.gait.corrections import Change
from gaitlab.gait.strides import time_normalise
from gaitlab.output import atomic_folder
from gaitlab.reference import MatchedReference
from gaitlab.reference.deviation import DEVIATION_COLUMNS
from gaitlab.schema import SIDES, Side, Withheld
from gaitlab.signals.view import ViewResult
from gaitlab.video import VideoInfo, probe

__all__ = ["Analysis", "Subject", "load"]

_ROOM: Final = "video_{}"
"""Folder of each of several videos within the folder of their visit."""

_PARAMETERS: Final = ("parameter", "side", "value", "uncertainty", "unit", "code", "note", "norm_low", "norm_high")
"""Columns of ``spatiotemporal``, which a file without a row does not tell."""

_TABLES: Final = {"events": "events.csv", "cycles": "cycles.csv", "phases": "phases.csv", "mean_curves": "curves.csv"}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is known about the person; ``None``: not given."""

    height_cm: float | None = None
    age_years: float | None = None
    sex: str | None = None
    painful_side: Side | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Analysis:
    """The result of ``analyze``.

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
        What was told about the person.
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
    quality: Mapping[str, Any]
    withheld: tuple[Withheld, ...]
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]
    references: Mapping[str, MatchedReference]
    subject: Subject
    provenance: Provenance
    corrections: tuple[Change, ...] = ()
    sources: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parts: tuple[Analysis, ...] = ()
    refusal: Refusal | None = None

    @property
    def clips(self) -> tuple[Analysis, ...]:
        """The analysis of each video; of one video this one."""
        return self.parts or (self,)

    def save(
        self,
        folder: str | Path,
        *,
        video: str | Path | Sequence[str | Path] | None = None,
        show_faces: bool = False,
        force: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Path:
        """Write the output folder: tables, landmarks, summary, figures, report and, given the video, the overlay.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        video
            The analysed video, for ``overlay.mp4`` and pictures in the report; of several videos all, in their order,
            those too in which nothing could be measured. ``None``: no overlay.
        show_faces
            Do not blur faces in the overlay and in what the report shows of it.
        force
            Replace an earlier result there.
        progress
            Called with the overlay frames done and to do.

        Returns
        -------
        folder : pathlib.Path

        Raises
        ------
        OutputError
            If the folder exists or cannot be written; nothing is left behind then.
        UsageError
            If not as many videos are given as were analysed.
        """
        videos = self._videos(video)
        report = import_module("gaitlab.report")  # a higher level: looked up only when something is drawn
        with atomic_folder(Path(folder), force=force) as new:
            self._write_tables(new)
            rooms = [new / _ROOM.format(n) for n in range(1, len(self.parts) + 1)] or [new]
            for part, room in zip(self.parts, rooms, strict=False):
                room.mkdir()
                part._write_tables(room)
            films = [room / "overlay.mp4" for room in rooms if videos]
            report.write_reports(self, new, videos=videos, films=films, show_faces=show_faces, progress=progress)
        return Path(folder)

    def _videos(self, video: str | Path | Sequence[str | Path] | None) -> list[Path]:
        """Return the video of each clip; of more than there are clips those whose bytes were measured."""
        given = () if video is None else (video,) if isinstance(video, (str, Path)) else video
        paths = [Path(path) for path in given]
        if len(paths) > len(self.clips):
            measured = {probe(path).sha256: path for path in paths}
            paths = [measured[clip.video.sha256] for clip in self.clips if clip.video.sha256 in measured]
        if given and len(paths) != len(self.clips):
            raise UsageError(
                f"{len(given)} videos were specified, but {len(self.clips)} were analysed; specify each of them."
            )
        return paths

    def _write_tables(self, folder: Path) -> None:
        """Write what programs read."""
        if not self.parts:
            io.write_landmarks(self.landmarks, folder / "landmarks.nc")
            io.write_angles(self.angles, folder / "angles.csv")
        for attribute, name in _TABLES.items():
            io.write_table(getattr(self, attribute), folder / name)
        io.write_summary(self.summary(), folder / "summary.json")

    def summary(self) -> dict[str, Any]:
        """Return all that ``summary.json`` holds, as plain data."""
        return {
            "video": asdict(self.video),
            "refusal": None if self.refusal is None else asdict(self.refusal),
            "subject": asdict(self.subject),
            "view": asdict(self.view),
            "quality": dict(self.quality),
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

    def report(self, path: str | Path) -> Path:
        """Write the report alone, as HTML or, if the path ends in ``.pdf``, as PDF."""
        path = Path(path)
        report = import_module("gaitlab.report")
        (report.write_pdf if path.suffix.lower() == ".pdf" else report.write_html)(self, path)
        return path

    def plot_curves(self, measure: str, ax: Any = None) -> Any:
        """Draw one measure over the gait cycle, and return the axes (``gaitlab.plots.plot_curves``).

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> before.plot_curves("hip_flexion", ax=axes[0])  # doctest: +SKIP
        >>> after.plot_curves("hip_flexion", ax=axes[1])  # doctest: +SKIP
        """
        return import_module("gaitlab.plots").plot_curves(self, measure, ax=ax)

    def plot_kinematics(self, measures: Sequence[str] | None = None, *, ax: Any = None) -> Any:
        """Draw all given measures, and return the figure; ``ax``: an array of axes, one a measure.

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> analysis.plot_kinematics(["hip_flexion", "knee_flexion"], ax=axes)  # doctest: +SKIP
        """
        return import_module("gaitlab.plots").plot_kinematics(self, measures, ax=ax)

    def plot_deviation_map(self, ax: Any = None) -> Any:
        """Draw the deviations by phase and measure, and return the figure; ``ax``: two axes, left and right side.

        Examples
        --------
        >>> figure, axes = plt.subplots(2, figsize=(8, 6))  # doctest: +SKIP
        >>> analysis.plot_deviation_map(ax=axes)  # doctest: +SKIP
        """
        return import_module("gaitlab.plots").plot_deviation_map(self, ax=ax)

    def plot_partial_gvs(self, ax: Any = None) -> Any:
        """Draw the partial gait variable scores, and return the axes (``gaitlab.plots.plot_partial_gvs``).

        Examples
        --------
        >>> analysis.plot_partial_gvs().figure.savefig("scores.png")  # doctest: +SKIP
        """
        return import_module("gaitlab.plots").plot_partial_gvs(self, ax=ax)

    def plot_events(self, ax: Any = None) -> Any:
        """Draw the events of both feet over time, and return the axes (``gaitlab.plots.plot_events``).

        Examples
        --------
        >>> ax = analysis.plot_events()  # doctest: +SKIP
        >>> ax.set_xlim(2, 5)  # doctest: +SKIP
        """
        return import_module("gaitlab.plots").plot_events(self, ax=ax)

    def _repr_html_(self) -> str:
        """Return what Jupyter shows: a card with the finding, the hip panel and the main graph."""
        card: str = import_module("gaitlab.report").analysis_card(self)
        return card

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


def load(folder: str | Path) -> Analysis:
    """Read an output folder back.

    Parameters
    ----------
    folder
        What ``Analysis.save`` or the command line wrote.

    Returns
    -------
    analysis : Analysis
        Numbers as in the files, that is to four decimals.

    Raises
    ------
    InputError
        If the folder is not an output of gaitlab.
    """
    folder = Path(folder)
    summary = io.read_summary(folder / "summary.json")
    rooms = takewhile(Path.is_dir, (folder / _ROOM.format(number) for number in count(1)))
    parts = tuple(load(room) for room in rooms)
    tables: dict[str, Any] = {attribute: io.read_table(folder / name) for attribute, name in _TABLES.items()}
    try:
        for name in ("exclusion", "reason"):
            tables["cycles"][name] = tables["cycles"][name].astype(object).fillna("")
        tables["phases"]["status"] = tables["phases"]["status"].astype(object)
        # of a table without a row the file tells no types
        tables["cycles"]["used"] = tables["cycles"]["used"].astype(bool)
        tables["events"] = tables["events"].astype({"time_s": float, "uncertainty_s": float})
        return Analysis(
            video=VideoInfo(**summary["video"]),
            **_measured(folder, tables["cycles"], parts, summary),
            **tables,
            deviations=_deviations(summary["deviations"]),
            spatiotemporal=pd.DataFrame(summary["spatiotemporal"], columns=list(_PARAMETERS)),
            view=_view(summary["view"]),
            quality=summary["quality"],
            withheld=tuple(Withheld(**w) for w in summary["withheld"]),
            warnings=tuple(summary["warnings"]),
            findings=tuple(Finding(**_numbers(stored)) for stored in summary["findings"]),
            references=_references(summary["references"], tables["mean_curves"]),
            subject=Subject(**summary["subject"]),
            provenance=Provenance(**summary["provenance"]),
            corrections=tuple(
                Change(**{name: value for name, value in stored.items() if name != "video"})
                for stored in summary["corrections"]
            ),
            sources={measure: tuple(numbers) for measure, numbers in summary["sources"].items()},
            parts=parts,
            refusal=Refusal(**refused) if (refused := summary.get("refusal")) else None,
        )
    except (KeyError, TypeError, StopIteration) as error:
        raise InputError(
            f"{str(folder)!r} was written by another version of gaitlab and cannot be read: {error}. "
            "Analyse the video again."
        ) from error


def _deviations(stored: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the deviations as stored; of a column without a number the file holds no type."""
    numbers = ("called_deg", "called_uncertainty_deg", "called_pct")
    return pd.DataFrame(stored, columns=list(DEVIATION_COLUMNS)).astype(dict.fromkeys(numbers, float))


def _view(stored: Mapping[str, Any]) -> ViewResult:
    """Return the view as stored; of a walk in which none was found the angles are no numbers."""
    return ViewResult(**_numbers(stored))


def _numbers(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as stored, with NaN where a number was not finite."""
    return {name: np.nan if value is None else value for name, value in stored.items()}


def _measured(
    folder: Path, cycles: pd.DataFrame, parts: Sequence[Analysis], summary: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is over time: of several videos that of the leading one, and the strides of all."""
    if not parts:
        angles = io.read_angles(folder / "angles.csv")
        landmarks = io.read_landmarks(folder / "landmarks.nc")
        return {"landmarks": landmarks, "angles": angles, "curves": time_normalise(angles, cycles)}
    lead = next(part for part in parts if part.video.sha256 == summary["video"]["sha256"])
    curves = join_curves([part.curves for part in parts], summary["sources"])
    return {"landmarks": lead.landmarks, "angles": lead.angles, "curves": curves}


def _references(described: Mapping[str, Any], mean_curves: pd.DataFrame) -> dict[str, MatchedReference]:
    references = {}
    for measure, fields in described.items():
        rows = mean_curves[(mean_curves["measure"] == measure) & (mean_curves["side"] == "left")]
        references[measure] = MatchedReference(
            **fields,
            mean_deg=np.asarray(rows["reference_mean"], dtype=float),
            sd_deg=np.asarray(rows["reference_sd"], dtype=float),
        )
    return references
