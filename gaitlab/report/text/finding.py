"""The finding in plain words: which side, how much, does it exceed the uncertainty, what was not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.findings import COMPARISONS, Finding
from gaitlab.analysis.queries import given_measures, records
from gaitlab.codes import PATTERN_WORDS
from gaitlab.messages.numbers import amount, sentence
from gaitlab.report.text.hip_panel import PanelItem, hip_panel, withheld_reason
from gaitlab.schema import opposite

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["finding_paragraph", "not_measured"]

_ANGLES: Final = ("hip_extension", "hip_rom", "pelvic_drop_excursion", "pelvic_drop")
"""Without any of these the first thing to say is that they were not measured."""

_PELVIS: Final = ("pelvic_drop_excursion", "pelvic_drop")
"""Described together with the trunk, leg by leg."""

_MOST_CURVES: Final = 2
"""At most this many deviations of whole curves are in the paragraph; the others are in the graphs."""


def finding_paragraph(analysis: AnalysisResult, panel: Sequence[PanelItem] | None = None) -> str:
    """Return the finding as one paragraph.

    Parameters
    ----------
    analysis
        The analysis.
    panel
        Its panel (``hip_panel``), where it is available; ``None``: it is made.

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
        describe_asymmetry(panel, analysis),
        " ".join(str(f) for f in _of_panel(panel, analysis) if f.kind == "pelvis"),
        describe_deviations(panel, analysis),
    ]
    no_angle = all(item.withheld for item in panel if item.key in _ANGLES)
    parts.insert(0 if no_angle else len(parts), not_measured(analysis, panel))
    return " ".join(sentence(part) for part in parts if part)


def _of_panel(panel: Sequence[PanelItem], analysis: AnalysisResult) -> list[Finding]:
    """Return the findings that are on something the panel shows."""
    shown = {item.key for item in panel if item.cells}
    if withheld_reason(analysis, "pelvic_drop"):
        shown -= {"pelvic_drop"}
    return [finding for finding in analysis.findings if finding.about in shown]


def not_measured(analysis: AnalysisResult, panel: Sequence[PanelItem]) -> str:
    """State in one line what of the panel was not measured, and why; empty if all was."""
    groups: dict[str, list[str]] = {}
    no_drop = withheld_reason(analysis, "pelvic_drop")
    for item in panel:
        if no_drop and item.key == "pelvic_drop_excursion":
            groups.setdefault(no_drop, []).append("pelvic drop")
        elif item.withheld:
            what = "trunk lean" if no_drop and item.key == "pelvic_drop" else item.label.lower()
            groups.setdefault(item.withheld, []).append(what)
    if not groups:
        return ""
    return sentence("not measured: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in groups.items()))


def describe_asymmetry(panel: Sequence[PanelItem], analysis: AnalysisResult) -> str:
    """Describe how the sides differ, or that no difference exceeds its uncertainty.

    Parameters
    ----------
    panel
        See ``hip_panel``.
    analysis
        The analysis that it is of.
    """
    rows = {str(row["parameter"]): row for row in records(analysis.spatiotemporal) if row["side"] == "both"}
    quantities = [COMPARISONS[item.key] for item in panel if _is_compared(item)]
    compared = [(quantity.name, rows[quantity.parameter]) for quantity in quantities]
    if not compared:
        return ""
    found = [finding for finding in _of_panel(panel, analysis) if finding.kind == "sides"]
    if found:
        items = {item.key: item for item in panel}
        words = [sentence(_side_words(items[finding.about], finding)) for finding in found]
        closing = (
            "This difference exceeds the uncertainty" if len(words) == 1 else "These differences exceed the uncertainty"
        )
        return " ".join([*words, closing])
    known = [(name, row) for name, row in compared if math.isfinite(row["uncertainty"])]
    if not known:
        return "at least two strides per side are needed to compare left and right"
    name, row = known[0]
    error = f"(± {amount(row['uncertainty'], str(row['unit']))} for {name})"
    if all(abs(row["value"]) <= row["uncertainty"] for _, row in known):
        return f"no left-right difference exceeds its uncertainty {error}"
    return f"no left-right difference exceeds both the normal asymmetry and the uncertainty {error}"


def _is_compared(item: PanelItem) -> bool:
    """Return whether the last cell of an item is the difference between its sides."""
    return len(item.cells) > 1 and item.cells[-1].side is None and item.key in COMPARISONS


def _side_words(item: PanelItem, finding: Finding) -> str:
    """Say the lower side's number of the panel, with the other side's and the reference."""
    cells = {cell.side: cell for cell in item.cells}
    low, high = cells[finding.side], cells[opposite(finding.side)]
    if item.key == "pelvic_drop_excursion":
        usual = f" ({low.reference})" if low.reference else ""
        return f"{finding.words}: {high.value} from heel strike in {high.side}, {low.value} in {low.side} stance{usual}"
    known = "; ".join(part for part in (f"{high.side} {high.value}", low.reference) if part)
    outside = " and outside the reference range" if low.level == "deviates" else ""
    pattern = f"; {PATTERN_WORDS[finding.pattern]}" if finding.pattern else ""
    return f"{low.side} {item.label.lower()} is {low.value} ({known}), lower than on the {high.side}{outside}{pattern}"


def describe_deviations(panel: Sequence[PanelItem], analysis: AnalysisResult) -> str:
    """Describe what else is outside its reference range by more than the uncertainty, or that nothing is.

    Parameters
    ----------
    panel
        See ``hip_panel``; the pelvis is left out, because it is described with the trunk.
    analysis
        The analysis that it is of.
    """
    cells = [
        (item, cell)
        for item in panel
        if item.key not in _PELVIS
        for cell in item.cells
        if cell.level != "no_reference" and (cell.side is not None or item.key not in COMPARISONS)
    ]
    named = {(f.about, f.side) for f in _of_panel(panel, analysis) if f.kind == "sides"}
    deviating = [(item, cell) for item, cell in cells if cell.level == "deviates"]
    curves = _curves(analysis)
    found = [
        f"{f'{cell.side} ' if cell.side else ''}{item.label.lower()} is {cell.value} ({cell.reference}), {cell.verdict}"
        for item, cell in deviating
        if (item.key, cell.side) not in named
    ]
    found += curves[:_MOST_CURVES]
    if len(curves) > _MOST_CURVES:
        found.append(f"{_more(len(curves) - _MOST_CURVES)} in the graphs")
    if found:
        return " ".join(sentence(words) for words in found)
    if deviating or not cells:
        return ""
    if any(cell.level == "deviates" for item in panel if item.key in _PELVIS for cell in item.cells):
        return "no other value lies outside its reference range by more than the uncertainty"
    if all(cell.level == "usual" for _, cell in cells):
        return "all values lie within their reference ranges"
    return "no value lies outside its reference range by more than the uncertainty"


def _more(count: int) -> str:
    return f"{count} more deviation{'' if count == 1 else 's'} of whole curves"


def _curves(analysis: AnalysisResult) -> list[str]:
    """Return the deviations of whole curves, the painful side's first."""
    given = given_measures(analysis)
    return [finding.words for finding in analysis.findings if finding.kind == "reference" and finding.about in given]
