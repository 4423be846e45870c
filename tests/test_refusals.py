"""A refusal shows why: one cause, one thing to do, and what was found all the same."""

from __future__ import annotations

from typing import get_args

import pytest

from gaitlab.errors import CAUSES, NothingMeasurableError, RefusalCode

CODES = get_args(RefusalCode)


@pytest.mark.parametrize("code", CODES)
def test_each_cause_has_a_sentence_and_one_advice(code: RefusalCode) -> None:
    cause = CAUSES[code]
    assert cause.reason.endswith(".")
    assert cause.advice.endswith(".")
    assert "--" not in cause.reason + cause.advice, "the page shows it: no option of the command line"
    assert cause.advice not in {CAUSES[c].reason for c in CODES}
    told = str(NothingMeasurableError(code=code))
    assert told.startswith(f"{cause.reason} {cause.advice}")
    assert cause.option in told


def test_the_table_of_causes_is_complete() -> None:
    assert set(CAUSES) == set(CODES)


def test_what_was_seen_in_the_video_stands_in_place_of_the_usual_sentence() -> None:
    error = NothingMeasurableError("The person runs, at 170 steps per minute.", code="running")
    assert error.code == "running"
    assert str(error) == "The person runs, at 170 steps per minute. Film the person walking."
