"""The order in which changes of a walk are shown, and where its strides are in the video."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitlab.app.changes import painful_side_first, played_strides


@pytest.mark.parametrize(
    ("painful_side", "order"),
    [
        ("right", ["hip right", "hip left", "cadence both", "step right", "step left"]),
        ("left", ["hip left", "hip right", "cadence both", "step left", "step right"]),
        ("", ["hip left", "hip right", "cadence both", "step left", "step right"]),
    ],
)
def test_the_painful_side_of_each_measure_is_first(painful_side: str, order: list[str]) -> None:
    given = ("hip left", "hip right", "cadence both", "step left", "step right")
    rows = [dict(zip(("label", "side"), words.split(), strict=True)) for words in given]
    assert [f"{row['label']} {row['side']}" for row in painful_side_first(rows, painful_side)] == order


def test_strides_of_slow_motion_are_where_its_video_shows_them(tmp_path: Path) -> None:
    rows = "side,start_s,end_s,used\nleft,0.5,1.5,True\nright,1.0,2.0,False\n"
    (tmp_path / "cycles.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "summary.json").write_text('{"video": {"time_scale": 0.25}}', encoding="utf-8")
    assert played_strides(tmp_path) == [{"side": "left", "start": 2.0, "end": 6.0}]
