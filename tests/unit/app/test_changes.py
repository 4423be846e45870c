"""The order in which changes of a walk are shown."""

from __future__ import annotations

import pytest

from gaitlab.app.changes import painful_first


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
    assert [f"{row['label']} {row['side']}" for row in painful_first(rows, painful_side)] == order
