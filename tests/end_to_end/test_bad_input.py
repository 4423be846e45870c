"""Bad input ends in one clear sentence and its own exit code, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import SIDE_CLIP, Ended, RunCli, Sample
from matplotlib.image import imsave
from typer.testing import CliRunner

from gaitlab.cli.app import app
from gaitlab.errors import InputError
from gaitlab.video import VideoWriter, open_video_reader, probe, read_frames

USAGE, INPUT, NOTHING_MEASURABLE = 2, 3, 4
SENTENCE_END = re.compile(r"[.?!](?=\s|$)")

Analyze = Callable[..., Ended]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return an empty folder to run the command in."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture
def analyze(run_here: RunCli, desk: Path, tmp_path: Path) -> Analyze:
    """Return a function that analyses a clip into ``desk/out`` and checks that it fails without a trace."""

    def run(clip: Path, *options: object, output: object = "out") -> Ended:
        before, scratch = content(desk), tmp_path / "scratch"
        scratch.mkdir()
        done = run_here("analyze", clip, "-o", output, *options, cwd=desk, env={"TMPDIR": str(scratch)})
        assert content(desk) == before
        assert content(scratch) == {}
        return done

    return run


def content(folder: Path) -> dict[str, bytes | None]:
    """Return what lies in a folder: file contents by path, None for folders."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def assert_told(done: Ended, exit_code: int, *words: str) -> None:
    """Check the exit code, and that stderr is one or two sentences that hold the words."""
    message = " ".join(done.stderr.split())
    assert done.returncode == exit_code, message
    assert "Traceback" not in message
    assert message.endswith((".", "?", "!")), message
    assert 1 <= len(SENTENCE_END.findall(message)) <= 2, message
    for word in words:
        assert word.lower() in message.lower()


def write_clip(path: Path, images: Iterator[np.ndarray], rate_hz: float) -> Path:
    first = next(images)
    with VideoWriter(path, first.shape[1], first.shape[0], rate_hz) as writer:
        writer.write(first, 0.0)
        for number, image in enumerate(images, start=1):
            writer.write(image, number / rate_hz)
    return path


def walking(sample: Sample, frames: int) -> Iterator[np.ndarray]:
    return (frame.image for frame in islice(read_frames(sample(SIDE_CLIP)), frames))


def test_missing_file(analyze: Analyze, run_cli: RunCli, desk: Path, tmp_path: Path) -> None:
    """Reported the same by a process of its own as by the command in this one, as the others are."""
    here = analyze(tmp_path / "nowhere.mp4")
    assert_told(here, INPUT, "nowhere.mp4")
    alone = run_cli("analyze", tmp_path / "nowhere.mp4", "-o", "out", cwd=desk)
    assert (alone.returncode, alone.stdout, alone.stderr) == (here.returncode, here.stdout, here.stderr)
    assert content(desk) == {}


def test_folder_instead_of_a_file(analyze: Analyze, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    assert_told(analyze(tmp_path / "clips"), INPUT, "clips")


def test_empty_file(analyze: Analyze, tmp_path: Path) -> None:
    clip = tmp_path / "empty.mp4"
    clip.touch()
    assert_told(analyze(clip), INPUT, "empty.mp4", "empty")


def test_text_file_named_mp4(analyze: Analyze, tmp_path: Path) -> None:
    clip = tmp_path / "notes.mp4"
    clip.write_text("The patient walks with a limp.\n" * 100, encoding="utf-8")
    assert_told(analyze(clip), INPUT, "notes.mp4")


def test_truncated_video_without_its_index(analyze: Analyze, sample: Sample, tmp_path: Path) -> None:
    whole = sample(SIDE_CLIP).read_bytes()
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole[: len(whole) * 6 // 10])
    assert b"moov" not in clip.read_bytes(), "the sample's index must lie at its end for this test"
    assert_told(analyze(clip), INPUT, "cut.mp4")


def test_truncated_video_with_its_index(analyze: Analyze, sample: Sample, tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", walking(sample, 30), 30).read_bytes()
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole[: len(whole) * 6 // 10])
    assert b"moov" in clip.read_bytes()
    assert_told(analyze(clip), INPUT, "cut.mp4")


def test_sound_without_picture(analyze: Analyze, tmp_path: Path) -> None:
    clip = tmp_path / "sound.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for start in range(0, 44100, 1024):
            tone = np.sin(np.arange(start, start + 1024) / 20, dtype=np.float32)[None]
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert_told(analyze(clip), INPUT, "sound.mp4")


@pytest.mark.parametrize("ending", ["png", "jpg", "mp4"])
def test_still_picture(analyze: Analyze, sample: Sample, tmp_path: Path, ending: str) -> None:
    picture = tmp_path / f"picture.{ending}"
    imsave(picture, next(walking(sample, 1)), format="png" if ending == "mp4" else ending)
    assert_told(analyze(picture), INPUT, picture.name, "picture")


def test_too_few_frames_per_second(analyze: Analyze, sample: Sample, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "slow.mp4", walking(sample, 30), 15)
    assert_told(analyze(clip), INPUT, "slow.mp4", "15 frames per second", "20")


@pytest.mark.slow
def test_empty_room(analyze: Analyze, tmp_path: Path) -> None:
    room = np.full((720, 1280, 3), 128, dtype=np.uint8)
    clip = write_clip(tmp_path / "room.mp4", iter([room] * 90), 30)
    assert_told(analyze(clip), NOTHING_MEASURABLE, "person")


@pytest.mark.slow
def test_one_second_of_walking_is_shown_with_the_reason(refused: tuple[Path, Ended]) -> None:
    folder, done = refused
    assert done.returncode == NOTHING_MEASURABLE
    assert done.stderr.splitlines()[-1] == f"Page: {folder / 'report.html'}"
    assert (folder / "overlay.mp4").is_file()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param(["--view", "sideways"], "sideways", id="view"),
        pytest.param(["--height-cm", "tall"], "--height-cm", id="height is no number"),
        pytest.param(["--no-such-option"], "--no-such-option", id="unknown option"),
    ],
)
def test_option_that_is_not_allowed(analyze: Analyze, sample: Sample, options: list[str], named: str) -> None:
    assert_told(analyze(sample(SIDE_CLIP), *options), USAGE, named)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--pelvis", "guess", "guess"),
        ("--events", "guess", "guess"),
        ("--sex", "x", "sex 'x'"),
        ("--painful-side", "middle", "middle"),
        ("--reference", "guess", "guess"),
        ("--height-cm", "1.72", "1.72"),
        ("--capture-fps", "1", "capture rate"),
    ],
)
def test_value_that_is_not_allowed(sample: Sample, tmp_path: Path, option: str, value: str, named: str) -> None:
    done = CliRunner().invoke(app, ["analyze", str(sample(SIDE_CLIP)), option, value, "-o", str(tmp_path / "out")])
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_no_video_named(run_here: RunCli) -> None:
    assert_told(run_here("analyze"), USAGE, "video")


def test_model_that_is_missing(analyze: Analyze, sample: Sample, tmp_path: Path) -> None:
    done = analyze(sample(SIDE_CLIP), "--model", tmp_path / "other.task")
    assert done.returncode != 0
    assert_told(done, done.returncode, "other.task")


@pytest.mark.parametrize(
    ("place", "output"),
    [
        pytest.param("occupied.txt", "occupied.txt/out", id="below a file"),
        pytest.param("occupied.txt", "occupied.txt", id="is a file"),
        pytest.param("/proc", "/proc/out", id="where none can be made"),
    ],
)
def test_output_folder_that_cannot_be_made(
    analyze: Analyze, sample: Sample, desk: Path, place: str, output: str
) -> None:
    (desk / "occupied.txt").write_text("a file", encoding="utf-8")
    assert_told(analyze(sample(SIDE_CLIP), output=output), USAGE, place)


def test_folder_of_other_files_is_not_replaced_even_by_force(analyze: Analyze, sample: Sample, desk: Path) -> None:
    (desk / "out").mkdir()
    (desk / "out" / "letter.txt").write_text("not a result of gaitlab", encoding="utf-8")
    assert_told(analyze(sample(SIDE_CLIP), "--force"), USAGE, "out")


def test_output_folder_that_exists_is_left_as_it_is(analyze: Analyze, sample: Sample, desk: Path) -> None:
    (desk / "out").mkdir()
    (desk / "out" / "report.html").write_text("the last visit", encoding="utf-8")
    assert_told(analyze(sample(SIDE_CLIP)), USAGE, "out", "--force")


def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Yield a folder on a disk of its own; skip where none can be mounted."""
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=False)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], timeout=30, check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own with room for 256 KiB; skip where none can be mounted."""
    yield from mounted(tmp_path / "disk", "size=256k")


@pytest.mark.slow
def test_full_disk(analyze: Analyze, sample: Sample, small_disk: Path) -> None:
    done = analyze(sample(SIDE_CLIP), output=small_disk / "out")
    assert_told(done, USAGE, "space")
    assert content(small_disk) == {}


def test_animated_picture(analyze: Analyze, tmp_path: Path) -> None:
    clip = tmp_path / "shared.gif"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("gif", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        for level in range(10):
            image = np.full((48, 64, 3), 20 * level, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="rgb8")))
        container.mux(stream.encode(None))
    assert_told(analyze(clip), INPUT, "shared.gif", "original video")


class TestFiles:
    """What stands for a video is looked at before it is opened; these are refused without the command's start-up."""

    @staticmethod
    def refuse(path: Path, *words: str) -> None:
        with pytest.raises(InputError) as reported:
            probe(path)
        assert 1 <= len(SENTENCE_END.findall(str(reported.value))) <= 2
        assert all(word in str(reported.value) for word in words)

    def test_devices_and_pipes(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.mp4")
        (tmp_path / "link.mp4").symlink_to("pipe.mp4")
        for path in (tmp_path / "pipe.mp4", tmp_path / "link.mp4", Path(os.devnull), tmp_path):
            self.refuse(path, "not a file")

    def test_links_to_nothing_and_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "nothing.mp4").symlink_to("gone.mp4")
        (tmp_path / "circle.mp4").symlink_to("circle.mp4")
        for path in (tmp_path / "nothing.mp4", tmp_path / "circle.mp4", tmp_path / ("a" * 300)):
            self.refuse(path, "no file")

    @pytest.mark.parametrize(
        "content",
        [
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n",
            "ffconcat version 1.0\nfile '{}'\n",
            "<?xml version='1.0'?><MPD><BaseURL>{}</BaseURL></MPD>",
        ],
    )
    def test_a_playlist_named_mp4_opens_no_other_file(self, sample: Sample, tmp_path: Path, content: str) -> None:
        other = tmp_path / "other.mp4"
        other.write_bytes(sample(SIDE_CLIP).read_bytes())
        (tmp_path / "list.mp4").write_text(content.format(other), encoding="utf-8")
        self.refuse(tmp_path / "list.mp4", "not a video")

    @pytest.mark.parametrize(
        "name",
        [
            "-walk.mp4",
            "a b.mp4",
            "Ünï 走.mp4",
            "two\nlines.mp4",
            "http:walk.mp4",
            "50%03d*?.mp4",
            "w" * 251 + ".mp4",
            "#1.mp4",
            os.fsdecode(b"\xff\xfe.mp4"),
        ],
    )
    def test_any_name_is_only_a_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Sample, name: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path(name).symlink_to(sample(SIDE_CLIP))
        info = probe(name)
        assert info.frames == 162
        assert info.stem.isprintable()
        assert info.stem.encode("utf-8")
        assert len(list(islice(read_frames(name), 2))) == len(list(open_video_reader(name).frames(100, 102))) == 2

    def test_a_picture_that_is_too_large(self, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "wide.mkv"), "w") as container:
            stream = container.add_stream("mjpeg", rate=25)
            stream.width, stream.height, stream.pix_fmt = 9000, 16, "yuvj420p"
            for _ in range(3):
                frame = av.VideoFrame.from_ndarray(np.zeros((16, 9000, 3), dtype=np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        self.refuse(tmp_path / "wide.mkv", "9000 x 16", "8192")

    def test_a_clip_that_is_too_long(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clip = write_clip(tmp_path / "long.mp4", iter([np.zeros((64, 64, 3), dtype=np.uint8)] * 30), 30)
        monkeypatch.setattr("gaitlab.video.timestamps.MAX_DURATION_S", 0.5)
        self.refuse(clip, "minutes", "Cut the video")
        monkeypatch.setattr("gaitlab.video.timestamps.MAX_FRAMES", 20)
        self.refuse(clip, "20 frames", "Cut the video")


def test_a_leading_dash_is_a_name(run_here: RunCli, desk: Path) -> None:
    (desk / "-walk.mp4").write_bytes(b"no video")
    for arguments in (["--", "-walk.mp4"], ["./-walk.mp4"]):
        assert_told(run_here("analyze", *arguments, cwd=desk), INPUT, "-walk.mp4")
    assert [path.name for path in desk.iterdir()] == ["-walk.mp4"]


def test_a_name_in_other_bytes_is_reported(run_cli: RunCli, desk: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.mp4")
    (desk / name).write_bytes(b"no video")
    assert_told(run_cli("analyze", name, cwd=desk), INPUT, "not a video")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk that cannot be written to; skip where none can be mounted."""
    yield from mounted(tmp_path / "disk", "ro")


def test_read_only_disk(analyze: Analyze, sample: Sample, read_only_disk: Path) -> None:
    assert_told(analyze(sample(SIDE_CLIP), output=read_only_disk / "out"), USAGE, "cannot be written to")
