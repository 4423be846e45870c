"""What must not be possible: requests of other pages, files outside the folder, scripts in texts, lost data."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from conftest import RunCli, Sample
from running_app import RunningApp, running_app
from sqlalchemy import select
from typer.testing import CliRunner

from gaitlab.app.record.database import open_database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient
from gaitlab.app.server import serve
from gaitlab.cli import app as cli
from gaitlab.errors import OutputBusyError, UsageError

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
BIDI = "A\u202e4pm.exe\u2066B"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("record")


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[RunningApp]:
    with running_app(home, "--demo") as app:
        yield app


def addresses(app: RunningApp, path: str, pattern: str) -> list[str]:
    return re.findall(pattern, app.get(path).text)


def visit_of(app: RunningApp, pseudonym: str = "P-1") -> str:
    """Make a patient, and return the address of the first visit."""
    answer = app.post("/patients/new", pseudonym=pseudonym, painful_side="left")
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def recording_of(app: RunningApp) -> str:
    patients = addresses(app, "/", r'href="(/patients/[0-9a-f]{32})"[^/]*<strong>DEMO')
    (visit, *_) = addresses(app, patients[0], r'href="(/visits/[0-9a-f]{32})"')
    return addresses(app, visit, r'href="(/recordings/[0-9a-f]{32})"')[0]


def test_the_port_is_open_on_this_computer_only(app: RunningApp) -> None:
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        with socket.socket() as knock:
            knock.settimeout(2)
            assert knock.connect_ex((address, app.port)) != 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_refused(app: RunningApp, host: str) -> None:
    assert app.get("/", Host=host).status == 403
    assert "DEMO" not in app.get("/", Host=host).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1"},
        {"Origin": None},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_request_of_another_page_changes_nothing(app: RunningApp, headers: dict[str, str | None]) -> None:
    body = b"pseudonym=intruder"
    answer = app.send("POST", "/patients/new", body, Content_Type="application/x-www-form-urlencoded", **headers)
    assert answer.status == 403
    assert "intruder" not in app.get("/").text


def test_another_page_may_not_read(app: RunningApp) -> None:
    assert app.get("/", Origin="http://evil.example").status == 403
    assert app.get("/", Sec_Fetch_Site="cross-site").status == 403
    assert not [name for name in app.get("/").headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("cookie", [None, "gaitlab=x", "gaitlab_1=x", ";;;=", "a" * 3000])
def test_without_the_token_nothing_is_shown(app: RunningApp, cookie: str | None) -> None:
    for path in ("/", recording_of(app), "/static/app.js", "/backup"):
        answer = app.get(path, Cookie=cookie)
        assert answer.status == 403
        assert "DEMO" not in answer.text


def test_a_wrong_token_opens_nothing(app: RunningApp) -> None:
    answer = app.get("/start?token=wrong", Cookie=None)
    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)


def test_the_cookie_is_for_this_site_and_no_script(app: RunningApp) -> None:
    answer = app.get(app.address.removeprefix(app.own), Cookie=None)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("path", ["/", "/settings", "/patients/x", "/static/app.js"])
def test_every_answer_has_its_policy(app: RunningApp, path: str) -> None:
    headers = app.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_report_runs_its_own_scripts_only(app: RunningApp) -> None:
    answer = app.get(recording_of(app))
    (scripts,) = re.findall(r"script-src ([^;]*)", answer.headers["content-security-policy"])
    assert re.fullmatch(r"'self' 'sha256-[^']+'", scripts)


@pytest.mark.parametrize(
    "name",
    ["../walk_1.mp4", "..%2f..%2f..%2frecord.sqlite3", "%2fetc%2fpasswd", "a%00b", "x" * 300, "%2e%2e/%2e%2e", "."],
)
def test_no_name_leads_out_of_the_folder_of_a_result(app: RunningApp, name: str) -> None:
    assert app.get(f"{recording_of(app)}/files/{name}").status == 404
    assert app.get(f"/static/{name}").status in (400, 404)
    assert app.get(f"/recordings/{name}").status == 404


@pytest.mark.parametrize(
    "name", ["../../evil.mp4", "/etc/passwd", "a\x00b.mp4", "x" * 300 + ".mp4", BIDI, SCRIPT, "con.mp4", "walk.exe"]
)
def test_the_name_of_an_upload_is_never_a_path(app: RunningApp, home: Path, name: str) -> None:
    visit = visit_of(app)
    before = {path for path in home.rglob("*")}
    query = urlencode({"task": "walk", "name": name})
    answer = app.send("POST", f"{visit}/recordings?{query}", b"no video", Accept="application/json")
    assert answer.status == 201
    recording = answer.data["id"]
    new = {path for path in home.rglob("*") if "sqlite3" not in path.name} - before
    videos = [path for path in new if path.is_file() and path.parent.name == recording]
    assert [path.name for path in videos] == ["walk_1.mp4"]
    assert "alert(1)" not in app.get(visit).text
    assert app.post(f"/recordings/{recording}/delete").status == 303
    assert not (home / "recordings" / recording).exists()


def test_scripts_in_every_text_field_are_shown_as_text(app: RunningApp) -> None:
    visit = visit_of(app, SCRIPT)
    assert app.post(f"{visit}/edit", date="2026-11-30", therapist=SCRIPT).status == 303
    assert app.post("/settings", clinic=SCRIPT, therapist=SCRIPT).status == 303
    for item in ("history.words", "history.goal", "plan.goal", "plan.advice", "aggravating.other"):
        assert app.post_json(f"{visit}/entries", item=item, text=SCRIPT).status == 200
    noted = app.post_json(f"{visit}/entries", item="pain.nprs", variant="rest", text="3", note=SCRIPT)
    assert noted.status == 200
    assert app.post(f"{visit}/programme", exercise="exercise.bridge").status == 303
    (number,) = addresses(app, f"{visit}/programme", r'action="/prescriptions/(\d+)"')
    answer = app.post(f"/prescriptions/{number}", note=SCRIPT, sets="3", sessions_per_day="1", days_per_week="7")
    assert answer.status == 303
    (patient,) = set(addresses(app, visit, r'href="(/patients/[0-9a-f]{32})"'))
    parts = ("", "/examination", "/programme", "/text", "/handout", "/changes")
    paths = ["/", patient, f"{patient}/edit", f"{patient}/follow-up", "/settings", *(visit + part for part in parts)]
    for path in paths:
        answer = app.get(path)
        assert answer.status == 200, path
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
    for paper in ("record.pdf", "handout.pdf"):
        assert app.get(f"{visit}/{paper}").body.startswith(b"%PDF")
    assert app.post(f"{patient}/delete").status == 303


def test_invisible_signs_are_removed_from_names(app: RunningApp) -> None:
    visit = visit_of(app, BIDI)
    text = app.get(visit).text
    assert "A4pm.exeB" in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"pseudonym": ""},
        {"pseudonym": "P", "birth_year": "1066"},
        {"pseudonym": "P", "height_cm": "NaN"},
        {"pseudonym": "P", "sex": "x"},
        {"pseudonym": "P", "painful_side": "top"},
    ],
)
def test_values_that_are_not_possible_are_said_and_not_stored(app: RunningApp, fields: dict[str, str]) -> None:
    answer = app.post("/patients/new", **fields)
    assert answer.status == 422
    assert 'role="alert"' in answer.text


def test_a_corrupt_form_is_refused(app: RunningApp) -> None:
    for body in (b"\xff\xfe=\xff", b"&".join([b"a=1"] * 5000)):
        assert app.send("POST", "/settings", body).status == 400
    assert app.send("POST", "/settings", b"a" * 5_000_000).status == 413
    visit = visit_of(app)
    assert app.send("POST", f"{visit}/entries", b"[1]", Accept="application/json").status == 400


def begin_upload(app: RunningApp, length: str | None, visit: str = "") -> socket.socket:
    visit = visit or visit_of(app)
    head = f"POST {visit}/recordings?task=walk&name=a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{app.port}\r\n"
    head += f"Cookie: {app.cookie}\r\nOrigin: {app.own}\r\nAccept: application/json\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n" if length is None else f"Content-Length: {length}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", app.port), timeout=30)
    connection.sendall(head.encode())
    return connection


@pytest.mark.parametrize(("length", "status"), [("5000000000", b"413"), (None, b"411"), ("0", b"400")])
def test_an_upload_that_is_too_large_is_refused_before_it_is_sent(
    app: RunningApp, home: Path, length: str | None, status: bytes
) -> None:
    with begin_upload(app, length) as connection:
        assert connection.recv(4000).split()[1] == status
    assert list((home / "uploads").iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(app: RunningApp, home: Path) -> None:
    before = set((home / "recordings").iterdir())
    with begin_upload(app, "1000000") as connection:
        connection.sendall(b"x" * 1000)
        time.sleep(0.3)
    deadline = time.monotonic() + 10
    while list((home / "uploads").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list((home / "uploads").iterdir()) == []
    assert set((home / "recordings").iterdir()) == before


def test_an_upload_to_a_visit_that_is_deleted_meanwhile_leaves_nothing(app: RunningApp, home: Path) -> None:
    before = set((home / "recordings").iterdir())
    visit = visit_of(app)
    with begin_upload(app, "1000", visit) as connection:
        connection.sendall(b"x" * 500)
        time.sleep(0.3)
        assert app.post(f"{visit}/delete").status == 303
        connection.sendall(b"x" * 500)
        assert connection.recv(4000).split()[1] == b"404"
    assert list((home / "uploads").iterdir()) == []
    assert set((home / "recordings").iterdir()) == before


def test_what_is_deleted_is_in_no_file_while_the_application_runs(app: RunningApp, home: Path) -> None:
    visit = visit_of(app, "DELETED-0815")
    assert app.post_json(f"{visit}/entries", item="history.words", text="DELETED-0815").status == 200
    assert holding(home, b"DELETED-0815") != []
    (patient,) = set(addresses(app, visit, r'href="(/patients/[0-9a-f]{32})"'))
    assert app.post(f"{patient}/delete").status == 303
    assert holding(home, b"DELETED-0815") == []


def holding(home: Path, text: bytes) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and text in path.read_bytes()]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
def test_every_file_is_for_the_owner_alone(app: RunningApp, home: Path) -> None:
    assert app.post("/settings", clinic="", therapist="").status == 303
    open_to_others = [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_two_hundred_requests_at_once_are_all_answered(app: RunningApp) -> None:
    visit = visit_of(app)

    def ask(number: int) -> int:
        if number % 4:
            return app.get(visit).status
        return app.post_json(f"{visit}/entries", item="pain.nprs", variant="rest", text=str(number % 11)).status

    with ThreadPoolExecutor(200) as pool:
        assert set(pool.map(ask, range(200))) == {200}


def never(_address: str) -> None:
    raise AssertionError("it must not start")


def test_a_second_application_on_the_same_folder_names_the_first(app: RunningApp, home: Path) -> None:
    with pytest.raises(OutputBusyError, match="Another gaitlab app uses the folder") as caught:
        serve(home, started=never)
    assert app.address in str(caught.value)
    assert app.get("/").status == 200


def test_a_port_that_is_in_use_is_said(app: RunningApp, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"The port {app.port} is in use"):
        serve(tmp_path, port=app.port, started=never)


def test_the_same_port_can_be_used_again_at_once(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)) as connection:
            connection.request("GET", "/", headers={"Cookie": app.cookie})
            assert connection.getresponse().read()
            app.process.terminate()  # the server closes the connection: the system keeps its end for a minute
            app.process.wait(30)
        with running_app(tmp_path, "--port", str(app.port)) as again:
            assert again.port == app.port


def test_a_damaged_database_stops_the_start_and_is_left_alone(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "record.sqlite3").write_bytes(b"no database, but what somebody wrote")
    done = run_cli("app", "--home", tmp_path, "--no-browser", timeout_s=60)
    assert done.returncode == 3
    assert "is damaged and was not changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "record.sqlite3").read_bytes() == b"no database, but what somebody wrote"


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9 and the process's children")
def test_a_killed_worker_and_a_killed_application_lose_no_recording(tmp_path: Path, sample: Sample) -> None:
    video = sample("treadmill_left_slim").read_bytes()
    with running_app(tmp_path) as app:
        visit = visit_of(app)
        query = "task=hip_flexion&name=a.mp4"
        (recording,) = app.send("POST", f"{visit}/recordings?{query}", video, Accept="application/json").data.values()
        wait_for(app, visit, "running")
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(app.process.pid)],
            capture_output=True,
            encoding="ascii",
            timeout=30,
            check=False,
        ).stdout.split()
        for child in children:
            os.kill(int(child), 9)
        wait_for(app, visit, "running", attempts=2)
        app.process.kill()
        app.process.wait(30)
    with closing(sqlite3.connect(tmp_path / "record.sqlite3")) as connection:
        assert connection.execute("SELECT state FROM recording").fetchall() == [("running",)]
    (tmp_path / "recordings" / ("f" * 32)).mkdir()  # of an upload that was cut short
    with running_app(tmp_path) as app:
        wait_for(app, visit, "running", "queued")
        assert [path.name for path in (tmp_path / "recordings").iterdir()] == [recording]
        assert app.post(f"/recordings/{recording}/cancel").status == 303
        wait_for(app, visit, "cancelled")
        assert app.post(f"{visit}/delete").status == 303
    assert list((tmp_path / "recordings").iterdir()) == []


def wait_for(app: RunningApp, visit: str, *states: str, attempts: int = 1) -> None:
    """Wait until a visit's recording is in a state; with the number of attempts from the database."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (one,) = app.get(f"{visit}/progress").data["recordings"]
        if one["state"] in states and one["attempts"] >= attempts:
            return
        time.sleep(0.1)
    raise AssertionError(f"{one} is not {states}")


def test_the_commands_of_the_record_work_without_the_page(app: RunningApp, home: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> int:
        return CliRunner().invoke(cli, ["record", *arguments, "--home", str(home)]).exit_code

    assert run("export", "-o", str(tmp_path / "csv")) == 0
    tables = [path for path in (tmp_path / "csv").glob("*.csv") if path.name.startswith("DEMO-1")]
    assert tables[0].read_bytes().startswith(b"\xef\xbb\xbfpseudonym,"), "Excel reads accents only with the mark"
    assert run("export", "-o", str(tmp_path / "csv")) == 2
    assert run("export", "--fhir", "-o", str(tmp_path / "fhir")) == 0
    bundles = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "fhir").glob("*.fhir.json")]
    assert {bundle["resourceType"] for bundle in bundles} == {"Bundle"}
    assert run("backup", str(tmp_path / "backup.zip")) == 0
    assert run("backup", str(tmp_path / "backup.zip")) == 2
    visit_of(app, "to be deleted")
    assert run("delete", "to be deleted", "--yes") == 0
    assert "to be deleted" not in app.get("/").text
    assert run("delete", "to be deleted", "--yes") == 3


def test_a_backup_unpacked_is_a_record_again(app: RunningApp, home: Path, tmp_path: Path) -> None:
    answer = app.post("/backup")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.body)) as archive:
        archive.extractall(tmp_path)
    database = open_database(Home(root=tmp_path))
    with database.session() as session:
        assert "DEMO-1 stiff right hip" in session.scalars(select(Patient.pseudonym)).all()
    database.close()
    for report in (home / "recordings").glob("*/result/report.html"):
        assert (tmp_path / report.relative_to(home)).read_bytes() == report.read_bytes()


def test_the_archive_of_a_patient_is_readable_without_gaitlab(app: RunningApp) -> None:
    patient = addresses(app, "/", r'href="(/patients/[0-9a-f]{32})"[^/]*<strong>DEMO-2')[0]
    answer = app.post(f"{patient}/export")
    with ZipFile(BytesIO(answer.body)) as archive:
        names = archive.namelist()
        (text, _) = (name for name in names if name.endswith("/text.txt"))
        assert "OBJECTIVE (measured by video)" in archive.read(text).decode("utf-8")
    assert "README.txt" in names
    assert sum(name.endswith("/Walk 1/result/report.html") for name in names) == 2
    assert sum(name.endswith(".mp4") for name in names) == 4


def test_a_correction_of_an_older_page_is_refused(app: RunningApp) -> None:
    recording = recording_of(app)
    content = {"format": "gaitlab corrections", "version": 1, "videos": []}
    answer = app.post_json(f"{recording}/corrections", corrections=content, after=99)
    assert (answer.status, "another window" in answer.data["problem"]) == (409, True)
    assert app.post_json(f"{recording}/undo", after=0).status == 409
    for wrong in ({"format": "other"}, [], "x", None):
        assert app.post_json(f"{recording}/corrections", corrections=wrong, after=0).status == 400


def test_the_log_of_the_home_programme_is_stored_day_by_day(app: RunningApp) -> None:
    patient = addresses(app, "/", r'href="(/patients/[0-9a-f]{32})"[^/]*<strong>DEMO-2')[0]
    (visit, *_) = addresses(app, patient, r'href="(/visits/[0-9a-f]{32})"')
    days = addresses(app, f"{visit}/programme", r'data-day="([0-9-]+)"')
    assert len(days) == 56  # all since the visit before, though the handout has room for 28
    assert "Done on 8 of 56 days. Pain 3 to 6 of 10." in app.get(f"{visit}/text.txt").text
    assert app.post_json(f"{visit}/log", day=days[-1], done=True, pain="2,5").status == 200
    assert "Done on 9 of 56 days. Pain 2.5 to 6 of 10." in app.get(f"{visit}/text.txt").text
    assert app.post_json(f"{visit}/log", day=days[-1], done=False, pain="").status == 200
    assert "Done on 8 of 56 days." in app.get(f"{visit}/text.txt").text
    for wrong in ({"day": "x"}, {"day": days[0], "pain": "11"}):
        assert app.post_json(f"{visit}/log", done=True, **wrong).status == 422


def test_the_programme_of_the_visit_before_goes_on_with_its_doses(app: RunningApp) -> None:
    visit = visit_of(app, "GOES-ON")
    assert app.post(f"{visit}/programme", exercise="exercise.clam").status == 303
    (number,) = addresses(app, f"{visit}/programme", r'action="/prescriptions/(\d+)"')
    changed = {"sets": "2", "repetitions": "7", "sessions_per_day": "1", "days_per_week": "5", "side": "left"}
    assert app.post(f"/prescriptions/{number}", **changed).status == 303
    (patient,) = set(addresses(app, visit, r'href="(/patients/[0-9a-f]{32})"'))
    later = app.post(f"{patient}/visits", date="2099-01-01").headers["location"]
    assert app.post(f"{later}/programme", earlier="yes").status == 303
    assert "2 sets of 7 repetitions, on 5 days a week" in app.get(f"{later}/text.txt").text.partition("PLAN")[2]
    assert app.post(f"{later}/programme", earlier="yes").status == 303
    assert len(addresses(app, f"{later}/programme", r'action="/prescriptions/(\d+)"')) == 1


def test_what_was_filmed_can_be_put_right(app: RunningApp) -> None:
    visit = visit_of(app)
    query = "task=walk&name=a.mp4&footwear=Clogs"
    (recording,) = app.send("POST", f"{visit}/recordings?{query}", b"no video", Accept="application/json").data.values()
    wait_for(app, visit, "failed", attempts=0)
    assert 'value="Clogs"' in app.get(visit).text
    put_right = {"treadmill_speed_mps": "", "footwear": '"><b>Boots'}
    assert app.post(f"/recordings/{recording}/again", task="stairs", **put_right).status == 303
    wait_for(app, visit, "failed")
    assert "Stairs 1" in app.get(visit).text
    assert "<b>Boots" not in app.get(visit).text
    assert "&lt;b&gt;Boots" in app.get(visit).text
    assert app.post(f"/recordings/{recording}/again", task="nothing").status == 422
    assert app.post(f"/recordings/{recording}/again", task="walk", treadmill_speed_mps="90").status == 422
