"""What the user may choose: each option is declared once, for Python, command line, lists of visits and docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from gaitlab.core.plugins import PluginGroup, plugin_names
from gaitlab.errors import UsageError
from gaitlab.schema.codes import (
    DECIMAL_SIGNS,
    DEFAULT_EVENT_METHOD,
    EVENT_METHODS,
    PELVIS_METHODS,
    SEXES,
    SIDE_NAMES,
    VIEWS_AS_FILMED,
    DecimalSign,
    EventMethod,
    PelvisMethod,
    Sex,
    ViewAsFilmed,
)

if TYPE_CHECKING:
    from gaitlab.schema import Side

__all__ = [
    "DECIMAL",
    "FILM_LINES",
    "OPTIONS",
    "Option",
    "Options",
    "PoseSearch",
    "Progress",
    "validate_decimal",
    "validate_film_lines",
]

_LEG_PER_HEIGHT: Final = 0.49
"""Thigh and shank over the stature (Winter 2009: 0.245 and 0.246)."""

_OPTION: Final = "option"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Option:
    """The declaration of an option.

    Attributes
    ----------
    help
        One sentence.
    kind
        What its value is; ``reference`` is a name or a path.
    flag
        On the command line, without dashes, if it is not the keyword; also the column in a list of visits.
    label
        What errors call it, if it is not the flag.
    values
        Those that are allowed; empty: all, within the limits.
    limits, unit
        The smallest and the largest allowed number.
    metavar
        What stands for the value in the help; empty: the values, or the kind.
    plugins
        The group of plug-ins whose names are allowed too; ``None``: none.
    per_visit
        Whether it is a column in a list of visits: what a visit needs, not how it is computed.
    name, default
        Keyword and default of ``gaitlab.analyze``.
    """

    help: str
    kind: Literal["text", "number", "count", "file", "reference"] = "text"
    flag: str = ""
    label: str = ""
    values: tuple[str, ...] = ()
    limits: tuple[float, float] = (float("-inf"), float("inf"))
    unit: str = ""
    metavar: str = ""
    plugins: PluginGroup | None = None
    per_visit: bool = True
    name: str = ""
    default: Any = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values that are allowed, with those of plug-ins; empty: all, within the limits."""
        return self.values if self.plugins is None else (*self.values, *plugin_names(self.plugins))

    def check(self, value: Any) -> None:
        """Raise ``UsageError`` if a value is not allowed; ``None`` is, where it is the default."""
        if value is None and self.default is None:
            return
        if self.values and value not in self.allowed:
            raise UsageError(f"The {self.label} {value!r} is not available; allowed are {', '.join(self.allowed)}.")
        low, high = self.limits
        if self.kind == "number" and not low <= value <= high:
            raise UsageError(
                f"A {self.label} of {value:g} {self.unit} is not possible; allowed are {low:g} to {high:g} {self.unit}."
            )


def _about(**values: Any) -> dict[str, Option]:
    return {_OPTION: Option(**values)}


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a measurement, checked when made. ``OPTIONS`` has the declarations.

    Attributes
    ----------
    view
        Side of the person that faces the camera; ``auto``: it is recognised.
    height_cm, age_years
        50 to 250 cm; 1 to 120 years; ``None``: not stated.
    sex, painful_side
        ``f`` or ``m``; ``left`` or ``right``; ``None``: not stated.
    patient, clinic, footwear
        Texts for the report; ``None``: not stated.
    treadmill_speed_mps
        0.1 to 5 m/s; ``None``: over ground, or not known.
    events, events_file
        Event detector, and file of corrections or events.
    pelvis
        Source of pelvic drop.
    camera_roll_deg
        Clockwise positive, -45 to 45 degrees; ``None``: estimated.
    reference
        Name or path; ``None``: the default of each measure.
    """

    view: ViewAsFilmed = field(
        default="auto",
        metadata=_about(
            values=VIEWS_AS_FILMED,
            help="View: the side of the person that faces the camera.",
        ),
    )
    height_cm: float | None = field(
        default=None,
        metadata=_about(
            kind="number",
            label="height",
            limits=(50, 250),
            unit="cm",
            help="Body height in cm, for lengths and speed in metres.",
        ),
    )
    age_years: float | None = field(
        default=None,
        metadata=_about(
            kind="number",
            flag="age",
            limits=(1, 120),
            unit="years",
            help="Age in years, for the reference ranges.",
        ),
    )
    sex: Sex | None = field(default=None, metadata=_about(values=SEXES, help="Sex, for the reference ranges."))
    painful_side: Side | None = field(
        default=None, metadata=_about(values=SIDE_NAMES, help="Painful side, reported first.")
    )
    patient: str | None = field(
        default=None,
        metadata=_about(metavar="PSEUDONYM", help="Pseudonym of the patient, as title of the report."),
    )
    clinic: str | None = field(
        default=None,
        metadata=_about(metavar="TEXT", help="Clinic or therapist, printed at the head of the report."),
    )
    footwear: str | None = field(
        default=None,
        metadata=_about(metavar="TEXT", help="Footwear, such as barefoot; noted where it differs between visits."),
    )
    treadmill_speed_mps: float | None = field(
        default=None,
        metadata=_about(
            kind="number",
            flag="treadmill-speed",
            limits=(0.1, 5),
            unit="m/s",
            help="Treadmill speed in m/s.",
        ),
    )
    events: EventMethod = field(
        default=DEFAULT_EVENT_METHOD,
        metadata=_about(
            values=EVENT_METHODS,
            plugins="event_detectors",
            label="event method",
            help="Method that detects heel strikes and toe-offs.",
        ),
    )
    events_file: str | None = field(
        default=None, metadata=_about(kind="file", help="Corrections saved from the report, or a corrected events.csv.")
    )
    pelvis: PelvisMethod = field(
        default="auto",
        metadata=_about(
            values=PELVIS_METHODS,
            plugins="pelvis_sources",
            label="pelvis source",
            help="Pelvic drop. auto: stickers, else image registration. landmarks: hip landmarks (underestimates).",
        ),
    )
    camera_roll_deg: float | None = field(
        default=None,
        metadata=_about(
            kind="number",
            label="camera roll",
            limits=(-45, 45),
            unit="degrees",
            metavar="DEG",
            help="Camera roll, clockwise positive. Default: estimated from the background.",
        ),
    )
    reference: str | None = field(
        default=None,
        metadata=_about(
            kind="reference",
            help="Reference data: a name (see 'gaitlab reference list') or a path.",
        ),
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            OPTIONS[option.name].check(getattr(self, option.name))

    @property
    def leg_m(self) -> float | None:
        """Length of thigh and shank that follows from the height; ``None``: not known."""
        return None if self.height_cm is None else _LEG_PER_HEIGHT * self.height_cm / 100


@dataclass(frozen=True, kw_only=True)
class PoseSearch:
    """The options of how landmarks are found, and the callbacks that receive the progress.

    Attributes
    ----------
    capture_fps
        Frames per real second, for slow motion; ``None``: as in the file.
    person
        ``walker``, ``largest``, or a number counted from the left.
    model
        Another MediaPipe pose bundle; ``None``: the packaged one.
    landmarks
        Landmarks of another tool; ``None``: of the pose model.
    workers
        Processes at once; ``None``: one on each physical core.
    every_frame
        Analyse each frame of a video that has more than 60 in a real second.
    cache
        Whether what an earlier run found may be used, and what is found now be kept.
    progress, pelvis_progress
        Called with the frames done and to do; ``None``: nobody is.
    """

    capture_fps: float | None = field(
        default=None,
        metadata=_about(kind="number", help="Recording rate of a slow-motion video, in frames per second."),
    )
    person: str = field(
        default="walker",
        metadata=_about(
            metavar="walker|largest|N",
            help="Person to measure: the walking person, the largest, or number N from the left.",
        ),
    )
    model: str | Path | None = field(
        default=None, metadata=_about(kind="file", per_visit=False, help="A different MediaPipe pose model (.task).")
    )
    landmarks: str | Path | None = field(
        default=None,
        metadata=_about(
            kind="file",
            help="Landmarks of another tool instead of MediaPipe's: OpenPose folder, DeepLabCut CSV or H5, TRC.",
        ),
    )
    workers: int | None = field(
        default=None,
        metadata=_about(
            kind="count",
            per_visit=False,
            help="Number of parallel processes for pose estimation. Default: one per core.",
        ),
    )
    every_frame: bool = False
    cache: bool = True
    progress: Progress | None = None
    pelvis_progress: Progress | None = None


def _named(declared: Field[Any]) -> Option:
    """Return the declaration of a field, with the name of the field and what follows from it."""
    option: Option = declared.metadata[_OPTION]
    flag = option.flag or declared.name.replace("_", "-")
    label = option.label or flag.replace("-", " ")
    return replace(option, name=declared.name, default=declared.default, flag=flag, label=label)


OPTIONS: Final[Mapping[str, Option]] = {
    declared.name: _named(declared) for kind in (Options, PoseSearch) for declared in fields(kind) if declared.metadata
}
"""All options by the keyword of ``gaitlab.analyze``."""

DECIMAL: Final = Option(
    name="decimal",
    flag="decimal",
    label="decimal sign",
    values=DECIMAL_SIGNS,
    per_visit=False,
    default="point",
    help="Decimal sign of the tables. comma: the columns are then separated by semicolons.",
)
"""How the tables of a result are written: of ``Analysis.save`` and of the commands that write tables."""


FILM_LINES: Final = Option(
    name="film_lines",
    flag="film-lines",
    label="film size",
    kind="number",
    limits=(240, 2160),
    unit="pixels",
    metavar="PIXELS",
    per_visit=False,
    default=720,
    help="Shorter edge of the overlay video and the video in the report of a walk, in pixels, if the video has more.",
)
"""How large the film is in the report of a walk: of ``Analysis.save`` and the command."""


def validate_film_lines(lines: int) -> int:
    """Return the shorter edge of a film; raise ``UsageError`` if it is out of its limits."""
    FILM_LINES.check(lines)
    return lines


def validate_decimal(decimal: str) -> DecimalSign:
    """Return a decimal sign; raise ``UsageError`` if it is not one of ``codes.DECIMAL_SIGNS``."""
    DECIMAL.check(decimal)
    return "comma" if decimal == "comma" else "point"
