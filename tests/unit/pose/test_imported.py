"""Landmarks of other tools: the same walk gives the same numbers, and what they cannot show is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from walkers import video_of

import gaitlab
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.core.formats import TrcFile, write_trc
from gaitlab.core.formats.keypoints import read_keypoints
from gaitlab.core.formats.openpose import _frame_numbers
from gaitlab.core.formats.openpose_layouts import _BODY_25, _BODY_25B, _HALPE_26, _WHOLE_BODY, Layout
from gaitlab.errors import InputError, MissingLibraryError, UsageError
from gaitlab.pose.imported import imported_landmarks, landmarks_of_file
from gaitlab.pose.imported_names import landmark_columns
from gaitlab.schema import LANDMARKS
from gaitlab.simulate import Body, Camera, Gait, Simulation, simulate_walk
from gaitlab.simulate.skeleton import pelvis_travel, skeleton
from gaitlab.video import VideoWriter

HEIGHT_CM = 175.0
BODY = Body(height_m=HEIGHT_CM / 100)
STIFF = Gait(hip_extension_loss_deg=(0.0, 10.0))
SMALL = {"width_px": 640, "height_px": 360, "focal_px": 550.0}
HALPE = {  # names of Sports2D and Pose2Sim
    **{f"{side[0].upper()}{part.capitalize()}": f"{side}_{part}" for side in ("left", "right") for part in
       ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel")},
    **{f"{side[0].upper()}BigToe": f"{side}_foot_index" for side in ("left", "right")},
    "Nose": "nose",
}  # fmt: skip


@pytest.fixture(scope="module")
def walked() -> Simulation:
    return simulate_walk(STIFF, camera=Camera(view="left", **SMALL), duration_s=6, noise_px=0.7, seed=1)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def direct(walked: Simulation) -> Analysis:
    return analyze_landmarks(walked.landmarks, video_of(walked.landmarks), Options(height_cm=HEIGHT_CM))


@pytest.fixture(scope="module")
def video(walked: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of as many frames, of a wall."""
    path = tmp_path_factory.mktemp("video") / "walk.mp4"
    image = np.random.default_rng(0).integers(90, 160, (45, 80, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    with VideoWriter(path, 640, 360, 30.0) as writer:
        for time_s in walked.landmarks["time"].to_numpy():
            writer.write(image, time_s)
    return path


def columns(landmarks: xr.Dataset, names: dict[str, str]) -> np.ndarray[Any, Any]:
    return landmarks["position"].sel(landmark=list(names.values())).to_numpy()


def value(analysis: Analysis, parameter: str, side: str) -> float:
    table = analysis.spatiotemporal
    return float(table.loc[(table["parameter"] == parameter) & (table["side"] == side), "value"].iloc[0])


def assert_alike(found: Analysis, expected: Analysis, angle_deg: float = 0.7) -> None:
    for side in ("left", "right"):
        assert value(found, "hip_extension_deg", side) == pytest.approx(
            value(expected, "hip_extension_deg", side), abs=angle_deg
        )
        assert value(found, "stance_pct", side) == pytest.approx(value(expected, "stance_pct", side), abs=1.5)
    assert value(found, "cadence_spm", "both") == pytest.approx(value(expected, "cadence_spm", "both"), rel=0.01)
    assert "MediaPipe" not in found.provenance.methods[0]


def write_openpose(folder: Path, landmarks: xr.Dataset, layout: Layout = _BODY_25, more: int = 0) -> Path:
    """Write a file for each frame; ``more``: keypoints of face and hands, of which nothing is used."""
    folder.mkdir()
    names = {name: HALPE.get(name) for name in (*layout.names, *map(str, range(more)))}
    position = landmarks["position"]
    for frame in range(landmarks.sizes["time"]):
        flat: list[float] = []
        for name, landmark in names.items():
            wanted = ["left_hip", "right_hip"] if name == "MidHip" else landmark
            place = position[frame].sel(landmark=wanted).to_numpy() if wanted else np.full(2, np.nan)
            place = place.mean(axis=0) if name == "MidHip" else place
            flat += [*np.round(np.nan_to_num(place), 3), float(np.isfinite(place).all())]
        small = [each / 3 if index % 3 != 2 else each for index, each in enumerate(flat)]
        people = [{"pose_keypoints_2d": small}, {"pose_keypoints_2d": flat}] if frame != 5 else []
        (folder / f"walk_{frame:012d}_keypoints.json").write_text(json.dumps({"people": people}), encoding="utf-8")
    return folder


def deeplabcut_table(landmarks: xr.Dataset, frames: int | None = None) -> pd.DataFrame:
    names = [name for name in LANDMARKS if "eye" not in name and "mouth" not in name]
    header = [("net", name, axis) for name in names for axis in ("x", "y", "likelihood")]
    place = landmarks["position"].sel(landmark=names).to_numpy()[:frames]
    seen = np.isfinite(place[..., :1]).astype(float)
    values = np.concatenate([place, seen], axis=-1).reshape(len(place), -1)
    return pd.DataFrame(values, columns=pd.MultiIndex.from_tuples(header, names=["scorer", "bodyparts", "coords"]))


def read_keypoints_of(table: pd.DataFrame, folder: Path) -> np.ndarray[Any, Any]:
    table.to_csv(folder / "plain.csv")
    return read_keypoints(folder / "plain.csv").position


class TestWithoutVideo:
    @pytest.mark.parametrize("upward", [True, False])
    def test_pixels_of_a_side_view_give_the_same_numbers(
        self, walked: Simulation, direct: Analysis, tmp_path: Path, upward: bool
    ) -> None:
        """Sports2D writes metres in the header whatever the unit is, and y up or down."""
        place = columns(walked.landmarks, HALPE) * ([1, -1] if upward else [1, 1])
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = walked.landmarks["time"].to_numpy()
        trc = TrcFile(names=tuple(HALPE), time_s=times, position=flat, units="m", rate_hz=30)
        write_trc(trc, tmp_path / "walk_px.trc")
        found = gaitlab.analyze(tmp_path / "walk_px.trc", height_cm=HEIGHT_CM)
        assert found.view.view == "left"
        assert_alike(found, direct)
        assert any("another tool" not in text and "TRC" in text for text in found.warnings)

    @pytest.mark.parametrize("missing", ["Heel", "LHeel", "RHeel", "LBigToe", "RBigToe", "Nose", "Elbow", "Wrist"])
    @pytest.mark.parametrize("view", ["left", "right"])
    def test_a_landmark_that_is_not_required_may_be_missing(self, missing: str, view: str, tmp_path: Path) -> None:
        """Without heels the ankles show which way the person faces: the legs keep their sides."""
        walked = simulate_walk(STIFF, camera=Camera(view=view, **SMALL), duration_s=6, noise_px=0.7, seed=4)  # type: ignore[arg-type]
        names = {name: landmark for name, landmark in HALPE.items() if missing not in name}
        place = columns(walked.landmarks, names)
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = walked.landmarks["time"].to_numpy()
        path = tmp_path / "walk_px.trc"
        write_trc(TrcFile(names=tuple(names), time_s=times, position=flat, units="px", rate_hz=30), path)
        found = gaitlab.analyze(path, height_cm=HEIGHT_CM)
        whole = analyze_landmarks(walked.landmarks, video_of(walked.landmarks), Options(height_cm=HEIGHT_CM))
        assert found.view.view == view
        for side in ("left", "right"):
            extension = value(whole, "hip_extension_deg", side)
            assert value(found, "hip_extension_deg", side) == pytest.approx(extension, abs=0.7)
            late_pct = 4.0 if "Toe" in missing else 1.5  # toe-off without toes is 12 to 35 ms late
            assert value(found, "stance_pct", side) == pytest.approx(value(whole, "stance_pct", side), abs=late_pct)

    @pytest.mark.parametrize(("axes", "units", "scale"), [("xyz", "mm", 1000), ("zxy", "m", 1), ("xzy", "cm", 100)])
    def test_three_dimensions_are_seen_from_the_side_in_true_size(
        self, tmp_path: Path, axes: str, units: str, scale: float
    ) -> None:
        """As Pose2Sim writes them, Y up, and laboratories, Z up; walking askew to its axes, at 40 degrees."""
        way = pelvis_travel(STIFF, BODY)
        time_s = np.arange(180) / 30
        points = skeleton(STIFF, BODY, way, time_s, treadmill=False)
        room = np.stack([points[name] for name in HALPE.values()], axis=1)
        ahead, left, up = np.moveaxis(room, -1, 0)
        turn = np.radians(40)
        x, z = ahead * np.cos(turn) - left * np.sin(turn), -ahead * np.sin(turn) - left * np.cos(turn)
        at = {"x": x, "y": up, "z": z}
        position = scale * np.stack([at[axis] for axis in axes], axis=-1) * ([1, -1, 1] if axes == "xzy" else 1)
        trc = TrcFile(names=tuple(HALPE), time_s=time_s, position=position, units=units, rate_hz=30)
        write_trc(trc, tmp_path / "walk.trc")
        found = gaitlab.analyze(tmp_path / "walk.trc", height_cm=HEIGHT_CM)
        truth = simulate_walk(STIFF, duration_s=6).angles["hip_flexion"]
        for side in ("left", "right"):
            extension = -float(truth.sel(side=side).min())
            assert value(found, "hip_extension_deg", side) == pytest.approx(extension, abs=1.0)
        assert found.view.view == "right"

    @pytest.mark.parametrize(("rate_hz", "decimals"), [(30, 3), (30, 4), (120, 4), (60, 2)])
    def test_the_rate_is_that_of_the_header_though_times_are_rounded(
        self, rate_hz: float, decimals: int, tmp_path: Path
    ) -> None:
        walked = simulate_walk(camera=Camera(view="left", **SMALL), duration_s=4, rate_hz=rate_hz)  # type: ignore[arg-type]
        place = columns(walked.landmarks, HALPE)
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = np.round(np.arange(len(flat)) / rate_hz, decimals)
        path = tmp_path / "walk_px.trc"
        write_trc(TrcFile(names=tuple(HALPE), time_s=times, position=flat, units="px", rate_hz=rate_hz), path)
        landmarks, info = landmarks_of_file(path)
        assert info.rate_hz == pytest.approx(rate_hz, rel=1e-3)
        if decimals > 2:
            np.testing.assert_allclose(landmarks["time"], np.arange(len(flat)) / rate_hz, atol=1e-9)

    def test_it_is_saved_without_images_as_faces_could_not_be_blurred(
        self, walked: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = columns(walked.landmarks, HALPE)
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = walked.landmarks["time"].to_numpy()
        path = tmp_path / "walk.trc"
        write_trc(TrcFile(names=tuple(HALPE), time_s=times, position=flat, units="px", rate_hz=30), path)
        given: list[object] = []
        monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, videos, **__: given.extend(videos))
        out = gaitlab.analyze(path).save(tmp_path / "out", video=path)
        assert given == []
        assert gaitlab.load(out).provenance.parameters["imported_from"] == "the tool that wrote the TRC file"


class TestWithVideo:
    def test_openpose_gives_the_same_numbers(
        self, walked: Simulation, direct: Analysis, video: Path, tmp_path: Path
    ) -> None:
        """The largest person of each frame counts, and a frame without anybody is a gap."""
        folder = write_openpose(tmp_path / "json", walked.landmarks)
        found = gaitlab.analyze(video, landmarks=folder, height_cm=HEIGHT_CM, cache=False)
        assert_alike(found, direct)
        assert found.provenance.model_sha256 == "none: landmarks of OpenPose"
        assert np.isnan(found.landmarks["position"][5]).all()

    @pytest.mark.parametrize(("layout", "more"), [(_BODY_25, 0), (_BODY_25B, 0), (_HALPE_26, 0), (_WHOLE_BODY, 110)])
    def test_the_order_of_the_keypoints_is_recognised(
        self, walked: Simulation, tmp_path: Path, layout: Layout, more: int
    ) -> None:
        """BODY_25 and BODY_25B have as many keypoints: a hip of one is a wrist of the other."""
        short = walked.landmarks.isel(time=slice(0, 8))
        found = read_keypoints(write_openpose(tmp_path / "json", short, layout, more))
        assert found.names == layout.names
        place = found.position[7, found.names.index("LHip")]
        np.testing.assert_allclose(place, short["position"][7].sel(landmark="left_hip"), atol=1e-3)

    def test_frames_are_in_the_order_of_their_numbers(self, walked: Simulation, tmp_path: Path) -> None:
        """Frame 9 comes before frame 10 without leading zeros too; what macOS adds to a copied folder is no frame."""
        folder = write_openpose(tmp_path / "json", walked.landmarks.isel(time=slice(0, 12)))
        expected = read_keypoints(folder)
        for number, file in enumerate(sorted(folder.glob("*.json"))):
            file.rename(folder / f"walk_{number}.json")
        (folder / "._walk_0.json").write_bytes(b"\x00\x05\x16\x07")
        np.testing.assert_array_equal(read_keypoints(folder).position, expected.position)

    def test_frames_without_a_file_are_gaps(self, walked: Simulation, tmp_path: Path) -> None:
        """The number in the name is that of the frame, also after a lost file or a skipped start."""
        folder = write_openpose(tmp_path / "json", walked.landmarks)
        for file in sorted(folder.glob("*.json")):
            if int(file.name.split("_")[1]) in (*range(50), 90, 91):
                file.unlink()
        times = walked.landmarks["time"].to_numpy()
        found = columns(imported_landmarks(folder, video_of(walked.landmarks), times), HALPE)
        expected = columns(walked.landmarks, HALPE)
        assert np.isnan(found[:50]).all()
        assert np.isnan(found[90:92]).all()
        np.testing.assert_allclose(found[100:], expected[100:], atol=1e-3)

    @pytest.mark.parametrize(
        ("names", "frames"),
        [
            (["a_7_25.json", "a_8_25.json", "a_10_25.json"], [7, 8, 10]),
            (["f1.json", "f2.json", "f4.json"], [0, 1, 3]),
            (["t1700000000.json", "t1700000040.json", "t1700000080.json"], [0, 1, 2]),
            (["left.json", "middle.json", "right.json"], [0, 1, 2]),
        ],
    )
    def test_the_number_that_changes_is_that_of_the_frame(self, names: list[str], frames: list[int]) -> None:
        """Tools that count begin with 0 or with 1; times are no numbers of frames."""
        assert _frame_numbers([Path(name) for name in names]) == frames

    @pytest.mark.parametrize("person", ["walker", "2"])
    def test_one_person_is_followed_though_another_one_is_larger(
        self, walked: Simulation, direct: Analysis, video: Path, tmp_path: Path, person: str
    ) -> None:
        """Somebody stands next to the walker, larger at first and smaller later, and comes first or last."""
        folder = write_openpose(tmp_path / "json", walked.landmarks)
        still = np.empty(0)
        for number, file in enumerate(sorted(folder.glob("*.json"))):
            people = json.loads(file.read_text(encoding="utf-8"))["people"]
            if not people:
                continue
            walker = people[1]["pose_keypoints_2d"]
            still = still if len(still) else np.reshape(walker, (-1, 3))
            size = 1.3 - 0.4 * number / 180
            aside = (still * [size, size, 1] - [1000, 0, 0]) * (still[:, 2:] > 0)
            both = [walker, aside.ravel().tolist()][:: 1 if number % 2 else -1]
            contents = {"people": [{"pose_keypoints_2d": each} for each in both]}
            file.write_text(json.dumps(contents), encoding="utf-8")
        found = gaitlab.analyze(video, landmarks=folder, height_cm=HEIGHT_CM, person=person, cache=False)
        assert_alike(found, direct)
        assert any("2 people" in text and "another person" in text for text in found.warnings)
        with pytest.raises(UsageError, match="Person 3 was not found: the landmarks are of 2 people"):
            gaitlab.analyze(video, landmarks=folder, person="3", cache=False)

    def test_deeplabcut_gives_the_same_landmarks(self, walked: Simulation, tmp_path: Path) -> None:
        deeplabcut_table(walked.landmarks, frames=170).to_csv(tmp_path / "walkDLC.csv")
        info, times = video_of(walked.landmarks), walked.landmarks["time"].to_numpy()
        found = imported_landmarks(tmp_path / "walkDLC.csv", info, times)
        assert found.sizes["time"] == 180, "a row for each frame of the video"
        names = list(HALPE.values())
        mine, expected = (each["position"].sel(landmark=names).to_numpy() for each in (found, walked.landmarks))
        np.testing.assert_allclose(mine[:170], expected[:170], atol=1e-9)
        assert np.isnan(mine[170:]).all()
        across = found["position_world"].sel(landmark="left_hip") - found["position_world"].sel(landmark="right_hip")
        assert float(across.sel(xyz="z").max()) < 0, "the left side faces the camera"

    def test_rows_are_of_the_frames_that_the_file_numbers(self, walked: Simulation, tmp_path: Path) -> None:
        """A tool that tracked a part of the video, or lost the person in between, leaves rows out."""
        deeplabcut_table(walked.landmarks).drop(index=[*range(40), 90, 91]).to_csv(tmp_path / "part.csv")
        place = columns(walked.landmarks, HALPE)[40:170]
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = walked.landmarks["time"].to_numpy()
        write_trc(
            TrcFile(names=tuple(HALPE), time_s=times[40:170], position=flat, units="m", rate_hz=30),
            tmp_path / "walk_px_person00.trc",
        )
        expected = columns(walked.landmarks, HALPE)
        for name, last in (("part.csv", 180), ("walk_px_person00.trc", 170)):
            found = columns(imported_landmarks(tmp_path / name, video_of(walked.landmarks), times), HALPE)
            assert np.isnan(found[:40]).all()
            np.testing.assert_allclose(found[100:last], expected[100:last], atol=1e-5)
            assert np.isnan(found[90:92]).all() == (name == "part.csv")
        short = replace(video_of(walked.landmarks), frames=150)
        with pytest.raises(InputError, match="130 frames from frame 41 on, and the video has 150"):
            imported_landmarks(tmp_path / "walk_px_person00.trc", short, times[:150])

    @pytest.mark.parametrize("excel", [{"encoding": "utf-8-sig"}, {"sep": ";", "decimal": ","}, {"encoding": "cp1252"}])
    def test_a_spreadsheet_may_have_saved_it(self, excel: dict[str, str], walked: Simulation, tmp_path: Path) -> None:
        table = deeplabcut_table(walked.landmarks).rename(columns={"net": "Müller"}, level="scorer")
        table.to_csv(tmp_path / "walk.csv", **excel)  # type: ignore[call-overload]
        expected = read_keypoints_of(table, tmp_path)
        np.testing.assert_allclose(read_keypoints(tmp_path / "walk.csv").position, expected, atol=1e-9)

    def test_another_video_is_refused(self, walked: Simulation, video: Path, tmp_path: Path) -> None:
        twice = pd.concat([deeplabcut_table(walked.landmarks)] * 2, ignore_index=True)
        twice.to_csv(tmp_path / "long.csv")
        with pytest.raises(InputError, match="360 frames"):
            gaitlab.analyze(video, landmarks=tmp_path / "long.csv", cache=False)

    def test_metres_are_refused_beside_a_video(self, walked: Simulation, video: Path, tmp_path: Path) -> None:
        table = deeplabcut_table(walked.landmarks)
        table.loc[:, table.columns.get_level_values("coords") != "likelihood"] /= 100
        table.to_csv(tmp_path / "metres.csv")
        with pytest.raises(InputError, match="pixels"):
            gaitlab.analyze(video, landmarks=tmp_path / "metres.csv", cache=False)

    def test_one_file_is_of_one_video(self, video: Path) -> None:
        with pytest.raises(UsageError, match="file of landmarks"):
            gaitlab.analyze(video, video, landmarks="x.csv")


class TestRefusals:
    @pytest.mark.parametrize("view", ["front", "back"])
    def test_a_view_without_depth_from_the_front_is_refused(self, view: str, tmp_path: Path) -> None:
        front = simulate_walk(camera=Camera(view=view), duration_s=4).landmarks  # type: ignore[arg-type]
        place = columns(front, HALPE)
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        trc = TrcFile(names=tuple(HALPE), time_s=front["time"].to_numpy(), position=flat, units="px", rate_hz=30)
        write_trc(trc, tmp_path / "front.trc")
        with pytest.raises(UsageError, match="from the side only"):
            landmarks_of_file(tmp_path / "front.trc")

    def test_a_unit_that_gives_no_body_is_refused(self, tmp_path: Path) -> None:
        room = np.random.default_rng(0).normal([0, 0, 0], 1, (9, len(HALPE), 3))
        room[:, [name.endswith("Shoulder") for name in HALPE], 1] += 500.0
        times = np.arange(9) / 30
        trc = TrcFile(names=tuple(HALPE), time_s=times, position=room, units="m", rate_hz=30)
        write_trc(trc, tmp_path / "walk.trc")
        with pytest.raises(InputError, match="Units"):
            landmarks_of_file(tmp_path / "walk.trc")

    def test_missing_joints_are_named(self, walked: Simulation, tmp_path: Path) -> None:
        names = {name: landmark for name, landmark in HALPE.items() if "Knee" not in name}
        place = columns(walked.landmarks, names)
        flat = np.concatenate([place, np.zeros((*place.shape[:2], 1))], axis=-1)
        times = walked.landmarks["time"].to_numpy()
        write_trc(
            TrcFile(names=tuple(names), time_s=times, position=flat, units="px", rate_hz=30), tmp_path / "walk.trc"
        )
        with pytest.raises(InputError, match="left_knee, right_knee"):
            landmarks_of_file(tmp_path / "walk.trc")

    @pytest.mark.parametrize(
        ("name", "contents"),
        [("walk.csv", "a,b\n1,2\n"), ("walk.h5", "no HDF"), ("walk.txt", ""), ("walk.csv", "scorer,n\nbodyparts,a\n")],
    )
    def test_other_files_are_refused(self, name: str, contents: str, tmp_path: Path) -> None:
        (tmp_path / name).write_text(contents, encoding="utf-8")
        with pytest.raises((InputError, MissingLibraryError)):
            read_keypoints(tmp_path / name)

    def test_a_text_between_the_numbers_is_named(self, walked: Simulation, tmp_path: Path) -> None:
        table = deeplabcut_table(walked.landmarks).astype(object)
        table.iloc[7, 3] = "lost"
        table.to_csv(tmp_path / "walk.csv")
        with pytest.raises(InputError, match="lost"):
            read_keypoints(tmp_path / "walk.csv")

    def test_a_damaged_h5_file_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """PyTables raises an error of its own, which is a ``RuntimeError``."""

        def damaged(_: Path) -> None:
            raise RuntimeError("HDF5 error back trace")

        monkeypatch.setattr(pd, "read_hdf", damaged)
        (tmp_path / "walk.h5").write_bytes(b"\x89HDF")
        with pytest.raises(InputError, match=r"walk\.h5' is not an H5 file"):
            read_keypoints(tmp_path / "walk.h5")

    def test_a_folder_of_other_json_files_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="OpenPose"):
            read_keypoints(tmp_path)
        (tmp_path / "a.json").write_text("{}", encoding="utf-8")
        with pytest.raises(InputError, match="OpenPose"):
            read_keypoints(tmp_path)

    def test_several_individuals_are_refused_and_one_is_taken(self, walked: Simulation, tmp_path: Path) -> None:
        table = deeplabcut_table(walked.landmarks)
        for names in (("ann",), ("ann", "bob")):
            several = pd.concat({name: table for name in names}, axis=1, names=["individuals"])
            several = several.reorder_levels(["scorer", "individuals", "bodyparts", "coords"], axis=1)
            several.to_csv(tmp_path / f"{len(names)}.csv")
        assert read_keypoints(tmp_path / "1.csv").names[0] == "nose"
        with pytest.raises(UsageError, match="ann, bob"):
            read_keypoints(tmp_path / "2.csv")

    def test_places_for_individuals_that_nobody_took_do_not_count(self, walked: Simulation, tmp_path: Path) -> None:
        """A model of DeepLabCut 3 for several people has columns for as many as were asked for, -1 where nobody is."""
        table = deeplabcut_table(walked.landmarks)
        several = pd.concat({"animal0": table, "animal1": table * 0 - 1}, axis=1, names=["individuals"])
        several = several.reorder_levels(["scorer", "individuals", "bodyparts", "coords"], axis=1)
        several.to_csv(tmp_path / "several.csv")
        assert np.isfinite(read_keypoints(tmp_path / "several.csv").position).any()

    def test_things_of_a_project_are_no_individuals(self, walked: Simulation, tmp_path: Path) -> None:
        table = deeplabcut_table(walked.landmarks)
        things = table.xs("nose", axis=1, level="bodyparts", drop_level=False).rename(columns={"nose": "ball"})
        several = pd.concat({"ann": table, "single": things}, axis=1, names=["individuals"])
        several.reorder_levels(["scorer", "individuals", "bodyparts", "coords"], axis=1).to_csv(tmp_path / "walk.csv")
        assert "ball" not in read_keypoints(tmp_path / "walk.csv").names

    def test_an_h5_file_is_read(self, walked: Simulation, tmp_path: Path) -> None:
        pytest.importorskip("tables", reason="PyTables is not installed")
        deeplabcut_table(walked.landmarks).to_hdf(tmp_path / "walk.h5", key="df_with_missing")
        assert read_keypoints(tmp_path / "walk.h5").position.shape[0] == 180


@pytest.mark.parametrize("name", ["LHip", "left_hip", "hip_left", "Hip L", "L.Hip", "leftHip"])
def test_names_are_recognised(name: str) -> None:
    assert landmark_columns([name]) == {"left_hip": 0}


@pytest.mark.parametrize("name", ["LSmallToe", "tail", "hip", "Neck", "MidHip", "lamp"])
def test_other_names_are_left_out(name: str) -> None:
    assert landmark_columns([name]) == {}
