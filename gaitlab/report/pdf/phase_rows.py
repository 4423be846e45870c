"""The phase table of the PDF as a heat map: a row a measure and side, a column a phase."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.colors import to_hex

from gaitlab.analysis.findings import side_order
from gaitlab.analysis.queries import available_measures, is_deviation, phase_row
from gaitlab.plots.deviations import cell_colours
from gaitlab.plots.style import INK, signed
from gaitlab.report.text.printed import PHASE_LABELS, PHASE_NOTE
from gaitlab.schema import MEASURES, PHASES, Side
from gaitlab.schema.messages.numbers import number, spread

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["phase_table"]


def phase_table(analysis: AnalysisResult) -> dict[str, Any] | None:
    """Return the table with the colours of its cells, the painful side first; ``None`` where no angle is given."""
    given = available_measures(analysis)
    if not given:
        return None
    sides = side_order(analysis.subject.painful_side)
    return {
        "labels": PHASE_LABELS,
        "head": [phase.label for phase in PHASES],
        "rows": [_row(analysis, measure, side, first=side == sides[0]) for measure in given for side in sides],
        "note": PHASE_NOTE,
    }


def _row(analysis: AnalysisResult, measure: str, side: Side, *, first: bool) -> dict[str, Any]:
    rows = [phase_row(analysis, measure, side, phase.name) for phase in PHASES]
    errors = [float(row["uncertainty"]) for row in rows if row is not None and math.isfinite(row["uncertainty"])]
    return {
        "label": MEASURES[measure].label if first else "",
        "side": side,
        "uncertainty": f"± {spread(min(errors), max(errors), 0)}°" if errors else "",
        "cells": [_cell(row) for row in rows],
    }


def _cell(row: pd.Series[float] | None) -> dict[str, Any]:
    if row is None or not math.isfinite(row["mean"]):
        return {"missing": True}
    deviation = float(row["deviation"])
    compared = math.isfinite(deviation)
    fill, ink = cell_colours(row) if compared else ("#ffffff", INK)
    return {
        "missing": False,
        "value": number(float(row["mean"]), 0),
        "difference": signed(deviation) if compared else "",
        "fill": to_hex(fill),
        "ink": to_hex(ink),
        "called": compared and is_deviation(row),
    }
