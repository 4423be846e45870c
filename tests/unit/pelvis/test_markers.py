"""Stickers: found whatever their colour, measured to a fraction of a pixel, and never seen where there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from gaitlab.pelvis.crops import PATCH_SHAPE, PX_PER_TRUNK, Patch, to_pixels
from gaitlab.pelvis.markers import (
    MarkerPair,
    find_marker_pair,
    locate_markers,
    marker_slope_deg,
    reject_unstable,
    slope_noise_deg,
)

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "green": (24, 170, 36),
    "lime": (170, 240, 40),
    "yellow": (235, 220, 40),
    "orange": (245, 130, 20),
    "red": (220, 30, 30),
    "pink": (255, 80, 160),
    "purple": (150, 40, 200),
    "blue": (30, 80, 230),
    "cyan": (30, 200, 220),
}
SHIRT: Colour = (28, 50, 95)
SHORTS: Colour = (22, 20, 22)
SKIN: Colour = (150, 105, 80)
MIDDLE = (0.01, -0.2)
APART = 0.27
RADIUS = 0.028
FRAMES = 10
SLOPES_DEG = 9 * np.sin(np.arange(FRAMES))

ROWS, COLUMNS = np.indices(PATCH_SHAPE)


def clothes() -> Floats:
    """A shirt and dark shorts, with a little shading."""
    image = np.empty((*PATCH_SHAPE, 3))
    image[:] = SHIRT
    image[round(to_pixels(np.array([0.0, -0.17]))[1]) :] = SHORTS
    return image * (1 + 0.1 * np.sin(COLUMNS / 23 + ROWS / 31))[..., None]


def disc(image: Floats, xy_trunks: Floats, colour: Colour, radius_trunks: float = RADIUS) -> Floats:
    """Paint a disc with a smooth edge."""
    x, y = to_pixels(xy_trunks)
    cover = np.clip(radius_trunks * PX_PER_TRUNK - np.hypot(COLUMNS - x, ROWS - y) + 0.5, 0, 1)
    painted = image.copy()
    painted[cover > 0] += (colour - image[cover > 0]) * cover[cover > 0, None]
    return painted


def ends(slope_deg: float, middle: tuple[float, float] = MIDDLE, apart: float = APART) -> Floats:
    """Places of the image-left and the image-right sticker, shape (2, 2)."""
    half = apart / 2 * np.array([np.cos(np.radians(slope_deg)), -np.sin(np.radians(slope_deg))])
    return np.array([middle - half, middle + half])


def stuck(image: Floats, slope_deg: float, colour: Colour = COLOURS["green"], radius: float = RADIUS) -> Floats:
    for xy in ends(slope_deg):
        image = disc(image, xy, colour, radius)
    return image


def patch(image: Floats, index: int = 0) -> Patch:
    """As a camera sees it: slightly blurred, in whole numbers."""
    seen = cv2.GaussianBlur(image, (0, 0), 0.8)
    return Patch(index, np.clip(seen.round(), 0, 255).astype(np.uint8), np.ones(PATCH_SHAPE, dtype=np.float32))


def clip(paint: Callable[[float], Floats]) -> list[Patch]:
    return [patch(paint(slope), index) for index, slope in enumerate(SLOPES_DEG)]


def green_clip() -> list[Patch]:
    return clip(lambda slope: stuck(clothes(), slope))


def found(sample: Sequence[Patch]) -> MarkerPair:
    stickers = find_marker_pair(sample)
    assert stickers is not None
    return stickers


def slopes_deg(sample: Sequence[Patch]) -> Floats:
    stickers = found(sample)
    return marker_slope_deg(np.array([locate_markers(one, stickers) for one in sample]))


@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS)
def test_stickers_of_any_colour_give_the_slope_and_its_sign(colour: Colour) -> None:
    sample = clip(lambda slope: stuck(clothes(), slope, colour))
    assert_allclose(slopes_deg(sample), SLOPES_DEG, atol=0.3)
    stickers = found(sample)
    assert_allclose(stickers.centres, ends(0.0), atol=0.02)
    assert_allclose(stickers.radii, RADIUS, rtol=0.1)


@pytest.mark.parametrize("radius", [0.018, 0.028, 0.045])
def test_centres_are_right_to_a_tenth_of_a_pixel(radius: float) -> None:
    sample = clip(lambda slope: stuck(np.full((*PATCH_SHAPE, 3), 60.0), slope, radius=radius))
    stickers = found(sample)
    for one, slope in zip(sample, SLOPES_DEG, strict=True):
        assert_allclose(locate_markers(one, stickers), ends(slope), atol=0.1 / PX_PER_TRUNK)


def dark(image: Floats) -> Floats:
    return image * 0.35


def blurred(image: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0))


def noisy(image: Floats) -> Floats:
    return image + np.random.default_rng(int(image.sum())).normal(0, 12, image.shape)


def small(image: Floats) -> Floats:
    half = cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(half, PATCH_SHAPE[::-1], interpolation=cv2.INTER_LINEAR))


@pytest.mark.parametrize("worse", [dark, blurred, noisy, small])
def test_a_poor_picture_costs_precision_only(worse: Callable[[Floats], Floats]) -> None:
    sample = clip(lambda slope: worse(stuck(clothes(), slope, COLOURS["orange"])))
    errors = slopes_deg(sample) - SLOPES_DEG
    assert errors.std() < 0.4
    assert abs(errors.mean()) < 0.4


def test_a_mirrored_picture_has_mirrored_slopes() -> None:
    mirrored = [replace(one, image=np.ascontiguousarray(one.image[:, ::-1])) for one in green_clip()]
    assert_allclose(slopes_deg(mirrored), -slopes_deg(green_clip()), atol=0.02)


def dots(slope_deg: float) -> Floats:
    image = clothes()
    for x in np.arange(-0.33, 0.34, 0.11):
        for y in np.arange(-0.5, 0.2, 0.11):
            image = disc(image, np.array([x, y]), COLOURS["yellow"], 0.02)
    return image


def motley(slope_deg: float) -> Floats:
    """Dots of as many colours, of which two are the same."""
    image = stuck(clothes(), slope_deg)
    for x, colour in zip((-0.25, 0.0, 0.25), ("red", "yellow", "blue"), strict=True):
        image = disc(image, np.array([x, -0.3]), COLOURS[colour])
    return image


def stripes(slope_deg: float) -> Floats:
    along_the_trousers = (np.abs(np.abs(COLUMNS - 100) - 40) < 5) & (ROWS > 70)
    return np.where(along_the_trousers[..., None], COLOURS["red"], clothes())


def checks(slope_deg: float) -> Floats:
    return np.where(((COLUMNS // 12 + ROWS // 12) % 2)[..., None] == 1, COLOURS["red"], clothes())


def hem(slope_deg: float) -> Floats:
    image = clothes()
    image[60:70] = COLOURS["orange"]
    return image


def hands(slope_deg: float) -> Floats:
    image = clothes()
    for side in (-1, 1):
        cv2.ellipse(image, (100 + 55 * side, 80 + round(slope_deg)), (9, 14), 20.0 * side, 0, 360, SKIN, -1)
    return image


def one_logo(slope_deg: float) -> Floats:
    return disc(clothes(), ends(slope_deg)[0], COLOURS["green"])


def three(slope_deg: float) -> Floats:
    return disc(stuck(clothes(), slope_deg), np.array([0.0, -0.3]), COLOURS["green"])


def unlike(slope_deg: float) -> Floats:
    return disc(disc(clothes(), ends(slope_deg)[0], COLOURS["green"]), ends(slope_deg)[1], COLOURS["pink"])


def of_two_sizes(slope_deg: float) -> Floats:
    left, right = ends(slope_deg)
    return disc(disc(clothes(), left, COLOURS["green"], 0.025), right, COLOURS["green"], 0.031)


def grey(slope_deg: float) -> Floats:
    return stuck(clothes(), slope_deg, (200, 195, 190))


def slanting(slope_deg: float) -> Floats:
    return stuck(clothes(), slope_deg + 17)


def labels(slope_deg: float) -> Floats:
    image = clothes()
    for x, y in to_pixels(ends(slope_deg)).astype(int).tolist():
        image[y - 3 : y + 4, x - 8 : x + 9] = COLOURS["green"]
    return image


def at_one_side(slope_deg: float) -> Floats:
    image = clothes()
    for xy in ends(slope_deg, middle=(0.15, -0.2)):
        image = disc(image, xy, COLOURS["green"])
    return image


def loose(slope_deg: float) -> Floats:
    image = clothes()
    for xy in ends(0.0, apart=0.25 + 0.012 * slope_deg):
        image = disc(image, xy, COLOURS["green"])
    return image


def plain(slope_deg: float) -> Floats:
    return clothes()


@pytest.mark.parametrize(
    "paint",
    [
        *(plain, dots, motley, stripes, checks, hem, hands, one_logo, three),
        *(unlike, of_two_sizes, grey, slanting, labels, loose, at_one_side),
    ],
)
def test_nothing_but_a_pair_of_stickers_is_taken_for_one(paint: Callable[[float], Floats]) -> None:
    assert find_marker_pair(clip(paint)) is None


def test_noise_has_no_stickers() -> None:
    assert find_marker_pair(clip(lambda slope: noisy(clothes() + slope))) is None


def test_no_patches_have_no_stickers() -> None:
    assert find_marker_pair([]) is None


def hand_over(image: Floats, xy_trunks: Floats, colour: Colour, deep_radii: float) -> Floats:
    """A hand from below that covers the sticker's lowest ``deep_radii``."""
    x, y = to_pixels(xy_trunks)
    depth = ROWS - (y + (1 - deep_radii) * RADIUS * PX_PER_TRUNK)
    hand = (np.abs(COLUMNS - x) < 14) & (depth > 0) & (depth < 30)
    return np.where(hand[..., None], colour, image)


@pytest.mark.parametrize("deep_radii", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("hand", [SKIN, (225, 180, 150), (70, 45, 35)])
@pytest.mark.parametrize("colour", ["green", "orange"])
def test_a_sticker_that_is_partly_or_wholly_covered_is_not_seen(colour: str, hand: Colour, deep_radii: float) -> None:
    sample = clip(lambda slope: stuck(clothes(), slope, COLOURS[colour]))
    stickers = found(sample)
    covered = hand_over(stuck(clothes(), 5.0, COLOURS[colour]), ends(5.0)[0], hand, deep_radii)
    left, right = locate_markers(patch(covered), stickers)
    assert np.isnan(left).all()
    assert_allclose(right, ends(5.0)[1], atol=0.3 / PX_PER_TRUNK)


def test_stickers_are_found_although_a_hand_covers_one_in_four_frames_of_ten() -> None:
    sample = green_clip()
    for i in range(4):
        sample[i] = patch(hand_over(stuck(clothes(), SLOPES_DEG[i]), ends(SLOPES_DEG[i])[1], SKIN, 2.5), i)
    slopes = slopes_deg(sample)
    assert np.isnan(slopes[:4]).all()
    assert_allclose(slopes[4:], SLOPES_DEG[4:], atol=0.3)


def test_spots_under_a_hand_are_not_stickers() -> None:
    hidden = [replace(one, free=np.zeros(PATCH_SHAPE, dtype=np.float32)) for one in green_clip()]
    assert find_marker_pair(hidden) is None


def walk(frames: int = 90, noise: float = 0.0) -> tuple[Floats, Floats]:
    """Times and centres of a walk, with noise in trunk lengths."""
    time_s = np.arange(frames) / 30
    centres = np.array([ends(slope) for slope in 8 * np.sin(2 * np.pi * time_s / 1.08)])
    return time_s, centres + np.random.default_rng(1).normal(0, noise, centres.shape)


def test_a_steady_walk_is_kept_as_it_is() -> None:
    time_s, centres = walk(noise=0.001)
    assert_allclose(reject_unstable(time_s, centres), centres)


def test_frames_that_stretch_or_jump_or_lack_a_sticker_are_dropped() -> None:
    time_s, centres = walk()
    centres[10, 0, 0] -= 0.03
    centres[40] = ends(20.0)
    centres[60, 1] = np.nan
    before = centres.copy()
    steady = reject_unstable(time_s, centres)
    assert_allclose(centres, before)
    dropped = np.isnan(steady).any(axis=(1, 2))
    assert np.flatnonzero(dropped).tolist() == [10, 40, 60]
    assert np.isnan(steady[dropped]).all()
    assert_allclose(steady[~dropped], centres[~dropped])


@pytest.mark.parametrize("noise", [0.0005, 0.001, 0.002])
def test_the_error_of_the_slope_is_told_by_the_distance(noise: float) -> None:
    time_s, centres = walk(frames=300, noise=noise)
    true_deg = marker_slope_deg(walk(frames=300)[1])
    error = slope_noise_deg(time_s, centres)
    assert_allclose(error, np.std(marker_slope_deg(centres) - true_deg), rtol=0.15)


def test_the_error_of_nothing_is_unknown() -> None:
    time_s, centres = walk()
    assert np.isnan(slope_noise_deg(time_s, np.full_like(centres, np.nan)))


def test_a_missing_sticker_gives_no_slope() -> None:
    centres = np.stack([ends(3.0), ends(-4.0)])
    centres[0, 1] = np.nan
    assert_allclose(marker_slope_deg(centres), [np.nan, -4.0])
