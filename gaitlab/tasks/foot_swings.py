"""Swings of the feet from place to place, seen from the side: when each foot leaves, lands, and how high it then is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import landmark_px
from gaitlab.signals.legs import LEGS_PER_TRUNK
from gaitlab.tasks import body

__all__ = ["FOOT_SWINGS", "FootSwingSettings", "Swing", "foot_heights", "foot_swings", "levels_around"]


_FOOT: Final = ("ankle", "heel", "foot_index")


@dataclass(frozen=True, kw_only=True)
class FootSwingSettings:
    """Settings of the swings of a foot.

    Attributes
    ----------
    still_trunks_per_s, swing_trunks_per_s
        A foot stands while the middle of its landmarks is slower than the first, and swings where it gets faster than
        the second; on rendered stairs a foot so lands within 0.03 s of its true contact.
    level_s
        The level of a foot is its median height over this time before and after a swing.
    """

    still_trunks_per_s: float = 0.5
    swing_trunks_per_s: float = 1.2
    level_s: float = 0.15


FOOT_SWINGS: Final = FootSwingSettings()


@dataclass(frozen=True, kw_only=True)
class Swing:
    """A foot on its way.

    Attributes
    ----------
    side
        Of the foot.
    start_s, contact_s
        When it leaves its place, and when it lands.
    from_level, to_level
        Its height before and after, up +, in trunk lengths; NaN: not seen then.
    """

    side: Side
    start_s: float
    contact_s: float
    from_level: float
    to_level: float

    @property
    def climb(self) -> float:
        """How much higher the foot stands afterwards, trunk lengths."""
        return self.to_level - self.from_level


def _foot_trunks(landmarks: xr.Dataset, side: Side) -> FloatArray:
    """Return the middle of a foot over time, shape (time, 2), y up, in trunk lengths."""
    middle = np.mean([landmark_px(landmarks, f"{side}_{part}") for part in _FOOT], axis=0)
    return np.asarray(middle * (1, -1) * LEGS_PER_TRUNK / body.leg_length_px(landmarks))


def foot_heights(landmarks: xr.Dataset) -> dict[Side, FloatArray]:
    """Return how high each foot is over time, shape (time,), up +, trunk lengths; only differences mean something."""
    return {side: _foot_trunks(landmarks, side)[:, 1] for side in SIDES}


def levels_around(time_s: FloatArray, height: FloatArray, start_s: float, contact_s: float) -> tuple[float, float]:
    """Return the level of a foot before and after a swing, trunk lengths; NaN: it is not seen then.

    Parameters
    ----------
    time_s, height
        Shape (n,).
    start_s, contact_s
        Of the swing.

    Examples
    --------
    >>> t = np.arange(0, 2, 0.05)
    >>> levels_around(t, np.where(t < 1, 0.0, 0.4), 0.8, 1.2)
    (0.0, 0.4)
    """
    before = height[(time_s >= start_s - FOOT_SWINGS.level_s) & (time_s <= start_s) & np.isfinite(height)]
    after = height[(time_s >= contact_s) & (time_s <= contact_s + FOOT_SWINGS.level_s) & np.isfinite(height)]
    before_level, after_level = (float(np.median(part)) if len(part) else float("nan") for part in (before, after))
    return before_level, after_level


def foot_swings(landmarks: xr.Dataset) -> tuple[Swing, ...]:
    """Return the swings of both feet in the order of their contacts; those that are not wholly in the video left out.

    Parameters
    ----------
    landmarks
        Clean, turned to gravity, from the side.
    """
    time_s = landmarks["time"].to_numpy().astype(float)
    swings = []
    for side in SIDES:
        foot = _foot_trunks(landmarks, side)
        seen = np.isfinite(foot).all(axis=1)
        if seen.sum() < 2:
            continue
        whole = np.stack([np.interp(time_s, time_s[seen], foot[seen, axis]) for axis in (0, 1)], axis=-1)
        speed = np.linalg.norm(np.gradient(whole, time_s, axis=0), axis=-1)
        edges = np.flatnonzero(
            np.diff(np.concatenate([[0], speed > FOOT_SWINGS.still_trunks_per_s, [0]]).astype(np.int8))
        )
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            inside = first > 0 and last < len(time_s)
            if inside and speed[first:last].max() > FOOT_SWINGS.swing_trunks_per_s:
                start_s, contact_s = float(time_s[first]), float(time_s[last])
                levels = levels_around(time_s, foot[:, 1], start_s, contact_s)
                swings.append(
                    Swing(
                        side=side,
                        start_s=start_s,
                        contact_s=contact_s,
                        from_level=levels[0],
                        to_level=levels[1],
                    )
                )
    return tuple(sorted(swings, key=lambda swing: swing.contact_s))
