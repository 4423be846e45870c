"""From joint angles to points in space: the 33 landmarks of a walking skeleton.

The room: x is the walking direction, y the walker's left, z up, metres. In single support the part of the foot that
carries the load stands still; in double support the body passes over from one foot to the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.schema import SIDES, Side, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.gait import Body, Gait, common_phase, leg_angles, load_share, pelvis_angles, trunk_lean

__all__ = ["Travel", "hips_of", "leg_points", "pelvis_travel", "reach", "skeleton", "upper_body"]

Points = dict[str, FloatArray]

THIGH, SHANK, HIP_WIDTH, SHOULDER_WIDTH, TRUNK = 0.245, 0.246, 0.105, 0.210, 0.288
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.060
HEEL: Final = (-0.030, -0.030)
TOE: Final = (0.105, -0.035)
"""Heel and toe from the ankle, along the foot and up from it, in heights (as the segment lengths above)."""

SWAY: Final = 0.011
"""Side-to-side way of the pelvis from the middle, in heights (about 2 cm)."""

HEAD: Final[dict[str, tuple[float, float, float]]] = {
    "nose": (0.060, 0.0, 0.097),
    "mouth_{side}": (0.050, 0.014, 0.077),
    "{side}_eye_inner": (0.050, 0.009, 0.118),
    "{side}_eye": (0.050, 0.018, 0.118),
    "{side}_eye_outer": (0.048, 0.027, 0.118),
    "{side}_ear": (0.0, 0.043, 0.105),
}
"""Landmarks of the head from the middle of the shoulders: ahead, to their side, up, in heights."""

ARM_SWING_DEG, ELBOW_DEG = 20.0, 25.0
GRID_POINTS: Final = 2000
SOFTNESS_M: Final = 0.002


@dataclass(frozen=True, kw_only=True)
class Travel:
    """Movement of the pelvis through the room over one cycle of the left leg.

    Attributes
    ----------
    speed_mps
        Mean walking speed, m/s.
    phase
        Phases of the left leg, 0 to 1, shape (n,).
    ahead_m
        Way of the pelvis off its mean walk at each phase, metres, shape (n,).
    up_m
        Its height at each phase, metres, shape (n,).
    """

    speed_mps: float
    phase: FloatArray
    ahead_m: FloatArray
    up_m: FloatArray


def _segment(length: float, ahead_deg: FloatArray, left_deg: FloatArray) -> FloatArray:
    """Return a hanging segment of exactly these inclinations in the side and in the front view."""
    ahead, left = np.tan(np.radians(ahead_deg)), np.tan(np.radians(left_deg))
    direction = np.stack([ahead, left, -np.ones_like(ahead)], axis=-1)
    vector: FloatArray = length * direction / np.linalg.norm(direction, axis=-1, keepdims=True)
    return vector


def _lateral_tilt(hip_to_track: FloatArray, body: Body, thigh: FloatArray, shank: FloatArray) -> FloatArray:
    """Return the lateral inclination (left +) that brings the ankle over its track, in degrees."""
    tilt = np.zeros_like(hip_to_track)
    for _ in range(5):
        down = -(_segment(THIGH, thigh, tilt) + _segment(SHANK, shank, tilt))[..., 2] * body.height_m
        tilt = np.degrees(np.arctan2(hip_to_track, down))
    return tilt


def reach(ahead_m: FloatArray, down_m: FloatArray, body: Body) -> tuple[FloatArray, FloatArray]:
    """Return the inclination of thigh and shank, degrees, of a leg whose ankle is that far ahead of and below the hip.

    A foot that is out of reach is met by a nearly straight leg that points at it.
    """
    thigh_m, shank_m = THIGH * body.height_m, SHANK * body.height_m
    span = np.minimum(np.hypot(ahead_m, down_m), 0.995 * (thigh_m + shank_m))
    line = np.degrees(np.arctan2(ahead_m, down_m))
    at_hip = np.degrees(np.arccos(np.clip((thigh_m**2 + span**2 - shank_m**2) / (2 * thigh_m * span), -1, 1)))
    at_knee = np.degrees(np.arccos(np.clip((thigh_m**2 + shank_m**2 - span**2) / (2 * thigh_m * shank_m), -1, 1)))
    thigh: FloatArray = line + at_hip
    return thigh, thigh - (180.0 - at_knee)


def leg_points(
    angles_deg: tuple[FloatArray, FloatArray, FloatArray], body: Body, side: Side, hip: FloatArray, *, width_m: float
) -> Points:
    """Return knee, ankle, heel and toe of a side whose hip joint is given.

    Parameters
    ----------
    angles_deg
        Inclination of thigh and shank and pitch of the foot, each of shape (n,).
    body, side
        Build, and anatomical side.
    hip
        Hip joint, shape (n, 3), metres.
    width_m
        Distance between the tracks of the ankles.
    """
    thigh, shank, pitch = angles_deg
    track = side_sign(side) * width_m / 2.0
    tilt = _lateral_tilt(track - hip[..., 1], body, thigh, shank)
    knee = hip + body.height_m * _segment(THIGH, thigh, tilt)
    ankle = knee + body.height_m * _segment(SHANK, shank, tilt)
    cosine, sine, still = np.cos(np.radians(pitch)), np.sin(np.radians(pitch)), np.zeros_like(pitch)

    def on_foot(place: tuple[float, float]) -> FloatArray:
        along, up = place
        step = np.stack([along * cosine - up * sine, still, along * sine + up * cosine], axis=-1)
        point: FloatArray = ankle + body.height_m * step
        return point

    points = {"hip": hip, "knee": knee, "ankle": ankle, "heel": on_foot(HEEL), "foot_index": on_foot(TOE)}
    return {f"{side}_{name}": point for name, point in points.items()}


def hips_of(pelvis: tuple[FloatArray, FloatArray, FloatArray], body: Body) -> dict[Side, FloatArray]:
    """Return the hip joints, shape (n, 3), from obliquity, rotation and sway as ``pelvis_angles`` gives them."""
    obliquity, rotation, sway = pelvis
    turn, slope = np.radians(rotation), np.tan(np.radians(obliquity))
    across = np.stack([np.sin(turn), np.cos(turn), np.cos(turn) * slope], axis=-1)
    across *= HIP_WIDTH / 2.0 * body.height_m / np.linalg.norm(across, axis=-1, keepdims=True)
    middle = np.stack([np.zeros_like(sway), SWAY * body.height_m * sway, np.zeros_like(sway)], axis=-1)
    return {"left": middle + across, "right": middle - across}


def _legs(gait: Gait, body: Body, left_phase: FloatArray) -> Points:
    """Return both legs relative to a pelvis that only sways, turns and tilts."""
    hips = hips_of(pelvis_angles(gait, left_phase), body)
    phases: dict[Side, FloatArray] = {
        "left": left_phase,
        "right": left_phase - gait.opposite_strike_pct("left") / 100.0,
    }
    legs: Points = {}
    for side in SIDES:
        angles = leg_angles(gait, side, phases[side])
        legs |= leg_points(angles, body, side, hips[side], width_m=gait.step_width_m)
    return legs


LOWEST: Final = 0.05
"""When after heel strike the body is lowest, in strides: the middle of double support (Saunders 1953, J Bone Joint Surg
Am 35:543), 0.048 (SD 0.012) in 18 walks filmed in a hall."""

KNOWN_S: Final = (0.7, 1.7)
"""Strides of which that is known."""


def _contact_speed(gait: Gait, legs: Points, left_phase: FloatArray) -> FloatArray:
    """Return how fast the loaded foot goes back under the pelvis, in metres a cycle."""
    total, loads = np.zeros_like(left_phase), np.zeros_like(left_phase)
    for side in SIDES:
        behind = 0.0 if side == "left" else gait.opposite_strike_pct("left") / 100.0
        load, forefoot = load_share(gait, side, left_phase - behind)
        speeds = [
            (np.roll(x, -1) - np.roll(x, 1)) * left_phase.size / 2.0
            for x in (legs[f"{side}_heel"][:, 0], legs[f"{side}_foot_index"][:, 0])
        ]
        total -= load * ((1.0 - forefoot) * speeds[0] + forefoot * speeds[1])
        loads += load
    return total / loads


def pelvis_travel(gait: Gait, body: Body) -> Travel:
    """Compute the movement of the pelvis for which the loaded foot stands still and no foot is below the floor.

    Notes
    -----
    The pelvis rises and sinks once a step, by as much as the legs' length over the floor changes, and is lowest
    ``LOWEST`` of a stride after heel strike, as in people. In gaits with strides beyond ``KNOWN_S`` its height is
    that length. So feet may be some centimetres off the floor.
    """
    phase = np.arange(GRID_POINTS) / GRID_POINTS
    legs = _legs(gait, body, phase)
    speed = _contact_speed(gait, legs, phase)
    stride_m = float(speed.mean())
    ahead = np.concatenate([[0.0], np.cumsum((speed + np.roll(speed, -1)) / 2.0 - stride_m) / GRID_POINTS])
    soles = np.stack([legs[f"{side}_{part}"][:, 2] for side in SIDES for part in ("heel", "foot_index")])
    lowest = soles.min(axis=0)
    reach_m = SOFTNESS_M * np.log(np.exp(-(soles - lowest) / SOFTNESS_M).sum(axis=0)) - lowest
    up = reach_m
    if KNOWN_S[0] <= gait.stride_time_s <= KNOWN_S[1]:
        turn = 4.0 * math.pi * (common_phase(gait, phase) - LOWEST)
        bounce_m = 2.0 * abs(np.mean(reach_m * np.exp(1j * turn)))
        up = -bounce_m * np.cos(turn)
        up += (reach_m - up).max()
    return Travel(
        speed_mps=stride_m / gait.stride_time_s,
        phase=np.append(phase, 1.0),
        ahead_m=ahead - ahead[:-1].mean(),
        up_m=np.append(up, up[0]),
    )


def _arm(body: Body, side: Side, shoulder: FloatArray, swing_deg: FloatArray) -> Points:
    """Return elbow, wrist and hand of an arm that hangs and swings."""
    out = np.full_like(swing_deg, 4.0 * side_sign(side))
    elbow = shoulder + body.height_m * _segment(UPPER_ARM, swing_deg, out)
    wrist = elbow + body.height_m * _segment(FOREARM, swing_deg + ELBOW_DEG, out / 4.0)
    hand = body.height_m * _segment(HAND, swing_deg + ELBOW_DEG, out / 4.0)
    inwards = np.array([0.0, -side_sign(side) * 0.01 * body.height_m, 0.0])
    points = {"elbow": elbow, "wrist": wrist, "index": wrist + hand, "pinky": wrist + 0.9 * hand + inwards / 2.0}
    points["thumb"] = wrist + 0.6 * hand + inwards
    return {f"{side}_{name}": point for name, point in points.items()}


def upper_body(gait: Gait, body: Body, left_phase: FloatArray, hips: Points) -> Points:
    """Return trunk, arms and head above ``left_hip`` and ``right_hip``."""
    mid_hip = (hips["left_hip"] + hips["right_hip"]) / 2.0
    lateral = trunk_lean(gait, left_phase)
    hanging = _segment(TRUNK, np.full_like(lateral, gait.trunk_forward_deg), lateral)
    middle = mid_hip + body.height_m * hanging * np.array([1.0, 1.0, -1.0])
    points: Points = {}
    for side in SIDES:
        sign = side_sign(side)
        shoulder = middle + np.array([0.0, sign * SHOULDER_WIDTH / 2.0 * body.height_m, 0.0])
        points[f"{side}_shoulder"] = shoulder
        swing = -sign * ARM_SWING_DEG * np.cos(2.0 * math.pi * common_phase(gait, left_phase))
        points |= _arm(body, side, shoulder, swing)
        for name, (ahead, out, up) in HEAD.items():
            points[name.format(side=side)] = middle + body.height_m * np.array([ahead, sign * out, up])
    return points


def skeleton(gait: Gait, body: Body, travel: Travel, time_s: FloatArray, *, treadmill: bool) -> Points:
    """Return the landmarks of the walker in the room.

    Parameters
    ----------
    gait, body
        How the person walks and is built.
    travel
        The movement of the pelvis, from :func:`travel`.
    time_s
        Times, shape (n,); the middle of the path is reached at the middle time.
    treadmill
        Whether the walker stays in place.

    Returns
    -------
    dict of numpy.ndarray
        For each landmark its points, shape (n, 3), metres ahead, to the left and up.
    """
    left_phase = gait.phase("left", time_s)
    ahead = np.interp(left_phase % 1.0, travel.phase, travel.ahead_m)
    if not treadmill:
        ahead = ahead + travel.speed_mps * (time_s - (time_s[0] + time_s[-1]) / 2.0)
    up = np.interp(left_phase % 1.0, travel.phase, travel.up_m)
    pelvis = np.stack([ahead, np.zeros_like(ahead), up], axis=-1)
    legs = {name: point + pelvis for name, point in _legs(gait, body, left_phase).items()}
    return legs | upper_body(gait, body, left_phase, legs)
