"""The pose model is checked before use, its workers keep to themselves, and segments make one set of landmarks."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from conftest import BACK_CLIP, RunCli, Sample
from numpy.typing import NDArray

from gaitlab.errors import GaitlabError, InputError, ModelFileError
from gaitlab.pose import HEAVY_SHA256, check_worker, extract_landmarks, locate_model, protocol
from gaitlab.pose.landmark_buffer import LandmarkBuffer
from gaitlab.pose.mirroring import MirrorSchedule, facing_direction
from gaitlab.pose.segments import WARM_UP_FRAMES, Segment, split_video
from gaitlab.recording import analyze_recording
from gaitlab.schema import LANDMARKS, frame_step_of
from gaitlab.video import VideoInfo, VideoWriter, probe, read_frames
from gaitlab.video.timestamps import FrameTimestamps

FRAMES = 130
WIDTH_PX, HEIGHT_PX = 1000, 500
PROXY = "http://proxy.clinic.example:3128"

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def short_clip(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four seconds of walking, half the size: two segments."""
    path = tmp_path_factory.mktemp("pose") / "short.mp4"
    with VideoWriter(path, 640, 360, 30) as writer:
        for frame in islice(read_frames(sample(BACK_CLIP)), FRAMES):
            writer.write(frame.image[::2, ::2], frame.time_s)
    return path


@dataclass
class Extraction:
    landmarks: xr.Dataset
    environment_before: dict[str, str]
    environment_after: dict[str, str]
    progress: list[tuple[int, int]]


def extract(clip: Path, workers: int) -> Extraction:
    """Extract landmarks and record what the caller can notice."""
    progress: list[tuple[int, int]] = []
    before = dict(os.environ)
    with pytest.MonkeyPatch.context() as patch:
        started: list[subprocess.Popen[bytes]] = []
        patch.setattr(subprocess, "Popen", recording(subprocess.Popen, started))
        landmarks = extract_landmarks(
            clip, probe(clip), locate_model(), workers=workers, progress=lambda *done: progress.append(done)
        ).landmarks
    assert len(started) == workers
    assert all(process.poll() is not None for process in started), "a worker outlived the extraction"
    return Extraction(landmarks, before, dict(os.environ), progress)


def recording(popen: Callable[..., Any], started: list[Any]) -> Callable[..., Any]:
    def start(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[-1]

    return start


@pytest.fixture(scope="module")
def two_workers(short_clip: Path) -> Extraction:
    """Return the landmarks of the short clip as two workers find them, under a proxy as in a clinic."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", PROXY)
        patch.delenv("https_proxy", raising=False)
        return extract(short_clip, workers=2)


class TestModel:
    def test_the_packaged_model_is_the_one_that_accuracy_was_measured_with(self) -> None:
        model = locate_model()
        assert model.sha256 == HEAVY_SHA256

    def test_a_copy_elsewhere_is_the_same_model(self, tmp_path: Path) -> None:
        copy = tmp_path / "mine.task"
        copy.symlink_to(locate_model().path)
        assert locate_model(copy).sha256 == HEAVY_SHA256

    def test_a_damaged_packaged_model_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        damaged = tmp_path / "models" / "pose_landmarker_heavy.task"
        damaged.parent.mkdir()
        data = bytearray(locate_model().path.read_bytes())
        data[len(data) // 2] ^= 1
        damaged.write_bytes(data)
        monkeypatch.setattr("gaitlab.pose.model.files", lambda _: tmp_path)
        with pytest.raises(ModelFileError) as caught:
            locate_model()
        self.assert_names_path_and_hash(caught.value, damaged)

    def test_a_lost_packaged_model_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gaitlab.pose.model.files", lambda _: tmp_path)
        with pytest.raises(ModelFileError, match="Reinstall") as caught:
            locate_model()
        self.assert_names_path_and_hash(caught.value, tmp_path / "models" / "pose_landmarker_heavy.task")

    @pytest.mark.parametrize("kind", ["missing", "empty", "text", "another archive", "folder"])
    def test_a_wrong_model_file_is_refused(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / "other.task"
        if kind == "folder":
            path.mkdir()
        elif kind == "another archive":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("hand_landmarks_detector.tflite", b"x")
        elif kind != "missing":
            path.write_text("" if kind == "empty" else "no model", encoding="utf-8")
        with pytest.raises(ModelFileError, match="--model") as caught:
            locate_model(path)
        self.assert_names_path_and_hash(caught.value, path)

    @pytest.mark.slow
    def test_a_bundle_that_mediapipe_cannot_use_is_told_by_the_worker(self, tmp_path: Path, short_clip: Path) -> None:
        path = tmp_path / "forged.task"
        with zipfile.ZipFile(path, "w") as archive:
            for member in ("pose_detector.tflite", "pose_landmarks_detector.tflite"):
                archive.writestr(member, b"no network")
        with pytest.raises(ModelFileError, match=r"forged\.task"):
            extract_landmarks(short_clip, probe(short_clip), locate_model(path))

    def test_the_command_line_names_path_and_hash_of_a_wrong_model(
        self, run_here: RunCli, short_clip: Path, tmp_path: Path
    ) -> None:
        wrong = tmp_path / "wrong.task"
        wrong.write_text("no model", encoding="utf-8")
        done = run_here("analyze", short_clip, "--model", wrong, "-o", tmp_path / "out")
        assert done.returncode == 1
        assert str(wrong) in done.stderr
        assert HEAVY_SHA256 in done.stderr
        assert not (tmp_path / "out").exists()

    @staticmethod
    def assert_names_path_and_hash(error: ModelFileError, path: Path) -> None:
        assert str(path) in str(error)
        assert HEAVY_SHA256 in str(error)


@pytest.mark.slow
class TestWorkers:
    def test_every_frame_has_33_landmarks_on_the_person(self, two_workers: Extraction, short_clip: Path) -> None:
        landmarks = two_workers.landmarks
        assert dict(landmarks.sizes) == {"time": FRAMES, "landmark": 33, "xy": 2, "xyz": 3}
        np.testing.assert_allclose(landmarks["time"], np.arange(FRAMES) / 30, atol=1e-4)
        hips = landmarks["position"].sel(landmark=["left_hip", "right_hip"])
        assert np.isfinite(hips).all()
        assert float(hips.sel(xy="x").min()) > 0
        assert float(hips.sel(xy="x").max()) < landmarks.attrs["width_px"] == 640
        assert float(landmarks["visibility"].min()) >= 0
        assert float(landmarks["visibility"].max()) <= 1

    def test_progress_counts_the_frames(self, two_workers: Extraction) -> None:
        done, total = zip(*two_workers.progress, strict=True)
        assert set(total) == {FRAMES}
        assert sorted(done) == list(range(1, FRAMES + 1))

    def test_the_network_of_the_caller_is_left_alone(self, two_workers: Extraction) -> None:
        assert two_workers.environment_after == two_workers.environment_before
        assert two_workers.environment_after["HTTPS_PROXY"] == PROXY

    def test_one_worker_finds_the_same_in_silence(
        self, two_workers: Extraction, short_clip: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        one_worker = extract(short_clip, workers=1)
        assert capfd.readouterr() == ("", "")
        xr.testing.assert_identical(one_worker.landmarks, two_workers.landmarks)

    def test_a_killed_worker_is_told(self, short_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        started: list[subprocess.Popen[bytes]] = []
        monkeypatch.setattr(subprocess, "Popen", recording(subprocess.Popen, started))
        with pytest.raises(GaitlabError, match="ended unexpectedly"):
            extract_landmarks(
                short_clip, probe(short_clip), locate_model(), workers=2, progress=lambda *_: started[0].kill()
            )
        assert [process.poll() is not None for process in started] == [True, True]

    def test_an_error_in_the_worker_keeps_its_kind(self, tmp_path: Path, short_clip: Path) -> None:
        with pytest.raises(InputError, match=r"gone\.mp4"):
            extract_landmarks(tmp_path / "gone.mp4", probe(short_clip), locate_model())

    def test_a_worker_can_be_tried_without_a_video(self) -> None:
        check_worker()


class TestProtocol:
    def test_what_is_sent_is_received(self) -> None:
        pipe = io.BytesIO()
        found = np.arange(len(LANDMARKS) * protocol.VALUES_PER_LANDMARK, dtype=float).reshape(len(LANDMARKS), -1)
        protocol.write_message(pipe, protocol.FRAME, protocol.pack_frame(7, 0.25, found))
        protocol.write_message(pipe, protocol.ERROR, protocol.pack_error("InputError", "Wörter.", "where"))
        pipe.seek(0)
        kind, payload = protocol.read_message(pipe) or (b"", b"")
        assert kind == protocol.FRAME
        number, time_s, received = protocol.frame_values(payload)
        assert (number, time_s) == (7, 0.25)
        np.testing.assert_array_equal(received, found)
        kind, payload = protocol.read_message(pipe) or (b"", b"")
        assert (kind, protocol.unpack_error(payload)) == (protocol.ERROR, ("InputError", "Wörter.", "where"))

    @pytest.mark.parametrize("lost_bytes", [1, 100])
    def test_a_message_that_is_cut_short_is_the_end(self, lost_bytes: int) -> None:
        pipe = io.BytesIO()
        protocol.write_message(pipe, protocol.FRAME, bytes(99))
        assert protocol.read_message(io.BytesIO(pipe.getvalue()[:-lost_bytes])) is None


def clip_info(time_scale: float = 1.0) -> VideoInfo:
    return VideoInfo(
        stem="clip",
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        rate_hz=30,
        duration_s=1,
        frames=6,
        rotation_deg=0,
        codec="h264",
        variable_rate=False,
        time_scale=time_scale,
        sha256="",
    )


def table(frames: int, keys: tuple[int, ...] = (0,)) -> FrameTimestamps:
    return FrameTimestamps(ticks=tuple(range(frames)), by_order=False, packets=frames, keys=keys)


class TestSegments:
    @pytest.mark.parametrize("frames", [0, 1, 5, 119, 120, 239, 300, 600, 36000])
    @pytest.mark.parametrize("every", [1, 30, 250, 10**6])
    def test_each_frame_counts_once_and_is_warmed_up_to(self, frames: int, every: int) -> None:
        segments = split_video(table(frames, tuple(range(0, frames, every))))
        assert [n for s in segments for n in range(s.start, s.stop)] == list(range(frames))
        assert all(s.start - s.entry == (WARM_UP_FRAMES if s.entry else 0) for s in segments)

    @pytest.mark.parametrize("frames", [1, 241, 600, 4800])
    def test_of_a_fast_video_each_analysed_frame_counts_once(self, frames: int) -> None:
        segments = split_video(table(frames, tuple(range(0, frames, 7))), 8)
        counted = [n for s in segments for n in s.numbers if n >= s.start]
        assert counted == list(range(0, frames, 8))
        assert len(segments) == len(split_video(table(-(-frames // 8))))
        assert all(s.start - s.entry == (8 * WARM_UP_FRAMES if s.entry else 0) for s in segments)

    def test_they_are_cut_where_the_video_can_be_entered(self) -> None:
        assert [s.entry for s in split_video(table(600, tuple(range(0, 600, 33))))] == [0, 165, 297, 462]

    def test_they_are_cut_elsewhere_if_that_is_far(self) -> None:
        assert [s.entry for s in split_video(table(600, (0, 250, 500)))] == [0, 150, 300, 450]

    @pytest.mark.parametrize(("frames", "count"), [(100, 1), (240, 2), (600, 4), (1200, 8), (36000, 240)])
    def test_two_and_four_processes_have_the_same_to_do(self, frames: int, count: int) -> None:
        segments = split_video(table(frames))
        assert len(segments) == count
        lengths = [s.stop - s.entry for s in segments]
        assert max(lengths) - min(lengths) <= WARM_UP_FRAMES + 1

    def test_a_video_that_cannot_be_entered_is_cut_in_two(self) -> None:
        assert len(split_video(table(3000, ()))) == 2

    def test_a_short_video_is_one_segment(self) -> None:
        assert split_video(table(100)) == [Segment(entry=0, start=0, stop=100)]


def test_of_a_video_of_120_frames_per_second_every_second_one_is_analysed(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "fast.mp4"
    with VideoWriter(path, 640, 360, 120) as writer:
        for number, frame in enumerate(islice(read_frames(sample(BACK_CLIP)), 31)):
            writer.write(frame.image[::2, ::2], number / 120)
    info, progress = probe(path), []
    half = extract_landmarks(path, info, locate_model(), progress=lambda *done: progress.append(done)).landmarks
    every = extract_landmarks(path, info, locate_model(), every_frame=True).landmarks
    assert (frame_step_of(half), frame_step_of(every)) == (2, 1)
    assert half["time"].to_numpy() == pytest.approx(every["time"].to_numpy()[::2])
    assert progress[-1] == (16, 16)
    apart = (half["position"] - every["position"].isel(time=slice(None, None, 2)).to_numpy()).isel(time=slice(4, None))
    assert float(np.abs(apart).median()) < 2.0
    survey = analyze_recording(path, half)
    assert survey.rate_hz == pytest.approx(60.0)


def facing(towards: float) -> Floats:
    """Return a body, 300 px high, whose toes are this many body heights to the right of the heels."""
    points = np.zeros((len(LANDMARKS), 3))
    points[:, 1] = 300 / 1.08
    points[LANDMARKS.index("nose"), 1] = 0
    for side in ("left", "right"):
        points[LANDMARKS.index(f"{side}_foot_index"), 0] = towards * 300
    return points


class TestGaze:
    def test_where_a_body_faces_is_told_by_its_feet(self) -> None:
        assert facing_direction(facing(0.1)) == pytest.approx(0.1)
        assert facing_direction(facing(-0.1)) == pytest.approx(-0.1)

    @pytest.mark.parametrize(("towards", "even", "odd"), [(-0.1, False, True), (0.0, False, True), (0.1, True, False)])
    def test_in_even_frames_a_walker_is_shown_facing_left(self, towards: float, even: bool, odd: bool) -> None:
        mirroring = MirrorSchedule(30)
        mirroring.update(facing(towards))
        assert (mirroring.is_mirrored(4), mirroring.is_mirrored(5)) == (even, odd)

    def test_the_way_changes_when_a_walker_has_turned(self) -> None:
        mirroring = MirrorSchedule(30)
        changes = [mirroring.update(facing(towards)) for towards in [0.1] * 20 + [0.0] * 20 + [-0.1] * 20 + [0.1] * 20]
        assert [number for number, change in enumerate(changes) if change] == [0, 24, 64]

    def test_a_single_frame_changes_nothing(self) -> None:
        mirroring = MirrorSchedule(30)
        assert mirroring.update(facing(0.1))
        assert not any(mirroring.update(facing(towards)) for towards in [0.1] * 9 + [-0.1, np.nan, -0.1] + [0.1] * 9)


class TestTrace:
    def test_places_are_in_pixels_and_slow_motion_is_undone(self) -> None:
        trace = LandmarkBuffer(clip_info(time_scale=0.125), 6, 1)
        found = np.tile([0.5, 0.4, 0.1, 0.2, 0.3, 0.9], (len(LANDMARKS), 1))
        for number in (5, 0, 1, 2, 4):
            trace.add(number, number / 30, found)
        landmarks = trace.landmarks()
        np.testing.assert_allclose(landmarks["time"], np.array([0, 1, 2, 4, 5]) / 240)
        np.testing.assert_allclose(landmarks["position"][..., 0], 0.5 * WIDTH_PX)
        np.testing.assert_allclose(landmarks["position"][..., 1], 0.4 * HEIGHT_PX)
        np.testing.assert_allclose(landmarks["position_world"][2, 7], [0.1, 0.2, 0.3])
        np.testing.assert_allclose(landmarks["visibility"], 0.9)
        assert (landmarks.attrs["width_px"], landmarks.attrs["height_px"]) == (WIDTH_PX, HEIGHT_PX)
