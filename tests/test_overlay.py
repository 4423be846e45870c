"""The overlay video: what is drawn where, in which colour, at which time; and that faces cannot be recognised."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest
import xarray as xr
from factories import edited, make_analysis, make_landmarks, with_video, write_video
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.plots.passes import left_out_note
from gaitlab.report import overlay_frames, people_stills, write_overlay
from gaitlab.report.drawing import SIDE_RGB, label, text, text_width_px
from gaitlab.report.faces import CARRY_S, blur_ellipse, blur_picture, head_ellipses, other_head_ellipses
from gaitlab.report.overlay import FLASH_S, _Painter, phase_at
from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.video import read_frames

SIZE_PX = (480, 360)


def blank(value: int = 128) -> NDArray[np.uint8]:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), value, dtype=np.uint8)


def near(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.abs(image.astype(int) - colour).max(axis=-1) < 12


def painted(analysis: Any, time_s: float, *, show_faces: bool = True) -> NDArray[np.uint8]:
    image = blank()
    _Painter.of(analysis, show_faces=show_faces).paint(image, time_s)
    return image


def place(analysis: Any, name: str, time_s: float) -> tuple[int, int]:
    landmarks = analysis.landmarks
    x, y = landmarks["position"].sel(landmark=name).sel(time=time_s, method="nearest").values
    return round(float(x)), round(float(y))


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis(size_px=SIZE_PX)


@pytest.fixture(scope="module")
def overlay(analysis: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overlay")
    return write_overlay(analysis, write_video(folder / "walk.mp4", analysis), folder / "overlay.mp4")


def test_the_overlay_is_h264_that_browsers_play_without_sound_and_metadata(overlay: Path) -> None:
    with av.open(str(overlay)) as file:
        (stream,) = file.streams
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert set(file.metadata) <= {"major_brand", "minor_version", "compatible_brands", "encoder"}


def test_each_frame_keeps_its_time(analysis: Any, overlay: Path) -> None:
    times = [frame.time_s for frame in read_frames(overlay)]
    np.testing.assert_allclose(times, analysis.landmarks["time"].values, atol=1e-4)


def test_progress_is_told_after_each_frame(analysis: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    video = write_video(tmp_path / "walk.mp4", analysis)
    write_overlay(analysis, video, tmp_path / "o.mp4", progress=lambda done, total: told.append((done, total)))
    frames = analysis.video.frames
    assert told == [(n, frames) for n in range(1, frames + 1)]


def test_memory_does_not_grow_with_the_length_of_the_clip(tmp_path: Path) -> None:
    peaks = []
    for strides in (3, 8):
        analysis = make_analysis(strides=strides, size_px=SIZE_PX)
        video = write_video(tmp_path / f"{strides}.mp4", analysis)
        tracemalloc.start()
        write_overlay(analysis, video, tmp_path / f"{strides}_o.mp4")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 3e6


def test_a_missing_video_is_an_error_a_user_understands(analysis: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file .*gone\.mp4"):
        write_overlay(analysis, tmp_path / "gone.mp4", tmp_path / "o.mp4")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", ["left", "back"])
def test_the_shank_of_a_side_is_drawn_in_its_colour_in_every_view(side: str, view: str) -> None:
    analysis = make_analysis(size_px=SIZE_PX, view=view)
    time_s = 0.6
    image = painted(analysis, time_s)
    knee, ankle = (np.array(place(analysis, f"{side}_{joint}", time_s)) for joint in ("knee", "ankle"))
    x, y = np.round(0.45 * knee + 0.55 * ankle).astype(int)
    assert near(image[y - 3 : y + 4, x - 3 : x + 4], SIDE_RGB[side]).any()


def test_swapping_the_landmarks_of_both_sides_swaps_the_colours(analysis: Any) -> None:
    apart = np.array([[-70.0 if n.startswith("left") else 70.0, 0.0] for n in LANDMARKS])
    names = [n.replace("left", "@").replace("right", "left").replace("@", "right") for n in LANDMARKS]
    landmarks = analysis.landmarks.assign(
        position=analysis.landmarks["position"] + xr.DataArray(apart, dims=("landmark", "xy"))
    )
    other_way = landmarks["position"].sel(landmark=names).assign_coords(landmark=list(LANDMARKS))
    back = SimpleNamespace(view="back", facing=0, treadmill=True)
    bare = edited(analysis, view=back, events=analysis.events.iloc[:0], landmarks=landmarks)
    swapped = edited(bare, landmarks=landmarks.assign(position=other_way))
    person = slice(0, 300)
    plain, other = painted(bare, 0.6)[person], painted(swapped, 0.6)[person]
    for side, colour in SIDE_RGB.items():
        opposite_colour = SIDE_RGB["right" if side == "left" else "left"]
        differ = near(plain, colour) != near(other, opposite_colour)
        assert differ.sum() < 0.1 * near(plain, colour).sum()


def test_the_far_leg_is_thinner_than_the_near_one(analysis: Any) -> None:
    def red_pixels(view: str) -> int:
        seen = SimpleNamespace(view=view, facing=-1, treadmill=True)
        bare = edited(analysis, view=seen, events=analysis.events.iloc[:0], angles=analysis.angles * np.nan)
        return int(near(painted(bare, 0.6)[:300], SIDE_RGB["left"]).sum())

    assert red_pixels("right") < 0.7 * red_pixels("left")


def test_unseen_landmarks_are_not_drawn(analysis: Any) -> None:
    landmarks = analysis.landmarks.copy(deep=True)
    landmarks["visibility"][:] = 0.2
    bare = edited(analysis, landmarks=landmarks, events=analysis.events.iloc[:0])
    assert not near(painted(bare, 0.6)[:300], SIDE_RGB["left"]).any()


def test_the_hip_angle_is_written_in_a_side_view_and_only_when_it_is_given(analysis: Any) -> None:
    with_angle = painted(analysis, 0.6)
    unknown = painted(edited(analysis, angles=analysis.angles * np.nan), 0.6)
    assert (with_angle != unknown).any()
    withheld = make_analysis(size_px=SIZE_PX, given=("knee_flexion",))
    assert _Painter.of(withheld, show_faces=True).hips == {}


@pytest.mark.parametrize(("after_s", "flashes"), [(0.0, True), (0.9 * FLASH_S, True), (1.2 * FLASH_S, False)])
def test_an_event_flashes_for_a_moment(analysis: Any, after_s: float, flashes: bool) -> None:
    event = analysis.events.iloc[4]
    time_s = float(event["time_s"]) + after_s
    alone = edited(analysis, events=analysis.events.iloc[[4]])
    nothing = edited(analysis, events=analysis.events.iloc[:0])
    person = slice(0, 310)
    assert (painted(alone, time_s)[person] != painted(nothing, time_s)[person]).any() == flashes


def test_the_phase_is_that_of_the_stride_at_that_time(analysis: Any) -> None:
    cycles = analysis.cycles
    start = float(cycles[cycles["side"] == "left"]["start_s"].iloc[1])
    expected = {0.05: "Loading response", 0.2: "Mid stance", 0.4: "Terminal stance", 0.55: "Pre-swing"}
    expected |= {0.7: "Initial swing", 0.8: "Mid swing", 0.95: "Terminal swing"}
    assert {part: phase_at(cycles, "left", start + 1.1 * part) for part in expected} == expected
    assert phase_at(cycles, "left", 1000.0) is None


def test_a_phase_between_unknown_boundaries_has_no_name() -> None:
    cycles = make_analysis(boundaries={"heel_rise": np.nan}).cycles
    start = float(cycles[cycles["side"] == "left"]["start_s"].iloc[1])
    assert phase_at(cycles, "left", start + 0.3 * 1.1) is None
    assert phase_at(cycles, "left", start + 0.05 * 1.1) == "Loading response"


def test_slow_motion_keeps_the_times_of_the_file_and_shows_real_ones(tmp_path: Path) -> None:
    analysis = make_analysis(strides=3, size_px=SIZE_PX, rate_hz=120.0)
    slow = with_video(analysis, time_scale=0.25)
    video = write_video(tmp_path / "walk.mp4", analysis, rate_hz=30.0)
    frames = list(read_frames(write_overlay(slow, video, tmp_path / "o.mp4")))
    assert frames[-1].time_s == pytest.approx((analysis.video.frames - 1) / 30, abs=1e-3)
    real_s = frames[200].time_s * 0.25
    knee = place(analysis, "left_knee", real_s)
    assert near(frames[200].image[knee[1] - 6 : knee[1] + 7, knee[0] - 6 : knee[0] + 7], SIDE_RGB["left"]).any()


def test_single_frames_are_given_at_the_times_asked_for(analysis: Any, tmp_path: Path) -> None:
    video = write_video(tmp_path / "walk.mp4", analysis)
    times = (2.0, 0.6)
    for time_s, image in zip(times, overlay_frames(analysis, video, times), strict=True):
        knee = place(analysis, "left_knee", time_s)
        assert near(image[knee[1] - 6 : knee[1] + 7, knee[0] - 6 : knee[0] + 7], SIDE_RGB["left"]).any()


def detail(image: NDArray[np.uint8]) -> float:
    return float(cv2.Laplacian(image, cv2.CV_64F).std())


def test_the_face_is_blurred_unless_it_may_be_shown(analysis: Any, tmp_path: Path) -> None:
    video = write_video(tmp_path / "walk.mp4", analysis)
    x, y = place(analysis, "nose", 1.0)
    parts = {}
    for show in (False, True):
        written = write_overlay(analysis, video, tmp_path / f"{show}.mp4", show_faces=show)
        frame = next(f for f in read_frames(written) if f.time_s >= 1.0)
        parts[show] = detail(frame.image[y - 8 : y + 9, x - 8 : x + 9])
    assert parts[False] < 0.1 * parts[True]


def covered(ellipse: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return ((points - ellipse[:2]) ** 2 / ellipse[2:] ** 2).sum(axis=-1) <= 1


def landmarks_without(start_s: float, end_s: float) -> xr.Dataset:
    landmarks = make_landmarks(np.arange(150) / 30, *SIZE_PX)
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


@pytest.mark.parametrize(("gap_s", "known"), [(0.9 * CARRY_S, True), (2.5 * CARRY_S, False)])
def test_the_last_place_of_the_head_is_carried_for_at_most_a_second(gap_s: float, known: bool) -> None:
    ellipses = head_ellipses(landmarks_without(1.0, 1.0 + gap_s))
    middle = round((1.0 + gap_s / 2) * 30)
    assert np.isfinite(ellipses[middle]).all() == known


def test_a_frame_in_which_nobody_was_found_is_blurred_as_a_whole(analysis: Any) -> None:
    lost = edited(analysis, landmarks=landmarks_without(0.0, 99.0))
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3)).astype(np.uint8)
    blurred = noise.copy()
    _Painter.of(lost, show_faces=False).paint(blurred, 2.0)
    assert detail(blurred[:250]) < 0.05 * detail(noise[:250])


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


def test_a_label_stays_in_the_picture() -> None:
    image = blank(0)
    label(image, "HS L", 478.0, 100.0, 12.0, SIDE_RGB["left"], anchor="left")
    columns = np.flatnonzero(near(image, SIDE_RGB["left"]).any(axis=0))
    assert columns.max() - columns.min() > text_width_px("HS L", 12.0)


def test_text_is_as_wide_as_it_says_and_has_its_degree_sign() -> None:
    image = blank(0)
    text(image, "−12°", 20.0, 100.0, 20.0)
    columns = np.flatnonzero((image > 60).any(axis=(0, 2)))
    assert columns.max() - 20 == pytest.approx(text_width_px("−12°", 20.0), abs=2)


PASSES = (
    {"number": 1, "start_s": 0.3, "end_s": 1.5, "direction": "to the left", "used": True, "reason": ""},
    {"number": 2, "start_s": 2.5, "end_s": 3.5, "direction": "to the right", "used": False, "reason": "oblique"},
)


@pytest.mark.parametrize(
    ("time_s", "note"),
    [(0.1, "not measured"), (1.0, ""), (2.0, "turning: not measured"), (3.0, "oblique: not measured")],
)
def test_the_picture_says_where_nothing_is_measured(analysis: Any, time_s: float, note: str) -> None:
    walk = edited(analysis, quality={**analysis.quality, "passes": list(PASSES)})
    assert left_out_note(walk.quality, time_s) == note
    assert (painted(walk, time_s) != painted(analysis, time_s)).any() == bool(note)


def test_where_nothing_is_measured_no_number_is_written(analysis: Any) -> None:
    walk = edited(analysis, quality={**analysis.quality, "passes": list(PASSES)})
    without = edited(walk, angles=analysis.angles * np.nan, events=analysis.events.iloc[:0])
    person = slice(0, 300)
    np.testing.assert_array_equal(painted(walk, 2.0)[person], painted(without, 2.0)[person])


def test_a_cut_is_told_with_its_reason() -> None:
    quality = {"people": {"count": 2, "cuts": [{"from_s": 1.0, "to_s": 2.0, "reason": "two people cross."}]}}
    assert left_out_note(quality, 1.5) == "two people cross: not measured"
    assert left_out_note(quality, 2.5) == ""
    assert left_out_note({"passes": None, "people": None}, 1.0) == ""


def test_the_measured_person_carries_a_number_only_when_there_are_several(analysis: Any) -> None:
    several, one = (edited(analysis, quality={**analysis.quality, "people": {"count": n, "chosen": 1}}) for n in (2, 1))
    assert (painted(several, 0.6) != painted(analysis, 0.6)).any()
    np.testing.assert_array_equal(painted(one, 0.6), painted(analysis, 0.6))


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
    heads = other_head_ellipses(landmarks.assign(other_people=(("time", "other", "box"), boxes)), PEOPLE)
    assert heads.shape == (120, 1, 4)
    assert all(covered(heads[at, 0], OTHER_HEAD).all() for at in (0, 29, 50))
    assert np.isnan(heads[90]).all()


def test_without_followed_boxes_the_one_known_box_is_used_around_its_time() -> None:
    heads = other_head_ellipses(make_landmarks(np.arange(120) / 30, *SIZE_PX), PEOPLE)
    assert covered(heads[45, 0], OTHER_HEAD).all()
    assert np.isnan(heads[100]).all()
    assert other_head_ellipses(make_landmarks(np.arange(3) / 30, *SIZE_PX), {}).shape == (3, 0, 4)


@pytest.mark.parametrize("show_faces", [False, True])
def test_the_face_of_a_bystander_is_blurred_unless_it_may_be_shown(analysis: Any, show_faces: bool) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3)).astype(np.uint8)
    image = noise.copy()
    crowd = edited(analysis, quality={**analysis.quality, "people": PEOPLE})
    _Painter.of(crowd, show_faces=show_faces).paint(image, 1.0)
    part = (slice(48, 88), slice(35, 85))
    assert (detail(image[part]) < 0.1 * detail(noise[part])) != show_faces


def test_a_still_shows_the_people_with_blurred_heads(analysis: Any, tmp_path: Path) -> None:
    video = write_video(tmp_path / "walk.mp4", analysis)
    (still,) = people_stills(edited(analysis, quality={**analysis.quality, "people": PEOPLE}), video)
    assert "1, who is measured; 2" in still.alt
    assert detail(still.image[62:88, 50:90]) < 0.1 * detail(still.image[150:176, 30:70])
    assert still.jpeg()[:2] == b"\xff\xd8"
    assert people_stills(analysis, video) == ()
