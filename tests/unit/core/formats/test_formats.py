"""Files of other tools: what is written is read again, what is damaged is refused in a sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from gaitlab.core.formats import C3dEvent, C3dFile, read_c3d, read_mot, read_trc, write_c3d
from gaitlab.errors import InputError, MissingLibraryError

OPENSIM_TRC = (
    "PathFileType\t4\t(X/Y/Z)\tmarkers.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
    "100.00\t100.00\t2\t2\tmm\t100.00\t1\t2\n"
    "Frame#\tTime\tR.ASIS\t\t\tL.ASIS\t\t\t\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\t\n"
    "\n"
    "1\t0.00\t1.0\t2.0\t3.0\t\t\t\t\n"
    "2\t0.01\t1.5\t2.5\t3.5\t4.0\t5.0\t6.0\n"
)
OPENSIM_MOT = (
    "inverse kinematics\nversion=1\nnRows=2\nnColumns=3\ninDegrees=no\n\n"
    "If the header above contains a line with 'inDegrees', this indicates whether rotational values are in degrees "
    "(yes) or radians (no).\n\nendheader\ntime\thip_flexion_r\tpelvis_tx\n 0.0\t0.5\t1.0\n 0.1\t0.6\t1.1\n"
)


def test_a_trc_file_of_opensim_is_read(tmp_path: Path) -> None:
    path = tmp_path / "markers.trc"
    path.write_text(OPENSIM_TRC, encoding="utf-8")
    trc = read_trc(path)
    assert (trc.names, trc.units, trc.rate_hz) == (("R.ASIS", "L.ASIS"), "mm", 100.0)
    assert trc.position[1, 1].tolist() == [4.0, 5.0, 6.0]
    assert np.isnan(trc.position[0, 1]).all()


def test_a_mot_file_of_opensim_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ik.mot"
    path.write_text(OPENSIM_MOT, encoding="utf-8")
    mot = read_mot(path)
    assert (mot.names, mot.in_degrees) == (("hip_flexion_r", "pelvis_tx"), False)
    assert mot.values.tolist() == [[0.5, 1.0], [0.6, 1.1]]


@pytest.mark.parametrize("read", [read_trc, read_mot, read_c3d])
@pytest.mark.parametrize("contents", [None, b"", b"not what it should be\n1\n2\n3\n4\n5\n", b"\x00\x80\xff" * 400])
def test_what_is_damaged_is_refused(read: object, contents: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(InputError, match="file"):
        read(path)  # type: ignore[operator]


@pytest.mark.parametrize("read", [read_trc, read_mot])
@pytest.mark.parametrize("change", ["reversed", "no number"])
def test_times_that_do_not_grow_are_refused(read: Any, change: str, tmp_path: Path) -> None:
    head, first, second = with_rows(read)
    cells = second.split("\t")
    cells[1 if read is read_trc else 0] = "nan"
    rows = [second, first] if change == "reversed" else [first, "\t".join(cells)]
    (tmp_path / "file").write_text("\n".join([*head, *rows]), encoding="utf-8")
    with pytest.raises(InputError, match="the times must grow"):
        read(tmp_path / "file")


def test_of_rows_with_one_time_the_last_is_taken(tmp_path: Path) -> None:
    head, first, second = with_rows(read_mot)
    (tmp_path / "file.sto").write_text("\n".join([*head, first, first, second]), encoding="utf-8")
    assert len(read_mot(tmp_path / "file.sto").time_s) == 2


def with_rows(read: Any) -> tuple[list[str], str, str]:
    """Return the header of an example, and its two rows."""
    lines = (OPENSIM_TRC if read is read_trc else OPENSIM_MOT).strip().splitlines()
    return lines[:-2], lines[-2], lines[-1]


def test_a_walk_of_more_than_a_minute_keeps_its_events(tmp_path: Path) -> None:

    events = (
        C3dEvent(time_s=1.25, side="left", event="heel_strike"),
        C3dEvent(time_s=75.5, side="right", event="toe_off"),
    )
    points = {"left_hip": np.zeros((100, 3))}
    write_c3d(C3dFile(rate_hz=1.0, points=points, units="mm", events=events), tmp_path / "walk.c3d")
    found = read_c3d(tmp_path / "walk.c3d").events
    assert [(e.side, e.event) for e in found] == [("left", "heel_strike"), ("right", "toe_off")]
    np.testing.assert_allclose([e.time_s for e in found], [1.25, 75.5], atol=1e-4)


def test_without_ezc3d_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(MissingLibraryError, match=r"gaitlab-video\[c3d\]"):
        read_c3d(tmp_path / "walk.c3d")


class TestRealVariants:
    """The same contents in the shapes in which other programs write them."""

    def test_values_of_the_header_may_be_padded_with_tabs_and_spaces(self, tmp_path: Path) -> None:
        """EvaRT and older Cortex: two tabs between the values, so that they do not stand below their names."""
        first, fields, _, *rest = OPENSIM_TRC.splitlines()
        padded = ["  100.0\t\t  100.0\t\t    2\t\t     2\t\t mm\t  100.0\t      1\t    2"]
        path = tmp_path / "markers.trc"
        path.write_text("\r\n".join([first.replace("\t", "  ", 1), fields, *padded, *rest]), encoding="utf-8")
        trc = read_trc(path)
        assert (trc.units, trc.rate_hz, trc.names) == ("mm", 100.0, ("R.ASIS", "L.ASIS"))

    @pytest.mark.parametrize("read", [read_trc, read_mot])
    def test_a_spreadsheet_may_have_saved_it_with_commas(self, read: Any, tmp_path: Path) -> None:
        text = OPENSIM_TRC if read is read_trc else OPENSIM_MOT
        lines = text.replace(", ", " ").replace("\n 0", "\n0").splitlines()
        path = tmp_path / "saved"
        path.write_text("\n".join(line.replace("\t", ",") + ",,,," for line in lines), encoding="utf-8")
        plain = tmp_path / "plain"
        plain.write_text(text, encoding="utf-8")
        saved, expected = read(path), read(plain)
        assert saved.names == expected.names
        np.testing.assert_array_equal(saved.time_s, expected.time_s)

    def test_times_to_the_millisecond_are_those_of_the_rate(self, tmp_path: Path) -> None:
        """60 Hz written as 0.000, 0.017, 0.033: a velocity from them would be wrong by 4 %."""
        lines = OPENSIM_TRC.replace("100.00\t100.00\t2", "60.00\t60.00\t4").splitlines()[:6]
        lines += [f"{number}\t{(number - 1) / 60:.3f}\t1\t2\t3\t4\t5\t6" for number in range(1, 5)]
        path = tmp_path / "markers.trc"
        path.write_text("\n".join(lines), encoding="utf-8")
        np.testing.assert_allclose(read_trc(path).time_s, np.arange(4) / 60, atol=1e-12)

    @pytest.mark.parametrize("word", ["NaN", "nan", "NAN", "   nan", "Nan "])
    def test_a_word_may_stand_for_a_marker_that_is_not_seen(self, word: str, tmp_path: Path) -> None:
        path = tmp_path / "markers.trc"
        path.write_text(OPENSIM_TRC.replace("1.0\t2.0\t3.0", "\t".join([word] * 3)), encoding="utf-8")
        assert np.isnan(read_trc(path).position[0]).all()

    def test_a_trc_file_without_markers_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "markers.trc"
        path.write_text(OPENSIM_TRC.replace("R.ASIS\t\t\tL.ASIS\t\t\t", ""), encoding="utf-8")
        with pytest.raises(InputError, match="names of the markers"):
            read_trc(path)

    @pytest.mark.parametrize(
        ("name", "header", "in_degrees"),
        [
            ("ik.mot", "normal gait\nnRows=2\nnColumns=3\nendheader", True),
            ("ik.mot", "normal gait\nversion=1\nnRows=2\nnColumns=3\nendheader", False),
            ("ik.sto", "normal gait\nnRows=2\nnColumns=3\nendheader", False),
            ("ik.sto", "normal gait\nnRows=2\nnColumns=3\n\nAngles are in degrees.\n\nendheader", True),
            ("ik.mot", "normal gait\nversion=1\nnRows=2\nnColumns=3\ninDegrees = yes\nendheader\n\t\t\n", True),
            ("ik.mot", "name ik\ndatacolumns 3\ndatarows 2\nrange 0.0 0.1\nendheader", True),
        ],
    )
    def test_the_unit_of_rotations_is_that_which_opensim_takes(
        self, name: str, header: str, in_degrees: bool, tmp_path: Path
    ) -> None:
        path = tmp_path / name
        path.write_text(f"{header}\ntime\thip_flexion_r\tpelvis_tx\n0.0\t30\t1\n0.1\t31\t1\n", encoding="utf-8")
        assert read_mot(path).in_degrees == in_degrees


class TestRealC3d:
    def file(self, tmp_path: Path, change: Callable[[Any], None]) -> Path:
        """A file of three frames with a marker and an angle, changed before it is written."""
        c3d = ezc3d.c3d()
        c3d["parameters"]["POINT"]["RATE"]["value"] = [100.0]
        c3d["parameters"]["POINT"]["LABELS"]["value"] = ["LANK", "LKneeAngles"]
        c3d["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
        places = np.arange(24, dtype=float).reshape(4, 2, 3) + 1
        places[3] = 1
        c3d["data"]["points"] = places
        change(c3d)
        path = tmp_path / "walk.c3d"
        c3d.write(str(path))
        return path

    def with_events(self, labels: list[str], contexts: list[str] | None, times: Any) -> Callable[[Any], None]:
        def change(c3d: Any) -> None:
            c3d.add_parameter("EVENT", "USED", [len(labels)])
            c3d.add_parameter("EVENT", "LABELS", labels)
            if contexts is not None:
                c3d.add_parameter("EVENT", "CONTEXTS", contexts)
            c3d.add_parameter("EVENT", "TIMES", times)

        return change

    def test_times_of_events_may_be_one_row_of_minutes_and_seconds(self, tmp_path: Path) -> None:
        change = self.with_events(["Foot Strike", "Foot Off"], ["Left", "Right"], np.array([0.0, 0.01, 0.0, 0.02]))
        found = read_c3d(self.file(tmp_path, change)).events
        assert [(e.side, e.event, round(e.time_s, 4)) for e in found] == [
            ("left", "heel_strike", 0.01),
            ("right", "toe_off", 0.02),
        ]

    def test_events_may_have_the_side_in_their_name(self, tmp_path: Path) -> None:
        """Visual3D writes LHS and RTO, Qualisys the words, both without a context or with a general one."""
        times = np.array([[0.0] * 4, [0.0, 0.01, 0.02, 0.02]])
        labels = ["LHS", "Right Foot Off", "RON", "General"]
        for contexts in (None, ["General"] * 4):
            found = read_c3d(self.file(tmp_path, self.with_events(labels, contexts, times))).events
            assert [(e.side, e.event) for e in found] == [
                ("left", "heel_strike"),
                ("right", "toe_off"),
                ("right", "heel_strike"),
            ]

    def test_events_that_were_cut_away_are_left_out(self, tmp_path: Path) -> None:
        change = self.with_events(["Foot Strike"] * 2, ["Left"] * 2, np.array([[0.0, 0.0], [0.01, 4.5]]))
        assert len(read_c3d(self.file(tmp_path, change)).events) == 1

    def test_units_need_not_be_stated(self, tmp_path: Path) -> None:
        def change(c3d: Any) -> None:
            c3d["parameters"]["POINT"]["UNITS"]["value"] = []

        assert read_c3d(self.file(tmp_path, change)).units == ""

    def test_a_file_without_a_rate_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self.file(tmp_path, lambda c3d: None)
        read = ezc3d.c3d(str(path))
        read["parameters"]["POINT"]["RATE"]["value"] = [0.0]  # ezc3d itself cannot write it
        monkeypatch.setattr("ezc3d.c3d", lambda path: read)
        with pytest.raises(InputError, match="rate"):
            read_c3d(path)

    def test_angles_that_were_never_computed_are_not_zero(self, tmp_path: Path) -> None:
        def change(c3d: Any) -> None:
            c3d["data"]["points"][:3, 1] = 0.0

        found = read_c3d(self.file(tmp_path, change))
        assert np.isnan(found.angles["LKneeAngles"]).all()
        assert np.isfinite(found.points["LANK"]).all()

    def test_angles_in_radians_are_turned_into_degrees(self, tmp_path: Path) -> None:
        def change(c3d: Any) -> None:
            c3d.add_parameter("POINT", "ANGLES", ["LKneeAngles"])
            c3d.add_parameter("POINT", "ANGLE_UNITS", ["rad"])

        expected = np.degrees(np.arange(3) + 4.0)
        np.testing.assert_allclose(
            read_c3d(self.file(tmp_path, change)).angles["LKneeAngles"][:, 0], expected, rtol=1e-6
        )

    def test_names_beyond_the_255th_are_read(self, tmp_path: Path) -> None:
        """The format holds 255 names in a parameter; those beyond are in LABELS2."""
        points = {f"M{number}": np.full((2, 3), float(number)) for number in range(300)}
        write_c3d(C3dFile(rate_hz=100.0, points=points, units="mm"), tmp_path / "walk.c3d")
        found = read_c3d(tmp_path / "walk.c3d").points
        assert found.keys() == points.keys()
        assert found["M299"][0, 0] == 299.0
