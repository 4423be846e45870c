"""The level of the pelvis from another video, in which the same person stands still in the same clothes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.pelvis.base import Baseline, PelvisInput, StandingVideo
from gaitlab.pelvis.baseline import LEVEL
from gaitlab.pelvis.crops import read_patches
from gaitlab.pelvis.registration import Template, align_patches
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.signals.geometry import left_up_deg

__all__ = ["STANDING_VIDEO", "StandingVideoSettings", "level_from_standing", "standing_video"]


@dataclass(frozen=True, kw_only=True)
class StandingVideoSettings:
    """Settings of a level from another video.

    Attributes
    ----------
    patches
        Frames of who stands that are aligned with the walk.
    least_s
        The person must be seen standing for so long.
    before_s
        So long before the first movement the body begins to shift its weight.
    least_found
        Part of the patches of who stands that must be found in the walk. Two rendered people in three walks each: all
        were found of the same person in the same clothes (fit 0.63 to 0.79 of the walk's own), none of another person,
        or with stickers put on in between.
    max_se_deg
        Jackknife error of the turn between two videos: 0.4 to 1.0 in the three pairs that were found.
    """

    patches: int = 20
    least_s: float = 1.0
    before_s: float = 0.5
    least_found: float = 0.8
    max_se_deg: float = 1.2


STANDING_VIDEO: Final = StandingVideoSettings()


def standing_video(scene: PelvisInput, until_s: float) -> StandingVideo | None:
    """Cut out the pelvis of a person who stands still at the start of a video.

    Parameters
    ----------
    scene
        From the front or the back.
    until_s
        When the first movement begins.

    Returns
    -------
    standing : StandingVideo or None
        ``None``: the person is not seen for a second before.

    See Also
    --------
    estimate_pelvis : uses it as neutral position
    """
    standing = np.flatnonzero(scene.placement.seen & (scene.frame_time_s < until_s - STANDING_VIDEO.before_s))
    if scene.path is None or not len(standing) or np.ptp(scene.frame_time_s[standing]) < STANDING_VIDEO.least_s:
        return None
    wanted = np.zeros(len(scene.placement.seen), dtype=bool)
    wanted[standing[np.linspace(0, len(standing) - 1, STANDING_VIDEO.patches).round().astype(int)]] = True
    patches = tuple(read_patches(scene.path, scene.placement, wanted))
    return StandingVideo(patches=patches, view=scene.view, vertical=scene.vertical)


def level_from_standing(scene: PelvisInput, template: Template) -> tuple[float, Baseline] | None:
    """Return where the turn of a walk is level, by a video in which the person stands.

    Parameters
    ----------
    scene
        The walk, with ``standing``.
    template
        What the pelvis looks like in the walk: it is aligned with the person who stands.

    Returns
    -------
    level_deg : float
        The turn of the walk, left side up +, at which the pelvis is as in standing.
    zero : Baseline
        How it was found. Both together ``None``: there is no such video from the same side, or its pelvis does not look
        like that of the walk.
    """
    standing = scene.standing
    if standing is None or standing.view != scene.view:
        return None
    alignment = align_patches(template, standing.patches)
    shown = np.isfinite(alignment.rotation_deg)
    if shown.mean() < STANDING_VIDEO.least_found:
        return None
    se_deg = float(np.median(alignment.jackknife_se_deg[shown]))
    if se_deg > STANDING_VIDEO.max_se_deg:
        return None
    between_cameras_deg = standing.vertical.roll_deg - scene.vertical.roll_deg
    level_deg = float(left_up_deg(between_cameras_deg - np.median(alignment.rotation_deg[shown]), scene.left_sign))
    return level_deg, Baseline(
        source="standing",
        uncertainty_deg=math.hypot(
            NORMAL_QUANTILE * math.hypot(LEVEL.standing_sd_deg, se_deg),
            standing.vertical.uncertainty_deg,
            scene.vertical.uncertainty_deg,
        ),
        explanation=(
            "Neutral is the pelvic position in quiet standing, in another video of this visit; a leg-length difference "
            "tilts it."
        ),
    )
