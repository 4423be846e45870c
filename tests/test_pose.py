"""The pose model is checked before use, its workers keep to themselves, and two passes make one set of landmarks."""

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
from gaitlab.pose import HEAVY_SHA256, extract_landmarks, find_model, protocol, try_worker
from gaitlab.pose.merge import merge_passes
from gaitlab.schema import LANDMARKS
from gaitlab.video import VideoInfo, VideoWriter, probe, read_frames

FRAMES = 24
WIDTH_PX, HEIGHT_PX = 1000, 500
PROXY = "http://proxy.clinic.example:3128"

Passes = NDArray[np.float64]


@pytest.fixture(scope="module")
def short_clip(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return less than a second of walking, half the size."""
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
            clip, probe(clip), find_model(), workers=workers, progress=lambda *done: progress.append(done)
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
        model = find_model()
        assert model.sha256 == HEAVY_SHA256
        assert model.is_packaged

    def test_a_copy_elsewhere_is_the_same_model(self, tmp_path: Path) -> None:
        copy = tmp_path / "mine.task"
        copy.symlink_to(find_model().path)
        assert find_model(copy).is_packaged

    def test_a_damaged_packaged_model_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        damaged = tmp_path / "models" / "pose_landmarker_heavy.task"
        damaged.parent.mkdir()
        data = bytearray(find_model().path.read_bytes())
        data[len(data) // 2] ^= 1
        damaged.write_bytes(data)
        monkeypatch.setattr("gaitlab.pose.model.files", lambda _: tmp_path)
        with pytest.raises(ModelFileError) as caught:
            find_model()
        self.assert_names_path_and_hash(caught.value, damaged)

    def test_a_lost_packaged_model_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gaitlab.pose.model.files", lambda _: tmp_path)
        with pytest.raises(ModelFileError, match="Reinstall") as caught:
            find_model()
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
            find_model(path)
        self.assert_names_path_and_hash(caught.value, path)

    @pytest.mark.slow
    def test_a_bundle_that_mediapipe_cannot_use_is_told_by_the_worker(self, tmp_path: Path, short_clip: Path) -> None:
        path = tmp_path / "forged.task"
        with zipfile.ZipFile(path, "w") as archive:
            for member in ("pose_detector.tflite", "pose_landmarks_detector.tflite"):
                archive.writestr(member, b"no network")
        with pytest.raises(ModelFileError, match=r"forged\.task"):
            extract_landmarks(short_clip, probe(short_clip), find_model(path))

    def test_the_command_line_names_path_and_hash_of_a_wrong_model(
        self, run_cli: RunCli, short_clip: Path, tmp_path: Path
    ) -> None:
        wrong = tmp_path / "wrong.task"
        wrong.write_text("no model", encoding="utf-8")
        done = run_cli("analyze", short_clip, "--model", wrong, "-o", tmp_path / "out")
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

    def test_progress_counts_both_passes(self, two_workers: Extraction) -> None:
        done, total = zip(*two_workers.progress, strict=True)
        assert set(total) == {2 * FRAMES}
        assert sorted(done)[-1] == 2 * FRAMES

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
                short_clip, probe(short_clip), find_model(), progress=lambda *_: started[0].kill() if started else None
            )
        assert [process.poll() is not None for process in started] == [True, True]

    def test_an_error_in_the_worker_keeps_its_kind(self, tmp_path: Path, short_clip: Path) -> None:
        with pytest.raises(InputError, match=r"gone\.mp4"):
            extract_landmarks(tmp_path / "gone.mp4", probe(short_clip), find_model())

    def test_a_worker_can_be_tried_without_a_video(self) -> None:
        try_worker()


class TestProtocol:
    def test_what_is_sent_is_received(self) -> None:
        pipe = io.BytesIO()
        values = np.arange(protocol.VALUES_PER_FRAME, dtype=float)
        protocol.write_message(pipe, protocol.FRAME, values.tobytes())
        protocol.write_message(pipe, protocol.ERROR, protocol.pack_error("InputError", "Wörter.", "where"))
        pipe.seek(0)
        kind, payload = protocol.read_message(pipe) or (b"", b"")
        assert kind == protocol.FRAME
        np.testing.assert_array_equal(protocol.frame_values(payload), values)
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


def one_pass(frames: int = 6) -> Passes:
    """Return a person who stands still: shoulders 100 px above the hips, all else at the hips."""
    values = np.zeros((frames, len(LANDMARKS), 6))
    values[..., 0], values[..., 1] = 500 / WIDTH_PX, 300 / HEIGHT_PX
    shoulders = [LANDMARKS.index(f"{side}_shoulder") for side in ("left", "right")]
    values[:, shoulders, 1] = 200 / HEIGHT_PX
    values[..., 2:5], values[..., 5] = 0.1, 0.9
    looks = np.stack([values] * len(protocol.LOOKS), axis=1)
    return np.column_stack([np.arange(frames) / 30, looks.reshape(frames, -1)])


def place(passes: Passes, frame: int, landmark: str, x_px: float, looks: tuple[int, ...] = (0, 1)) -> None:
    """Move a landmark of one frame to another column of the picture, as some looks of the pass see it."""
    for look in looks:
        passes[frame, 1 + 6 * (look * len(LANDMARKS) + LANDMARKS.index(landmark))] = x_px / WIDTH_PX


class TestMergePasses:
    def test_the_result_is_the_mean_in_pixels(self) -> None:
        forward, backward = one_pass(), one_pass()
        place(forward, 2, "left_ankle", 490)
        place(backward, 2, "left_ankle", 500)
        forward[:, 6::6], backward[:, 6::6] = 0.8, 0.4
        merged = merge_passes(forward, backward, clip_info())
        assert merged["position"].sel(landmark="left_ankle")[2].to_numpy() == pytest.approx([495, 300])
        assert merged["disagreement"].sel(landmark="left_ankle").to_numpy() == pytest.approx([0, 0, 10, 0, 0, 0])
        assert merged["visibility"].to_numpy() == pytest.approx(0.6)
        assert merged["position_world"].to_numpy() == pytest.approx(0.1)
        assert (merged.attrs["width_px"], merged.attrs["height_px"]) == (WIDTH_PX, HEIGHT_PX)

    def test_the_order_of_the_passes_does_not_matter(self) -> None:
        rng = np.random.default_rng(1)
        forward, backward = one_pass(), one_pass()
        forward[:, 1:] += rng.normal(0, 1e-3, forward[:, 1:].shape)
        xr.testing.assert_identical(
            merge_passes(forward, backward, clip_info()), merge_passes(backward, forward, clip_info())
        )

    @pytest.mark.parametrize("blind", ["forward", "backward"])
    def test_a_frame_that_one_pass_alone_saw_is_taken_from_it(self, blind: str) -> None:
        passes = {"forward": one_pass(), "backward": one_pass()}
        passes[blind][3, 1:] = np.nan
        merged = merge_passes(passes["forward"], passes["backward"], clip_info())
        assert merged["position"].sel(landmark="left_hip")[3].to_numpy() == pytest.approx([500, 300])
        assert (merged["disagreement"][3] == 0).all()

    def test_a_frame_that_no_pass_saw_is_nan(self) -> None:
        forward, backward = one_pass(), one_pass()
        forward[3, 1:] = backward[3, 1:] = np.nan
        merged = merge_passes(forward, backward, clip_info())
        assert np.isnan(merged["position"][3]).all()
        assert np.isfinite(merged["position"][[0, 1, 2, 4, 5]]).all()

    def test_a_frame_that_a_pass_has_not_reached_is_taken_from_the_other(self) -> None:
        merged = merge_passes(one_pass(), np.delete(one_pass(), 3, axis=0), clip_info())
        assert merged["position"].to_numpy()[3] == pytest.approx(merged["position"].to_numpy()[2])
        assert (merged["disagreement"][3] == 0).all()

    def test_a_landmark_that_the_passes_place_apart_is_not_known(self) -> None:
        forward, backward = one_pass(), one_pass()
        place(forward, 2, "left_ankle", 530)  # a trunk is 100 px long
        merged = merge_passes(forward, backward, clip_info())
        unknown = np.isnan(merged["position"]).any("xy")
        assert bool(unknown.sel(landmark="left_ankle")[2])
        assert int(unknown.sum()) == 1
        assert float(merged["disagreement"].sel(landmark="left_ankle")[2]) == pytest.approx(30)

    def test_a_single_look_that_takes_another_leg_is_left_out(self) -> None:
        forward, backward = one_pass(), one_pass()
        place(forward, 2, "left_ankle", 600, looks=(1,))
        merged = merge_passes(forward, backward, clip_info())
        assert merged["position"].sel(landmark="left_ankle")[2].to_numpy() == pytest.approx([500, 300])

    def test_both_directions_weigh_the_same_when_a_look_is_left_out(self) -> None:
        forward, backward = one_pass(), one_pass()
        place(forward, 2, "left_ankle", 496)
        place(backward, 2, "left_ankle", 504)
        forward[2, 1 + 6 * len(LANDMARKS) :] = np.nan
        merged = merge_passes(forward, backward, clip_info())
        assert merged["position"].sel(landmark="left_ankle")[2].to_numpy() == pytest.approx([500, 300])

    def test_passes_that_follow_two_people_know_nothing(self) -> None:
        forward, backward = one_pass(), one_pass()
        backward[4, 1::6] += 60 / WIDTH_PX
        merged = merge_passes(forward, backward, clip_info())
        assert np.isnan(merged["position"][4]).all()
        assert np.isnan(merged["visibility"][4]).all()
        assert np.isfinite(merged["position"][3]).all()

    def test_slow_motion_is_undone(self) -> None:
        merged = merge_passes(one_pass(), one_pass(), clip_info(time_scale=0.125))
        np.testing.assert_allclose(merged["time"], np.arange(6) / 240)
