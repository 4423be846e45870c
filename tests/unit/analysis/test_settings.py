"""``summary.json`` tells every setting by which its numbers were made."""

from __future__ import annotations

import re
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from walkers import video_of, walk

import gaitlab
from gaitlab.analysis.options import PoseSearch
from gaitlab.analysis.pelvic_excursion import EXCURSION_SD_DEG
from gaitlab.analysis.settings import settings_of, settings_of_tests
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.gait import EVENT_DETECTORS, FootRoll
from gaitlab.gait.body_height import BODY_HEIGHT
from gaitlab.gait.exclusion import EXCLUSION
from gaitlab.gait.gait_type import GAIT_TYPE
from gaitlab.gait.slow_steps import SLOW_STEPS
from gaitlab.pelvis.baseline import LEVEL
from gaitlab.pelvis.clicks import CLICKS
from gaitlab.pelvis.cloth import CLOTH
from gaitlab.pelvis.crops import CROPS
from gaitlab.pelvis.registration import PELVIS_REGION, REGISTRATION
from gaitlab.pelvis.standing import STANDING_VIDEO
from gaitlab.pelvis.traces import TRACES
from gaitlab.pelvis.waistband import WAIST
from gaitlab.pose.tracking import TRACKING
from gaitlab.recording import VERTICAL
from gaitlab.recording.camera_tracker import TRACKER
from gaitlab.recording.vertical_lines import LINES
from gaitlab.signals.bout_settings import BOUTS
from gaitlab.signals.cleaning import CleaningSettings
from gaitlab.signals.legs import LEG_LABELS
from gaitlab.signals.view import VIEW
from gaitlab.tasks import WALK, find_task, task_names
from gaitlab.tasks.repetitions import REPETITIONS
from gaitlab.tasks.single_leg_stance import STANCE


def measured(view: str, **options: str) -> Analysis:
    landmarks = walk(view, duration_s=6).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]


def test_each_step_tells_its_settings() -> None:
    settings = measured("left", events="zeni").provenance.settings
    assert settings["cleaning"] == asdict(CleaningSettings())
    assert settings["bouts"] == asdict(BOUTS)
    assert settings["view"] == asdict(VIEW)
    assert settings["vertical"] == {"images": asdict(VERTICAL), "lines": asdict(LINES)}
    assert settings["legs"]["labels"] == asdict(LEG_LABELS)
    assert settings["gait_type"] == asdict(GAIT_TYPE)
    assert settings["slow_steps"] == asdict(SLOW_STEPS)
    assert settings["exclusion"] == asdict(EXCLUSION)
    events = settings["events"]["left"]
    assert (events["detector"], events["for_single_gaps"]) == ("zeni", ["foot_pitch", "consensus"])
    assert events["parameters"] == {name: vars(detector) for name, detector in EVENT_DETECTORS.items()}
    assert settings["pose"] is None, "the landmarks were given"
    assert settings["camera"] is None, "there are no images"
    assert settings["pelvis"] is None, "not seen from the side"


def test_from_behind_the_pelvis_and_the_toe_offs_have_settings_of_their_own() -> None:
    settings = measured("back", pelvis="landmarks").provenance.settings
    assert settings["pelvis"]["source"] == "landmarks"
    assert settings["events"]["back"]["parameters"]["foot_roll"] == vars(FootRoll())
    assert settings["events"]["back"]["parameters"]["body_height"] == asdict(BODY_HEIGHT)
    assert settings["uncertainty"]["pelvic_excursion_sd_deg"] == EXCURSION_SD_DEG


PARAMETER_OBJECT = re.compile(r"^([A-Z_]+): Final = [A-Za-z]+(?:Settings|Height)\(\)$", re.MULTILINE)


def parameter_objects() -> list[Any]:
    """Return the parameter objects of all steps."""
    package = Path(gaitlab.__file__).parent
    found = []
    for path in sorted(package.rglob("*.py")):
        module = ".".join(("gaitlab", *path.relative_to(package).with_suffix("").parts))
        found += [getattr(import_module(module), name) for name in PARAMETER_OBJECT.findall(path.read_text("utf-8"))]
    return found


def entries(settings: object) -> list[dict[str, Any]]:
    """Return the settings and all that are inside of them."""
    if not isinstance(settings, dict):
        return []
    return [settings, *(entry for value in settings.values() for entry in entries(value))]


def test_no_step_has_settings_that_a_result_does_not_record() -> None:
    clips = [Mock(recording=Mock(), walk=Mock(view=Mock(view=view))) for view in ("left", "back")]
    of_walks = [
        settings_of(clips, Mock(source=source), Options(), PoseSearch()) for source in ("registration", "stickers")
    ]
    of_tests = settings_of_tests([find_task(name) for name in task_names() if name != WALK], PoseSearch())
    recorded = [entry for settings in (*of_walks, of_tests) for entry in entries(settings)]
    objects = parameter_objects()
    assert len(objects) > 30
    assert [type(step).__name__ for step in objects if asdict(step) not in recorded] == []


def test_a_test_of_the_examination_records_its_parameters() -> None:
    settings = settings_of_tests([find_task("single_leg_stance")], PoseSearch())
    assert settings["repetitions"] == asdict(REPETITIONS)
    of_test = settings["tests"]["single_leg_stance"]
    assert of_test["parameters"] == asdict(STANCE)
    assert of_test["cleaning"]["legs_pass"] is False


@pytest.mark.slow
def test_a_video_tells_how_people_and_the_camera_were_followed(analysed_back: Analysis) -> None:
    settings = analysed_back.provenance.settings
    assert settings["pose"]["tracking"] == asdict(TRACKING)
    assert settings["camera"]["tracker"] == asdict(TRACKER)
    pelvis = settings["pelvis"]
    assert pelvis["source"] == "registration"
    for name, used in {
        "patches": CROPS,
        "traces": TRACES,
        "region": PELVIS_REGION,
        "alignment": REGISTRATION,
        "waist": WAIST,
        "cloth": CLOTH,
        "level": LEVEL,
        "level_from_clicks": CLICKS,
        "level_from_another_video": STANDING_VIDEO,
    }.items():
        assert pelvis[name] == asdict(used)


def test_the_settings_are_saved_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    found = measured("left")
    again = gaitlab.load(found.save(tmp_path / "walk"))
    assert again.provenance.settings["cleaning"] == found.provenance.settings["cleaning"]
    assert list(again.provenance.settings) == list(found.provenance.settings)
