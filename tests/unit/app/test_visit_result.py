"""Several videos of one visit: their order, and when they are evaluated together."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Sample

from gaitlab.app.joining import join_videos, write_corrections
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Recording, Visit
from gaitlab.app.visit_result import combined_recordings, current_overview, in_order
from gaitlab.errors import UsageError
from gaitlab.report import write


def recording(label: str, task: str = "walk", view: str = "", state: str = "done") -> Recording:
    return Recording(
        id=label.encode().hex().ljust(32, "0"), label=label, task=task, state=state, overview={"view": view}
    )


def test_walks_come_first_and_of_them_those_from_the_side() -> None:
    given = [
        recording("Stairs 1", "stairs"),
        recording("Walk 1", view="back"),
        recording("Walk 2", view="left"),
        recording("Flexion 1", "hip_flexion"),
    ]
    assert [one.label for one in in_order(given)] == ["Walk 2", "Walk 1", "Flexion 1", "Stairs 1"]


@pytest.mark.parametrize(
    ("states", "together"),
    [(["done", "done"], 2), (["done"], 0), (["done", "done", "running"], 0), (["done", "refused", "done"], 2)],
)
def test_measured_videos_are_evaluated_together_when_none_is_in_work(states: list[str], together: int) -> None:
    recordings = [recording(f"Walk {number}", view="left", state=state) for number, state in enumerate(states)]
    assert len(combined_recordings(Visit(id="a" * 32, recordings=recordings))) == together


def test_an_overview_holds_until_one_of_its_videos_has_another_result(tmp_path: Path) -> None:
    home = Home(root=tmp_path)
    visit = Visit(id="a" * 32, recordings=[recording("Walk 1", view="left"), recording("Walk 2", view="back")])
    made_of = []
    for one in in_order(visit.recordings):
        home.result(one.id).mkdir(parents=True)
        (home.result(one.id) / "summary.json").write_text("{}", encoding="utf-8")
        made_of.append([one.id, (home.result(one.id) / "summary.json").stat().st_mtime_ns])
    assert current_overview(home, visit) is None
    home.visit_result(visit.id).mkdir(parents=True)
    kept = {"of": made_of, "overview": {"headline": "x"}}
    (home.visit_result(visit.id) / "overview.json").write_text(json.dumps(kept), encoding="utf-8")
    assert current_overview(home, visit) == {"headline": "x"}
    os.utime(home.result(visit.recordings[1].id) / "summary.json", ns=(1, 1))
    assert current_overview(home, visit) is None


def asked(video: Path, label: str, **others: Any) -> dict[str, Any]:
    known = {"task": "walk", "speed_mps": None, "kept": "kept", "film": "film", "corrections": "corrections"}
    return {"label": label, "video": str(video), **known, **others}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"video": "side"}, "Walk 1 and Walk 2 are the same video"),
        ({"video": "back", "speed_mps": 1.2}, "different treadmill speeds"),
    ],
)
def test_what_cannot_be_evaluated_together_says_what_to_do(
    sample: Sample, tmp_path: Path, other: Mapping[str, Any], words: str
) -> None:
    clips = {"side": sample("treadmill_left_slim"), "back": sample("treadmill_back_man_drop_left_stance")}
    second = asked(clips[other["video"]], "Walk 2", **{name: v for name, v in other.items() if name != "video"})
    with pytest.raises(UsageError, match=words):
        join_videos(
            videos=[asked(clips["side"], "Walk 1"), second],
            folder=str(tmp_path / "visit" / "result"),
            options={},
            stage=lambda _step: lambda _done, _total: None,
        )


def test_folders_of_unknown_visits_are_deleted(tmp_path: Path) -> None:
    home = Home(root=tmp_path)
    home.prepare()
    for number in ("a", "b"):
        home.visit_result(number * 32).mkdir()
    home.clear_orphans(set(), {"a" * 32})
    assert [path.name for path in home.visits.iterdir()] == ["a" * 32]


def test_corrections_of_all_videos_are_one_file(tmp_path: Path) -> None:
    known = {"format": "gaitlab corrections", "version": 1}
    walk = tmp_path / "walk.json"
    walk.write_text(json.dumps({**known, "videos": [{"stem": "walk_1", "changes": []}]}), encoding="utf-8")
    test = tmp_path / "test.json"
    test.write_text(
        json.dumps({**known, "videos": [], "repetitions": [{"video": "squat_1", "change": "swap_sides"}]}),
        encoding="utf-8",
    )
    (tmp_path / "shared").mkdir()
    file = write_corrections([walk, tmp_path / "none.json", test], tmp_path / "shared")
    assert file is not None
    together = json.loads(Path(file).read_text(encoding="utf-8"))
    assert together["format"] == "gaitlab corrections"
    assert [video["stem"] for video in together["videos"]] == ["walk_1"]
    assert [change["video"] for change in together["repetitions"]] == ["squat_1"]
    assert write_corrections([tmp_path / "none.json"], tmp_path / "shared") is None


def test_an_overlay_that_exists_is_copied_and_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, folder = tmp_path / "earlier", tmp_path / "together"
    for place in (earlier, folder):
        place.mkdir()
    (earlier / "overlay.mp4").write_bytes(b"as it was")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it must not be drawn")

    for name in ("write_overlay", "write_html", "write_pdf"):
        monkeypatch.setattr(write, name, never if name == "write_overlay" else lambda *_, **__: None)
    for name in ("people_stills", "portraits_of", "refused_frames", "key_frames"):
        monkeypatch.setattr(write, name, lambda *_, **__: [])
    for name in ("report_content", "report_figures"):
        monkeypatch.setattr(write, name, lambda _: {})
    walk: Any = SimpleNamespace(refusal=None, video=SimpleNamespace(stem="walk"))
    walk.clips = (walk,)
    write.write_reports(walk, folder, videos=[tmp_path / "walk.mp4"], drawn={"walk": earlier / "overlay.mp4"})
    assert (folder / "overlay.mp4").read_bytes() == b"as it was"
