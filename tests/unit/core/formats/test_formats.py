"""Files of other tools: what is written is read again, what is damaged is refused in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

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


def test_a_walk_of_more_than_a_minute_keeps_its_events(tmp_path: Path) -> None:

    events = (
        C3dEvent(time_s=1.25, side="left", event="heel_strike"),
        C3dEvent(time_s=75.5, side="right", event="toe_off"),
    )
    points = {"left_hip": np.zeros((100, 3))}
    write_c3d(C3dFile(rate_hz=100.0, points=points, units="mm", events=events), tmp_path / "walk.c3d")
    found = read_c3d(tmp_path / "walk.c3d").events
    assert [(e.side, e.event) for e in found] == [("left", "heel_strike"), ("right", "toe_off")]
    np.testing.assert_allclose([e.time_s for e in found], [1.25, 75.5], atol=1e-4)


def test_without_ezc3d_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(MissingLibraryError, match=r"gaitlab-video\[c3d\]"):
        read_c3d(tmp_path / "walk.c3d")
