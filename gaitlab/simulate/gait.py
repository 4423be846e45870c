"""How a simulated person walks and is built, and the curves of the joints over the gait cycle.

The curves are short Fourier series fitted to published means of walking at preferred speed (largest misfit in
degrees in brackets). Sagittal: 89 adults under 60, Van Criekinge et al. 2023, Sci Data 10:852, CC0 (thigh to vertical
0.1, knee 0.2, ankle 0.3). Pelvis: 82 typically developing children, Schwartz, Rozumalski & Trost 2008, J Biomech
41:1639 (obliquity 0.1, rotation 0.4); only odd harmonics are kept, so that left and right are exact opposites.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side, opposite, side_sign
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "Body",
    "Gait",
    "common_phase",
    "leg_angles",
    "load_share",
    "minimum_jerk",
    "pelvis_angles",
    "trunk_lean",
]

Pair = tuple[float, float]
"""A value for the left and one for the right side."""

Series = tuple[tuple[float, float], ...]
"""Cosine and sine coefficient of harmonic 0, 1, 2, ... in degrees."""

THIGH: Final[Series] = ((4.34, 0.0), (21.33, -5.22), (-3.20, -0.76), (0.28, 1.61), (0.25, -0.08), (-0.03, 0.09))
KNEE: Final[Series] = (
    (20.51, 0.0),
    (-1.51, -19.38),
    (-11.87, 9.04),
    (0.84, 4.66),
    (0.03, 0.49),
    (-0.01, 0.55),
    (0.16, 0.01),
)
ANKLE: Final[Series] = (
    (0.77, 0.0),
    (-2.24, 5.52),
    (0.74, -6.11),
    (-3.59, 1.15),
    (1.74, -0.36),
    (-0.58, -0.97),
    (0.31, 0.13),
    (0.14, -0.49),
)
OBLIQUITY: Final[Series] = ((0.0, 0.0), (1.85, 2.12), (0.0, 0.0), (-1.19, 0.22))
ROTATION: Final[Series] = ((0.0, 0.0), (3.74, 2.10), (0.0, 0.0), (0.34, -0.37))
CURVES_TOE_OFF: Final = 0.61
"""Part of the cycle at which the foot leaves the ground in the sagittal curves above."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """Build of the walker; segments are parts of the height (Drillis & Contini 1966; Winter 2009).

    Parameters
    ----------
    height_m
        Height of the person, metres.

    See Also
    --------
    Gait : how the person walks

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> bool(simulate_walk(body=Body(height_m=1.9)).speed_mps > simulate_walk(body=Body(height_m=1.6)).speed_mps)
    True
    """

    height_m: float = 1.75

    def __post_init__(self) -> None:
        if not 0.5 <= self.height_m <= 2.5:
            raise UsageError(f"height_m is {self.height_m}; a height of 0.5 to 2.5 m is needed.")


@dataclass(frozen=True, kw_only=True)
class Gait:
    """The way the person walks. Pairs are (left, right); speed follows from stride time, hip range and height.

    Parameters
    ----------
    stride_time_s
        Duration of a stride, seconds.
    start_pct
        Where in its cycle the left leg is at time 0, in percent.
    step_asymmetry_pct
        The right heel strikes at 50 % plus this of the left leg's cycle.
    toe_off_pct
        End of stance, in percent of the cycle; the sagittal curves are stretched to it.
    hip_extension_loss_deg
        Degrees taken from the peak extension of the thigh (less towards flexion).
    hip_scale, knee_scale
        Factor on the range of the thigh (about its mean) and of the knee (about its least flexion).
    drop_deg
        Peak contralateral pelvic drop in the stance of each side, degrees.
    trunk_lateral_deg
        Peak lean of the trunk towards the stance side in the stance of each side, degrees.
    trunk_forward_deg
        Constant forward lean of the trunk, degrees.
    pelvis_rotation_scale
        Factor on the turning of the pelvis about the vertical (1: about 4 degrees to each side).
    step_width_m
        Distance between the tracks of the ankles, metres.

    See Also
    --------
    Body : how the person is built
    simulate_walk : a walk with this gait

    Examples
    --------
    >>> Gait(drop_deg=(9.0, 4.0)).mirrored().drop_deg
    (4.0, 9.0)
    """

    stride_time_s: float = 1.1
    start_pct: float = 85.0
    step_asymmetry_pct: float = 0.0
    toe_off_pct: Pair = (61.0, 61.0)
    hip_extension_loss_deg: Pair = (0.0, 0.0)
    hip_scale: Pair = (1.0, 1.0)
    knee_scale: Pair = (1.0, 1.0)
    drop_deg: Pair = (4.5, 4.5)
    trunk_lateral_deg: Pair = (0.0, 0.0)
    trunk_forward_deg: float = 3.0
    pelvis_rotation_scale: float = 1.0
    step_width_m: float = 0.10

    def __post_init__(self) -> None:
        if not self.stride_time_s > 0.0:
            raise UsageError(f"stride_time_s is {self.stride_time_s}; a positive time is needed.")
        for side in SIDES:
            of_side, other = self.of(side, self.toe_off_pct), self.of(opposite(side), self.toe_off_pct)
            strike = self.opposite_strike_pct(side)
            if not 0.0 < strike + other - 100.0 < strike < of_side < 100.0:
                raise UsageError(
                    f"toe_off_pct {self.toe_off_pct} with step_asymmetry_pct {self.step_asymmetry_pct} leaves no "
                    f"double support on the {side} side; walking needs later toe-offs or less asymmetry."
                )

    @staticmethod
    def of(side: Side, pair: Pair) -> float:
        """Select the value of a side from a (left, right) pair.

        Parameters
        ----------
        side
            ``left`` or ``right``.
        pair
            Left, then right.

        Returns
        -------
        value : float

        Examples
        --------
        >>> Gait.of("right", (9.0, 4.0))
        4.0
        """
        return pair[SIDES.index(side)]

    def opposite_strike_pct(self, side: Side) -> float:
        """Compute when the other heel strikes.

        Parameters
        ----------
        side
            ``left`` or ``right``.

        Returns
        -------
        percent : float
            Of this side's cycle.

        Examples
        --------
        >>> Gait(step_asymmetry_pct=4.0).opposite_strike_pct("left")
        54.0
        """
        return 50.0 + side_sign(side) * self.step_asymmetry_pct

    def phase(self, side: Side, time_s: FloatArray) -> FloatArray:
        """Compute where in its cycle a side is at the given times.

        Parameters
        ----------
        side
            ``left`` or ``right``.
        time_s
            Times, any shape, seconds.

        Returns
        -------
        phase : numpy.ndarray
            Strides since the heel strike, shape of ``time_s``, not wrapped: 0 is a heel strike, 1 the next.

        Examples
        --------
        >>> Gait(stride_time_s=1.0, start_pct=0.0).phase("left", np.array([0.0, 0.5])).tolist()
        [0.0, 0.5]
        """
        behind = 0.0 if side == "left" else self.opposite_strike_pct("left")
        phase: FloatArray = (
            np.asarray(time_s, dtype=np.float64) / self.stride_time_s + (self.start_pct - behind) / 100.0
        )
        return phase

    def mirrored(self) -> Gait:
        """Build the same gait with left and right swapped at every time.

        Returns
        -------
        gait : Gait

        Examples
        --------
        >>> Gait(hip_scale=(1.0, 0.7)).mirrored().hip_scale
        (0.7, 1.0)
        """
        return replace(
            self,
            start_pct=self.start_pct - self.opposite_strike_pct("left"),
            step_asymmetry_pct=-self.step_asymmetry_pct,
            toe_off_pct=_swap(self.toe_off_pct),
            hip_extension_loss_deg=_swap(self.hip_extension_loss_deg),
            hip_scale=_swap(self.hip_scale),
            knee_scale=_swap(self.knee_scale),
            drop_deg=_swap(self.drop_deg),
            trunk_lateral_deg=_swap(self.trunk_lateral_deg),
        )


def _swap(pair: Pair) -> Pair:
    """Exchange left and right."""
    return pair[1], pair[0]


def minimum_jerk(part: FloatArray) -> FloatArray:
    """Compute how far a movement of minimum jerk is after a part of its time (Flash & Hogan 1985, J Neurosci 5:1688).

    Examples
    --------
    >>> minimum_jerk(np.array([0.0, 0.5, 1.0]))
    array([0. , 0.5, 1. ])
    """
    return np.asarray(part**3 * (10.0 - 15.0 * part + 6.0 * part**2), dtype=np.float64)


def _series(coefficients: Series, phase: FloatArray) -> FloatArray:
    """Evaluate a Fourier series at phases in cycles."""
    turn = 2.0 * math.pi * phase[..., np.newaxis] * np.arange(len(coefficients))
    cosines, sines = np.array(coefficients).T
    total: FloatArray = np.cos(turn) @ cosines + np.sin(turn) @ sines
    return total


_GRID: Final[FloatArray] = np.linspace(0.0, 1.0, 2001)
_THIGH_MIN, _THIGH_MAX = (float(f(_series(THIGH, _GRID))) for f in (np.min, np.max))
_KNEE_MIN: Final = float(np.min(_series(KNEE, _GRID)))
_OBLIQUITY_MAX: Final = float(np.max(_series(OBLIQUITY, _GRID)))


def _warp_phase(phase: FloatArray, toe_off: float) -> FloatArray:
    """Map phases of a gait with the given toe-off to phases of the curves, smoothly and periodically."""
    knots = np.add.outer(np.arange(-1.0, 2.0), [0.0, toe_off]).ravel()
    targets = np.add.outer(np.arange(-1.0, 2.0), [0.0, CURVES_TOE_OFF]).ravel()
    mapped: FloatArray = PchipInterpolator(knots, targets)(phase % 1.0)
    return mapped


def leg_angles(gait: Gait, side: Side, phase: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute thigh inclination, shank inclination and foot pitch (toe up +) of a side, in degrees.

    Parameters
    ----------
    gait
        The gait.
    side
        Anatomical side.
    phase
        Phases of that side in cycles, any shape.

    Returns
    -------
    tuple of numpy.ndarray
        Three arrays of the shape of ``phase``.
    """
    at = _warp_phase(phase, gait.of(side, gait.toe_off_pct) / 100.0)
    thigh = _series(THIGH, at)
    extended = (_THIGH_MAX - thigh) / (_THIGH_MAX - _THIGH_MIN)
    scaled = THIGH[0][0] + gait.of(side, gait.hip_scale) * (thigh - THIGH[0][0])
    bent = scaled + gait.of(side, gait.hip_extension_loss_deg) * extended**2
    knee = _KNEE_MIN + gait.of(side, gait.knee_scale) * (_series(KNEE, at) - _KNEE_MIN)
    shank = bent - knee
    return bent, shank, shank + _series(ANKLE, at)


def _two_sided(wave: FloatArray, left: float, right: float) -> FloatArray:
    """Scale a wave of +1 (left stance) to -1 (right stance) so that its peaks are ``left`` and ``-right``."""
    blend = np.clip(wave / 0.4, -1.0, 1.0)
    share = 0.5 + blend * (15.0 - 10.0 * blend**2 + 3.0 * blend**4) / 16.0
    scaled: FloatArray = wave * (right + (left - right) * share)
    return scaled


def common_phase(gait: Gait, left_phase: FloatArray) -> FloatArray:
    """Compute a phase that is 0 at the left heel strike and 0.5 at the right one."""
    strike = gait.opposite_strike_pct("left") / 100.0
    knots = np.add.outer(np.arange(-1.0, 2.0), [0.0, strike]).ravel()
    targets = np.add.outer(np.arange(-1.0, 2.0), [0.0, 0.5]).ravel()
    mapped: FloatArray = PchipInterpolator(knots, targets)(left_phase % 1.0)
    return mapped


def pelvis_angles(gait: Gait, left_phase: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute the pelvis' obliquity (left up +) and rotation (left forward +), degrees, and its sway to the left.

    The sway is a wave of amplitude 1, at the left in mid left stance.
    """
    phase = common_phase(gait, left_phase)
    obliquity = _two_sided(_series(OBLIQUITY, phase) / _OBLIQUITY_MAX, *gait.drop_deg)
    rotation = gait.pelvis_rotation_scale * _series(ROTATION, phase)
    return obliquity, rotation, np.sin(2.0 * math.pi * (phase - 0.05))


def trunk_lean(gait: Gait, left_phase: FloatArray) -> FloatArray:
    """Compute the lateral lean of the trunk (left +) in degrees, at its peak in mid stance."""
    wave = np.sin(2.0 * math.pi * (common_phase(gait, left_phase) - 0.06))
    return _two_sided(wave, *gait.trunk_lateral_deg)


def _smoothstep(x: FloatArray) -> FloatArray:
    """Rise from 0 at x <= 0 to 1 at x >= 1 without kinks."""
    x = np.clip(x, 0.0, 1.0)
    risen: FloatArray = x * x * (3.0 - 2.0 * x)
    return risen


def load_share(gait: Gait, side: Side, phase: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute the load of a side's foot (0 in swing, 1 in single support) and where it is (0 heel, 1 toe)."""
    at = phase % 1.0
    strike = gait.opposite_strike_pct(side) / 100.0
    other_toe_off = strike + gait.of(opposite(side), gait.toe_off_pct) / 100.0 - 1.0
    toe_off = gait.of(side, gait.toe_off_pct) / 100.0
    load = _smoothstep(at / other_toe_off) * (1.0 - _smoothstep((at - strike) / (toe_off - strike)))
    return load, _smoothstep((at - 0.05) / 0.40)
