"""A painted video through the registration: measured where the clothes show the pelvis, withheld where they hide it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from painted import COLUMNS, ROWS, Clothes, paint
from walkers import clean_walk, walk

from gaitlab.pelvis import LevelClick, PelvisEstimate, PelvisInput, Registration
from gaitlab.pelvis.cloth import CLOTH
from gaitlab.pelvis.crops import PATCH_BOX, PX_PER_TRUNK
from gaitlab.pelvis.waistband import WAIST
from gaitlab.recording import find_vertical
from gaitlab.video import VideoWriter, read_frames

HIP_PX = np.array([250.0, 300.0])
SIZE_PX = 500
RATE_HZ = 30.0
STRIDE_S = 1.1
FRAMES = 132
TURN_DEG = 7 * np.sin(2 * np.pi * np.arange(FRAMES) / (RATE_HZ * STRIDE_S))
"""Clockwise: from behind the left side up."""


def landmarks_of() -> xr.Dataset:
    """Clean landmarks of someone seen from behind whose hips move a third as much as the pelvis."""
    clean = clean_walk("back", duration_s=FRAMES / RATE_HZ).copy(deep=True)
    turn = np.interp(clean["time"], np.arange(FRAMES) / RATE_HZ, np.radians(TURN_DEG)) / 3
    across = 30 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for name, place in {
        "left_hip": HIP_PX - across,
        "right_hip": HIP_PX + across,
        "left_shoulder": HIP_PX + (-40, -PX_PER_TRUNK) + 0 * across,
        "right_shoulder": HIP_PX + (40, -PX_PER_TRUNK) + 0 * across,
    }.items():
        clean["position"].loc[{"landmark": name}] = place
    for hand in ("wrist", "index", "pinky", "thumb"):
        for side in ("left", "right"):
            clean["position"].loc[{"landmark": f"{side}_{hand}"}] = np.broadcast_to((20.0, 20.0), across.shape)
    return clean


PaintedWalk = Callable[..., Path]


@pytest.fixture(scope="module")
def painted_walk(tmp_path_factory: pytest.TempPathFactory) -> PaintedWalk:
    """Return a function that paints a video, once: ``painted_walk(clothes, swing_deg=4.0)``."""
    folder = tmp_path_factory.mktemp("painted")
    painted: dict[tuple[object, ...], Path] = {}

    def made(clothes: Clothes | None = None, **turns: float) -> Path:
        key = (clothes, *sorted(turns.items()))
        if key not in painted:
            painted[key] = write_painted(folder / f"{len(painted)}.mp4", clothes, **turns)
        return painted[key]

    return made


def write_painted(
    path: Path,
    clothes: Clothes | None = None,
    *,
    cloth_gain: float = 1.0,
    shirt_gain: float | None = None,
    swing_deg: float = 0.0,
    tilt_deg: float = 0.0,
) -> Path:
    """Paint a video: all cloth, and the shirt, turn by a part of what the pelvis does, which may always be tilted.

    The shirt may swing, too, faster than a pelvis turns.
    """
    swing = swing_deg * np.sin(2 * np.pi * 5.3 * np.arange(FRAMES) / (RATE_HZ * STRIDE_S))
    x0, y0 = np.round(HIP_PX + np.array(PATCH_BOX[:2]) * PX_PER_TRUNK).astype(int)
    with VideoWriter(path, SIZE_PX, SIZE_PX, RATE_HZ, crf=12) as video:
        for i, turn_deg in enumerate(TURN_DEG + tilt_deg):
            frame = np.full((SIZE_PX, SIZE_PX, 3), 190, dtype=np.uint8)
            shirt_deg = None if shirt_gain is None else shirt_gain * turn_deg + swing[i]
            painted = paint(cloth_gain * turn_deg, clothes=clothes, shirt_deg=shirt_deg, seed=i)
            frame[y0 : y0 + ROWS, x0 : x0 + COLUMNS] = painted
            video.write(frame, i / RATE_HZ)
    return path


def registered(path: Path, clicks: tuple[LevelClick, ...] = (), *, below_waist: bool = True) -> PelvisEstimate:
    """Follow the pelvis of a painted video, some of its points marked."""
    scene = PelvisInput(
        clean=landmarks_of(),
        frame_time_s=np.array([frame.time_s for frame in read_frames(path)]),
        view="back",
        stride_time_s=STRIDE_S,
        vertical=find_vertical(None, walk("back").landmarks),
        path=path,
        below_waist=below_waist,
        clicks=clicks,
    )
    return Registration()(scene)


def gain_and_error_deg(found: PelvisEstimate) -> tuple[float, float]:
    """The gain, and the largest error away from the ends."""
    time_s = clean_walk("back", duration_s=FRAMES / RATE_HZ)["time"]
    true = np.interp(time_s, np.arange(FRAMES) / RATE_HZ, TURN_DEG)
    inner = slice(15, -15)
    gain = np.polyfit(true[inner], found.obliquity_deg[inner], 1)[0]
    return float(gain), float(np.abs(found.obliquity_deg - true)[inner].max())


def test_a_tucked_shirt_shows_the_pelvis(painted_walk: PaintedWalk) -> None:
    found = registered(painted_walk())
    assert found.reliable, found.reason
    gain, error_deg = gain_and_error_deg(found)
    assert gain == pytest.approx(1.0, abs=0.03)
    assert error_deg < 0.7
    assert found.zero.source == "symmetry"


SWINGING = Clothes(border_trunks=-0.24, contrast=12.0)
"""A tucked shirt that blouses over a waistband at the iliac crests."""


def test_under_a_shirt_that_swings_over_the_waistband_the_trousers_show_the_pelvis(painted_walk: PaintedWalk) -> None:
    found = registered(painted_walk(SWINGING, shirt_gain=1.0, swing_deg=4.0))
    assert found.reliable, found.reason
    assert found.quality["region_height"] == pytest.approx(0.16, abs=0.02)
    gain, error_deg = gain_and_error_deg(found)
    assert gain == pytest.approx(1.0, abs=0.1)
    assert error_deg < found.shape_uncertainty_deg
    assert found.shape_uncertainty_deg > 4


def test_where_a_thigh_is_lifted_the_trousers_do_not_stand_in_for_the_waist(painted_walk: PaintedWalk) -> None:
    video = painted_walk(SWINGING, shirt_gain=1.0, swing_deg=4.0)
    found = registered(video, below_waist=False)
    assert found.code == "cloth_moves"
    assert "region_height" not in found.quality


def test_the_swinging_hem_of_a_shirt_is_called_one(painted_walk: PaintedWalk) -> None:
    hem = Clothes(border_trunks=-0.15, contrast=12.0)
    found = registered(painted_walk(hem, shirt_gain=0.8, swing_deg=3.0))
    assert found.code == "shirt_moves"
    assert "a shirt hangs over the pelvis" in found.reason
    assert found.quality["waist_height"] == pytest.approx(0.15, abs=0.03)


def test_slight_tremor_of_trousers_is_not_held_against_them(painted_walk: PaintedWalk) -> None:
    found = registered(painted_walk(SWINGING, cloth_gain=0.05, shirt_gain=1.0))
    assert found.quality["rapid_deg"] < CLOTH.slight_rapid_deg
    assert "rapid_share" not in found.quality


def marked(tilt_deg: float, frames: range, off_px: float = 0.0) -> tuple[LevelClick, ...]:
    """The ends of the painted waist in some frames, each clicked a little off, one up and the other down."""
    clicks, middle = [], HIP_PX - (0, 0.2 * PX_PER_TRUNK)
    for number, index in enumerate(frames):
        turn = np.radians(TURN_DEG[index] + tilt_deg)
        across = 60 * np.array([np.cos(turn), np.sin(turn)]) + (0, off_px * (-1) ** number)
        left, right = (middle - across).tolist(), (middle + across).tolist()
        clicks.append(LevelClick(time_s=index / RATE_HZ, left_px=(left[0], left[1]), right_px=(right[0], right[1])))
    return tuple(clicks)


def test_points_marked_in_some_frames_find_a_tilt_that_symmetry_cannot_see(painted_walk: PaintedWalk) -> None:
    video = painted_walk(tilt_deg=4.0)
    alone, many = (registered(video, clicks) for clicks in ((), marked(4.0, range(20, 120, 20), off_px=2.0)))
    assert abs(float(np.nanmedian(alone.obliquity_deg))) < 1
    assert "points marked in the video" in many.zero.explanation
    assert "higher for half of the time" in many.zero.explanation
    assert many.zero.uncertainty_deg < alone.zero.uncertainty_deg
    shift_deg = float(np.nanmedian(many.obliquity_deg - alone.obliquity_deg))
    weight = 1 - (many.zero.uncertainty_deg / alone.zero.uncertainty_deg) ** 2
    assert shift_deg / weight == pytest.approx(4.0, abs=1.5)
    assert many.shape_uncertainty_deg == pytest.approx(alone.shape_uncertainty_deg)


def test_points_marked_where_the_pelvis_is_not_followed_are_not_used(painted_walk: PaintedWalk) -> None:
    (click,) = marked(0.0, range(40, 41))
    found = registered(painted_walk(), (replace(click, time_s=90.0),))
    assert found.zero.source == "symmetry"
    assert "marked in the video are not used" in found.zero.explanation


@pytest.mark.parametrize("hem_trunks", [-0.16, -0.12])
def test_a_short_shirt_that_hangs_loose_is_recognised_by_the_trousers_below(
    painted_walk: PaintedWalk, hem_trunks: float
) -> None:
    found = registered(painted_walk(Clothes(border_trunks=hem_trunks), shirt_gain=0.3))
    assert not found.reliable
    assert "hangs over the pelvis" in found.reason


def test_a_long_shirt_of_two_colours_moves_too_little_for_the_hips(painted_walk: PaintedWalk) -> None:
    found = registered(painted_walk(Clothes(border_trunks=-0.25, trousers=(150, 40, 40)), cloth_gain=0.3))
    assert found.quality["waist_step"] > WAIST.min_step
    assert not found.reliable
    assert "follow the trunk" in found.reason
