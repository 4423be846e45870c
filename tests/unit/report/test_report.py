"""The report: every number is in it, what is withheld is not, it is whole in itself, and it opens in a browser."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from factories import edited, make_analysis, make_quality
from hypothesis import given
from hypothesis import strategies as st
from pages import Page

from gaitlab.cli.console import summary_lines
from gaitlab.report import write_figures, write_html
from gaitlab.report.figures import report_figures
from gaitlab.report.html.page import render_html
from gaitlab.report.html.page_data import page_data
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.text import phrases
from gaitlab.report.text.content import report_content
from gaitlab.report.text.recording import quality_lines, recording_of
from gaitlab.schema import MEASURES
from gaitlab.schema.messages.numbers import NOT_GIVEN, number
from gaitlab.schema.messages.remarks import withheld

mpl.use("Agg")


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis()


def test_each_phase_value_stands_in_its_table_with_its_uncertainty(analysis: Any) -> None:
    table = report_content(analysis).phases[0]
    row = analysis.phases.query("measure == 'hip_flexion' and side == 'right' and phase == 'pre_swing'").iloc[0]
    cells = next(r for r in table.rows if r[0] == "Pre-swing")
    assert cells[6] == f"{row['mean']:.1f} ± 3.0".replace("-", "−")
    assert cells[10] == f"{row['deviation']:+.1f}"
    assert (table.rows.index(cells), 10) in table.strong
    assert "Right: 10 deg more flexed than the reference." in table.notes


def test_a_measure_without_reference_has_no_difference_column(analysis: Any) -> None:
    table = next(t for t in report_content(analysis).phases if t.caption == "Hip (thigh to trunk)")
    assert table.head == ("Phase", *2 * ("Mean ± U", "SD", "Range"))
    assert "No reference data are available for this definition." in table.notes


def test_withheld_values_are_in_no_table_and_no_figure_even_when_they_are_stored() -> None:
    full = make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES))
    held_back = tuple(withheld(measure, "hip_line") for measure in ("pelvic_drop", "hip_adduction"))
    estimate = {"source": "landmarks", "status": "withheld", "code": "hip_line", "uncertainty_deg": 5.0}
    estimate |= {"shape_uncertainty_deg": 4.0, "quality": {}, "pelvic_drop_deg": [{"mean": 3.77}]}
    estimate |= {"zero": {"source": "hip line", "uncertainty_deg": 3.0, "explanation": ""}}
    quality = make_quality(full.quality, pelvis_estimate=estimate)
    hidden = edited(full, withheld=held_back, quality=quality)
    content = report_content(hidden)
    hidden_labels = {"Pelvic drop (other side down)", "Hip adduction"}
    assert {t.caption for t in content.phases} == {m.label for m in MEASURES.values()} - hidden_labels
    assert content.scores is not None
    assert not any("Pelvic" in row[0] for row in content.scores.rows)
    assert not {"pelvic_drop", "hip_adduction"} & set(report_figures(hidden))
    assert "3.77" not in Page(render_html(hidden)).text
    assert not {"pelvic_drop", "hip_adduction"} & set(page_data(hidden, [None])["measures"])
    assert content.withheld[0].measures == "Pelvic drop (other side down), Hip adduction"
    assert content.withheld[0].reason.startswith("Not reliable: ")


def test_a_value_is_marked_only_beyond_two_sd_and_its_uncertainty(analysis: Any) -> None:
    table = analysis.spatiotemporal.copy()
    table.loc[table["parameter"] == "stance_pct", ["value", "norm_low", "norm_high"]] = (50.0, 58.0, 67.0)
    table.loc[table["parameter"] == "stance_pct", "uncertainty"] = [2.5, 4.0]
    content = report_content(edited(analysis, spatiotemporal=table)).spatiotemporal
    row = next(i for i, r in enumerate(content.rows) if r[0] == "Stance")
    assert content.rows[row][1:3] == ("50.0 ± 2.5 % (low)", "50.0 ± 4.0 %")
    assert {cell for cell in content.strong if cell[0] == row} == {(row, 1)}


def test_the_same_analysis_gives_the_same_bytes(analysis: Any, tmp_path: Path) -> None:
    first, second = write_html(analysis, tmp_path / "a"), write_html(analysis, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "analysis",
    [
        pytest.param(make_analysis(given=(), referenced=()), id="nothing-given"),
        pytest.param(make_analysis(referenced=()), id="no-reference"),
        pytest.param(make_analysis(given=("pelvic_drop",), referenced=("pelvic_drop",), view="back"), id="one-measure"),
        pytest.param(edited(make_analysis(), findings=(), warnings=(), withheld=()), id="nothing-to-say"),
    ],
)
def test_a_report_can_be_made_of_little(analysis: Any, tmp_path: Path) -> None:
    page = Page(write_html(analysis, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert phrases.DISCLAIMER in page.text
    write_figures(analysis, tmp_path / "figures")


def test_an_empty_table_read_back_without_columns_is_no_trouble(analysis: Any) -> None:
    assert report_content(edited(make_analysis(referenced=()), deviations=pd.DataFrame())).scores is None


def test_the_figures_are_png_files_with_their_documented_names(analysis: Any, tmp_path: Path) -> None:
    written = write_figures(analysis, tmp_path / "figures")
    names = {path.name for path in written}
    assert names == {
        *(f"{m}.png" for m in ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward", "kinematics")),
        *("deviation_map.png", "partial_gvs.png", "events.png"),
    }
    assert all(mpl.image.imread(path).std() > 0.01 for path in written)


@pytest.mark.parametrize(
    ("view", "treadmill", "expected"),
    [
        ("right", False, "Filmed from the side, right side facing the camera, overground."),
        ("back", True, "Filmed from behind, on a treadmill."),
        ("front", None, "Filmed from the front, treadmill or overground not determined."),
        ("standing", None, "Filmed standing; no walking was found."),
    ],
)
def test_it_says_how_the_walk_was_filmed(analysis: Any, view: str, treadmill: bool | None, expected: str) -> None:
    seen = SimpleNamespace(view=view, facing=0, treadmill=treadmill, explanation="")
    assert phrases.filmed_sentence(edited(analysis, view=seen)) == expected


@pytest.mark.parametrize(
    ("parameter", "label"),
    [
        ("speed_mps", "Walking speed"),
        ("step_time_asymmetry_pct", "Step time asymmetry"),
        ("stance_asymmetry_pct", "Stance asymmetry"),
        ("step_length_legs", "Step length"),
        ("something_new_deg", "Something new"),
    ],
)
def test_parameters_have_names_for_readers(parameter: str, label: str) -> None:
    assert phrases.parameter_label(parameter) == label


@given(st.floats(allow_nan=True, allow_infinity=False, width=32), st.integers(0, 3))
def test_a_printed_number_reads_back(value: float, decimals: int) -> None:
    printed = number(value, decimals)
    if np.isnan(value):
        assert printed == NOT_GIVEN
    else:
        assert float(printed.replace("−", "-")) == pytest.approx(value, abs=0.5001 * 10**-decimals)
        assert printed not in ("-0", "−0", "−0.0")


SPOILT: dict[str, Any] = {
    "frames_used_pct": 41.0,
    "frames_with_person_pct": 98.0,
    "frames": 200,
    "strides_left_out": [
        {"side": "left", "start_s": 0.4, "reason": "turning"},
        {"side": "right", "start_s": 0.9, "reason": "turning"},
        {"side": "right", "start_s": 2.0, "reason": "differs from the others"},
    ],
    "time_base": {
        "kind": "variable",
        "rate_hz": 240.0,
        "time_scale": 0.125,
        "capture_rate_source": "given",
        "dropped_frames": 9,
        "duplicated_frames": 0,
        "distinct_rate_hz": 120.0,
        "interlaced": True,
    },
    "people": {
        "count": 2,
        "chosen": 2,
        "chosen_by": "walker",
        "sentence": "",
        "persons": [
            {"number": 1, "sentence": "stands", "box": [1, 2, 3, 4], "time_s": 0.4},
            {"number": 2, "sentence": "walks", "box": [1, 2, 3, 4], "time_s": 0.4},
        ],
        "cuts": [],
    },
    "camera": {"kinds": ["shaken"], "shake_px": 6.1, "travel_px": 14.2, "sentence": "The camera shook."},
    "light": {"verdicts": ["dark"]},
    "passes": [
        {"number": 1, "start_s": 0.2, "end_s": 3.0, "view": "left", "off_axis_deg": 4.0, "direction": "to the left"}
        | {"strides_left": 2, "strides_right": 3, "used": True, "reason": ""},
        {
            "number": 2,
            "start_s": 4.0,
            "end_s": 5.0,
            "view": "oblique",
            "off_axis_deg": None,
            "direction": "at an angle to the camera",
        }
        | {"strides_left": 1, "strides_right": 0, "used": False, "reason": "oblique"},
    ],
    "gait": "walking",
    "advice": ["Put the phone on a tripod.", "Switch on more light."],
}


def test_the_quality_block_says_in_words_what_the_recording_was_like(analysis: Any) -> None:
    recording = recording_of(edited(analysis, quality=make_quality(analysis.quality, **SPOILT)))
    rows = dict(recording.rows)
    assert rows["Frames"].startswith("41 % of ")
    assert rows["Strides"] == (
        "4 left and 5 right used; excluded: 1 left and 1 right (turning), 1 right (differs from the others)"
    )
    assert rows["Walking bouts"] == "1 of 2 used: 1 to the left"
    assert rows["Person"] == "number 2 of 2, the person walking"
    assert rows["Camera"] == "shaken (shake 6.1 px, drift 14.2 px)"
    assert rows["Light"] == "dark"
    assert rows["Frame rate"] == (
        "240 frames/s, varying (stored frame times used); slow motion, played 8.0 times slower, as specified; "
        "9 frames missing; interlaced"
    )
    assert recording.people == ("1: stands.", "2 (chosen): walks.")
    assert recording.advice == ("Put the phone on a tripod.", "Switch on more light.")


def test_each_spoilt_part_of_a_recording_is_one_remark_and_the_verdict_counts_them(analysis: Any) -> None:
    recording = recording_of(edited(analysis, quality=make_quality(analysis.quality, **SPOILT)))
    assert recording.remarks == (
        "2 people are in the image; number 2 was measured. Check that this is the patient.",
        "The camera shook.",
        "The image is dark; landmark accuracy may be reduced.",
        "Only 41 % of the frames could be used.",
        "Only 120 of 240 frames per second show a new image.",
        "9 frames of 200 are missing or doubled; event times are less certain.",
        "Fast-moving feet may appear twice (interlaced video).",
        "Walking bout 2 was excluded: oblique.",
        "The far leg is partly hidden by the near one.",
    )
    assert recording.verdict == "Recording quality: acceptable, 9 notes."


def test_a_sentence_that_is_also_a_warning_is_said_once(analysis: Any) -> None:
    spoilt = edited(analysis, quality=make_quality(**SPOILT | {"passes": []}), warnings=("The camera shook.",))
    assert recording_of(spoilt).remarks.count("The camera shook.") == 1


@pytest.mark.parametrize("unknown", ["people", "camera", "light", "clothes"])
def test_what_is_not_known_of_a_recording_is_not_told(analysis: Any, unknown: str) -> None:
    recording = recording_of(edited(analysis, quality=make_quality(analysis.quality, **SPOILT | {unknown: None})))
    assert recording.verdict.startswith("Recording quality: acceptable, ")
    assert len(quality_lines(recording)) in range(2, 7)


def test_a_recording_with_nothing_wrong_says_so(analysis: Any) -> None:
    good = edited(analysis, warnings=())
    assert recording_of(good).verdict == "Recording quality: good."
    nothing = edited(make_analysis(given=(), referenced=()), warnings=())
    assert recording_of(nothing).verdict == "Recording quality: no angles could be measured."
    still = {"camera": {"kinds": []}, "light": {"verdicts": []}}
    rows = dict(recording_of(edited(good, quality=make_quality(good.quality, **still))).rows)
    assert (rows["Camera"], rows["Light"]) == ("still", "good, image sharp")


def test_a_camera_that_was_not_assessed_is_reported_as_that(analysis: Any) -> None:
    unknown = {"camera": {"kinds": ("unknown",)}, "light": {"verdicts": ("back_lit", "noisy")}}
    rows = dict(recording_of(edited(analysis, quality=make_quality(analysis.quality, **unknown))).rows)
    assert (rows["Camera"], rows["Light"]) == ("motion could not be assessed", "back lit, noisy")


def test_passes_are_a_table_when_there_are_several(analysis: Any) -> None:
    table = recording_of(edited(analysis, quality=make_quality(analysis.quality, **SPOILT))).passes
    assert table is not None
    assert [row[0] for row in table.rows] == ["1", "2"]
    assert table.rows[0][2:] == ("left side facing the camera, to the left", "4°", "2", "3", "yes")
    assert table.rows[1][2:] == ("oblique, at an angle to the camera", NOT_GIVEN, "1", "0", "no: oblique")
    one = edited(analysis, quality=make_quality(analysis.quality, passes=SPOILT["passes"][:1]))
    assert recording_of(one).passes is None


def test_the_timeline_shades_the_passes_that_were_used_and_numbers_all(analysis: Any) -> None:
    figure = report_figures(edited(analysis, quality=make_quality(analysis.quality, **SPOILT)))["events"].figure()
    (ax,) = figure.axes
    assert [t.get_text() for t in ax.texts] == ["1 \N{LEFTWARDS ARROW}", "2 at an angle to the camera: excluded"]
    assert "measured walking bout" in [t.get_text() for t in ax.get_legend().get_texts()]


def test_the_console_says_the_verdict_the_remarks_and_what_to_change(analysis: Any) -> None:
    lines = summary_lines(edited(analysis, quality=make_quality(analysis.quality, **SPOILT)))
    assert lines[1] == "Recording quality: acceptable, 9 notes."
    assert "  For the next video: Put the phone on a tripod. Switch on more light." in lines
    assert "Note: The camera shook." in lines


def test_the_page_shows_the_people_the_passes_and_the_advice(analysis: Any) -> None:
    spoilt = edited(analysis, quality=make_quality(analysis.quality, **SPOILT))
    stills = (Snapshot(time_s=0.4, image=np.full((90, 160, 3), 120, dtype=np.uint8), alt="Boxes around person 2; 1."),)
    page = Page(render_html(spoilt, stills=stills))
    assert page.open == []
    jpeg = next(image for image in page.all("img") if str(image["src"]).startswith("data:image/jpeg"))
    assert jpeg["alt"] == "Boxes around person 2; 1."
    for words in (
        "Put the phone on a tripod.",
        "2 (chosen): walks.",
        "no: oblique",
        "Recording quality: acceptable, 9",
    ):
        assert words in page.text


def test_a_graph_has_its_legend_in_the_file_and_not_on_the_page() -> None:
    spec = report_figures(make_analysis())["hip_flexion"]
    canvas: Any = spec.figure().canvas
    canvas.draw()
    before = bytes(canvas.buffer_rgba())
    svg, _ = spec.svg()
    assert "legend_1" not in svg
    assert spec.figure().axes[0].get_legend().get_visible()
    canvas.draw()
    assert bytes(canvas.buffer_rgba()) == before
