"""What stands out, as sentences: only what is larger than its uncertainty, never a diagnosis."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gaitlab.schema import MEASURES, SIDES, Side, records

__all__ = ["finding_sentences"]

_MIN_DIFFERENCE_DEG: Final = 5.0
"""Smaller differences between the sides are not called, however precise (method: asymmetric from 5 degrees)."""

_EXTREMES: Final = {
    "hip_rom_difference_deg": "Hip range of motion",
    "hip_extension_difference_deg": "Peak hip extension",
    "hip_flexion_difference_deg": "Peak hip flexion",
}


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
    return (*_between_sides(parameters), *_from_reference(deviations, painful_side))


def _between_sides(parameters: pd.DataFrame) -> list[str]:
    sentences = []
    for row in records(parameters[parameters["parameter"].isin(list(_EXTREMES))]):
        if abs(row["value"]) > row["uncertainty"] and abs(row["value"]) > _MIN_DIFFERENCE_DEG:
            less, more = ("right", "left") if row["value"] < 0 else ("left", "right")
            sentences.append(
                f"{_EXTREMES[row['parameter']]}: {abs(row['value']):.0f} deg less on the {less} than on the {more} "
                f"(uncertainty {row['uncertainty']:.0f} deg)."
            )
    return sentences


def _from_reference(deviations: pd.DataFrame, painful_side: Side | None) -> list[str]:
    ordered = sorted(SIDES, key=lambda side: side != (painful_side or "left"))
    rows = [row for side in ordered for row in records(deviations[deviations["side"] == side])]
    return [
        f"{MEASURES[row['measure']].label}, {row['side']}: {row['verdict']}."
        for row in rows
        if " deg " in row["verdict"]
    ]
