"""The overlay video: what is drawn where, in which colour, at which time; and that faces cannot be recognised."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from factories import edited, make_analysis, make_quality, with_video, write_video
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

import gaitlab
from gaitlab.analysis.quality import PelvisReading
from gaitlab.errors import InputError
from gaitlab.pelvis import Baseline
from gaitlab.plots.bouts import exclusion_note
from gaitlab.report import overlay_frames, people_stills, write_overlay
from gaitlab.report.overlay.drawing import SIDE_RGB, Sizes, text, text_width_px
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.hip_angle import FAR_RADIUS, NEAR_RADIUS, HipAngles
from gaitlab.report.overlay.label import label, label_size_px, leader
from gaitlab.report.overlay.pelvis_line import PelvisLine, TrunkLine
from gaitlab.report.overlay.phase_bar import phase_at, strides_of
from gaitlab.report.overlay.skeleton import FLASH_S
from gaitlab.schema import LANDMARKS, SIDES, Side
from gaitlab.video import VideoWriter, open_video_reader, read_frames
from tests.conftest import SIDE_CLIP, Sample
from tests.unit.report.overlay.test_face_blur import PEOPLE, detail, landmarks_without

SIZE_PX = (480, 360)
SIZES = Sizes(picture_px=270, person_px=290)


def blank(value: int = 128) -> NDArray[np.uint8]:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), value, dtype=np.uint8)


def near(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.abs(image.astype(int) - colour).max(axis=-1) < 12


def painted(analysis: Any, time_s: float, *, show_faces: bool = True) -> NDArray[np.uint8]:
    image = blank()
    FrameRenderer.of(analysis, show_faces=show_faces).paint(image, time_s)
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


def test_progress_is_reported_after_each_frame(analysis: Any, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    video = write_video(tmp_path / "walk.mp4", analysis)
    write_overlay(analysis, video, tmp_path / "o.mp4", progress=lambda done, total: reported.append((done, total)))
    frames = analysis.video.frames
    assert reported == [(n, frames) for n in range(1, frames + 1)]


@pytest.mark.parametrize(
    ("rate_hz", "time_scale", "step"), [(120.0, 1.0, 2), (120.0, 0.25, 1), (120.0, 0.5, 2), (60.0, 1.0, 1)]
)
def test_of_a_fast_video_the_frames_that_were_analysed_are_drawn_if_they_play_smoothly(
    rate_hz: float, time_scale: float, step: int, tmp_path: Path
) -> None:
    analysis = with_video(make_analysis(strides=2, size_px=SIZE_PX, rate_hz=rate_hz), time_scale=time_scale)
    looked_at = 2 if rate_hz > 60 else 1
    analysis.landmarks = analysis.landmarks.isel(time=slice(None, None, looked_at)).assign_attrs(frame_step=looked_at)
    video = write_video(tmp_path / "walk.mp4", analysis, rate_hz=rate_hz * time_scale)
    drawn = [frame.time_s for frame in read_frames(write_overlay(analysis, video, tmp_path / "o.mp4"))]
    assert drawn == pytest.approx([frame.time_s for frame in read_frames(video)][::step], abs=1e-4)


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


def test_the_overlay_is_the_same_file_each_time(analysis: Any, overlay: Path, tmp_path: Path) -> None:
    again = write_overlay(analysis, write_video(tmp_path / "walk.mp4", analysis), tmp_path / "overlay.mp4")
    assert sha256(again.read_bytes()).digest() == sha256(overlay.read_bytes()).digest()


@pytest.mark.parametrize(("size", "plain_size"), [((1280, 960), (960, 720)), ((540, 960), (540, 960))])
def test_the_film_for_the_page_has_the_same_times_no_drawing_and_720_lines(
    size: tuple[int, int], plain_size: tuple[int, int], tmp_path: Path
) -> None:
    analysis = make_analysis(strides=2, size_px=size)
    video = write_video(tmp_path / "walk.mp4", analysis)
    both = write_overlay(analysis, video, tmp_path / "both.mp4", plain=tmp_path / "film.mp4")
    alone = write_overlay(analysis, video, tmp_path / "alone.mp4")
    assert both.read_bytes() == alone.read_bytes()
    assert next(read_frames(alone)).image.shape[1] == plain_size[0]
    film, source = list(read_frames(tmp_path / "film.mp4")), list(read_frames(video))
    assert [frame.time_s for frame in film] == pytest.approx([frame.time_s for frame in source], abs=1e-4)
    assert film[0].image.shape[1::-1] == plain_size
    feet = source[5].image[-size[1] // 3 :].astype(float).mean(axis=(0, 1))
    np.testing.assert_allclose(film[5].image[-plain_size[1] // 3 :].mean(axis=(0, 1)), feet, atol=2.0)


def test_on_a_smaller_film_everything_is_drawn_at_the_same_place(sample: Sample, output_dir: Path) -> None:
    analysis, clip = gaitlab.load(output_dir), sample(SIDE_CLIP)
    whole = FrameRenderer.of(analysis, show_faces=False)
    small = FrameRenderer.of(analysis, show_faces=False, size_px=(1280, 720))
    np.testing.assert_allclose(small.person.found * 1.5, whole.person.found)
    np.testing.assert_allclose(small.faces.head * 1.5, whole.faces.head, atol=1e-6)
    reader = open_video_reader(clip)
    (_, large), (_, reduced) = next(reader.frames(60, 61)), next(reader.frames(60, 61, size_px=(1280, 720)))
    expected = cv2.resize(large.image, (1280, 720), interpolation=cv2.INTER_AREA)
    assert float(np.abs(reduced.image.astype(float) - expected).mean()) < 1.5
    whole.paint(large.image, large.time_s)
    small.paint(reduced.image, reduced.time_s)
    expected = cv2.resize(large.image, (1280, 720), interpolation=cv2.INTER_AREA)
    assert float(np.abs(reduced.image.astype(float) - expected).mean()) < 2.5


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
    plain, other = painted(bare, 0.6), painted(swapped, 0.6)
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
    landmarks["visibility"][:] = 0.1
    bare = edited(analysis, landmarks=landmarks, events=analysis.events.iloc[:0])
    assert not near(painted(bare, 0.6)[:300], SIDE_RGB["left"]).any()


def test_the_hip_angle_is_written_in_a_side_view_and_only_when_it_is_given(analysis: Any) -> None:
    with_angle = painted(analysis, 0.6)
    unknown = painted(edited(analysis, angles=analysis.angles * np.nan), 0.6)
    assert (with_angle != unknown).any()
    withheld = make_analysis(size_px=SIZE_PX, given=("knee_flexion",))
    assert FrameRenderer.of(withheld, show_faces=True).hips is None


@pytest.mark.parametrize("side", SIDES)
def test_an_arc_goes_from_the_vertical_to_the_measured_thigh_in_the_colour_of_its_side(
    analysis: Any, side: Side
) -> None:
    hips = HipAngles.of(analysis)
    assert hips is not None
    time_s = 0.35
    angle = float(analysis.angles["hip_flexion"].sel(side=side).sel(time=time_s, method="nearest"))
    position = analysis.landmarks["position"].sel(time=time_s, method="nearest").values
    image, alone = blank(), blank()
    at_s = float(analysis.angles["time"].sel(time=time_s, method="nearest"))
    hips.paint(image, position, at_s, "left", SIZES)
    hips.paint_one(alone, position, at_s, "left", SIZES, side)
    hip, knee = (np.array(place(analysis, f"{side}_{joint}", time_s)) for joint in ("hip", "knee"))
    both, one = ((NEAR_RADIUS if side == "left" else FAR_RADIUS), FAR_RADIUS)

    def coloured(image: NDArray[np.uint8], radius: float, part: float) -> bool:
        at = np.radians(90 + part * angle)
        arm = radius * float(np.linalg.norm(knee - hip)) * np.array([np.cos(at), np.sin(at)])
        x, y = np.round(hip + arm).astype(int)
        return bool(near(image[y - 3 : y + 4, x - 3 : x + 4], SIDE_RGB[side]).any())

    assert abs(angle) > 8
    for part in (0.5, 0.9):
        assert coloured(image, both, part)
        assert coloured(alone, one, part)
    for part in (2.0, -1.0):
        assert not coloured(alone, one, part)


def test_the_strip_shows_where_in_the_stride_each_leg_is(analysis: Any) -> None:
    strip = FrameRenderer.of(analysis, show_faces=True).strip
    stride = strip.strides["left"][1]
    shares = []
    for percent in (20.0, 80.0):
        image = np.zeros((strip.height_px, SIZE_PX[0], 3), dtype=np.uint8)
        strip.paint(image, stride.start_s + percent / 100 * (stride.end_s - stride.start_s), "", measured=True)
        columns = np.flatnonzero(near(image[4:10], (255, 255, 255)).all(axis=0))
        shares.append(float(columns.mean()))
        assert near(image, SIDE_RGB["left"]).sum() > 300
    assert shares[1] - shares[0] > 0.3 * SIZE_PX[0]


@pytest.mark.parametrize("size_px", [(480, 360), (361, 641), (1081, 607), (160, 120)])
def test_the_strip_lies_below_the_picture_and_covers_nothing_of_it(size_px: tuple[int, int]) -> None:
    analysis = make_analysis(size_px=size_px, strides=3)
    picture = np.full((size_px[1], size_px[0], 3), 128, dtype=np.uint8)
    renderer = FrameRenderer.of(analysis, show_faces=True)
    whole = renderer.framed(picture.copy(), 1.0)
    renderer.paint(picture, 1.0)
    np.testing.assert_array_equal(whole[: size_px[1]], picture)
    assert whole.shape == (size_px[1] + renderer.strip.height_px, size_px[0], 3)
    assert whole.shape[0] % 2 == 0, "the encoder leaves out an odd last row"


def test_the_film_is_taller_than_the_video_by_the_strip(analysis: Any, overlay: Path) -> None:
    height, width = next(iter(read_frames(overlay))).image.shape[:2]
    assert (width, height) == (SIZE_PX[0], SIZE_PX[1] + FrameRenderer.of(analysis, show_faces=True).strip.height_px)


def seen_from_behind(**obliquity_and_lean: float) -> Any:
    analysis = make_analysis(size_px=SIZE_PX, view="back", given=("pelvic_drop", "trunk_lateral"))
    angles = {name: xr.full_like(analysis.angles[name], value) for name, value in obliquity_and_lean.items()}
    quality = make_quality(analysis.quality, pelvis_source="registration")
    return edited(analysis, quality=quality, angles=analysis.angles.assign(**angles))


def test_the_pelvis_drops_or_hikes_on_the_side_of_the_swinging_leg() -> None:
    walk = seen_from_behind(pelvis_obliquity=4.0)
    line = PelvisLine.of(walk)
    assert line is not None
    swing_s = float(strides_of(walk.cycles, "right")[1].start_s) + 0.8 * 1.1
    double_s = float(strides_of(walk.cycles, "right")[1].start_s) + 0.05 * 1.1
    assert line.stances.alone(swing_s) == "left"
    assert line.words(4.0, swing_s) == ("right", "right pelvis drop 4°")
    assert line.words(-4.0, swing_s) == ("right", "right pelvis hike 4°")
    assert line.words(0.2, swing_s) == ("right", "pelvis level 0°")
    assert line.stances.alone(double_s) is None
    assert line.words(-4.0, double_s) == ("left", "left pelvis lower 4°")


def test_the_pelvis_is_drawn_where_it_was_followed() -> None:
    walk = seen_from_behind(pelvis_obliquity=0.0)
    read = PelvisReading(
        source="registration",
        status="shown",
        code=None,
        uncertainty_deg=5.0,
        shape_uncertainty_deg=4.0,
        zero=Baseline(source="symmetry", uncertainty_deg=4.0, explanation=""),
        quality={"region_height": 0.15},
        pelvic_drop_deg=pd.DataFrame(),
    )
    below = edited(walk, quality=replace(walk.quality, pelvis=read))
    position = walk.landmarks["position"].sel(time=0.6, method="nearest").values
    hip_y, shoulder_y = (position[[LANDMARKS.index(f"{s}_{j}") for s in SIDES], 1].mean() for j in ("hip", "shoulder"))
    for analysis, height_trunks in ((walk, 0.23), (below, 0.15)):
        line = PelvisLine.of(analysis)
        assert line is not None
        ends = line.paint_line(blank(), position, 0.6, SIZES)
        assert ends is not None
        assert np.mean(ends, axis=0)[1] == pytest.approx(hip_y + height_trunks * (shoulder_y - hip_y), abs=0.5)


def test_the_level_line_shows_beside_the_pelvis() -> None:
    walk, image = seen_from_behind(pelvis_obliquity=1.0), blank()
    line = PelvisLine.of(walk)
    assert line is not None
    position = walk.landmarks["position"].sel(time=0.6, method="nearest").values
    ends = line.paint_line(image, position, 0.6, SIZES)
    assert ends is not None
    beside = slice(None, round(ends[0][0]) - 4)
    assert (image[:, beside] != blank()[:, beside]).any()


def test_what_is_beside_the_person_stays_on_the_picture_where_there_is_no_room() -> None:
    walk = seen_from_behind(pelvis_obliquity=4.0, trunk_lateral=3.0)
    line, trunk = PelvisLine.of(walk), TrunkLine.of(walk)
    assert line is not None
    assert trunk is not None
    position = walk.landmarks["position"].sel(time=0.6, method="nearest").values
    for moved in (-150.0, 150.0):
        image = blank()
        for each in (line, trunk):
            each.paint(image, position + np.array([moved, 0.0]), 0.6, SIZES)
        dark = near(image, (18, 24, 32))
        assert dark.sum() > 2000
        assert not dark[:, [0, -1]].any()


def test_there_is_a_key_frame_each_half_second_and_the_colours_are_reported(overlay: Path) -> None:
    with av.open(str(overlay)) as file:
        stream = file.streams.video[0]
        keys = [float(packet.pts * packet.time_base) for packet in file.demux(stream) if packet.is_keyframe]
        assert stream.codec_context.color_range == 1
        assert stream.codec_context.colorspace == 6
    assert max(np.diff(keys)) < 0.55


def test_a_thin_coloured_line_keeps_its_colour_in_the_file(tmp_path: Path) -> None:
    image = blank()
    image[100:104] = SIDE_RGB["left"]
    with VideoWriter(tmp_path / "line.mp4", *SIZE_PX, 30.0) as video:
        video.write(image, 0.0)
    frame = next(iter(read_frames(tmp_path / "line.mp4")))
    assert near(frame.image[101:103, 50:-50], SIDE_RGB["left"]).mean() > 0.9


@pytest.mark.parametrize("size_px", [(361, 641), (102, 607), (160, 120)])
def test_a_picture_of_any_size_is_in_the_file_as_it_was(tmp_path: Path, size_px: tuple[int, int]) -> None:
    across, down = np.meshgrid(np.linspace(0, 255, size_px[0]), np.linspace(0, 255, size_px[1]))
    image = np.stack([across, down, 255 - across], axis=-1).astype(np.uint8)
    with VideoWriter(tmp_path / "size.mp4", *size_px, 30.0) as video:
        video.write(image, 0.0)
    (frame,) = read_frames(tmp_path / "size.mp4")
    height, width = frame.image.shape[:2]
    assert (width, height) == (size_px[0] // 2 * 2, size_px[1] // 2 * 2)
    assert np.abs(frame.image.astype(int) - image[:height, :width]).max() < 24


@pytest.mark.parametrize("size_px", [(361, 641), (1081, 607), (160, 120)])
def test_any_size_and_shape_of_picture_is_drawn_on(size_px: tuple[int, int]) -> None:
    analysis = make_analysis(size_px=size_px, strides=3)
    image = np.full((size_px[1], size_px[0], 3), 128, dtype=np.uint8)
    FrameRenderer.of(analysis, show_faces=False).paint(image, 1.0)
    assert near(image, SIDE_RGB["left"]).any()
    assert near(image, SIDE_RGB["right"]).any()


def test_the_number_of_a_hidden_thigh_is_written_where_it_was_measured(analysis: Any) -> None:
    landmarks = analysis.landmarks.copy(deep=True)
    landmarks["visibility"].loc[{"landmark": ["right_hip", "right_knee"]}] = 0.2
    hidden = edited(analysis, landmarks=landmarks)
    without = edited(hidden, angles=analysis.angles.where(analysis.angles["side"] == "left"))
    assert (painted(hidden, 0.6) != painted(without, 0.6)).any()


@pytest.mark.parametrize(("after_s", "flashes"), [(0.0, True), (0.9 * FLASH_S, True), (1.2 * FLASH_S, False)])
def test_an_event_flashes_for_a_moment(analysis: Any, after_s: float, flashes: bool) -> None:
    event = analysis.events.iloc[4]
    time_s = float(event["time_s"]) + after_s
    alone = edited(analysis, events=analysis.events.iloc[[4]])
    nothing = edited(analysis, events=analysis.events.iloc[:0])
    assert (painted(alone, time_s) != painted(nothing, time_s)).any() == flashes


def test_the_phase_is_that_of_the_stride_at_that_time(analysis: Any) -> None:
    strides = strides_of(analysis.cycles, "left")
    start = strides[1].start_s
    expected = {0.05: "Loading response", 0.2: "Mid stance", 0.4: "Terminal stance", 0.55: "Pre-swing"}
    expected |= {0.7: "Initial swing", 0.8: "Mid swing", 0.95: "Terminal swing"}
    found = {part: phase_at(strides, start + 1.1 * part) for part in expected}
    assert {part: phase.label for part, phase in found.items() if phase} == expected
    assert phase_at(strides, 1000.0) is None


def test_a_phase_between_unknown_boundaries_has_no_name() -> None:
    strides = strides_of(make_analysis(boundaries={"heel_rise": np.nan}).cycles, "left")
    phase = phase_at(strides, strides[1].start_s + 0.05 * 1.1)
    assert phase is not None
    assert phase.label == "Loading response"
    assert phase_at(strides, strides[1].start_s + 0.3 * 1.1) is None
    assert [(start, end) for start, end, phase in strides[1].parts if phase is None] == [(11.0, 50.0)]


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


def test_the_face_is_blurred_unless_it_may_be_shown(analysis: Any, tmp_path: Path) -> None:
    video = write_video(tmp_path / "walk.mp4", analysis)
    x, y = place(analysis, "nose", 1.0)
    parts = {}
    for show in (False, True):
        written = write_overlay(analysis, video, tmp_path / f"{show}.mp4", show_faces=show)
        frame = next(f for f in read_frames(written) if f.time_s >= 1.0)
        parts[show] = detail(frame.image[y - 8 : y + 9, x - 8 : x + 9])
    assert parts[False] < 0.1 * parts[True]


def test_a_frame_in_which_nobody_was_found_is_blurred_as_a_whole(analysis: Any) -> None:
    lost = edited(analysis, landmarks=landmarks_without(0.0, 99.0, SIZE_PX))
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3)).astype(np.uint8)
    blurred = noise.copy()
    FrameRenderer.of(lost, show_faces=False).paint(blurred, 2.0)
    assert detail(blurred[:250]) < 0.05 * detail(noise[:250])


def test_a_label_stays_in_the_picture() -> None:
    image = blank(0)
    label(image, "HS L", 478.0, 100.0, 12.0, SIDE_RGB["left"], anchor="left")
    columns = np.flatnonzero(near(image, SIDE_RGB["left"]).any(axis=0))
    assert columns.max() - columns.min() > text_width_px("HS L", 12.0)


def test_words_of_several_lines_stay_in_the_picture_and_their_line_leads_to_the_point() -> None:
    image = blank(0)
    leader(
        image, "17° extension\n± 6°", np.array([470.0, 5.0]), np.array([200.0, 200.0]), 12.0, (0, 200, 0), anchor="left"
    )
    rows, columns = (np.flatnonzero(near(image, (0, 200, 0)).any(axis=axis)) for axis in (1, 0))
    width, height = label_size_px("17° extension\n± 6°", 12.0)
    assert (rows.min(), columns.max()) == (pytest.approx(1, abs=1), pytest.approx(478, abs=1))
    assert near(image, (0, 200, 0))[: round(height), -round(width) :].mean() > 0.5
    assert near(image, (0, 200, 0))[198:203, 198:203].any()


def test_a_text_in_pieces_is_laid_out_as_in_one() -> None:
    font = FontProperties(family="DejaVu Sans", weight="bold")
    for words in ("12.34 s", "L 12° extension", "right pelvis drop 7°", "10° to the left"):
        whole = TextPath((0, 0), words, size=100, prop=font).to_polygons(closed_only=True)
        assert text_width_px(words, 100.0) == pytest.approx(max(p[:, 0].max() for p in whole), abs=1e-9)


def test_text_is_as_wide_as_it_says_and_has_its_degree_sign() -> None:
    image = blank(0)
    text(image, "−12°", 20.0, 100.0, 20.0)
    columns = np.flatnonzero((image > 60).any(axis=(0, 2)))
    assert text_width_px("", 20.0) == 0
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
    walk = edited(analysis, quality=make_quality(analysis.quality, passes=list(PASSES)))
    assert exclusion_note(walk.quality, time_s) == note
    assert (painted(walk, time_s) != painted(analysis, time_s)).any() == bool(note)


def test_where_nothing_is_measured_no_number_is_written(analysis: Any) -> None:
    walk = edited(analysis, quality=make_quality(analysis.quality, passes=list(PASSES)))
    without = edited(walk, angles=analysis.angles * np.nan, events=analysis.events.iloc[:0])
    np.testing.assert_array_equal(painted(walk, 2.0), painted(without, 2.0))


def test_a_cut_is_reported_with_its_reason() -> None:
    cut = {"from_s": 1.0, "to_s": 2.0, "reason": "two people cross."}
    quality = make_quality(people={"count": 2, "chosen": 1, "chosen_by": "walker", "cuts": [cut]})
    assert exclusion_note(quality, 1.5) == "two people cross: not measured"
    assert exclusion_note(quality, 2.5) == ""
    assert exclusion_note(make_quality(), 1.0) == ""


def test_the_measured_person_carries_a_number_only_when_there_are_several(analysis: Any) -> None:
    several, one = (
        edited(analysis, quality=make_quality(people={"count": n, "chosen": 1, "chosen_by": "walker"})) for n in (2, 1)
    )
    assert (painted(several, 0.6) != painted(analysis, 0.6)).any()
    np.testing.assert_array_equal(painted(one, 0.6), painted(analysis, 0.6))


@pytest.mark.parametrize("show_faces", [False, True])
def test_the_face_of_a_bystander_is_blurred_unless_it_may_be_shown(analysis: Any, show_faces: bool) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3)).astype(np.uint8)
    image = noise.copy()
    crowd = edited(analysis, quality=make_quality(analysis.quality, people=PEOPLE))
    FrameRenderer.of(crowd, show_faces=show_faces).paint(image, 1.0)
    part = (slice(48, 88), slice(35, 85))
    assert (detail(image[part]) < 0.1 * detail(noise[part])) != show_faces


def test_a_still_shows_the_people_with_blurred_heads(analysis: Any, tmp_path: Path) -> None:
    video = write_video(tmp_path / "walk.mp4", analysis)
    (still,) = people_stills(edited(analysis, quality=make_quality(analysis.quality, people=PEOPLE)), video)
    assert "1 (chosen); 2" in still.alt
    assert detail(still.image[62:88, 50:90]) < 0.1 * detail(still.image[150:176, 30:70])
    assert still.jpeg()[:2] == b"\xff\xd8"
    assert people_stills(analysis, video) == ()
