"""Each frame comes at its true time and upright, whatever the container: whole, in pieces and chosen."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest
from conftest import read_in_pieces
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video import VideoInfo, open_video_reader, probe, read_frames

BITS = 6
CELL = 16
WIDTH, HEIGHT = CELL * (BITS + 2), 96
FRAMES = 40

Image = NDArray[np.uint8]


def coded(number: int) -> Image:
    """Draw a picture that tells its number in a row of cells; the corner at top left is white, at bottom right grey."""
    image = np.full((HEIGHT, WIDTH, 3), 30, dtype=np.uint8)
    image[:CELL, :CELL] = 225
    image[-CELL:, -CELL:] = 128
    for bit in range(BITS):
        if number >> bit & 1:
            image[2 * CELL : 4 * CELL, (bit + 1) * CELL : (bit + 2) * CELL] = 225
    return image


def number_of(image: Image) -> int:
    """Read the number back from an upright picture of any width."""
    assert corner_levels(image) == (2, 0, 0, 1), "the picture is not upright"
    width = image.shape[1] / (BITS + 2)
    cells = [image[3 * CELL, round((bit + 1.5) * width), 1] for bit in range(BITS)]
    return sum(int(cell > 128) << bit for bit, cell in enumerate(cells))


def corner_levels(image: Image) -> tuple[int, ...]:
    """Return how bright the corners are, 0 to 2: top left and right, bottom left and right."""
    places = ((5, 5), (5, -5), (-5, 5), (-5, -5))
    return tuple(round((float(image[place].mean()) - 30) / 98) for place in places)


def write(
    path: Path,
    *,
    codec: str = "libx264",
    times_s: Sequence[float] | None = None,
    base: Fraction = Fraction(1, 90_000),
    rate: Fraction = Fraction(25),
    pixel_format: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    aspect: Fraction | None = None,
    draw: Callable[[int], Image] = coded,
) -> Path:
    """Write a clip of coded pictures; without times at a constant rate, as codecs without times want it."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"} if tags else {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=rate, options={"x265-params": "log-level=none", **(options or {})})
        image = draw(0)
        stream.width, stream.height, stream.pix_fmt = image.shape[1], image.shape[0], pixel_format
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if times_s is not None:
            stream.codec_context.time_base = base
        for number in range(FRAMES if times_s is None else len(times_s)):
            frame = av.VideoFrame.from_ndarray(draw(number), format="rgb24").reformat(format=pixel_format)
            if times_s is not None:
                frame.pts, frame.time_base = round(times_s[number] / base), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def steady(rate_hz: float, frames: int = FRAMES) -> list[float]:
    return [number / rate_hz for number in range(frames)]


def assert_all_readings_agree(
    clip: Path, times_s: Sequence[float], numbers: Sequence[int], tick_s: float = 1e-4
) -> VideoInfo:
    """Check number, time and orientation of every frame in all ways of reading."""
    forward = list(read_frames(clip))
    pieces = read_in_pieces(clip)
    some = set(range(0, len(forward), 7))
    chosen = dict(open_video_reader(clip).frames(chosen=some))
    assert sorted(chosen) == sorted(some)
    relative = np.array(times_s) - times_s[0]
    for frames in (forward, pieces):
        assert [number_of(frame.image) for frame in frames] == list(numbers)
        np.testing.assert_allclose([frame.time_s for frame in frames], relative, atol=tick_s)
    assert all(np.array_equal(f.image, b.image) for f, b in zip(forward, pieces, strict=True))
    for index, frame in chosen.items():
        assert frame.time_s == forward[index].time_s
        assert np.array_equal(frame.image, forward[index].image)
    info = probe(clip)
    assert info.frames == len(forward)
    assert forward[0].image.shape == (info.height_px, info.width_px, 3)
    return info


B_FRAMES = {"bf": "3", "g": "12"}


class TestContainers:
    @pytest.mark.parametrize(
        ("name", "codec", "pixel_format", "options"),
        [
            ("phone.mp4", "libx264", "yuv420p", B_FRAMES),
            ("phone.mov", "libx265", "yuv420p", {}),
            ("ten_bit.mp4", "libx265", "yuv420p10le", {}),
            ("phone.mkv", "libx264", "yuv420p", B_FRAMES),
            ("browser.webm", "libvpx-vp9", "yuv420p", {"g": "12"}),
            ("camcorder.ts", "libx264", "yuv420p", B_FRAMES),
            ("camcorder.mpg", "mpeg2video", "yuv420p", {"g": "12"}),
            ("old.avi", "libx264", "yuv420p", B_FRAMES),
            ("older.avi", "mpeg4", "yuv420p", {"bf": "2", "g": "12"}),
            ("oldest.avi", "mjpeg", "yuvj420p", {}),
        ],
    )
    def test_order_time_and_orientation_are_exact(
        self,
        tmp_path: Path,
        name: str,
        codec: str,
        pixel_format: str,
        options: dict[str, str],
    ) -> None:
        clip = write(tmp_path / name, codec=codec, pixel_format=pixel_format, options=options)
        info = assert_all_readings_agree(clip, steady(25), range(FRAMES), 1e-3)
        assert (info.variable_rate, info.dropped_frames, info.interlaced) == (False, 0, False)
        assert (info.rate_hz, info.duration_s) == pytest.approx((25, FRAMES / 25), rel=2e-3)

    @pytest.mark.parametrize("name", ["phone.mp4", "phone.mkv", "camcorder.ts"])
    def test_a_variable_rate_with_b_frames(self, tmp_path: Path, name: str) -> None:
        times = np.cumsum(np.random.default_rng(3).uniform(0.012, 0.045, FRAMES)).tolist()
        clip = write(tmp_path / name, times_s=times, options=B_FRAMES)
        assert assert_all_readings_agree(clip, times, range(FRAMES), 1.1e-3).variable_rate

    @pytest.mark.parametrize(("name", "start_s"), [("phone.mp4", 0.7), ("phone.mkv", 0.7), ("phone.mkv", -0.5)])
    def test_a_clip_that_starts_before_or_after_zero(self, tmp_path: Path, name: str, start_s: float) -> None:
        times = [start_s + t for t in steady(50)]
        clip = write(tmp_path / name, times_s=times, options=B_FRAMES)
        assert_all_readings_agree(clip, times, range(FRAMES), 1.1e-3)

    def test_frames_that_an_edit_list_hides_are_left_out(self, tmp_path: Path) -> None:
        clip = write(tmp_path / "whole.mp4", times_s=steady(50), options={"bf": "0", "g": "12"})
        data = bytearray(clip.read_bytes())
        entry = data.index(b"elst") + 4 + 8
        duration, start, rate = struct.unpack_from(">IiI", data, entry)
        hidden, base = 7, 90_000
        struct.pack_into(">IiI", data, entry, duration - hidden * 20, start + hidden * base // 50, rate)
        trimmed = tmp_path / "trimmed.mp4"
        trimmed.write_bytes(data)
        info = assert_all_readings_agree(trimmed, steady(50, FRAMES - 7), range(7, FRAMES))
        assert info.frames == FRAMES - hidden


MATRICES: dict[tuple[int, int, int, int], Callable[[Image], Image]] = {
    (0, 1, -1, 0): lambda upright: np.rot90(upright, 1),
    (-1, 0, 0, -1): lambda upright: np.rot90(upright, 2),
    (0, -1, 1, 0): lambda upright: np.rot90(upright, 3),
    (-1, 0, 0, 1): lambda upright: upright[:, ::-1],
    (1, 0, 0, -1): lambda upright: upright[::-1],
    (0, 1, 1, 0): lambda upright: upright.swapaxes(0, 1),
}


class TestOrientation:
    @pytest.mark.parametrize("matrix", MATRICES, ids=str)
    def test_a_turned_or_mirrored_recording_is_shown_as_filmed(
        self, tmp_path: Path, matrix: tuple[int, int, int, int]
    ) -> None:
        as_stored = MATRICES[matrix]
        clip = write(tmp_path / "as_filmed.mp4", draw=lambda number: np.ascontiguousarray(as_stored(coded(number))))
        data = bytearray(clip.read_bytes())
        header = data.index(b"tkhd") + 4
        a, b, c, d = (value << 16 for value in matrix)
        place = header + 4 + (32 if data[header] else 20) + 16
        struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
        turned = tmp_path / "turned.mp4"
        turned.write_bytes(data)
        info = assert_all_readings_agree(turned, steady(25), range(FRAMES))
        assert (info.width_px, info.height_px) == (WIDTH, HEIGHT)

    @pytest.mark.parametrize("aspect", [Fraction(4, 3), Fraction(8, 9), Fraction(64, 45)])
    def test_pixels_that_are_not_square(self, tmp_path: Path, aspect: Fraction) -> None:
        clip = write(tmp_path / "television.mp4", aspect=aspect)
        info = assert_all_readings_agree(clip, steady(25), range(FRAMES))
        assert (info.width_px, info.height_px) == (round(WIDTH * aspect), HEIGHT)

    def test_pixels_of_an_impossible_shape_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="times as wide as high"):
            probe(write(tmp_path / "absurd.mp4", aspect=Fraction(9, 2)))


class TestInterlaced:
    @staticmethod
    def woven(number: int) -> Image:
        """Draw two fields in which a bar stands at different places."""
        image = coded(number)
        for field in (0, 1):
            left = 4 + 4 * (number % 16) + 2 * field
            image[4 * CELL + field : -CELL : 2, left : left + 48] = 225
        return image

    @pytest.mark.parametrize(
        ("name", "codec", "options"),
        [
            ("camcorder.mp4", "libx264", {"x264-params": "tff=1", "g": "12"}),
            ("camcorder.ts", "libx264", {"x264-params": "tff=1", "g": "12"}),
            ("camcorder.mpg", "mpeg2video", {"flags": "+ildct+ilme", "g": "12"}),
        ],
    )
    def test_fields_are_joined_and_frames_keep_number_and_time(
        self, tmp_path: Path, name: str, codec: str, options: dict[str, str]
    ) -> None:
        clip = write(tmp_path / name, codec=codec, options=options)
        info = assert_all_readings_agree(clip, steady(25), range(FRAMES), 1e-3)
        assert info.interlaced

    def test_no_comb_is_left(self, tmp_path: Path) -> None:
        options = {"x264-params": "tff=1", "crf": "5"}
        image = list(read_frames(write(tmp_path / "comb.mp4", options=options, draw=self.woven)))[8].image
        combs = [self.comb(picture) for picture in (image, self.woven(8))]
        assert combs[0] < 0.4 * combs[1]

    @staticmethod
    def comb(image: Image) -> float:
        """Return how much a row differs from its neighbours where a bar stands in both fields."""
        rows = image[4 * CELL + 4 : -CELL - 4, :, 1].astype(float)
        return float(np.abs(2 * rows[1:-1] - rows[:-2] - rows[2:]).mean())


class TestGaps:
    @pytest.mark.parametrize(("name", "tick_s"), [("action.mp4", 1 / 90_000), ("action.mkv", 1e-3)])
    @pytest.mark.parametrize("rate_hz", [24, 30000 / 1001, 60, 120, 240])
    def test_ticks_of_the_container_are_no_variable_rate(
        self, tmp_path: Path, name: str, tick_s: float, rate_hz: float
    ) -> None:
        info = probe(write(tmp_path / name, times_s=steady(rate_hz)))
        assert not info.variable_rate
        assert info.dropped_frames == 0
        assert info.rate_hz == pytest.approx(rate_hz, rel=tick_s / FRAMES * rate_hz + 1e-3)

    @pytest.mark.parametrize("name", ["phone.mp4", "phone.mkv"])
    @pytest.mark.parametrize("rate_hz", [30, 60, 240])
    def test_missing_frames_are_counted(self, tmp_path: Path, name: str, rate_hz: float) -> None:
        kept = [number for number in range(FRAMES) if number not in (9, 20, 21, 22, 30)]
        times = [number / rate_hz for number in kept]
        clip = write(tmp_path / name, times_s=times)
        info = assert_all_readings_agree(clip, times, range(len(kept)), 1.1e-3)
        assert info.dropped_frames == 5
        assert info.variable_rate
        assert info.rate_hz == pytest.approx(rate_hz, rel=5e-3)

    def test_two_intervals_of_different_length_make_a_rate(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="frames per second"):
            probe(write(tmp_path / "three.mp4", times_s=[0, 0.02, 0.7]))


class TestSlowMotion:
    @pytest.mark.parametrize("name", ["phone.mp4", "phone.mov"])
    @pytest.mark.parametrize(
        ("file_hz", "tag", "real_hz"),
        [(30, "240.000000", 240), (30, "120", 120), (29.97, "960", 960), (24, "60", 60), (30, "60", 60)],
    )
    def test_the_tag_of_a_phone_is_used(
        self, tmp_path: Path, name: str, file_hz: float, tag: str, real_hz: float
    ) -> None:
        info = probe(write(tmp_path / name, times_s=steady(file_hz), tags={"com.android.capture.fps": tag}))
        assert info.rate_hz == pytest.approx(real_hz, rel=1e-3)
        assert info.time_scale == pytest.approx(file_hz / real_hz, rel=1e-3)
        assert info.duration_s == pytest.approx(FRAMES / real_hz, rel=1e-2)
        assert (info.capture_rate_source, info.tag_rate_hz) == ("tag", real_hz)

    @pytest.mark.parametrize(("file_hz", "tag"), [(240, "240"), (60, "60"), (60, "30"), (24, "30"), (40, "60")])
    def test_a_file_in_real_time_stays_so(self, tmp_path: Path, file_hz: float, tag: str) -> None:
        """In a dark room a phone takes fewer frames than its tag says: times are real all the same."""
        info = probe(write(tmp_path / "a.mp4", times_s=steady(file_hz), tags={"com.android.capture.fps": tag}))
        assert (info.time_scale, info.capture_rate_source, info.tag_rate_hz) == (1, "file", float(tag))

    @pytest.mark.parametrize("tag", ["", "0", "-5", "nan", "fast", "1e400", "1/0", "99999"])
    def test_a_tag_that_is_no_rate_is_passed_over(self, tmp_path: Path, tag: str) -> None:
        info = probe(write(tmp_path / "a.mp4", times_s=steady(30), tags={"com.android.capture.fps": tag}))
        assert (info.time_scale, info.capture_rate_source, info.tag_rate_hz) == (1, "file", None)

    def test_what_the_user_gives_counts_more(self, tmp_path: Path) -> None:
        clip = write(tmp_path / "a.mp4", times_s=steady(30), tags={"com.android.capture.fps": "240"})
        info = probe(clip, capture_fps=120)
        assert (info.capture_rate_source, info.rate_hz) == ("given", pytest.approx(120))
        assert probe(clip, capture_fps=30).time_scale == pytest.approx(1)

    def test_a_time_lapse_is_refused(self, tmp_path: Path) -> None:
        clip = write(tmp_path / "a.mp4", times_s=steady(30), tags={"com.android.capture.fps": "5"})
        with pytest.raises(InputError, match="time lapse"):
            probe(clip)

    @pytest.mark.parametrize(
        ("tags", "day"),
        [
            ({"creation_time": "2026-03-01T17:20:00.000000Z"}, "2026-03-01"),
            (
                {
                    "creation_time": "2026-03-01T23:20:00.000000Z",
                    "com.apple.quicktime.creationdate": "2026-03-02T00:20:00+0100",
                },
                "2026-03-02",
            ),
            ({"creation_time": "1970-01-01T00:00:00.000000Z"}, ""),
            ({}, ""),
        ],
    )
    def test_the_day_of_filming_is_read(self, tmp_path: Path, tags: dict[str, str], day: str) -> None:
        assert probe(write(tmp_path / "a.mov", times_s=steady(30), tags=tags)).recorded == day

    def test_without_tag_nothing_is_undone(self, tmp_path: Path) -> None:
        info = probe(write(tmp_path / "a.mp4", times_s=steady(30)))
        assert (info.time_scale, info.capture_rate_source, info.tag_rate_hz) == (1, "file", None)


class TestFocalLength:
    @pytest.mark.parametrize(("tag", "focal_mm"), [("26", 26.0), ("50.00mm", 50.0)])
    def test_the_lens_that_a_phone_names_gives_the_focal_length(
        self, tmp_path: Path, tag: str, focal_mm: float
    ) -> None:
        tags = {"com.apple.quicktime.camera.focal_length.35mm_equivalent": tag}
        info = probe(write(tmp_path / "a.mov", times_s=steady(30), tags=tags))
        assert info.focal_px == pytest.approx(focal_mm / 33.0 * max(info.width_px, info.height_px))

    @pytest.mark.parametrize("tag", ["", "wide", "-13", "0", "nan", "1e9"])
    def test_a_tag_that_is_no_focal_length_tells_nothing(self, tmp_path: Path, tag: str) -> None:
        tags = {"com.apple.quicktime.camera.focal_length.35mm_equivalent": tag}
        assert probe(write(tmp_path / "a.mov", times_s=steady(30), tags=tags)).focal_px is None


class TestPauses:
    @pytest.mark.parametrize("name", ["phone.mp4", "phone.mkv"])
    @pytest.mark.parametrize(
        ("starts", "gap_s"), [([1], 2.0), ([100], 3.0), ([199], 5.0), ([50, 120], 4.0), ([100], 600.0)], ids=str
    )
    def test_a_gap_of_seconds_is_a_pause_and_no_low_rate(
        self, tmp_path: Path, name: str, starts: list[int], gap_s: float
    ) -> None:
        times = [0.7 + number / 60 + gap_s * sum(number >= start for start in starts) for number in range(200)]
        clip = write(tmp_path / name, times_s=times, draw=lambda number: coded(number % 64), options={"g": "12"})
        info = assert_all_readings_agree(clip, times, [number % 64 for number in range(200)], 1.1e-3)
        assert (info.pauses, info.paused_s) == (len(starts), pytest.approx(len(starts) * (gap_s + 1 / 60), abs=5e-3))
        assert (info.rate_hz, info.dropped_frames, info.variable_rate) == (pytest.approx(60, rel=5e-3), 0, False)

    def test_the_rest_of_a_paused_recording_keeps_its_own_rhythm(self, tmp_path: Path) -> None:
        times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.045, 100))
        times[50:] += 3.0
        info = probe(write(tmp_path / "phone.mp4", times_s=times.tolist()))
        assert info.variable_rate
        assert info.pauses == 1

    def test_a_pause_in_slow_motion_is_one_of_the_files_time(self, tmp_path: Path) -> None:
        times = [number / 30 + (1.0 if number >= 60 else 0.0) for number in range(120)]
        info = probe(write(tmp_path / "phone.mp4", times_s=times, tags={"com.android.capture.fps": "240"}))
        assert (info.pauses, info.rate_hz) == (1, pytest.approx(240, rel=1e-3))
        assert info.paused_s == pytest.approx((1 + 1 / 30) / 8, abs=1e-3)

    def test_pictures_in_pairs_with_long_waits_are_a_low_rate(self, tmp_path: Path) -> None:
        times = [number // 2 * 0.8 + number % 2 * 0.03 for number in range(FRAMES)]
        with pytest.raises(InputError, match="frames per second"):
            probe(write(tmp_path / "guard.mp4", times_s=times))


class Track(NamedTuple):
    """A video stream of a file: how many times its pictures are enlarged, and their number."""

    enlarged: int = 1
    frames: int = FRAMES
    codec: str = "libx264"
    disposition: int = 0


COVER = Track(enlarged=4, frames=1, codec="mjpeg")


def write_tracks(path: Path, *tracks: Track) -> Path:
    """Write a file of several video streams of coded pictures, those of all but the last upside down."""
    with av.open(str(path), "w") as container:
        streams = []
        for track in tracks:
            stream = container.add_stream(track.codec, rate=Fraction(25))
            stream.width, stream.height = WIDTH * track.enlarged, HEIGHT * track.enlarged
            stream.pix_fmt = "yuvj420p" if track.codec == "mjpeg" else "yuv420p"
            stream.disposition = track.disposition
            streams.append(stream)
        for track, stream in zip(tracks, streams, strict=True):
            for number in range(track.frames):
                image = coded(number).repeat(track.enlarged, 0).repeat(track.enlarged, 1)
                image = image if track is tracks[-1] else np.ascontiguousarray(image[::-1])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(stream.encode(None))
    return path


class TestSeveralStreams:
    @pytest.mark.parametrize("name", ["phone.mp4", "phone.mov", "phone.mkv"])
    @pytest.mark.parametrize(
        "others",
        [
            [Track()],
            [Track(frames=FRAMES // 2), Track()],
            [COVER],
            [COVER._replace(disposition=av.stream.Disposition.attached_pic)],
            [COVER, Track()],
        ],
        ids=["preview", "depth and preview", "large cover", "marked cover", "cover and preview"],
    )
    def test_the_largest_that_moves_is_read(self, tmp_path: Path, name: str, others: list[Track]) -> None:
        clip = write_tracks(tmp_path / name, *others, Track(enlarged=2))
        info = probe(clip)
        assert (info.width_px, info.frames) == (2 * WIDTH, FRAMES)
        for frames in (read_frames(clip), read_in_pieces(clip)):
            assert [number_of(frame.image[::2, ::2]) for frame in frames] == list(range(FRAMES))

    def test_of_two_cameras_that_film_alike_the_first_is_read(self, tmp_path: Path) -> None:
        clip = write_tracks(tmp_path / "two.mp4", Track(), Track(frames=FRAMES // 2))
        assert probe(clip).frames == FRAMES

    def test_a_cover_beside_sound_is_no_video(self, tmp_path: Path) -> None:
        clip = write_tracks(tmp_path / "song.mp4", COVER._replace(disposition=av.stream.Disposition.attached_pic))
        with pytest.raises(InputError, match="video"):
            probe(clip)
