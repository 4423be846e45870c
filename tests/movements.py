"""Movements in the rhythm of a walk that are none, as landmarks: on pedals, on the spot, sideways, backward."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import SIDES
from gaitlab.simulate import Body, Camera, Gait
from gaitlab.simulate.gait import pelvis_angles
from gaitlab.simulate.skeleton import hips_of, leg_points, reach, upper_body
from gaitlab.simulate.walk import landmark_dataset

Floats = NDArray[np.float64]
BODY = Body()
HEIGHT_M = BODY.height_m
WIDTH_M = 0.18


def _landmarks(
    legs: dict[str, tuple[Floats, Floats, Floats]],
    camera: Camera,
    time_s: Floats,
    hip_m: float,
    lean_deg: float,
    feet_left_m: dict[str, Floats] | None = None,
) -> xr.Dataset:
    """``feet_left_m``: how far each foot is to the left of where it would hang; the body goes with their middle."""
    gait = Gait(trunk_forward_deg=lean_deg)
    phase = gait.phase("left", time_s)
    pelvis = np.stack([np.zeros_like(time_s), np.zeros_like(time_s), np.full_like(time_s, hip_m)], axis=-1)
    tilt, turn, sway = (0.3 * wave for wave in pelvis_angles(gait, phase))
    hips = hips_of((tilt, turn, sway), BODY)
    points = {}
    for side in SIDES:
        points |= leg_points(legs[side], BODY, side, hips[side] + pelvis, width_m=WIDTH_M)
    mid_hip = (points["left_hip"] + points["right_hip"]) / 2
    points |= upper_body(gait, BODY, phase, mid_hip)
    if feet_left_m is not None:
        middle = (feet_left_m["left"] + feet_left_m["right"]) / 2
        shares = {"knee": 0.5, "ankle": 1.0, "heel": 1.0, "foot_index": 1.0}
        for name, point in points.items():
            side, _, part = name.partition("_")
            share = shares.get(part, 0.0)
            point[:, 1] += middle + share * (feet_left_m[side] - middle if share else 0.0)
    return landmark_dataset(points, camera, time_s, noise_px=1.0, seed=3)


def _turns(turn_s: float, duration_s: float) -> tuple[Floats, dict[str, Floats]]:
    time_s = np.arange(round(30 * duration_s)) / 30
    return time_s, {side: 2 * math.pi * (time_s / turn_s + lag) for side, lag in zip(SIDES, (0.0, 0.5), strict=True)}


def pedalling(
    camera: Camera, *, turn_s: float = 1.0, ellipse_m: tuple[float, float] = (0.17, 0.17), ahead_m: float = 0.17
) -> xr.Dataset:
    """Feet on the cranks of a bicycle, or with a long flat ellipse on an elliptical trainer."""
    time_s, turns = _turns(turn_s, 8.0)
    legs = {}
    for side, turn in turns.items():
        down = 0.43 * HEIGHT_M - ellipse_m[1] * np.cos(turn)
        thigh, shank = reach(ahead_m + ellipse_m[0] * np.sin(turn), down, BODY)
        legs[side] = (thigh, shank, np.full_like(turn, -12.0))
    return _landmarks(legs, camera, time_s, 0.53 * HEIGHT_M, 12.0)


def elliptical(camera: Camera) -> xr.Dataset:
    return pedalling(camera, turn_s=1.3, ellipse_m=(0.25, 0.09), ahead_m=0.05)


def marching(camera: Camera, *, thigh_deg: float = 60.0, step_s: float = 0.6) -> xr.Dataset:
    time_s, turns = _turns(2 * step_s, 8.0)
    lifts = {side: np.clip(np.sin(turn), 0.0, None) for side, turn in turns.items()}
    legs = {side: (thigh_deg * lift, -8.0 * lift, -15.0 * lift) for side, lift in lifts.items()}
    return _landmarks(legs, camera, time_s, 0.50 * HEIGHT_M, 2.0)


def backward(landmarks: xr.Dataset) -> xr.Dataset:
    """A walk played backward, which is very nearly a walk backward."""
    return landmarks.isel(time=slice(None, None, -1)).assign_coords(time=landmarks["time"].to_numpy())


def sideways(camera: Camera, *, step_m: float = 0.4, step_s: float = 0.6) -> xr.Dataset:
    """Side steps to the person's left: one foot goes out, the other follows."""
    time_s, turns = _turns(2 * step_s, 8.0)
    lifts = {side: np.clip(np.sin(turn), 0.0, None) for side, turn in turns.items()}
    legs = {side: (10.0 * lift, -10.0 * lift, -5.0 * lift) for side, lift in lifts.items()}
    steps = {side: turn / (2 * math.pi) for side, turn in turns.items()}
    ways = {side: step_m * (np.floor(at) + np.clip(at % 1.0 / 0.5, 0.0, 1.0)) for side, at in steps.items()}
    start_m = (ways["left"] + ways["right"])[len(time_s) // 2] / 2
    ways = {side: way - start_m for side, way in ways.items()}
    return _landmarks(legs, camera, time_s, 0.50 * HEIGHT_M, 2.0, ways)
