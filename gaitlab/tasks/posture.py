"""The start posture: the frames in which a person is at rest, and what landmarks are known to read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray
from gaitlab.tasks.repetitions import Repetition

__all__ = [
    "POSTURE",
    "PostureSettings",
    "at_rest",
    "lying_bias_deg",
    "rest_value",
    "standing_bias_deg",
    "upright_bias_deg",
]


@dataclass(frozen=True, kw_only=True)
class PostureSettings:
    """Settings of what landmarks read of a body at rest.

    Attributes
    ----------
    margin_s
        So near to a repetition nobody rests.
    least_rest_s
        Rest before the first repetition that is used instead of that between repetitions.
    sagittal_bias_deg, sagittal_spread_deg
        What the line of thigh and trunk of landmarks reads of a standing body, too extended: the thigh by 1 to 5
        degrees and the trunk by 1 to 5 on rendered people; its spread, and how far standing bodies differ from a
        straight line.
    sagittal_range_deg
        Within which the reading of the body at rest is taken for that error.
    lying_range_deg, bent_knee_deg
        What landmarks read of who lies flat, too extended; it is gone where the knee is bent by this much, as the thigh
        then stands out from the trunk.
    frontal_weight, frontal_most_deg
        Of the thigh at rest, seen from the front or the back: half of what is read, up to 3 degrees, is an error.
    """

    margin_s: float = 0.1
    least_rest_s: float = 0.3
    sagittal_bias_deg: float = -5.5
    sagittal_spread_deg: tuple[float, float] = (3.0, 3.0)
    sagittal_range_deg: tuple[float, float] = (-9.0, -2.0)
    lying_range_deg: tuple[float, float] = (-12.0, 0.0)
    bent_knee_deg: float = 60.0
    frontal_weight: float = 0.5
    frontal_most_deg: float = 3.0


POSTURE: Final = PostureSettings()


def at_rest(time_s: FloatArray, repetitions: Sequence[Repetition]) -> NDArray[np.bool_]:
    """Return the frames outside all repetitions, shape (time,); those before the first if there are enough of them."""
    if not repetitions:
        return np.ones(len(time_s), dtype=bool)
    before = time_s < repetitions[0].start_s - POSTURE.margin_s
    if before.sum() >= 2 and float(np.ptp(time_s[before])) >= POSTURE.least_rest_s:
        return np.asarray(before)
    outside = np.ones(len(time_s), dtype=bool)
    for repetition in repetitions:
        outside &= (time_s < repetition.start_s - POSTURE.margin_s) | (time_s > repetition.end_s + POSTURE.margin_s)
    return outside


def rest_value(signal: FloatArray, rest: NDArray[np.bool_]) -> float:
    """Return the median of a signal at rest; NaN where it is not seen then."""
    known = signal[rest & np.isfinite(signal)]
    return float(np.median(known)) if len(known) else float("nan")


def standing_bias_deg(read_deg: float) -> float:
    """Compute the error of the hip angle of this standing person, from what landmarks read of the start posture.

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
    bias_sd, posture_sd = POSTURE.sagittal_spread_deg
    weight = bias_sd**2 / (bias_sd**2 + posture_sd**2)
    bias_deg = POSTURE.sagittal_bias_deg + weight * (read_deg - POSTURE.sagittal_bias_deg)
    return float(np.clip(bias_deg, *POSTURE.sagittal_range_deg))


def lying_bias_deg(read_deg: float, knee_deg: float) -> float:
    """Compute the error of the hip angle of this lying person, at a flexion of the knee.

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
    straight = float(np.clip(1 - knee_deg / POSTURE.bent_knee_deg, 0.0, 1.0))
    return float(np.clip(read_deg, *POSTURE.lying_range_deg)) * straight + 0.0


def upright_bias_deg(read_deg: float) -> float:
    """Compute the error of the thigh of this standing person to the side, from the start posture.

    Parameters
    ----------
    read_deg
        Thigh to the vertical in the start posture, away from the body +.

    Examples
    --------
    >>> upright_bias_deg(2.4), upright_bias_deg(10.0)
    (1.2, 3.0)
    """
    return float(np.clip(POSTURE.frontal_weight * read_deg, -POSTURE.frontal_most_deg, POSTURE.frontal_most_deg))
