"""A video against a laboratory: the shift between them is found, and known differences are found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner
from walkers import video_of

import gaitlab
from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.io import read_table
from gaitlab.analysis.result_files import write_result
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.cli.app import app
from gaitlab.core.formats import C3dEvent, C3dFile, MotFile, write_c3d, write_mot
from gaitlab.errors import InputError, UsageError
from gaitlab.exchange.against_laboratory import EVENT_AGREEMENT_COLUMNS, LABORATORY_COLUMNS
from gaitlab.exchange.laboratory import read_laboratory
from gaitlab.exchange.synchronise import find_lag
from gaitlab.schema import SIDES, rows_as_dicts
from gaitlab.simulate import Camera, Gait, Simulation, simulate_walk

TILT_DEG = 9.0
OFFSET_DEG = 4.0
LATER_S = 0.7


@pytest.fixture(scope="module")
def walked() -> Simulation:
    """A walk whose pace changes, as that of people does: its strides are not all the same."""
    gait = Gait(hip_extension_loss_deg=(0.0, 8.0), step_asymmetry_pct=3.0)
    even = simulate_walk(gait, camera=Camera(view="right"), duration_s=7, noise_px=1, seed=4)
    time_s = even.landmarks["time"].to_numpy()[5:-5]
    warped_s = time_s + 0.12 * np.sin(2 * np.pi * time_s / 4.3)

    def at(data: xr.Dataset) -> xr.Dataset:
        return data.interp(time=warped_s).assign_coords(time=time_s - time_s[0])

    events = even.events.assign(time_s=np.interp(even.events["time_s"], warped_s, time_s - time_s[0]))
    inside = (even.events["time_s"] > warped_s[0]) & (even.events["time_s"] < warped_s[-1])
    landmarks = at(even.landmarks.drop_vars("visibility"))
    landmarks["visibility"] = np.isfinite(landmarks["position"]).all("xy").astype(float)
    return replace(
        even, landmarks=landmarks.assign_attrs(even.landmarks.attrs), angles=at(even.angles), events=events[inside]
    )


@pytest.fixture(scope="module")
def video(walked: Simulation) -> Analysis:
    return analyze_landmarks(walked.landmarks, video_of(walked.landmarks), Options())


def laboratory_c3d(walked: Simulation, path: Path, *, events: bool = True, name: str = "") -> Path:
    """What a laboratory would write: 100 Hz, started later; its knee reads 4 degrees more."""
    time_s = np.arange(LATER_S, float(walked.angles["time"][-1]), 0.01)
    at = walked.angles.interp(time=time_s)
    angles = {}
    for side in SIDES:
        zero, of_side = np.zeros(len(time_s)), {key: at[key].sel(side=side) for key in ("hip_flexion", "knee_flexion")}
        prefix = f"{name}{side[0].upper()}"
        angles[f"{prefix}HipAngles"] = np.stack([of_side["hip_flexion"] + TILT_DEG, zero, zero], axis=1)
        angles[f"{prefix}KneeAngles"] = np.stack([of_side["knee_flexion"] + OFFSET_DEG, zero, zero], axis=1)
        angles[f"{prefix}PelvisAngles"] = np.stack([zero + TILT_DEG, zero, zero], axis=1)
    found = [
        C3dEvent(time_s=row["time_s"] - LATER_S, side=row["side"], event=row["event"])
        for row in rows_as_dicts(walked.events)
        if row["time_s"] > LATER_S
    ]
    file = C3dFile(
        rate_hz=100.0,
        points={"LANK": np.zeros((len(time_s), 3))},
        units="mm",
        angles=angles,
        events=tuple(found) if events else (),
    )
    write_c3d(file, path)
    return path


@pytest.mark.parametrize("events", [True, False])
def test_the_shift_and_the_difference_are_found(
    walked: Simulation, video: Analysis, tmp_path: Path, events: bool
) -> None:
    study = gaitlab.laboratory(video, laboratory_c3d(walked, tmp_path / "walk.c3d", events=events, name="Anna:"))
    assert study.lag.lag_s == pytest.approx(LATER_S, abs=0.01)
    assert study.lag.source == ("events" if events else "curves")
    whole = study.table[study.table["phase"] == "cycle"].set_index(["measure", "side"])
    for side in SIDES:
        assert whole.loc[("knee_flexion", side), "bias"] == pytest.approx(-OFFSET_DEG, abs=0.8)
        assert whole.loc[("knee_flexion", side), "rmse"] == pytest.approx(OFFSET_DEG, abs=0.8)
        assert whole.loc[("hip_flexion", side), "bias"] == pytest.approx(0, abs=0.8), "less the tilt of the pelvis"
        assert whole.loc[("hip_flexion", side), "icc"] > 0.98
    assert "trunk_forward" not in set(study.table["measure"]), "which the file does not have"
    assert len(study.events) == (4 if events else 0)
    if events:
        assert (study.events["missed"] + study.events["extra"]).sum() <= 2
        assert study.events["bias_s"].abs().max() < 0.03


def test_the_phases_are_those_of_the_video(walked: Simulation, video: Analysis, tmp_path: Path) -> None:
    study = gaitlab.laboratory(video, laboratory_c3d(walked, tmp_path / "walk.c3d"))
    row = study.table.query("measure == 'knee_flexion' and side == 'right' and phase == 'mid_stance'").iloc[0]
    pairs = row["video_mean"] - row["laboratory_mean"]
    assert row["bias"] == pytest.approx(pairs)
    assert row["loa_low"] < row["bias"] < row["loa_high"]
    assert np.isnan(row["icc"])


def test_a_result_against_its_own_export_agrees(video: Analysis, tmp_path: Path) -> None:
    for name, file in (("c3d", "walk.c3d"), ("mot", "angles.mot")):
        folder = gaitlab.export(video, name, tmp_path / name)
        study = gaitlab.laboratory(video, folder / file)
        assert study.lag.lag_s == pytest.approx(0, abs=0.005)
        assert study.table["rmse"].max() < 1.5, "a C3D file has the rate of the video"
        assert {"hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward"} == set(study.table["measure"])


def test_the_sign_of_the_knee_and_radians_are_recognised(tmp_path: Path) -> None:
    knee = np.radians(-np.linspace(0, 60, 50))
    mot = MotFile(
        names=("knee_angle_l", "hip_flexion_l", "pelvis_tilt"),
        time_s=np.arange(50) / 50,
        values=np.stack([knee, np.radians(np.full(50, 30.0)), np.radians(np.full(50, -10.0))], axis=1),
        in_degrees=False,
    )
    write_mot(mot, tmp_path / "ik.mot")
    angles = read_laboratory(tmp_path / "ik.mot").angles
    assert float(angles["knee_flexion"].sel(side="left")[-1]) == pytest.approx(60, abs=1e-3)
    assert float(angles["hip_flexion"].sel(side="left")[0]) == pytest.approx(20, abs=1e-3)


def test_degrees_that_are_called_radians_are_refused(tmp_path: Path) -> None:
    knee = np.linspace(0, 60, 50)[:, None]
    write_mot(
        MotFile(names=("knee_angle_l",), time_s=np.arange(50) / 50, values=knee, in_degrees=False), tmp_path / "ik.mot"
    )
    with pytest.raises(InputError, match="degrees or radians"):
        read_laboratory(tmp_path / "ik.mot")


def test_coordinates_without_the_tilt_of_the_pelvis_are_named(tmp_path: Path) -> None:
    """The thigh to the pelvis differs from the thigh to the vertical by that tilt."""
    for names, stated in ((("hip_flexion_l", "pelvis_tilt"), False), (("hip_flexion_l", "knee_angle_l"), True)):
        write_mot(MotFile(names=names, time_s=np.arange(50) / 50, values=np.full((50, 2), 9.0)), tmp_path / "ik.mot")
        assert ("no pelvis_tilt" in read_laboratory(tmp_path / "ik.mot").definition) == stated


def test_states_of_opensim_4_have_paths_as_names(tmp_path: Path) -> None:
    kinds = ("value", "speed")
    names = [f"/jointset/joint/{name}/{kind}" for name in ("hip_flexion_r", "pelvis_tilt") for kind in kinds]
    values = np.tile([30.0, 500.0, -10.0, 7.0], (50, 1))
    write_mot(MotFile(names=tuple(names), time_s=np.arange(50) / 50, values=values), tmp_path / "states.sto")
    angles = read_laboratory(tmp_path / "states.sto").angles
    assert float(angles["hip_flexion"].sel(side="right")[0]) == pytest.approx(20, abs=1e-3)


def test_of_shifts_that_fit_about_as_well_the_one_that_shows_more_is_taken() -> None:
    """All strides are alike but the first, a little off in the laboratory: a shift by a stride fits best."""
    even = simulate_walk(Gait(stride_time_s=1.1), camera=Camera(view="right"), treadmill=True, duration_s=7, seed=4)
    video = even.angles.where(xr.Dataset({name: name == "knee_flexion" for name in even.angles}))
    first = (video["time"] < 1.1) * 3.0 * np.sin(2 * np.pi * video["time"] / 0.3)
    found = find_lag(video, even.events.iloc[:0], video + first, even.events.iloc[:0])
    assert found.lag_s == pytest.approx(0, abs=0.01)
    assert found.ambiguous


@pytest.mark.parametrize("endings", [("V",), ("_CGM1",), ("_CGM1", "_CGM2.3"), ("", "_old")])
def test_angles_of_the_gait_model_may_have_an_ending(endings: tuple[str, ...], tmp_path: Path) -> None:
    """Software that adds its own to the names; of two models none is chosen, and the plain names come first."""
    angles = {f"LKneeAngles{ending}": np.full((9, 3), 10.0 + number) for number, ending in enumerate(endings)}
    listed = C3dFile(rate_hz=100, points={"LANK": np.ones((9, 3))}, units="mm", angles=angles)
    write_c3d(listed, tmp_path / "walk.c3d")
    if len(endings) == 2 and "" not in endings:
        with pytest.raises(InputError, match="LHipAngles"):
            read_laboratory(tmp_path / "walk.c3d")
        return
    knee = read_laboratory(tmp_path / "walk.c3d").angles["knee_flexion"]
    assert float(knee.sel(side="left")[0]) == 10.0


def test_both_knees_have_one_sign(tmp_path: Path) -> None:
    """A stiff knee that extends more than it flexes keeps the sign of the file: the other one shows it."""
    stiff, free = np.linspace(-12, 4, 50), np.linspace(0, 60, 50)
    mot = MotFile(names=("knee_angle_l", "knee_angle_r"), time_s=np.arange(50) / 50, values=np.stack([stiff, free], 1))
    write_mot(mot, tmp_path / "ik.mot")
    knee = read_laboratory(tmp_path / "ik.mot").angles["knee_flexion"]
    np.testing.assert_allclose(knee, mot.values, atol=1e-6)


class TestDoor:
    def test_the_command_writes_page_tables_and_curves(
        self, walked: Simulation, video: Analysis, tmp_path: Path
    ) -> None:
        (tmp_path / "result").mkdir()
        write_result(video, tmp_path / "result")
        file, out = laboratory_c3d(walked, tmp_path / "walk.c3d"), tmp_path / "out"
        done = CliRunner().invoke(app, ["laboratory", str(tmp_path / "result"), str(file), "-o", str(out)])
        assert done.exit_code == 0, done.output
        assert "bias" in done.output
        for name, columns in (
            ("laboratory.csv", LABORATORY_COLUMNS),
            ("laboratory_events.csv", EVENT_AGREEMENT_COLUMNS),
        ):
            assert tuple(read_table(out / name)) == columns == tuple(COLUMNS[name])
        page = (out / "laboratory.html").read_text(encoding="utf-8")
        assert "shifted by 0." in page
        assert "http" not in page.replace("http-equiv", "")
        assert (out / "laboratory_knee_flexion.png").read_bytes()[:4] == b"\x89PNG"

    def test_a_given_shift_is_used(self, walked: Simulation, video: Analysis, tmp_path: Path) -> None:
        study = gaitlab.laboratory(video, laboratory_c3d(walked, tmp_path / "walk.c3d"), lag_s=0.75)
        assert (study.lag.lag_s, study.lag.source) == (0.75, "given")
        assert study.lag.alike

    def test_a_shift_at_which_the_angles_are_not_alike_is_doubted(
        self, walked: Simulation, video: Analysis, tmp_path: Path
    ) -> None:
        study = gaitlab.laboratory(video, laboratory_c3d(walked, tmp_path / "walk.c3d"), lag_s=LATER_S + 0.5)
        assert not study.lag.alike
        assert "hardly alike" in study.lines[1]

    def test_another_walk_and_another_file_are_refused(
        self, walked: Simulation, video: Analysis, tmp_path: Path
    ) -> None:
        file = laboratory_c3d(walked, tmp_path / "walk.c3d")
        with pytest.raises(UsageError, match="same walk"):
            gaitlab.laboratory(video, file, lag_s=60.0)
        with pytest.raises(UsageError, match="A lag of nan s is not possible"):
            gaitlab.laboratory(video, file, lag_s=float("nan"))
        write_c3d(C3dFile(rate_hz=100, points={"A": np.zeros((9, 3))}, units="mm"), tmp_path / "markers.c3d")
        with pytest.raises(InputError, match="LHipAngles"):
            gaitlab.laboratory(video, tmp_path / "markers.c3d")
        with pytest.raises(InputError, match=r"\.c3d, \.mot"):
            gaitlab.laboratory(video, tmp_path / "walk.xlsx")
        visit = replace(video, parts=(video, video))
        with pytest.raises(UsageError, match="several videos"):
            gaitlab.laboratory(visit, file)
