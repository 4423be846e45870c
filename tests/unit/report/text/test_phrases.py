"""Sentences of the report that are made from the numbers of an analysis."""

from __future__ import annotations

import pytest
from factories import edited, make_analysis, make_quality

from gaitlab.analysis.quality_json import quality_to_dict
from gaitlab.gait.event_detectors import EVENT_DETECTORS, WITHOUT_TOES
from gaitlab.report.text.content import report_content
from gaitlab.report.text.phrases import quality_value, stride_sentence
from gaitlab.schema.messages.event_sources import EVENT_SOURCES, detection_sentence, event_source_words


@pytest.mark.parametrize(("in_part", "words"), [(0, ""), (1, " and 1 seen in part")])
def test_strides_cut_by_an_edge_are_counted_apart(in_part: int, words: str) -> None:
    analysis = make_analysis()
    cycles = analysis.cycles.assign(used=True, whole=True)
    cycles.loc[cycles.index[cycles["side"] == "left"][:in_part], "whole"] = False
    left, right = ((cycles["side"] == side).sum() for side in ("left", "right"))
    expected = f"Based on {left - in_part} left and {right} right strides{words}."
    assert stride_sentence(edited(analysis, cycles=cycles)) == expected


@pytest.mark.parametrize(
    ("name", "value", "label", "text"),
    [
        ("toes_out_pct", 0.0, "Frames with the toes outside the image", "0 %"),
        ("events_by_table", False, "Events from a table", "no"),
        ("vertical_uncertainty_deg", 0.626, "Uncertainty of the vertical", "0.6°"),
        ("legs_hidden_pct", 9.26, "Frames with a leg landmark hidden", "9 %"),
        ("stride_time_s", 1.1034, "Stride time", "1.10 s"),
        ("camera_roll_deg", -0.01, "Camera roll, clockwise", "0.0°"),
        ("person_height_px", float("nan"), "Person's height in the image", "–"),
    ],
)
def test_a_quality_value_has_a_label_and_no_more_decimals_than_are_known(
    name: str, value: object, label: str, text: str
) -> None:
    assert quality_value(name, value) == (label, text)


def test_each_entry_of_the_quality_box_has_a_name_that_a_reader_knows() -> None:
    quality = quality_to_dict(make_quality(toes_out_pct=0.0, events_by_table=False))
    labels = [quality_value(name, value)[0] for name, value in quality.items() if isinstance(value, float | bool | str)]
    assert not [label for label in labels if label.endswith(" out") or label.startswith("Events by")]


def test_each_detector_has_words_for_the_table_and_the_methods() -> None:
    for code in (*EVENT_DETECTORS, WITHOUT_TOES, "foot_roll", "corrected", "file"):
        known = EVENT_SOURCES[code]
        assert known.words
        assert known.heel_strike or known.toe_off
    assert detection_sentence("heel_strike", []) == ""
    assert "foot_pitch" not in detection_sentence("toe_off", ["foot_pitch", "consensus"])
    assert "Zeni et al. 2008" in detection_sentence("heel_strike", ["consensus"])


def test_the_events_of_a_report_have_no_code_as_their_source() -> None:
    analysis = make_analysis()
    events = analysis.events.assign(source="foot_roll + consensus (depth) + body height")
    table = report_content(edited(analysis, events=events)).events
    assert {row[-1] for row in table.rows} == {event_source_words("foot_roll + consensus (depth) + body height")}
    assert "_" not in table.rows[0][-1]
