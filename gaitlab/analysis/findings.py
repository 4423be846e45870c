"""Findings: differences between the sides, and deviations from a reference, above their uncertainty. No diagnosis.

A difference between the sides and a deviation from a reference are worded here for all of them. Pelvis and trunk of a
stance leg are one sentence in ``summary.json``; the report has a line for each of their numbers
(``report.text.answers``), which names the pattern.

Differences are reported only where they are larger than their uncertainty; pelvis and trunk always, and together:
each says little without the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from gaitlab.gait.spatiotemporal import SPATIOTEMPORAL
from gaitlab.reference import MatchedReference
from gaitlab.schema import MEASURES, PHASES, SIDES, Side, opposite, rows_as_dicts
from gaitlab.schema.codes import PATTERN_WORDS, GaitPattern
from gaitlab.schema.messages.numbers import amount, sentence

__all__ = [
    "COMPARISONS",
    "FINDINGS",
    "LEAN_WORDS",
    "Finding",
    "FindingSettings",
    "LeanCode",
    "SideComparison",
    "classify_lean",
    "collect_findings",
    "describe_side_difference",
    "excess_drop_deg",
    "frontal_pattern",
    "side_order",
]

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FindingSettings:
    """What is reported as a finding.

    Attributes
    ----------
    min_difference_deg
        Smaller differences between the sides are not reported, however precise (method: asymmetric from 5 degrees).
    pelvic_difference_deg
        Smaller differences of the pelvic drop from heel strike are usual: 8 healthy people measured in a laboratory
        differ by 0.8 degrees between the sides (SD), at most 1.8.
    lean_deg
        A trunk that leans over the standing leg by more than this is called leaning (method: lateral trunk lean).
    """

    min_difference_deg: float = 5.0
    pelvic_difference_deg: float = 2.0
    lean_deg: float = 5.0


FINDINGS: Final = FindingSettings()

LeanCode = Literal["over", "possibly_over", "away", "none"]
"""Over the stance leg by more than the uncertainty, or not by so much; away from it; no lean to be called."""

LEAN_WORDS: Final[dict[LeanCode, str]] = {
    "over": "leans over the stance leg",
    "possibly_over": "may lean over the stance leg",
    "away": "leans away from the stance leg",
    "none": "shows no clear lean over the stance leg",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that stands out.

    Attributes
    ----------
    kind
        A difference between the sides; the pelvis with the trunk, of one standing leg; a curve that deviates from its
        reference.
    about
        What it is on: a quantity (``hip_extension``), ``pelvic_drop``, or a measure of ``schema.MEASURES``.
    side
        Whose; of a difference between the sides, the one that has less.
    phase
        Where in the gait cycle a curve deviates most; empty: not known, or over the whole walk.
    difference, uncertainty, unit
        Right minus left, the peak drop, or person minus reference where the curve deviates most; 95 % half-width, NaN:
        not known from one stride.
    words
        The same in words, without a capital or full stop.
    pattern
        What the pelvis with the trunk, or a shorter stance, is called.
    """

    kind: Literal["sides", "pelvis", "reference"]
    about: str
    side: Side
    phase: str
    difference: float
    uncertainty: float
    unit: str
    words: str
    pattern: GaitPattern = ""

    def __str__(self) -> str:
        """Return it as a sentence."""
        return sentence(self.words)


@dataclass(frozen=True, kw_only=True)
class SideComparison:
    """A quantity that is compared between the sides.

    Attributes
    ----------
    name
        What it is called in a sentence.
    parameter
        Its row in the table of parameters, of both sides.
    limit
        Differences up to this are normal, in the unit of that row.
    words
        A difference in words, from the side that has less: ``low``, ``high``, ``size`` and ``plus``.
    """

    name: str
    parameter: str
    limit: float
    words: str


COMPARISONS: Final = {
    "hip_extension": SideComparison(
        name="peak hip extension",
        parameter="hip_extension_difference_deg",
        limit=FINDINGS.min_difference_deg,
        words="{low} hip extension is {size} less than {high} (± {plus})",
    ),
    "hip_rom": SideComparison(
        name="hip range of motion",
        parameter="hip_rom_difference_deg",
        limit=FINDINGS.min_difference_deg,
        words="the {low} hip has {size} less range of motion than the {high} (± {plus})",
    ),
    "hip_flexion": SideComparison(
        name="peak hip flexion",
        parameter="hip_flexion_difference_deg",
        limit=FINDINGS.min_difference_deg,
        words="{low} hip flexion is {size} less than {high} (± {plus})",
    ),
    "pelvic_drop_excursion": SideComparison(
        name="pelvic drop from heel strike",
        parameter="pelvic_drop_excursion_difference_deg",
        limit=FINDINGS.pelvic_difference_deg,
        words="the pelvis drops {size} more in {high} stance than in {low} stance (± {plus})",
    ),
    "stance": SideComparison(
        name="stance",
        parameter="stance_asymmetry_pct",
        limit=SPATIOTEMPORAL.normal_asymmetry_pct,
        words="stance on the {low} leg takes {size} less time than on the {high} (± {plus})",
    ),
    "step_time": SideComparison(
        name="step time",
        parameter="step_time_asymmetry_pct",
        limit=SPATIOTEMPORAL.normal_asymmetry_pct,
        words="the step onto the {low} foot takes {size} less time than onto the {high} (± {plus}), with less time on "
        "the {high} leg",
    ),
    "step_length": SideComparison(
        name="step length",
        parameter="step_length_asymmetry_pct",
        limit=SPATIOTEMPORAL.normal_asymmetry_pct,
        words="the {low} step length is {size} shorter than the {high} (± {plus})",
    ),
}
"""What is compared between the sides, in the order of the report."""


def collect_findings(
    deviations: pd.DataFrame,
    parameters: pd.DataFrame,
    references: Mapping[str, MatchedReference],
    painful_side: Side | None,
) -> tuple[Finding, ...]:
    """Return each difference between the sides, pelvis with trunk, and each deviation from a reference.

    Parameters
    ----------
    deviations
        From ``deviation.deviation_table``.
    parameters
        Spatiotemporal and hip parameters with uncertainty.
    references
        The reference of each measure.
    painful_side
        Named first.
    """
    return (
        *_between_sides(parameters, painful_side),
        *_pelvis_and_trunk(parameters, painful_side),
        *_from_reference(deviations, references, painful_side),
    )


def _between_sides(parameters: pd.DataFrame, painful_side: Side | None) -> Iterator[Finding]:
    rows = {row["parameter"]: row for row in rows_as_dicts(parameters) if row["side"] == "both"}
    for about, between in COMPARISONS.items():
        row = rows.get(between.parameter)
        if row is None or row["code"] == "one_event_decides":
            continue
        if not (abs(row["value"]) > row["uncertainty"] and abs(row["value"]) > between.limit):
            continue
        less: Side = "right" if row["value"] < 0 else "left"
        yield Finding(
            kind="sides",
            about=about,
            side=less,
            phase="",
            difference=float(row["value"]),
            uncertainty=float(row["uncertainty"]),
            unit=str(row["unit"]),
            words=describe_side_difference(about, row["value"], row["uncertainty"], str(row["unit"])),
            pattern="antalgic" if about == "stance" and less == painful_side else "",
        )


def describe_side_difference(about: str, right_minus_left: float, uncertainty: float, unit: str) -> str:
    """Say a difference between the sides: which side, how much, and the measurement error.

    Examples
    --------
    >>> describe_side_difference("hip_extension", -11.6, 4.1, "deg")
    'right hip extension is 12° less than left (± 4°)'
    """
    low, high = ("right", "left") if right_minus_left < 0 else ("left", "right")
    size, plus = amount(abs(right_minus_left), unit), amount(uncertainty, unit)
    return COMPARISONS[about].words.format(low=low, high=high, size=size, plus=plus)


def _pelvis_and_trunk(parameters: pd.DataFrame, painful_side: Side | None) -> Iterator[Finding]:
    """Say for each standing leg what pelvis and trunk do together: a lean can take the place of a drop."""
    table = {(row["parameter"], row["side"]): row for row in rows_as_dicts(parameters)}
    for side in side_order(painful_side):
        names = ("pelvic_drop_excursion_deg", "pelvic_drop_deg", "trunk_lean_deg")
        excursion, drop, lean = (table.get((name, side)) for name in names)
        if drop is not None and lean is not None:
            pattern = frontal_pattern(excursion, drop, lean)
            yield Finding(
                kind="pelvis",
                about="pelvic_drop",
                side=side,
                phase="",
                difference=float(drop["value"]),
                uncertainty=float(drop["uncertainty"]),
                unit="deg",
                words=_describe_stance(side, excursion, drop, lean, pattern),
                pattern=pattern,
            )


def _describe_stance(side: Side, excursion: Row | None, drop: Row, lean: Row, pattern: GaitPattern) -> str:
    """Say by how much the pelvis drops from heel strike, or against neutral, and what the trunk does."""
    if excursion is not None:
        falls = (
            f"the {opposite(side)} side of the pelvis drops {_size(excursion)} from heel strike"
            if excursion["value"] > 0
            else f"the {opposite(side)} side of the pelvis does not drop from heel strike"
        )
    else:
        falls = f"the {opposite(side)} side of the pelvis {_against_neutral(drop)}"
    over = LEAN_WORDS[classify_lean(lean)]
    meaning = PATTERN_WORDS[pattern]
    return f"{side} stance: {falls} and the trunk {over} ({_size(lean)}){'; ' if meaning else ''}{meaning}"


def _against_neutral(drop: Row) -> str:
    if drop["value"] > 0:
        return f"drops {_size(drop)} below neutral"
    hike = " (hip hike)" if abs(drop["value"]) > drop["uncertainty"] else ""
    return f"stays {_size(drop)} above neutral{hike}"


def _size(row: Row) -> str:
    known = math.isfinite(row["uncertainty"])
    error = f"± {amount(row['uncertainty'], 'deg')}" if known else "one stride: uncertainty not known"
    return f"{amount(abs(row['value']), 'deg')} {error}"


def classify_lean(lean: Row) -> LeanCode:
    """Classify the peak trunk lean of a row against ``FINDINGS.lean_deg``: beyond it only by more than its uncertainty.

    Examples
    --------
    >>> [classify_lean({"value": value, "uncertainty": 3.0}) for value in (9.0, 6.0, 2.0, -9.0)]
    ['over', 'possibly_over', 'none', 'away']
    """
    if abs(lean["value"]) - FINDINGS.lean_deg > lean["uncertainty"]:
        return "over" if lean["value"] > 0 else "away"
    return "possibly_over" if lean["value"] > FINDINGS.lean_deg else "none"


def frontal_pattern(excursion: Row | None, drop: Row, lean: Row | None) -> GaitPattern:
    """Classify the pattern of pelvis and trunk in single-leg stance.

    Parameters
    ----------
    excursion, drop, lean
        Rows of the drop from heel strike, the peak drop and the peak trunk lean of a stance leg; ``None``: not
        measured.

    Returns
    -------
    pattern : GaitPattern
        Empty where no drop has both a reference and an uncertainty. A drop counts as increased where either exceeds
        mean + 2 SD of its reference by more than its uncertainty.
    """
    rows = [row for row in (excursion, drop) if row is not None]
    beyond = [(excess_drop_deg(row), float(row["uncertainty"])) for row in rows]
    known = [(by, uncertainty) for by, uncertainty in beyond if math.isfinite(by + uncertainty)]
    if not known:
        return ""
    leans = lean is not None and classify_lean(lean) == "over"
    if any(by > uncertainty for by, uncertainty in known):
        return "trendelenburg_with_lean" if leans else "trendelenburg"
    if leans:
        return "duchenne"
    return "unclear" if any(by > 0 for by, _ in known) else "usual"


def excess_drop_deg(drop: Row) -> float:
    """Compute by how much a row of the peak drop exceeds the mean + 2 SD of its reference; NaN without one."""
    return float(drop["value"] - drop["norm_high"] - (drop["norm_high"] - drop["norm_low"]) / 2)


def side_order(painful_side: Side | None) -> list[Side]:
    """Return both sides in the order in which they are reported: the painful one first, else the left one."""
    return sorted(SIDES, key=lambda side: side != (painful_side or "left"))


def _from_reference(
    deviations: pd.DataFrame, references: Mapping[str, MatchedReference], painful_side: Side | None
) -> Iterator[Finding]:
    for side in side_order(painful_side):
        for row in rows_as_dicts(deviations[deviations["side"] == side]):
            if row["status"] == "deviation":
                yield Finding(
                    kind="reference",
                    about=row["measure"],
                    side=side,
                    phase=row["called_phase"],
                    difference=float(row["called_deg"]),
                    uncertainty=float(row["called_uncertainty_deg"]),
                    unit="deg",
                    words=_deviation_words(row, references[row["measure"]]),
                )


def _deviation_words(row: Row, reference: MatchedReference) -> str:
    """Say where a curve deviates most from its reference: by how much, or by how much it comes later or earlier."""
    label, percent = MEASURES[row["measure"]].label, int(row["called_pct"])
    phases = {phase.name: f"in {phase.label.lower()}" for phase in PHASES}
    where = phases.get(row["called_phase"], f"at {percent} % of the cycle")
    name = f"{row['side']} {label[0].lower()}{label[1:]}"
    shift_pct = row["called_shift_pct"]
    if math.isfinite(shift_pct):
        when = "later" if shift_pct > 0 else "earlier"
        return f"{name} comes {abs(shift_pct):.0f} % of the cycle {when} than the {reference.description} {where}"
    changed_value = MEASURES[row["measure"]].words(row["called_deg"], float(reference.mean_deg[percent]))
    size, plus = amount(abs(row["called_deg"]), "deg"), amount(row["called_uncertainty_deg"], "deg")
    return f"{name}: up to {size} (± {plus}) {changed_value} than the {reference.description} {where}"
