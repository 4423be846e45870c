"""The level of the pelvis from another video, in which the same person stands still in the same clothes."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from gaitlab.pelvis.base import Baseline, PelvisInput, StandingVideo
from gaitlab.pelvis.baseline import STANDING_SD_DEG
from gaitlab.pelvis.crops import read_patches
from gaitlab.pelvis.registration import Template, align_patches
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.signals.geometry import left_up_deg

__all__ = ["level_from_standing", "standing_video"]

_PATCHES: Final = 20
_LEAST_S: Final = 1.0
_BEFORE_S: Final = 0.5
"""So long before the first movement the body begins to shift its weight."""

_LEAST_FOUND: Final = 0.8
"""Part of the patches of who stands that must be found in the walk. Two rendered people in three walks each: all were
found of the same person in the same clothes (fit 0.63 to 0.79 of the walk's own), none of another person, or with
stickers put on in between."""

_MAX_SE_DEG: Final = 1.2
"""Jackknife error of the turn between two videos: 0.4 to 1.0 in the three pairs that were found."""


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
    standing = np.flatnonzero(scene.placement.seen & (scene.frame_time_s < until_s - _BEFORE_S))
    if scene.path is None or not len(standing) or np.ptp(scene.frame_time_s[standing]) < _LEAST_S:
        return None
    wanted = np.zeros(len(scene.placement.seen), dtype=bool)
    wanted[standing[np.linspace(0, len(standing) - 1, _PATCHES).round().astype(int)]] = True
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
    if shown.mean() < _LEAST_FOUND:
        return None
    se_deg = float(np.median(alignment.jackknife_se_deg[shown]))
    if se_deg > _MAX_SE_DEG:
        return None
    between_cameras_deg = standing.vertical.roll_deg - scene.vertical.roll_deg
    level_deg = float(left_up_deg(between_cameras_deg - np.median(alignment.rotation_deg[shown]), scene.left_sign))
    return level_deg, Baseline(
        source="standing",
        uncertainty_deg=math.hypot(
            NORMAL_QUANTILE * math.hypot(STANDING_SD_DEG, se_deg),
            standing.vertical.uncertainty_deg,
            scene.vertical.uncertainty_deg,
        ),
        explanation=(
            "Neutral is the pelvic position in quiet standing, in another video of this visit; a leg-length difference "
            "tilts it."
        ),
    )
