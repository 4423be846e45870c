"""Simulate a walk: landmarks as a pose detector would give them, and the truth next to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.schema import ANGLE_DIMS, EVENT_COLUMNS, LANDMARKS, SIDES, Side, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.geometry import (
    forward_lean_deg,
    frontal_thigh_deg,
    inclination_deg,
    lateral_lean_deg,
    obliquity_deg,
)
from gaitlab.simulate.camera import Camera, project
from gaitlab.simulate.gait import Body, Gait
from gaitlab.simulate.skeleton import pelvis_travel, skeleton

__all__ = ["Simulation", "event_table", "frame_times", "landmark_dataset", "simulate_walk", "true_angles"]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A simulated walk: what a detector sees, and what is true.

    Attributes
    ----------
    landmarks
        As from the pose detector: see :func:`gaitlab.schema.validate_landmarks`.
    angles
        True angles in degrees, whatever the camera sees: see :data:`gaitlab.schema.ANGLE_DIMS`.
    events
        True heel strikes and toe-offs: see :func:`gaitlab.schema.validate_events`.
    gait, body, camera
        How the person walks and is built, and how it is filmed.
    treadmill
        Whether the walker stays in place.
    speed_mps
        Mean walking speed, of the belt on a treadmill, m/s.

    See Also
    --------
    simulate_walk : gives it
    gaitlab.testing.analyze_simulation : analyses it

    Examples
    --------
    >>> walk = simulate_walk(duration_s=2.0)
    >>> dict(walk.landmarks["position"].sizes)
    {'time': 60, 'landmark': 33, 'xy': 2}
    """

    landmarks: xr.Dataset
    angles: xr.Dataset
    events: pd.DataFrame
    gait: Gait
    body: Body
    camera: Camera
    treadmill: bool
    speed_mps: float


def _middle(points: dict[str, FloatArray], name: str) -> FloatArray:
    """Return the middle between a left and a right point."""
    return (points[f"left_{name}"] + points[f"right_{name}"]) / 2.0


def true_angles(points: dict[str, FloatArray], time_s: FloatArray) -> xr.Dataset:
    """Compute the angles of a skeleton in the room, each seen exactly from the side or from the front.

    Parameters
    ----------
    points
        For hips, knees, ankles and shoulders, shape (n, 3): metres ahead, to the person's left, up.
    time_s
        Times, shape (n,).

    Returns
    -------
    xarray.Dataset
        The variables of :data:`gaitlab.schema.ANGLE_DIMS`, degrees. NaN where a point is NaN.
    """
    side_view = {name: np.stack([p[:, 0], -p[:, 2]], axis=-1) for name, p in points.items()}
    front_view = {name: np.stack([p[:, 1], -p[:, 2]], axis=-1) for name, p in points.items()}
    obliquity = obliquity_deg(front_view["left_hip"], front_view["right_hip"])
    forward = forward_lean_deg(_middle(side_view, "hip"), _middle(side_view, "shoulder"), 1)
    lateral = lateral_lean_deg(_middle(front_view, "hip"), _middle(front_view, "shoulder"), 1)
    thigh, shank, adduction = [], [], []
    for side in SIDES:
        hip, knee, ankle = (side_view[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
        thigh.append(inclination_deg(hip, knee, 1))
        shank.append(inclination_deg(knee, ankle, 1))
        sign = side_sign(side)
        frontal = frontal_thigh_deg(front_view[f"{side}_hip"], front_view[f"{side}_knee"], -sign)
        adduction.append(frontal + sign * obliquity)
    values = {
        "hip_flexion": np.stack(thigh, axis=-1),
        "hip_flexion_trunk": np.stack(thigh, axis=-1) + forward[:, np.newaxis],
        "hip_adduction": np.stack(adduction, axis=-1),
        "knee_flexion": np.stack(thigh, axis=-1) - np.stack(shank, axis=-1),
        "pelvis_obliquity": obliquity,
        "trunk_forward": forward,
        "trunk_lateral": lateral,
    }
    variables = {name: (dims, values[name], {"units": "deg"}) for name, dims in ANGLE_DIMS.items()}
    return xr.Dataset(variables, coords={"time": time_s, "side": list(SIDES)})


def landmark_dataset(
    points: dict[str, FloatArray],
    camera: Camera,
    time_s: FloatArray,
    *,
    path_m: float = 0.0,
    noise_px: float = 0.0,
    seed: int | None = None,
) -> xr.Dataset:
    """Project landmarks of the room into a camera, in the form that a pose detector gives.

    Parameters
    ----------
    points
        For each of the 33 landmarks its points, shape (n, 3): metres ahead, to the person's left, up.
    camera
        The camera.
    time_s
        Times, shape (n,).
    path_m
        Length of the path that is walked.
    noise_px
        Standard deviation of the independent Gaussian noise of each coordinate in the image; the world
        landmarks get as much in metres.
    seed
        Of the noise.

    Returns
    -------
    xarray.Dataset
        See :func:`gaitlab.schema.validate_landmarks`. Visibility is 1, and 0 for what is outside the image or
        NaN. World landmarks are camera-aligned metres (right, down, away) from the middle of the hips.
    """
    room = np.stack([points[name] for name in LANDMARKS], axis=1)
    position, in_camera = project(room, camera, path_m=path_m)
    hips = [LANDMARKS.index(f"{side}_hip") for side in SIDES]
    world = in_camera - in_camera[:, hips].mean(axis=1, keepdims=True)
    noise = np.random.default_rng(seed).normal(size=(*world.shape[:2], 5)) * noise_px
    position = position + noise[..., :2]
    world = world + noise[..., 2:] * camera.distance_m / camera.focal_px
    size = np.array([camera.width_px, camera.height_px])
    inside = ((position >= 0.0) & (position <= size)).all(axis=-1)
    return xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), position, {"units": "px"}),
            "position_world": (("time", "landmark", "xyz"), world, {"units": "m"}),
            "visibility": (("time", "landmark"), inside.astype(np.float64)),
        },
        coords={"time": time_s, "landmark": list(LANDMARKS), "xy": ["x", "y"], "xyz": ["x", "y", "z"]},
        attrs={"width_px": camera.width_px, "height_px": camera.height_px, "focal_px": camera.focal_px},
    )


def frame_times(duration_s: float, rate_hz: float) -> FloatArray:
    """Return the times of the frames of a video, from 0; raise ``UsageError`` if there are fewer than two."""
    if not (rate_hz > 0.0 and round(duration_s * rate_hz) >= 2):
        raise UsageError(f"duration_s {duration_s} at rate_hz {rate_hz} gives no walk; at least two frames are needed.")
    times: FloatArray = np.arange(round(duration_s * rate_hz)) / rate_hz
    return times


def event_table(gait: Gait, toe_off_pct: Mapping[Side, float], duration_s: float) -> pd.DataFrame:
    """Return the events from time 0 to the end, with the toe-offs of each side in percent of its cycle."""
    rows = []
    for side in SIDES:
        start = float(gait.phase(side, np.zeros(1))[0])
        for kind, at in (("heel_strike", 0.0), ("toe_off", toe_off_pct[side] / 100.0)):
            cycles = np.arange(np.ceil(start - at), np.floor(start + duration_s / gait.stride_time_s) + 1.0)
            times = (cycles + at - start) * gait.stride_time_s
            rows += [(time, side, kind, 0.0, "simulated") for time in times if 0.0 <= time <= duration_s]
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return table.sort_values("time_s", kind="stable").reset_index(drop=True)


def simulate_walk(
    gait: Gait | None = None,
    body: Body | None = None,
    camera: Camera | None = None,
    *,
    duration_s: float = 5.0,
    rate_hz: float = 30.0,
    treadmill: bool = False,
    noise_px: float = 0.0,
    seed: int | None = None,
) -> Simulation:
    """Simulate a person walking before a camera.

    Parameters
    ----------
    gait, body, camera
        How the person walks and is built, and how it is filmed. Default: a normal adult from the left.
    duration_s
        Length of the video.
    rate_hz
        Frames per second.
    treadmill
        Whether the walker stays in place; otherwise a straight path is walked, whose middle is before the camera.
    noise_px
        Standard deviation of the landmark noise.
    seed
        Of the noise; the same seed gives the same noise.

    Returns
    -------
    Simulation
        Landmarks, and the true angles and events.

    Raises
    ------
    UsageError
        If duration or rate give fewer than two frames, or the noise is negative.

    See Also
    --------
    simulate_run : a person who runs
    simulate_movement : tests of the examination
    mirror : the mirrored video
    gaitlab.testing.analyze_simulation : analyses the walk

    Examples
    --------
    >>> walk = simulate_walk(Gait(drop_deg=(9.0, 4.0)), camera=Camera(view="back"), treadmill=True)
    >>> round(float(walk.angles["pelvis_obliquity"].max()), 1)
    9.0
    >>> walk.events.loc[0, ["side", "event"]].tolist()
    ['left', 'heel_strike']
    """
    gait, body, camera = gait or Gait(), body or Body(), camera or Camera()
    time_s = frame_times(duration_s, rate_hz)
    if not noise_px >= 0.0:
        raise UsageError(f"noise_px is {noise_px}; a standard deviation of 0 or more is needed.")
    travel = pelvis_travel(gait, body)
    points = skeleton(gait, body, travel, time_s, treadmill=treadmill)
    path_m = 0.0 if treadmill else travel.speed_mps * float(time_s[-1])
    return Simulation(
        landmarks=landmark_dataset(points, camera, time_s, path_m=path_m, noise_px=noise_px, seed=seed),
        angles=true_angles(points, time_s),
        events=event_table(gait, {s: gait.of(s, gait.toe_off_pct) for s in SIDES}, float(time_s[-1])),
        gait=gait,
        body=body,
        camera=camera,
        treadmill=treadmill,
        speed_mps=travel.speed_mps,
    )
