"""The demo: three made-up patients whose walks are rendered, in a folder of their own."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from sqlalchemy import func, select

from gaitlab.app.record.database import Database
from gaitlab.app.record.folders import Home, default_home
from gaitlab.app.record.models import EntryRow, LogRow, Patient, PrescriptionRow, Recording, Setting, Visit
from gaitlab.errors import OutputError

__all__ = ["ARCHIVE", "PATIENTS", "PLACE", "DemoPatient", "DemoRecording", "DemoVisit", "demo_home", "fill_demo"]

ARCHIVE: Final = Path(__file__).parent / "demo" / "demo.zip"
"""Made by ``tools/make_demo.py``."""

PLACE: Final = "FILM"
"""Stands in the reports of the archive for the film on which they draw."""

FILM: Final = "film.mp4"
"""That film, next to the report in the archive."""

Value = str | float


@dataclass(frozen=True, kw_only=True)
class DemoRecording:
    """A walk: the rendered video, and the name of its folder."""

    id: str
    video: str
    treadmill_speed_mps: float | None = None

    @property
    def file_name(self) -> str:
        """Name of the video in its folder."""
        return "walk_1.mp4"


@dataclass(frozen=True, kw_only=True)
class DemoVisit:
    """A visit some days ago.

    Attributes
    ----------
    days_ago
        Before today.
    recordings
        Its walks.
    entries
        What was entered: item, side, variant, value.
    exercises
        What was prescribed: exercise, side, sets, repetitions, days a week.
    log
        What was brought back: days ago, and the worst pain of the day.
    """

    days_ago: int
    recordings: tuple[DemoRecording, ...]
    entries: tuple[tuple[str, str, str, Value], ...] = ()
    exercises: tuple[tuple[str, str, int, int, int], ...] = ()
    log: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoPatient:
    """A made-up patient."""

    pseudonym: str
    age_years: int
    sex: str
    height_cm: float
    painful_side: str
    visits: tuple[DemoVisit, ...] = field(default=())

    def options(self, visit: DemoVisit, recording: DemoRecording) -> dict[str, Any]:
        """Return the options with which a recording is analysed."""
        day = _day(visit)
        known = {
            "height_cm": self.height_cm,
            "age_years": day.year - _birth_year(self),
            "sex": self.sex,
            "painful_side": self.painful_side or None,
            "patient": self.pseudonym,
            "clinic": _CLINIC,
            "treadmill_speed_mps": recording.treadmill_speed_mps,
        }
        return {name: value for name, value in known.items() if value is not None}


_CLINIC: Final = "Demo clinic"
_THERAPIST: Final = "Demo therapist"

PATIENTS: Final = (
    DemoPatient(
        pseudonym="DEMO-1 stiff right hip",
        age_years=61,
        sex="f",
        height_cm=168,
        painful_side="right",
        visits=(
            DemoVisit(
                days_ago=0,
                recordings=(
                    DemoRecording(id="d1a00000000000000000000000000001", video="side_right_woman_stiff_right_hip"),
                ),
                entries=(
                    ("pain.groin", "right", "", "yes"),
                    ("pain.nprs", "", "walking", 5.0),
                    ("history.duration", "", "", 20.0),
                    ("history.physician", "", "", "yes"),
                    ("history.trauma", "", "", "none"),
                    ("rom.hip_flexion", "right", "passive", 95.0),
                    ("rom.hip_flexion", "left", "passive", 120.0),
                    ("rom.hip_internal_rotation", "right", "passive", 10.0),
                    ("rom.hip_internal_rotation", "left", "passive", 32.0),
                    ("special.fadir", "right", "", "positive"),
                    ("special.faber", "right", "", "positive"),
                ),
            ),
        ),
    ),
    DemoPatient(
        pseudonym="DEMO-2 pelvic drop, two visits",
        age_years=47,
        sex="m",
        height_cm=180,
        painful_side="left",
        visits=(
            DemoVisit(
                days_ago=56,
                recordings=(
                    DemoRecording(
                        id="d2a00000000000000000000000000001",
                        video="treadmill_back_man_drop_left_stance",
                        treadmill_speed_mps=1.2,
                    ),
                ),
                entries=(
                    ("pain.lateral", "left", "", "yes"),
                    ("pain.nprs", "", "walking", 6.0),
                    ("pain.nprs", "", "worst", 8.0),
                    ("history.duration", "", "", 10.0),
                    ("history.physician", "", "", "yes"),
                    ("history.trauma", "", "", "none"),
                    ("palpation.greater_trochanter", "left", "", 3.0),
                    ("palpation.greater_trochanter", "right", "", 0.0),
                    ("strength.hip_abduction", "left", "mmt", "3+"),
                    ("strength.hip_abduction", "right", "mmt", "5"),
                    ("special.trendelenburg", "left", "", "positive"),
                    ("special.trendelenburg", "right", "", "negative"),
                    ("outcome.lefs", "", "", 48.0),
                ),
                exercises=(("exercise.clam", "left", 3, 10, 3), ("exercise.bridge", "", 3, 10, 3)),
            ),
            DemoVisit(
                days_ago=0,
                recordings=(
                    DemoRecording(
                        id="d2b00000000000000000000000000001",
                        video="treadmill_back_normal_slim",
                        treadmill_speed_mps=1.2,
                    ),
                ),
                entries=(
                    ("pain.nprs", "", "walking", 2.0),
                    ("pain.nprs", "", "worst", 4.0),
                    ("palpation.greater_trochanter", "left", "", 1.0),
                    ("palpation.greater_trochanter", "right", "", 0.0),
                    ("strength.hip_abduction", "left", "mmt", "4+"),
                    ("strength.hip_abduction", "right", "mmt", "5"),
                    ("special.trendelenburg", "left", "", "negative"),
                    ("special.trendelenburg", "right", "", "negative"),
                    ("outcome.lefs", "", "", 63.0),
                ),
                log=((54, 6.0), (52, 6.0), (49, 5.0), (47, 5.0), (45, 4.0), (42, 4.0), (40, 4.0), (38, 3.0)),
            ),
        ),
    ),
    DemoPatient(
        pseudonym="DEMO-3 side view, treadmill",
        age_years=33,
        sex="f",
        height_cm=170,
        painful_side="",
        visits=(
            DemoVisit(
                days_ago=0,
                recordings=(
                    DemoRecording(
                        id="d3a00000000000000000000000000001", video="treadmill_left_slim", treadmill_speed_mps=1.2
                    ),
                ),
            ),
        ),
    ),
)
"""Who the demo shows; the numbers are measured in rendered videos, everything else is made up."""


def demo_home() -> Path:
    """Return the folder of the demo where none is named."""
    return default_home().with_name("demo")


def _day(visit: DemoVisit) -> date:
    return date.today() - timedelta(days=visit.days_ago)


def _birth_year(patient: DemoPatient) -> int:
    return date.today().year - patient.age_years


def fill_demo(home: Home, database: Database) -> None:
    """Put the made-up patients into a record that has no patients; another record is left as it is.

    Raises
    ------
    OutputError
        If the disk has no room for them.
    """
    with database.session() as session:
        if session.scalar(select(func.count()).select_from(Patient)):
            return
    try:
        overviews = _unpack(home)
    except OSError as error:
        raise OutputError(
            f"The demo cannot be written to {str(home.root)!r}: {error.strerror or error}. Free some space, or choose "
            "another folder with --home."
        ) from error
    with database.session() as session:
        session.merge(Setting(name="clinic", value=_CLINIC))
        session.merge(Setting(name="therapist", value=_THERAPIST))
        session.add_all([_row_of(patient, overviews, home) for patient in PATIENTS])


def _unpack(home: Home) -> dict[str, Any]:
    """Write the results of the archive, and return what the pages show of each."""
    with ZipFile(ARCHIVE) as archive:
        overviews: dict[str, Any] = json.loads(archive.read("overviews.json"))
        archive.extractall(home.recordings, [name for name in archive.namelist() if "/" in name])
    for recording_id in overviews:
        _embed_video(home.result(recording_id))
    return overviews


def _embed_video(result: Path) -> None:
    """Put the film on which a report draws into its page, as ``gaitlab analyze`` does."""
    report, film = result / "report.html", (result / FILM).read_bytes()
    text = report.read_text(encoding="utf-8")
    page = text.replace(f">{PLACE}</script>", f">{base64.b64encode(film).decode('ascii')}</script>")
    report.write_text(page, encoding="utf-8", newline="\n")
    (result / FILM).unlink()


def _row_of(patient: DemoPatient, overviews: dict[str, Any], home: Home) -> Patient:
    return Patient(
        pseudonym=patient.pseudonym,
        birth_year=_birth_year(patient),
        sex=patient.sex,
        height_cm=patient.height_cm,
        painful_side=patient.painful_side,
        visits=[_visit_row(visit, overviews, home) for visit in patient.visits],
    )


def _visit_row(visit: DemoVisit, overviews: dict[str, Any], home: Home) -> Visit:
    return Visit(
        date=_day(visit).isoformat(),
        therapist=_THERAPIST,
        recordings=[
            Recording(
                id=recording.id,
                task="walk",
                label="Walk 1",
                file_name=recording.file_name,
                size_bytes=(home.recording(recording.id) / recording.file_name).stat().st_size,
                treadmill_speed_mps=recording.treadmill_speed_mps,
                state="done",
                overview=overviews[recording.id],
            )
            for recording in visit.recordings
        ],
        entries=[
            EntryRow(item=item, side=side, variant=variant, value=value) for item, side, variant, value in visit.entries
        ],
        prescriptions=[
            PrescriptionRow(exercise=exercise, side=side, sets=sets, repetitions=repetitions, days_per_week=days)
            for exercise, side, sets, repetitions, days in visit.exercises
        ],
        log=[LogRow(day=(date.today() - timedelta(days=ago)).isoformat(), pain=pain) for ago, pain in visit.log],
    )
