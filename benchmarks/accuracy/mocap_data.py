"""Real gait from a motion-capture laboratory, seen by a simulated camera.

A folder of trials: ``NAME.csv`` has a row a frame: ``t`` (s), joints and markers ``{side}_{joint}_{x|y|z}_m`` in the
axes of the laboratory (metres, z up) and angles ``{side}_{angle}_deg``; an empty cell is not seen. ``NAME.json`` has
``events``: rows of time (s), side and kind (heel_strike or toe_off).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from gaitlab.errors import InputError
from gaitlab.schema import EVENT_COLUMNS, LANDMARKS, SIDES, Side, opposite
from gaitlab.signals.geometry import inclination_deg
from gaitlab.simulate import Camera
from gaitlab.simulate.skeleton import HEAD
from gaitlab.simulate.walk import landmark_dataset, true_angles

Floats = NDArray[np.float64]
Points = dict[str, Floats]

EVENT_TIME_U_S: Final = 0.01
"""Half-width of the laboratory's event times: a frame."""

HIP_HEIGHT: Final = 0.530
"""Height of the hip joints in statures (Drillis & Contini 1966)."""

HEEL_RISE_LEG: Final = 0.02
HEEL_RISE_S: Final = 0.06


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial in the walker's axes.

    Attributes
    ----------
    points
        For each landmark seen, shape (n, 3): metres ahead, to the walker's left, up.
    obliquity_deg
        The laboratory's pelvis angle, left side up +, shape (n,).
    treadmill
        Whether the walker stays in place.
    has_trunk
        Whether the shoulders were measured; else they are made up.
    """

    name: str
    time_s: Floats
    points: Points
    obliquity_deg: Floats
    events: pd.DataFrame
    treadmill: bool
    has_trunk: bool


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What a camera sees of a trial, and what is true at its frames.

    Attributes
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.
    angles
        See :data:`gaitlab.schema.ANGLE_DIMS`, from the laboratory's points without noise; ``pelvis_obliquity`` is
        the laboratory's own pelvis angle, ``hip_line_obliquity`` the slope of the line of the hip joint centres, as
        a front view sees it. They differ by about sin(tilt) sin(rotation): the laboratory's angle is the second of
        the order tilt, obliquity, rotation (Baker 2001, Gait Posture 13:1), in these trials by 0.1 to 2.1 degrees
        (SD), and the two agree within 0.1 degrees when its tilt is put in.
    events
        The laboratory's, see :func:`gaitlab.schema.validate_events`.
    cycles
        See :func:`true_cycles`.
    """

    trial: Trial
    camera: Camera
    landmarks: xr.Dataset
    angles: xr.Dataset
    events: pd.DataFrame
    cycles: pd.DataFrame


def trial_names(folder: Path) -> list[str]:
    """Return the names of the trials in a folder."""
    names = sorted(p.stem for p in folder.glob("*.csv") if p.with_suffix(".json").exists())
    if not names:
        raise InputError(f"{folder} holds no trial: pairs of NAME.csv and NAME.json are needed.")
    return names


def load_trial(folder: Path, name: str) -> Trial:
    """Read a trial and turn it into the walker's axes.

    Raises
    ------
    InputError
        If a file is missing.
    """
    table, meta = folder / f"{name}.csv", folder / f"{name}.json"
    for path in (table, meta):
        if not path.is_file():
            raise InputError(f"{path} does not exist; a trial is a pair of NAME.csv and NAME.json.")
    frame = pd.read_csv(table)
    markers = {name.removesuffix("_x_m") for name in map(str, frame) if name.endswith("_x_m")}
    lab = {m: frame[[f"{m}_{axis}_m" for axis in "xyz"]].to_numpy(float) for m in sorted(markers)}
    if "left_hip" not in lab:
        lab |= _hip_centres(lab)
    walker = _to_walker(lab)
    has_trunk = "left_shoulder" in walker
    events = pd.DataFrame(json.loads(meta.read_text(encoding="utf-8"))["events"], columns=["time_s", "side", "event"])
    middle = (walker["left_hip"] + walker["right_hip"])[:, 0] / 2.0
    travel_m = float(np.nanmax(middle) - np.nanmin(middle))
    return Trial(
        name=name,
        time_s=frame["t"].to_numpy(float),
        points=_all_landmarks(walker),
        obliquity_deg=frame["left_pelvis_up_deg"].to_numpy(float),
        events=events.assign(uncertainty_s=EVENT_TIME_U_S, source="laboratory")[list(EVENT_COLUMNS)],
        treadmill=travel_m < 0.5 * float(np.nanmedian(walker["left_hip"][:, 2])),
        has_trunk=has_trunk,
    )


def _unit(vector: Floats) -> Floats:
    return cast("Floats", vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def _hip_centres(lab: Points) -> Points:
    """Estimate the hip joint centres from ASIS and PSIS: Harrington et al. 2007, J Biomech 40:595."""
    front = (lab["left_asis"] + lab["right_asis"]) / 2.0
    back = (lab["left_psis"] + lab["right_psis"]) / 2.0
    width = np.linalg.norm(lab["left_asis"] - lab["right_asis"], axis=-1, keepdims=True)
    depth = np.linalg.norm(front - back, axis=-1, keepdims=True)
    left = _unit(lab["left_asis"] - lab["right_asis"])
    up = _unit(np.cross(front - back, left))
    ahead = np.cross(left, up)
    middle = front + (-0.24 * depth - 0.0099) * ahead + (-0.30 * width - 0.0109) * up
    lateral = (0.33 * width + 0.0073) * left
    return {"left_hip": middle + lateral, "right_hip": middle - lateral}


def _to_walker(lab: Points) -> Points:
    """Turn the laboratory's axes so that x is the walking direction and y the walker's left."""
    feet = sum((np.nanmean(lab[f"{side}_toe"] - lab[f"{side}_heel"], axis=0) for side in SIDES), np.zeros(3))
    along = int(np.argmax(np.abs(feet[:2])))
    ahead = np.zeros(3)
    ahead[along] = np.sign(feet[along])
    turn = np.stack([ahead, np.cross([0.0, 0.0, 1.0], ahead), [0.0, 0.0, 1.0]])
    return {name: points @ turn.T for name, points in lab.items()}


def _all_landmarks(walker: Points) -> Points:
    """Return the 33 landmarks; what was not measured is put at a plausible place on the person."""
    points = {f"{s}_{joint}": walker[f"{s}_{joint}"] for s in SIDES for joint in ("hip", "knee", "ankle", "heel")}
    points |= {f"{side}_foot_index": walker[f"{side}_toe"] for side in SIDES}
    middle = (points["left_hip"] + points["right_hip"]) / 2.0
    height_m = float(np.nanmedian(middle[:, 2])) / HIP_HEIGHT
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        shoulder = walker.get(f"{side}_shoulder", middle + height_m * np.array([0.0, sign * 0.105, 0.288]))
        points[f"{side}_shoulder"] = shoulder
        points[f"{side}_elbow"] = shoulder + height_m * np.array([0.0, sign * 0.01, -0.186])
        points[f"{side}_wrist"] = shoulder + height_m * np.array([0.04, sign * 0.01, -0.325])
        for finger, reach in (("pinky", 0.055), ("index", 0.060), ("thumb", 0.035)):
            points[f"{side}_{finger}"] = points[f"{side}_wrist"] + height_m * np.array([0.015, 0.0, -reach])
    neck = (points["left_shoulder"] + points["right_shoulder"]) / 2.0
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        for name, (ahead, out, up) in HEAD.items():
            points[name.format(side=side)] = neck + height_m * np.array([ahead, sign * out, up])
    return points


def _at_frames(time_s: Floats, values: Floats, frames_s: Floats) -> Floats:
    """Interpolate over time; NaN beside a missing sample."""
    seen = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if seen.sum() < 2:
        return np.full((len(frames_s), *values.shape[1:]), np.nan)
    out = np.asarray(PchipInterpolator(time_s[seen], values[seen], axis=0, extrapolate=False)(frames_s), dtype=float)
    near = np.interp(frames_s, time_s, seen.astype(float))
    out[near < 1.0] = np.nan
    return out


def record(
    trial: Trial,
    camera: Camera,
    *,
    rate_hz: float = 30.0,
    noise_m: float = 0.010,
    exact: Sequence[str] = (),
    follow: bool = False,
    seed: int = 0,
) -> Recording:
    """Film a trial with a simulated camera.

    Parameters
    ----------
    trial
        From :func:`load_trial`.
    camera
        The camera; it looks at the middle of the path.
    rate_hz
        Frames per second.
    noise_m
        Standard deviation of the Gaussian noise of each coordinate of each landmark in space.
    exact
        Landmarks without noise.
    follow
        Whether the camera moves along with the walker at the mean speed.
    seed
        Of the noise.

    Returns
    -------
    Recording
        What the camera sees, and the truth at the frames.
    """
    frames_s = np.arange(trial.time_s[0], trial.time_s[-1], 1.0 / rate_hz)
    points = {name: _at_frames(trial.time_s, trial.points[name], frames_s) for name in LANDMARKS}
    shift, path_m = _path(points, frames_s, follow=follow)
    rng = np.random.default_rng(seed)
    seen = {}
    for name in LANDMARKS:
        noise = rng.normal(size=points[name].shape) * noise_m
        seen[name] = points[name] - shift + (0.0 if name in exact else noise)
    angles = true_angles(points, frames_s)
    angles["hip_line_obliquity"] = angles["pelvis_obliquity"]
    angles["pelvis_obliquity"] = ("time", _at_frames(trial.time_s, trial.obliquity_deg, frames_s), {"units": "deg"})
    if not trial.has_trunk:
        for name in ("trunk_forward", "trunk_lateral", "hip_flexion_trunk"):
            angles[name] = angles[name] * np.nan
    return Recording(
        trial=trial,
        camera=camera,
        landmarks=landmark_dataset(seen, camera, frames_s, path_m=path_m),
        angles=angles,
        events=trial.events,
        cycles=true_cycles(trial),
    )


def _path(points: Points, frames_s: Floats, *, follow: bool) -> tuple[Floats, float]:
    """Return what to take off the points so that the path's middle is the origin, and the path's length."""
    middle = (points["left_hip"] + points["right_hip"]) / 2.0
    seen = np.isfinite(middle[:, 0])
    shift = np.zeros_like(middle)
    if follow:
        shift[:, 0] = np.polyval(np.polyfit(frames_s[seen], middle[seen, 0], 1), frames_s)
    ahead = middle[seen, 0] - shift[seen, 0]
    shift[:, 0] += (ahead.min() + ahead.max()) / 2.0
    shift[:, 1] = float(np.nanmean(middle[:, 1]))
    return shift, float(np.ptp(ahead))


def true_cycles(trial: Trial) -> pd.DataFrame:
    """Return the strides between the laboratory's heel strikes and their phase boundaries.

    Returns
    -------
    pandas.DataFrame
        A row a stride: ``stride, side, start_s, toe_off_s, end_s, stance_pct``, and in percent of the cycle
        ``opposite_toe_off_pct``, ``opposite_heel_strike_pct`` and ``toe_off_pct`` from the events,
        ``heel_rise_pct``, ``feet_adjacent_pct`` and ``tibia_vertical_pct`` from the points. NaN: not seen.
    """
    rows: list[dict[str, object]] = []
    for side in SIDES:
        strikes = _times(trial, side, "heel_strike")
        for start, end in pairwise(strikes):
            at = {
                "opposite_toe_off": _first(_times(trial, opposite(side), "toe_off"), start, end),
                "opposite_heel_strike": _first(_times(trial, opposite(side), "heel_strike"), start, end),
                "toe_off": _first(_times(trial, side, "toe_off"), start, end),
            }
            at["heel_rise"] = _heel_rise(trial, side, at["opposite_toe_off"], at["opposite_heel_strike"])
            at["feet_adjacent"] = _upward_zero(trial.time_s, _ankle_lead(trial, side), at["toe_off"], end)
            at["tibia_vertical"] = _upward_zero(trial.time_s, _shank(trial, side), at["feet_adjacent"], end)
            percent = {f"{name}_pct": 100.0 * (time - start) / (end - start) for name, time in at.items()}
            row = {"stride": len(rows), "side": side, "start_s": start, "toe_off_s": at["toe_off"], "end_s": end}
            rows.append(row | {"stance_pct": percent["toe_off_pct"]} | percent)
    return pd.DataFrame(rows)


def _times(trial: Trial, side: Side, event: str) -> Floats:
    table = trial.events
    chosen = table.loc[(table["side"] == side) & (table["event"] == event), "time_s"]
    return np.sort(chosen.to_numpy(float))


def _first(times: Floats, start: float, end: float) -> float:
    inside = times[(times > start) & (times < end)]
    return float(inside[0]) if inside.size else float("nan")


def _ankle_lead(trial: Trial, side: Side) -> Floats:
    return (trial.points[f"{side}_ankle"] - trial.points[f"{opposite(side)}_ankle"])[:, 0]


def _shank(trial: Trial, side: Side) -> Floats:
    knee, ankle = (trial.points[f"{side}_{joint}"][:, [0, 2]] * [1.0, -1.0] for joint in ("knee", "ankle"))
    return inclination_deg(knee, ankle, 1)


def _upward_zero(time_s: Floats, values: Floats, start: float, end: float) -> float:
    """Return when a signal first goes from below to above zero, between frames; NaN if it does not."""
    with np.errstate(invalid="ignore"):
        rises = (values[:-1] < 0.0) & (values[1:] >= 0.0) & (time_s[1:] > start) & (time_s[:-1] < end)
    if not rises.any():
        return float("nan")
    i = int(np.argmax(rises))
    return float(time_s[i] - values[i] * (time_s[i + 1] - time_s[i]) / (values[i + 1] - values[i]))


def _heel_rise(trial: Trial, side: Side, start: float, end: float) -> float:
    """Return when the heel leaves its height in foot-flat by 2 % of the leg and goes on rising for 60 ms."""
    inside = (trial.time_s >= start) & (trial.time_s <= end)
    height = trial.points[f"{side}_heel"][inside, 2]
    if height.size < 10 or not np.isfinite(height).all():
        return float("nan")
    leg_m = float(np.nanmedian(trial.points[f"{side}_hip"][:, 2]))
    flat = float(np.median(height[: height.size // 2]))
    frames = max(1, round(HEEL_RISE_S / float(np.median(np.diff(trial.time_s)))))
    rising = np.append(height[frames:] > height[:-frames], np.full(frames, True))
    risen = rising & (height > flat + HEEL_RISE_LEG * leg_m)
    return float(trial.time_s[inside][int(np.argmax(risen))]) if risen.any() else float("nan")
