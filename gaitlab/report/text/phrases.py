"""Sentences and formatted numbers of the report, made from the numbers of an analysis and nothing else."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.analysis.queries import available_measures, is_deviation, measure_title, phase_row, stride_curves
from gaitlab.gait.exclusion import is_whole
from gaitlab.pelvis import SOURCE_WORDS, ZERO_WORDS
from gaitlab.plots.style import SIDE_WORDS
from gaitlab.schema import MEASURES, PHASES, SIDES, Side, rows_as_dicts
from gaitlab.schema.codes import EVENT_WORDS, MATCH_WORDS, VERTICAL_WORDS
from gaitlab.schema.messages.numbers import NOT_GIVEN, counted, number, sentence

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.analysis.result import Subject
    from gaitlab.video import VideoInfo

__all__ = [
    "DISCLAIMER",
    "deviation_map_alt",
    "events_alt",
    "filmed_sentence",
    "gvs_alt",
    "kinematic_alt",
    "label_of",
    "matched_sentence",
    "parameter_label",
    "population_sentence",
    "quality_value",
    "stride_sentence",
    "subject_facts",
    "value_text",
    "video_text",
]

DISCLAIMER: Final = (
    "Research and education software. Not a medical device; not cleared or CE-marked. Not for diagnosis or as the "
    "sole basis for treatment. Angles are single-camera estimates; uncertainty is stated next to each value. To be "
    "interpreted by a qualified clinician with the examination."
)
"""Printed on every report."""

_VIEWS: Final = {
    "left": "Filmed from the side, left side facing the camera",
    "right": "Filmed from the side, right side facing the camera",
    "front": "Filmed from the front",
    "back": "Filmed from behind",
    "oblique": "Filmed obliquely, neither from the side nor from the front or back",
    "standing": "Filmed standing; no walking was found",
}
_GROUND: Final = {True: "on a treadmill", False: "overground", None: "treadmill or overground not determined"}
_FACING: Final = {1: "walking to the right of the image", -1: "walking to the left of the image"}

_PARAMETERS: Final = {
    "cadence_spm": "Cadence",
    "stride_time_s": "Stride time",
    "step_time_s": "Step time",
    "stance_pct": "Stance",
    "swing_pct": "Swing",
    "single_support_pct": "Single support",
    "double_support_pct": "Double support",
    "step_length_m": "Step length",
    "stride_length_m": "Stride length",
    "step_width_m": "Step width",
    "speed_mps": "Walking speed",
    "hip_rom_deg": "Hip range of motion",
    "hip_extension_deg": "Peak hip extension",
    "hip_flexion_deg": "Peak hip flexion",
    "hip_rom_difference_deg": "Hip range of motion, right minus left",
    "hip_extension_difference_deg": "Peak hip extension, right minus left",
    "hip_flexion_difference_deg": "Peak hip flexion, right minus left",
    "pelvic_drop_excursion_deg": "Pelvic drop from heel strike",
    "pelvic_drop_excursion_difference_deg": "Pelvic drop from heel strike, right minus left",
    "pelvic_drop_deg": "Peak pelvic drop",
    "pelvic_drop_difference_deg": "Peak pelvic drop, right minus left",
    "pelvis_range_deg": "Range of pelvic drop",
    "trunk_lean_deg": "Peak trunk lean over the stance leg",
    "trunk_lean_difference_deg": "Peak trunk lean, right minus left",
}
_QUALITY: Final = {
    "frames_used_pct": "Frames measured",
    "toes_out_pct": "Frames with the toes outside the image",
    "events_by_table": "Events from a table",
    "gait": "Kind of gait",
    "vertical": "Vertical taken from",
    "rate_hz": "Frame rate",
    "variable_rate": "Frame rate varies",
    "frames_with_person_pct": "Frames with the person",
    "legs_swapped_pct": "Frames with swapped legs corrected",
    "legs_hidden_pct": "Frames with a leg landmark hidden",
    "legs_outliers_pct": "Frames with a leg landmark excluded",
    "person_height_px": "Person's height in the image",
    "strides_left": "Left strides used",
    "strides_right": "Right strides used",
    "strides_without_toe_off_pct": "Strides without toe-off",
    "stride_time_autocorrelation_s": "Stride time from the foot rhythm",
    "events_reliable": "Events consistent with the rhythm",
    "camera_roll_deg": "Camera roll, clockwise",
    "vertical_uncertainty_deg": "Uncertainty of the vertical",
    "pelvis_source": "Pelvis measured from",
    "pelvis_zero": "Neutral pelvic position",
}
"""Labels of the quality box that the entry's own name would not give."""

_VALUES: Final[dict[str, dict[str, str]]] = {
    "pelvis_source": SOURCE_WORDS,
    "pelvis_zero": ZERO_WORDS,
    "vertical": {code: note.brief for code, note in VERTICAL_WORDS.items()},
}
"""What the quality box shows in place of an entry's value."""

_UNITS: Final = {
    "pct": "%",
    "px": "px",
    "s": "s",
    "ms": "ms",
    "hz": "Hz",
    "deg": "°",
    "m": "m",
    "cm": "cm",
    "mps": "m/s",
    "spm": "steps/min",
}
_QUALITY_DECIMALS: Final = {"%": 0, "px": 0, "ms": 0, "Hz": 0, "°": 1, "s": 2}
"""What is known of an entry of the quality box, by its unit."""
_UNIT_WORDS: Final = {"deg": "°", "spm": "steps/min", "1": "", "-": "", "pct": "%", "mps": "m/s"}


def value_text(value: float, uncertainty: float, unit: str, decimals: int = 1) -> str:
    """Write a value with its uncertainty and unit.

    Examples
    --------
    >>> value_text(109.14, 1.5, "steps/min", 0)
    '109 ± 2 steps/min'
    >>> value_text(61.2, float("nan"), "%", 0)
    '61 %'
    """
    if not math.isfinite(value):
        return NOT_GIVEN
    plus = f" \N{PLUS-MINUS SIGN} {number(uncertainty, decimals)}" if math.isfinite(uncertainty) else ""
    shown = _UNIT_WORDS.get(unit, unit)
    return f"{number(value, decimals)}{plus}" + (shown if shown == "°" else f" {shown}" if shown else "")


def label_of(measure: str) -> str:
    """Return the label of a measure or spatiotemporal parameter."""
    return MEASURES[measure].label if measure in MEASURES else parameter_label(measure)


def parameter_label(parameter: str) -> str:
    """Return the label of a spatiotemporal parameter.

    Examples
    --------
    >>> parameter_label("cadence_spm"), parameter_label("step_time_asymmetry"), parameter_label("hip_rom_deg")
    ('Cadence', 'Step time asymmetry', 'Hip range of motion')
    """
    if parameter in _PARAMETERS:
        return _PARAMETERS[parameter]
    parameter = parameter.removesuffix("_legs")
    base, separator, _ = parameter.partition("_asymmetry")
    if separator:
        stem = next((label for name, label in _PARAMETERS.items() if name == base or name.startswith(f"{base}_")), None)
        return f"{stem or _words(base)} asymmetry"
    return next((label for name, label in _PARAMETERS.items() if name == f"{parameter}_m"), _words(parameter))


def quality_value(name: str, value: object) -> tuple[str, str]:
    """Return label and text of an entry of the quality box; the unit comes from the name's ending.

    Examples
    --------
    >>> quality_value("frames_seen_pct", 99.2)
    ('Frames seen', '99 %')
    >>> quality_value("events_reliable", True)
    ('Events consistent with the rhythm', 'yes')
    """
    unit = _UNITS.get(name.rsplit("_", 1)[-1], "")
    if name in _VALUES:
        value = _VALUES[name].get(str(value), value)
    return _QUALITY.get(name, _words(name)), _plain(value, unit)


def _words(name: str) -> str:
    stem, _, last = name.rpartition("_")
    return re.sub(r"_+", " ", stem if stem and last in _UNITS else name).capitalize()


def _plain(value: object, unit: str) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value} {unit}".strip()
    if isinstance(value, float | np.floating):
        shown = number(float(value), _QUALITY_DECIMALS.get(unit, 2))
        return shown if shown == NOT_GIVEN or not unit else f"{shown}{'' if unit == '°' else ' '}{unit}"
    return str(value).replace("_", " ") or NOT_GIVEN


def subject_facts(subject: Subject) -> tuple[tuple[str, str], ...]:
    """Return what is known about the person, each fact with its name."""
    facts = (
        ("Age", None if subject.age_years is None else f"{subject.age_years:g} years"),
        ("Sex", None if subject.sex is None else {"f": "female", "m": "male"}.get(subject.sex, subject.sex)),
        ("Height", None if subject.height_cm is None else f"{subject.height_cm:g} cm"),
        ("Painful side", subject.painful_side),
        ("Footwear", subject.footwear or None),
    )
    return tuple((name, value) for name, value in facts if value is not None)


def video_text(video: VideoInfo) -> str:
    """Return size, frame rate and duration of a video."""
    return f"{video.width_px} × {video.height_px} px, {video.rate_hz:.0f} frames/s, {video.duration_s:.1f} s"


def filmed_sentence(analysis: AnalysisResult) -> str:
    """Describe the view, the walking direction, and the ground."""
    view = analysis.view
    directions = {bout.view: bout.direction for bout in analysis.quality.bouts if bout.used and bout.direction}
    if len(directions) > 1:
        return (
            f"Filmed in {len(directions)} directions: {' and '.join(directions.values())}, {_GROUND[view.treadmill]}."
        )
    facing = _FACING.get(view.facing) if view.view in ("left", "right", "oblique") else None
    parts = [_VIEWS[view.view], facing, _GROUND[view.treadmill] if view.view != "standing" else None]
    return ", ".join(part for part in parts if part) + "."


def matched_sentence(analysis: AnalysisResult) -> str:
    """Describe the walking speed, and how the reference was matched to it."""
    table = analysis.spatiotemporal
    rows = {str(row["parameter"]): row for row in rows_as_dicts(table) if row["side"] == "both"}
    speeds = [
        f"{label} {value_text(row['value'], row['uncertainty'], row['unit'], decimals)}"
        for name, label, decimals in (("speed_mps", "Speed", 2), ("cadence_spm", "Cadence", 0))
        if (row := rows.get(name)) is not None and math.isfinite(row["value"])
    ]
    given = available_measures(analysis)
    matches = dict.fromkeys(
        MATCH_WORDS[r.match].brief + ("" if r.in_range else ", outside the measured speeds")
        for m, r in analysis.references.items()
        if m in given
    )
    people = dict.fromkeys(r.population for m, r in analysis.references.items() if m in given)
    reference = f"reference: {'; '.join(people)} ({', '.join(matches)})" if matches else "no reference"
    return sentence("; ".join([*speeds[:1], reference]))


def stride_sentence(analysis: AnalysisResult) -> str:
    """State the number of strides used per side, for each of several videos, and how many were excluded."""
    counts_by_video = []
    for index, clip in enumerate(analysis.clips, start=1):
        used = clip.cycles[clip.cycles["used"].astype(bool)]
        whole = used.loc[is_whole(used), "side"]
        in_part = len(used) - len(whole)
        left, right = (int((whole == side).sum()) for side in SIDES)
        of_video = f" of video {index}" if len(analysis.clips) > 1 else ""
        seen_in_part = f" and {in_part} seen in part" if in_part else ""
        counts_by_video.append(f"{left} left and {counted(right, 'right stride')}{seen_in_part}{of_video}")
    left_out = int((~analysis.cycles["used"].astype(bool)).sum())
    text = f"Based on {', '.join(counts_by_video)}"
    return f"{text}; {left_out} excluded." if left_out else f"{text}."


def population_sentence(analysis: AnalysisResult) -> str:
    """Describe the reference population, and that this person may differ from it."""
    people = sorted({f"{r.population} (n = {r.n})" for r in analysis.references.values()})
    if not people:
        return ""
    return sentence(f"Reference population: {'; '.join(people)}; it may not match this patient")


def kinematic_alt(analysis: AnalysisResult, measure: str) -> str:
    """Describe a kinematic graph in words, for those who cannot see it."""
    sentences = [f"{measure_title(analysis, measure)} over the gait cycle, in degrees."]
    for side in SIDES:
        strides = stride_curves(analysis, measure, side)
        if not len(strides):
            sentences.append(f"{SIDE_WORDS[side]}: no usable stride.")
            continue
        table = analysis.mean_curves
        rows = table[(table["measure"] == measure) & (table["side"] == side)].dropna(subset=["mean"])
        low, high = (rows_as_dicts(rows)[int(at)] for at in (rows["mean"].argmin(), rows["mean"].argmax()))
        sentences.append(
            f"{SIDE_WORDS[side]}, {'mean of ' if len(strides) > 1 else ''}{counted(len(strides), 'stride')}: "
            f"from {number(low['mean'], 0)} at {int(low['percent'])} % to {number(high['mean'], 0)} at "
            f"{int(high['percent'])} % of the cycle."
        )
        sentences += [f"{SIDE_WORDS[side]}: {verdict}." for verdict in _verdicts(analysis, measure, side)]
    if measure not in analysis.references:
        sentences.append("There is no reference data of this definition.")
    return " ".join(sentences)


def _verdicts(analysis: AnalysisResult, measure: str, side: Side) -> list[str]:
    rows = (phase_row(analysis, measure, side, phase.name) for phase in PHASES)
    return [str(row["verdict"]) for row in rows if row is not None and is_deviation(row)]


def deviation_map_alt(analysis: AnalysisResult) -> str:
    """Describe the deviation map in words: the deviations that are called, or that there is none."""
    reasons = [
        f"{SIDE_WORDS[side]}, {MEASURES[measure].label}: {verdict}."
        for side in SIDES
        for measure in available_measures(analysis)
        for verdict in _verdicts(analysis, measure, side)
    ]
    start = "Deviation from the reference by measure and gait phase, left and right."
    return " ".join([start, *(reasons or ["No deviation exceeds the uncertainty."])])


def gvs_alt(analysis: AnalysisResult) -> str:
    """Describe the partial GVS bars in words."""
    given = available_measures(analysis)
    parts = [
        f"{MEASURES[row['measure']].label}, {row['side']}: {number(row['partial_gvs_deg'])} degrees; mean of the "
        f"reference group {number(row['reference_gvs_deg'])}."
        for row in rows_as_dicts(analysis.deviations)
        if row["measure"] in given
    ]
    return " ".join(["Partial GVS, the distance from the reference over the cycle.", *parts])


def events_alt(analysis: AnalysisResult) -> str:
    """Describe the event timeline in words."""
    events = analysis.events
    counts = [
        f"{side} {int(((events['side'] == side) & (events['event'] == kind)).sum())} {words}s"
        for side in SIDES
        for kind, words in EVENT_WORDS.items()
    ]
    return f"Gait events over {number(float(analysis.video.duration_s))} seconds: {', '.join(counts)}."
