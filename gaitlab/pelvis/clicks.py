"""The level of the pelvis from points that a reader marked in the video."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.pelvis.base import Baseline, LevelClick, PelvisInput
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.signals.geometry import left_up_deg

__all__ = ["CLICKS", "ClickSettings", "click_slope_deg", "level_of_clicks"]


@dataclass(frozen=True, kw_only=True)
class ClickSettings:
    """How exactly bony points are marked.

    Attributes
    ----------
    click_px
        95 % half-width of where a point is clicked against where the reader means it: a steady hand with a mouse, on a
        film that a screen shows at about its own size. Each click is another try.
    placement_sd_mm
        Of the height of one point against the bone: 3 mm for a sticker, which is felt for, and as much again for what
        cloth and folds hide of it in an image, combined. It is the same in all frames: more clicks do not make it
        smaller.
    trunk_mm
        About the length of an adult's trunk, mid-hip to mid-shoulder: turns millimetres of placement into degrees.
    """

    click_px: float = 3.0
    placement_sd_mm: float = 4.0
    trunk_mm: float = 500.0


CLICKS: Final = ClickSettings()


def click_slope_deg(click: LevelClick, left_sign: int) -> float:
    """Return the slope of the line through two marked points in the image, the person's left side up +.

    Parameters
    ----------
    click
        The points.
    left_sign
        +1 where the person's left is at the right of the image, -1 where it is at its left.

    Examples
    --------
    >>> click_slope_deg(LevelClick(time_s=0.0, left_px=(100.0, 90.0), right_px=(200.0, 190.0)), -1)
    45.0
    """
    (left_x, left_y), (right_x, right_y) = click.left_px, click.right_px
    return math.degrees(math.atan2(right_y - left_y, left_sign * (left_x - right_x)))


def level_of_clicks(scene: PelvisInput, rotation_deg: FloatArray) -> tuple[float, Baseline] | None:
    """Return where a turn is level by the points that were marked; ``None`` if none can be used.

    Parameters
    ----------
    scene
        With the clicks.
    rotation_deg
        Left side up +, against gravity or anything that stays, shape (time,); NaN where not seen. A click in a frame
        without a turn cannot be used.
    """
    turns_deg = {
        click: float(np.interp(click.time_s, scene.time_s, rotation_deg, left=np.nan, right=np.nan))
        for click in scene.clicks
    }
    used = [click for click, turn in turns_deg.items() if math.isfinite(turn)]
    if not used:
        return None
    roll_deg = float(left_up_deg(scene.vertical.roll_deg, scene.left_sign))
    levels_deg = [turns_deg[click] - click_slope_deg(click, scene.left_sign) - roll_deg for click in used]
    apart_px = np.array([math.dist(click.left_px, click.right_px) for click in used])
    aim_deg = np.linalg.norm(np.degrees(np.arctan2(math.sqrt(2) * CLICKS.click_px, apart_px))) / len(used)
    placed_deg = NORMAL_QUANTILE * float(np.mean([_placed_deg(scene, click) for click in used]))
    frames = "1 frame" if len(used) == 1 else f"{len(used)} frames"
    return float(np.mean(levels_deg)), Baseline(
        source="clicks",
        uncertainty_deg=math.hypot(aim_deg, placed_deg, scene.vertical.uncertainty_deg),
        explanation=(
            f"Neutral is where the two bony points marked in {frames} of the video are at the same height; its "
            f"uncertainty combines the clicks ({CLICKS.click_px:g} pixels each), the bony points "
            f"({CLICKS.placement_sd_mm:g} mm each) and the camera roll."
        ),
    )


def _placed_deg(scene: PelvisInput, click: LevelClick) -> float:
    """Return the standard deviation of the slope that comes from where the points are on the bones."""
    seen = np.flatnonzero(scene.placement.seen)
    nearest = seen[np.abs(scene.frame_time_s[seen] - click.time_s).argmin()]
    distance_mm = math.dist(click.left_px, click.right_px) / scene.placement.trunk_px[nearest] * CLICKS.trunk_mm
    return math.degrees(math.atan2(math.sqrt(2) * CLICKS.placement_sd_mm, distance_mm))
