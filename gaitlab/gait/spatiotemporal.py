"""Times, lengths and speed of the steps, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.gait import WITHOUT_TOES, FootSignals
from gaitlab.gait.event_sensitivity import TimeMeasure, one_event_decides
from gaitlab.schema import SIDES, Side, View, opposite, rows_as_dicts
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import NOTES, NoteCode
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.signals.kinematics import direction_sign, landmark_px, midpoint_px
from gaitlab.signals.legs import body_lengths

__all__ = [
    "SPATIOTEMPORAL",
    "BoutSignals",
    "Calibration",
    "SpatiotemporalSettings",
    "leg_length_m",
    "near_leg_px",
    "spatiotemporal_table",
]


_THIGH_AND_SHANK_OF_STATURE: Final = 0.491
"""Thigh and shank over stature (Winter 2009: 0.245 + 0.246)."""


@dataclass(frozen=True, kw_only=True)
class SpatiotemporalSettings:
    """Settings of times, lengths and speed.

    Attributes
    ----------
    scale_uncertainty
        95 % half-width of a length scaled by stature: body proportions differ by 5 to 8 % (SD).
    belt_uncertainty
        95 % half-width of a belt speed read from the foot: the stature's, and an ankle that rolls over the flat foot.
    speed_agreement
        How far the travel of the hips may be from the length of the steps: further, and the camera moves along.
    normal_asymmetry_pct
        Times and lengths that differ by up to this between the sides are usual, by convention (Robinson 1987).
    """

    scale_uncertainty: float = 0.12
    belt_uncertainty: float = 0.15
    speed_agreement: float = 0.25
    normal_asymmetry_pct: float = 10.0


SPATIOTEMPORAL: Final = SpatiotemporalSettings()


_COMPARED_TIMES: Final[dict[str, TimeMeasure]] = {
    "stance_asymmetry_pct": "stance",
    "step_time_asymmetry_pct": "step_time",
}

_COLUMNS: Final = ("parameter", "side", "value", "uncertainty", "unit", "code")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What converts pixels into metres, and a treadmill walk into a speed.

    Attributes
    ----------
    height_cm
        Body height; ``None``: unknown, lengths are in leg lengths.
    treadmill_speed_mps
        Speed of the belt; ``None``: unknown.
    """

    height_cm: float | None = None
    treadmill_speed_mps: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class BoutSignals:
    """One walking bout.

    Attributes
    ----------
    landmarks
        Clean landmarks (see ``schema.validate_landmarks``).
    signals
        Movement of the feet, on the same time grid.
    """

    landmarks: xr.Dataset
    signals: FootSignals

    def strides(self, used: pd.DataFrame) -> pd.DataFrame:
        """Return the strides that lie in this bout."""
        first_s, last_s = self.signals.time_s[[0, -1]]
        inside = (used["start_s"] >= first_s) & (used["end_s"] <= last_s)
        return pd.DataFrame(used[inside])


def spatiotemporal_table(
    cycles: pd.DataFrame,
    events: pd.DataFrame,
    bouts: Sequence[BoutSignals],
    *,
    treadmill: bool,
    calibration: Calibration,
    lengths: bool = True,
    length_withheld_code: NoteCode = "",
) -> pd.DataFrame:
    """Compute times, lengths and speed from the used strides.

    Parameters
    ----------
    cycles, events
        From ``strides.segment_strides`` and ``events.detect_events``.
    bouts
        Those that the strides come from, all in one plane.
    treadmill
        Whether the person walks on the spot.
    calibration
        Stature and belt speed.
    lengths
        Whether the view shows lengths along the walk truly.
    length_withheld_code
        Why the camera keeps lengths and speed from being measured, as a code; empty where it does not.

    Returns
    -------
    table : pandas.DataFrame
        ``parameter, side, value, uncertainty, unit, code, note``; side ``both`` for the person. Uncertainty: 95 %
        half-width. A parameter that cannot be given has NaN, and a note, as a code and in words, that says what is
        needed. Asymmetries are ``100 (right - left) / mean`` (Robinson 1987); one that is called only as long as no
        event moves by a frame has the code ``one_event_decides``.
    """
    used = cycles[cycles["used"]]
    rows = _times(used, events)
    rows += _lengths(used, bouts, treadmill, calibration) if lengths else []
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    if length_withheld_code:
        of_length = table["unit"].isin(("m", "leg lengths", "m/s")) & (table["code"] != "belt_given")
        table.loc[of_length, ["value", "uncertainty"]] = np.nan
        table.loc[of_length, "code"] = length_withheld_code
    table = pd.concat([table, _mark_fragile(_asymmetries(table), used, bouts)], ignore_index=True)
    return table.assign(note=[NOTES[code].words for code in table["code"]])


Row = tuple[str, str, float, float, str, NoteCode]


def _mean(values: FloatArray, event_sd_s: float) -> tuple[float, float]:
    """Return mean and 95 % half-width of values that each rest on two events."""
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return float("nan"), float("nan")
    spread = values.std(ddof=1) if len(values) > 1 else np.nan
    return float(values.mean()), float(
        NORMAL_QUANTILE * np.hypot(spread / np.sqrt(len(values)), np.sqrt(2 / len(values)) * event_sd_s)
    )


def _times(used: pd.DataFrame, events: pd.DataFrame) -> list[Row]:
    event_sd_s = float(events["uncertainty_s"].median()) / NORMAL_QUANTILE
    duration = (used["end_s"] - used["start_s"]).to_numpy()
    stride_s, stride_u = _mean(duration, event_sd_s)
    # toe-offs that were found without the toes are less certain than the median event
    of_toe_offs = events.loc[events["source"] == WITHOUT_TOES, "uncertainty_s"]
    systematic_pct = 100 * float(np.nanmax([events["uncertainty_s"].median(), *of_toe_offs])) / stride_s
    rows: list[Row] = [("cadence_spm", "both", 120 / stride_s, 120 / stride_s**2 * stride_u, "steps/min", "")]
    phases: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
        "stance_pct": ("%", lambda t: t["stance_pct"]),
        "swing_pct": ("%", lambda t: 100 - t["stance_pct"]),
        "single_support_pct": ("%", lambda t: t["opposite_heel_strike_pct"] - t["opposite_toe_off_pct"]),
        "double_support_pct": (
            "%",
            lambda t: t["opposite_toe_off_pct"] + t["toe_off_pct"] - t["opposite_heel_strike_pct"],
        ),
    }
    for side in SIDES:
        of_side = used[used["side"] == side]
        seconds = (of_side["end_s"] - of_side["start_s"]).to_numpy()
        rows.append(("stride_time_s", side, *_mean(seconds, event_sd_s), "s", ""))
        rows.append(("step_time_s", side, *_mean(_step_times(used, side), event_sd_s), "s", ""))
        for name, (unit, of) in phases.items():
            bias = 2.0 if name == "double_support_pct" else 1.0
            value, u = _mean(of(of_side).to_numpy(dtype=float), 100 * event_sd_s / stride_s)
            code: NoteCode = "toe_off_unseen" if not np.isfinite(value) else "four_events" if bias > 1 else ""
            rows.append((name, side, value, float(np.hypot(u, bias * systematic_pct)), unit, code))
    return rows


def _step_times(used: pd.DataFrame, side: Side) -> FloatArray:
    """Return the durations of the steps that end with a heel strike of ``side``."""
    other = used[used["side"] == opposite(side)]
    duration = other["end_s"] - other["start_s"]
    return np.asarray(other["opposite_heel_strike_pct"] / 100 * duration, dtype=float)


def _lengths(used: pd.DataFrame, bouts: Sequence[BoutSignals], treadmill: bool, calibration: Calibration) -> list[Row]:
    """Return step and stride lengths and speed: in metres with the stature, otherwise in leg lengths."""
    if not direction_sign(bouts[0].signals.view):
        speed = calibration.treadmill_speed_mps if treadmill and calibration.treadmill_speed_mps else float("nan")
        return [
            ("speed_mps", "both", speed, 0.02 * speed, "m/s", "belt_given" if speed == speed else "needs_side_view")
        ]
    per_leg_m = leg_length_m(calibration.height_cm) if calibration.height_cm else None
    unit, factor = ("m", per_leg_m) if per_leg_m else ("leg lengths", 1.0)
    relative = SPATIOTEMPORAL.scale_uncertainty if per_leg_m else 0.05
    name = "m" if per_leg_m else "legs"
    code: NoteCode = "scaled" if per_leg_m else "metres_need_height"
    rows: list[Row] = []
    steps: dict[Side, float] = {}
    for side in SIDES:
        steps[side], spread = _step_length(used, bouts, side)
        value = steps[side] * factor
        rows.append(
            (f"step_length_{name}", side, value, float(np.hypot(relative * value, spread * factor)), unit, code)
        )
    stride = float(sum(steps.values())) * factor
    rows.append((f"stride_length_{name}", "both", stride, relative * stride, unit, code))
    stepped_mps = stride / float((used["end_s"] - used["start_s"]).mean())
    rows.append(_speed(used, bouts, treadmill, calibration, stepped_mps))
    return rows


def _step_length(used: pd.DataFrame, bouts: Sequence[BoutSignals], side: Side) -> tuple[float, float]:
    """Return the mean distance between the ankles at this side's heel strikes and its 95 % half-width, leg lengths."""
    at_strikes = []
    for bout in bouts:
        strides = bout.strides(used[used["side"] == side])
        distance_legs = bout.signals.ankle[side] - bout.signals.ankle[opposite(side)]
        at_strikes.append(
            np.interp(np.unique(strides[["start_s", "end_s"]].to_numpy()), bout.signals.time_s, distance_legs)
        )
    lengths = np.concatenate(at_strikes)
    lengths = lengths[np.isfinite(lengths)]
    if len(lengths) == 0:
        return float("nan"), float("nan")
    spread = lengths.std(ddof=1) / np.sqrt(len(lengths)) if len(lengths) > 1 else np.nan
    return float(lengths.mean()), float(NORMAL_QUANTILE * spread)


def _speed(
    used: pd.DataFrame, bouts: Sequence[BoutSignals], treadmill: bool, calibration: Calibration, stepped_mps: float
) -> Row:
    if treadmill and calibration.treadmill_speed_mps:
        belt_mps = calibration.treadmill_speed_mps
        return ("speed_mps", "both", belt_mps, 0.02 * belt_mps, "m/s", "belt_given")
    if calibration.height_cm is None:
        needed: NoteCode = "needs_height_or_belt" if treadmill else "needs_height"
        return ("speed_mps", "both", float("nan"), float("nan"), "m/s", needed)
    if treadmill:
        speed = _belt_speed_legs_per_s(used, bouts) * leg_length_m(calibration.height_cm)
        return ("speed_mps", "both", speed, SPATIOTEMPORAL.belt_uncertainty * speed, "m/s", "belt_from_foot")
    speed = _overground_speed_mps(used, bouts, calibration.height_cm)
    if not 1 - SPATIOTEMPORAL.speed_agreement < speed / stepped_mps < 1 + SPATIOTEMPORAL.speed_agreement:
        return ("speed_mps", "both", float("nan"), float("nan"), "m/s", "hips_and_steps_disagree")
    return ("speed_mps", "both", speed, SPATIOTEMPORAL.scale_uncertainty * speed, "m/s", "travel")


def _belt_speed_legs_per_s(used: pd.DataFrame, bouts: Sequence[BoutSignals]) -> float:
    """Return the median speed at which the belt carries the flat foot back, in leg lengths per second.

    The foot is flat from the other foot's toe-off to its own heel rise; its ankle then moves with the belt.
    """
    speeds = []
    for bout in bouts:
        time_s = bout.signals.time_s
        for stride in rows_as_dicts(bout.strides(used)):
            duration_s = stride["end_s"] - stride["start_s"]
            bounds = (stride["opposite_toe_off_pct"], stride["heel_rise_pct"])
            start_s, end_s = (stride["start_s"] + percent / 100 * duration_s for percent in bounds)
            place = bout.signals.ankle[stride["side"]]
            flat = (time_s >= start_s) & (time_s <= end_s) & np.isfinite(place)
            if flat.sum() > 5:
                speeds.append(-np.polyfit(time_s[flat], place[flat], 1)[0])
    return float(np.median(speeds)) if speeds else float("nan")


def _overground_speed_mps(used: pd.DataFrame, bouts: Sequence[BoutSignals], height_cm: float) -> float:
    """Return the mean speed of the mid-hip over the used strides, scaled by the leg's length in the image."""
    travelled, lasted_s = 0.0, 0.0
    for bout in bouts:
        strides = bout.strides(used)
        if len(strides):
            ends_s = [float(strides["start_s"].min()), float(strides["end_s"].max())]
            landmarks, view = bout.landmarks, bout.signals.view
            legs = direction_sign(view) * midpoint_px(landmarks, "hip")[:, 0] / near_leg_px(landmarks, view)
            seen = np.isfinite(legs)
            travelled += float(np.diff(np.interp(ends_s, bout.signals.time_s[seen], legs[seen]))[0])
            lasted_s += ends_s[1] - ends_s[0]
    return travelled / lasted_s * leg_length_m(height_cm)


def leg_length_m(height_cm: float) -> float:
    """Compute the length of thigh and shank of a person of this height, metres: the unit of lengths without a height.

    Examples
    --------
    >>> leg_length_m(175.0)
    0.85925
    """
    return _THIGH_AND_SHANK_OF_STATURE * height_cm / 100


def near_leg_px(landmarks: xr.Dataset, view: View) -> float:
    """Compute the length of thigh and shank of the nearer leg of a side view, pixels: a scale.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    view
        ``left`` or ``right``.
    """
    near = "left" if view == "left" else "right"
    leg_px = np.linalg.norm(landmark_px(landmarks, f"{near}_hip") - landmark_px(landmarks, f"{near}_knee"), axis=1)
    leg_px = leg_px + np.linalg.norm(
        landmark_px(landmarks, f"{near}_knee") - landmark_px(landmarks, f"{near}_ankle"), axis=1
    )
    trunk_px = body_lengths(landmarks["position"].to_numpy())
    ratio = float(np.nanmedian(leg_px / trunk_px))
    return ratio * float(np.nanmedian(trunk_px))


def _mark_fragile(table: pd.DataFrame, used: pd.DataFrame, bouts: Sequence[BoutSignals]) -> pd.DataFrame:
    """Mark the differences that one event, moved by one frame, would take away."""
    frame_s = float(np.median(np.concatenate([np.diff(bout.signals.time_s) for bout in bouts])))
    fragile = [
        row["parameter"] in _COMPARED_TIMES
        and one_event_decides(
            used,
            _COMPARED_TIMES[row["parameter"]],
            frame_s=frame_s,
            uncertainty_pct=float(row["uncertainty"]),
            limit_pct=SPATIOTEMPORAL.normal_asymmetry_pct,
        )
        for row in rows_as_dicts(table)
    ]
    return table.assign(code=np.where(fragile, "one_event_decides", table["code"])) if len(table) else table


def _asymmetries(table: pd.DataFrame) -> pd.DataFrame:
    """Return right against left in percent of their mean, for the parameters given for both sides."""
    rows: list[Sequence[object]] = []
    for name in ("step_time_s", "stance_pct", "single_support_pct", "step_length_m", "step_length_legs"):
        sides = table[table["parameter"] == name].set_index("side")
        if not {"left", "right"} <= set(sides.index) or not sides["value"].notna().all():
            continue
        left, right = sides.loc["left"], sides.loc["right"]
        if left["value"] * right["value"] <= 0:  # a foot that is set down behind the other has no share of a mean
            continue
        mean = (left["value"] + right["value"]) / 2
        u = 100 * float(np.hypot(left["uncertainty"], right["uncertainty"])) / mean
        value = 100 * (right["value"] - left["value"]) / mean
        rows.append((f"{name.rsplit('_', 1)[0]}_asymmetry_pct", "both", value, u, "%", "right_minus_left"))
    return pd.DataFrame(rows, columns=list(_COLUMNS))
