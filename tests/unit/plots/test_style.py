"""What a user changes about the look of figures holds for all of them, as long as asked for, and only there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pytest
from factories import edited, make_analysis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import gaitlab
from gaitlab import plots
from gaitlab.errors import UsageError
from gaitlab.report import analysis_card
from gaitlab.report.figures import report_figures

LEFT, RIGHT = "#aa3377", "#228833"


@pytest.fixture(autouse=True)
def own_style() -> Iterator[None]:
    yield
    gaitlab.style.reset()


@pytest.fixture(scope="module")
def analysis() -> Any:
    return edited(make_analysis(), corrections=())


def curves(analysis: Any) -> Any:
    return plots.plot_curves(analysis, "hip_flexion", Figure(figsize=(5, 3.5)).add_axes((0.11, 0.2, 0.81, 0.65)))


def line(ax: Any, label: str) -> Any:
    return next(each for each in ax.get_lines() if each.get_label() == label)


def colours_in(figure: Any) -> set[str]:
    lines = [each for ax in figure.axes for each in (*ax.get_lines(), *(t for c in ax.child_axes for t in c.texts))]
    return {to_hex(each.get_color()) for each in lines}


def test_a_style_holds_inside_its_block_and_the_one_before_comes_back(analysis: Any) -> None:
    gaitlab.style.use(right=RIGHT)
    with gaitlab.style.use(left=LEFT, left_line=":", left_word="Links") as chosen:
        assert chosen == gaitlab.style.current()
        ax = curves(analysis)
    assert to_hex(line(ax, "left mean").get_color()) == LEFT
    assert to_hex(line(ax, "right mean").get_color()) == RIGHT
    assert line(ax, "left mean").get_linestyle() == ":"
    assert ax.get_legend().get_texts()[0].get_text().startswith("Links, n = 4")
    assert gaitlab.style.current() == gaitlab.style.Style(right=RIGHT)
    gaitlab.style.reset()
    assert gaitlab.style.current() == gaitlab.style.Style()


def test_the_style_before_comes_back_after_an_error_too() -> None:
    with pytest.raises(RuntimeError), gaitlab.style.use(left=LEFT):
        raise RuntimeError
    assert gaitlab.style.current() == gaitlab.style.Style()


def test_a_style_holds_for_the_figures_of_the_report_and_the_card(analysis: Any) -> None:
    own = gaitlab.style.Style()
    with gaitlab.style.use(left=LEFT, right=RIGHT):
        for name, spec in report_figures(analysis).items():
            svg = spec.figure()
            assert not {own.left, own.right} & colours_in(svg), name
        changed = analysis_card(analysis)
    assert changed != analysis_card(analysis)


def test_type_grows_and_keeps_its_proportions(analysis: Any) -> None:
    ordinary = curves(analysis)
    with gaitlab.style.use(text_size_pt=10):
        large = curves(analysis)
    for pick in (
        lambda ax: ax.yaxis.label,
        lambda ax: ax.get_yticklabels()[0],
        lambda ax: ax.get_legend().get_texts()[0],
        lambda ax: ax.child_axes[0].texts[0],
    ):
        assert pick(large).get_fontsize() == pytest.approx(1.25 * pick(ordinary).get_fontsize())


def test_the_words_of_an_axis_can_be_others(analysis: Any) -> None:
    with gaitlab.style.use(sign_words={"hip_flexion": ("Streckung", "Beugung")}):
        assert curves(analysis).get_ylabel() == "← Streckung   deg   Beugung →"
    assert curves(analysis).get_ylabel() == "← Ext   deg   Flex →"


def test_settings_of_matplotlib_hold_in_figures_of_gaitlab_only(analysis: Any) -> None:
    before = dict(mpl.rcParams)
    gaitlab.style.use(rc={"axes.edgecolor": "#00ff00"})
    assert to_hex(curves(analysis).spines["left"].get_edgecolor()) == "#00ff00"
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "no 'colour'; allowed are left, right, left_line"),
        ({"left": "reddish"}, "left='reddish' is not a colour"),
        ({"left_line": "dashed"}, "'--' [(]dashed[)]"),
        ({"left_word": " "}, "not a word"),
        ({"left_word": "RIGHT"}, "Both sides would be called"),
        ({"left": RIGHT, "left_line": "--"}, "Both sides would look the same"),
        ({"text_size_pt": 40}, "use 6 to 12 points"),
        ({"sign_words": {"hip": ("a", "b")}}, "not a measure; allowed are hip_flexion"),
        ({"sign_words": {"hip_flexion": "up"}}, "two words"),
        ({"rc": {"axes.edge": 1}}, "rc cannot be used: .*axes.edge"),
        ({"rc": 3}, "dictionary of settings"),
        ({"sign_words": 3}, "dictionary of measures"),
    ],
)
def test_what_is_not_allowed_is_said_and_nothing_changes(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        gaitlab.style.use(**{"right": RIGHT} | changes)
    assert gaitlab.style.current() == gaitlab.style.Style()


def test_reading_the_style_loads_no_matplotlib() -> None:
    code = "import sys, gaitlab; gaitlab.style.current(); assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)
