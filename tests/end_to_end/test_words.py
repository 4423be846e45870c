"""Codes decide and words inform: with every word replaced by "x" no number, colour, frame or exit code changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from factories import edited, make_analysis, make_quality, write_video
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from walkers import STIFF_RIGHT, video_of, walk

from gaitlab import plots
from gaitlab.analysis import findings, recording_quality
from gaitlab.analysis.bout_summary import DIRECTIONS
from gaitlab.analysis.findings import Finding
from gaitlab.analysis.queries import is_deviation
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.checks import judge
from gaitlab.errors import CAUSES, NothingMeasurableError
from gaitlab.pelvis import SOURCE_WORDS, ZERO_WORDS
from gaitlab.pose.selection import select_person
from gaitlab.recording import CAMERA_KIND_WORDS, LIGHT_KIND_WORDS, CameraKind, LightKind
from gaitlab.report import overlay_frames
from gaitlab.report.examination.text import CELL_WORDS
from gaitlab.report.figures import report_figures
from gaitlab.report.html.page import render_html
from gaitlab.report.html.page_data import page_data
from gaitlab.report.overlay import hip_angle, key_frames, pelvis_line
from gaitlab.report.overlay.drawing import Sizes
from gaitlab.report.overlay.hip_angle import HipAngles
from gaitlab.report.overlay.pelvis_line import PelvisLine, TrunkLine
from gaitlab.report.text import answers, hip_panel
from gaitlab.report.text.answers import RESULT_WORDS
from gaitlab.report.text.content import report_content
from gaitlab.report.text.phrases import filmed_sentence
from gaitlab.report.text.recording import recording_of
from gaitlab.schema import LANDMARKS, MEASURES, codes, rows_as_dicts
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.messages.remarks import REMARKS
from gaitlab.simulate import Run, occlude, simulate_run, walked_backward
from tests.unit.pose.test_people import look_out, stander, walker
from tests.unit.signals.test_bouts import joined

WORDS: Final = ("verdict", "reason", "note")
"""Columns of the tables that hold sentences."""

PLAIN: Final = (
    codes.STATUS_WORDS,
    codes.MISSING_WORDS,
    codes.ACTIVITY_WORDS,
    codes.PATTERN_WORDS,
    codes.EVENT_WORDS,
    DIRECTIONS,
    CAMERA_KIND_WORDS,
    LIGHT_KIND_WORDS,
    codes.TEST_STATUS_WORDS,
    codes.TEST_VERDICT_WORDS,
    recording_quality.CAMERA_WORDS,
    judge._LIGHT_WORDS,
    judge._CAMERA_WORDS,
    CELL_WORDS,
    RESULT_WORDS,
    SOURCE_WORDS,
    ZERO_WORDS,
)
"""Vocabularies whose words are text."""

RECORDS: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (codes.NOTES, {"words": "x", "brief": "x"}),
    (codes.MATCH_WORDS, {"words": "x", "brief": "x"}),
    (codes.VERTICAL_WORDS, {"words": "x", "brief": "x"}),
    (REMARKS, {"words": "x", "advice": "x", "brief": "x"}),
    (PELVIS_REMARKS, {"words": "x", "advice": "x", "brief": "x"}),
    (CAUSES, {"reason": "x", "advice": "x", "option": "x"}),
    (MEASURES, {"label": "x", "short": "x", "more": "x", "less": "x", "more_extended": "x", "less_extended": "x"}),
)
"""Vocabularies whose words are fields of a record."""

WIDE_PX: Final = (1280, 720)
"""An image with room for words at both sides of the person."""

SENTENCES: Final = (
    (findings, "describe_side_difference"),
    (findings, "_describe_stance"),
    (findings, "_deviation_words"),
    (answers, "describe_side_difference"),
    (hip_angle, "flexion_words"),
    (key_frames, "flexion_words"),
    (key_frames, "drop_words"),
    (key_frames, "_title"),
    (pelvis_line, "drop_words"),
    (pelvis_line, "lean_words"),
)
"""Functions that return words, where they are used."""


@contextmanager
def speechless() -> Iterator[None]:
    """Replace the words of every vocabulary, and the sentences of the panel and the key frames, by "x"."""
    with pytest.MonkeyPatch.context() as patch:
        for words in PLAIN:
            for code in words:
                patch.setitem(words, code, "x")
        for words, fields in RECORDS:
            for code, said in list(words.items()):
                patch.setitem(words, code, replace(said, **fields))
        for name in ("against_reference", "between_sides"):
            patch.setattr(hip_panel, name, _without_words(getattr(hip_panel, name)))
        for module, name in SENTENCES:
            patch.setattr(module, name, lambda *_, **__: "x")
        patch.setattr(PelvisLine, "words", _side_without_words(PelvisLine.words))
        yield


def _without_words(judged: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments, **named: replace(judged(*arguments, **named), words="x")


def _side_without_words(placed: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: (placed(*arguments)[0], "x")


def in_both_languages(make: Callable[[], Any]) -> tuple[Any, Any]:
    """Return what something gives with words and without."""
    reported = make()
    with speechless():
        return reported, make()


def side() -> xr.Dataset:
    landmarks = walk("right", STIFF_RIGHT, duration_s=8, noise_px=1, seed=0).landmarks
    return occlude(landmarks, ["left_ankle", "left_heel"], np.arange(100, 125))


def front() -> xr.Dataset:
    return walk("front", duration_s=6, noise_px=1, seed=0).landmarks


def both_ways() -> xr.Dataset:
    there, back = (walk(view, STIFF_RIGHT, duration_s=6, noise_px=1, seed=3).landmarks for view in ("left", "right"))
    return joined(there, back)


def analysed(landmarks: xr.Dataset) -> Analysis:
    return analyze_landmarks(landmarks, video_of(landmarks), Options(age_years=40, pelvis="landmarks"))


def without_words(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=[name for name in WORDS if name in table])


def numbers_of(finding: Finding) -> Finding:
    return replace(finding, words="")


@pytest.mark.parametrize("landmarks", [side, front, both_ways])
def test_no_number_of_an_analysis_depends_on_a_word(landmarks: Callable[[], xr.Dataset]) -> None:
    reported, silent = in_both_languages(lambda: analysed(landmarks()))
    for name in ("events", "cycles", "mean_curves", "phases", "deviations", "spatiotemporal"):
        pd.testing.assert_frame_equal(without_words(getattr(reported, name)), without_words(getattr(silent, name)))
    xr.testing.assert_identical(reported.curves, silent.curves)
    assert [(w.measure, w.code) for w in reported.withheld] == [(w.measure, w.code) for w in silent.withheld]
    assert [numbers_of(finding) for finding in reported.findings] == [
        numbers_of(finding) for finding in silent.findings
    ]
    assert set(silent.phases["verdict"]) == {"x"} != set(reported.phases["verdict"])
    assert plots.available_measures(reported) == plots.available_measures(silent)
    assert reported.quality.vertical == silent.quality.vertical
    assert {m: r.match for m, r in reported.references.items()} == {m: r.match for m, r in silent.references.items()}
    assert [(b.view, b.used, b.code) for b in reported.quality.bouts] == [
        (b.view, b.used, b.code) for b in silent.quality.bouts
    ]


def test_every_stride_that_does_not_count_has_a_code() -> None:
    cycles = analysed(side()).cycles
    assert ((cycles["exclusion"] == "") == cycles["used"]).all()
    assert ((cycles["reason"] == "") == cycles["used"]).all()
    assert "part_unseen" in set(cycles["exclusion"])


STILL: Final = make_quality(camera={"kinds": ("still",), "sentence": "The camera was still."}).recording.camera

REFUSED: Final[dict[str, Callable[[], xr.Dataset]]] = {
    "no_person": lambda: occlude(walk().landmarks, LANDMARKS, np.arange(150)),
    "running": lambda: simulate_run(Run(), treadmill=True).landmarks,
    "walking_backward": lambda: walked_backward(walk(duration_s=6).landmarks),
    "too_few_strides": lambda: walk(duration_s=1.5).landmarks,
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_refused_ends_with_the_same_code_whatever_it_says(code: str) -> None:
    def end() -> tuple[str, int]:
        landmarks = REFUSED[code]()
        with pytest.raises(NothingMeasurableError) as error:
            analyze_landmarks(landmarks, video_of(landmarks), Options())
        return error.value.code, error.value.exit_code

    assert in_both_languages(end) == ((code, 4), (code, 4))


# What is drawn.


def colours(figure: Figure) -> list[tuple[Any, ...]]:
    """Return what all axes of a figure show, but for what is written there."""
    return [shape for ax in figure.axes for shape in _shapes(ax)]


def _shapes(ax: Axes) -> Iterator[tuple[Any, ...]]:
    for patch in ax.patches:
        yield to_hex(patch.get_facecolor()), to_hex(patch.get_edgecolor()), patch.get_linewidth(), patch.get_hatch()
    for line in ax.lines:
        yield to_hex(line.get_color()), line.get_linestyle(), np.round(line.get_xydata(), 6).tolist()
    for strip in ax.child_axes:
        yield from _shapes(strip)


def drawn(analysis: Any) -> Mapping[str, list[tuple[Any, ...]]]:
    return {name: colours(figure.figure()) for name, figure in report_figures(analysis).items()}


def silenced(analysis: Any) -> Any:
    """Return a made-up analysis without a word in its tables."""
    for name in ("phases", "deviations", "cycles", "spatiotemporal"):
        table = getattr(analysis, name)
        setattr(analysis, name, table.assign(**{column: "x" for column in WORDS if column in table}))
    analysis.withheld = tuple(replace(held, reason="x", advice="x") for held in analysis.withheld)
    return analysis


def made(*, silent: bool) -> Any:
    given = tuple(MEASURES)
    analysis = make_analysis(given=given[:6], referenced=given[:5])
    return silenced(analysis) if silent else analysis


def filmed(*, silent: bool) -> Any:
    return silenced(make_analysis()) if silent else make_analysis()


def test_figures_have_the_same_shapes_and_colours_whatever_they_say() -> None:
    reported = drawn(made(silent=False))
    with speechless():
        silent = drawn(made(silent=True))
    assert reported == silent
    assert any(shape[2] == 1.1 for shape in reported["deviation_map"]), "no deviation is framed"


def test_what_is_bold_shaded_and_called_in_a_report_does_not_depend_on_its_words() -> None:
    def shown(analysis: Any) -> Any:
        content, page = report_content(analysis), render_html(analysis)
        return (
            [(item.key, bool(item.withheld), [(c.side, c.level) for c in item.cells]) for item in content.panel],
            [[(line.key, line.code, line.level, bool(line.sentence)) for line in a.lines] for a in content.answers],
            [table.strong for table in (*content.phases, content.spatiotemporal)],
            [page.count(mark) for mark in ('class="verdict-words deviates"', 'class="verdict-words usual"', "<b>")],
            [is_deviation(row) for _, row in analysis.phases.iterrows()],
        )

    reported = shown(made(silent=False))
    with speechless():
        assert shown(made(silent=True)) == reported
    assert any(level == "deviates" for _, _, cells in reported[0] for _, level in cells)


def test_the_page_knows_a_stride_left_out_by_hand_by_its_code() -> None:
    strides = page_data(made(silent=True), [None])["clips"][0]["strides"]
    assert {stride["exclusion"] for stride in strides} == {"", "comes_to_halt"}
    script = Path(plots.__file__).parent.parent / "report" / "templates" / "corrections.js"
    assert "exclusion === 'left_out_by_hand'" in script.read_text(encoding="utf-8")


def test_the_overlay_and_the_key_frames_are_of_the_same_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = write_video(tmp_path / "walk.mp4", filmed(silent=False))
    monkeypatch.setattr(hip_angle, "leader", lambda *_, **__: None)  # what is written is another image

    def frames(analysis: Any) -> tuple[list[float], list[str], Any]:
        stills = key_frames.key_frames(analysis, video)
        film = np.stack(overlay_frames(analysis, video, [0.5, 1.2, 2.4]))
        return [still.time_s for still in stills], [still.moment for still in stills], film

    reported = frames(filmed(silent=False))
    with speechless():
        silent = frames(filmed(silent=True))
    assert reported[:2] == silent[:2]
    assert "heel_strike" in reported[1]
    assert np.array_equal(reported[2], silent[2])


def test_a_walk_both_ways_is_described_as_one_whatever_its_directions_are_called() -> None:
    def described() -> Any:
        analysis = analysed(both_ways())
        ax = plots.plot_events(analysis)
        numbered = [text.get_text()[:3] for text in ax.texts if text.get_text()[:1].isdigit()]
        camera = replace(analysis.quality.recording, camera=STILL)
        recording = recording_of(edited(analysis, quality=replace(analysis.quality, recording=camera)))
        return filmed_sentence(analysis)[:21], numbered, len(dict(recording.rows)), len(recording.remarks)

    reported, silent = in_both_languages(described)
    assert reported == silent
    assert reported[0] == "Filmed in 2 direction"
    assert reported[1] == ["1 \N{LEFTWARDS ARROW}", "2 \N{RIGHTWARDS ARROW}"]


def test_the_words_of_pelvis_trunk_and_thigh_are_at_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = make_analysis(size_px=WIDE_PX, view="back", given=("pelvic_drop", "trunk_lateral"))
    swaying = 6.0 * np.sin(5.0 * behind.angles["time"])
    angles = behind.angles.assign(pelvis_obliquity=swaying, trunk_lateral=swaying)
    behind = edited(behind, angles=angles, quality=make_quality(behind.quality, pelvis_source="registration"))
    side = make_analysis(size_px=WIDE_PX)
    line, trunk, thighs = PelvisLine.of(behind), TrunkLine.of(behind), HipAngles.of(side)
    assert line is not None
    assert trunk is not None
    assert thighs is not None
    places: list[tuple[Any, ...]] = []

    def placed(_image: Any, _words: str, at: Any, to: Any, *_: Any, anchor: str) -> None:
        places.append((np.round(at, 6).tolist(), np.round(to, 6).tolist(), anchor))

    def painted() -> list[tuple[Any, ...]]:
        places.clear()
        image, sizes = np.zeros((WIDE_PX[1], WIDE_PX[0], 3), dtype=np.uint8), Sizes(picture_px=720, person_px=570)
        for time_s in np.arange(0.3, 2.4, 0.1):
            position = behind.landmarks["position"].sel(time=time_s, method="nearest").to_numpy().copy()
            position[LANDMARKS.index("left_hip"), 0] -= 30.0
            line.paint(image, position, time_s, sizes)
            trunk.paint(image, position, time_s, sizes)
            thighs.paint(image, position, time_s, "left", sizes)
        return list(places)

    monkeypatch.setattr(pelvis_line, "leader", placed)
    monkeypatch.setattr(hip_angle, "leader", placed)
    reported, silent = in_both_languages(painted)
    assert reported == silent
    assert {anchor for *_, anchor in reported} == {"left", "right"}


# Who is in the picture.


def test_who_walks_and_who_is_chosen_does_not_depend_on_what_is_said_of_them() -> None:
    def chosen() -> Any:
        tall = walker(speed_px=0, start_px=300)
        reflected = walker(speed_px=0, start_px=900, size=0.6)
        people = select_person(look_out(tall, reflected, stander(1500))).people
        return people.chosen, [(p.number, p.walks, p.moves) for p in people.persons], people.excluded_spans

    reported, silent = in_both_languages(chosen)
    assert reported == silent
    assert [walks for _, walks, _ in reported[1]] == [True, False, False]


def test_every_code_has_words_and_every_word_a_code() -> None:
    for literal, words in (
        (codes.PhaseStatus, codes.STATUS_WORDS),
        (codes.MissingCode, codes.MISSING_WORDS),
        (codes.PersonActivity, codes.ACTIVITY_WORDS),
        (codes.NoteCode, codes.NOTES),
        (codes.PelvisCode, PELVIS_REMARKS),
        (codes.EventKind, codes.EVENT_WORDS),
        (codes.SpeedMatch, codes.MATCH_WORDS),
        (codes.VerticalSource, codes.VERTICAL_WORDS),
        (CameraKind, CAMERA_KIND_WORDS),
        (LightKind, LIGHT_KIND_WORDS),
    ):
        assert set(get_args(literal)) == set(words)
    assert {row["status"] for row in rows_as_dicts(make_analysis().phases)} <= set(codes.STATUS_WORDS)
