"""Painted pictures of a pelvis whose turn is known: cloth with texture, a waist, arms, a background that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.pelvis.crops import PATCH_BOX, PATCH_SHAPE, PX_PER_TRUNK, Patch

ROWS, COLUMNS = PATCH_SHAPE
Picture = NDArray[np.uint8]


def cloth(rgb: Sequence[float], contrast: float, seed: int, blur_px: float = 3.0) -> NDArray[np.float32]:
    """A plain colour with soft texture, larger than a patch."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(size=(3 * ROWS, 3 * COLUMNS)).astype(np.float32), (0, 0), blur_px)
    noise *= contrast / noise.std()
    return np.asarray(np.array(rgb, dtype=np.float32) + noise[..., None], dtype=np.float32)


def placed(layer: NDArray[np.float32], turn_deg: float, shift_px: tuple[float, float]) -> NDArray[np.float32]:
    """A layer seen in a patch, turned clockwise about a point 0.2 trunk lengths above mid-hip, and shifted."""
    centre = np.array([-PATCH_BOX[0] * PX_PER_TRUNK, (-0.2 - PATCH_BOX[1]) * PX_PER_TRUNK])
    turn = cv2.getRotationMatrix2D((float(centre[0] + COLUMNS), float(centre[1] + ROWS)), -turn_deg, 1.0)
    turn[:, 2] += np.array(shift_px) - (COLUMNS, ROWS)
    return np.asarray(cv2.warpAffine(layer, turn, (COLUMNS, ROWS), flags=cv2.INTER_LINEAR), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class Clothes:
    """What the painted person wears: the border between shirt and trousers at a height in trunk lengths."""

    shirt: tuple[float, float, float] = (40, 60, 150)
    trousers: tuple[float, float, float] = (25, 25, 30)
    border_trunks: float = -0.2
    contrast: float = 6.0

    def layer(self) -> NDArray[np.float32]:
        upper, lower = cloth(self.shirt, self.contrast, 1), cloth(self.trousers, self.contrast, 2)
        row = ROWS + round((self.border_trunks - PATCH_BOX[1]) * PX_PER_TRUNK)
        return np.concatenate([upper[:row], lower[row:]])


def paint(
    turn_deg: float,
    *,
    clothes: Clothes | None = None,
    trunk_deg: float | None = None,
    shirt_deg: float | None = None,
    shift_px: tuple[float, float] = (0.0, 0.0),
    light: float = 1.0,
    noise: float = 1.0,
    seed: int = 0,
) -> Picture:
    """A patch: the pelvis turned; above 0.3 trunk lengths the trunk, turned otherwise; a still background beside.

    A shirt that hangs loose turns otherwise down to its hem, the border of the clothes.
    """
    clothes = clothes or Clothes()
    layer = clothes.layer()
    picture = placed(layer, turn_deg, shift_px)
    if shirt_deg is not None:
        hem = round((clothes.border_trunks - PATCH_BOX[1]) * PX_PER_TRUNK)
        picture[:hem] = placed(layer, shirt_deg, shift_px)[:hem]
    if trunk_deg is not None:
        top = round((-0.32 - PATCH_BOX[1]) * PX_PER_TRUNK)
        picture[:top] = placed(layer, trunk_deg, shift_px)[:top]
    beside = np.abs(np.linspace(PATCH_BOX[0], PATCH_BOX[2], COLUMNS)) > 0.36
    picture[:, beside] = cloth((200, 200, 190), 12.0, 3)[:ROWS, :COLUMNS][:, beside]
    rng = np.random.default_rng(seed)
    return np.asarray(np.clip(light * picture + rng.normal(scale=noise, size=picture.shape), 0, 255), dtype=np.uint8)


def patch(index: int, image: Picture, free: NDArray[np.float32] | None = None) -> Patch:
    return Patch(index, image, np.ones(PATCH_SHAPE, dtype=np.float32) if free is None else free)
