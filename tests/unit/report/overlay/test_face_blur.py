"""Faces cannot be recognised: what is covered, how strongly, and that a detector of faces finds nothing left."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr
from conftest import SIDE_CLIP, Sample
from factories import make_landmarks, make_quality
from numpy.typing import NDArray

from gaitlab.analysis.io import read_landmarks
from gaitlab.report.overlay.face_blur import HOLD_S, blur_ellipse, blur_picture, head_ellipses, other_head_ellipses
from gaitlab.video import read_frames

SIZE_PX = (480, 360)


def blank() -> NDArray[np.uint8]:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), 128, dtype=np.uint8)


def detail(image: NDArray[np.uint8]) -> float:
    return float(cv2.Laplacian(image, cv2.CV_64F).std())


def covered(ellipse: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return ((points - ellipse[:2]) ** 2 / ellipse[2:] ** 2).sum(axis=-1) <= 1


def landmarks_without(start_s: float, end_s: float, size_px: tuple[int, int] = SIZE_PX) -> xr.Dataset:
    landmarks = make_landmarks(np.arange(150) / 30, *size_px)
    gone = (landmarks["time"] >= start_s) & (landmarks["time"] < end_s)
    landmarks["position"] = landmarks["position"].where(~gone)
    landmarks["visibility"] = landmarks["visibility"].where(~gone, 0.0)
    return landmarks


def test_the_ellipse_covers_all_landmarks_of_the_face_and_more() -> None:
    landmarks = make_landmarks(np.arange(3) / 30, *SIZE_PX)
    ellipses = head_ellipses(landmarks)
    face = landmarks["position"].values[0, :11]
    assert covered(ellipses[0], face).all()
    outward = face.mean(axis=0) + 1.6 * (face - face.mean(axis=0))
    assert covered(ellipses[0], outward).all()


def test_in_a_side_view_the_back_of_the_head_is_covered_too() -> None:
    landmarks = make_landmarks(np.arange(3) / 30, *SIZE_PX)
    ear = landmarks["position"].sel(landmark=["left_ear", "right_ear"]).values[0].mean(axis=0)
    landmarks["position"].loc[{"landmark": "nose"}] = ear + np.array([-20.0, 4.0])
    ellipse = head_ellipses(landmarks)[0]
    assert covered(ellipse, ear + np.array([[-26.0, 4.0], [26.0, -4.0]])).all()


def test_a_hardly_visible_face_is_covered_from_the_shoulders() -> None:
    landmarks = make_landmarks(np.arange(3) / 30, *SIZE_PX)
    head = landmarks["position"].values[0, 0].copy()
    landmarks["position"][:, :11] = head + np.array([0.0, 80.0])
    landmarks["visibility"][:, :11] = 0.1
    assert covered(head_ellipses(landmarks)[0], head)


def test_a_face_without_landmarks_is_covered_from_the_shoulders() -> None:
    landmarks = make_landmarks(np.arange(3) / 30, *SIZE_PX)
    head = landmarks["position"].values[0, 0].copy()
    landmarks["position"][:, :11] = np.nan
    assert covered(head_ellipses(landmarks)[0], head)


@pytest.mark.parametrize(("gap_s", "known"), [(0.9 * HOLD_S, True), (2.5 * HOLD_S, False)])
def test_the_last_place_of_the_head_is_carried_for_at_most_a_second(gap_s: float, known: bool) -> None:
    ellipses = head_ellipses(landmarks_without(1.0, 1.0 + gap_s))
    middle = round((1.0 + gap_s / 2) * 30)
    assert np.isfinite(ellipses[middle]).all() == known


def test_blurring_an_ellipse_leaves_the_rest_as_it_was() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    image = noise.copy()
    blur_ellipse(image, np.array([100.0, 80.0, 30.0, 40.0]))
    outside = ~covered(np.array([100.0, 80.0, 32.0, 42.0]), np.stack(np.meshgrid(range(200), range(200)), axis=-1))
    np.testing.assert_array_equal(image[outside], noise[outside])
    assert detail(image[70:90, 90:110]) < 0.1 * detail(noise[70:90, 90:110])


@pytest.mark.parametrize("middle", [(-500.0, 50.0), (0.0, 0.0), (199.0, 199.0), (500.0, 500.0)])
def test_an_ellipse_at_or_beyond_the_edge_is_no_trouble(middle: tuple[float, float]) -> None:
    blur_ellipse(np.zeros((200, 200, 3), dtype=np.uint8), np.array([*middle, 30.0, 40.0]))


def test_a_blurred_picture_keeps_its_size() -> None:
    image = blank()
    blur_picture(image)
    assert image.shape == blank().shape


OTHER_BOX = (20.0, 40.0, 100.0, 340.0)
OTHER_HEAD = np.array([[x, y] for x in (25.0, 60.0, 95.0) for y in (42.0, 90.0)])
PEOPLE = {
    "count": 2,
    "chosen": 1,
    "chosen_by": "walker",
    "persons": [
        {"number": 1, "sentence": "walks", "box": [180, 30, 300, 340], "time_s": 1.0},
        {"number": 2, "sentence": "stands", "box": list(OTHER_BOX), "time_s": 1.0},
    ],
}


def test_the_head_of_a_followed_bystander_is_covered_and_carried_over_a_gap() -> None:
    landmarks = make_landmarks(np.arange(120) / 30, *SIZE_PX)
    boxes = np.full((120, 1, 4), np.nan)
    boxes[:30] = OTHER_BOX
    people = make_quality(people=PEOPLE).recording.people
    heads = other_head_ellipses(landmarks.assign(other_people=(("time", "other", "box"), boxes)), people)
    assert heads.shape == (120, 1, 4)
    assert all(covered(heads[at, 0], OTHER_HEAD).all() for at in (0, 29, 50))
    assert np.isnan(heads[90]).all()


def test_without_followed_boxes_the_one_known_box_is_used_around_its_time() -> None:
    people = make_quality(people=PEOPLE).recording.people
    heads = other_head_ellipses(make_landmarks(np.arange(120) / 30, *SIZE_PX), people)
    assert covered(heads[45, 0], OTHER_HEAD).all()
    assert np.isnan(heads[100]).all()
    assert other_head_ellipses(make_landmarks(np.arange(3) / 30, *SIZE_PX), None).shape == (3, 0, 4)


def with_others(*tracks: tuple[int, int, tuple[float, float, float, float]]) -> xr.Dataset:
    """Landmarks over 4 s with the boxes of others: first and last frame, and the box."""
    boxes = np.full((120, len(tracks), 4), np.nan)
    for number, (first, last, box) in enumerate(tracks):
        boxes[first : last + 1, number] = box
    landmarks = make_landmarks(np.arange(120) / 30, *SIZE_PX)
    return landmarks.assign(other_people=(("time", "other", "box"), boxes))


def test_of_somebody_who_is_not_upright_all_is_covered() -> None:
    heads = other_head_ellipses(with_others((0, 119, (20.0, 200.0, 160.0, 340.0))), None)
    corners = np.array([[x, y] for x in (22.0, 158.0) for y in (202.0, 338.0)])
    assert covered(heads[60, 0], corners).all()


def test_between_two_tracks_of_one_person_the_head_is_covered_on_the_straight_way() -> None:
    tracks = (0, 20, OTHER_BOX), (70, 119, (120.0, 40.0, 200.0, 340.0))
    heads = other_head_ellipses(with_others(*tracks), None)
    assert any(covered(head, np.array([110.0, 60.0])) for head in heads[45] if np.isfinite(head).all())


def test_a_carried_head_moves_on_as_it_did() -> None:
    landmarks = landmarks_without(2.0, 99.0)
    landmarks["position"] = landmarks["position"] - xr.DataArray([60.0, 0.0], dims="xy") * landmarks["time"]
    ellipses = head_ellipses(landmarks)
    truth = make_landmarks(np.arange(150) / 30, *SIZE_PX)["position"].values[:, 0] - np.outer(np.arange(150), [2.0, 0])
    assert all(covered(ellipses[at], truth[at]) for at in range(60, 88))
    assert ellipses[75, 2] < 2.5 * ellipses[30, 2]


def test_the_ellipse_is_steady_where_the_landmarks_are_not() -> None:
    landmarks = make_landmarks(np.arange(60) / 30, *SIZE_PX)
    still = head_ellipses(landmarks)
    shaken = landmarks.copy(deep=True)
    shaken["position"] += np.random.default_rng(3).normal(0, 3.0, shaken["position"].shape)
    jumps = np.abs(np.diff(head_ellipses(shaken)[5:-5, :2], axis=0))
    assert np.isfinite(still).all()
    assert jumps.mean() < 1.5


@pytest.mark.slow
def test_of_the_faces_that_a_detector_finds_in_the_sample_clip_no_detail_is_left(
    sample: Sample, output_dir: Path
) -> None:
    folder = Path(cv2.__file__).parent / "data"
    profile = cv2.CascadeClassifier(str(folder / "haarcascade_profileface.xml"))
    heads = head_ellipses(read_landmarks(output_dir / "landmarks.nc"))
    left = []
    films = zip(read_frames(sample(SIDE_CLIP)), read_frames(output_dir / "overlay.mp4"), strict=True)
    pairs = ((one.image, cv2.resize(film.image[:720], one.image.shape[1::-1])) for one, film in films)
    for (before, after), (x, y, half_x, half_y) in zip(pairs, heads, strict=True):
        half = 1.5 * max(half_x, half_y)
        rows, columns = (slice(max(0, int(at - half)), int(at + half)) for at in (y, x))
        was, now = (cv2.resize(one[rows, columns], (200, 200)) for one in (before, after))
        found = profile.detectMultiScale(cv2.cvtColor(was, cv2.COLOR_RGB2GRAY), 1.1, 3, minSize=(40, 40))
        for a, b, w, h in found:
            left.append(detail(now[b : b + h, a : a + w]) / detail(was[b : b + h, a : a + w]))
    assert len(left) > 20
    assert max(left) < 0.25
