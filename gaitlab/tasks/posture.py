"""The start posture: the frames in which a person is at rest, and what landmarks are known to read there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray
from gaitlab.tasks.repetitions import Repetition

__all__ = ["at_rest", "lying_bias_deg", "rest_value", "standing_bias_deg", "upright_bias_deg"]


_MARGIN_S: Final = 0.1
_LEAST_REST_S: Final = 0.3

_SAGITTAL_BIAS_DEG: Final = -5.5
_SAGITTAL_SPREAD_DEG: Final = (3.0, 3.0)
"""What the line of thigh and trunk of landmarks reads of a standing body, too extended: the thigh by 1 to 5 degrees and
the trunk by 1 to 5 on rendered people; its spread, and how far standing bodies differ from a straight line."""

_SAGITTAL_RANGE_DEG: Final = (-9.0, -2.0)

_LYING_RANGE_DEG: Final = (-12.0, 0.0)
_BENT_KNEE_DEG: Final = 60.0
"""What landmarks read of who lies flat, too extended; it is gone where the knee is bent by this much, as the thigh then
stands out from the trunk."""

_FRONTAL_WEIGHT: Final = 0.5
_FRONTAL_MOST_DEG: Final = 3.0
"""Of the thigh at rest, seen from the front or the back: half of what is read, up to 3 degrees, is an error."""


def at_rest(time_s: FloatArray, repetitions: Sequence[Repetition]) -> NDArray[np.bool_]:
    """Return the frames outside all repetitions, shape (time,); those before the first if there are enough of them."""
    if not repetitions:
        return np.ones(len(time_s), dtype=bool)
    before = time_s < repetitions[0].start_s - _MARGIN_S
    if before.sum() >= 2 and float(np.ptp(time_s[before])) >= _LEAST_REST_S:
        return np.asarray(before)
    outside = np.ones(len(time_s), dtype=bool)
    for repetition in repetitions:
        outside &= (time_s < repetition.start_s - _MARGIN_S) | (time_s > repetition.end_s + _MARGIN_S)
    return outside


def rest_value(signal: FloatArray, rest: NDArray[np.bool_]) -> float:
    """Return the median of a signal at rest; NaN where it is not seen then."""
    known = signal[rest & np.isfinite(signal)]
    return float(np.median(known)) if len(known) else float("nan")


def standing_bias_deg(read_deg: float) -> float:
    """Return how far landmarks read the hip of this standing person off, from what they read of the start posture.

    Parameters
    ----------
    read_deg
        Thigh to trunk in the start posture, flexion +.

    Notes
    -----
    The reading is the true posture plus the bias. Both are known in advance, with their spreads; the mean of the bias
    given the reading (linear regression of one on the sum) is kept within what was ever measured, so that a hip that
    does not extend fully keeps its angle.

    Examples
    --------
    >>> standing_bias_deg(-5.5), standing_bias_deg(-7.5), standing_bias_deg(15.0)
    (-5.5, -6.5, -2.0)
    """
    bias_sd, posture_sd = _SAGITTAL_SPREAD_DEG
    weight = bias_sd**2 / (bias_sd**2 + posture_sd**2)
    bias_deg = _SAGITTAL_BIAS_DEG + weight * (read_deg - _SAGITTAL_BIAS_DEG)
    return float(np.clip(bias_deg, *_SAGITTAL_RANGE_DEG))


def lying_bias_deg(read_deg: float, knee_deg: float) -> float:
    """Return how far landmarks read the hip of this lying person off, at a flexion of the knee.

    Parameters
    ----------
    read_deg
        Thigh to trunk in lying flat, flexion +.
    knee_deg
        Flexion of the knee.

    Examples
    --------
    >>> lying_bias_deg(-7.0, 0.0), lying_bias_deg(-7.0, 30.0), lying_bias_deg(-7.0, 110.0)
    (-7.0, -3.5, 0.0)
    """
    straight = float(np.clip(1 - knee_deg / _BENT_KNEE_DEG, 0.0, 1.0))
    return float(np.clip(read_deg, *_LYING_RANGE_DEG)) * straight + 0.0


def upright_bias_deg(read_deg: float) -> float:
    """Return how far landmarks read the thigh of this standing person off to the side, from the start posture.

    Parameters
    ----------
    read_deg
        Thigh to the vertical in the start posture, away from the body +.

    Examples
    --------
    >>> upright_bias_deg(2.4), upright_bias_deg(10.0)
    (1.2, 3.0)
    """
    return float(np.clip(_FRONTAL_WEIGHT * read_deg, -_FRONTAL_MOST_DEG, _FRONTAL_MOST_DEG))
