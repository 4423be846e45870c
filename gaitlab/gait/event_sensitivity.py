"""Whether a difference between the sides rests on the frame of a single heel strike or toe-off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray

__all__ = ["TimeMeasure", "one_event_decides"]

BoolArray = NDArray[np.bool_]

TimeMeasure = Literal["stance", "step_time"]

_START, _OPPOSITE_TOE_OFF, _OPPOSITE_STRIKE, _TOE_OFF, _END = range(5)
_PERCENTS: Final = ("opposite_toe_off_pct", "opposite_heel_strike_pct", "toe_off_pct")
_OWN_STRIKE, _OTHER_STRIKE, _OWN_TOE_OFF, _OTHER_TOE_OFF = range(4)
_KINDS: Final = (_OWN_STRIKE, _OTHER_TOE_OFF, _OTHER_STRIKE, _OWN_TOE_OFF, _OWN_STRIKE)


def one_event_decides(
    used: pd.DataFrame, measure: TimeMeasure, *, frame_s: float, uncertainty_pct: float, limit_pct: float
) -> bool:
    """Check whether a difference between the sides is called only as long as no event moves by one frame.

    Parameters
    ----------
    used
        The strides that count (see ``schema.validate_cycles``).
    measure
        ``stance`` compares ``stance_pct`` of the two sides, ``step_time`` the times of their steps.
    frame_s
        Time between two frames, s.
    uncertainty_pct
        95 % half-width of the difference, % of the mean of the sides.
    limit_pct
        Differences up to this are usual, % of the mean of the sides.

    Returns
    -------
    bool
        True where the difference as it is exceeds ``limit_pct`` and its uncertainty, and moving one heel strike or
        toe-off by one frame, earlier or later, brings it below. False where it is not called at all.

    Examples
    --------
    >>> strides = pd.DataFrame(
    ...     {
    ...         "side": ["left", "right"],
    ...         "start_s": [0.0, 0.52],
    ...         "end_s": [1.0, 1.52],
    ...         "opposite_toe_off_pct": [12.0, 12.0],
    ...         "opposite_heel_strike_pct": [55.0, 45.0],
    ...         "toe_off_pct": [62.0, 62.0],
    ...     }
    ... )
    >>> one_event_decides(strides, "step_time", frame_s=0.04, uncertainty_pct=5, limit_pct=19)
    True
    >>> one_event_decides(strides, "step_time", frame_s=0.04, uncertainty_pct=5, limit_pct=10)
    False
    """
    needed = max(uncertainty_pct, limit_pct)
    right = (used["side"] == "right").to_numpy()
    times_s = _event_times(used)
    if not abs(_asymmetry_pct(times_s, right, measure)) > needed:
        return False
    return any(
        not abs(_asymmetry_pct(times_s + sign * frame_s * event, right, measure)) > needed
        for event in _events(times_s, right)
        for sign in (-1, 1)
    )


def _event_times(used: pd.DataFrame) -> FloatArray:
    """Return the times of the five events of each stride, shape (strides, 5), s."""
    start_s = used["start_s"].to_numpy(dtype=float)
    duration_s = used["end_s"].to_numpy(dtype=float) - start_s
    inner = [start_s + used[name].to_numpy(dtype=float) / 100 * duration_s for name in _PERCENTS]
    return np.stack([start_s, *inner, start_s + duration_s], axis=1)


def _events(times_s: FloatArray, right: BoolArray) -> Iterator[BoolArray]:
    """Yield for each event where it stands among the times of the strides: one heel strike ends and begins a stride."""
    kinds = np.broadcast_to(np.array(_KINDS), times_s.shape)
    of_right = right[:, None] ^ np.isin(kinds, (_OTHER_STRIKE, _OTHER_TOE_OFF))
    toe_off = np.isin(kinds, (_OWN_TOE_OFF, _OTHER_TOE_OFF))
    names = 2 * of_right + toe_off
    seen = np.isfinite(times_s)
    for name, time_s in sorted({(int(n), round(float(t), 3)) for n, t in zip(names[seen], times_s[seen], strict=True)}):
        yield (names == name) & (np.abs(times_s - time_s) < 2e-3)


def _asymmetry_pct(times_s: FloatArray, right: BoolArray, measure: TimeMeasure) -> float:
    """Return right against left in % of their mean; NaN where a side has nothing."""
    start_s = times_s[:, _START]
    if measure == "stance":
        values = (times_s[:, _TOE_OFF] - start_s) / (times_s[:, _END] - start_s)
        of_right = right
    else:
        values, of_right = times_s[:, _OPPOSITE_STRIKE] - start_s, ~right  # ends with the other foot's heel strike
    left_mean, right_mean = (_mean(values[of_right == side]) for side in (False, True))
    return 200 * (right_mean - left_mean) / (right_mean + left_mean)


def _mean(values: FloatArray) -> float:
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else float("nan")
