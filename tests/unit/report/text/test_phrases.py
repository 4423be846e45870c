"""Sentences of the report that are made from the numbers of an analysis."""

from __future__ import annotations

import pytest
from factories import edited, make_analysis

from gaitlab.report.text.phrases import stride_sentence


@pytest.mark.parametrize(("in_part", "words"), [(0, ""), (1, " and 1 seen in part")])
def test_strides_cut_by_an_edge_are_counted_apart(in_part: int, words: str) -> None:
    analysis = make_analysis()
    cycles = analysis.cycles.assign(used=True, whole=True)
    cycles.loc[cycles.index[cycles["side"] == "left"][:in_part], "whole"] = False
    left, right = ((cycles["side"] == side).sum() for side in ("left", "right"))
    expected = f"Based on {left - in_part} left and {right} right strides{words}."
    assert stride_sentence(edited(analysis, cycles=cycles)) == expected
