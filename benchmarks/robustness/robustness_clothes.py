"""Clothes that hide the legs, and things before the legs that do not: painted over a walker whose joints are known.

Cloth hangs over both legs: its edges are those of the legs, of the line between them at the hem, and of where they were
a moment ago, as it swings after them. Folds go with it. Everything is in thigh lengths, seen from the side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from robustness_shots import Picture, Shot
from robustness_truth import SIDES, Floats

_LEVELS: Final = 60
_SUBPIXEL: Final = 4
"""Binary digits of a pixel's parts in OpenCV's outlines."""

_EDGE_PX: Final = 0.7
_HALF_WIDTHS: Final = ((-0.45, 0.24), (0.0, 0.28), (0.35, 0.24), (1.0, 0.155), (1.25, 0.15), (2.0, 0.10))
"""Half of the width of the body and of each leg seen from the side, by how far below the hip along the leg."""

_FOREARM: Final = 0.085
_HAND: Final = 0.42
"""Half width of the forearm, and how far beyond the wrist, in forearms, the hand reaches."""


@dataclass(frozen=True, kw_only=True)
class Garment:
    """A piece of clothing, in thigh lengths along the leg: 0 is the hip, 1 the knee, 2 the ankle.

    Attributes
    ----------
    top, hem
        From where to where it goes.
    flare
        How much wider than the legs it is at the hem.
    lag_s
        How long its edges take to come back to the legs.
    rgb
        Its colour.
    folds, fold_depth, pattern
        Folds across it and how much darker they are; contrast of its printed pattern.
    front
        How much of what is in front of the hip is covered: less than 1 is open in front.
    apart
        Each leg has its own, as of trousers.
    """

    top: float = -0.35
    hem: float = 1.55
    flare: float = 0.10
    lag_s: float = 0.10
    rgb: tuple[int, int, int] = (70, 70, 80)
    folds: int = 5
    fold_depth: float = 0.25
    pattern: float = 0.0
    front: float = 1.0
    apart: bool = False


GARMENTS: Final = {
    "calf-length skirt, dark": Garment(rgb=(38, 38, 46)),
    "calf-length skirt, printed": Garment(rgb=(150, 90, 100), pattern=18.0, folds=7, flare=0.2, lag_s=0.15),
    "gown": Garment(top=-1.0, hem=1.35, rgb=(165, 190, 205), flare=0.16, fold_depth=0.15, lag_s=0.12),
    "long coat": Garment(top=-1.1, hem=1.45, rgb=(95, 80, 62), flare=0.12, fold_depth=0.1, folds=3, lag_s=0.15),
    "coat, open in front": Garment(top=-1.1, hem=1.4, rgb=(60, 62, 70), front=0.35, folds=3, lag_s=0.18),
    "wide trousers": Garment(hem=1.95, flare=0.18, rgb=(105, 110, 95), folds=3, lag_s=0.08, apart=True),
}
"""Those of the table."""


def dressed(shot: Shot, garment: Garment) -> Shot:
    """Put a garment on the walker; the arm on the camera's side stays in front of it."""
    facing = 1 if shot.truth.passes[0].view == "right" else -1
    near = SIDES.index(shot.truth.passes[0].view)
    sides = (1 - near, near) if garment.apart else (None,)
    edges = [_edges(shot, garment, side, facing) for side in sides]
    cloth = _cloth(garment)

    def put_on(picture: Picture, index: int) -> Picture:
        out = picture
        for layer, outline in enumerate(edges):
            shade = 0.8 if garment.apart and layer == 0 else 1.0
            out = _draped(out, outline[index], cloth, shade, 0.35 * index / shot.rate_hz)
        arm = shot.truth.joint("elbow")[index, near], shot.truth.joint("wrist")[index, near]
        return _with_arm(out, picture, *arm, _FOREARM * thigh_px(shot))

    return shot.changed(put_on)


def thigh_px(shot: Shot) -> float:
    """Return the length of a thigh."""
    thigh = shot.truth.joint("hip") - shot.truth.joint("knee")
    return float(np.median(np.linalg.norm(thigh, axis=-1)))


def _edges(shot: Shot, garment: Garment, side: int | None, facing: int) -> Floats:
    """Return the back and the front edge of cloth, shape (frames, levels, back or front, xy)."""
    unit = thigh_px(shot)
    hip, knee, ankle, shoulder = (shot.truth.joint(name) for name in ("hip", "knee", "ankle", "shoulder"))
    own = slice(None) if side is None else slice(side, side + 1)
    along = np.linspace(garment.top, garment.hem, _LEVELS)
    half = unit * np.interp(along, *zip(*_HALF_WIDTHS, strict=True))
    loose = unit * garment.flare * np.clip((along - 0.1) / max(garment.hem - 0.1, 0.1), 0, 1)
    middle = np.stack([_down_the_leg(hip[:, s], knee[:, s], ankle[:, s], shoulder[:, s], along) for s in range(2)], 1)
    leg_x = facing * middle[:, own, :, 0]
    front, back = (leg_x + half).max(axis=1), (leg_x - half).min(axis=1)
    front, back = (_swung(values, shot.rate_hz, garment.lag_s) for values in (front, -back))
    back, front = -back - loose, front + loose
    if garment.front < 1:
        hip_x = facing * hip.mean(axis=1)[:, None, 0]
        front = hip_x + garment.front * np.maximum(front - hip_x, 0)
    if side is None:
        front, back = _hung(front), -_hung(-back)
    y = middle[:, own, :, 1].max(axis=1)
    return np.stack([np.stack([facing * x, y], axis=-1) for x in (back, front)], axis=2)


def _down_the_leg(hip: Floats, knee: Floats, ankle: Floats, shoulder: Floats, along: Floats) -> Floats:
    """Return points of the trunk (below 0) and of a leg, shape (frames, levels, xy)."""
    part = along[:, None]
    trunk = hip[:, None] + np.clip(-part, 0, 1.2) * (shoulder - hip)[:, None] / 1.05
    thigh = hip[:, None] + np.clip(part, 0, 1) * (knee - hip)[:, None]
    shank = knee[:, None] + (part - 1) * (ankle - knee)[:, None]
    return np.where(part < 0, trunk, np.where(part <= 1, thigh, shank))


def _swung(edge: Floats, rate_hz: float, lag_s: float) -> Floats:
    """Let an edge that is pushed out by a leg come back slowly; outwards is positive."""
    keep = float(np.exp(-1 / (lag_s * rate_hz)))
    out = edge.copy()
    for row in range(1, len(out)):
        out[row] = np.maximum(edge[row], keep * out[row - 1] + (1 - keep) * edge[row])
    return out


def _hung(edge: Floats) -> Floats:
    """Make an edge that falls straight from where it is pushed out furthest, shape (frames, levels)."""
    pushed = np.maximum.accumulate(edge, axis=1)
    return np.asarray(0.35 * edge + 0.65 * pushed)


def _cloth(garment: Garment) -> NDArray[np.float32]:
    """Return the cloth spread out: colour with folds that deepen to the hem, and its pattern."""
    rng = np.random.default_rng(7)
    down, across = np.mgrid[0:1:240j, 0:1:240j]
    wave = np.sin(2 * np.pi * garment.folds * (across + 0.04 * np.sin(3 * np.pi * down)))
    shade = 1 + garment.fold_depth * wave * (0.25 + 0.75 * down) - 0.25 * np.abs(2 * across - 1) ** 3
    weave = cv2.GaussianBlur(rng.normal(size=down.shape).astype(np.float32), (0, 0), 1.0)
    print_ = cv2.GaussianBlur(rng.normal(size=(*down.shape, 3)).astype(np.float32), (0, 0), 5.0)
    spread = np.array(garment.rgb) * shade[..., None] + 6 * weave[..., None]
    return np.asarray(spread + garment.pattern * print_ / max(float(print_.std()), 1e-6), dtype=np.float32)


def _draped(picture: Picture, edges: Floats, cloth: NDArray[np.float32], shade: float, turn: float) -> Picture:
    """Lay cloth between two edges, shape (levels, 2, xy)."""
    outline = np.concatenate([edges[:, 0], edges[::-1, 1]])
    box, corner = _box_of(outline, picture)
    order = np.argsort(edges[:, 0, 1])
    heights = edges[order, 0, 1]
    rows, columns = np.mgrid[box].astype(float)
    back, front = (np.interp(rows[:, 0], heights, edges[order, edge, 0])[:, None] for edge in (0, 1))
    down = (rows - heights[0]) / (heights[-1] - heights[0])
    across = (columns - back) / np.where(front == back, 1, front - back) + 0.03 * np.sin(2 * np.pi * turn) * down
    size = cloth.shape[0] - 1
    maps = [(np.clip(part, 0, 1) * size).astype(np.float32) for part in (across, down)]
    texture = shade * cv2.remap(cloth, *maps, cv2.INTER_LINEAR)
    matte = np.zeros(rows.shape, np.uint8)
    cv2.fillPoly(matte, [np.round((outline - corner) * 2**_SUBPIXEL).astype(np.int32)], 255, cv2.LINE_AA, _SUBPIXEL)
    return _laid_over(picture, texture, matte, box)


def _box_of(points: Floats, picture: Picture) -> tuple[tuple[slice, slice], Floats]:
    """Return the part of a picture that holds some points, as rows and columns, and its corner (x, y)."""
    low = np.clip(np.floor(points.min(axis=0)) - 4, 0, None).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)) + 4, low + 1, picture.shape[1::-1]).astype(int)
    return (slice(low[1], high[1]), slice(low[0], high[0])), low.astype(float)


def _laid_over(
    picture: Picture, texture: NDArray[np.generic], matte: NDArray[np.uint8], box: tuple[slice, slice]
) -> Picture:
    weight = cv2.GaussianBlur(matte, (0, 0), _EDGE_PX)[..., None] / 255
    out = picture.copy()
    out[box] = np.clip(weight * texture + (1 - weight) * picture[box], 0, 255)
    return out


def _with_arm(out: Picture, bare: Picture, elbow: Floats, wrist: Floats, half_px: float) -> Picture:
    """Put forearm and hand back in front."""
    ends = np.stack([elbow, wrist + _HAND * (wrist - elbow)])
    box, corner = _box_of(np.concatenate([ends - half_px, ends + half_px]), out)
    matte = np.zeros(out[box].shape[:2], np.uint8)
    start, end = (tuple(point) for point in np.round(ends - corner).astype(int).tolist())
    cv2.line(matte, start, end, 255, max(1, round(2 * half_px)), cv2.LINE_AA)
    return _laid_over(out, bare[box], matte, box)


Thing = Callable[[Picture, Floats, float, int], None]
"""What draws a thing into a picture, given mid-hip, the length of a thigh in pixels and where the walker faces."""


def _bar(picture: Picture, ends: Floats, half_px: float, rgb: tuple[int, int, int]) -> None:
    start, end = (tuple(np.round(p).astype(int).tolist()) for p in ends)
    cv2.line(picture, start, end, rgb, max(2, round(2 * half_px)), cv2.LINE_AA)


def rollator(picture: Picture, hip: Floats, unit: float, facing: int) -> None:
    """Draw a rollator that is pushed: its near frame before the legs, a seat, wheels, a handle."""
    at = hip + unit * np.array([[0.15, 0.0], [0.75, -0.1], [0.95, 1.85], [0.05, 1.85], [0.5, 0.55], [1.0, 0.6]]) * (
        facing,
        1,
    )
    for start, end in ((0, 1), (1, 2), (0, 3), (4, 5), (3, 2)):
        _bar(picture, at[[start, end]], 0.04 * unit, (120, 30, 35))
    for wheel in (2, 3):
        cv2.circle(
            picture,
            tuple(np.round(at[wheel]).astype(int).tolist()),
            round(0.2 * unit),
            (35, 35, 35),
            round(0.08 * unit),
        )


def handbag(picture: Picture, hip: Floats, unit: float, facing: int) -> None:
    """Draw a bag that hangs from the shoulder over the thigh on the camera's side."""
    strap = hip + unit * np.array([[-0.05, -1.0], [-0.12, 0.0]]) * (facing, 1)
    _bar(picture, strap, 0.03 * unit, (80, 45, 30))
    low, high = hip + unit * np.array([-0.38, 0.0]), hip + unit * np.array([0.16, 0.5])
    cv2.rectangle(picture, *(tuple(np.round(p).astype(int).tolist()) for p in (low, high)), (110, 60, 40), cv2.FILLED)


def rail(picture: Picture, hip: Floats, unit: float, facing: int) -> None:
    """Draw a rail across the room before the hips, on posts that stand a walker's height apart."""
    width = picture.shape[1]
    _bar(picture, np.array([[0, hip[1]], [width, hip[1]]]), 0.06 * unit, (205, 205, 210))
    for x in np.arange(0.5 * unit, width, 4.0 * unit):
        _bar(picture, np.array([[x, hip[1]], [x, hip[1] + 2.3 * unit]]), 0.05 * unit, (190, 190, 195))


def table(picture: Picture, hip: Floats, unit: float, facing: int) -> None:
    """Draw the top of a table across half of the room before the thighs."""
    width = picture.shape[1]
    top = round(hip[1] + 0.35 * unit)
    cv2.rectangle(picture, (0, top), (width // 2, top + round(0.12 * unit)), (140, 100, 60), cv2.FILLED)


THINGS: Final[dict[str, tuple[Thing, bool]]] = {
    "rail before the hips": (rail, False),
    "table before the thighs": (table, False),
    "rollator": (rollator, True),
    "handbag before the thigh": (handbag, True),
}
"""Each with whether it goes with the walker."""


def before(shot: Shot, thing: Thing, *, carried: bool) -> Shot:
    """Put a thing between the walker and the camera."""
    hips, unit = shot.truth.joint("hip").mean(axis=1), thigh_px(shot)
    facing = 1 if shot.truth.passes[0].view == "right" else -1
    still = np.median(hips, axis=0)

    def cover(picture: Picture, index: int) -> Picture:
        out = picture.copy()
        thing(out, hips[index] if carried else still, unit, facing)
        return out

    return shot.changed(cover)
