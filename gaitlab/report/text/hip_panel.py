"""The hip panel: the few numbers that are asked for first, each with its uncertainty, reference and verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab.analysis.findings import (
    COMPARISONS,
    LEAN_DEG,
    frontal_pattern,
    painful_first,
)
from gaitlab.analysis.queries import cycles_of, phase_spans_pct, records
from gaitlab.codes import NOTES, PATTERN_WORDS, GaitPattern
from gaitlab.messages.numbers import amount
from gaitlab.messages.remarks import brief_reason
from gaitlab.reference import MatchedReference
from gaitlab.report.text.verdict import Level, ReferenceRange, against_reference, between_sides, difference_text
from gaitlab.schema import PHASES, Side
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["PANEL_NOTE", "PanelCell", "PanelItem", "hip_panel", "withheld_reason"]

PANEL_NOTE: Final = (
    "± 95 % uncertainty. Reference range: mean ± 2 SD of the reference group; normal asymmetry: up to 5° or 10 %. A "
    "deviation is reported only where it exceeds the uncertainty."
)
"""What a reader must know to read the panel."""

_END_OF_TERMINAL_STANCE_PCT: Final = 4.0
"""A peak so near to the other foot's heel strike is at the end of terminal stance: the strike is not known better."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PanelCell:
    """A value of the panel.

    Attributes
    ----------
    side
        Whose number; ``None``: of both, or right against left.
    value
        The number with uncertainty and unit, in words where it is a difference between the sides.
    reference
        What is usual; empty: there is no reference.
    verdict
        In plain words, without a capital or full stop.
    level
        How serious the verdict is.
    """

    side: Side | None
    value: str
    reference: str
    verdict: str
    level: Level


@dataclass(frozen=True, kw_only=True)
class PanelItem:
    """A quantity of the panel.

    Attributes
    ----------
    key
        Its name for programs.
    label
        Its name for readers.
    when
        When in the gait cycle; empty: over the whole walk.
    cells
        The painful side's, otherwise the left one's, first; then the other's, then their difference. Empty where
        withheld.
    withheld
        Why there is no number, in a few words; empty where there is one.
    """

    key: str
    label: str
    when: str
    cells: tuple[PanelCell, ...]
    withheld: str


@dataclass(frozen=True, kw_only=True)
class _Quantity:
    """Which rows of the table make an item, and the words for too little and too much."""

    key: str
    label: str
    when: str
    parameters: tuple[str, ...]
    less: str
    more: str
    measure: str = ""
    missing: str = "no stride shows it completely"


_EXTENSION: Final = _Quantity(
    key="hip_extension",
    label="Peak hip extension",
    when="late stance",
    parameters=("hip_extension_deg",),
    less="less extension",
    more="more extension",
    measure="hip_flexion",
)
_ROM: Final = _Quantity(
    key="hip_rom",
    label="Hip range of motion",
    when="whole gait cycle",
    parameters=("hip_rom_deg",),
    less="less",
    more="more",
    measure="hip_flexion",
)
_DROP: Final = _Quantity(
    key="pelvic_drop_excursion",
    label="Pelvic drop from heel strike",
    when="to its peak in single support",
    parameters=("pelvic_drop_excursion_deg",),
    less="less drop",
    more="more drop",
    measure="pelvic_drop",
)
_TIMES: Final = (
    _Quantity(
        key="stance",
        label="Stance",
        when="percentage of the gait cycle",
        parameters=("stance_pct",),
        less="shorter",
        more="longer",
        missing="toe-off not detected",
    ),
    _Quantity(
        key="step_time",
        label="Step time",
        when="ending at this side's heel strike",
        parameters=("step_time_s",),
        less="shorter",
        more="longer",
    ),
    _Quantity(
        key="step_length",
        label="Step length",
        when="at this side's heel strike",
        parameters=("step_length_m", "step_length_legs"),
        less="shorter",
        more="longer",
        missing="needs a side view",
    ),
    _Quantity(key="cadence", label="Cadence", when="", parameters=("cadence_spm",), less="fewer", more="more"),
    _Quantity(
        key="speed",
        label="Walking speed",
        when="",
        parameters=("speed_mps",),
        less="slower",
        more="faster",
        missing="needs a side view",
    ),
)


def hip_panel(analysis: AnalysisResult) -> tuple[PanelItem, ...]:
    """Return the numbers that a therapist asks for first: always the same nine quantities.

    Parameters
    ----------
    analysis
        The analysis; its painful side comes first.

    Returns
    -------
    tuple of PanelItem
        Peak hip extension, hip range of motion, pelvic drop from heel strike, peak drop with trunk lean, stance, step
        time, step length, cadence and speed; in a front or back view the pelvis stands first. What is not given keeps
        its place, with the reason.
    """
    rows = {(str(row["parameter"]), str(row["side"])): row for row in records(analysis.spatiotemporal)}
    reference = analysis.references.get("hip_flexion")
    extension = None if reference is None else _usual_extension(reference)
    rom = None if reference is None else _usual_rom(reference)
    item = partial(_item, analysis, rows)
    hip = (item(_EXTENSION, usual=extension, when=_extension_when(analysis)), item(_ROM, usual=rom))
    pelvis = (item(_DROP), _pelvis_item(analysis, rows))
    frontal = bool(left_side_sign(analysis.view.view))
    return (*(pelvis + hip if frontal else hip + pelvis), *(item(quantity) for quantity in _TIMES))


def _item(
    analysis: AnalysisResult,
    rows: Mapping[tuple[str, str], Row],
    quantity: _Quantity,
    *,
    usual: ReferenceRange | None = None,
    when: str = "",
) -> PanelItem:
    cells: list[PanelCell] = []
    withheld = withheld_reason(analysis, quantity.measure)
    for parameter in () if withheld else quantity.parameters:
        for side in (*painful_first(analysis.subject.painful_side), None):
            row = rows.get((parameter, side or "both"))
            if row is not None and math.isfinite(row["value"]):
                cells.append(_number_cell(row, side, quantity, usual))
            elif row is not None:
                withheld = withheld or _noted(row) or quantity.missing
    comparison = COMPARISONS.get(quantity.key)
    between = rows.get((comparison.parameter, "both")) if comparison else None
    if cells and comparison and between is not None and math.isfinite(between["value"]):
        cells.append(_difference_cell(between, quantity.less, comparison.limit))
    return PanelItem(
        key=quantity.key,
        label=quantity.label,
        when=when or quantity.when,
        cells=tuple(cells),
        withheld="" if cells else withheld or quantity.missing,
    )


def _number_cell(row: Row, side: Side | None, quantity: _Quantity, usual: ReferenceRange | None) -> PanelCell:
    usual, unit = _norm(row) or usual, str(row["unit"])
    verdict = against_reference(
        row["value"], row["uncertainty"], usual, less=quantity.less, more=quantity.more, unit=unit
    )
    return PanelCell(
        side=side,
        value=_value(row),
        reference=_usual_text(usual, unit),
        verdict=verdict.words,
        level=verdict.level,
    )


def _difference_cell(row: Row, less: str, limit: float) -> PanelCell:
    unit = str(row["unit"])
    less = less if unit != "deg" else "less"
    verdict = between_sides(row["value"], row["uncertainty"], limit=limit, unit=unit)
    return PanelCell(
        side=None,
        value=difference_text(row["value"], row["uncertainty"], less=less, unit=unit),
        reference=f"normal up to {amount(limit, unit)}",
        verdict=verdict.words,
        level=verdict.level,
    )


def _value(row: Row) -> str:
    value, uncertainty, unit = row["value"], row["uncertainty"], str(row["unit"])
    if not math.isfinite(uncertainty):
        return f"{amount(value, unit)} (one stride)"
    return f"{amount(value, unit, bare=True)} ± {amount(uncertainty, unit)}"


def _usual_text(usual: ReferenceRange | None, unit: str) -> str:
    if usual is None:
        return ""
    low, high = usual.range
    if amount(low, unit) == amount(high, unit):
        return f"reference {amount(high, unit)}"
    return f"reference {amount(low, unit, bare=True)} to {amount(high, unit)}"


def _norm(row: Row) -> ReferenceRange | None:
    """Return the reference group of a row of the table, whose range is mean -+ 1 SD; ``None`` where it has none."""
    low, high = float(row["norm_low"]), float(row["norm_high"])
    return ReferenceRange(mean=(low + high) / 2, sd=(high - low) / 2) if math.isfinite(low + high) else None


def _usual_extension(reference: MatchedReference) -> ReferenceRange:
    """Return the peak of the reference curve, of the same definition, as extension: + behind the vertical."""
    at = int(np.argmin(reference.mean_deg))
    return ReferenceRange(mean=-float(reference.mean_deg[at]), sd=float(reference.sd_deg[at]))


def _usual_rom(reference: MatchedReference) -> ReferenceRange:
    """Return the range of the reference curve, its two peaks taken as independent: for an unknown age or speed."""
    ends = [int(np.argmin(reference.mean_deg)), int(np.argmax(reference.mean_deg))]
    return ReferenceRange(mean=float(np.ptp(reference.mean_deg)), sd=float(np.linalg.norm(reference.sd_deg[ends])))


def _extension_when(analysis: AnalysisResult) -> str:
    """Name the phase in which the thigh is furthest behind, as measured; empty without a curve."""
    table = analysis.mean_curves
    found: list[str] = []
    for side in painful_first(analysis.subject.painful_side):
        own = table[(table["measure"] == "hip_flexion") & (table["side"] == side)].dropna(subset=["mean"])
        if len(own):
            percent = float(own["percent"].iloc[int(own["mean"].argmin())])
            found.append(_phase_words(phase_spans_pct(cycles_of(analysis, "hip_flexion"), side), percent))
    return found[0] if len(set(found)) == 1 else ""


def _phase_words(spans: Mapping[str, tuple[float, float]], percent: float) -> str:
    end = spans["terminal_stance"][1]
    if abs(percent - end) <= _END_OF_TERMINAL_STANCE_PCT:
        return "end of terminal stance"
    inside = (p.label.lower() for p in PHASES[1:] if spans[p.name][0] <= percent < spans[p.name][1])
    return next(inside, "")


def _pelvis_item(analysis: AnalysisResult, rows: Mapping[tuple[str, str], Row]) -> PanelItem:
    """Return drop and lean of each stance leg in one cell: a lean can take the place of a drop."""
    no_drop, no_lean = (withheld_reason(analysis, measure) for measure in ("pelvic_drop", "trunk_lateral"))
    cells = []
    for side in painful_first(analysis.subject.painful_side):
        drop = None if no_drop else rows.get(("pelvic_drop_deg", side))
        lean = None if no_lean else rows.get(("trunk_lean_deg", side))
        if drop is not None or lean is not None:
            pattern = "" if drop is None else frontal_pattern(rows.get((_DROP.parameters[0], side)), drop, lean)
            cells.append(_pelvis_cell(side, drop, lean, no_drop, pattern))
    return PanelItem(
        key="pelvic_drop",
        label="Peak pelvic drop and trunk lean",
        when="in stance on this leg",
        cells=tuple(cells),
        withheld="" if cells else no_drop or no_lean or "no stride shows it completely",
    )


def _pelvis_cell(side: Side, drop: Row | None, lean: Row | None, no_drop: str, pattern: GaitPattern) -> PanelCell:
    leaning = f"trunk lean {_value(lean)}" if lean is not None else "trunk lean not measured"
    if drop is None:
        words = f"drop: {no_drop or 'not measured'}; trunk lean alone cannot be interpreted"
        return PanelCell(side=side, value=leaning, reference="", verdict=words, level="no_reference")
    usual = _usual_text(_norm(drop), "deg")
    words = PATTERN_WORDS[pattern] if usual else "no reference data"
    level = _PATTERN_LEVELS[pattern] if usual else "no_reference"
    if pattern == "duchenne" and lean is not None and lean["value"] - LEAN_DEG <= lean["uncertainty"]:
        level = "unsure"
    return PanelCell(
        side=side,
        value=f"drop {_value(drop)}, {leaning}",
        reference=f"{usual} drop, trunk lean up to {LEAN_DEG:.0f}°" if usual else "",
        verdict=words or "one stride only: uncertainty not known",
        level=level,
    )


_PATTERN_LEVELS: Final[dict[GaitPattern, Level]] = {
    "": "unsure",
    "trendelenburg": "deviates",
    "trendelenburg_with_lean": "deviates",
    "duchenne": "deviates",
    "unclear": "unsure",
    "usual": "usual",
    "antalgic": "deviates",
}


def withheld_reason(analysis: AnalysisResult, measure: str) -> str:
    """State in a few words why a measure is withheld; empty if it is not."""
    return next((brief_reason(held) for held in analysis.withheld if held.measure == measure), "")


def _noted(row: Row) -> str:
    """Return in a few words why a row of the table has no number."""
    note = NOTES[row["code"]]
    return note.brief or note.words
