"""Whether the clothes show the pelvis: the border between what covers the trunk and what covers the pelvis.

A long shirt over the pelvis moves with the trunk, and an image of it can be aligned perfectly, with a third of the
pelvis' turn. Nothing in the alignment betrays it; but no border crosses the body above or at the pelvis then. Where
the border is says what the pelvis region shows: an upper garment, or trousers and a waistband.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes

from gaitlab.pelvis.crops import PATCH_BOX, PX_PER_TRUNK, Patch
from gaitlab.pelvis.registration import PELVIS_REGION, Region, Template, build_template, warp_to_template
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "WAIST",
    "WaistSettings",
    "detect_waistband",
    "find_clothes",
    "region_below_waist",
    "shirt_covers_region",
]


@dataclass(frozen=True, kw_only=True)
class WaistSettings:
    """Settings of ``detect_waistband`` and ``find_clothes``.

    Attributes
    ----------
    min_step
        Least change of colour over the waist, as part of the brightness there. On rendered walkers the waist has 0.4
        to 1.0, also in dim light; shading on a plain shirt 0.1 at most.
    between_trunks
        Where a waist may be, from the highest to the lowest, trunk lengths below mid-hip. A border further down is a
        hem: what is above it hangs over the pelvis. One further up may be a hem, too, or divide a shirt of two colours;
        so what is below it must turn no more than what is above (``limits``).
    high_waist_trunks
        Height above mid-hip from which a border leaves the trousers below it in view on the bony pelvis. Rendered
        trousers and a skirt that hang from a waistband 0.21 to 0.245, the hem of a T-shirt 0.145 to 0.155; tight
        clothes, of which the upper part moves with the pelvis as well, 0.115 to 0.195.
    columns_trunks
        Edges of the columns in which the border must be seen: a hand, a tag or a pocket is in one or two of them.
    gap_trunks, window_trunks
        Distance between what is compared above and below a border, and height of each.
    brightness_floor
        Added to the brightness, of 100: of darkness any change is a large part.
    weakest_part
        A column in which the change is less than this part of the middle one's does not show the border.
    share_of_strongest
        The waist must be at least this part of the strongest border of the patch, so that no crease stands in for it.
    max_disagreement
        Largest difference of the turns of the region and of the strip above it, as a share of the region's turn, where
        both lie on the upper garment. Tight clothes 0.06 to 0.14, also without texture, 0.21 in a quarter of the light;
        a T-shirt that hangs over the pelvis 0.43 to 1.46 in six copies. Where the border is higher, the strip is the
        tucked shirt: over jeans 0.09, over a skirt 0.48; beyond the limit the stated error is larger.
    folds_disagreement
        The same of the region and the strip below the waist, beyond which what lies over the waist folds: joggers under
        a shirt that blouses 0.53 to 0.60 in seven copies; jeans and a skirt 0.11 to 0.30 in ten.
    slight_disagreement_deg
        A difference of less is that of images: of a pelvis that hardly turns it is a large share.
    above_trunks
        Height of the strip above the region, where the back begins to bend: tight clothes there have 0.84 to 1.05 of
        the turn.
    below_trunks, strip_half_trunks
        Where the cloth below the waist is looked at, under the border, and half of its width and height.
    steady_seen_share
        Share of the time in which the cloth at a waist that does not fold is found. Below it, though above the limit of
        ``seen_share``, a gain of 0.69 was seen. Rendered tight clothes, jeans and a skirt: 1.00; joggers, nine copies:
        at most 0.91, or a fit of at most 0.75.
    """

    min_step: float = 0.2
    between_trunks: tuple[float, float] = (-0.48, -0.10)
    high_waist_trunks: float = 0.20
    columns_trunks: tuple[float, ...] = (-0.20, -0.12, -0.04, 0.04, 0.12, 0.20)
    gap_trunks: float = 0.015
    window_trunks: float = 0.06
    brightness_floor: float = 10.0
    weakest_part: float = 0.3
    share_of_strongest: float = 0.5
    max_disagreement: float = 0.3
    folds_disagreement: float = 0.4
    slight_disagreement_deg: float = 1.0
    above_trunks: float = 0.30
    below_trunks: float = 0.09
    strip_half_trunks: tuple[float, float] = (0.20, 0.05)
    steady_seen_share: float = 0.95


WAIST: Final = WaistSettings()


def detect_waistband(images: Sequence[NDArray[np.uint8]]) -> tuple[float, float]:
    """Find the strongest border across the body at the height of the pelvis or above.

    Parameters
    ----------
    images
        Patches of the pelvis, RGB, aligned with each other.

    Returns
    -------
    step : float
        Change of colour (CIELAB) as part of the brightness; 0 where no border is seen in all columns. Compare with
        ``WAIST.min_step``.
    height_trunks : float
        Trunk lengths below mid-hip (above: negative).
    """
    middle = np.median(np.stack(images), axis=0).astype(np.float32) / 255
    lab = cv2.cvtColor(middle, cv2.COLOR_RGB2LAB).astype(float)
    edges = [round((x - PATCH_BOX[0]) * PX_PER_TRUNK) for x in WAIST.columns_trunks]
    columns = np.stack([np.median(lab[:, a:b], axis=1) for a, b in pairwise(edges)], axis=1)
    heights, steps = _steps(columns)
    highest, lowest = WAIST.between_trunks
    at_pelvis = np.where((heights >= highest) & (heights <= lowest), steps, 0.0)
    best = int(at_pelvis.argmax())
    strong = at_pelvis[best] >= WAIST.share_of_strongest * float(steps.max())
    return float(at_pelvis[best]) if strong else 0.0, float(heights[best])


def _steps(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return heights, trunk lengths, and the change over each, of profiles of shape (rows, columns, 3)."""
    gap, window = (round(v * PX_PER_TRUNK) for v in (WAIST.gap_trunks, WAIST.window_trunks))
    reach = gap + window
    sums = np.concatenate([np.zeros((1, *columns.shape[1:])), np.cumsum(columns, axis=0)])
    rows = np.arange(reach, len(columns) - reach)
    above = (sums[rows - gap] - sums[rows - reach]) / window
    below = (sums[rows + reach] - sums[rows + gap]) / window
    change = below - above
    middle = np.median(change, axis=1)
    size = np.linalg.norm(middle, axis=-1)
    along = (change * middle[:, None]).sum(axis=-1) / np.maximum(size, 1e-9)[:, None]
    everywhere = along.min(axis=1) >= WAIST.weakest_part * size
    brightness = np.median((above + below)[..., 0] / 2, axis=1)
    return PATCH_BOX[1] + rows / PX_PER_TRUNK, np.where(everywhere, size / (brightness + WAIST.brightness_floor), 0.0)


"""Where the cloth below the waist is looked at, under the border, and half of its size."""


def find_clothes(sample: Sequence[Patch], slight_turn_deg: float = 0.0) -> tuple[Template, dict[str, float]]:
    """Return the template of a sample, and the figures that show whether the clothes reveal the pelvis."""
    template, poses = build_template(sample)
    step, height_trunks = detect_waistband(warp_to_template(template, sample, poses))
    quality = {"waist_step": step}
    if step >= WAIST.min_step:
        quality["waist_height"] = -height_trunks
        quality |= _compare_below(sample, poses, height_trunks, slight_turn_deg)
        above = build_template(sample, replace(PELVIS_REGION, height_trunks=-WAIST.above_trunks))[1]
        figure = "disagreement_above" if shirt_covers_region(quality) else "disagreement_above_waist"
        quality |= _disagreement(figure, poses, above, slight_turn_deg)
    return template, quality


def shirt_covers_region(quality: Mapping[str, float]) -> bool:
    """Return whether the border of the clothes is so low that the pelvis region lies on the upper garment."""
    return quality["waist_height"] < WAIST.high_waist_trunks


def region_below_waist(quality: Mapping[str, float]) -> Region | None:
    """Return the part of the trousers with its upper edge at the waist; ``None``: that is among the thighs.

    A tucked shirt blouses over the waistband, and its folds there change with each step.
    """
    if shirt_covers_region(quality):
        return None
    return replace(PELVIS_REGION, height_trunks=PELVIS_REGION.half_height_trunks - quality["waist_height"])


def _compare_below(
    sample: Sequence[Patch], poses: FloatArray, waist_trunks: float, slight_turn_deg: float
) -> dict[str, float]:
    """Return how far the cloth just below the waist turns for each degree of the region, and how far they disagree.

    No ratio where the cloth hardly turns: it is then one of noise.
    """
    half_width, half_height = WAIST.strip_half_trunks
    strip = Region(
        height_trunks=waist_trunks + WAIST.below_trunks, half_width_trunks=half_width, half_height_trunks=half_height
    )
    below = build_template(sample, strip)[1]
    apart = _disagreement("disagreement_below", poses, below, slight_turn_deg)
    if np.degrees(np.ptp(np.percentile(below[:, 0], [2, 98]))) < slight_turn_deg:
        return apart
    slope = float(theilslopes(below[:, 0], poses[:, 0]).slope) if np.ptp(poses[:, 0]) > 0 else math.inf
    return {"turn_below": slope} | apart


def _disagreement(figure: str, poses: FloatArray, others: FloatArray, slight_turn_deg: float) -> dict[str, float]:
    """Return by how much the turns of two strips differ, as a share of the turn; nothing where that is slight."""
    apart_deg, turn_deg = (float(np.degrees(each.std())) for each in (others[:, 0] - poses[:, 0], poses[:, 0]))
    slight = apart_deg <= max(WAIST.slight_disagreement_deg, slight_turn_deg)
    return {} if slight else {figure: apart_deg / turn_deg if turn_deg > 0 else math.inf}
