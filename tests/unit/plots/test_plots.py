"""Figures: what is drawn, read from the artists; and a few pictures compared as a whole."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, get_args

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from factories import BOUNDARIES_PCT, RIGHT_STANCE_LOSS_PCT, UNCERTAINTY_DEG, edited, make_analysis
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

import gaitlab
from gaitlab import Analysis, plots
from gaitlab.analysis.queries import boundaries_pct, exceeds_uncertainty, is_deviation, phase_spans_pct
from gaitlab.errors import UsageError
from gaitlab.plots.phase_bar import phase_blocks
from gaitlab.plots.style import SIDE_COLOURS, SIDE_LINES, signed
from gaitlab.schema import MEASURES, PHASES, SIDES
from gaitlab.schema.codes import PhaseStatus

mpl.use("Agg")
IMAGE: dict[str, Any] = {"tolerance": 12, "savefig_kwargs": {"dpi": 80}, "style": "default"}


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis()


def axes() -> Axes:
    return Figure(figsize=(5, 3.5)).add_axes((0.11, 0.2, 0.81, 0.65))


def lines(ax: Axes, label: str) -> list[Any]:
    return [line for line in ax.get_lines() if line.get_label() == label]


def strip_of(ax: Axes) -> Axes:
    return ax.child_axes[0]


def shown_text(figure: Figure) -> str:
    return "\n".join(t.get_text() for ax in figure.axes for t in ax.texts) + "\n".join(
        t.get_text() for t in figure.texts
    )


@pytest.mark.parametrize("side", SIDES)
def test_the_bold_line_is_the_mean_in_the_sides_colour_and_stroke(analysis: Any, side: Any) -> None:
    (line,) = lines(plots.plot_curves(analysis, "hip_flexion", axes()), f"{side} mean")
    table = analysis.mean_curves
    expected = table[(table["measure"] == "hip_flexion") & (table["side"] == side)]["mean"]
    np.testing.assert_allclose(line.get_ydata(), expected)
    np.testing.assert_allclose(line.get_xdata(), np.arange(101))
    assert to_hex(line.get_color()) == SIDE_COLOURS[side]
    assert line.get_linestyle() == SIDE_LINES[side]


def test_a_thin_line_is_drawn_for_each_used_stride_and_none_for_the_others(analysis: Any) -> None:
    ax = plots.plot_curves(analysis, "hip_flexion", axes())
    assert {side: len(lines(ax, f"{side} stride")) for side in SIDES} == {"left": 4, "right": 5}
    unused = analysis.curves["hip_flexion"].values[~analysis.curves["used"].values][0]
    assert not any(np.allclose(line.get_ydata(), unused) for line in ax.get_lines() if len(line.get_ydata()) == 101)


def test_the_grey_band_is_the_references_mean_plus_and_minus_one_sd(analysis: Any) -> None:
    ax = plots.plot_curves(analysis, "hip_flexion", axes())
    band = next(c for c in ax.collections if to_hex(c.get_facecolor()[0]) == gaitlab.style.current().reference_band)
    points = band.get_paths()[0].vertices
    reference = analysis.references["hip_flexion"]
    at_50 = sorted(set(np.round(points[points[:, 0] == 50, 1], 6)))
    np.testing.assert_allclose(at_50, reference.mean_deg[50] + np.array([-1, 1]) * reference.sd_deg[50])


@pytest.mark.parametrize(("side", "toe_off_pct"), [("left", 61.0), ("right", 61.0 - RIGHT_STANCE_LOSS_PCT)])
def test_the_toe_off_line_stands_at_the_sides_own_mean_toe_off(analysis: Any, side: Any, toe_off_pct: float) -> None:
    (line,) = lines(plots.plot_curves(analysis, "hip_flexion", axes()), f"{side} toe-off")
    assert set(line.get_xdata()) == {toe_off_pct}


def test_the_bar_at_the_edge_is_as_long_as_the_uncertainty(analysis: Any) -> None:
    ax = plots.plot_curves(analysis, "hip_flexion", axes())
    (bar,) = [c for c in ax.containers if c.get_label() == "left uncertainty"]
    low, high = bar[2][0].get_segments()[0][:, 1]
    assert high - low == pytest.approx(2 * UNCERTAINTY_DEG)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_axis_says_in_words_what_up_and_down_mean(measure: str) -> None:
    ax = plots.plot_curves(make_analysis(given=tuple(MEASURES)), measure, axes())
    less, more = MEASURES[measure].axis
    assert ax.get_ylabel().startswith(f"← {less}")
    assert ax.get_ylabel().endswith(f"{more} →")
    assert ax.get_title(loc="left") == MEASURES[measure].label


def test_a_withheld_measure_is_not_drawn_but_named_with_its_reason(analysis: Any) -> None:
    ax = plots.plot_curves(analysis, "pelvic_drop", axes())
    assert not ax.get_lines()
    assert "Not measured. The frontal plane is not seen from here." in ax.texts[0].get_text()
    grid = plots.plot_kinematics(analysis, figure=Figure(figsize=(7.4, 6)))
    assert "Not measured: Pelvic drop (other side down), Hip adduction" in shown_text(grid)


def test_withheld_values_are_never_drawn_even_when_they_are_stored() -> None:
    full = make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES))
    hidden = edited(full, withheld=make_analysis(given=("hip_flexion",)).withheld)
    assert plots.available_measures(hidden) == ("hip_flexion",)
    assert not plots.plot_curves(hidden, "pelvic_drop", axes()).get_lines()


def test_the_grid_has_a_graph_for_each_given_measure(analysis: Any) -> None:
    grid = plots.plot_kinematics(analysis, figure=Figure(figsize=(7.4, 6)))
    titles = [ax.get_title(loc="left") for ax in grid.axes if ax.get_title(loc="left")]
    assert titles == [MEASURES[name].label for name in plots.available_measures(analysis)]


def test_an_unknown_measure_is_an_error_that_names_the_known_ones(analysis: Any) -> None:
    with pytest.raises(UsageError, match="measure 'hip' is not available; allowed are hip_flexion"):
        plots.plot_curves(analysis, "hip", axes())


def test_a_single_stride_without_known_uncertainty_is_drawn_without_a_bar() -> None:
    analysis = make_analysis(strides=3)
    analysis.phases["uncertainty"] = np.nan
    ax = plots.plot_curves(analysis, "knee_flexion", axes())
    assert len(lines(ax, "left mean")) == 1
    assert not ax.containers


@pytest.mark.parametrize(("side", "shift"), [("left", 0.0), ("right", RIGHT_STANCE_LOSS_PCT)])
def test_the_strip_shows_the_measured_phases_of_each_side(analysis: Any, side: Any, shift: float) -> None:
    strip = strip_of(plots.plot_curves(analysis, "hip_flexion", axes()))
    blocks = {b.get_label(): (b.get_x(), b.get_x() + b.get_width()) for b in strip.patches}
    assert blocks[f"{side} loading_response"] == pytest.approx((0, 11))
    assert blocks[f"{side} pre_swing"] == pytest.approx((50, 61 - shift))
    assert blocks[f"{side} terminal_swing"] == pytest.approx((86, 100))


def test_a_phase_without_its_boundary_is_shown_as_not_determined() -> None:
    analysis = make_analysis(boundaries={"heel_rise": float("nan")})
    blocks = {name: (start, end) for name, start, end in phase_blocks(analysis.cycles, "left")}
    assert blocks[None] == (11.0, 50.0)
    assert "mid_stance" not in blocks
    assert np.isnan(phase_spans_pct(analysis.cycles, "left")["terminal_stance"][0])
    strip = strip_of(plots.plot_curves(analysis, "hip_flexion", axes()))
    assert "n.d." in {t.get_text() for t in strip.texts}


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(BOUNDARIES_PCT))))
def test_the_blocks_of_a_strip_cover_the_cycle_once_whatever_is_missing(missing: set[str]) -> None:
    cycles = make_analysis(strides=3, boundaries=dict.fromkeys(missing, float("nan"))).cycles
    cycles.loc[:, [f"{name}_pct" for name in missing]] = np.nan
    blocks = list(phase_blocks(cycles, "left"))
    assert blocks[0][1] == 0
    assert blocks[-1][2] == 100
    assert [end for _, _, end in blocks[:-1]] == [start for _, start, _ in blocks[1:]]
    assert {name for name, _, _ in blocks} <= {None, *(p.name for p in PHASES)}


def test_boundaries_are_those_of_the_used_strides_alone(analysis: Any) -> None:
    cycles = analysis.cycles.copy()
    cycles.loc[~cycles["used"], "toe_off_pct"] = 90.0
    assert boundaries_pct(cycles, "left")["toe_off"] == 61.0


def cells(figure: Any, label: str) -> int:
    return sum(patch.get_label() == label for ax in figure.axes for patch in ax.patches)


def test_the_map_has_a_cell_for_each_compared_phase_and_says_why_others_are_empty(analysis: Any) -> None:
    figure = plots.plot_deviation_map(analysis, Figure(figsize=plots.deviation_map_size_in(analysis)))
    assert cells(figure, "not measured") == 2 * 3
    assert cells(figure, "no reference") == 2 * 2
    numbers = sum(cells(figure, label) for label in ("deviation", "within uncertainty", "beyond the reference range"))
    assert numbers == 2 * 2 * len(PHASES)


def test_a_deviation_smaller_than_its_uncertainty_is_neutral(analysis: Any) -> None:
    figure = plots.plot_deviation_map(analysis, Figure(figsize=(7, 5)))
    small = {
        to_hex(p.get_facecolor()) for ax in figure.axes for p in ax.patches if p.get_label() == "within uncertainty"
    }
    assert len(small) == 1
    rows = analysis.phases.dropna(subset=["deviation"])
    assert cells(figure, "within uncertainty") == sum(not exceeds_uncertainty(row) for _, row in rows.iterrows())
    assert cells(figure, "beyond the reference range") == sum(is_deviation(row) for _, row in rows.iterrows()) > 0


@pytest.mark.parametrize("status", get_args(PhaseStatus))
def test_only_a_status_of_deviation_calls_one(status: PhaseStatus) -> None:
    assert is_deviation(pd.Series({"status": status, "verdict": "8° less extended"})) is (status == "deviation")


def test_without_known_uncertainty_nothing_is_a_deviation() -> None:
    assert not exceeds_uncertainty(pd.Series({"deviation": 30.0, "uncertainty": np.nan}))


def test_a_phase_that_was_not_determined_has_no_number() -> None:
    figure = plots.plot_deviation_map(make_analysis(boundaries={"heel_rise": np.nan}), Figure(figsize=(7, 5)))
    assert cells(figure, "n.d.") == 2 * 2 * 2


def test_the_bars_are_the_partial_scores_left_and_right(analysis: Any) -> None:
    ax = plots.plot_partial_gvs(analysis, axes())
    bars = [(c.get_label(), c.patches[0]) for c in ax.containers if isinstance(c, BarContainer)]
    widths = {(side, round(bar.get_y() + 0.16)): bar.get_width() for side, bar in bars}
    scores = analysis.deviations.set_index(["side", "measure"])["partial_gvs_deg"]
    for row, measure in enumerate(("hip_flexion", "knee_flexion")):
        for side in SIDES:
            assert widths[side, row] == pytest.approx(scores[side, measure])
    assert "Partial GVS" in ax.get_title(loc="left")


def test_no_figure_speaks_of_a_gait_profile_score(analysis: Any) -> None:
    figure = plots.plot_partial_gvs(analysis, axes()).figure
    text = shown_text(figure) + figure.axes[0].get_title(loc="left") + figure.axes[0].get_xlabel()
    assert "GPS" not in text
    assert "GDI" not in text


def test_every_event_is_on_the_timeline_at_its_time(analysis: Any) -> None:
    ax = plots.plot_events(analysis, axes())
    for (side, event), table in analysis.events.groupby(["side", "event"]):
        (container,) = [c for c in ax.containers if c.get_label() == f"{side} {event}"]
        np.testing.assert_allclose(container[0].get_xdata(), table["time_s"])


def test_each_of_several_videos_has_its_own_time_and_row(analysis: Any) -> None:
    other = make_analysis(strides=3)
    ax = plots.plot_events(SimpleNamespace(clips=(analysis, other)), axes())
    assert not ax.axison
    assert [len(row.containers) for row in ax.child_axes] == [4, 4]
    for row, clip in zip(ax.child_axes, (analysis, other), strict=True):
        assert row.get_xlim()[1] == pytest.approx(clip.video.duration_s)
        (strikes,) = [c for c in row.containers if c.get_label() == "left heel_strike"]
        own = clip.events[(clip.events["side"] == "left") & (clip.events["event"] == "heel_strike")]
        np.testing.assert_allclose(strikes[0].get_xdata(), own["time_s"])
    assert [row.texts[-1].get_text()[:8] for row in ax.child_axes] == ["video 1:", "video 2:"]


def test_drawing_leaves_the_callers_settings_alone(analysis: Any) -> None:
    before = dict(mpl.rcParams)
    plots.plot_curves(analysis, "hip_flexion", axes())
    plots.plot_deviation_map(analysis, Figure(figsize=(7, 5)))
    assert dict(mpl.rcParams) == before


def given_axes(rows: int, columns: int) -> tuple[Figure, Any]:
    figure = Figure(figsize=(10, 7))
    return figure, figure.subplots(rows, columns)


@pytest.mark.parametrize(
    ("method", "arguments", "shape"),
    [
        ("plot_curves", ("hip_flexion",), ()),
        ("plot_kinematics", (), (2, 2)),
        ("plot_deviation_map", (), (2,)),
        ("plot_partial_gvs", (), ()),
        ("plot_events", (), ()),
    ],
)
def test_a_plot_method_draws_into_the_axes_it_is_given_and_nothing_else(
    analysis: Any, method: str, arguments: tuple[str, ...], shape: tuple[int, ...]
) -> None:
    figure, ax = given_axes(*(*shape, 1, 1)[:2])
    other = figure.add_axes((0.9, 0.9, 0.1, 0.1))
    axes_before, open_before = list(figure.axes), plt.get_fignums()
    returned = getattr(Analysis, method)(analysis, *arguments, ax=ax)
    assert returned is (figure if shape else ax)
    assert figure.axes == axes_before
    assert not figure.texts
    assert not figure.legends
    assert not other.has_data()
    assert plt.get_fignums() == open_before


@pytest.mark.parametrize("method", ["plot_kinematics", "plot_deviation_map", "plot_partial_gvs", "plot_events"])
def test_without_axes_a_plot_method_makes_a_figure_of_pyplot(analysis: Any, method: str) -> None:
    returned = getattr(Analysis, method)(analysis)
    assert plt.gcf() is (returned.figure if isinstance(returned, Axes) else returned)
    plt.close("all")


def test_axes_are_filled_row_by_row_and_those_left_over_are_switched_off(analysis: Any) -> None:
    _, axes = given_axes(2, 2)
    Analysis.plot_kinematics(analysis, ax=axes)
    titles = [ax.get_title(loc="left") for ax in axes.ravel()]
    assert titles == [*(MEASURES[name].label for name in plots.available_measures(analysis)), *[""] * 2][:4]
    assert [bool(ax.axison) for ax in axes.ravel()] == [bool(title) for title in titles]


def test_too_few_axes_or_something_else_are_refused(analysis: Any) -> None:
    figure, axes = given_axes(1, 1)
    with pytest.raises(UsageError, match="1 axes are specified, but there are 2 sides"):
        Analysis.plot_deviation_map(analysis, ax=axes)
    with pytest.raises(UsageError, match="must be Matplotlib axes"):
        Analysis.plot_kinematics(analysis, ax=figure)
    with pytest.raises(UsageError, match="Specify either figure= or ax="):
        plots.plot_deviation_map(analysis, figure, ax=axes)


@given(st.floats(-1e4, 1e4), st.integers(0, 3))
def test_a_signed_number_reads_back_and_zero_has_no_sign(value: float, decimals: int) -> None:
    text = signed(value, decimals)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5001 * 10**-decimals)
    assert (text[0] in "+−") == (float(text.replace("−", "-")) != 0)


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_a_kinematic_graph(analysis: Any) -> Any:
    return plots.plot_curves(analysis, "hip_flexion").figure


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_a_graph_with_phases_that_were_not_determined() -> Any:
    return plots.plot_curves(make_analysis(boundaries={"heel_rise": np.nan}), "knee_flexion").figure


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_the_kinematic_grid(analysis: Any) -> Any:
    return plots.plot_kinematics(analysis)


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_the_deviation_map(analysis: Any) -> Any:
    return plots.plot_deviation_map(analysis)


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_the_partial_scores(analysis: Any) -> Any:
    return plots.plot_partial_gvs(analysis).figure


@pytest.mark.mpl_image_compare(**IMAGE)
def test_picture_of_the_events(analysis: Any) -> Any:
    return plots.plot_events(analysis).figure
