"""The finding in plain words: which side, how much, is it more than the measurement error, what was not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.findings import Finding
from gaitlab.analysis.queries import given_measures, records
from gaitlab.messages.numbers import amount, sentence
from gaitlab.report.text.hip_panel import PanelItem, hip_panel, withheld_reason

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["finding_paragraph", "not_measured"]

_COMPARED: Final = {
    "hip_extension": ("hip_extension_difference_deg", "peak hip extension"),
    "hip_rom": ("hip_rom_difference_deg", "hip range of motion"),
    "pelvic_drop": ("pelvic_drop_difference_deg", "pelvic drop"),
    "stance": ("stance_asymmetry_pct", "stance"),
    "step_time": ("step_time_asymmetry_pct", "step time"),
    "step_length": ("step_length_asymmetry_pct", "step length"),
}
"""What is compared between the sides, by item of the panel: its row of the table, and what it is called."""

_ANGLES: Final = ("hip_extension", "hip_rom", "pelvic_drop")
"""Without any of these the first thing to say is that they were not measured."""

_MOST_CURVES: Final = 2
"""So many deviations of whole curves stand in the paragraph: it is read in ten seconds, the others in the graphs."""


def finding_paragraph(analysis: Analysis, panel: Sequence[PanelItem] | None = None) -> str:
    """Return the finding as one paragraph.

    Parameters
    ----------
    analysis
        The analysis.
    panel
        Its panel (``hip_panel``), where it is at hand; ``None``: it is made.

    Returns
    -------
    str
        Differences between the sides, then from the reference, then the pelvis with the trunk, then what was not
        measured. A difference stands there only if it is more than its uncertainty. Where nothing was measured: why.
    """
    if analysis.refusal is not None:
        return f"Not measured: {analysis.refusal.reason} {analysis.refusal.advice}"
    panel = hip_panel(analysis) if panel is None else panel
    parts = [
        sides_words(panel, analysis),
        "; ".join(f.words for f in _of_panel(panel, analysis) if f.kind == "pelvis"),
        reference_words(panel, _curves(analysis)),
    ]
    no_angle = all(item.withheld for item in panel if item.key in _ANGLES)
    parts.insert(0 if no_angle else len(parts), not_measured(analysis, panel))
    return " ".join(sentence(part) for part in parts if part)


def _of_panel(panel: Sequence[PanelItem], analysis: Analysis) -> list[Finding]:
    """Return the findings that are on something the panel shows."""
    shown = {item.key for item in panel if item.cells}
    if withheld_reason(analysis, "pelvic_drop"):
        shown -= {"pelvic_drop"}
    return [finding for finding in analysis.findings if finding.about in shown]


def not_measured(analysis: Analysis, panel: Sequence[PanelItem]) -> str:
    """Return in one line what of the panel was not measured, and why; empty where all was."""
    groups: dict[str, list[str]] = {}
    for item in panel:
        no_drop = withheld_reason(analysis, "pelvic_drop") if item.key == "pelvic_drop" and item.cells else ""
        if item.withheld:
            groups.setdefault(item.withheld, []).append(item.label.lower())
        elif no_drop:
            groups.setdefault(no_drop, []).append("pelvic drop")
    if not groups:
        return ""
    return sentence("not measured: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in groups.items()))


def sides_words(panel: Sequence[PanelItem], analysis: Analysis) -> str:
    """Say how the sides differ, or that they do not beyond what can be measured.

    Parameters
    ----------
    panel
        See ``hip_panel``.
    analysis
        The analysis that it is of.
    """
    rows = {str(row["parameter"]): row for row in records(analysis.spatiotemporal) if row["side"] == "both"}
    compared = [(_COMPARED[item.key][1], rows[_COMPARED[item.key][0]]) for item in panel if _is_compared(item)]
    if not compared:
        return ""
    found = [finding.words for finding in _of_panel(panel, analysis) if finding.kind == "sides"]
    if found:
        return f"{_listed(found)}: {'each ' if len(found) > 1 else ''}more than the measurement error"
    known = [(name, row) for name, row in compared if math.isfinite(row["uncertainty"])]
    if not known:
        return "one stride of a side is too little to compare left and right"
    name, row = known[0]
    error = f"(± {amount(row['uncertainty'], str(row['unit']))} in {name})"
    if all(abs(row["value"]) <= row["uncertainty"] for _, row in known):
        return f"no difference between left and right is more than the measurement error {error}"
    return f"no difference between left and right is more than usual and more than the measurement error {error}"


def _is_compared(item: PanelItem) -> bool:
    """Return whether the last cell of an item is the difference between its sides."""
    return len(item.cells) > 1 and item.cells[-1].side is None and item.key in _COMPARED


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
        if cell.level != "no_reference" and (cell.side is not None or item.key not in _COMPARED)
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
    given = given_measures(analysis)
    return [finding.words for finding in analysis.findings if finding.kind == "reference" and finding.about in given]


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
