"""Gravity is found from upright edges, or not claimed: floors, leaning things and overlays do not fool it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr
from conftest import BACK_CLIP, SIDE_CLIP, Sample
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from walkers import QUICK

from gaitlab.errors import InputError, UsageError
from gaitlab.recording import VERTICAL, Vertical, find_vertical, roll_from_lines, rotate_to_vertical
from gaitlab.schema import LANDMARKS
from gaitlab.schema.uncertainty import CAMERA_ROLL_SD_DEG, NORMAL_QUANTILE
from gaitlab.simulate import Camera, simulate_walk
from gaitlab.video import VideoWriter, probe

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1280, 720
SIZE = (WIDTH, HEIGHT)
FOCAL_PX = 1100.0
FLOOR_M = 1.2
POSTS_M = np.array([-2.3, -2.1, -1.4, -0.9, 0.5, 0.8, 1.6, 1.7, 2.2])
"""Where upright edges of the room stand, to the right of the camera; all 4.5 m ahead of it."""


def project(points: Floats, roll_deg: float, pitch_deg: float = 0.0, size: tuple[int, int] = SIZE) -> Floats:
    """Project points (..., 3), metres right, down and ahead, into the picture of a rolled and pitched camera."""
    roll, pitch = np.radians([roll_deg, pitch_deg])
    tip = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    seen = points @ (turn @ tip).T
    return seen[..., :2] / seen[..., 2:] * FOCAL_PX * max(size) / WIDTH + np.array(size) / 2


def edges(starts: list[list[float]], ends: list[list[float]], roll_deg: float, pitch_deg: float = 0.0) -> Floats:
    """Segments, shape (n, 4), of straight edges in space."""
    return np.hstack(
        [project(np.array(points, dtype=float).reshape(-1, 3), roll_deg, pitch_deg) for points in (starts, ends)]
    )


def posts(roll_deg: float, pitch_deg: float = 0.0, places_m: Floats = POSTS_M) -> Floats:
    return edges(
        [[x, -0.8, 4.5] for x in places_m],
        [[x, 0.7 + 0.1 * i, 4.5] for i, x in enumerate(places_m)],
        roll_deg,
        pitch_deg,
    )


def boards(roll_deg: float, pitch_deg: float = 0.0) -> Floats:
    """Joints of floor boards along the line of sight, and the skirting boards of a corridor."""
    across = np.arange(-1.5, 1.6, 0.1)
    return edges([[x, FLOOR_M, 2.0] for x in across], [[x, FLOOR_M, 9.0] for x in across], roll_deg, pitch_deg)


def leaning_treadmill(lean_deg: float) -> Floats:
    """Both edges of the two leaning uprights of one treadmill."""
    x = WIDTH / 2 + np.array([-350.0, -325.0, -240.0, -215.0])
    offset = 150 * np.tan(np.radians(lean_deg))
    return np.stack([x + offset, np.full(4, 300.0), x - offset, np.full(4, 600.0)], axis=1)


def mirrored(segments: Floats) -> Floats:
    return np.array([WIDTH, 0, WIDTH, 0]) + np.array([-1, 1, -1, 1]) * segments


def roll(segments: Floats) -> float:
    found = roll_from_lines(segments, *SIZE)
    assert found is not None
    assert found.source == "background_lines"
    return found.roll_deg


@given(roll_deg=st.floats(-10, 10), pitch_deg=st.floats(-12, 12))
def test_the_roll_is_found_however_the_camera_is_pitched(roll_deg: float, pitch_deg: float) -> None:
    found = roll_from_lines(posts(roll_deg, pitch_deg), *SIZE)
    assert found is not None
    assert found.roll_deg == pytest.approx(roll_deg, abs=0.1)
    assert 0.5 <= found.uncertainty_deg <= 1.0
    assert found.lines >= 6


@given(roll_deg=st.floats(-8, 8), pitch_deg=st.floats(-8, 8))
def test_floor_boards_do_not_change_it(roll_deg: float, pitch_deg: float) -> None:
    seen = np.vstack([posts(roll_deg, pitch_deg), boards(roll_deg, pitch_deg)])
    assert roll(seen) == pytest.approx(roll_deg, abs=0.2)


@pytest.mark.parametrize("roll_deg", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize("pitch_deg", [-10.0, 0.0, 10.0, 20.0])
def test_floor_boards_alone_tell_nothing(roll_deg: float, pitch_deg: float) -> None:
    assert roll_from_lines(boards(roll_deg, pitch_deg), *SIZE) is None


@given(roll_deg=st.floats(-8, 8), pitch_deg=st.floats(-8, 8))
def test_the_mirrored_picture_has_the_opposite_roll(roll_deg: float, pitch_deg: float) -> None:
    seen = np.vstack([posts(roll_deg, pitch_deg), boards(roll_deg, pitch_deg)])
    assert roll(mirrored(seen)) == pytest.approx(-roll(seen), abs=1e-6)


@given(scale=st.floats(0.3, 4.0))
def test_the_size_of_the_picture_and_the_order_of_the_ends_do_not_matter(scale: float) -> None:
    seen = posts(4.0, 6.0)
    found = roll_from_lines(scale * seen[:, [2, 3, 0, 1]], scale * WIDTH, scale * HEIGHT)
    assert found is not None
    assert found.roll_deg == pytest.approx(roll(seen), abs=1e-6)
    assert found.uncertainty_deg == pytest.approx(roll_from_lines(seen, *SIZE).uncertainty_deg, abs=1e-6)  # type: ignore[union-attr]


@pytest.mark.parametrize("lean_deg", [-12.0, 8.0, 12.0])
def test_things_that_lean_do_not_change_it(lean_deg: float) -> None:
    assert roll(np.vstack([posts(3.0), leaning_treadmill(lean_deg)])) == pytest.approx(3.0, abs=0.2)


@pytest.mark.parametrize("lean_deg", [-12.0, 4.0, 8.0])
def test_one_thing_that_leans_tells_nothing(lean_deg: float) -> None:
    assert roll_from_lines(leaning_treadmill(lean_deg), *SIZE) is None


def test_pieces_of_one_pole_are_one_line() -> None:
    down = np.linspace(0.1, 0.9, 12)[:, None]
    start, end = np.array([700.0, 50.0]), np.array([650.0, 700.0])
    pieces = np.hstack([start + (end - start) * down, start + (end - start) * (down + 0.05)])
    assert roll_from_lines(pieces, *SIZE) is None


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_too_few_lines_tell_nothing(count: int) -> None:
    assert roll_from_lines(posts(4.0, places_m=POSTS_M[2 : 2 + count]), *SIZE) is None


def test_two_directions_with_equal_support_tell_nothing() -> None:
    seen = np.vstack([posts(4.0, places_m=POSTS_M[::2]), posts(-4.0, places_m=POSTS_M[1::2] + 0.2)])
    assert roll_from_lines(seen, *SIZE) is None


def test_a_roll_that_nobody_would_overlook_is_not_believed() -> None:
    assert roll_from_lines(posts(20.0), *SIZE) is None


def scattered(count: int, spread_deg: float, seed: int) -> Floats:
    """Lines about the picture's vertical with directions drawn from a normal distribution: stems, folds, people."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0.1, 0.9, (count, 2)) * SIZE
    angle, half = np.radians(rng.normal(0, spread_deg, count)), rng.uniform(20, 120, count)
    step = half[:, None] * np.stack([np.sin(angle), -np.cos(angle)], axis=1)
    return np.hstack([middle + step, middle - step])


@pytest.mark.parametrize("count", [4, 8, 20, 80, 400])
@pytest.mark.parametrize("spread_deg", [4.0, 10.0])
def test_scattered_directions_are_hardly_ever_taken_for_a_vertical(count: int, spread_deg: float) -> None:
    believed = [roll_from_lines(scattered(count, spread_deg, seed), *SIZE) for seed in range(20)]
    assert sum(one is not None for one in believed) <= 2


def test_scatter_of_the_lines_is_in_the_uncertainty() -> None:
    rng = np.random.default_rng(0)
    uneven = posts(4.0)
    uneven[:, 0] += rng.normal(0, 10, len(uneven))
    found, even = roll_from_lines(uneven, *SIZE), roll_from_lines(posts(4.0), *SIZE)
    assert found is not None
    assert even is not None
    assert abs(found.roll_deg - 4.0) < found.uncertainty_deg
    assert found.uncertainty_deg > even.uncertainty_deg + 0.1


PICTURE = (640, 360)
ASSUMED = Vertical(
    roll_deg=0.0,
    uncertainty_deg=NORMAL_QUANTILE * CAMERA_ROLL_SD_DEG,
    source="image_edges",
    lines=0,
)


def paint_post(image: NDArray[np.uint8], middle: Floats, size: tuple[float, float], turn_deg: float, grey: int) -> None:
    """Paint a filled upright bar, turned clockwise."""
    corners = cv2.boxPoints((middle.tolist(), size, turn_deg))
    cv2.fillConvexPoly(image, np.rint(corners * 16).astype(np.int32), (grey,) * 3, cv2.LINE_AA, 4)


def painted_room(roll_deg: float) -> NDArray[np.uint8]:
    """Dark windows on a light wall, seen by a rolled camera."""
    image = np.full((PICTURE[1], PICTURE[0], 3), 190, dtype=np.uint8)
    turn = np.radians(roll_deg)
    for x in (-250.0, -150.0, -60.0, 60.0, 150.0, 250.0):
        middle = np.array([x * np.cos(turn), x * np.sin(turn)]) + np.array(PICTURE) / 2
        paint_post(image, middle, (40.0, 120.0), roll_deg, 70)
    return image


def nobody(frames: int, size: tuple[int, int] = PICTURE) -> xr.Dataset:
    shape = (frames, len(LANDMARKS))
    return xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), np.full((*shape, 2), np.nan)),
            "position_world": (("time", "landmark", "xyz"), np.full((*shape, 3), np.nan)),
            "visibility": (("time", "landmark"), np.zeros(shape)),
        },
        coords={"time": np.arange(frames) / 30, "landmark": list(LANDMARKS), "xy": ["x", "y"], "xyz": ["x", "y", "z"]},
        attrs={"width_px": size[0], "height_px": size[1]},
    )


def seen_in(images: list[NDArray[np.uint8]], folder: Path, landmarks: xr.Dataset | None = None) -> Vertical:
    """What is found in a clip of the given pictures."""
    path = folder / "clip.mp4"
    height, width = images[0].shape[:2]
    with VideoWriter(path, width, height, 30) as video:
        for number, image in enumerate(images):
            video.write(image, number / 30)
    return find_vertical(path, nobody(len(images)) if landmarks is None else landmarks)


@pytest.mark.parametrize("roll_deg", [-6.0, 0.0, 4.0])
def test_a_clip_shows_its_roll(tmp_path: Path, roll_deg: float) -> None:
    found = seen_in([painted_room(roll_deg)] * 4, tmp_path)
    assert found.source == "background_lines"
    assert found.roll_deg == pytest.approx(roll_deg, abs=0.3)
    assert found.uncertainty_deg < 1.0


def test_a_camera_that_sways_is_less_certain(tmp_path: Path) -> None:
    still = seen_in([painted_room(3.0)] * 4, tmp_path)
    swaying = seen_in([painted_room(roll_deg) for roll_deg in (2.0, 2.5, 3.5, 4.0)], tmp_path)
    assert swaying.roll_deg == pytest.approx(3.0, abs=0.3)
    assert swaying.uncertainty_deg > still.uncertainty_deg + 0.5


def test_the_person_is_not_looked_at(tmp_path: Path) -> None:
    image = painted_room(3.0)
    image[:, 120:520] = 190
    for i in range(8):
        paint_post(image, np.array([160.0 + 45 * i, 180.0]), (15.0, 200.0), -7.0, 40)
    landmarks = nobody(4)
    landmarks["position"][:] = np.array([320.0, 180.0])
    landmarks["position"][:, LANDMARKS.index("nose")] = np.array([110.0, 60.0])
    landmarks["position"][:, LANDMARKS.index("left_heel")] = np.array([530.0, 300.0])
    assert seen_in([image] * 4, tmp_path).roll_deg == pytest.approx(-7.0, abs=0.5)
    assert seen_in([image] * 4, tmp_path, landmarks).roll_deg != pytest.approx(-7.0, abs=2.0)


@pytest.mark.parametrize("bar", [0, 16])
def test_black_bars_are_no_lines(tmp_path: Path, bar: int) -> None:
    image = painted_room(5.0)
    image[:, :30], image[:, -30:] = bar, bar
    assert seen_in([image] * 4, tmp_path).roll_deg == pytest.approx(5.0, abs=0.4)
    empty = np.full_like(image, 150)
    empty[:, :90], empty[:, -90:] = bar, bar
    assert seen_in([empty] * 4, tmp_path) == ASSUMED


@pytest.mark.parametrize("lines", [3, 6, 9])
def test_a_grid_drawn_into_the_picture_is_not_believed(tmp_path: Path, lines: int) -> None:
    image = np.full((PICTURE[1], PICTURE[0], 3), 120, dtype=np.uint8)
    for i in range(1, lines):
        image[:, round(PICTURE[0] * i / lines)] = 255
        image[round(PICTURE[1] * i / lines)] = 255
    assert seen_in([image] * 4, tmp_path) == ASSUMED


def test_an_empty_or_black_picture_tells_nothing(tmp_path: Path) -> None:
    for grey in (0, 150):
        assert seen_in([np.full((PICTURE[1], PICTURE[0], 3), grey, dtype=np.uint8)] * 2, tmp_path) == ASSUMED


def test_without_pictures_the_pictures_vertical_is_assumed() -> None:
    assert find_vertical(None, nobody(3)) == ASSUMED
    assert find_vertical("no_frames_no_file.mp4", nobody(0)) == ASSUMED


def test_a_given_roll_is_taken() -> None:
    found = find_vertical(None, nobody(3), -2.5)
    assert found == Vertical(roll_deg=-2.5, uncertainty_deg=VERTICAL.given_uncertainty_deg, source="given", lines=0)


@pytest.mark.parametrize("given_deg", [90.0, -46.0, float("nan")])
def test_an_impossible_roll_is_refused(given_deg: float) -> None:
    with pytest.raises(UsageError, match="-45 to 45"):
        find_vertical(None, nobody(3), given_deg)


def test_a_missing_video_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        find_vertical(tmp_path / "nothing.mp4", nobody(3))


@pytest.mark.parametrize("name", [SIDE_CLIP, BACK_CLIP])
def test_the_sample_clips_are_level(sample: Sample, name: str) -> None:
    info = probe(sample(name))
    found = find_vertical(sample(name), nobody(info.frames, (info.width_px, info.height_px)))
    assert found.source == "background_lines"
    assert abs(found.roll_deg) < 0.3
    assert found.uncertainty_deg < 1.0


def test_the_rolled_clip_is_rolled_clockwise(shared_dir: Path) -> None:
    path = shared_dir / "videos" / "avatar" / "camera_roll_4.mp4"
    info = probe(path)
    found = find_vertical(path, nobody(info.frames, (info.width_px, info.height_px)))
    assert found.roll_deg == pytest.approx(4.0, abs=0.3)
    assert found.uncertainty_deg < 1.0


@QUICK
@given(roll_deg=st.floats(-15, 15))
def test_level_undoes_the_roll_of_a_camera(roll_deg: float) -> None:
    tilted, straight = (simulate_walk(camera=Camera(roll_deg=r), duration_s=1.0).landmarks for r in (roll_deg, 0.0))
    found = rotate_to_vertical(tilted, roll_deg)
    np.testing.assert_allclose(found["position"], straight["position"], atol=1e-6)
    np.testing.assert_allclose(found["position_world"], straight["position_world"], atol=1e-9)


def test_level_changes_positions_only() -> None:
    seen = simulate_walk(duration_s=1.0).landmarks
    seen["position"][3, 5] = np.nan
    xr.testing.assert_identical(rotate_to_vertical(seen, 0.0), seen)
    turned = rotate_to_vertical(seen, 4.0)
    assert turned.attrs == seen.attrs
    assert turned["position"].dims == seen["position"].dims
    assert np.isnan(turned["position"][3, 5]).all()
    xr.testing.assert_identical(
        turned.drop_vars(["position", "position_world"]), seen.drop_vars(["position", "position_world"])
    )
    np.testing.assert_array_equal(turned["position_world"].sel(xyz="z"), seen["position_world"].sel(xyz="z"))
