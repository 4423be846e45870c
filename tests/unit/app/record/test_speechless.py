"""Codes decide and words inform: with every word of the lists replaced, the record has the same structure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import example

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.changes import entered_changes
from gaitlab.app.record.items import Item, ValueField
from gaitlab.app.record.red_flags import find_red_flags
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import RecordText


def speechless(catalogue: Catalogue) -> Catalogue:
    """Return the lists with every title and sentence replaced by one letter."""

    def field(one: ValueField) -> ValueField:
        return replace(one, title=one.title and "x", choices=tuple(replace(c, title="x") for c in one.choices))

    def item(one: Item) -> Item:
        return replace(one, title="x", how="", fields=tuple(map(field, one.fields)))

    lists = tuple(replace(one, title="x", note="", items=tuple(map(item, one.items))) for one in catalogue.lists)
    return replace(catalogue, lists=lists)


def structure(text: RecordText) -> list[object]:
    """Return how many of everything there is, and what decides."""
    blocks = [block for section in text.sections for block in section.blocks]
    rows = [(row.values, row.gap, row.called, row.outside) for block in blocks for row in block.rows]
    return [
        [line.label for line in text.in_short],
        bool(text.alert),
        [(section.origin, len(section.blocks)) for section in text.sections],
        [(block.origin, len(block.rows), len(block.lines)) for block in blocks],
        repr(rows),
        text.sources,
    ]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_no_word_of_a_list_decides(catalogue: Catalogue) -> None:
    patient = example()
    first, second = patient.visits
    spoken = summary_text(catalogue, patient, second, before=first)
    silent = summary_text(speechless(catalogue), patient, second, before=first)
    assert structure(silent) == structure(spoken)


def test_no_word_of_a_list_decides_on_a_change_or_a_red_flag(catalogue: Catalogue) -> None:
    patient = example()
    both = [
        [(c.item, c.variant, c.side, c.kind, c.mark) for c in entered_changes(lists, patient, *patient.visits)]
        for lists in (catalogue, speechless(catalogue))
    ]
    assert both[0] == both[1]
    flags = [find_red_flags(lists, patient.visits[0]).present for lists in (catalogue, speechless(catalogue))]
    assert [flag.item for flag in flags[0]] == [flag.item for flag in flags[1]]
