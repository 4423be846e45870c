"""Clothes that hide the thighs are recognised in painted pictures, and what stands before the legs is not one."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from walkers import STIFF_RIGHT, video_of

from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import CAUSES
from gaitlab.recording.clothes import colours_between, legs_apart, room_between
from gaitlab.schema import LANDMARKS
from gaitlab.simulate import Camera, Gait, Simulation, simulate_walk
from gaitlab.video import VideoWriter

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]

COVERING = {"skirt": (60, 40, 90), "dark gown": (28, 28, 32)}
LEGS = {"trousers": (35, 40, 60), "shorts": (190, 140, 110)}
BEFORE = ("rail", "table", "walking frame")
WIDTH, HEIGHT = 640, 360


@lru_cache(maxsize=8)
def walked(view: str = "left", gait: Gait | None = None) -> Simulation:
    camera = Camera(view=view, width_px=WIDTH, height_px=HEIGHT, focal_px=550.0)  # type: ignore[arg-type]
    return simulate_walk(gait, camera=camera, treadmill=True, noise_px=0.3, seed=1)


@lru_cache(maxsize=1)
def room() -> Picture:
    wall = np.full((HEIGHT, WIDTH, 3), 195, np.uint8)
    wall[2 * HEIGHT // 3 :] = (150, 120, 90)
    noise = np.random.default_rng(0).normal(scale=5, size=wall.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(wall + noise, (0, 0), 1.0), 0, 255), dtype=np.uint8)


def painted(points: Points, worn: str) -> Picture:
    """Paint a walker of some landmarks, shape (33, 2), in what is worn or with what stands before the legs."""
    picture = room().copy()
    at = {name: tuple(np.round(points[i]).astype(int).tolist()) for i, name in enumerate(LANDMARKS)}
    colour = COVERING.get(worn) or LEGS.get(worn) or LEGS["trousers"]
    for side in ("right", "left"):
        leg = [at[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]
        cv2.polylines(picture, [np.array(leg)], False, LEGS["shorts"] if worn in COVERING else colour, 12, cv2.LINE_AA)
    cv2.line(picture, at["left_shoulder"], at["left_hip"], (160, 60, 60), 26, cv2.LINE_AA)
    hip, ankles = (
        points[LANDMARKS.index("left_hip")],
        points[[LANDMARKS.index(f"{s}_ankle") for s in ("left", "right")]],
    )
    if worn in COVERING:
        hem = hip + 0.68 * (ankles - hip)
        waist, edge_px = np.array([[-14, -6], [14, -6]]), np.array([12, 0])
        outline = np.concatenate([hip + waist, hem - edge_px, hem + edge_px])
        cv2.fillConvexPoly(picture, cv2.convexHull(np.round(outline).astype(np.int32)), colour, cv2.LINE_AA)
    _before(picture, worn, hip.round().astype(int).tolist())
    return picture


def _before(picture: Picture, what: str, hip: list[int]) -> None:
    x, y = hip
    if what == "rail":
        cv2.line(picture, (0, y), (WIDTH, y), (230, 230, 230), 8)
    elif what == "table":
        cv2.rectangle(picture, (0, y + 35), (WIDTH, y + 47), (140, 100, 60), cv2.FILLED)
    elif what == "walking frame":
        for start, end in (
            ((-15, 0), (-55, -8)),
            ((-55, -8), (-70, 140)),
            ((-15, 0), (-5, 140)),
            ((-60, 40), (-10, 40)),
        ):
            cv2.line(picture, (x + start[0], y + start[1]), (x + end[0], y + end[1]), (120, 30, 35), 4, cv2.LINE_AA)


def share_of_room(simulated: Simulation, worn: str) -> float:
    legs = legs_apart(simulated.landmarks)
    positions = simulated.landmarks["position"].to_numpy()
    frames = np.flatnonzero(np.isfinite(legs).all(axis=(1, 2, 3)))[::4]
    return room_between(
        np.array([colours_between(painted(positions[i], worn), legs[i]) for i in frames]).reshape(-1, 2)
    )


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("worn", COVERING)
def test_under_a_skirt_one_sees_cloth_between_the_legs(worn: str, view: str) -> None:
    assert share_of_room(walked(view), worn) < 0.2


@pytest.mark.parametrize("worn", [*LEGS, *BEFORE])
def test_between_legs_one_sees_the_room_though_something_stands_before_them(worn: str) -> None:
    assert share_of_room(walked(), worn) > 0.5


def test_without_legs_apart_nothing_is_said_of_clothes() -> None:
    assert np.isnan(share_of_room(walked("back"), "skirt"))
    assert np.isnan(room_between(np.array([[90.0, 1.0]] * 4)))
    assert np.isnan(room_between(np.full((30, 2), np.nan)))


def test_a_leg_at_the_edge_of_the_picture_has_one_side_of_the_room() -> None:
    simulated = walked()
    legs = legs_apart(simulated.landmarks)
    frame = int(np.flatnonzero(np.isfinite(legs).all(axis=(1, 2, 3)))[0])
    picture = painted(simulated.landmarks["position"].to_numpy()[frame], "skirt")
    left = int(legs[frame, :, :, 0].min()) - 14
    to_legs, to_room = colours_between(np.ascontiguousarray(picture[:, left:]), legs[frame] - [left, 0])
    assert to_legs < 0.2 * to_room


def analysed(folder: Path, worn: str) -> Analysis:
    simulated = walked(gait=STIFF_RIGHT)
    clip = folder / "clip.mp4"
    with VideoWriter(clip, WIDTH, HEIGHT, 30.0, crf=20) as writer:
        for points, time_s in zip(
            simulated.landmarks["position"].to_numpy(), simulated.landmarks["time"].to_numpy(), strict=True
        ):
            writer.write(painted(points, worn), float(time_s))
    video = replace(video_of(simulated.landmarks), sha256=f"{zlib.crc32(clip.read_bytes()):064x}")
    return analyze_landmarks(simulated.landmarks, video, Options(), path=clip)


def uncertainty(analysis: Analysis, parameter: str, side: str) -> float:
    table = analysis.spatiotemporal
    return float(table.loc[(table["parameter"] == parameter) & (table["side"] == side), "uncertainty"].iloc[0])


def test_through_cloth_the_angles_are_less_certain_no_side_is_accused_and_the_reader_is_told(tmp_path: Path) -> None:
    bare, covered = analysed(tmp_path, "trousers"), analysed(tmp_path, "skirt")
    assert not bare.quality.thighs_covered
    assert not any("cloth" in warning for warning in bare.warnings)
    assert any((f.about, f.side) == ("hip_extension", "right") for f in bare.findings)
    assert covered.quality.thighs_covered
    assert any("Clothing covers the thighs" in warning for warning in covered.warnings)
    assert covered.quality.advice[0] == CAUSES["legs_covered"].advice
    assert not [f.words for f in covered.findings if f.kind == "sides" and f.unit == "deg"]
    for side in ("left", "right"):
        assert uncertainty(covered, "hip_rom_deg", side) > 2 * uncertainty(bare, "hip_rom_deg", side)
    assert uncertainty(covered, "cadence_spm", "both") == uncertainty(bare, "cadence_spm", "both")
