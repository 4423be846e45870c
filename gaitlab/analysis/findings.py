"""What stands out, as sentences, never a diagnosis.

Differences are told only where they are larger than their uncertainty. Pelvis and trunk are told always, and together:
each says little without the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gaitlab.schema import MEASURES, SIDES, Side, opposite, records

__all__ = [
    "LEAN_DEG",
    "MIN_DIFFERENCE_DEG",
    "beyond_usual_deg",
    "finding_sentences",
    "is_lean",
    "painful_first",
    "pelvis_and_trunk_words",
]

MIN_DIFFERENCE_DEG: Final = 5.0
"""Smaller differences between the sides are not called, however precise (method: asymmetric from 5 degrees)."""

_EXTREMES: Final = {
    "hip_rom_difference_deg": "Hip range of motion",
    "hip_extension_difference_deg": "Peak hip extension",
    "hip_flexion_difference_deg": "Peak hip flexion",
    "pelvic_drop_difference_deg": "Peak pelvic drop",
}

LEAN_DEG: Final = 5.0
"""A trunk that leans over the standing leg by more than this is called leaning (method: lateral trunk lean)."""


def finding_sentences(deviations: pd.DataFrame, parameters: pd.DataFrame, painful_side: Side | None) -> tuple[str, ...]:
    """Return a sentence for each difference between the sides, and each deviation from a reference.

    Parameters
    ----------
    deviations
        From ``deviation.deviation_table``.
    parameters
        Spatiotemporal and hip parameters with uncertainty.
    painful_side
        Named first.
    """
    return (
        *_between_sides(parameters),
        *_pelvis_and_trunk(parameters, painful_side),
        *_from_reference(deviations, painful_side),
    )


def _pelvis_and_trunk(parameters: pd.DataFrame, painful_side: Side | None) -> list[str]:
    """Say for each standing leg what pelvis and trunk do together: a lean can take the place of a drop."""
    table = {(row["parameter"], row["side"]): row for row in records(parameters)}
    pairs = [
        (side, table.get(("pelvic_drop_deg", side)), table.get(("trunk_lean_deg", side)))
        for side in painful_first(painful_side)
    ]
    told = [(side, drop, lean) for side, drop, lean in pairs if drop is not None and lean is not None]
    return [
        *(_pair_sentence(side, drop, lean) for side, drop, lean in told),
        *(f"The pelvic drop is {drop['note']}." for _, drop, _ in told[:1]),
    ]


def _pair_sentence(side: Side, drop: Mapping[str, Any], lean: Mapping[str, Any]) -> str:
    falls = (
        f"the {opposite(side)} side of the pelvis drops {drop['value']:.0f} deg"
        if drop["value"] > 0
        else f"the {opposite(side)} side of the pelvis stays {abs(drop['value']):.0f} deg higher than the {side}"
    )
    mean = (drop["norm_high"] + drop["norm_low"]) / 2
    usual = f", usual {mean:.0f}" if math.isfinite(mean) else ""
    leans = is_lean(lean)
    meaning = pelvis_and_trunk_words(drop, leans=leans)
    over = "leans over the standing leg" if leans else "does not lean clearly over the standing leg"
    return (
        f"Standing on the {side} leg, {falls} ({_half_width(drop)}{usual}) and the trunk {over} "
        f"({lean['value']:.0f} deg, {_half_width(lean)}){': ' if meaning else ''}{meaning}."
    )


def _half_width(row: Mapping[str, Any]) -> str:
    known = math.isfinite(row["uncertainty"])
    return f"uncertainty {row['uncertainty']:.0f}" if known else "uncertainty not known from one stride"


def is_lean(lean: Mapping[str, Any]) -> bool:
    """Return whether a row of the peak trunk lean is called a lean: over ``LEAN_DEG``, and over its uncertainty."""
    return bool(lean["value"] > LEAN_DEG and lean["value"] > lean["uncertainty"])


def pelvis_and_trunk_words(drop: Mapping[str, Any], *, leans: bool) -> str:
    """Return what a drop and a lean together say; nothing where the drop has no usual range or no uncertainty."""
    beyond = beyond_usual_deg(drop)
    if not math.isfinite(beyond + drop["uncertainty"]):
        return ""
    if beyond > drop["uncertainty"]:
        return "more drop than usual, " + ("together with a lean" if leans else "without a lean that makes up for it")
    if leans:
        return "no clear excess of drop, but a lean can take the place of one"
    if beyond > 0:
        return "the drop may be more than usual, but not by more than its uncertainty"
    return "no more drop than usual, as far as can be measured"


def beyond_usual_deg(drop: Mapping[str, Any]) -> float:
    """Return by how much a row of the peak drop exceeds the mean + 2 SD of its reference; NaN without one."""
    return float(drop["value"] - drop["norm_high"] - (drop["norm_high"] - drop["norm_low"]) / 2)


def painful_first(painful_side: Side | None) -> list[Side]:
    """Return both sides in the order in which they are told: the painful one first, else the left one."""
    return sorted(SIDES, key=lambda side: side != (painful_side or "left"))


def _between_sides(parameters: pd.DataFrame) -> list[str]:
    sentences = []
    for row in records(parameters[parameters["parameter"].isin(list(_EXTREMES))]):
        if abs(row["value"]) > row["uncertainty"] and abs(row["value"]) > MIN_DIFFERENCE_DEG:
            less, more = ("right", "left") if row["value"] < 0 else ("left", "right")
            sentences.append(
                f"{_EXTREMES[row['parameter']]}: {abs(row['value']):.0f} deg less on the {less} than on the {more} "
                f"(uncertainty {row['uncertainty']:.0f} deg)."
            )
    return sentences


def _from_reference(deviations: pd.DataFrame, painful_side: Side | None) -> list[str]:
    rows = [row for side in painful_first(painful_side) for row in records(deviations[deviations["side"] == side])]
    return [
        f"{MEASURES[row['measure']].label}, {row['side']}: {row['verdict']}."
        for row in rows
        if row["status"] == "deviation"
    ]
