"""What is compared between visits, and how far it differs where nothing has changed.

The numbers are those of two walks of each of nine healthy people who were filmed from the right by two cameras of one
hall (25 frames/s, two strides of a leg each): the difference of the two walks is error and natural variation only
(``benchmarks/accuracy/repeats.py``). Right-left differences, lengths and speed keep the numbers of nine people by an
earlier version, which are larger: only five people show two strides of both sides twice.
``docs/accuracy.md`` says what they give for people left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["COMPARED", "CURVES", "ComparedMeasure"]

Plane = Literal["sagittal", "frontal", "any"]


@dataclass(frozen=True, kw_only=True)
class ComparedMeasure:
    """A parameter that is compared.

    Attributes
    ----------
    label
        For readers, without the side.
    more, less
        What an increase and a decrease is.
    curve
        Measure of ``schema.MEASURES`` it is taken from: the videos that give that one give it, and what changes angles,
        as camera and clothes do, changes it; empty: a time, a length or a speed.
    with_speed
        Whether it changes with the walking speed of the same person.
    plane
        Which view shows it.
    sem
        Standard error of one visit within a person, in its unit: the SD of the differences of repeated walks over the
        root of two; NaN: no repeated walks of real people show it, and the uncertainties of both visits count whole.
    stride_sd
        SD between the strides of one person in the same walks; NaN: it is no mean of strides.
    relative
        Whether both are shares of the value.
    """

    label: str
    more: str = "more"
    less: str = "less"
    curve: str = ""
    with_speed: bool = True
    plane: Plane = "any"
    sem: float = float("nan")
    stride_sd: float = float("nan")
    relative: bool = False


def _hip(label: str, sem: float, stride_sd: float, more: str = "more", less: str = "less") -> ComparedMeasure:
    return ComparedMeasure(
        label=label, more=more, less=less, curve="hip_flexion", plane="sagittal", sem=sem, stride_sd=stride_sd
    )


def _frontal(label: str, more: str, less: str, curve: str = "pelvic_drop") -> ComparedMeasure:
    return ComparedMeasure(label=label, more=more, less=less, curve=curve, plane="frontal")


def _time(label: str, sem: float, stride_sd: float = float("nan"), *, with_speed: bool = True) -> ComparedMeasure:
    return ComparedMeasure(
        label=label, more="longer", less="shorter", with_speed=with_speed, sem=sem, stride_sd=stride_sd
    )


def _pace(label: str, sem: float, more: str = "longer", less: str = "shorter") -> ComparedMeasure:
    return ComparedMeasure(label=label, more=more, less=less, with_speed=False, sem=sem, relative=True)


def _difference(label: str, sem: float) -> ComparedMeasure:
    return ComparedMeasure(label=label, more=_SIDED[0], less=_SIDED[1], sem=sem)


_NAN: Final = float("nan")
_SIDED: Final = ("towards the right", "towards the left")
"""What a difference between the sides, right minus left, does when it grows or falls."""

COMPARED: Final[Mapping[str, ComparedMeasure]] = {
    "hip_rom_deg": _hip("hip range of motion", 2.4, 2.7),
    "hip_extension_deg": _hip("peak hip extension", 1.6, 2.0, "more extension", "less extension"),
    "hip_flexion_deg": _hip("peak hip flexion", 1.9, 1.5, "more flexion", "less flexion"),
    "hip_rom_difference_deg": _hip("right-left difference in hip range of motion", 1.9, _NAN, *_SIDED),
    "hip_extension_difference_deg": _hip("right-left difference in hip extension", 1.9, _NAN, *_SIDED),
    "hip_flexion_difference_deg": _hip("right-left difference in hip flexion", 0.8, _NAN, *_SIDED),
    "pelvic_drop_excursion_deg": _frontal("pelvic drop from heel strike", "more drop", "less drop"),
    "pelvic_drop_deg": _frontal("peak pelvic drop", "more drop", "less drop"),
    "pelvis_range_deg": _frontal("range of the pelvis", "more", "less"),
    "trunk_lean_deg": _frontal("trunk lean over the stance leg", "more lean", "less lean", "trunk_lateral"),
    "cadence_spm": ComparedMeasure(label="cadence", more="faster", less="slower", with_speed=False, sem=2.5),
    "stride_time_s": _time("stride time", 0.030, 0.049, with_speed=False),
    "step_time_s": _time("step time", 0.017, 0.041, with_speed=False),
    "stance_pct": _time("stance", 0.7, 1.9),
    "single_support_pct": _time("single support", 1.1, 1.7),
    "double_support_pct": _time("double support", 1.4, 3.0),
    "step_time_asymmetry_pct": _difference("right-left difference in step time", 4.6),
    "stance_asymmetry_pct": _difference("right-left difference in stance", 2.9),
    "single_support_asymmetry_pct": _difference("right-left difference in single support", 5.9),
    "step_length_m": _pace("step length", 0.10),
    "step_length_legs": _pace("step length", 0.10),
    "stride_length_m": _pace("stride length", 0.07),
    "stride_length_legs": _pace("stride length", 0.07),
    "speed_mps": _pace("walking speed", 0.09, "faster", "slower"),
}
"""By the name of the parameter in ``spatiotemporal``, in the order in which they are reported."""

CURVES: Final = frozenset(measure.curve for measure in COMPARED.values())
"""What they are taken from."""
