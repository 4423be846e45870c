"""The recording itself: camera motion from the background, repeated pictures, light and blur, in painted scenes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr
from conftest import BACK_CLIP, Sample
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaitlab.errors import SchemaError
from gaitlab.recording import RecordingInfo, analyze_recording, stabilise
from gaitlab.recording.duplicates import repeated_frames
from gaitlab.recording.global_motion import Similarity, estimate_global_motion
from gaitlab.schema import LANDMARKS
from gaitlab.video import VideoWriter, probe

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
Paint = Callable[[int], Picture]

WIDTH, HEIGHT, RATE_HZ, FRAMES = 480, 270, 30.0, 36
CENTRE = (np.array([WIDTH, HEIGHT]) - 1) / 2


def room(seed: int = 0) -> Picture:
    """A wall with posters, larger than the picture."""
    rng = np.random.default_rng(seed)
    wall = np.full((HEIGHT + 160, WIDTH + 320, 3), 170, dtype=np.uint8)
    for x in range(10, wall.shape[1] - 60, 70):
        for y in range(10, wall.shape[0] - 50, 60):
            low = np.array([x, y]) + rng.integers(0, 18, 2)
            high = low + rng.integers(18, 44, 2)
            colour = rng.integers(20, 240, 3).tolist()
            cv2.rectangle(wall, low.tolist(), high.tolist(), colour, -1)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 0.8), dtype=np.uint8)


def walker_x(frame: int) -> float:
    return 150.0 + 5.0 * frame


def body(frame: int) -> Floats:
    """Where the painted person's landmarks are, shape (33, 2)."""
    points = np.tile([walker_x(frame), 150.0], (len(LANDMARKS), 1))
    for name, x, y in (("shoulder", 10, 100), ("hip", 10, 150), ("ankle", 10, 212), ("foot_index", 14, 218)):
        for side, sign in (("left", -1), ("right", 1)):
            points[LANDMARKS.index(f"{side}_{name}")] = walker_x(frame) + sign * x, y
    points[0] = walker_x(frame), 80.0
    return points


def view(frame: int, wall: Picture, turn: Similarity | None = None, walking: bool = True) -> Picture:
    """Paint a person before a wall, seen by a camera with the given motion of its content."""
    turn = turn or Similarity()
    start = np.array([160.0, 80.0])
    low = np.array([turn.turn.real, -turn.turn.imag]), np.array([turn.turn.imag, turn.turn.real])
    matrix = np.column_stack([np.stack(low), np.zeros(2)])
    matrix[:, 2] = CENTRE + np.array([turn.shift.real, turn.shift.imag]) - matrix[:, :2] @ (CENTRE + start)
    image = cv2.warpAffine(wall, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    at = moved(body(frame if walking else 0), turn)
    middle = at[[0, LANDMARKS.index("left_foot_index"), LANDMARKS.index("right_foot_index")]]
    cv2.fillConvexPoly(image, np.rint(middle).astype(np.int32), (40, 60, 120), cv2.LINE_AA)
    cv2.circle(image, np.rint(middle[0]).astype(int).tolist(), 9, (220, 180, 150), -1, cv2.LINE_AA)
    return np.asarray(image, dtype=np.uint8)


def moved(points: Floats, motion: Similarity) -> Floats:
    return motion.move(points - CENTRE) + CENTRE


def landmarks_of(position: Floats) -> xr.Dataset:
    count = len(position)
    return xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), position),
            "position_world": (("time", "landmark", "xyz"), np.zeros((count, len(LANDMARKS), 3))),
            "visibility": (("time", "landmark"), np.ones((count, len(LANDMARKS)))),
        },
        coords={"time": np.arange(count) / RATE_HZ, "landmark": list(LANDMARKS)},
        attrs={"width_px": WIDTH, "height_px": HEIGHT},
    )


def film(path: Path, paint: Paint, count: int = FRAMES) -> Path:
    with VideoWriter(path, WIDTH, HEIGHT, RATE_HZ, crf=23) as writer:
        for frame in range(count):
            writer.write(paint(frame), frame / RATE_HZ)
    return path


def filmed(folder: Path, motions: list[Similarity]) -> tuple[RecordingInfo, xr.Dataset]:
    """Film a walker with a camera that moves so; return what is found and the landmarks."""
    wall = room()
    path = film(folder / "clip.mp4", lambda frame: view(frame, wall, motions[frame]), len(motions))
    landmarks = landmarks_of(np.stack([moved(body(frame), motion) for frame, motion in enumerate(motions)]))
    return analyze_recording(path, landmarks), landmarks


def shaking() -> list[Similarity]:
    phase = 2 * np.pi * np.arange(FRAMES) / RATE_HZ
    shift = 4 * (np.sin(3.1 * phase) + 1j * np.sin(4.3 * phase))
    return [
        Similarity(turn=complex(np.exp(1j * np.radians(r))), shift=complex(s))
        for r, s in zip(np.sin(2.7 * phase), shift, strict=True)
    ]


def test_a_still_camera_is_still_while_a_person_walks_through(tmp_path: Path) -> None:
    found, landmarks = filmed(tmp_path, [Similarity()] * FRAMES)
    assert found.motion_types == ("still",)
    assert np.abs(found.shift_px).max() < 0.1
    assert np.abs(found.roll_deg).max() < 0.05
    assert found.light == ("good",)
    assert found.advice == ()
    assert not found.duplicate.any()
    xr.testing.assert_identical(stabilise(landmarks, found), landmarks)


def test_a_shaken_camera_is_measured_and_undone(tmp_path: Path) -> None:
    motions = shaking()
    found, landmarks = filmed(tmp_path, motions)
    assert found.motion_types == ("shaken",)
    assert found.advice == ("Put the phone on a tripod or a table.",)
    shift = np.array([motion.shift for motion in motions])
    assert np.hypot(*found.shift_px.T) == pytest.approx(np.abs(shift - shift[0]), abs=0.5)
    roll = np.degrees(np.angle([motion.turn for motion in motions]))
    assert found.roll_deg == pytest.approx(roll - np.median(roll), abs=0.1)
    steady = stabilise(landmarks, found)["position"].sel(landmark="nose").to_numpy()
    # from the first frame on, the walker goes 5 px a frame along a straight line
    assert np.hypot(*np.diff(steady, axis=0).T) == pytest.approx(5.0, abs=0.4)


def test_a_pan_gives_back_how_far_the_person_walked(tmp_path: Path) -> None:
    motions = [Similarity(shift=complex(-5.0 * frame)) for frame in range(FRAMES)]
    found, landmarks = filmed(tmp_path, motions)
    assert found.motion_types == ("panned",)
    assert not found.is_translating
    assert found.drift_px == pytest.approx(5.0 * (FRAMES - 1), abs=2.0)
    assert np.ptp(landmarks["position"].sel(landmark="nose", xy=0).to_numpy()) == 0
    nose = stabilise(landmarks, found)["position"].sel(landmark="nose").to_numpy()
    assert nose[-1, 0] - nose[0, 0] == pytest.approx(5.0 * (FRAMES - 1), abs=1.0)
    assert np.ptp(nose[:, 1]) < 0.5


def test_a_zoom_is_seen_and_undone(tmp_path: Path) -> None:
    motions = [Similarity(turn=complex(scale)) for scale in np.linspace(1.0, 1.3, FRAMES)]
    found, landmarks = filmed(tmp_path, motions)
    assert "zoomed" in found.motion_types
    assert found.zoom == pytest.approx(1.3, rel=0.01)
    steady = stabilise(landmarks, found)["position"].to_numpy()
    heights = np.ptp(steady[..., 1], axis=1)
    assert heights == pytest.approx(heights[0], rel=0.01)


def test_the_mirrored_picture_moves_the_other_way(tmp_path: Path) -> None:
    wall, motions = room(), shaking()
    landmarks = landmarks_of(np.stack([moved(body(frame), motion) for frame, motion in enumerate(motions)]))
    mirrored = landmarks.copy(deep=True)
    mirrored["position"][..., 0] = WIDTH - 1 - landmarks["position"][..., 0]
    ways = []
    for name, step, where in (("as_is", 1, landmarks), ("mirrored", -1, mirrored)):
        pictures = [view(frame, wall, motions[frame])[:, ::step] for frame in range(FRAMES)]
        path = film(tmp_path / f"{name}.mp4", pictures.__getitem__)
        ways.append(analyze_recording(path, where))
    assert ways[1].shift_px == pytest.approx(ways[0].shift_px * [-1, 1], abs=0.3)
    assert ways[1].roll_deg == pytest.approx(-ways[0].roll_deg, abs=0.1)


def test_a_plain_wall_tells_nothing_of_the_camera(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wall = np.full_like(room(), 170)
    pan = [Similarity(shift=complex(-3.0 * frame)) for frame in range(FRAMES)]

    def noisy(frame: int) -> Picture:
        picture = view(frame, wall, pan[frame]) + rng.normal(0, 3, (HEIGHT, WIDTH, 3))
        return np.clip(picture, 0, 255).astype(np.uint8)

    path = film(tmp_path / "plain.mp4", noisy)
    landmarks = landmarks_of(np.stack([moved(body(frame), pan[frame]) for frame in range(FRAMES)]))
    found = analyze_recording(path, landmarks)
    assert found.motion_types == ("unknown",)
    assert found.tracked_fraction < 0.05, "the compression's own pattern stands still now and then"
    xr.testing.assert_identical(stabilise(landmarks, found), landmarks)
    assert any("background" in sentence for sentence in found.advice)


def test_a_cut_is_found_and_other_scenes_are_not_compared(tmp_path: Path) -> None:
    walls = room(0), room(7)
    path = film(tmp_path / "cut.mp4", lambda frame: view(frame, walls[frame >= 24]))
    landmarks = landmarks_of(np.stack([body(frame) for frame in range(FRAMES)]))
    found = analyze_recording(path, landmarks)
    assert "cut" in found.motion_types
    assert found.cuts_s == pytest.approx((24 / RATE_HZ,))
    nose = stabilise(landmarks, found)["position"].sel(landmark="nose").to_numpy()
    assert np.isfinite(nose[:24]).all()
    assert np.isnan(nose[24:]).all()


def test_doubled_pictures_are_found(tmp_path: Path) -> None:
    wall = room()
    path = film(tmp_path / "doubled.mp4", lambda frame: view(frame // 2 * 2, wall))
    landmarks = landmarks_of(np.stack([body(frame) for frame in range(FRAMES)]))
    found = analyze_recording(path, landmarks)
    # the first and the last lack a neighbour to compare with
    assert found.duplicate[2:-1].tolist() == [frame % 2 == 1 for frame in range(2, FRAMES - 1)]
    assert found.distinct_rate_hz == pytest.approx(RATE_HZ / 2, abs=2.0)
    assert any("recorded" in sentence for sentence in found.advice)


def test_a_standing_person_repeats_nothing(tmp_path: Path) -> None:
    wall, rng = room(), np.random.default_rng(2)

    def stands(frame: int) -> Picture:
        picture = view(frame, wall, walking=frame >= 12) + rng.normal(0, 2, (HEIGHT, WIDTH, 3))
        return np.clip(picture, 0, 255).astype(np.uint8)

    path = film(tmp_path / "stands.mp4", stands, count=24)
    landmarks = landmarks_of(np.stack([body(frame if frame >= 12 else 0) for frame in range(24)]))
    assert not analyze_recording(path, landmarks).duplicate.any()


@pytest.mark.parametrize(
    ("word", "spoil"),
    [
        ("dark", lambda picture: picture * 0.2),
        ("overexposed", lambda picture: picture * 3.0 + 130.0),
        ("blurred", lambda picture: cv2.GaussianBlur(picture, (0, 0), 4)),
        ("noisy", lambda picture: picture + np.random.default_rng(3).normal(0, 40, picture.shape)),
    ],
)
def test_bad_pictures_are_called_by_their_fault(word: str, spoil: Callable[[Picture], Floats], tmp_path: Path) -> None:
    wall = room()
    path = film(
        tmp_path / "spoilt.mp4", lambda frame: np.clip(spoil(view(frame, wall)), 0, 255).astype(np.uint8), count=10
    )
    found = analyze_recording(path, landmarks_of(np.stack([body(frame) for frame in range(10)])))
    assert word in found.light
    assert found.summary()["light"] == list(found.light)


def test_a_dark_person_before_a_bright_window_is_against_the_light(tmp_path: Path) -> None:
    window = np.full((HEIGHT, WIDTH, 3), 240, dtype=np.uint8)

    def lit_from_behind(frame: int) -> Picture:
        low, high = body(frame).min(axis=0) - 6, body(frame).max(axis=0) + 6
        picture = cv2.rectangle(window.copy(), low.astype(int).tolist(), high.astype(int).tolist(), (15, 20, 30), -1)
        return np.asarray(picture, dtype=np.uint8)

    path = film(tmp_path / "window.mp4", lit_from_behind, count=10)
    found = analyze_recording(path, landmarks_of(np.stack([body(frame) for frame in range(10)])))
    assert "back_lit" in found.light
    assert any("the light behind you" in sentence for sentence in found.advice)


def test_without_a_person_the_background_is_still_told(tmp_path: Path) -> None:
    wall = room()
    path = film(tmp_path / "empty.mp4", lambda frame: view(frame, wall), count=10)
    nobody = landmarks_of(np.full((10, len(LANDMARKS), 2), np.nan))
    assert analyze_recording(path, nobody).motion_types == ("still",)


def test_landmarks_of_other_frames_are_refused(tmp_path: Path) -> None:
    found, landmarks = filmed(tmp_path, [Similarity()] * 6)
    with pytest.raises(SchemaError, match="frames"):
        stabilise(landmarks.isel(time=slice(4)), found)


@given(angle_deg=st.floats(-20, 20), scale=st.floats(0.8, 1.25), x=st.floats(-50, 50), y=st.floats(-50, 50))
def test_a_minority_that_moves_by_itself_is_outvoted(angle_deg: float, scale: float, x: float, y: float) -> None:
    rng = np.random.default_rng(0)
    start = rng.uniform(-0.5, 0.5, (60, 2)) * [WIDTH, HEIGHT]
    motion = Similarity(turn=complex(scale * np.exp(1j * np.radians(angle_deg))), shift=complex(x, y))
    end = motion.move(start)
    end[:20] += 8.0
    found = estimate_global_motion(start, end, WIDTH)
    assert found is not None
    assert abs(found.motion.turn - motion.turn) < 1e-3
    assert abs(found.motion.shift - motion.shift) < 0.1
    assert found.outlier_fraction == pytest.approx(1 / 3, abs=0.02)


def test_two_halves_that_move_differently_tell_nothing() -> None:
    rng = np.random.default_rng(0)
    start = rng.uniform(-0.5, 0.5, (60, 2)) * [WIDTH, HEIGHT]
    end = start + np.where(np.arange(60) % 20 < 9, 0.0, np.where(np.arange(60) % 20 < 17, 9.0, -14.0))[:, None]
    assert estimate_global_motion(start, end, WIDTH) is None


def test_a_camera_that_turned_far_moves_the_background_by_a_homography() -> None:
    rng = np.random.default_rng(0)
    start, focal_px, turn = rng.uniform(-0.5, 0.5, (80, 2)) * [WIDTH, HEIGHT], 400.0, np.radians(6.0)
    depth = np.cos(turn) - start[:, 0] / focal_px * np.sin(turn)
    ahead = focal_px * np.sin(turn) + start[:, 0] * np.cos(turn)
    end = np.stack([ahead, start[:, 1]], axis=1) / depth[:, None]
    found = estimate_global_motion(start, end, WIDTH)
    assert found is not None
    assert found.outlier_fraction < 0.05
    assert found.motion.shift == pytest.approx(focal_px * np.tan(turn), abs=0.2)


@given(angle_deg=st.floats(-40, 40), x=st.floats(-50, 50))
def test_a_motion_and_its_undoing_cancel(angle_deg: float, x: float) -> None:
    motion = Similarity(turn=complex(1.2 * np.exp(1j * np.radians(angle_deg))), shift=complex(x, -3))
    same = motion.inverse().compose(motion)
    assert abs(same.turn - 1) < 1e-9
    assert abs(same.shift) < 1e-9


@given(st.lists(st.floats(2.0, 9.0), min_size=3, max_size=40))
def test_uneven_motion_is_not_repetition(change: list[float]) -> None:
    assert not repeated_frames(np.array(change), RATE_HZ).any()


@given(st.lists(st.floats(0.0, 1.4), min_size=3, max_size=40))
def test_in_slow_motion_nothing_is_judged(change: list[float]) -> None:
    assert not repeated_frames(np.array(change), RATE_HZ).any()


def test_a_person_who_stops_for_long_repeats_nothing() -> None:
    assert not repeated_frames(np.array([5.0, 5.0, *[0.1] * 12, 5.0, 5.0]), RATE_HZ).any()


@pytest.mark.slow
def test_a_clean_clip_is_still_good_and_without_repeats(sample: Sample) -> None:
    path = sample(BACK_CLIP)
    video = probe(path)
    points = np.full((60, len(LANDMARKS), 2), np.nan)
    points[:, :, 0], points[:, :, 1] = video.width_px / 2, np.linspace(150, 650, len(LANDMARKS))
    landmarks = landmarks_of(points).assign_attrs(width_px=video.width_px, height_px=video.height_px)
    found = analyze_recording(path, landmarks)
    assert found.motion_types == ("still",)
    assert found.light == ("good",)
    assert not found.duplicate.any()
