"""Which values of a test the record has."""

from __future__ import annotations

from gaitlab.record.measured_rows import whole_test_rows


def row(measure: str, repetition: str = "", side: str = "right", note: str = "") -> dict[str, str]:
    return {"task": "t", "measure": measure, "repetition": repetition, "side": side, "note": note}


def test_a_test_with_values_as_a_whole_has_those_only() -> None:
    best, single = row("hip_flexion_trunk_peak_best_deg"), row("hip_flexion_trunk_peak_deg", "1")
    assert whole_test_rows([single, best]) == [best]


def test_a_stance_has_the_first_of_each_side_with_its_reading() -> None:
    rows = [
        row("foot_off_s", "1"),
        row("trendelenburg_reading", "1", note="lost"),
        row("trendelenburg_reading", "2", "left", note="elevated_held"),
        row("trendelenburg_reading", "3", note="elevated_held"),
    ]
    assert [(one["side"], one["note"]) for one in whole_test_rows(rows)] == [
        ("right", "lost"),
        ("left", "elevated_held"),
    ]


def test_a_table_without_rows_has_none() -> None:
    assert whole_test_rows([]) == []
