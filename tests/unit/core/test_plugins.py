"""Plug-ins: the worked example of the docs works as it stands there, and what breaks the contract is found."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from walkers import video_of

import gaitlab
from gaitlab import testing
from gaitlab.analysis.added_measures import BUILT_IN, StrideMeasure
from gaitlab.analysis.change import COMPARED
from gaitlab.analysis.options import OPTIONS, Options, PoseSearch
from gaitlab.analysis.settings import settings_of_tests
from gaitlab.analysis.stride_values import stride_values
from gaitlab.api import analyze_landmarks
from gaitlab.core.plugins import PLUGIN_GROUPS, forget_plugins, load_plugin, plugin_names
from gaitlab.errors import GaitlabError, PluginError, UsageError
from gaitlab.exchange import EXPORTS, Exporter
from gaitlab.gait import EVENT_DETECTORS, Zeni, stride_period
from gaitlab.pelvis import PELVIS_SOURCES, HipLandmarkLine, PelvisEstimate, PelvisInput
from gaitlab.simulate import Camera, simulate_walk
from gaitlab.tasks import TASKS, find_task, run_task
from gaitlab.tasks.single_leg_stance import STANCE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "plugins.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """Return the code that the page shows of a file."""
    found = re.search(rf"`{re.escape(name)}`.*?\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def install(folder: Path, entries: dict[str, dict[str, str]]) -> None:
    """Install a package as pip does: its module and its entry points."""
    info = folder / "gaitlab_example-0.1.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gaitlab-example\nVersion: 0.1\n", encoding="utf-8")
    text = "\n".join(
        f"[{group}]\n" + "\n".join(f"{name} = {place}" for name, place in points.items())
        for group, points in entries.items()
    )
    (info / "entry_points.txt").write_text(text + "\n", encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The worked example, installed."""
    (tmp_path / "gaitlab_example.py").write_text(block("gaitlab_example.py"), encoding="utf-8")
    install(tmp_path, tomllib.loads(block("pyproject.toml"))["project"]["entry-points"])
    monkeypatch.syspath_prepend(str(tmp_path))
    forget_plugins()
    yield tmp_path
    sys.modules.pop("gaitlab_example", None)
    monkeypatch.undo()
    forget_plugins()


class TestWorkedExample:
    def test_it_keeps_the_contract_as_the_page_says(self, installed: Path) -> None:
        space: dict[str, Any] = {}
        exec(compile(block("test_gaitlab_example.py"), "page", "exec"), space)
        tests = [each for name, each in space.items() if name.startswith("test_")]
        assert len(tests) == 3
        for test in tests:
            test()

    def test_a_result_has_the_measure_and_the_events_of_the_detector(self, installed: Path, tmp_path: Path) -> None:
        analysis = testing.example_analysis()
        rows = analysis.spatiotemporal.query("parameter == 'hip_at_toe_off_deg'")
        assert set(rows["side"]) == {"left", "right"}
        assert rows["value"].between(-25, 10).all()
        assert rows["note"].str.contains("plug-in").all()
        strides = stride_values(analysis).query("measure == 'hip_at_toe_off_deg'")
        means = strides.astype({"value": float}).groupby("side")["value"].mean()
        np.testing.assert_allclose(means, rows.set_index("side")["value"].loc[means.index])
        page = analysis.report(tmp_path / "report.html").read_text(encoding="utf-8")
        assert "Hip" in page
        options = Options(events="careful_zeni")  # type: ignore[arg-type]
        again = gaitlab.api.analyze_landmarks(analysis.landmarks, analysis.video, options)
        assert "zeni" in set(again.events["source"])
        assert again.provenance.parameters["events"] == "careful_zeni"

    def test_the_export_is_there(self, installed: Path, tmp_path: Path) -> None:
        analysis = testing.example_analysis()
        folder = gaitlab.export(analysis, "chapters", tmp_path / "out")
        lines = (folder / "chapters.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(analysis.events)
        assert (folder / "export.json").is_file()

    def test_names_are_known_before_anything_is_imported(self, installed: Path) -> None:
        assert plugin_names("event_detectors") == ("careful_zeni",)
        assert "careful_zeni" in OPTIONS["events"].allowed
        assert "gaitlab_example" not in sys.modules
        with pytest.raises(UsageError, match="careful_zeni"):
            Options(events="other")  # type: ignore[arg-type]


class TestBroken:
    def test_one_that_cannot_be_loaded_is_named(self, installed: Path) -> None:
        install(installed, {PLUGIN_GROUPS["measures"]: {"lost_deg": "gaitlab_example:nowhere"}})
        forget_plugins()
        with pytest.raises(GaitlabError, match="lost_deg"):
            load_plugin("measures", "lost_deg")

    def test_what_is_no_measure_is_refused(self, installed: Path) -> None:
        install(installed, {PLUGIN_GROUPS["measures"]: {"another_deg": "gaitlab_example:hip_at_toe_off"}})
        forget_plugins()
        with pytest.raises(GaitlabError, match="another_deg"):
            testing.example_analysis()

    @pytest.mark.parametrize("name", ["swing_pct", "trunk_lean_difference_deg", "hip_rom_deg"])
    def test_one_with_a_name_of_gaitlab_is_refused(self, installed: Path, name: str) -> None:
        code = (installed / "gaitlab_example.py").read_text(encoding="utf-8").replace("hip_at_toe_off_deg", name)
        (installed / "gaitlab_example.py").write_text(code, encoding="utf-8")
        install(installed, {PLUGIN_GROUPS["measures"]: {name: "gaitlab_example:hip_at_toe_off"}})
        forget_plugins()
        with pytest.raises(GaitlabError, match=f"{name}' has the name of a parameter of gaitlab"):
            testing.example_analysis()

    def test_all_names_of_gaitlab_are_known(self) -> None:
        simulated = simulate_walk(camera=Camera(view="left"), duration_s=6)
        without_height = analyze_landmarks(simulated.landmarks, video_of(simulated.landmarks), Options())
        found = {*COMPARED, *without_height.spatiotemporal["parameter"]}
        for view in ("left", "back"):
            found |= set(testing.example_analysis(view).spatiotemporal["parameter"])  # type: ignore[arg-type]
        assert found <= BUILT_IN


FAILING = """
import sys
from dataclasses import replace
import numpy as np
import pandas as pd
from gaitlab.analysis.added_measures import StrideMeasure
from gaitlab.exchange import Exporter
from gaitlab.gait import Zeni
from gaitlab.pelvis import HipLandmarkLine
from gaitlab.tasks import TASKS, Task
from gaitlab.tasks.single_leg_stance import STANCE

class Stance:
    settings = STANCE

    def __call__(self, recording):
        return recording()

test = replace(TASKS["hip_flexion"], name="mine", measure=Stance())

def measure_of(of):
    return StrideMeasure(name="mine_deg", unit="deg", needs=("hip_flexion",), of=of)

def raising(*_):
    raise ValueError("the table has no column 'toe'.")

def leaving(*_):
    sys.exit(3)

raises_measure, leaves_measure = measure_of(raising), measure_of(leaving)
list_measure, endless_measure = measure_of(lambda *_: [1, 2]), measure_of(lambda *_: np.inf)
raises_export, no_export = Exporter(name="mine", title="x", write=raising), "no exporter"
none_export = Exporter(name="mine", title="x", write=lambda *_: None)
empty_export = Exporter(name="mine", title="x", write=lambda *_: {"units": {}})

def found(signals, stride_s):
    return Zeni()(signals, stride_s)

def changing(signals, stride_s):
    events = found(signals, stride_s)
    for values in (signals.ankle, signals.toe):
        values["left"][:] = 0.0
    return events

list_detector = lambda *_: [1.0, 2.0]
nan_detector = lambda *a: found(*a).assign(time_s=np.nan)
late_detector = lambda *a: found(*a).assign(time_s=found(*a)["time_s"] + 100)
sure_detector = lambda *a: found(*a).assign(uncertainty_s=0.0)
named_detector = lambda *a: found(*a).replace("left", "L")

def estimate(**changes):
    return lambda scene: replace(HipLandmarkLine()(scene), **changes)

short_pelvis, coded_pelvis = estimate(obliquity_deg=np.zeros(3)), estimate(code="mine")
infinite_pelvis = lambda scene: estimate(obliquity_deg=np.full(scene.clean.sizes["time"], np.inf))(scene)
sure_pelvis, list_pelvis = estimate(shape_uncertainty_deg=np.nan), lambda scene: [1.0]
"""


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs a package whose plug-in fails in one way."""
    (tmp_path / "gaitlab_failing.py").write_text(FAILING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def with_one(group: str, name: str, object_name: str) -> None:
        install(tmp_path, {PLUGIN_GROUPS[group]: {name: f"gaitlab_failing:{object_name}"}})  # type: ignore[index]
        forget_plugins()

    yield with_one
    sys.modules.pop("gaitlab_failing", None)
    monkeypatch.undo()
    forget_plugins()


OF_PLUGIN = re.escape("In the plug-in gaitlab-example 0.1, the ")


def measured_again(**options: Any) -> gaitlab.Analysis:
    """Return the walk of the tests, analysed with other options."""
    view = "back" if "pelvis" in options else "left"
    analysis = testing.example_analysis(view)  # type: ignore[arg-type]
    return gaitlab.Analysis.of(analyze_landmarks(analysis.landmarks, analysis.video, Options(**options)))


class TestFailing:
    """What a plug-in does wrong while it runs is its error, by its name and that of its package."""

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("raises", "failed .ValueError: the table has no column 'toe'."),
            ("list", "failed .TypeError"),
            ("endless", "infinite"),
            ("leaves", "failed .SystemExit: 3"),
        ],
    )
    def test_a_measure_is_left_out_and_all_else_is_there(
        self, failing: Callable[..., None], tmp_path: Path, what: str, said: str
    ) -> None:
        failing("measures", "mine_deg", f"{what}_measure")
        analysis = measured_again()
        assert "mine_deg" not in set(analysis.spatiotemporal["parameter"])
        assert "hip_rom_deg" in set(analysis.spatiotemporal["parameter"])
        (warning,) = (each for each in analysis.warnings if "mine_deg" in each)
        assert re.search(f"{OF_PLUGIN}measure 'mine_deg' .*{said}", warning)
        assert "Update or remove the plug-in." in warning
        assert "hip_rom_deg" in set(stride_values(analysis)["measure"])
        if what == "raises":
            page = analysis.report(tmp_path / "report.html").read_text(encoding="utf-8")
            assert "The result is without this measure." in page

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("list", "list instead of a table of events"),
            ("nan", "time_s"),
            ("late", "outside of the walk, which lasts from 0.00 to 7.9"),
            ("sure", "uncertainty"),
            ("named", r"\['L'\]"),
        ],
    )
    def test_a_detector_that_was_chosen_is_refused(self, failing: Callable[..., None], what: str, said: str) -> None:
        failing("event_detectors", "mine", f"{what}_detector")
        with pytest.raises(PluginError, match=f"{OF_PLUGIN}event method 'mine' returned .*{said}") as raised:
            measured_again(events="mine")
        assert "or choose another event method." in str(raised.value)

    @pytest.mark.parametrize(
        ("returned", "said"), [(lambda: 1 / 0, "failed .ZeroDivisionError"), (list, "returned list")]
    )
    def test_a_test_that_fails_is_named_and_its_settings_are_recorded(
        self, failing: Callable[..., None], returned: Callable[[], Any], said: str
    ) -> None:
        failing("tasks", "mine", "test")
        try:
            task = find_task("mine")
            assert settings_of_tests([task], PoseSearch())["tests"]["mine"]["parameters"] == asdict(STANCE)
            with pytest.raises(PluginError, match=f"{OF_PLUGIN}test 'mine' {said}"):
                run_task(task, returned)  # type: ignore[arg-type]
        finally:
            TASKS.pop("mine", None)

    def test_a_detector_cannot_change_what_it_gets(self, failing: Callable[..., None]) -> None:
        failing("event_detectors", "mine", "changing")
        changed = measured_again(events="mine")
        failing("event_detectors", "mine", "found")
        pd.testing.assert_frame_equal(changed.spatiotemporal, measured_again(events="mine").spatiotemporal)

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("short", "obliquity_deg of the shape"),
            ("coded", "the code 'mine'; allowed are"),
            ("infinite", "infinite"),
            ("sure", "uncertainty"),
            ("list", "list instead of a PelvisEstimate"),
        ],
    )
    def test_a_pelvis_source_that_was_chosen_is_refused(
        self, failing: Callable[..., None], what: str, said: str
    ) -> None:
        failing("pelvis_sources", "mine", f"{what}_pelvis")
        with pytest.raises(PluginError, match=f"{OF_PLUGIN}pelvis source 'mine' returned .*{said}"):
            measured_again(pelvis="mine")

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("raises", "failed .ValueError"),
            ("none", "failed .TypeError"),
            ("empty", "wrote no file"),
            ("no", "is str instead of an Exporter"),
        ],
    )
    def test_an_export_leaves_nothing_behind(
        self, failing: Callable[..., None], tmp_path: Path, what: str, said: str
    ) -> None:
        failing("exports", "mine", f"{what}_export")
        with pytest.raises(PluginError, match=f"{OF_PLUGIN}export 'mine' {said}"):
            gaitlab.export(testing.example_analysis(), "mine", tmp_path / "out")
        assert not (tmp_path / "out").exists()


class TestContract:
    @pytest.mark.parametrize("name", EVENT_DETECTORS)
    def test_own_detectors_keep_it(self, name: str) -> None:
        testing.check_event_detector(EVENT_DETECTORS[name])

    @pytest.mark.parametrize("name", PELVIS_SOURCES)
    def test_own_pelvis_sources_keep_it(self, name: str) -> None:
        testing.check_pelvis_source(PELVIS_SOURCES[name])

    @pytest.mark.parametrize("name", EXPORTS)
    def test_own_exports_keep_it(self, name: str) -> None:
        testing.check_exporter(EXPORTS[name])

    def test_a_detector_that_is_late_or_forgets_does_not(self) -> None:
        zeni, signals = Zeni(), testing.example_signals()
        events = zeni(signals, stride_period(signals))
        for wrong in (events.assign(time_s=events["time_s"] + 0.2), events[events["event"] == "toe_off"]):
            with pytest.raises(AssertionError, match="missed"):
                testing.check_event_detector(lambda *_, table=wrong: table)

    def test_a_detector_of_one_side_does_not(self) -> None:
        def left_first(signals: Any, stride_s: float) -> pd.DataFrame:
            found = Zeni()(signals, stride_s)
            return found if signals.view == "left" else found.iloc[2:]

        with pytest.raises(AssertionError, match="Mirroring"):
            testing.check_event_detector(left_first)

    def test_a_detector_that_is_later_in_one_direction_does_not(self) -> None:
        def later_from_the_left(signals: Any, stride_s: float) -> pd.DataFrame:
            found = Zeni()(signals, stride_s)
            return found.assign(time_s=found["time_s"] + 0.03 * (signals.view == "right"))

        with pytest.raises(AssertionError, match="Mirroring"):
            testing.check_event_detector(later_from_the_left)

    def test_a_pelvis_without_uncertainty_does_not(self) -> None:
        def certain(scene: PelvisInput) -> PelvisEstimate:
            return replace(HipLandmarkLine()(scene), shape_uncertainty_deg=float("nan"))

        with pytest.raises(AssertionError, match="uncertainty"):
            testing.check_pelvis_source(certain)

    def test_a_measure_of_a_known_name_or_without_numbers_does_not(self) -> None:
        measure = StrideMeasure(name="mine_deg", unit="deg", needs=("hip_flexion",), of=lambda *_: float("nan"))
        with pytest.raises(AssertionError, match="no number"):
            testing.check_measure(measure)
        with pytest.raises(AssertionError, match="another name"):
            testing.check_measure(replace(measure, name="hip_rom_deg"))

    def test_a_measure_that_writes_into_its_curves_does_not(self) -> None:
        def shifted(curves: Any, stride: Any) -> float:
            curves["hip_flexion"] -= curves["hip_flexion"].min()
            return float(curves["hip_flexion"].max())

        measure = StrideMeasure(name="mine_deg", unit="deg", needs=("hip_flexion",), of=shifted)
        with pytest.raises(AssertionError, match="changes the curves"):
            testing.check_measure(measure)

    def test_an_export_without_files_or_units_does_not(self) -> None:
        with pytest.raises(AssertionError, match="units"):
            testing.check_exporter(Exporter(name="x", title="x", write=lambda *_: {}))
        with pytest.raises(AssertionError, match="no file"):
            testing.check_exporter(Exporter(name="x", title="x", write=lambda *_: {"units": {}}))
