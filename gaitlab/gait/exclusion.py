"""Which strides count: those that are whole, steady, seen, and like the person's others.

Each rule has a code (``codes.ExclusionCode``), whose words are in ``messages.remarks``:

- ``event_exclusion``, by the events: ``stride_time``, ``other_strike_missing``, ``out_of_order``, ``stance_share``;
- ``exclude_initiation_and_termination``: ``comes_to_halt``;
- ``exclude_outliers``, by what is seen: ``part_unseen``, ``behind_other_leg``, ``curve_missing``; by the person's other
  strides: ``knee_straight``, ``duration_unlike``, ``curve_unlike``;
- ``corrections.exclude_strides``: ``left_out_by_hand``;
- ``peak_exclusions``, of strides that count but give no peak: ``cut_short``, ``curve_incomplete``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.gait import STRIDE_TIME_RANGE_S
from gaitlab.schema import SIDES, opposite, rows_as_dicts
from gaitlab.schema.codes import MISSING_WORDS, ExclusionCode, PeakExclusionCode
from gaitlab.schema.messages.remarks import remark_text
from gaitlab.signals.cleaning import most_common_cause
from gaitlab.signals.outliers import MAD_TO_SD

__all__ = [
    "EXCLUSION",
    "ExclusionSettings",
    "enters_peaks",
    "event_exclusion",
    "exclude_initiation_and_termination",
    "exclude_outliers",
    "is_whole",
    "mark_excluded",
    "peak_exclusions",
]


@dataclass(frozen=True, kw_only=True)
class ExclusionSettings:
    """Settings of the rules.

    Attributes
    ----------
    stride_time_s
        The shortest and the longest stride of walking.
    longest
        A stride that takes so many times the median of both legs holds a pause, or two strides.
    stance_pct
        Healthy adults stand for 58 to 64 % of the stride, patients with a frame and after a stroke for up to 85.
    max_missing
        Part of a stride that may be missing, beyond gaps that were bridged.
    duration_tolerance
        By which part a duration may differ from the median.
    min_knee_bend, min_usual_bend_deg
        Part of the leg's usual bend of the knee that a stride needs, where that is more than so many degrees: a leg
        whose knee bends less in most of its swings is stiff, or limps, and then it says nothing.
    curve_mad, curve_floor_deg
        A curve may be so many scaled median absolute deviations, and in any case so far, from the median curve.
    """

    stride_time_s: tuple[float, float] = STRIDE_TIME_RANGE_S
    longest: float = 1.8
    stance_pct: tuple[float, float] = (45.0, 90.0)
    max_missing: float = 0.10
    duration_tolerance: float = 0.20
    min_knee_bend: float = 0.75
    min_usual_bend_deg: float = 40.0
    curve_mad: float = 3.0
    curve_floor_deg: float = 5.0


EXCLUSION: Final = ExclusionSettings()


def event_exclusion(
    duration_s: float, median_s: float, percent: dict[str, float]
) -> tuple[ExclusionCode | Literal[""], str]:
    """Return why a stride does not count by its events, as a code and in words; empty when it does.

    Parameters
    ----------
    duration_s, median_s
        Of the stride, and the median of all.
    percent
        Its events in % of it, by the name of the column; NaN: not seen.
    """
    if not EXCLUSION.stride_time_s[0] <= duration_s <= min(EXCLUSION.stride_time_s[1], EXCLUSION.longest * median_s):
        return "stride_time", remark_text("stride_time", duration_s=duration_s)
    order = [percent[f"{b}_pct"] for b in ("opposite_toe_off", "opposite_heel_strike", "toe_off")]
    known = [p for p in order if np.isfinite(p)]
    if not np.isfinite(percent["opposite_heel_strike_pct"]):
        return "other_strike_missing", remark_text("other_strike_missing")
    if known != sorted(known):
        return "out_of_order", remark_text("out_of_order")
    stance = percent["toe_off_pct"]
    if np.isfinite(stance) and not EXCLUSION.stance_pct[0] <= stance <= EXCLUSION.stance_pct[1]:
        return "stance_share", remark_text("stance_share", stance_pct=stance)
    return "", ""


def exclude_outliers(
    cycles: pd.DataFrame, curves: xr.Dataset, measure: str, landmarks: xr.Dataset | None = None
) -> tuple[pd.DataFrame, xr.Dataset]:
    """Exclude strides that differ from the person's other strides, with the reason.

    Parameters
    ----------
    cycles, curves
        From ``segment_strides`` and ``time_normalise``.
    measure
        The curve that decides.
    landmarks
        Clean landmarks, whose ``missing`` tells why a curve is not there; ``None``: the reason is a general one.

    Returns
    -------
    cycles, curves
        Copies with ``used``, ``exclusion`` and ``reason`` updated: the foot not in the image; no curve; duration over
        20 % off the median; a knee that bends by less than three quarters of the side's median; curve further from the
        side's median curve than 3 scaled median absolute deviations (and 5 degrees). A stride that is cut needs its
        curve up to the other foot's heel strike, and is not compared with the others.
    """
    cycles = cycles.copy()
    values = curves[measure].to_numpy()
    duration_s = (cycles["end_s"] - cycles["start_s"]).to_numpy()
    whole = is_whole(cycles)
    to_other_strike = np.nan_to_num(cycles["opposite_heel_strike_pct"].to_numpy(dtype=float), nan=100.0)
    needed = whole[:, None] | (curves["percent"].to_numpy() <= to_other_strike[:, None])
    _exclude_occluded(cycles, (needed & np.isnan(values)).any(axis=1), landmarks)
    for side in SIDES:
        of_side = (cycles["side"] == side).to_numpy() & whole
        mark_excluded(
            cycles,
            of_side & _knee_stays_straight(curves["knee_flexion"].to_numpy(), of_side),
            "knee_straight",
        )
        used_of_side = of_side & cycles["used"].to_numpy()
        if used_of_side.sum() >= 3:
            off = np.abs(duration_s / np.median(duration_s[used_of_side]) - 1)
            mark_excluded(cycles, used_of_side & (off > EXCLUSION.duration_tolerance), "duration_unlike")
            used_of_side &= cycles["used"].to_numpy()
        if used_of_side.sum() >= 4:
            distance = np.sqrt(np.mean((values - np.median(values[used_of_side], axis=0)) ** 2, axis=1))
            typical = np.median(distance[used_of_side])
            spread = MAD_TO_SD * np.median(np.abs(distance[used_of_side] - typical))
            far = distance > max(typical + EXCLUSION.curve_mad * spread, EXCLUSION.curve_floor_deg)
            mark_excluded(cycles, used_of_side & far, "curve_unlike")
    return cycles, curves.assign_coords(used=("stride", cycles["used"].to_numpy().astype(bool)))


def _knee_stays_straight(knees: NDArray[np.float64], strides: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark strides whose knee bends by far less than in the leg's others: both legs were put on one in the swing."""
    peaks = np.array([np.max(curve) if np.isfinite(curve).all() else np.nan for curve in knees])
    known = strides & np.isfinite(peaks)
    usual = float(np.median(peaks[known])) if known.sum() > 2 else 0.0
    return np.asarray(peaks < (EXCLUSION.min_knee_bend * usual if usual > EXCLUSION.min_usual_bend_deg else -np.inf))


def _exclude_occluded(cycles: pd.DataFrame, without_curve: NDArray[np.bool_], landmarks: xr.Dataset | None) -> None:
    """Exclude strides without a curve, and those whose foot was not visible for over a tenth of the stride.

    A stride that is already excluded for its times or events also gets the cause that hid the leg, if there is one.
    """
    for row, stride in enumerate(rows_as_dicts(cycles)):
        unseen = None if landmarks is None else _occlusion_cause(landmarks, stride)
        if unseen is None and without_curve[row] and stride["used"]:
            unseen = "curve_missing", {}
        if unseen is not None:
            mark_excluded(cycles, np.arange(len(cycles)) == row, unseen[0], **unseen[1])


def _occlusion_cause(landmarks: xr.Dataset, stride: dict[str, Any]) -> tuple[ExclusionCode, dict[str, str]] | None:
    """Return what hides the leg of a stride for over a tenth of it, beyond gaps that were bridged; ``None``: nothing.

    As a code, and what its words name.
    """
    side = stride["side"]
    until = 1.0 if stride.get("whole", True) else float(stride["opposite_heel_strike_pct"]) / 100
    until_s = stride["start_s"] + until * (stride["end_s"] - stride["start_s"])
    time_s, names = landmarks["time"].to_numpy(), landmarks.get_index("landmark")
    during = (time_s >= stride["start_s"]) & (time_s <= until_s)
    for parts, subject in ((("ankle",), "the feet are"), (("hip", "knee"), f"the {side} leg is")):
        leg = [names.get_loc(f"{side}_{part}") for part in parts]
        gone = np.isnan(landmarks["position"].to_numpy()[during][:, leg]).any(axis=(1, 2))
        if gone.mean() <= EXCLUSION.max_missing:
            continue
        cause = most_common_cause(landmarks["missing"].to_numpy()[during][:, leg].max(axis=1)[gone])
        if cause == "behind_other_leg":
            return "behind_other_leg", {"side": side, "other_side": opposite(side)}
        return "part_unseen", {"what": subject, "cause": MISSING_WORDS[cause]}
    return None


def exclude_initiation_and_termination(cycles: pd.DataFrame, *, ends_steady: bool) -> pd.DataFrame:
    """Exclude the stride in which the person comes to a halt.

    Parameters
    ----------
    cycles
        Of one pass, from ``segment_strides``.
    ends_steady
        Whether the person walks on after the pass: out of the image, or on a treadmill that runs. False: the pass
        ends with standing or a turn.

    Returns
    -------
    cycles : pandas.DataFrame
        A copy, with ``used`` False and the reason for the stride that ends with the last heel strike: the step that it
        ends with is the one that brings the feet together. A reason that was there stays.

    Notes
    -----
    The first step after standing or turning ends with the first heel strike, so no stride has it: from that moment on
    the speed is steady (Brenière & Do 1986, J Biomech 19:1035). On 18 walks of 9 healthy people between standing and
    standing the first stride had the hip range of those in the middle within 1 degree, the last one 3 degrees less.
    """
    cycles = cycles.copy()
    if len(cycles) and not ends_steady:
        used = cycles["used"].to_numpy().astype(bool)
        mark_excluded(cycles, used & (cycles["end_s"] == cycles["end_s"].max()).to_numpy(), "comes_to_halt")
    return cycles


def peak_exclusions(curves: xr.Dataset, cycles: pd.DataFrame, measure: str) -> list[PeakExclusionCode | Literal[""]]:
    """Return why strides that count do not enter the peaks and ranges of a measure.

    Parameters
    ----------
    curves, cycles
        Of the same strides.
    measure
        One of ``schema.MEASURES``.

    Returns
    -------
    codes
        One a stride; empty where it enters them, or does not count at all.
    """
    complete = np.isfinite(curves[measure].to_numpy()).all(axis=1)
    used = curves["used"].to_numpy().astype(bool)
    return [
        "" if not counts else "cut_short" if not whole else "" if seen else "curve_incomplete"
        for counts, whole, seen in zip(used, is_whole(cycles), complete, strict=True)
    ]


def enters_peaks(curves: xr.Dataset, cycles: pd.DataFrame, measure: str) -> NDArray[np.bool_]:
    """Return which strides count and enter the peaks of a measure, see ``peak_exclusions``."""
    excluded = [bool(code) for code in peak_exclusions(curves, cycles, measure)]
    return np.asarray(curves["used"].to_numpy().astype(bool) & ~np.array(excluded, dtype=bool))


def is_whole(cycles: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which strides are complete from heel strike to heel strike; all if the table has no column for it."""
    if "whole" not in cycles:
        return np.ones(len(cycles), dtype=bool)
    return cycles["whole"].to_numpy().astype(bool)


def mark_excluded(cycles: pd.DataFrame, rows: NDArray[np.bool_], code: ExclusionCode, **values: object) -> None:
    """Mark strides of a table, in place, as ones that do not count.

    Parameters
    ----------
    cycles
        See ``schema.validate_cycles``.
    rows
        Which, shape (stride,).
    code
        Why.
    values
        What the words of the code name.
    """
    cycles.loc[rows, "used"] = False
    cycles.loc[rows, "exclusion"] = code
    cycles.loc[rows, "reason"] = remark_text(code, **values)
