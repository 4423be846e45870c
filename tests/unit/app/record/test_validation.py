"""What may be entered, and what a therapist reads where it may not."""

from __future__ import annotations

from datetime import datetime

import pytest

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.entries import Entry, latest
from gaitlab.app.record.validation import checked_entry, read_entry
from gaitlab.errors import UsageError

WHEN = datetime(2026, 11, 30, 9, 5)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize(
    ("item", "side", "variant", "text", "value"),
    [
        ("rom.hip_flexion", "left", "active", "112", 112.0),
        ("rom.hip_extension", "right", "passive", "−5", -5.0),
        ("strength.hip_abduction", "right", "n_per_kg", "1,85", 1.85),
        ("strength.hip_abduction", "left", "mmt", "4-", "4-"),
        ("palpation.greater_trochanter", "right", "", "3", 3.0),
        ("special.fadir", "left", "", "positive", "positive"),
        ("history.words", "", "", " stiff in the morning ", "stiff in the morning"),
        ("outcome.lefs", "", "", "55", 55.0),
    ],
)
def test_what_is_typed_becomes_an_entry(
    catalogue: Catalogue, item: str, side: str, variant: str, text: str, value: object
) -> None:
    entry = read_entry(catalogue, item=item, side=side, variant=variant, text=text, entered_at=WHEN)
    assert (entry.item, entry.side, entry.variant, entry.value) == (item, side, variant, value)


@pytest.mark.parametrize(
    ("item", "side", "variant", "text", "words"),
    [
        ("rom.hip_flexion", "left", "active", "170", "Flexion, active: 170 is not possible; allowed is -30 to 160°."),
        ("rom.hip_flexion", "left", "active", "much", "Flexion, active: 'much' is not a number"),
        ("rom.hip_flexion", "", "active", "90", "the side is not given; allowed is left and right"),
        ("rom.hip_flexion", "both", "active", "90", "the side is 'both'"),
        ("pain.nprs", "left", "rest", "2", "allowed is no side"),
        ("pain.nprs", "", "rest", "2.5", "not on the scale; allowed is 0 to 10 points in whole numbers"),
        ("pain.nprs", "", "rest", "nan", "is not a number"),
        ("special.fadir", "left", "", "maybe", "allowed is negative or positive or unclear"),
        ("history.words", "", "", "  ", "nothing is entered"),
        ("history.words", "", "", "a\u202eb", "control character"),
        ("history.words", "", "", "x" * 2001, "allowed are 2000"),
    ],
)
def test_what_is_not_allowed_is_a_sentence(
    catalogue: Catalogue, item: str, side: str, variant: str, text: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_entry(catalogue, item=item, side=side, variant=variant, text=text, entered_at=WHEN)
    assert words in str(caught.value)


def test_a_note_is_checked_as_a_text(catalogue: Catalogue) -> None:
    entry = Entry(item="outcome.lefs", value=50.0, note="\x00", entered_at=WHEN)
    with pytest.raises(UsageError, match="control character"):
        checked_entry(catalogue, entry)


def test_a_text_where_a_number_belongs_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="'50' is not a number"):
        checked_entry(catalogue, Entry(item="outcome.lefs", value="50", entered_at=WHEN))


def test_the_last_entry_of_a_value_counts() -> None:
    later = datetime(2026, 11, 30, 9, 7)
    first = Entry(item="pain.nprs", variant="rest", value=2.0, entered_at=WHEN)
    other = Entry(item="pain.nprs", variant="worst", value=7.0, entered_at=WHEN)
    second = Entry(item="pain.nprs", variant="rest", value=3.0, entered_at=later)
    assert latest((second, first, other)) == (second, other)
