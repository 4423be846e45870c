"""A made-up analysis with known numbers: the input of the tests of figures, reports and overlays.

Nothing here runs the pose model. The left side is the reference curve itself; the right hip lacks extension by a
chosen amount in stance, so that every figure and sentence has a known answer.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.findings import Finding, find_what_stands_out
from gaitlab.analysis.quality import Quality
from gaitlab.analysis.quality_json import quality_from_dict, quality_to_dict
from gaitlab.schema import ANGLE_DIMS, LANDMARKS, MEASURES, PHASES, SIDES, Withheld
from gaitlab.video import VideoInfo, VideoWriter

STRIDE_S = 1.1
BOUNDARIES_PCT = {
    "opposite_toe_off": 11.0,
    "heel_rise": 31.0,
    "opposite_heel_strike": 50.0,
    "toe_off": 61.0,
    "feet_adjacent": 74.0,
    "tibia_vertical": 86.0,
}
RIGHT_STANCE_LOSS_PCT = 4.0
LOSS_DEG = 12.0
UNCERTAINTY_DEG = 3.0
FIRST_STRIKE_S = {"left": 0.3, "right": 0.3 + STRIDE_S / 2}

Floats = NDArray[np.float64]


def reference_curve(measure: str, percent: Floats) -> Floats:
    """A smooth curve over the gait cycle that looks like the measure, degrees."""
    phase = 2 * np.pi * percent / 100
    match measure:
        case "hip_flexion" | "hip_flexion_trunk":
            return 4 + 20 * np.cos(phase) - 3 * np.cos(2 * phase)
        case "knee_flexion":
            swing = 58 * np.exp(-(((percent - 72) / 11) ** 2))
            return 5 + 12 * np.exp(-(((percent - 14) / 8) ** 2)) + swing
        case "trunk_forward":
            return 3 + 1.0 * np.cos(2 * phase)
        case _:
            return 4 * np.sin(phase)


def make_curves(given: tuple[str, ...], strides: int, loss_deg: float) -> xr.Dataset:
    """Strides of both sides; the right hip lacks ``loss_deg`` of extension around 50 %."""
    percent = np.arange(101.0)
    sides = np.repeat(SIDES, strides)
    rng = np.random.default_rng(7)
    values = {}
    for measure in MEASURES:
        curve = np.tile(reference_curve(measure, percent), (2 * strides, 1))
        if measure.startswith("hip_flexion"):
            curve[sides == "right"] += loss_deg * np.exp(-(((percent - 50) / 14) ** 2))
        curve += rng.normal(0, 1.5, (2 * strides, 1)) * np.cos(
            np.pi * percent / 50 + rng.uniform(0, 6, (2 * strides, 1))
        )
        curve += 0 if measure in given else np.nan
        values[measure] = (("stride", "percent"), curve)
    used = np.ones(2 * strides, dtype=bool)
    used[0] = False
    coords = {"stride": np.arange(2 * strides), "percent": percent}
    return xr.Dataset(values, coords=coords).assign_coords(side=("stride", sides), used=("stride", used))


def make_cycles(curves: xr.Dataset, boundaries: dict[str, float]) -> pd.DataFrame:
    count = {side: 0 for side in SIDES}
    rows = []
    for stride, side, used in zip(curves.stride.values, curves.side.values, curves.used.values, strict=True):
        start = FIRST_STRIKE_S[side] + STRIDE_S * count[side]
        count[side] += 1
        row = {"stride": int(stride), "side": side, "start_s": start, "end_s": start + STRIDE_S}
        toe_off = boundaries["toe_off"] - (RIGHT_STANCE_LOSS_PCT if side == "right" else 0)
        row |= {"toe_off_s": start + toe_off / 100 * STRIDE_S, "stance_pct": toe_off, "used": bool(used)}
        row |= {"exclusion": "" if used else "comes_to_halt", "reason": "" if used else "first stride of the clip"}
        row |= {"heel_rise_source": "heel_height"}
        rows.append(row | {f"{name}_pct": value for name, value in boundaries.items()} | {"toe_off_pct": toe_off})
    return pd.DataFrame(rows)


def make_events(cycles: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for cycle in cycles.itertuples():
        rows.append((cycle.start_s, cycle.side, "heel_strike", 0.012))
        rows.append((cycle.toe_off_s, cycle.side, "toe_off", 0.020))
    for side, last in cycles.groupby("side")["end_s"].max().items():
        rows.append((last, side, "heel_strike", 0.012))
    table = pd.DataFrame(rows, columns=["time_s", "side", "event", "uncertainty_s"])
    return table.assign(source="consensus").sort_values("time_s", ignore_index=True)


def make_mean_curves(curves: xr.Dataset, given: tuple[str, ...], references: dict[str, Any]) -> pd.DataFrame:
    tables = []
    for measure in given:
        for side in SIDES:
            strides = curves[measure].values[(curves.side.values == side) & curves.used.values]
            reference = references.get(measure)
            table = {"measure": measure, "side": side, "percent": np.arange(101)}
            table |= {"mean": strides.mean(axis=0), "sd": strides.std(axis=0, ddof=1)}
            table |= {"reference_mean": reference.mean_deg if reference else np.nan}
            tables.append(pd.DataFrame(table | {"reference_sd": reference.sd_deg if reference else np.nan}))
    columns = ["measure", "side", "percent", "mean", "sd", "reference_mean", "reference_sd"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def make_phases(mean_curves: pd.DataFrame, boundaries: dict[str, float]) -> pd.DataFrame:
    at = {"heel_strike": 0.0, "next_heel_strike": 100.0} | boundaries
    rows = []
    for (measure, side), table in mean_curves.groupby(["measure", "side"], sort=False):
        for phase in PHASES:
            start, end = at[phase.start], 2.0 if phase.name == "initial_contact" else at[phase.end]
            inside = table[(table["percent"] >= start) & (table["percent"] <= end)]
            nan = inside.empty
            deviation = np.nan if nan else float((inside["mean"] - inside["reference_mean"]).mean())
            sd = np.nan if nan else float(inside["reference_sd"].mean())
            call = abs(deviation) - UNCERTAINTY_DEG > 2 * sd
            words = MEASURES[str(measure)].more if deviation > 0 else MEASURES[str(measure)].less
            rows.append(
                {
                    "measure": measure,
                    "side": side,
                    "phase": phase.name,
                    "mean": inside["mean"].mean(),
                    "sd": inside["sd"].mean(),
                    "min": inside["mean"].min(),
                    "max": inside["mean"].max(),
                    "n": 4,
                    "reference_mean": inside["reference_mean"].mean(),
                    "reference_sd": sd,
                    "deviation": deviation,
                    "z": deviation / sd,
                    "outside_pct": 80.0 if call else 0.0,
                    "uncertainty": UNCERTAINTY_DEG,
                    "status": "deviation" if call else "within",
                    "verdict": f"{abs(deviation):.0f} deg {words} than the reference" if call else "within reference",
                }
            )
    return pd.DataFrame(rows)


def make_deviations(mean_curves: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (measure, side), table in mean_curves.dropna().groupby(["measure", "side"], sort=False):
        difference = table["mean"] - table["reference_mean"]
        row = {"measure": measure, "side": side, "partial_gvs_deg": float(np.sqrt((difference**2).mean()))}
        row |= {"reference_gvs_deg": 4.0, "uncertainty_deg": 2.0, "max_deviation_deg": float(difference.max())}
        row |= {"status": "within_error" if side == "right" else "within"}
        rows.append(
            row | {"phase": "terminal_stance", "verdict": "above the reference range" if side == "right" else "usual"}
        )
    columns = ["measure", "side", "partial_gvs_deg", "reference_gvs_deg", "uncertainty_deg", "max_deviation_deg"]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*columns, "phase", "status", "verdict"])


def make_spatiotemporal() -> pd.DataFrame:
    rows = [
        ("hip_extension_deg", "left", 19.0, 4.0, "deg", np.nan, np.nan, ""),
        ("hip_extension_deg", "right", 7.0, 4.0, "deg", np.nan, np.nan, ""),
        ("hip_extension_difference_deg", "both", -LOSS_DEG, 4.1, "deg", np.nan, np.nan, "right minus left"),
        ("hip_rom_deg", "left", 40.0, 4.0, "deg", 37.0, 43.0, ""),
        ("hip_rom_deg", "right", 28.0, 4.0, "deg", 37.0, 43.0, ""),
        ("hip_rom_difference_deg", "both", -LOSS_DEG, 4.1, "deg", np.nan, np.nan, "right minus left"),
        ("cadence_spm", "both", 109.1, 1.5, "steps/min", 99.0, 113.0, ""),
        ("stride_time_s", "left", 1.10, 0.02, "s", np.nan, np.nan, ""),
        ("stride_time_s", "right", 1.10, 0.02, "s", np.nan, np.nan, ""),
        ("step_time_s", "left", 0.57, 0.02, "s", np.nan, np.nan, ""),
        ("step_time_s", "right", 0.53, 0.02, "s", np.nan, np.nan, ""),
        ("stance_pct", "left", 61.0, 2.5, "%", 58.0, 67.0, ""),
        ("stance_pct", "right", 57.0, 2.5, "%", 58.0, 67.0, ""),
        ("double_support_pct", "both", 22.0, 5.0, "%", 22.0, 29.0, "difference of four events: with caution"),
        ("step_time_asymmetry_pct", "both", -7.3, 5.0, "%", np.nan, np.nan, "right minus left"),
        ("speed_mps", "both", np.nan, np.nan, "m/s", 1.2, 1.6, "needs --height-cm or --treadmill-speed"),
    ]
    columns = ["parameter", "side", "value", "uncertainty", "unit", "norm_low", "norm_high", "note"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(code=np.where(table["parameter"] == "speed_mps", "needs_height_or_belt", ""))


def make_references(measures: tuple[str, ...]) -> dict[str, Any]:
    percent = np.arange(101.0)
    return {
        m: SimpleNamespace(
            name="vancriekinge2023",
            measure=m,
            definition=MEASURES[m].definition,
            mean_deg=reference_curve(m, percent),
            sd_deg=np.full(101, 3.0),
            population="adults under 60",
            n=89,
            source="Van Criekinge et al. 2023, Sci Data 10:852",
            match="preferred speed, not matched",
            v_star=None,
            in_range=True,
            note="derived: hip minus pelvic tilt",
            of_children=False,
        )
        for m in measures
    }


def make_landmarks(times: Floats, width: int, height: int) -> xr.Dataset:
    """A stick person in the middle of the picture, walking on the spot to the left."""
    scale = height * 0.8
    position = np.full((len(times), len(LANDMARKS), 2), np.nan)
    index = {name: i for i, name in enumerate(LANDMARKS)}
    hip = np.array([width / 2, height * 0.52])
    shoulder = hip - [0, 0.29 * scale]
    head = shoulder - [0, 0.13 * scale]
    for i, name in enumerate(LANDMARKS[:11]):
        position[:, index[name]] = head + 0.02 * scale * np.array([np.cos(i), np.sin(i)])
    for side in SIDES:
        percent = (times - FIRST_STRIKE_S[side]) / STRIDE_S * 100 % 100
        thigh = np.radians(reference_curve("hip_flexion", percent))
        shank = thigh - np.radians(reference_curve("knee_flexion", percent))
        down = lambda angle: np.stack([-np.sin(angle), np.cos(angle)], axis=-1)  # noqa: E731
        knee = hip + 0.245 * scale * down(thigh)
        ankle = knee + 0.245 * scale * down(shank)
        points = {"hip": hip, "knee": knee, "ankle": ankle, "heel": ankle + np.array([0.03, 0.03]) * scale}
        points |= {"foot_index": ankle + np.array([-0.1, 0.03]) * scale, "shoulder": shoulder}
        points |= {"elbow": shoulder + np.array([0.02, 0.17]) * scale}
        points |= {"wrist": shoulder + np.array([-0.02, 0.30]) * scale}
        for name, where in points.items():
            position[:, index[f"{side}_{name}"]] = where
    visibility = np.where(np.isfinite(position[..., 0]), 0.95, 0.0)
    world = np.zeros((len(times), len(LANDMARKS), 3))
    return xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), position),
            "position_world": (("time", "landmark", "xyz"), world),
            "visibility": (("time", "landmark"), visibility),
        },
        coords={"time": times, "landmark": list(LANDMARKS), "xy": ["x", "y"], "xyz": ["x", "y", "z"]},
        attrs={"width_px": width, "height_px": height},
    )


def make_angles(times: Floats, given: tuple[str, ...]) -> xr.Dataset:
    values: dict[str, Any] = {}
    for name, dims in ANGLE_DIMS.items():
        shape = (len(times), 2) if "side" in dims else (len(times),)
        data = np.full(shape, np.nan)
        if name in given and "side" in dims:
            for column, side in enumerate(SIDES):
                data[:, column] = reference_curve(name, (times - FIRST_STRIKE_S[side]) / STRIDE_S * 100 % 100)
        values[name] = (dims, data)
    return xr.Dataset(values, coords={"time": times, "side": list(SIDES)})


_PARTS: dict[str, dict[str, Any]] = {
    "time_base": {
        "kind": "constant",
        "rate_hz": 30.0,
        "time_scale": 1.0,
        "capture_rate_source": "file",
        "dropped_frames": 0,
        "pauses": 0,
        "paused_s": 0.0,
        "duplicated_frames": 0,
        "distinct_rate_hz": 30.0,
        "interlaced": False,
    },
    "people": {"sentence": "", "persons": (), "cuts": ()},
    "camera": {
        "kinds": (),
        "carried": False,
        "shake_px": 0.0,
        "roll_sd_deg": 0.0,
        "travel_px": 0.0,
        "zoom_pct": 0.0,
        "sentence": "",
    },
    "light": {
        "verdicts": (),
        "brightness": 0.5,
        "contrast": 0.5,
        "figure": 100.0,
        "backdrop": 150.0,
        "noise": 1.0,
        "feet_blur_pct": 1.0,
    },
}
"""What an entry of the quality has where a test does not say it."""

_PERSON = {"sentence": "", "box": (10.0, 20.0, 30.0, 100.0), "time_s": 0.5}
_BOUT = {"number": 1, "start_s": 0.0, "end_s": 1.0, "begins_after": "clip", "ends_before": "clip"}
_EXCLUDED = {"exclusion": "duration_unlike"}


def make_quality(base: Quality | None = None, **entries: Any) -> Quality:
    """Return the quality of a good recording, or another one, with some entries as ``summary.json`` names them."""
    stored: dict[str, Any] = {
        "frames": 200,
        "rate_hz": 30.0,
        "variable_rate": False,
        "frames_with_person_pct": np.nan,
        "frames_used_pct": np.nan,
        "legs_swapped_pct": 0.0,
        "legs_hidden_pct": 0.0,
        "legs_outliers_pct": 0.0,
        "person_height_px": np.nan,
        "strides_left": 4,
        "strides_right": 5,
        "strides_left_out": [],
        "strides_without_toe_off_pct": 0.0,
        "stride_time_s": STRIDE_S,
        "stride_time_autocorrelation_s": STRIDE_S,
        "events_reliable": True,
        "vertical": "background lines",
        "camera_roll_deg": 0.0,
        "vertical_uncertainty_deg": 1.0,
        "pelvis_source": None,
        "pelvis_zero": None,
        "time_base": _PARTS["time_base"],
        "people": None,
        "camera": None,
        "light": None,
        "clothes": None,
        "passes": [],
        "pelvis_estimate": None,
        "gait": "",
        "advice": (),
    }
    stored |= {} if base is None else quality_to_dict(base)
    stored |= {name: _PARTS[name] | value if value and name in _PARTS else value for name, value in entries.items()}
    if stored["people"]:
        stored["people"] = stored["people"] | {"persons": [_PERSON | person for person in stored["people"]["persons"]]}
    stored["strides_left_out"] = [_EXCLUDED | stride for stride in stored["strides_left_out"]]
    stored["passes"] = [_BOUT | bout for bout in stored["passes"]]
    return quality_from_dict(stored)


class MadeAnalysis(SimpleNamespace):
    """Something with all fields of an ``Analysis``."""

    @property
    def clips(self) -> tuple[Any, ...]:
        """The analysis of each video; of one video this one."""
        return vars(self).get("parts") or (self,)


def make_analysis(
    *,
    given: tuple[str, ...] = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward"),
    referenced: tuple[str, ...] = ("hip_flexion", "knee_flexion"),
    boundaries: dict[str, float] | None = None,
    loss_deg: float = LOSS_DEG,
    strides: int = 5,
    view: str = "left",
    size_px: tuple[int, int] = (320, 240),
    rate_hz: float = 30.0,
) -> Any:
    """Return something with all fields of an ``Analysis``: a side view with a stiff right hip."""
    boundaries = BOUNDARIES_PCT | (boundaries or {})
    curves = make_curves(given, strides, loss_deg)
    references = make_references(tuple(m for m in referenced if m in given))
    cycles = make_cycles(curves, boundaries)
    mean_curves = make_mean_curves(curves, given, references)
    deviations, spatiotemporal = make_deviations(mean_curves), make_spatiotemporal()
    duration = float(cycles["end_s"].max()) + 0.3
    times = np.arange(int(duration * rate_hz)) / rate_hz
    advice = "Film from behind, the camera on a tripod at the height of the pelvis."
    return MadeAnalysis(
        video=VideoInfo(
            stem="visit_3_side",
            width_px=size_px[0],
            height_px=size_px[1],
            rate_hz=rate_hz,
            duration_s=len(times) / rate_hz,
            frames=len(times),
            rotation_deg=0,
            codec="h264",
            variable_rate=False,
            time_scale=1.0,
            sha256="ab" * 32,
        ),
        landmarks=make_landmarks(times, *size_px),
        angles=make_angles(times, given),
        events=make_events(cycles),
        cycles=cycles,
        curves=curves,
        mean_curves=mean_curves,
        phases=make_phases(mean_curves, boundaries),
        deviations=deviations,
        spatiotemporal=spatiotemporal,
        view=SimpleNamespace(
            view=view,
            facing=-1 if view == "left" else 0,
            treadmill=True,
            yaw_deg=3.0,
            yaw_uncertainty_deg=5.0,
            off_axis_deg=float("nan"),
            explanation="The feet point to the left edge of the picture.",
        ),
        quality=make_quality(rate_hz=rate_hz, frames=len(times), strides_left=strides - 1, strides_right=strides),
        withheld=tuple(
            Withheld(
                measure=m.name,
                code="frontal_from_side" if m.plane == "frontal" else "sagittal_from_front",
                reason=f"The {m.plane} plane is not seen from here.",
                advice=advice,
            )
            for m in MEASURES.values()
            if m.name not in given
        ),
        warnings=("The far leg is partly hidden by the near one.",),
        findings=_findings(deviations, spatiotemporal),
        references=references,
        subject=SimpleNamespace(
            height_cm=172.0, age_years=54.0, sex="f", painful_side="right", patient=None, clinic=None
        ),
        corrections=(),
        refusal=None,
        provenance=SimpleNamespace(
            to_dict=lambda: {"gaitlab": "0.1.0", "video_sha256": "ab" * 32},
            methods_text=lambda: "Landmarks were found with MediaPipe and filtered at 6 Hz.",
            parameters={},
        ),
    )


def edited(analysis: Any, **changes: Any) -> Any:
    """Return a copy of a made-up analysis with some fields changed."""
    whole = vars(analysis) | changes
    if {"spatiotemporal", "deviations"} & set(changes) and "findings" not in changes:
        whole["findings"] = _findings(whole["deviations"], whole["spatiotemporal"])
    return MadeAnalysis(**whole)


def _findings(deviations: pd.DataFrame, parameters: pd.DataFrame) -> tuple[Finding, ...]:
    none = pd.DataFrame(columns=["measure", "side", "status"])
    return find_what_stands_out(none if deviations.empty else deviations, parameters, {}, "right")


def write_video(path: Path, analysis: Any, *, rate_hz: float | None = None) -> Path:
    """Write a clip that fits a made-up analysis: a fine checkerboard, so that blurring shows."""
    info = analysis.video
    tile = np.indices((info.height_px, info.width_px)).sum(axis=0) // 2 % 2
    image = np.repeat((60 + 150 * tile)[..., None], 3, axis=2).astype(np.uint8)
    with VideoWriter(path, info.width_px, info.height_px, info.rate_hz, crf=10) as video:
        for number in range(info.frames):
            video.write(image, number / (rate_hz or info.rate_hz))
    return path


def with_video(analysis: Any, **changes: Any) -> Any:
    """Return a copy of a made-up analysis with some fields of its video changed."""
    return edited(analysis, video=replace(analysis.video, **changes))
