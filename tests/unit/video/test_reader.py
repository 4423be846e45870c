"""Videos are read with their true times, upright, from any frame on, and written so that browsers play them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from conftest import BACK_CLIP, SIDE_CLIP, Sample, read_in_pieces
from numpy.typing import NDArray

from gaitlab.errors import InputError, UsageError
from gaitlab.video import VideoWriter, open_video_reader, probe, read_frames

WIDTH, HEIGHT = 160, 96
RED, GREEN, BLUE, WHITE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)
TKHD_MATRIX = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
"""a, b, c, d of a QuickTime track header, by the clockwise turn: x' = a x + c y, y' = b x + d y, y downwards."""

Image = NDArray[np.uint8]


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """Draw a picture that tells its number: a bar as long as it."""
    image = np.full((height, width, 3), 40, dtype=np.uint8)
    image[height // 2 :, : 2 * number] = 220
    return image


def number_of(image: Image) -> int:
    """Read the number of a picture back."""
    return round(float((image[-8, :, 1] > 130).sum()) / 2)


def write_clip(
    path: Path, times_s: Iterable[float], rate_hz: float = 25, draw: Callable[[int], Image] = picture
) -> Path:
    times = list(times_s)
    height, width = draw(0).shape[:2]
    with VideoWriter(path, width, height, rate_hz) as writer:
        for number, time_s in enumerate(times):
            writer.write(draw(number), time_s)
    return path


def encode(path: Path, codec: str, frames: int) -> Path:
    """Write a clip of 25 frames a second as other programs do."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"x265-params": "log-level=none"})
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="rgb24")))
        container.mux(stream.encode(None))
    return path


def steady(frames: int, rate_hz: float) -> list[float]:
    return [number / rate_hz for number in range(frames)]


def corners(image: Image) -> tuple[tuple[int, ...], ...]:
    """Return the colours at top left, top right, bottom left and bottom right."""
    places = ((8, 8), (8, -8), (-8, 8), (-8, -8))
    return tuple(tuple(int(value > 128) for value in image[row, column]) for row, column in places)


def turn_on_display(clip: Path, clockwise_deg: int) -> Path:
    """Write the turn into the track header, as a phone held upright does; the pictures stay as they are."""
    data = bytearray(clip.read_bytes())
    header = data.index(b"tkhd") + 4
    matrix = header + 4 + (32 if data[header] else 20) + 16
    assert struct.unpack_from(">9i", data, matrix) == (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    a, b, c, d = (value << 16 for value in TKHD_MATRIX[clockwise_deg])
    struct.pack_into(">9i", data, matrix, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    turned = clip.with_name(f"turned_{clockwise_deg}.mp4")
    turned.write_bytes(data)
    return turned


@pytest.fixture(scope="module")
def coloured_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip whose corners are red, green (above) and blue, white (below)."""
    image = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    image[: HEIGHT // 2, : WIDTH // 2, 0] = image[: HEIGHT // 2, WIDTH // 2 :, 1] = 255
    image[HEIGHT // 2 :, : WIDTH // 2, 2] = image[HEIGHT // 2 :, WIDTH // 2 :] = 255
    clip = tmp_path_factory.mktemp("turned") / "as_filmed.mp4"
    return write_clip(clip, steady(10, 25), draw=lambda _: image)


class TestProbe:
    def test_facts_of_the_sample_clips(self, sample: Sample) -> None:
        side, back = probe(sample(SIDE_CLIP)), probe(sample(BACK_CLIP))
        assert (side.width_px, side.height_px, side.frames, side.codec) == (1920, 1080, 162, "h264")
        assert (back.width_px, back.height_px, back.frames) == (1280, 720, 240)
        assert (side.rate_hz, side.duration_s) == pytest.approx((30, 5.4))
        assert (side.variable_rate, side.rotation_deg, side.time_scale) == (False, 0, 1)
        assert side.sha256 == hashlib.sha256(sample(SIDE_CLIP).read_bytes()).hexdigest()

    def test_a_rate_of_under_20_frames_per_second_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"slow.mp4.* 15 frames per second; at least 20"):
            probe(write_clip(tmp_path / "slow.mp4", steady(30, 15), 15))

    def test_a_rate_that_is_fast_only_at_times_is_refused(self, tmp_path: Path) -> None:
        times = np.cumsum([0.02, 0.02, 0.2] * 20)
        with pytest.raises(InputError, match="frames per second"):
            probe(write_clip(tmp_path / "jerky.mp4", times))

    @pytest.mark.parametrize("rate_hz", [20, 30000 / 1001, 120])
    def test_other_rates_are_taken(self, tmp_path: Path, rate_hz: float) -> None:
        assert probe(write_clip(tmp_path / "clip.mp4", steady(40, rate_hz), rate_hz)).rate_hz == pytest.approx(
            rate_hz, rel=1e-3
        )

    def test_slow_motion_is_undone(self, tmp_path: Path) -> None:
        info = probe(write_clip(tmp_path / "slow_motion.mp4", steady(60, 30), 30), capture_fps=240)
        assert info.rate_hz == pytest.approx(240)
        assert info.time_scale == pytest.approx(30 / 240)
        assert info.duration_s == pytest.approx(60 / 240)

    def test_slow_motion_makes_a_slow_file_fast_enough(self, tmp_path: Path) -> None:
        clip = write_clip(tmp_path / "slow_motion.mp4", steady(40, 10), 10)
        assert probe(clip, capture_fps=120).rate_hz == pytest.approx(120)

    @pytest.mark.parametrize("capture_fps", [10, -30, 0, 5000, float("nan")])
    def test_a_capture_rate_that_no_camera_has_is_refused(self, tmp_path: Path, capture_fps: float) -> None:
        clip = write_clip(tmp_path / "clip.mp4", steady(30, 30), 30)
        with pytest.raises(UsageError, match="capture rate"):
            probe(clip, capture_fps=capture_fps)


class TestTimes:
    def test_a_variable_rate_keeps_the_true_times(self, tmp_path: Path) -> None:
        intervals = np.random.default_rng(3).uniform(0.01, 0.05, 49)
        times = np.concatenate([[0.0], np.cumsum(intervals)])
        clip = write_clip(tmp_path / "variable.mp4", times)
        info = probe(clip)
        frames = list(read_frames(clip))
        assert info.variable_rate
        assert info.rate_hz == pytest.approx(1 / np.median(intervals), rel=1e-2)
        np.testing.assert_allclose([frame.time_s for frame in frames], times, atol=1e-4)
        assert [number_of(frame.image) for frame in frames] == list(range(50))

    def test_times_start_at_zero_where_the_file_starts_later(self, tmp_path: Path) -> None:
        clip = write_clip(tmp_path / "late.mp4", [0.5 + t for t in steady(30, 25)])
        times = [frame.time_s for frame in read_frames(clip)]
        np.testing.assert_allclose(times, steady(30, 25), atol=1e-4)


def test_chosen_frames_are_those_of_the_whole_video(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(12, 25))
    every = list(read_frames(path))
    chosen = dict(open_video_reader(path).frames(chosen={2, 3, 9, 40}))
    assert sorted(chosen) == [2, 3, 9]
    for number, frame in chosen.items():
        assert frame.time_s == every[number].time_s
        assert (frame.image == every[number].image).all()
    assert not list(open_video_reader(path).frames(chosen=set()))


def test_sampled_frames_are_counted_as_landmarks_count_them(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(30, 25))
    every = list(read_frames(path))
    sampled = list(open_video_reader(path).sampled(4, {0, 2, 5, 99}))
    assert [row for row, _ in sampled] == [0, 2, 5]
    assert all(np.array_equal(frame.image, every[4 * row].image) for row, frame in sampled)
    assert [row for row, _ in open_video_reader(path).sampled(4)] == list(range(8))
    assert not list(open_video_reader(path).sampled(4, set()))


def test_a_video_is_opened_once_while_its_file_is_the_same(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(12, 25))
    reader = open_video_reader(path)
    assert open_video_reader(str(path)) is reader
    write_clip(path, steady(20, 25))
    assert len(open_video_reader(path).table.ticks) == 20


class TestPieces:
    @pytest.mark.parametrize("frames", [8, 20, 1000])
    def test_a_sample_clip_reads_the_same_in_pieces(self, sample: Sample, tmp_path: Path, frames: int) -> None:
        small = (frame.image[::8, ::8] for frame in islice(read_frames(sample(BACK_CLIP)), 60))
        images = list(small)
        clip = write_clip(tmp_path / "walk.mp4", steady(60, 30), 30, draw=images.__getitem__)
        self.assert_same_in_pieces(clip, frames)

    @pytest.mark.parametrize(
        ("name", "codec"),
        [
            ("phone.mov", "libx264"),
            ("phone.mp4", "libx265"),
            ("browser.webm", "libvpx"),
            ("recorder.mkv", "libx264"),
            ("camera.avi", "mjpeg"),
            ("camera.ts", "libx264"),
            ("camera.mpg", "mpeg2video"),
        ],
    )
    def test_other_kinds_of_file_read_the_same_in_pieces(self, tmp_path: Path, name: str, codec: str) -> None:
        clip = tmp_path / name
        with av.open(str(clip), "w") as container:
            stream = container.add_stream(codec, rate=25, options={"x265-params": "log-level=none"})
            stream.width, stream.height = WIDTH, HEIGHT
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for number in range(40):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="rgb24")))
            container.mux(stream.encode(None))
        assert probe(clip).rate_hz == pytest.approx(25, rel=1e-3)
        assert self.assert_same_in_pieces(clip, 16) == 40

    def test_a_variable_rate_reads_the_same_in_pieces(self, tmp_path: Path) -> None:
        times = np.cumsum(np.random.default_rng(5).uniform(0.01, 0.05, 40))
        self.assert_same_in_pieces(write_clip(tmp_path / "variable.mp4", times), 7)

    def test_pictures_are_made_of_chosen_frames_only(self, tmp_path: Path) -> None:
        clip = write_clip(tmp_path / "clip.mp4", steady(60, 30), 30)
        every = list(read_frames(clip))
        chosen = list(open_video_reader(clip).frames(30, 50, {31, 49, 55}))
        assert [number for number, _ in chosen] == [31, 49]
        assert all(np.array_equal(frame.image, every[number].image) for number, frame in chosen)

    def test_what_was_written_of_the_key_frames_is_known(self, tmp_path: Path) -> None:
        table = open_video_reader(write_clip(tmp_path / "clip.mp4", steady(60, 30), 30)).table
        assert table.keys == tuple(range(0, 60, 15))

    @staticmethod
    def assert_same_in_pieces(clip: Path, frames: int) -> int:
        """Compare the whole with its pieces and return the number of frames."""
        whole, pieces = list(read_frames(clip)), read_in_pieces(clip, frames)
        assert len(whole) == len(pieces)
        np.testing.assert_allclose([f.time_s for f in whole], [p.time_s for p in pieces], atol=1e-6)
        assert all(np.array_equal(f.image, p.image) for f, p in zip(whole, pieces, strict=True))
        return len(whole)


class TestRotation:
    @pytest.mark.parametrize(
        ("clockwise_deg", "expected"),
        [(90, (BLUE, RED, WHITE, GREEN)), (180, (WHITE, BLUE, GREEN, RED)), (270, (GREEN, WHITE, RED, BLUE))],
    )
    def test_pictures_are_shown_as_the_track_header_says(
        self, coloured_clip: Path, clockwise_deg: int, expected: tuple[tuple[int, ...], ...]
    ) -> None:
        assert corners(next(read_frames(coloured_clip)).image) == (RED, GREEN, BLUE, WHITE)
        clip = turn_on_display(coloured_clip, clockwise_deg)
        image = next(read_frames(clip)).image
        info = probe(clip)
        assert corners(image) == expected
        assert image.shape == (info.height_px, info.width_px, 3)
        assert (info.width_px < info.height_px) == (clockwise_deg != 180)
        assert info.rotation_deg % 360 == 360 - clockwise_deg

    @pytest.mark.parametrize("clockwise_deg", [90, 180, 270])
    def test_another_player_shows_the_same_picture(self, coloured_clip: Path, clockwise_deg: int) -> None:
        clip = turn_on_display(coloured_clip, clockwise_deg)
        found, picture_bgr = cv2.VideoCapture(str(clip)).read()
        assert found
        assert corners(picture_bgr[..., ::-1]) == corners(next(read_frames(clip)).image)

    def test_a_piece_is_upright_too(self, coloured_clip: Path) -> None:
        _, frame = next(open_video_reader(turn_on_display(coloured_clip, 90)).frames(3, 4))
        assert corners(frame.image) == (BLUE, RED, WHITE, GREEN)

    def test_pixels_that_are_not_square_are_stretched(self, tmp_path: Path) -> None:
        clip = tmp_path / "television.mp4"
        with av.open(str(clip), "w") as container:
            stream = container.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.codec_context.sample_aspect_ratio = Fraction(3, 2)
            for number in range(10):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="rgb24")))
            container.mux(stream.encode(None))
        assert (probe(clip).width_px, probe(clip).height_px) == (240, HEIGHT)
        assert next(read_frames(clip)).image.shape == (HEIGHT, 240, 3)


class TestWriter:
    @pytest.mark.parametrize(("width", "height"), [(160, 96), (161, 97), (35, 50)])
    def test_it_writes_what_browsers_play_and_nothing_else(self, tmp_path: Path, width: int, height: int) -> None:
        clip = write_clip(tmp_path / "out.mp4", steady(15, 25), draw=lambda number: picture(number, width, height))
        with av.open(str(clip)) as container:
            (stream,) = container.streams
            assert stream.codec_context.name == "h264"
            assert stream.codec_context.pix_fmt == "yuv420p"
            assert (stream.codec_context.width, stream.codec_context.height) == (width // 2 * 2, height // 2 * 2)
            reported = {key for held in (container.metadata, stream.metadata) for key in held}
        assert reported <= {
            "major_brand",
            "minor_version",
            "compatible_brands",
            "encoder",
            "handler_name",
            "language",
        } | {"vendor_id"}
        data = clip.read_bytes()
        assert data.index(b"moov") < data.index(b"mdat"), "browsers want the index first"

    def test_frames_keep_their_times(self, tmp_path: Path) -> None:
        times = [0.0, 0.04, 0.1, 0.11, 0.2, 0.3001]
        frames = list(read_frames(write_clip(tmp_path / "out.mp4", times)))
        np.testing.assert_allclose([frame.time_s for frame in frames], times, atol=1e-4)
        assert [number_of(frame.image) for frame in frames] == list(range(6))

    def test_colours_come_back(self, coloured_clip: Path) -> None:
        image = next(read_frames(coloured_clip)).image
        assert corners(image) == (RED, GREEN, BLUE, WHITE)
        assert image[8, 8].astype(int) == pytest.approx([255, 0, 0], abs=12)
