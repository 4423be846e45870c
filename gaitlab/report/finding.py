"""The finding in plain words: which side, how much, is it more than the measurement error, what was not measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gaitlab.plots.select import called, given_measures, records
from gaitlab.plots.style import sentence
from gaitlab.report.panel import PanelItem, hip_panel, withheld_reason
from gaitlab.report.verdict import amount
from gaitlab.schema import MEASURES

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["between_words", "finding_paragraph", "not_measured"]

_BETWEEN: Final = {
    "hip_extension": (
        "hip_extension_difference_deg",
        "the {low} hip extends {size} less than the {high} (± {plus})",
    ),
    "hip_rom": ("hip_rom_difference_deg", "the {low} hip moves {size} less over the gait cycle (± {plus})"),
    "pelvic_drop": (
        "pelvic_drop_difference_deg",
        "the pelvis drops {size} less in {low} than in {high} stance (± {plus})",
    ),
    "stance": ("stance_asymmetry_pct", "{low} stance is {size} shorter than {high} (± {plus})"),
    "step_time": ("step_time_asymmetry_pct", "the {low} step takes {size} less time than the {high} (± {plus})"),
    "step_length": ("step_length_asymmetry_pct", "the {low} step is {size} shorter than the {high} (± {plus})"),
}
"""Where the difference of an item of the panel stands, and how it is said; the lower side is named first."""

_COMPARED: Final = {
    "hip_extension": "peak hip extension",
    "hip_rom": "hip range of motion",
    "pelvic_drop": "pelvic drop",
    "stance": "stance",
    "step_time": "step time",
    "step_length": "step length",
}
"""What is compared between the sides, by item of the panel."""

_ANGLES: Final = ("hip_extension", "hip_rom", "pelvic_drop")
"""Without any of these the first thing to say is that they were not measured."""

_MOST_CURVES: Final = 2
"""So many deviations of whole curves stand in the paragraph: it is read in ten seconds, the others in the graphs."""


def finding_paragraph(analysis: Analysis) -> str:
    """Return the finding as one paragraph.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    str
        Differences between the sides, then from the reference, then the pelvis with the trunk, then what was not
        measured. A difference stands there only if it is more than its uncertainty. Where nothing was measured: why.
    """
    if analysis.refusal is not None:
        return f"Not measured: {analysis.refusal.reason} {analysis.refusal.advice}"
    panel = hip_panel(analysis)
    rows = {str(row["parameter"]): row for row in records(analysis.spatiotemporal) if row["side"] == "both"}
    pelvis = next(item for item in panel if item.key == "pelvic_drop")
    curves = [] if analysis.deviations.empty else _curves(analysis)
    parts = [sides_words(panel, rows), _pelvis(pelvis), reference_words(panel, curves)]
    no_angle = all(item.withheld for item in panel if item.key in _ANGLES)
    parts.insert(0 if no_angle else len(parts), not_measured(analysis))
    return " ".join(sentence(part) for part in parts if part)


def not_measured(analysis: Analysis) -> str:
    """Return in one line what of the panel was not measured, and why; empty where all was."""
    groups: dict[str, list[str]] = {}
    for item in () if analysis.refusal is not None else hip_panel(analysis):
        no_drop = withheld_reason(analysis, "pelvic_drop") if item.key == "pelvic_drop" and item.cells else ""
        if item.withheld:
            groups.setdefault(item.withheld, []).append(item.label.lower())
        elif no_drop:
            groups.setdefault(no_drop, []).append("pelvic drop")
    if not groups:
        return ""
    return sentence("not measured: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in groups.items()))


def between_words(key: str, right_minus_left: float, uncertainty: float, unit: str) -> str:
    """Say a difference between the sides: which side, how much, and the measurement error.

    Examples
    --------
    >>> between_words("hip_extension", -11.6, 4.1, "deg")
    'the right hip extends 12° less than the left (± 4°)'
    """
    low, high = ("right", "left") if right_minus_left < 0 else ("left", "right")
    size, plus = amount(abs(right_minus_left), unit), amount(uncertainty, unit)
    return _BETWEEN[key][1].format(low=low, high=high, size=size, plus=plus)


def sides_words(panel: Sequence[PanelItem], rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how the sides differ, or that they do not beyond what can be measured.

    Parameters
    ----------
    panel
        See ``hip_panel``.
    rows
        The rows of the spatiotemporal table for side ``both``, by parameter.
    """
    compared = [(item, rows[_BETWEEN[item.key][0]]) for item in panel if _is_compared(item, rows)]
    if not compared:
        return ""
    found = [
        between_words(item.key, row["value"], row["uncertainty"], str(row["unit"]))
        for item, row in compared
        if item.cells[-1].level == "deviates"
    ]
    if found:
        return f"{_listed(found)}: {'each ' if len(found) > 1 else ''}more than the measurement error"
    known = [(item, row) for item, row in compared if math.isfinite(row["uncertainty"])]
    if not known:
        return "one stride of a side is too little to compare left and right"
    item, row = known[0]
    error = f"(± {amount(row['uncertainty'], str(row['unit']))} in {_COMPARED[item.key]})"
    if all(abs(row["value"]) <= row["uncertainty"] for _, row in known):
        return f"no difference between left and right is more than the measurement error {error}"
    return f"no difference between left and right is more than usual and more than the measurement error {error}"


def _is_compared(item: PanelItem, rows: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether the last cell of an item is the difference between its sides."""
    return len(item.cells) > 1 and item.cells[-1].side is None and item.key in _BETWEEN


def reference_words(panel: Sequence[PanelItem], curves: Sequence[str]) -> str:
    """Say what is outside the usual range by more than the measurement error, or that nothing is.

    Parameters
    ----------
    panel
        See ``hip_panel``; the pelvis is left out, because it is told with the trunk.
    curves
        What is called of whole curves, in words.
    """
    cells = [
        (item, cell)
        for item in panel
        if item.key != "pelvic_drop"
        for cell in item.cells
        if cell.level != "no_reference" and (cell.side is not None or item.key not in _BETWEEN)
    ]
    found = [
        f"{f'{cell.side} ' if cell.side else ''}{item.label.lower()} {cell.value}, {cell.verdict}"
        for item, cell in cells
        if cell.level == "deviates"
    ]
    found += list(curves)[:_MOST_CURVES]
    if len(curves) > _MOST_CURVES:
        found.append(f"{len(curves) - _MOST_CURVES} more in the graphs")
    if found:
        return "; ".join(found)
    if not cells:
        return ""
    if all(cell.level == "usual" for _, cell in cells):
        return "compared with the reference, everything lies in the usual range"
    return "compared with the reference, nothing lies outside the usual range by more than the measurement error"


def _curves(analysis: Analysis) -> list[str]:
    """Return what is called of whole curves, the painful side's first."""
    given, painful = given_measures(analysis), analysis.subject.painful_side or "left"
    table = analysis.deviations
    rows = [r for _, r in table[table["measure"].isin(given)].iterrows() if called(r)]
    return [
        f"{row['side']} {MEASURES[str(row['measure'])].label[0].lower()}{MEASURES[str(row['measure'])].label[1:]}, "
        f"{str(row['verdict']).replace(' deg ', '° ')}"
        for row in sorted(rows, key=lambda row: row["side"] != painful)
    ]


def _pelvis(item: PanelItem) -> str:
    """Say for each standing leg what pelvis and trunk do together."""
    told = [cell for cell in item.cells if cell.side is not None and cell.level != "no_reference"]
    same = len({cell.verdict for cell in told}) == 1 and len(told) > 1
    parts = [
        f"standing on the {cell.side} leg: {cell.value}" + ("" if same else f" \N{EN DASH} {cell.verdict}")
        for cell in told
    ]
    return "; ".join(parts) + (f" \N{EN DASH} on both legs {told[0].verdict}" if same else "")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
