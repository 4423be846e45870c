"""The turn of the pelvis from the image itself: every frame aligned with one template of the pelvis region.

Inverse compositional alignment (Baker & Matthews 2004, Int J Comput Vision 56:221) of a similarity (turn, shift, a
little scale) with robust weights (Huber 1964, Ann Math Stat 35:73) on colour normalised by its local contrast. The
template is the median of the aligned frames themselves, made again a few times; pixels that do not agree over time lose
weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.pelvis.crops import PATCH_BOX, PATCH_SHAPE, PX_PER_TRUNK, Patch, RgbImage
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "PELVIS_REGION",
    "REGISTRATION",
    "Alignment",
    "Region",
    "RegistrationSettings",
    "Template",
    "align_patches",
    "build_template",
    "warp_to_template",
]

Image = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class RegistrationSettings:
    """Settings of ``build_template`` and ``align_patches``.

    Attributes
    ----------
    room_trunks
        Rows of the patch above and below a region's centre that are looked at: the region and room for the filters.
    min_prior
        Pixels whose weight by the region is smaller do not count.
    smooth_px, contrast_px
        Standard deviations of the filters that leave the detail between them: seams, folds, borders and texture of
        cloth.
    chroma_gain
        By which differences of colour count more than those of brightness.
    covered
        Weight of a covered pixel in local means: above zero, so that they exist everywhere.
    contrast_floor, contrast_scale, huber
        Features are detail over local contrast, which is at least ``contrast_floor``, times ``contrast_scale``; a
        misfit over ``huber`` of it is an outlier.
    damping
        Of turn, shifts and scale: the landmarks have scaled the patch, and little is left to change.
    max_turn_rad, max_log_scale
        Larger ones are cut off.
    max_steps, settled
        Steps of an alignment, at most, and those of turn (rad) and shift (pixels) that change nothing any more: 0.03
        degrees.
    template_rounds
        So often is the template made.
    doubtful_fit, lost_fit
        Parts of the usual fit: below the first, a frame is also tried without the one before it; below the second, it
        does not show the region.
    blocks
        Columns and rows of the blocks that are left out one at a time to see how far the turn rests on any one place.
    """

    room_trunks: float = 0.23
    min_prior: float = 0.02
    smooth_px: float = 1.2
    contrast_px: float = 8.0
    chroma_gain: float = 1.6
    covered: float = 0.01
    contrast_floor: float = 4.0
    contrast_scale: float = 20.0
    huber: float = 6.0
    damping: tuple[float, float, float, float] = (1e-3, 1e-3, 1e-3, 0.3)
    max_turn_rad: float = 0.5
    max_log_scale: float = 0.15
    max_steps: int = 20
    settled: tuple[float, float, float] = (5e-4, 0.05, 0.05)
    template_rounds: int = 4
    doubtful_fit: float = 0.85
    lost_fit: float = 0.6
    blocks: tuple[int, int] = (4, 2)


REGISTRATION: Final = RegistrationSettings()


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of the patch with soft edges, in the middle of the body.

    Attributes
    ----------
    height_trunks
        Of its middle, trunk lengths below mid-hip (above: negative).
    half_width_trunks, half_height_trunks
        Distances at which its weight has fallen to 0.6.
    """

    height_trunks: float
    half_width_trunks: float
    half_height_trunks: float


PELVIS_REGION: Final = Region(height_trunks=-0.23, half_width_trunks=0.28, half_height_trunks=0.08)
"""Where the bony pelvis can be seen: between the iliac crests and the sacrum.

Measured on rendered walkers band by band (``docs/pelvis.md``): below -0.16 the buttocks and the groin move with the
thighs, above -0.30 the spine bends.
"""


class _Grid:
    """The rows of the patch that are looked at, and the region's pixels in them, sorted by block."""

    def __init__(self, region: Region) -> None:
        x_trunks = np.arange(PATCH_BOX[0], PATCH_BOX[2] - 1e-9, 1 / PX_PER_TRUNK)
        rows = [
            round((region.height_trunks + room - PATCH_BOX[1]) * PX_PER_TRUNK)
            for room in (-REGISTRATION.room_trunks, REGISTRATION.room_trunks)
        ]
        self.rows = slice(max(0, rows[0]), min(PATCH_SHAPE[0], rows[1]))
        y_trunks = PATCH_BOX[1] + np.arange(self.rows.start, self.rows.stop) / PX_PER_TRUNK
        across, along = np.meshgrid(x_trunks, y_trunks - region.height_trunks)
        self.dx, self.dy = (a.astype(np.float32) * PX_PER_TRUNK for a in (across, along))
        self.centre_px = np.array([-self.dx[0, 0], -self.dy[0, 0]], dtype=float)
        u, v = across / region.half_width_trunks, along / region.half_height_trunks
        self.prior = np.exp(-0.5 * (u**4 + v**4)).astype(np.float32)
        inside = np.flatnonzero(self.prior > REGISTRATION.min_prior)
        columns, blocks_high = REGISTRATION.blocks
        reach = (-2 * np.log(REGISTRATION.min_prior)) ** 0.25
        block = (np.floor((u / reach + 1) / 2 * columns).clip(0, columns - 1) * blocks_high + (v > 0)).ravel()[inside]
        self.pixels = inside[np.argsort(block, kind="stable")]
        self.block_ends = np.searchsorted(np.sort(block), np.arange(columns * blocks_high + 1))

    def take(self, image: Image) -> Image:
        """Return the region's pixels of an image, shape (pixels, ...)."""
        return image.reshape(-1, *image.shape[2:])[self.pixels]


@dataclass(frozen=True, kw_only=True, eq=False)
class Template:
    """What the pelvis region looks like, ready to be aligned with.

    Attributes
    ----------
    pixels
        Features of the region's pixels, shape (pixels, 3).
    weights
        Shape (pixels,).
    slopes
        Change of each feature with turn, the shifts and scale, shape (3 * pixels, 4).
    usual_fit
        Median correlation of the frames it was made of with it.
    grid
        Where the pixels are.
    """

    pixels: Image
    weights: Image
    slopes: Image
    usual_fit: float
    grid: _Grid


@dataclass(frozen=True, kw_only=True, eq=False)
class Alignment:
    """How frames lie on the template.

    Attributes
    ----------
    index
        Of the frames, shape (n,).
    rotation_deg
        Turn against the template, clockwise in the image +, shape (n,); NaN where the region was not found: what is
        there does not look like it, or the alignment did not converge.
    down_px
        Shift of the region against the template, pixels of the patch, down +, shape (n,); NaN where not found.
    jackknife_se_deg
        Standard error of the turn by the jackknife over blocks of the region, shape (n,): large where the parts of
        the region turn differently or carry little.
    fit
        Correlation of the frame with the template over that of its usual frame, shape (n,).
    """

    index: NDArray[np.int64]
    rotation_deg: FloatArray
    down_px: FloatArray
    jackknife_se_deg: FloatArray
    fit: FloatArray


def build_template(sample: Sequence[Patch], region: Region = PELVIS_REGION) -> tuple[Template, FloatArray]:
    """Build the template of a walk: the median of the aligned patches.

    Parameters
    ----------
    sample
        Patches of frames spread over the walk.
    region
        The part of the patches to align.

    Returns
    -------
    template : Template
    poses : ndarray, shape (len(sample), 4)
        Turn (rad), shifts (pixels of the patch) and log scale of each patch on it.
    """
    grid = _Grid(region)
    images = [_features(grid, patch) for patch in sample]
    poses = np.zeros((len(sample), 4))
    weights = grid.prior
    for round_ in range(REGISTRATION.template_rounds):
        aligned = np.stack([_warped(grid, image, pose) for image, pose in zip(images, poses, strict=True)])
        middle = (np.median(aligned, axis=0) if round_ else aligned.mean(axis=0)).astype(np.float32)
        if round_:
            weights = _consistency_weights(grid, aligned, middle)
        template = _template(grid, middle, weights)
        results = [
            _align(template, image, patch.free[grid.rows], pose)
            for image, patch, pose in zip(images, sample, poses, strict=True)
        ]
        poses = np.stack([result.pose for result in results])
    return replace(template, usual_fit=float(np.median([result.fit for result in results]))), poses


def align_patches(template: Template, patches: Iterable[Patch]) -> Alignment:
    """Align the patches of a walk, in order, with its template.

    Parameters
    ----------
    template
        From ``build_template``.
    patches
        Of the frames, in the order of time: each starts from where the one before it lies.
    """
    rows = []
    usual_fit = max(template.usual_fit, 1e-6)
    start = np.zeros(4)
    for patch in patches:
        image, free = _features(template.grid, patch), patch.free[template.grid.rows]
        result = _align(template, image, free, start)
        if result.fit < REGISTRATION.doubtful_fit * usual_fit:
            afresh = _align(template, image, free, np.zeros(4))
            result = max(result, afresh, key=lambda one: one.fit)
        valid = result.converged and result.fit >= REGISTRATION.lost_fit * usual_fit
        start = result.pose if valid else np.zeros(4)
        angle_deg, down_px = (np.degrees(result.pose[0]), result.pose[2]) if valid else (np.nan, np.nan)
        rows.append((patch.index, angle_deg, down_px, _jackknife_deg(template, result), result.fit / usual_fit))
    index, turn_deg, down, se, fit = np.array(rows, dtype=float).reshape(-1, 5).T
    return Alignment(index=index.astype(np.int64), rotation_deg=turn_deg, down_px=down, jackknife_se_deg=se, fit=fit)


def warp_to_template(template: Template, sample: Sequence[Patch], poses: FloatArray) -> list[RgbImage]:
    """Return the images of patches as they lie on the template, shape of each ``(*PATCH_SHAPE, 3)``."""
    centre_px = template.grid.centre_px + np.array([0, template.grid.rows.start])
    return [
        np.asarray(_warp(patch.image, pose, centre_px), dtype=np.uint8)
        for patch, pose in zip(sample, poses, strict=True)
    ]


def _features(grid: _Grid, patch: Patch) -> Image:
    """Return the detail of a patch, colour over local contrast: it does not change with light and shade.

    What a hand covers counts next to nothing in the local means, so that it changes nothing next to it either.
    """
    lab = cv2.cvtColor(patch.image[grid.rows], cv2.COLOR_RGB2LAB).astype(np.float32)
    counts = np.maximum(patch.free[grid.rows], REGISTRATION.covered)
    near, around = (
        np.asarray(cv2.GaussianBlur(counts, (0, 0), px)) for px in (REGISTRATION.smooth_px, REGISTRATION.contrast_px)
    )
    lab *= counts[..., None]
    fine = np.asarray(cv2.GaussianBlur(lab, (0, 0), REGISTRATION.smooth_px)) / near[..., None]
    coarse = np.asarray(cv2.GaussianBlur(lab, (0, 0), REGISTRATION.contrast_px)) / around[..., None]
    detail = (fine - coarse) * np.array([1, REGISTRATION.chroma_gain, REGISTRATION.chroma_gain], dtype=np.float32)
    energy = (detail**2).sum(axis=-1) * counts
    contrast = np.sqrt(np.asarray(cv2.GaussianBlur(energy, (0, 0), REGISTRATION.contrast_px)) / around)
    return np.asarray(
        detail / (contrast + REGISTRATION.contrast_floor)[..., None] * REGISTRATION.contrast_scale, dtype=np.float32
    )


def _consistency_weights(grid: _Grid, aligned: Image, middle: Image) -> Image:
    """Return weights that fall where the aligned frames do not agree over time."""
    deviation = np.median(np.abs(aligned - middle), axis=0).mean(axis=-1).astype(np.float32)
    deviation = np.asarray(cv2.GaussianBlur(deviation, (0, 0), 2.0))
    typical = max(float(np.median(grid.take(deviation))), 1e-6)
    return np.asarray(grid.prior / (1 + (deviation / typical) ** 2), dtype=np.float32)


def _template(grid: _Grid, middle: Image, weights: Image) -> Template:
    by_x, by_y = (cv2.Sobel(middle, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    dx, dy = grid.dx[..., None], grid.dy[..., None]
    slopes = grid.take(np.stack([by_y * dx - by_x * dy, by_x, by_y, by_x * dx + by_y * dy], axis=-1))
    return Template(
        pixels=grid.take(middle),
        weights=grid.take(weights),
        slopes=np.ascontiguousarray(slopes.reshape(-1, 4)),
        usual_fit=float("nan"),
        grid=grid,
    )


def _matrix(pose: FloatArray) -> FloatArray:
    """Return a pose (turn, shifts, log scale) as a 3 by 3 matrix."""
    c, s = np.exp(pose[3]) * np.array([np.cos(pose[0]), np.sin(pose[0])])
    return np.array([[c, -s, pose[1]], [s, c, pose[2]], [0.0, 0.0, 1.0]])


def _compose_inverse(pose: FloatArray, step: FloatArray) -> FloatArray:
    """Return the pose that undoes a step of the template before it, within bounds."""
    m = _matrix(pose) @ np.linalg.inv(_matrix(step))
    turn = np.clip(np.arctan2(m[1, 0], m[0, 0]), -REGISTRATION.max_turn_rad, REGISTRATION.max_turn_rad)
    log_scale = np.clip(0.5 * np.log(np.linalg.det(m[:2, :2])), -REGISTRATION.max_log_scale, REGISTRATION.max_log_scale)
    return np.array([turn, m[0, 2], m[1, 2], log_scale])


def _warp(image: RgbImage | Image, pose: FloatArray, centre_px: FloatArray) -> NDArray[Any]:
    m = _matrix(pose)[:2]
    m[:, 2] += centre_px - m[:, :2] @ centre_px
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, m, image.shape[1::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _warped(grid: _Grid, image: Image, pose: FloatArray) -> Image:
    return np.asarray(_warp(image, pose, grid.centre_px), dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class _AlignmentResult:
    """Where an image lies on the template: pose, misfit and weight of each feature just before the last step."""

    pose: FloatArray
    error: Image
    weight: Image
    converged: bool
    fit: float


def _align(template: Template, image: Image, free: Image, pose: FloatArray) -> _AlignmentResult:
    """Return where an image lies on the template, from a first guess of its pose."""
    grid, converged = template.grid, False
    for _ in range(REGISTRATION.max_steps):
        misfit = grid.take(_warped(grid, image, pose)) - template.pixels
        weight = template.weights * grid.take(_warped(grid, free, pose))
        robust = np.minimum(1.0, REGISTRATION.huber / np.maximum(np.abs(misfit), 1e-6)) * weight[:, None]
        error, weight = misfit.reshape(-1), robust.reshape(-1)
        curvature, pull = _normal_equations(template.slopes, error, weight)
        step = np.asarray(np.linalg.solve(_damped(curvature), pull), dtype=float)
        pose = _compose_inverse(pose, step)
        converged = bool((np.abs(step[:3]) < REGISTRATION.settled).all())
        if converged:
            break
    return _AlignmentResult(
        pose=pose, error=error, weight=weight, converged=converged, fit=_fit(template, error, weight)
    )


def _normal_equations(slopes: Image, error: Image, weight: Image) -> tuple[FloatArray, FloatArray]:
    weighted = slopes * weight[:, None]
    return (weighted.T @ slopes).astype(float), (weighted.T @ error).astype(float)


def _damped(curvature: FloatArray) -> FloatArray:
    """Return the matrix with its diagonal raised by the damping, and never singular."""
    damping = np.diag(REGISTRATION.damping)
    return np.asarray(curvature + curvature * damping + 1e-6 * np.eye(len(damping)))


def _jackknife_deg(template: Template, result: _AlignmentResult) -> float:
    """Return the standard error of the turn from leaving out one block at a time (Efron & Stein 1981)."""
    ends = 3 * template.grid.block_ends
    parts = [_normal_equations(template.slopes[a:b], result.error[a:b], result.weight[a:b]) for a, b in pairwise(ends)]
    curvature, pull = (np.stack(arrays) for arrays in zip(*parts, strict=True))
    left_out = [
        np.linalg.solve(_damped(curvature.sum(axis=0) - c), pull.sum(axis=0) - p)[0]
        for c, p in zip(curvature, pull, strict=True)
    ]
    n = len(left_out)
    return float(np.degrees(np.sqrt((n - 1) * np.var(left_out))))


def _fit(template: Template, error: Image, weight: Image) -> float:
    """Return the weighted correlation of a frame's features with the template's (both have mean zero by making)."""
    fitted = template.pixels.reshape(-1)
    features = error + fitted
    return float(
        (weight * features * fitted).sum() / np.sqrt((weight * features**2).sum() * (weight * fitted**2).sum() + 1e-9)
    )
