"""The hip panel: the few numbers that are asked for first, each with its uncertainty, reference and verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from gaitlab.analysis.findings import COMPARISONS, LEAN_WORDS, classify_lean, side_order
from gaitlab.analysis.queries import cycles_of, phase_spans_pct
from gaitlab.analysis.stride_peaks import STRIDE_PEAKS
from gaitlab.report.text.quantities import QUANTITIES, Quantity
from gaitlab.report.text.verdict import (
    LEVELS,
    Level,
    Verdict,
    VerdictCode,
    against_reference,
    between_sides,
    difference_text,
    norm_of,
)
from gaitlab.schema import PHASES, Side, rows_as_dicts
from gaitlab.schema.codes import NOTES
from gaitlab.schema.messages.numbers import amount
from gaitlab.schema.messages.remarks import brief_reason

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["PANEL_NOTE", "PanelCell", "PanelItem", "hip_panel", "is_of_children", "withheld_reason"]

PANEL_NOTE: Final = (
    "± 95 % uncertainty. Reference range: mean ± 2 SD of the reference group; normal asymmetry: up to 5° or 10 %. A "
    "deviation is reported only where it exceeds the uncertainty."
)
"""What a reader must know to read the panel."""

_END_OF_TERMINAL_STANCE_PCT: Final = 4.0
"""A peak so near to the other foot's heel strike is at the end of terminal stance: the strike is not known better."""

_REFERENCE_OF: Final = {name: extreme.measure for name, extreme in STRIDE_PEAKS.items() if name != "trunk_lean_deg"} | {
    "pelvic_drop_excursion_deg": "pelvic_drop",
    "pelvis_range_deg": "pelvic_drop",
}
"""Rows of the table whose reference range comes from the curve of a measure; that of the trunk lean is a limit."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PanelCell:
    """A value of the panel.

    Attributes
    ----------
    side
        Whose number; ``None``: of both, or right minus left.
    estimate, uncertainty, unit
        The number and its 95 % half-width; NaN half-width: one stride.
    value
        The number with uncertainty and unit, in words where it is a difference between the sides.
    compared_with
        A reference group, or one side with the other.
    reference, short_reference
        What is usual, in words and where there is little room; empty: there is no reference.
    code
        What the number is next to its reference, or one side next to the other.
    below
        Whether the number is less than the mean of its reference.
    verdict
        In plain words, without a capital or full stop.
    """

    side: Side | None
    estimate: float
    uncertainty: float
    unit: str
    value: str
    compared_with: Literal["reference", "side"]
    reference: str
    short_reference: str
    code: VerdictCode
    below: bool
    verdict: str

    @property
    def level(self) -> Level:
        """How serious the verdict is."""
        return LEVELS[self.code]

    @property
    def usual(self) -> str:
        """What is usual, in words; empty: there is no reference."""
        if not self.reference:
            return ""
        return f"{'reference' if self.compared_with == 'reference' else 'normal'} {self.reference}"


@dataclass(frozen=True, kw_only=True)
class PanelItem:
    """A quantity of the panel.

    Attributes
    ----------
    quantity
        Its names and words.
    when
        When in the gait cycle; empty: over the whole walk.
    cells
        The painful side's, otherwise the left one's, first; then the other's, then their difference. Empty where
        withheld.
    withheld
        Why there is no number, in a few words; empty where there is one.
    """

    quantity: Quantity
    when: str
    cells: tuple[PanelCell, ...]
    withheld: str

    @property
    def key(self) -> str:
        """Its name for programs."""
        return self.quantity.key

    @property
    def label(self) -> str:
        """Its name for readers."""
        return self.quantity.label


def hip_panel(analysis: AnalysisResult) -> tuple[PanelItem, ...]:
    """Return the numbers that a therapist asks for first, always the same, in the order of the questions.

    Parameters
    ----------
    analysis
        The analysis; its painful side comes first.

    Returns
    -------
    tuple of PanelItem
        One for each of ``QUANTITIES``. What is not given keeps its place, with the reason.
    """
    rows = {(str(row["parameter"]), str(row["side"])): row for row in rows_as_dicts(analysis.spatiotemporal)}
    return tuple(_item(analysis, rows, quantity) for quantity in QUANTITIES)


def _item(analysis: AnalysisResult, rows: Mapping[tuple[str, str], Row], quantity: Quantity) -> PanelItem:
    cells: list[PanelCell] = []
    withheld = withheld_reason(analysis, quantity.measure)
    of_children = is_of_children(analysis, quantity.parameters[0])
    for parameter in () if withheld else quantity.parameters:
        for side in (*side_order(analysis.subject.painful_side), None):
            row = rows.get((parameter, side or "both"))
            if row is not None and math.isfinite(row["value"]):
                cells.append(_number_cell(row, side, quantity, of_children=of_children))
            elif row is not None:
                note = NOTES[row["code"]]
                withheld = withheld or note.brief or note.words or quantity.missing
    comparison = COMPARISONS.get(quantity.key)
    between = rows.get((comparison.parameter, "both")) if comparison else None
    if cells and comparison and between is not None and math.isfinite(between["value"]):
        cells.append(_difference_cell(between, quantity, comparison.limit))
    when = _extension_when(analysis) if quantity.key == "hip_extension" else ""
    return PanelItem(
        quantity=quantity,
        when=when or quantity.when,
        cells=tuple(cells),
        withheld="" if cells else withheld or quantity.missing,
    )


def is_of_children(analysis: AnalysisResult, parameter: str) -> bool:
    """Check whether the reference range of a row of the table of parameters is that of children."""
    group = analysis.references.get(_REFERENCE_OF.get(parameter, ""))
    return group is not None and group.of_children


def _number_cell(row: Row, side: Side | None, quantity: Quantity, *, of_children: bool) -> PanelCell:
    unit, reference = str(row["unit"]), norm_of(row)
    if quantity.key == "trunk_lean":
        verdict = _lean_verdict(row)
    else:
        verdict = against_reference(
            row["value"], row["uncertainty"], reference, less=quantity.less, more=quantity.more, unit=unit
        )
    shown, short = ("", "") if reference is None else (reference.words(unit), reference.short_words(unit))
    return PanelCell(
        side=side,
        estimate=float(row["value"]),
        uncertainty=float(row["uncertainty"]),
        unit=unit,
        value=_value(row),
        compared_with="reference",
        reference=shown + (" in children" if shown and of_children else ""),
        short_reference=short + (" children" if short and of_children else ""),
        code=verdict.code,
        below=row["value"] < (0.0 if reference is None else reference.mean),
        verdict=verdict.words,
    )


def _difference_cell(row: Row, quantity: Quantity, limit: float) -> PanelCell:
    unit = str(row["unit"])
    verdict = between_sides(row["value"], row["uncertainty"], limit=limit, one_event=row["code"] == "one_event_decides")
    return PanelCell(
        side=None,
        estimate=float(row["value"]),
        uncertainty=float(row["uncertainty"]),
        unit=unit,
        value=difference_text(
            row["value"],
            row["uncertainty"],
            less=quantity.fewer,
            unit=unit,
            more=quantity.further if quantity.names_more else "",
        ),
        compared_with="side",
        reference=f"up to {amount(limit, unit)}",
        short_reference="",
        code=verdict.code,
        below=row["value"] < 0,
        verdict=verdict.words,
    )


def _lean_verdict(lean: Row) -> Verdict:
    """Judge a trunk lean by the limit of the method: it has no reference group."""
    if not math.isfinite(lean["uncertainty"]):
        return Verdict(code="one_stride", words="one stride only: uncertainty not known")
    return {
        "over": Verdict(code="outside", words=LEAN_WORDS["over"]),
        "possibly_over": Verdict(code="borderline", words="may lean over the stance leg: less than the uncertainty"),
        "away": Verdict(code="outside", words=LEAN_WORDS["away"]),
        "none": Verdict(code="within", words="no clear lean"),
    }[classify_lean(lean)]


def _value(row: Row) -> str:
    value, uncertainty, unit = row["value"], row["uncertainty"], str(row["unit"])
    if not math.isfinite(uncertainty):
        return f"{amount(value, unit)} (one stride)"
    return f"{amount(value, unit, bare=True)} ± {amount(uncertainty, unit)}"


def _extension_when(analysis: AnalysisResult) -> str:
    """Name the phase in which the thigh is furthest behind, as measured; empty without a curve."""
    table = analysis.mean_curves
    phases: list[str] = []
    for side in side_order(analysis.subject.painful_side):
        of_side = table[(table["measure"] == "hip_flexion") & (table["side"] == side)].dropna(subset=["mean"])
        if len(of_side):
            percent = float(of_side["percent"].iloc[int(of_side["mean"].argmin())])
            phases.append(_phase_words(phase_spans_pct(cycles_of(analysis, "hip_flexion"), side), percent))
    return phases[0] if len(set(phases)) == 1 else ""


def _phase_words(spans: Mapping[str, tuple[float, float]], percent: float) -> str:
    end = spans["terminal_stance"][1]
    if abs(percent - end) <= _END_OF_TERMINAL_STANCE_PCT:
        return "end of terminal stance"
    inside = (p.label.lower() for p in PHASES[1:] if spans[p.name][0] <= percent < spans[p.name][1])
    return next(inside, "")


def withheld_reason(analysis: AnalysisResult, measure: str) -> str:
    """State in a few words why a measure is withheld; empty if it is not."""
    return next((brief_reason(held) for held in analysis.withheld if held.measure == measure), "")
