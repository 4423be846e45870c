"""The difference of the sides in words."""

from __future__ import annotations

import pytest

from gaitlab.app.record.items import Choice, ValueField
from gaitlab.app.record.side_rows import difference_words

GRADES = tuple(Choice(code=code, title=code) for code in ("3", "4", "5"))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (ValueField(kind="scale", high=3, better="lower"), "left 1 more"),
        (ValueField(kind="choice", choices=GRADES, better="higher"), "right less"),
        (ValueField(kind="choice", choices=GRADES), ""),
    ],
)
def test_grades_of_the_sides_are_compared_where_one_is_better(field: ValueField, words: str) -> None:
    assert difference_words(("left", "right"), 2.0, 1.0, field) == words
