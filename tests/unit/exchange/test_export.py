"""Exports: each file, read by the library of the other tool or by its rules, is the result again."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from bids_validator import BIDSValidator
from typer.testing import CliRunner
from walkers import STIFF_RIGHT, video_of, walk

import gaitlab
from gaitlab.analysis.result_files import write_result
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.cli.app import app
from gaitlab.core.formats import read_c3d, read_mot, read_trc
from gaitlab.errors import OutputError, UsageError
from gaitlab.exchange import EXPORTS
from gaitlab.exchange.opensim import _complete, coordinates
from gaitlab.schema import LANDMARKS
from gaitlab.simulate import Camera, Gait, simulate_walk

HEIGHT_CM = 175.0
SIDE_COORDINATES = ["hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l", "lumbar_extension"]


@pytest.fixture(scope="module")
def side() -> Analysis:
    landmarks = walk("left", STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks
    landmarks = landmarks.assign(position=landmarks["position"].where(landmarks["time"] > 0.2))
    return analyze_landmarks(landmarks, video_of(landmarks), Options(height_cm=HEIGHT_CM))


@pytest.fixture(scope="module")
def back() -> Analysis:
    landmarks = walk("back", Gait(drop_deg=(9, 4)), duration_s=6, noise_px=1, seed=0).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(pelvis="landmarks"))


def places(analysis: Analysis) -> np.ndarray:  # type: ignore[type-arg]
    return analysis.landmarks["position"].to_numpy()


class TestTrc:
    def test_markers_in_pixels_are_the_landmarks_with_y_up_and_no_depth(self, side: Analysis, tmp_path: Path) -> None:
        trc = read_trc(gaitlab.export(side, "trc", tmp_path / "out") / "landmarks.trc")
        assert trc.names == LANDMARKS
        assert (trc.units, trc.rate_hz) == ("px", side.video.rate_hz)
        expected = places(side) * [1, -1] + [0, side.video.height_px]
        np.testing.assert_allclose(trc.position[..., :2], expected, atol=1e-6)
        assert set(np.unique(trc.position[np.isfinite(trc.position[..., 2]), 2])) == {0.0}
        np.testing.assert_allclose(trc.time_s, side.landmarks["time"], atol=1e-6)

    def test_metres_give_the_body_its_size_and_point_where_the_person_walks(
        self, side: Analysis, tmp_path: Path
    ) -> None:
        trc = read_trc(gaitlab.export(side, "trc", tmp_path / "out", units="m") / "landmarks.trc")
        hip, knee, ankle, heel, toe = (
            trc.position[:, LANDMARKS.index(f"left_{name}")] for name in ("hip", "knee", "ankle", "heel", "foot_index")
        )
        leg_m = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
        assert np.nanmedian(leg_m) == pytest.approx(0.491 * HEIGHT_CM / 100, rel=0.03)
        assert np.nanmedian(toe[:, 0] - heel[:, 0]) > 0.1, "the person faces left, and X points ahead all the same"
        assert np.nanmedian(hip[:, 1] - ankle[:, 1]) > 0.5

    def test_the_header_is_that_of_the_tools_for_opensim(self, side: Analysis, tmp_path: Path) -> None:
        """The lines of Sports2D and Pose2Sim: field names, names of markers every three columns, X1 Y1 Z1."""
        path = gaitlab.export(side, "trc", tmp_path / "out") / "landmarks.trc"
        first, fields, values, names, axes = path.read_text(encoding="utf-8").splitlines()[:5]
        assert first == "PathFileType\t4\t(X/Y/Z)\tlandmarks.trc"
        assert (
            fields
            == "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
        )
        assert values.split("\t")[2:5] == ["180", "33", "px"]
        assert names.strip().split("\t")[2::3] == list(LANDMARKS)
        assert axes.startswith("\t\tX1\tY1\tZ1\tX2")
        assert axes.endswith("Z33")
        table = np.genfromtxt(path, skip_header=5, delimiter="\t")  # as Pose2Sim reads it
        assert table.shape == (180, 2 + 3 * 33)
        assert np.isnan(table[0, 2:]).all()
        cells = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[5:]]
        assert {len(row) for row in cells} == {2 + 3 * 33}
        assert "" not in cells[0], "OpenSim refuses a line whose last cell is empty"


class TestOpenSim:
    """OpenSim's own readers: `pip install opensim`, which has no package for every system and Python."""

    READ = """
import sys
import opensim
opensim.Logger.setLevelString("Off")
markers, angles = opensim.TimeSeriesTableVec3(sys.argv[1]), opensim.TimeSeriesTable(sys.argv[2])
data = opensim.MarkerData(sys.argv[1])
print(markers.getNumRows(), *markers.getColumnLabels())
print(markers.getTableMetaDataString("Units"), data.getNumFrames(), data.getNumMarkers(), data.getDataRate())
print(*markers.getRowAtIndex(100).getElt(0, 23).to_numpy())
print(*markers.getRowAtIndex(0).getElt(0, 23).to_numpy())
print(angles.getNumRows(), *angles.getColumnLabels())
print(angles.getTableMetaDataString("inDegrees"), opensim.Storage(sys.argv[2]).isInDegrees())
print(*angles.getRowAtIndex(50).to_numpy())
"""

    def test_its_readers_open_both_files(self, side: Analysis, tmp_path: Path) -> None:
        if importlib.util.find_spec("opensim") is None:
            pytest.skip("opensim is not installed")
        files = [gaitlab.export(side, "trc", tmp_path / "trc", units="m") / "landmarks.trc"]
        files += [gaitlab.export(side, "mot", tmp_path / "mot") / "angles.mot"]
        done = subprocess.run(
            [sys.executable, "-c", self.READ, *map(str, files)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        names, rate, seen, unseen, columns, unit, angles = (line.split() for line in done.stdout.splitlines())
        trc, mot = read_trc(files[0]), read_mot(files[1])
        assert names == [str(len(trc.time_s)), *LANDMARKS]
        assert rate == ["m", str(len(trc.time_s)), "33", str(trc.rate_hz)]
        np.testing.assert_allclose(np.array(seen, dtype=float), trc.position[100, 23], atol=1e-6)
        assert np.isnan(np.array(unseen, dtype=float)).all()
        assert columns == [str(len(mot.time_s)), *mot.names]
        assert unit == ["yes", "True"]
        np.testing.assert_allclose(np.array(angles, dtype=float), mot.values[50], atol=1e-6)


class TestMot:
    def test_angles_are_coordinates_with_the_signs_of_opensim(self, side: Analysis, tmp_path: Path) -> None:
        mot = read_mot(gaitlab.export(side, "mot", tmp_path / "out") / "angles.mot")
        assert mot.in_degrees
        assert list(mot.names) == SIDE_COORDINATES
        angles = side.angles.sel(time=mot.time_s, method="nearest")
        np.testing.assert_allclose(mot.values[:, 0], angles["hip_flexion"].sel(side="right"), atol=2e-3)
        np.testing.assert_allclose(mot.values[:, 3], angles["knee_flexion"].sel(side="left"), atol=2e-3)
        np.testing.assert_allclose(mot.values[:, 4], -angles["trunk_forward"], atol=2e-3)

    def test_the_header_counts_rows_and_columns(self, side: Analysis, tmp_path: Path) -> None:
        lines = (gaitlab.export(side, "mot", tmp_path / "out") / "angles.mot").read_text(encoding="utf-8").splitlines()
        end = lines.index("endheader")
        header = dict(line.split("=") for line in lines[:end] if "=" in line)
        assert header == {"version": "1", "inDegrees": "yes", "nRows": str(len(lines) - end - 2), "nColumns": "6"}
        assert lines[end + 1].split("\t") == ["time", *SIDE_COORDINATES]

    def test_times_with_a_gap_and_coordinates_hardly_seen_are_left_out(self) -> None:
        """OpenSim's reader of motions ends at the first nan without a word."""
        table = pd.DataFrame(
            {
                "time_s": [0.0, 0.1, 0.2, 0.3, 0.4],
                "hip_flexion_r": [np.nan, 1.0, np.nan, 3.0, 4.0],
                "hip_flexion_l": [np.nan, 5.0, 6.0, 7.0, 8.0],
                "pelvis_list": [np.nan, 1.0, np.nan, np.nan, np.nan],
            }
        )
        kept = _complete(table)
        assert list(kept) == ["time_s", "hip_flexion_r", "hip_flexion_l"]
        assert kept["time_s"].tolist() == [0.1, 0.3, 0.4]
        assert _complete(table[["time_s", "pelvis_list"]].iloc[:1]).empty

    def test_from_behind_it_has_the_pelvis_and_the_trunk(self, back: Analysis, tmp_path: Path) -> None:
        mot = read_mot(gaitlab.export(back, "mot", tmp_path / "out") / "angles.mot")
        assert mot.names == ("hip_adduction_r", "hip_adduction_l", "pelvis_list", "lumbar_bending")

    def test_the_trunk_is_bent_against_the_pelvis(self) -> None:
        """Seen from the front: left side of the pelvis 4 up, trunk 3 to the left of vertical."""
        table = pd.DataFrame({"time_s": [0.0], "pelvis_obliquity_deg": [4.0], "trunk_lateral_deg": [3.0]})
        assert coordinates(table).iloc[0].to_dict() == {"time_s": 0.0, "pelvis_list": 4.0, "lumbar_bending": -7.0}


class TestC3d:
    def test_points_angles_and_events_come_back(self, side: Analysis, tmp_path: Path) -> None:
        path = gaitlab.export(side, "c3d", tmp_path / "out", units="m") / "walk.c3d"
        c3d = read_c3d(path)
        assert c3d.units == "mm"
        assert tuple(c3d.points) == LANDMARKS
        trc = read_trc(gaitlab.export(side, "trc", tmp_path / "trc", units="m") / "landmarks.trc")
        np.testing.assert_allclose(np.stack([*c3d.points.values()], axis=1), 1000 * trc.position, atol=0.01)
        knee = c3d.angles["knee_flexion_left"][:, 0]
        np.testing.assert_allclose(
            knee, side.angles["knee_flexion"].sel(side="left").sel(time=trc.time_s, method="nearest"), atol=0.05
        )
        assert [(e.side, e.event) for e in c3d.events] == list(side.events[["side", "event"]].itertuples(index=False))
        np.testing.assert_allclose([e.time_s for e in c3d.events], side.events["time_s"], atol=1e-4)

    def test_ezc3d_reads_what_it_is(self, side: Analysis, tmp_path: Path) -> None:
        read = ezc3d.c3d(str(gaitlab.export(side, "c3d", tmp_path / "out") / "walk.c3d"))
        point, event = read["parameters"]["POINT"], read["parameters"]["EVENT"]
        assert point["UNITS"]["value"] == ["px"]
        assert point["RATE"]["value"][0] == pytest.approx(side.video.rate_hz, abs=1e-3)
        assert "hip_flexion_right" in point["ANGLES"]["value"]
        assert set(event["LABELS"]["value"]) == {"Foot Strike", "Foot Off"}
        assert set(event["CONTEXTS"]["value"]) == {"Left", "Right"}

    def test_uneven_frames_are_brought_to_an_even_rate(self, tmp_path: Path) -> None:
        walked = simulate_walk(camera=Camera(view="right"), treadmill=True, duration_s=6).landmarks
        uneven = np.sort(walked["time"].to_numpy() + np.random.default_rng(0).uniform(0, 0.012, walked.sizes["time"]))
        landmarks = walked.interp(time=uneven).dropna("time", how="all").assign_attrs(walked.attrs)
        result = analyze_landmarks(landmarks, video_of(landmarks), Options())
        folder = gaitlab.export(result, "c3d", tmp_path / "out")
        hip = read_c3d(folder / "walk.c3d").points["left_hip"]
        even = np.linspace(float(landmarks.time[0]), float(landmarks.time[-1]), len(hip))
        truth = walked["position"].sel(landmark="left_hip", xy="x").interp(time=even)
        assert np.nanmax(np.abs(hip[:, 0] - truth)) < 0.5
        assert "even rate" in (folder / "export.json").read_text(encoding="utf-8")


class TestBids:
    def test_each_file_has_a_name_of_bids(self, side: Analysis, tmp_path: Path) -> None:
        root = gaitlab.export(side, "bids", tmp_path / "out", participant="p07", session="1")
        ignored = {".bidsignore", *(root / ".bidsignore").read_text(encoding="utf-8").split()}
        names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        assert [name for name in names if name not in ignored and not BIDSValidator().is_bids(f"/{name}")] == []
        assert "sub-p07/ses-1/motion/sub-p07_ses-1_task-walk_tracksys-video_motion.tsv" in names

    def test_channels_describe_the_columns_and_hold_the_landmarks(self, side: Analysis, tmp_path: Path) -> None:
        place = gaitlab.export(side, "bids", tmp_path / "out") / "sub-01" / "motion"
        stem = "sub-01_task-walk_tracksys-video_"
        channels = pd.read_csv(place / f"{stem}channels.tsv", sep="\t", keep_default_na=False)
        values = pd.read_csv(place / f"{stem}motion.tsv", sep="\t", header=None, na_values="n/a")
        sidecar = json.loads((place / f"{stem}motion.json").read_text(encoding="utf-8"))
        assert list(channels)[:5] == ["name", "component", "type", "tracked_point", "units"]
        assert len(channels) == values.shape[1] == sidecar["MotionChannelCount"]
        assert {"SamplingFrequency", "TaskName"} <= set(sidecar)
        x = values[int(channels.index[channels["name"] == "left_hip_x"][0])]
        np.testing.assert_allclose(x, places(side)[:, LANDMARKS.index("left_hip"), 0], atol=1e-6)
        assert (channels["type"] == "JNTANG").sum() == sidecar["JNTANGChannelCount"] == 7


class TestMovement:
    def test_the_layout_is_that_of_movement(self, side: Analysis, tmp_path: Path) -> None:
        data = xr.load_dataset(gaitlab.export(side, "netcdf", tmp_path / "out") / "landmarks.nc", engine="scipy")
        assert data["position"].dims == ("time", "space", "keypoints", "individuals")
        assert data["confidence"].dims == ("time", "keypoints", "individuals")
        assert (data.attrs["ds_type"], data.attrs["time_unit"]) == ("poses", "seconds")
        np.testing.assert_array_equal(data["position"].squeeze().to_numpy().transpose(0, 2, 1), places(side))

    def test_movement_opens_it(self, side: Analysis, tmp_path: Path) -> None:
        datasets = pytest.importorskip(
            "movement.validators.datasets",
            reason="movement is not installed: it brings an OpenCV that overwrites that of MediaPipe",
        )
        data = xr.load_dataset(gaitlab.export(side, "netcdf", tmp_path / "out") / "landmarks.nc", engine="scipy")
        if "keypoint" in datasets.ValidPosesInputs.DIM_NAMES:
            data = data.rename(keypoints="keypoint", individuals="individual")
        datasets.ValidPosesInputs.validate(data)


class TestDoor:
    def test_of_a_fast_video_the_rate_is_that_of_the_frames_with_landmarks(
        self, side: Analysis, tmp_path: Path
    ) -> None:
        fast = replace(
            side,
            video=replace(side.video, rate_hz=60.0, frames=2 * side.video.frames),
            landmarks=side.landmarks.assign_attrs(frame_step=2),
        )
        assert read_trc(gaitlab.export(fast, "trc", tmp_path / "trc") / "landmarks.trc").rate_hz == 30.0
        assert read_c3d(gaitlab.export(fast, "c3d", tmp_path / "c3d") / "walk.c3d").rate_hz == pytest.approx(30.0)

    def test_several_videos_have_their_own_files(self, side: Analysis, back: Analysis, tmp_path: Path) -> None:
        visit = Analysis.of(side)
        object.__setattr__(visit, "parts", (side, back))
        names = {path.name for path in gaitlab.export(visit, "trc", tmp_path / "out").iterdir()}
        assert names == {"video_1_landmarks.trc", "video_2_landmarks.trc", "export.json"}

    @pytest.mark.parametrize("name", list(EXPORTS))
    def test_no_file_holds_the_name_of_the_video_or_the_patient(
        self, side: Analysis, tmp_path: Path, name: str
    ) -> None:
        folder = gaitlab.export(side, name, tmp_path / "out")
        written = b"".join(path.read_bytes() + path.name.encode() for path in folder.rglob("*") if path.is_file())
        assert side.video.stem.encode() not in written
        assert json.loads((folder / "export.json").read_text(encoding="utf-8"))["format"] == name

    def test_metres_are_refused_where_the_scale_is_not_known(self, back: Analysis, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="body height"):
            gaitlab.export(back, "trc", tmp_path / "out", units="m")
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "wrong", [{"to": "fbx"}, {"to": "trc", "units": "cm"}, {"to": "bids", "participant": "p/1"}]
    )
    def test_unknown_values_are_refused(self, side: Analysis, tmp_path: Path, wrong: dict[str, str]) -> None:
        with pytest.raises(UsageError):
            gaitlab.export(side, folder=tmp_path / "out", **wrong)  # type: ignore[arg-type]

    def test_the_command_writes_and_replaces_only_when_asked(self, side: Analysis, tmp_path: Path) -> None:
        result, out = tmp_path / "result", tmp_path / "out"
        result.mkdir()
        write_result(side, result)
        done = CliRunner().invoke(app, ["export", str(result), "--to", "mot", "-o", str(out)])
        assert done.exit_code == 0, done.output
        assert (out / "angles.mot").is_file()
        with pytest.raises(OutputError):
            gaitlab.export(result, "mot", out)
        assert gaitlab.export(result, "mot", out, force=True) == out


def test_a_table_of_numbers_stays_readable_by_pandas(side: Analysis, tmp_path: Path) -> None:
    text = (gaitlab.export(side, "mot", tmp_path / "out") / "angles.mot").read_text(encoding="utf-8")
    table = pd.read_csv(io.StringIO(text.split("endheader\n")[1]), sep="\t")
    assert list(table) == ["time", *SIDE_COORDINATES]
