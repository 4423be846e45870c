"""The first screen in words: every combination of two sides and their difference has its result, and no other."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, get_args

import pytest
from factories import edited, make_analysis
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.report.text.answers import RESULT_LEVELS, RESULT_WORDS, ResultCode, answers_of, result_of
from gaitlab.report.text.headline import headline
from gaitlab.report.text.hip_panel import PanelCell, hip_panel
from gaitlab.report.text.quantities import QUESTIONS
from gaitlab.report.text.verdict import LEVELS, VerdictCode
from gaitlab.schema import opposite

NUMBER_CODES: tuple[VerdictCode, ...] = (
    "within",
    "outside",
    "borderline",
    "within_error",
    "wide",
    "one_stride",
    "no_reference",
)
DIFFERENCE_CODES: tuple[VerdictCode, ...] = ("even", "uneven", "uneven_within_error", "one_event", "one_stride", "wide")

CASES = [
    # right, left, right against left: result and the side that it names
    (("outside", "within", "uneven"), ("outside_uneven", "right")),
    (("within", "outside", "even"), ("outside_one", "left")),
    (("outside", "outside", "even"), ("outside_both", None)),
    (("outside", "outside", "uneven"), ("outside_both", None)),
    (("within", "within", "uneven"), ("uneven", "right")),
    (("no_reference", "no_reference", "uneven"), ("uneven", "right")),
    (("borderline", "within", "even"), ("borderline", "right")),
    (("within", "within", "uneven_within_error"), ("uneven_within_error", None)),
    (("within", "within", "one_event"), ("one_event", None)),
    (("one_stride", "within", "even"), ("one_stride", None)),
    (("within", "within", "one_stride"), ("one_stride", None)),
    (("within", "within", "even"), ("normal", None)),
    (("wide", "wide", "even"), ("even", None)),
    (("no_reference", "no_reference", "even"), ("even", None)),
    (("within", "within", "wide"), ("inconclusive", None)),
    (("wide", "within", "wide"), ("inconclusive", None)),
]


def cell(side: Any, code: VerdictCode, *, below: bool = True) -> PanelCell:
    return PanelCell(
        side=side,
        estimate=1.0,
        uncertainty=1.0,
        unit="deg",
        value="1 ± 1°",
        compared_with="reference" if side else "side",
        reference="",
        short_reference="",
        code=code,
        below=below,
        verdict="",
    )


def result(right: Any, left: Any, between: Any, **options: bool) -> tuple[ResultCode, Any]:
    return result_of([cell("right", right), cell("left", left)], cell(None, between), **options)


@pytest.mark.parametrize(("codes", "expected"), CASES)
def test_two_sides_and_their_difference_come_to_one_result(codes: tuple[Any, ...], expected: tuple[str, Any]) -> None:
    assert result(*codes) == expected


def test_a_difference_that_is_told_from_more_names_the_other_side() -> None:
    assert result("within", "within", "uneven", names_more=True) == ("uneven", "left")


@pytest.mark.parametrize("codes", list(product(NUMBER_CODES, NUMBER_CODES, DIFFERENCE_CODES)))
def test_something_is_called_exactly_where_a_part_of_it_is(codes: tuple[VerdictCode, ...]) -> None:
    code, _ = result(*codes)
    called = any(LEVELS[one] == "deviates" for one in codes)
    assert (RESULT_LEVELS[code] == "deviates") == called
    if RESULT_LEVELS[code] == "usual":
        assert codes[2] == "even"


@given(st.sampled_from(NUMBER_CODES), st.sampled_from(NUMBER_CODES), st.sampled_from(DIFFERENCE_CODES), st.booleans())
def test_mirrored_sides_exchange_the_named_side_alone(right: Any, left: Any, between: Any, right_less: bool) -> None:
    numbers = [cell("right", right), cell("left", left)]
    mirrored = [cell("left", right), cell("right", left)]
    code, side = result_of(numbers, cell(None, between, below=right_less))
    other_code, other_side = result_of(mirrored, cell(None, between, below=not right_less))
    assert code == other_code
    assert other_side == (None if side is None else opposite(side))


def test_every_result_has_words_and_a_level() -> None:
    assert set(RESULT_WORDS) == set(RESULT_LEVELS) == set(get_args(ResultCode))


def answers(analysis: Any) -> Any:
    return answers_of(analysis, hip_panel(analysis))


def test_the_questions_keep_their_order_whatever_was_filmed() -> None:
    for one in (make_analysis(), make_analysis(given=(), referenced=())):
        assert [answer.question for answer in answers(one)] == list(QUESTIONS)


def test_a_stiff_hip_is_the_first_thing_said_and_normal_results_are_said_as_well() -> None:
    said = answers(make_analysis())
    extension = said[0].lines[0]
    assert extension.values == (("right", "7°"), ("left", "19°"))
    assert (extension.error, extension.difference, extension.reference) == ("± 4°", "right 12° less ± 4°", "13–25°")
    assert (extension.code, extension.words) == ("outside_uneven", "right reduced, less than left")
    words = headline(said)
    assert words.startswith(
        "Right hip extension is 12° less than left (± 4°); the right 7° lies outside the reference range (13 to 25°)."
    )
    assert "Normal: " in words
    assert words.endswith("Not measured: pelvis and trunk.")


def test_each_number_of_the_first_table_has_its_unit() -> None:
    analysis = make_analysis()
    units = {"stance": r" %", "step_time": r" s", "cadence": r" steps/min", "hip_extension": "°"}
    lines = {line.key: line for answer in answers_of(analysis, hip_panel(analysis)) for line in answer.lines}
    for key, unit in units.items():
        line = lines[key]
        assert all(text.endswith(unit) for _, text in line.values), key
        assert re.fullmatch(rf"± [\d.]+{unit}", line.error), key
        assert not line.reference or line.reference.endswith(unit), key
        if line.difference:
            assert re.search(r"± [\d.]+(°| %| s| steps/min)$", line.difference), key


def test_a_difference_that_hangs_on_one_event_is_inconclusive() -> None:
    analysis = make_analysis()
    table = analysis.spatiotemporal.copy()
    row = table["parameter"] == "step_time_asymmetry_pct"
    table.loc[row, ["value", "uncertainty", "code"]] = (-10.2, 6.0, "one_event_decides")
    line = answers(edited(analysis, spatiotemporal=table))[2].lines[1]
    assert (line.level, line.words) == ("unsure", "inconclusive: depends on one foot contact")
