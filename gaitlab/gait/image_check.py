"""Heel strikes of a front or back view, which rest on the model's depth, held against what the image shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gaitlab.gait.foot_signals import FootSignals, peak_times
from gaitlab.schema import EVENT_COLUMNS, SIDES, Side
from gaitlab.schema.array_types import FloatArray

__all__ = ["IMAGE_CHECK", "ImageCheckSettings", "check_against_image"]


@dataclass(frozen=True, kw_only=True)
class ImageCheckSettings:
    """Settings of ``check_against_image``.

    Attributes
    ----------
    prominence_sd
        Of an extremum of the height of one heel over the other, in standard deviations of that height.
    min_strikes
        Heel strikes from which on the usual time from strike to extremum is known.
    same_step_of_stride
        A heel strike of the same foot that is nearer than this part of a stride is that of the extremum: the next one
        is a whole stride away.
    doubtful_of_stride
        A heel strike that is further from there is less sure. On 11 rendered walkers the time from strike to extremum
        varied by 0.03 of a stride (SD), but for the first steps of one who walked away.
    uncertainty_of_stride
        95 % half-width of a strike that only the image shows, as a part of the stride: the time from strike to extremum
        is not the same on both sides of who limps (simulated walks of up to 4 s a stride).
    min_strikes_of_foot
        Heel strikes of one foot from which on its own time from strike to extremum is known.
    other_foot_uncertainty_of_stride
        95 % half-width, as a part of the stride, where that time is known of the other foot alone; the difference of
        the steps comes on top. In simulated walks with steps of 40 and 60 % of the stride the two were 0.13 to 0.24
        apart.
    """

    prominence_sd: float = 0.5
    min_strikes: int = 3
    same_step_of_stride: float = 0.6
    doubtful_of_stride: float = 0.08
    uncertainty_of_stride: float = 0.12
    min_strikes_of_foot: int = 2
    other_foot_uncertainty_of_stride: float = 0.25


IMAGE_CHECK: Final = ImageCheckSettings()


def check_against_image(strikes: pd.DataFrame, signals: FootSignals, stride_s: float) -> pd.DataFrame:
    """Check heel strikes by the height of the heels in the image, and add those that only the image shows.

    The leg ahead is nearer to the camera, and its heel lower in the image, if the person comes; further away, and
    higher, if the person goes. So the heels change places once a step. The extremum comes at its own time after heel
    strike, which depends on camera and gait (Stenum 2024 uses it for step times only), but at the same one in each step
    of a walk.

    Parameters
    ----------
    strikes
        Heel strikes from the model's depth (``schema.validate_events``).
    signals
        Of a front or back view.
    stride_s
        Stride time of the walk.

    Returns
    -------
    strikes : pandas.DataFrame
        Where the image says otherwise by more than 0.08 of a stride, the difference enters the uncertainty; a step that
        the depth missed, between its first and its last, is added with the source ``image``. Unchanged where fewer than
        three steps show in both.
    """
    extrema = _extrema(signals, stride_s)
    strikes = strikes.reset_index(drop=True)
    times_s = strikes["time_s"].to_numpy(dtype=float)
    of_left = (strikes["side"] == "left").to_numpy()
    lag_s = np.array(
        [_nearest(extrema["left" if left else "right"], t) - t for left, t in zip(of_left, times_s, strict=True)]
    )
    if np.isfinite(lag_s).sum() < IMAGE_CHECK.min_strikes:
        return strikes
    usual_s = float(np.nanmedian(lag_s))
    apart_s = np.minimum(np.nan_to_num(np.abs(lag_s - usual_s)), stride_s / 2)
    apart_s[apart_s <= IMAGE_CHECK.doubtful_of_stride * stride_s] = 0.0
    strikes["uncertainty_s"] = np.hypot(strikes["uncertainty_s"], apart_s)
    added = _only_in_image(extrema, strikes, lag_s, stride_s)
    return pd.concat([strikes, added], ignore_index=True) if len(added) else strikes


def _extrema(signals: FootSignals, stride_s: float) -> dict[Side, FloatArray]:
    """Return when each heel is furthest on the side of the leg ahead, in the image."""
    height = signals.heel_height["left"] - signals.heel_height["right"]
    leading = height if signals.view == "back" else -height
    least = IMAGE_CHECK.prominence_sd * float(np.nanstd(height))
    return {
        side: peak_times(signals, sign * leading, stride_s, least) for side, sign in zip(SIDES, (1, -1), strict=True)
    }


def _only_in_image(
    extrema: dict[Side, FloatArray], strikes: pd.DataFrame, lag_s: FloatArray, stride_s: float
) -> pd.DataFrame:
    """Return the heel strikes between the first and the last that extrema show and the depth missed."""
    times_s = strikes["time_s"].to_numpy(dtype=float)
    added = []
    for side in SIDES:
        of_side = (strikes["side"] == side).to_numpy()
        own_s = lag_s[of_side & np.isfinite(lag_s)]
        if len(own_s) >= IMAGE_CHECK.min_strikes_of_foot:
            usual_s, half_s = float(np.median(own_s)), IMAGE_CHECK.uncertainty_of_stride * stride_s
        else:
            usual_s, half_s = (
                float(np.nanmedian(lag_s)),
                IMAGE_CHECK.other_foot_uncertainty_of_stride * stride_s + _uneven_s(extrema, stride_s),
            )
        for time_s in extrema[side] - usual_s:
            inside = times_s.min() < time_s < times_s.max()
            if inside and abs(_nearest(times_s[of_side], time_s) - time_s) > IMAGE_CHECK.same_step_of_stride * stride_s:
                added.append((float(time_s), side, "heel_strike", half_s, "image"))
    return pd.DataFrame(added, columns=list(EVENT_COLUMNS))


def _uneven_s(extrema: dict[Side, FloatArray], stride_s: float) -> float:
    """Return by how much the steps that the image shows differ from half a stride, in seconds."""
    left, right = extrema["left"], extrema["right"]
    steps_s = [time_s - left[left < time_s].max() for time_s in right if (left < time_s).any()]
    steps_s = [step_s for step_s in steps_s if step_s < stride_s]
    return abs(float(np.median(steps_s)) - stride_s / 2) if steps_s else 0.0


def _nearest(times_s: FloatArray, to_s: float) -> float:
    """Return the nearest of some times; minus infinity where there is none."""
    return float(times_s[np.abs(times_s - to_s).argmin()]) if len(times_s) else -np.inf
