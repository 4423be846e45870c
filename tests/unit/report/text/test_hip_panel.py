"""The hip panel and the finding: which side, how much, is it more than the error, what was not measured."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from factories import edited, make_analysis
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.analysis.findings import collect_findings
from gaitlab.gait.corrections import Correction
from gaitlab.report.text.content import report_content
from gaitlab.report.text.corrected import corrections_table
from gaitlab.report.text.headline import analysis_headline
from gaitlab.report.text.hip_panel import PanelItem, hip_panel
from gaitlab.report.text.verdict import ReferenceRange, against_reference, between_sides, difference_text, norm_of
from gaitlab.schema.messages.remarks import withheld

KEYS = (
    "hip_extension",
    "hip_rom",
    "pelvic_drop_excursion",
    "pelvic_drop",
    "trunk_lean",
    "stance",
    "step_time",
    "step_length",
    "cadence",
    "speed",
)
NAN = float("nan")


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis()


def changed(analysis: Any, **values: tuple[str, float, float]) -> Any:
    """Change value and uncertainty of rows, each named by parameter and side."""
    table = analysis.spatiotemporal.copy()
    for parameter, (side, value, uncertainty) in values.items():
        mine = (table["parameter"] == parameter) & (table["side"] == side)
        assert mine.sum() == 1
        table.loc[mine, ["value", "uncertainty"]] = (value, uncertainty)
    return edited(analysis, spatiotemporal=table)


def item(analysis: Any, key: str) -> PanelItem:
    return next(one for one in hip_panel(analysis) if one.key == key)


@pytest.mark.parametrize(
    ("value", "uncertainty", "level", "words"),
    [
        (6, 3, "deviates", "12° less extension than the reference, more than the uncertainty"),
        (31, 3, "deviates", "13° more extension than the reference, more than the uncertainty"),
        (
            7,
            4,
            "unsure",
            "11° less extension than the reference; outside the reference range, but by less than the uncertainty",
        ),
        (7, 12, "unsure", "11° less extension than the reference, less than the uncertainty"),
        (11, 6, "usual", "within the reference range"),
        (18, 13, "unsure", "inconclusive: the uncertainty is wider than the reference range"),
        (2, NAN, "unsure", "one stride only: uncertainty not known"),
    ],
)
def test_a_number_is_judged_against_the_reference(value: float, uncertainty: float, level: str, words: str) -> None:
    usual = ReferenceRange(mean=18, sd=4)
    verdict = against_reference(value, uncertainty, usual, less="less extension", more="more extension", unit="deg")
    assert (verdict.level, verdict.words) == (level, words)


@pytest.mark.parametrize(
    ("difference", "uncertainty", "level", "words"),
    [
        (-11.6, 4.1, "deviates", "more than the uncertainty"),
        (6.0, 8.0, "unsure", "less than the uncertainty"),
        (4.5, 4.0, "usual", "within the normal asymmetry"),
        (0.4, 4.0, "usual", "no difference beyond the uncertainty"),
        (0.4, 9.0, "unsure", "inconclusive: the uncertainty is larger than the normal asymmetry"),
        (-11.6, NAN, "unsure", "one stride only: uncertainty not known"),
    ],
)
def test_a_difference_between_the_sides_is_judged(
    difference: float, uncertainty: float, level: str, words: str
) -> None:
    verdict = between_sides(difference, uncertainty, limit=5)
    assert (verdict.level, verdict.words) == (level, words)


@given(st.floats(-60, 60), st.floats(0, 30), st.floats(-30, 30), st.floats(0.1, 10))
def test_nothing_is_called_that_is_not_more_than_its_uncertainty(
    value: float, uncertainty: float, mean: float, sd: float
) -> None:
    usual = ReferenceRange(mean=mean, sd=sd)
    if against_reference(value, uncertainty, usual, less="less", more="more", unit="deg").level == "deviates":
        assert abs(value - mean) > uncertainty + 2 * sd - 1e-9
    if between_sides(value, uncertainty, limit=5).level == "deviates":
        assert abs(value) > max(uncertainty, 5)


@given(st.floats(0.6, 60), st.floats(0, 30))
def test_a_mirrored_difference_names_the_other_side(size: float, uncertainty: float) -> None:
    swap = {"left": "right", "right": "left"}
    one, other = (difference_text(sign * size, uncertainty, less="less", unit="deg") for sign in (-1, 1))
    assert other == " ".join(swap.get(word, word) for word in one.split(" "))
    assert one.startswith("right ")


def test_all_quantities_keep_their_place_whatever_is_withheld(analysis: Any) -> None:
    nothing = edited(make_analysis(given=(), referenced=()), spatiotemporal=analysis.spatiotemporal.iloc[:0])
    for one in (analysis, nothing):
        panel = hip_panel(one)
        assert tuple(row.key for row in panel) == KEYS
        assert all(bool(row.cells) != bool(row.withheld) for row in panel)


def test_the_painful_side_comes_first_then_the_other_then_their_difference(analysis: Any) -> None:
    cells = item(analysis, "hip_extension").cells
    assert [cell.side for cell in cells] == ["right", "left", None]
    assert [cell.value for cell in cells] == ["7 ± 4°", "19 ± 4°", "right 12° less than left (± 4°)"]
    assert cells[2].level == "deviates"
    left = edited(analysis, subject=SimpleNamespace(**vars(analysis.subject) | {"painful_side": None}))
    assert [cell.side for cell in item(left, "hip_extension").cells] == ["left", "right", None]


def test_peak_extension_is_compared_with_the_peak_of_its_own_reference(analysis: Any) -> None:
    mean = -float(np.min(analysis.references["hip_flexion"].mean_deg))
    cell = item(analysis, "hip_extension").cells[0]
    assert cell.usual == f"reference {mean - 6:.0f} to {mean + 6:.0f}°"
    bare = item(make_analysis(referenced=()), "hip_extension").cells[0]
    assert (bare.usual, bare.level) == ("", "no_reference")


def test_a_range_in_the_panel_is_that_of_the_table_below_it(analysis: Any) -> None:
    reported = frontal(
        analysis,
        ("hip_extension_deg", "left", 19.0, 4.0, 14.0, 22.0),
        ("hip_rom_deg", "left", 40.0, 4.0, 37.2, 43.4),
        ("pelvic_drop_deg", "left", 4.0, 3.0, 2.0, 6.0),
        ("trunk_lean_deg", "left", 1.0, 2.0, -2.5, 2.5),
    )
    content = report_content(reported)
    table = [row[-1] for row in content.spatiotemporal.rows]
    cells = [cell for one in content.panel for cell in one.cells]
    assert (
        [cell.reference.removesuffix("°") for cell in cells] == table == ["10 to 26", "34 to 46", "0 to 8", "up to 5"]
    )


def test_a_range_of_children_is_named_in_the_panel_and_in_the_table(analysis: Any) -> None:
    hip = SimpleNamespace(**vars(analysis.references["hip_flexion"]) | {"of_children": True})
    content = report_content(edited(analysis, references={"hip_flexion": hip}))
    (extension,) = (row for row in content.spatiotemporal.rows if row[0] == "Peak hip extension")
    shown = next(one for one in content.panel if one.key == "hip_extension").cells[0].reference
    assert shown.replace("°", "") == extension[-1]
    assert extension[-1].endswith(" in children")


@pytest.mark.parametrize(
    ("low", "high", "words", "short"),
    [
        (14.0, 22.0, "10 to 26°", "10–26°"),
        (5.2, 5.3, "5°", "5°"),
        (-0.1, 1.9, "−1 to 3°", "−1° to 3°"),
        (0.8, 2.9, "0 to 4°", "0–4°"),
        (-2.5, 2.5, "up to 5°", "≤5°"),
    ],
)
def test_a_range_is_written_by_what_its_ends_read(low: float, high: float, words: str, short: str) -> None:
    reference = norm_of({"norm_low": low, "norm_high": high})
    assert reference is not None
    assert (reference.words("deg"), reference.short_words("deg")) == (words, short)


def test_the_phase_of_peak_extension_is_the_measured_one(analysis: Any) -> None:
    symmetric = make_analysis(loss_deg=0.0)
    assert item(symmetric, "hip_extension").when == "end of terminal stance"
    late = make_analysis(loss_deg=0.0, boundaries={"opposite_heel_strike": 40.0})
    assert item(late, "hip_extension").when == "pre-swing"


def test_a_withheld_hip_shows_no_number_though_one_is_stored(analysis: Any) -> None:
    hidden = edited(analysis, withheld=(withheld("hip_flexion", "oblique"),))
    assert item(hidden, "hip_extension").withheld == "filmed obliquely"
    assert item(hidden, "hip_extension").cells == ()
    assert "extension" not in analysis_headline(hidden)


def frontal(analysis: Any, *rows: tuple[str, str, float, float, float, float]) -> Any:
    table = pd.DataFrame(
        [(name, side, value, plus, "deg", low, high, "") for name, side, value, plus, low, high in rows],
        columns=["parameter", "side", "value", "uncertainty", "unit", "norm_low", "norm_high", "note"],
    ).assign(code="")
    return edited(analysis, spatiotemporal=table, withheld=())


@pytest.mark.parametrize(
    ("drop", "lean", "levels", "ending"),
    [
        (15.0, 1.0, ("deviates", "usual"), "Trendelenburg sign, not compensated by a trunk lean."),
        (15.0, 9.0, ("deviates", "deviates"), "Trendelenburg sign, partly compensated by the trunk lean."),
        (4.0, 9.0, ("usual", "deviates"), "Duchenne sign: trunk lean without an increased pelvic drop."),
    ],
)
def test_pelvis_and_trunk_are_named_together(
    analysis: Any, drop: float, lean: float, levels: tuple[str, str], ending: str
) -> None:
    reported = frontal(
        analysis, ("pelvic_drop_deg", "right", drop, 3.0, 2.0, 6.0), ("trunk_lean_deg", "right", lean, 2.0, -2.5, 2.5)
    )
    reported = edited(
        reported, findings=collect_findings(reported.deviations.iloc[:0], reported.spatiotemporal, {}, "right")
    )
    assert tuple(item(reported, key).cells[0].level for key in ("pelvic_drop", "trunk_lean")) == levels
    assert item(reported, "pelvic_drop").cells[0].usual == "reference 0 to 8°"
    assert item(reported, "trunk_lean").cells[0].usual == "reference up to 5°"
    assert ending in analysis_headline(reported)


def test_a_lean_away_from_the_stance_leg_is_called_by_its_direction(analysis: Any) -> None:
    reported = frontal(analysis, ("trunk_lean_deg", "left", -9.0, 2.0, -2.5, 2.5))
    assert "The trunk leans away from the stance leg in left stance: 9° (± 2°" in analysis_headline(reported)


def test_a_lean_within_its_uncertainty_of_the_limit_is_no_finding(analysis: Any) -> None:
    reported = frontal(analysis, ("trunk_lean_deg", "left", 5.3, 3.0, -2.5, 2.5))
    assert "leans over" not in analysis_headline(reported)
    assert item(reported, "trunk_lean").cells[0].level == "unsure"


def test_an_oblique_view_says_first_that_nothing_was_measured(analysis: Any) -> None:
    nothing = make_analysis(given=(), referenced=())
    times = edited(nothing, spatiotemporal=analysis.spatiotemporal.query("unit != 'deg'"))
    assert analysis_headline(times).startswith("Not measured: hip motion")


def test_one_stride_is_never_called(analysis: Any) -> None:
    single = analysis.spatiotemporal.assign(uncertainty=math.nan)
    reported = edited(analysis, spatiotemporal=single, deviations=analysis.deviations.iloc[:0], findings=())
    assert not [c for row in hip_panel(reported) for c in row.cells if c.level == "deviates"]
    assert analysis_headline(reported).startswith(
        "No number is certain enough to be compared. Inconclusive: hip motion"
    )


def test_corrections_are_a_table_with_old_and_new_times_and_who_made_them(analysis: Any) -> None:
    changes = (
        Correction(
            kind="moved", side="left", event="heel_strike", old_s=1.234, new_s=1.267, at="2026-11-24T20:40:00Z", by="AB"
        ),
        Correction(kind="excluded", side="right", event="stride", old_s=2.5),
    )
    table = corrections_table(changes)
    assert table is not None
    assert table.rows == (
        ("Heel strike moved", "Left", "1.234 s", "1.267 s", "2026-11-24 20:40:00 UTC", "AB"),
        ("Stride excluded", "Right", "2.500 s", "–", "–", "–"),
    )
    assert report_content(edited(analysis, corrections=changes)).corrections == table
    assert report_content(analysis).corrections is None
