"""What the measures of the tasks are called, in a report and on the command line."""

from __future__ import annotations

from typing import Final

from gaitlab.schema.messages.numbers import number
from gaitlab.tasks.base import Measure

__all__ = ["MEASURE_LABELS", "UNIT_WORDS", "measure_label", "unit_words", "value_and_error", "value_words"]

MEASURE_LABELS: Final[dict[str, str]] = {
    "arm_use_count": "Stands with support by the arms",
    "cadence_spm": "Cadence",
    "count": "Repetitions",
    "descent_time_mean_s": "Mean time to sit down",
    "descent_time_s": "Time to sit down",
    "direction": "Direction",
    "elevation_lost_after_s": "Pelvic elevation lost after",
    "end_s": "End",
    "flight_time_s": "Flight time",
    "foot_contact_s": "Foot contact",
    "foot_down_s": "Foot down",
    "foot_off_s": "Foot off",
    "height_share": "Height reached, 1 is standing",
    "hip_abduction_pelvis_peak_best_deg": "Hip abduction, best",
    "hip_abduction_pelvis_peak_deg": "Hip abduction, thigh to pelvis",
    "hip_abduction_pelvis_peak_mean_deg": "Hip abduction, mean",
    "hip_adduction_at_equal_depth_deg": "Hip adduction at equal depth",
    "hip_adduction_deg": "Hip adduction at the bottom",
    "hip_adduction_mean_deg": "Hip adduction at the bottom, mean",
    "hip_adduction_peak_deg": "Largest hip adduction of the stance leg",
    "hip_adduction_pelvis_peak_best_deg": "Hip adduction, best",
    "hip_adduction_pelvis_peak_deg": "Hip adduction, thigh to pelvis",
    "hip_adduction_pelvis_peak_mean_deg": "Hip adduction, mean",
    "hip_extension_change_best_deg": "Hip extension from the start posture, best",
    "hip_extension_change_deg": "Hip extension from the start posture",
    "hip_extension_change_mean_deg": "Hip extension from the start posture, mean",
    "hip_extension_pelvis_peak_deg": "Hip extension, thigh to pelvis",
    "hip_extension_trunk_peak_best_deg": "Hip extension, best",
    "hip_extension_trunk_peak_deg": "Hip extension, thigh to trunk",
    "hip_extension_trunk_peak_mean_deg": "Hip extension, mean",
    "hip_flexion_at_contact_deg": "Hip flexion at foot contact, thigh to trunk",
    "hip_flexion_change_best_deg": "Hip flexion from the start posture, best",
    "hip_flexion_change_deg": "Hip flexion from the start posture",
    "hip_flexion_change_mean_deg": "Hip flexion from the start posture, mean",
    "hip_flexion_mid_stance_deg": "Hip flexion at mid-stance, thigh to trunk",
    "hip_flexion_peak_best_deg": "Hip flexion, largest of all steps",
    "hip_flexion_peak_deg": "Largest hip flexion, thigh to trunk",
    "hip_flexion_peak_mean_deg": "Hip flexion, mean of the peaks",
    "hip_flexion_pelvis_peak_deg": "Hip flexion, thigh to pelvis",
    "hip_flexion_trunk_peak_best_deg": "Hip flexion, best",
    "hip_flexion_trunk_peak_deg": "Hip flexion, thigh to trunk",
    "hip_flexion_trunk_peak_mean_deg": "Hip flexion, mean",
    "hip_sway_sd_pct_leg": "Sway of the hips, SD",
    "hold_s": "Time on one leg",
    "incomplete_count": "Incomplete stands, not counted",
    "knee_flexion_at_contact_deg": "Knee flexion at foot contact",
    "knee_flexion_at_peak_deg": "Knee flexion at the peak",
    "knee_flexion_estimate_deg": "Knee flexion at the bottom, estimated",
    "knee_flexion_estimate_mean_deg": "Knee flexion at the bottom, estimated, mean",
    "knee_flexion_mid_stance_deg": "Knee flexion at mid-stance",
    "knee_flexion_peak_best_deg": "Knee flexion, largest of all steps",
    "knee_flexion_peak_deg": "Largest knee flexion",
    "knee_flexion_peak_mean_deg": "Knee flexion, mean of the peaks",
    "knee_projection_at_equal_depth_deg": "Knee projection angle at equal depth",
    "knee_projection_deg": "Knee projection angle at the bottom, inwards +",
    "knee_projection_mean_deg": "Knee projection angle at the bottom, inwards +, mean",
    "leading_leg": "Leading leg",
    "leaves_standing_s": "Starts to sit down",
    "overstride_deg": "Overstride angle at foot contact",
    "pattern": "Pattern",
    "peak_s": "Peak",
    "pelvic_drop_at_equal_depth_deg": "Pelvic drop at equal depth",
    "pelvic_drop_deg": "Pelvic drop at the bottom",
    "pelvic_drop_mean_deg": "Pelvic drop at the bottom, mean",
    "pelvic_drop_mid_stance_deg": "Pelvic drop at mid-stance",
    "pelvic_drop_peak_deg": "Largest pelvic drop of the lifted side",
    "pelvic_hike_deg": "Pelvic hike",
    "pelvic_rise_peak_deg": "Largest pelvic rise of the lifted side",
    "pelvis_settled_deg": "Pelvis of the lifted side after settling, up +",
    "rise_time_mean_s": "Mean time to stand up",
    "rise_time_s": "Time to stand up",
    "seat_contact_s": "Seat contact",
    "seat_off_s": "Hips leave the seat",
    "sit_down_time_s": "Turn and sit down",
    "straight_leg_flexion_change_best_deg": "Straight-leg hip flexion from the start posture, best",
    "straight_leg_flexion_change_mean_deg": "Straight-leg hip flexion from the start posture, mean",
    "straight_leg_flexion_trunk_peak_best_deg": "Straight-leg hip flexion, best",
    "straight_leg_flexion_trunk_peak_mean_deg": "Straight-leg hip flexion, mean",
    "stairs_time_s": "Time from the first to the last step",
    "stance_time_s": "Stance time",
    "stand_up_time_s": "Stand up",
    "standing_s": "Standing",
    "start_s": "Start",
    "step_count": "Steps",
    "step_time_mean_s": "Mean time per step",
    "step_time_s": "Time per step",
    "thigh_abduction_vertical_peak_deg": "Thigh to vertical, outwards +",
    "thigh_adduction_vertical_peak_deg": "Thigh to vertical, inwards +",
    "toe_off_s": "Toe-off",
    "total_time_s": "Total time",
    "total_time_to_last_sit_s": "Time to the fifth seat contact",
    "total_time_to_last_stand_s": "Time to the fifth stand",
    "trendelenburg_reading": "Reading",
    "trunk_forward_change_deg": "Trunk movement, forward +",
    "trunk_forward_mean_deg": "Mean forward trunk lean",
    "trunk_forward_peak_deg": "Largest forward trunk lean",
    "trunk_lean_sway_sd_deg": "Sway of the trunk, SD",
    "trunk_lean_to_side_change_deg": "Trunk lean to the tested side",
    "trunk_lean_to_stance_at_equal_depth_deg": "Trunk lean to the stance side at equal depth",
    "trunk_lean_to_stance_deg": "Trunk lean to the stance side at the bottom",
    "trunk_lean_to_stance_mean_deg": "Trunk lean to the stance side at the bottom, mean",
    "trunk_lean_to_stance_peak_deg": "Largest trunk lean to the stance side",
    "turn_end_s": "End of the turn at 3 m",
    "turn_start_s": "Start of the turn at 3 m",
    "turn_time_s": "Turn at 3 m",
    "walk_back_time_s": "Walk back",
    "walk_out_time_s": "Walk out",
}
"""By name of the measure."""

UNIT_WORDS: Final[dict[str, str]] = {
    "deg": "°",
    "s": " s",
    "count": "",
    "share": "",
    "spm": " steps/min",
    "%": " % of leg length",
    "code": "",
}
"""After a number."""

_DECIMALS: Final = {"deg": 0, "count": 0, "s": 2, "share": 2, "spm": 0, "%": 1}


def measure_label(name: str) -> str:
    """Return the label of a measure; of one of a plug-in its name in words.

    Examples
    --------
    >>> measure_label("hold_s"), measure_label("arm_reach_cm")
    ('Time on one leg', 'Arm reach cm')
    """
    return MEASURE_LABELS.get(name, name.replace("_", " ").capitalize())


def value_words(measure: Measure) -> str:
    """Return a value with its uncertainty and unit.

    Examples
    --------
    >>> value_words(Measure(measure="hold_s", value=9.07, uncertainty=0.17, unit="s"))
    '9.07 ± 0.17 s'
    >>> value_words(Measure(measure="trunk_lean_sway_sd_deg", value=2.1, uncertainty=0.4, unit="deg"))
    '2.1 ± 0.4°'
    """
    places = _places(measure)
    half = f" ± {number(measure.uncertainty, places)}" if measure.uncertainty > 0 else ""
    return f"{number(measure.value, places)}{half}{unit_words(measure.unit)}"


def value_and_error(measure: Measure) -> tuple[str, str]:
    """Return a value, and its uncertainty, each with the unit; without uncertainty the second is empty.

    Examples
    --------
    >>> value_and_error(Measure(measure="hold_s", value=9.07, uncertainty=0.17, unit="s"))
    ('9.07 s', '± 0.17 s')
    """
    places, unit = _places(measure), unit_words(measure.unit)
    half = f"± {number(measure.uncertainty, places)}{unit}" if measure.uncertainty > 0 else ""
    return f"{number(measure.value, places)}{unit}", half


def unit_words(unit: str) -> str:
    """Return what stands after a number: a unit with its space."""
    return UNIT_WORDS.get(unit, f" {unit}")


def _places(measure: Measure) -> int:
    places = _DECIMALS.get(measure.unit, 1)
    if round(measure.uncertainty, 2) > 0 and not round(measure.uncertainty, places):
        places += 1  # "± 0" would say that there is no error
    return places
