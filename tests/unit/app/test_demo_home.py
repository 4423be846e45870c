"""The demo: complete, small, and only where there are no patients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gaitlab.app.demo_home import ARCHIVE, PATIENTS, fill_demo
from gaitlab.app.record.catalogue import load_catalogue
from gaitlab.app.record.database import Database, open_database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient
from gaitlab.app.record.validation import checked_entry
from gaitlab.app.record_data import patient_record, record_of_visit
from gaitlab.app.report_page import in_application
from gaitlab.errors import OutputError
from gaitlab.report.html.embedded_video import film_in_page
from gaitlab.video.container import open_video


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(root=tmp_path_factory.mktemp("record"))
    home.prepare()
    return home


@pytest.fixture(scope="module")
def database(home: Home) -> Iterator[Database]:
    database = open_database(home)
    fill_demo(home, database)
    yield database
    database.close()


def test_the_archive_keeps_the_package_small() -> None:
    assert ARCHIVE.stat().st_size < 8_000_000


def test_each_patient_of_the_demo_has_results_and_entries_that_the_lists_know(home: Home, database: Database) -> None:
    catalogue = load_catalogue()
    with database.reading() as session:
        patients = session.scalars(select(Patient).order_by(Patient.pseudonym)).all()
        assert [patient.pseudonym for patient in patients] == [patient.pseudonym for patient in PATIENTS]
        for patient in patients:
            record = patient_record(home, patient)
            for visit in record.visits:
                assert visit.measure("walk", "cadence_spm") is not None
                for entry in visit.entries:
                    checked_entry(catalogue, entry)


def test_what_was_measured_is_there_with_side_unit_and_uncertainty(home: Home, database: Database) -> None:
    with database.reading() as session:
        patient = session.scalars(select(Patient).where(Patient.pseudonym.startswith("DEMO-1"))).one()
        _, visit, before = record_of_visit(home, patient.visits[0])
    assert before is None
    right, left = (visit.measure("walk", "hip_extension_deg", side) for side in ("right", "left"))
    assert right is not None
    assert left is not None
    assert right.value < left.value - 5
    assert (right.unit, right.recording) == ("deg", "Walk 1")
    assert right.uncertainty > 0


def test_a_report_of_the_demo_has_its_film_and_stands_in_the_application(
    home: Home, database: Database, tmp_path: Path
) -> None:
    for report in home.recordings.glob("*/result/report.html"):
        own = report.read_text(encoding="utf-8")
        assert f'"{report.parent.parent.name}"' not in own
        page, policy = in_application(own, "<section>bar</section>")
        assert page.index('class="skip"') < page.index("<section>bar</section>") < page.index("<main>")
        assert "http-equiv" not in page
        assert own[own.index("'sha256-") :].split("'")[1] in policy
        film = film_in_page(report, tmp_path / "film.mp4")
        assert film is not None
        with open_video(film) as (_, stream):
            assert stream.height <= 540
        assert sorted(path.name for path in report.parent.glob("*.mp4")) == ["overlay.mp4"]


def test_the_demo_is_not_put_into_a_record_that_has_patients(tmp_path: Path) -> None:
    home = Home(root=tmp_path)
    home.prepare()
    database = open_database(home)
    with database.session() as session:
        session.add(Patient(pseudonym="P-001"))
    fill_demo(home, database)
    with database.reading() as session:
        assert session.scalars(select(Patient.pseudonym)).all() == ["P-001"]
    assert list(home.recordings.iterdir()) == []
    database.close()


def test_links_of_a_report_to_its_files_lead_to_them() -> None:
    report = '<head></head><body><main><a href="overlay.mp4">film</a> <a href="#finding">finding</a></main></body>'
    page, _ = in_application(report, "", "/recordings/1/files", ["overlay.mp4", "report.html"])
    assert '<a href="/recordings/1/files/overlay.mp4">' in page
    assert '<a href="#finding">' in page


def test_a_disk_without_room_for_the_demo_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    home = Home(root=tmp_path)
    home.prepare()
    database = open_database(home)
    monkeypatch.setattr("zipfile.ZipFile.extractall", full)
    with pytest.raises(OutputError, match=r"No space left on device\. Free some space"):
        fill_demo(home, database)
    database.close()
