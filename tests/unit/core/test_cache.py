"""What was found in a video before is not looked for again, and nothing but time depends on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import grimp
import numpy as np
import pytest
import xarray as xr
from conftest import SHORT_CLIP, RunCli, Sample, cut
from walkers import video_of, walk

import gaitlab
from gaitlab.analysis import io
from gaitlab.analysis.image_estimates import IMAGE_CODE, ImageEstimates
from gaitlab.core import cache
from gaitlab.core.arrays import cached
from gaitlab.errors import InputError
from gaitlab.pose import Extraction, ModelFile, TrackedPeople, TrackedPerson, load_or_extract_landmarks
from gaitlab.pose import landmark_store as pose_store
from gaitlab.pose.landmark_store import LANDMARK_CODE
from gaitlab.video import VideoInfo

MODEL = ModelFile(path=Path("heavy.task"), sha256="a" * 64)
PERSON = TrackedPerson(
    number=1,
    sentence="walks",
    height_px=400.0,
    walks=True,
    moves=False,
    seen_from_s=0.1,
    seen_to_s=5.9,
    first_box=(1.0, 2.0, 3.0, 4.5),
)
PEOPLE = TrackedPeople(
    count=2, chosen=1, choice_sentence="walks", persons=(PERSON,), excluded_spans=((1.0, 2.0, "covered"),)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAITLAB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@dataclass
class Counted:
    """Stands for the search: what it finds is known, and how often it was asked."""

    found: Extraction
    times: int = 0

    def __call__(self, *_args: object, **_options: object) -> Extraction:
        self.times += 1
        return self.found


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    landmarks = walk("left", duration_s=3).landmarks.assign_attrs(width_px=1920, height_px=1080)
    counted = Counted(Extraction(landmarks=landmarks, people=PEOPLE))
    monkeypatch.setattr(pose_store, "extract_landmarks", counted)
    return counted


@pytest.fixture
def info(search: Counted) -> VideoInfo:
    return video_of(search.found.landmarks)


def test_the_same_video_is_searched_once_and_gives_the_same(search: Counted, info: VideoInfo) -> None:
    first = load_or_extract_landmarks("a.mp4", info, MODEL)
    again = load_or_extract_landmarks("moved/b.mp4", replace(info, stem="b"), MODEL, workers=1)
    assert search.times == 1
    xr.testing.assert_identical(again.landmarks, first.landmarks)
    assert {name: variable.dtype for name, variable in again.landmarks.data_vars.items()} == {
        name: variable.dtype for name, variable in first.landmarks.data_vars.items()
    }
    assert again.people == PEOPLE


def test_another_video_model_person_or_clock_is_searched_anew(search: Counted, info: VideoInfo) -> None:
    load_or_extract_landmarks("a.mp4", info, MODEL)
    load_or_extract_landmarks("a.mp4", replace(info, sha256="1" * 64), MODEL)
    load_or_extract_landmarks("a.mp4", info, replace(MODEL, sha256="b" * 64))
    load_or_extract_landmarks("a.mp4", info, MODEL, person="2")
    load_or_extract_landmarks("a.mp4", replace(info, time_scale=0.25), MODEL)
    assert search.times == 5


@pytest.mark.parametrize("content", [b"", b"CDF\x02", b"CDF\x02 and nothing more"])
def test_a_damaged_entry_is_replaced(search: Counted, info: VideoInfo, folder: Path, content: bytes) -> None:
    load_or_extract_landmarks("a.mp4", info, MODEL)
    (entry,) = folder.iterdir()
    entry.write_bytes(content)
    load_or_extract_landmarks("a.mp4", info, MODEL)
    load_or_extract_landmarks("a.mp4", info, MODEL)
    assert search.times == 2


def test_a_cache_that_cannot_be_written_costs_only_time(search: Counted, info: VideoInfo, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert load_or_extract_landmarks("a.mp4", info, MODEL).people == PEOPLE


def test_what_was_not_used_for_longest_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT_BYTES", 250)
    for age_s, key in ((300, "old"), (200, "used"), (100, "new")):
        cache.store(key, lambda path: path.write_bytes(bytes(100)))
        os.utime(folder / f"{key}.nc", (1e9 - age_s, 1e9 - age_s))
    assert cache.lookup("used") is not None
    cache.store("newest", lambda path: path.write_bytes(bytes(100)))
    assert sorted(path.stem for path in folder.iterdir()) == ["newest", "used"]
    assert cache.lookup("old") is None


def test_entries_tell_nobody_elses_user_and_no_name(search: Counted, info: VideoInfo, folder: Path) -> None:
    load_or_extract_landmarks("/clinic/Doe, Jane.mp4", replace(info, stem="Doe, Jane"), MODEL)
    (entry,) = folder.iterdir()
    assert entry.stat().st_mode & 0o077 == 0
    assert b"Jane" not in entry.read_bytes()
    assert "Jane" not in entry.name


FACTS = {
    "shift_px": np.array([0.1, np.nan, 1 / 3]),
    "duplicate": np.array([True, False]),
    "kinds": ("still", "cut"),
    "zoom": 1 / 3,
    "known": float("nan"),
    "of": {"reason": "", "cuts": ((1.0, 2.0),)},
}


def test_what_was_found_out_is_the_same_to_the_bit_when_it_is_known(folder: Path) -> None:
    asked: list[int] = []

    def find() -> dict[str, object]:
        asked.append(1)
        return dict(FACTS)

    for video in ("a", "a", "b"):
        known = cached({"video": video}, find, ("video",))
        np.testing.assert_array_equal(known.pop("shift_px"), FACTS["shift_px"])
        duplicate = known.pop("duplicate")
        assert (duplicate.dtype, duplicate.tolist()) == (bool, [True, False])
        assert repr(known) == repr({name: value for name, value in FACTS.items() if name in known})
    assert len(asked) == 2
    for entry in folder.iterdir():
        entry.write_bytes(b"PK and nothing more")
    cached({"video": "a"}, find, ("video",))
    assert len(asked) == 3
    assert cache.cache_info().entries == 2


def test_the_pictures_of_a_video_are_looked_through_once(sample: Sample, tmp_path: Path) -> None:
    clip = cut(sample(SHORT_CLIP), tmp_path / "clip.mp4", 12)
    landmarks = walk("left", duration_s=1).landmarks.isel(time=slice(12))
    pictures = ImageEstimates(path=clip, sha256="a" * 64, use_cache=True)
    recording, vertical = pictures.camera(landmarks, None)
    clip.unlink()
    again, same = pictures.camera(landmarks, None)
    assert repr(again) == repr(recording)
    assert same == vertical
    assert pictures.camera(landmarks, 2.0)[1].source == "given"
    for other in (replace(pictures, use_cache=False), replace(pictures, sha256="b" * 64)):
        with pytest.raises(InputError):
            other.camera(landmarks, None)
    with pytest.raises(InputError):
        pictures.camera(landmarks.assign(position=landmarks["position"] + 1), None)


def test_the_command_tells_what_is_kept_and_deletes_it(run_here: RunCli, folder: Path) -> None:
    cache.store("one", lambda path: path.write_bytes(bytes(1_500_000)))
    assert run_here("cache", "info").stdout == f"1 entry, 1.5 MB, in {folder}\n"
    assert run_here("cache", "clear").stdout == "1 entry deleted.\n"
    assert list(folder.iterdir()) == []
    assert run_here("cache", "clear").stdout == "0 entries deleted.\n"


@pytest.mark.slow
def test_kept_landmarks_give_the_same_files_to_the_bit(
    analysed_side: gaitlab.Analysis, output_dir: Path, tmp_path: Path
) -> None:
    """One of the two was made with what the other one had kept."""
    io.write_landmarks(analysed_side.landmarks, tmp_path / "landmarks.nc")
    io.write_summary(analysed_side.summary(), tmp_path / "summary.json")
    for name in ("landmarks.nc", "summary.json"):
        assert (tmp_path / name).read_bytes() == (output_dir / name).read_bytes()


@pytest.mark.parametrize(
    ("start", "packages"),
    [
        ("gaitlab.pose.landmark_store", LANDMARK_CODE),
        ("gaitlab.pose.worker_process", LANDMARK_CODE),
        ("gaitlab.recording", IMAGE_CODE),
        ("gaitlab.pelvis", IMAGE_CODE),
    ],
)
def test_an_entry_depends_on_all_code_that_makes_it(start: str, packages: tuple[str, ...]) -> None:
    """Another version of any module that landmarks or image estimates come from makes them anew."""
    graph = grimp.build_graph("gaitlab")
    used = graph.find_upstream_modules(start, as_package=start.count(".") == 1)
    rooms = {module.split(".")[1] for module in used | {start} if module.count(".") > 0}
    assert {room for room in rooms if _is_package(room)} <= set(packages)


def _is_package(name: str) -> bool:
    return (Path(gaitlab.__file__).parent / name).is_dir()
