"""Names, dimensions, units and tables that all modules share, and the checks at public doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from gaitlab.errors import SchemaError
from gaitlab.schema.codes import EventKind, WithheldCode
from gaitlab.schema.sides import SIDES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = [
    "ANGLE_DIMS",
    "CYCLE_POINTS",
    "EVENT_COLUMNS",
    "LANDMARKS",
    "MEASURES",
    "PHASES",
    "Measure",
    "Phase",
    "View",
    "Withheld",
    "frame_step_of",
    "rows_as_dicts",
    "validate_angles",
    "validate_curves",
    "validate_cycles",
    "validate_events",
    "validate_landmarks",
]

View = Literal["left", "right", "front", "back", "oblique", "standing"]
"""How the camera sees the person.

``left``: the left side faces the camera, the person faces the left edge of the picture; ``right`` likewise.
``front``: the face is turned to the camera; ``back``: the back is. ``oblique``: neither side nor frontal.
``standing``: no gait was found.
"""

LANDMARKS: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""MediaPipe's names of its 33 landmarks, in its order."""

CYCLE_POINTS: Final = 101
"""Points of a time-normalised gait cycle, 0 to 100 % in steps of 1 %."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase of the gait cycle and the events that delimit it (Perry & Burnfield 2010).

    Attributes
    ----------
    name, label
        For programs, and for readers.
    start, end
        Names of the events that delimit it.
    """

    name: str
    label: str
    start: str
    end: str


PHASES: Final[tuple[Phase, ...]] = (
    Phase(name="initial_contact", label="Initial contact", start="heel_strike", end="heel_strike"),
    Phase(name="loading_response", label="Loading response", start="heel_strike", end="opposite_toe_off"),
    Phase(name="mid_stance", label="Mid stance", start="opposite_toe_off", end="heel_rise"),
    Phase(name="terminal_stance", label="Terminal stance", start="heel_rise", end="opposite_heel_strike"),
    Phase(name="pre_swing", label="Pre-swing", start="opposite_heel_strike", end="toe_off"),
    Phase(name="initial_swing", label="Initial swing", start="toe_off", end="feet_adjacent"),
    Phase(name="mid_swing", label="Mid swing", start="feet_adjacent", end="tibia_vertical"),
    Phase(name="terminal_swing", label="Terminal swing", start="tibia_vertical", end="next_heel_strike"),
)
"""Rancho's eight phases. Initial contact is the instant of heel strike (0-2 % of the cycle)."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A curve over the gait cycle: what it is called, and what its sign means in words.

    Attributes
    ----------
    name, definition
        For programs; what the angle is measured between.
    label, short
        For readers; ``short`` where there is little room.
    more, less
        Words for a positive and a negative difference.
    axis
        What lies below and above on its axis.
    directions
        A negative and a positive value in words, after its size.
    plane
        ``sagittal`` or ``frontal``: the view that can give it.
    more_extended, less_extended
        ``more`` and ``less`` where the reference is below zero, of a joint that is extended there; empty: the same
        words.
    """

    name: str
    label: str
    short: str
    definition: str
    more: str
    less: str
    axis: tuple[str, str]
    directions: tuple[str, str]
    plane: Literal["sagittal", "frontal"]
    more_extended: str = ""
    less_extended: str = ""

    def words(self, difference_deg: float, reference_deg: float) -> str:
        """Return what a signed difference from a reference is, such as "less extended"."""
        if reference_deg < 0 and self.more_extended:
            return self.less_extended if difference_deg > 0 else self.more_extended
        return self.more if difference_deg > 0 else self.less


MEASURES: Final[dict[str, Measure]] = {
    m.name: m
    for m in (
        Measure(
            name="hip_flexion",
            label="Hip (thigh to vertical)",
            short="Hip, thigh to vertical",
            definition="thigh_to_vertical",
            more="more flexed",
            less="less flexed",
            axis=("Ext", "Flex"),
            directions=("extension", "flexion"),
            plane="sagittal",
            more_extended="more extended",
            less_extended="less extended",
        ),
        Measure(
            name="hip_flexion_trunk",
            label="Hip (thigh to trunk)",
            short="Hip, thigh to trunk",
            definition="thigh_to_trunk",
            more="more flexed",
            less="less flexed",
            axis=("Ext", "Flex"),
            directions=("extension", "flexion"),
            plane="sagittal",
            more_extended="more extended",
            less_extended="less extended",
        ),
        Measure(
            name="knee_flexion",
            label="Knee flexion",
            short="Knee flexion",
            definition="knee_flexion",
            more="more flexed",
            less="less flexed",
            axis=("Ext", "Flex"),
            directions=("extension", "flexion"),
            plane="sagittal",
            more_extended="more extended",
            less_extended="less extended",
        ),
        Measure(
            name="trunk_forward",
            label="Trunk forward lean",
            short="Trunk forward lean",
            definition="trunk_to_vertical_sagittal",
            more="more forward",
            less="less forward",
            axis=("Back", "Forward"),
            directions=("back", "forward"),
            plane="sagittal",
        ),
        Measure(
            name="pelvic_drop",
            label="Pelvic drop (other side down)",
            short="Pelvic drop",
            definition="pelvic_obliquity_ipsilateral_up",
            more="more drop of the opposite side",
            less="less drop of the opposite side",
            axis=("Other side up", "down"),
            directions=("hike", "drop"),
            plane="frontal",
        ),
        Measure(
            name="hip_adduction",
            label="Hip adduction",
            short="Hip adduction",
            definition="hip_adduction_pelvis",
            more="more adducted",
            less="less adducted",
            axis=("Abd", "Add"),
            directions=("abduction", "adduction"),
            plane="frontal",
        ),
        Measure(
            name="trunk_lateral",
            label="Trunk lean to the stance side",
            short="Trunk lean to the stance side",
            definition="trunk_to_vertical_frontal",
            more="more lean to this side",
            less="less lean to this side",
            axis=("Away", "Towards"),
            directions=("away from the leg", "over the leg"),
            plane="frontal",
        ),
    )
}
"""Curves over the gait cycle of one side. Signs: design of the angles, see ``docs/conventions.md``."""

EVENT_COLUMNS: Final = ("time_s", "side", "event", "uncertainty_s", "source")
CYCLE_COLUMNS: Final = ("stride", "side", "start_s", "toe_off_s", "end_s", "stance_pct", "used", "exclusion", "reason")
ANGLE_DIMS: Final[dict[str, tuple[str, ...]]] = {
    "hip_flexion": ("time", "side"),
    "hip_flexion_trunk": ("time", "side"),
    "hip_adduction": ("time", "side"),
    "knee_flexion": ("time", "side"),
    "pelvis_obliquity": ("time",),
    "trunk_forward": ("time",),
    "trunk_lateral": ("time",),
}
"""Angles over time, in degrees. ``pelvis_obliquity``: left side up +; ``trunk_lateral``: lean to the left +."""


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A measure that is not given.

    Attributes
    ----------
    measure
        A name of ``MEASURES``.
    code
        Why.
    reason
        Why, in words.
    advice
        How to film so that it can be given.
    """

    measure: str
    code: WithheldCode
    reason: str
    advice: str


def rows_as_dicts(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _need_columns(table: pd.DataFrame, columns: tuple[str, ...], label: str) -> None:
    missing = [c for c in columns if c not in table]
    if missing:
        raise SchemaError(f"{label} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, table))}.")


def _need_dims(data: xr.Dataset, dims: dict[str, tuple[str, ...]], label: str) -> None:
    for name, wanted in dims.items():
        if name not in data:
            raise SchemaError(f"{label} lacks the variable {name!r}; it has {', '.join(map(str, data.data_vars))}.")
        if data[name].dims != wanted:
            raise SchemaError(f"{label}: {name!r} has the dimensions {data[name].dims}, but {wanted} are needed.")


def validate_landmarks(landmarks: xr.Dataset) -> xr.Dataset:
    """Check a landmark dataset and return it.

    Parameters
    ----------
    landmarks
        ``position`` (time, landmark, xy) in pixels, y down; ``position_world`` (time, landmark, xyz) in metres;
        ``visibility`` (time, landmark), 0 to 1; coordinate ``time`` in seconds. NaN: not seen.

    Raises
    ------
    SchemaError
        If a variable or dimension is missing.
    """
    _need_dims(
        landmarks,
        {
            "position": ("time", "landmark", "xy"),
            "position_world": ("time", "landmark", "xyz"),
            "visibility": ("time", "landmark"),
        },
        "The landmark dataset",
    )
    return landmarks


def frame_step_of(landmarks: xr.Dataset) -> int:
    """Return of how many frames of the video one has landmarks; the first frame has."""
    return int(landmarks.attrs.get("frame_step", 1))


def validate_angles(angles: xr.Dataset) -> xr.Dataset:
    """Check an angle dataset (degrees over time, see ``ANGLE_DIMS``) and return it."""
    _need_dims(angles, ANGLE_DIMS, "The angle dataset")
    return angles


def validate_curves(curves: xr.Dataset) -> xr.Dataset:
    """Check a dataset of time-normalised strides and return it.

    Parameters
    ----------
    curves
        A variable (stride, percent) in degrees for each of ``MEASURES``; coordinates ``side`` and ``used``
        along ``stride``; ``percent`` 0 to 100. NaN: withheld or not seen.
    """
    _need_dims(curves, {name: ("stride", "percent") for name in MEASURES}, "The stride curves")
    if curves.sizes["percent"] != CYCLE_POINTS:
        raise SchemaError(f"Stride curves have {curves.sizes['percent']} points; {CYCLE_POINTS} are needed.")
    for coord in ("side", "used"):
        if coord not in curves.coords:
            raise SchemaError(f"The stride curves lack the coordinate {coord!r} along 'stride'.")
    return curves


def validate_events(events: pd.DataFrame) -> pd.DataFrame:
    """Check an event table and return it sorted by time.

    Parameters
    ----------
    events
        Columns ``time_s``, ``side`` (left, right), ``event`` (heel_strike, toe_off), ``uncertainty_s`` (95 %
        half-width), ``source``.

    Raises
    ------
    SchemaError
        If a column is missing, or a side or event has another name.
    """
    _need_columns(events, EVENT_COLUMNS, "The event table")
    for column, allowed in (("side", SIDES), ("event", get_args(EventKind))):
        wrong = sorted(set(events[column]) - set(allowed))
        if wrong:
            raise SchemaError(f"The event table's column {column!r} has {wrong}; allowed are {', '.join(allowed)}.")
    for column in ("time_s", "uncertainty_s"):
        if events[column].dtype.kind not in "iuf" or bool(events[column].isna().any()):
            raise SchemaError(f"The event table's column {column!r} must hold a number of seconds in each row.")
    if bool(events.duplicated(["time_s", "side", "event"]).any()):
        raise SchemaError("The event table has the same event twice; each time, side and event may stand once.")
    return events.sort_values("time_s", kind="stable").reset_index(drop=True)


def validate_cycles(cycles: pd.DataFrame) -> pd.DataFrame:
    """Check a stride table and return it."""
    _need_columns(cycles, CYCLE_COLUMNS, "The stride table")
    return cycles
