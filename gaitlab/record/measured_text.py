"""What the videos of a visit gave, as rows of both sides: values with uncertainties, and nothing that was entered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gaitlab.codes import TEST_STATUS_WORDS, TEST_VERDICT_WORDS
from gaitlab.messages.numbers import MINUS, number
from gaitlab.record.text_model import SideRow, TextBlock, TextLine
from gaitlab.record.visit_record import Measured, PatientRecord, VisitRecord
from gaitlab.record.words import day_words, lower_first, side_words
from gaitlab.schema import Side
from gaitlab.tasks.registry import TASKS, WALK
from gaitlab.tasks.words import measure_label

__all__ = ["measured_blocks", "measured_label", "measured_words", "task_title"]

_WALK_MEASURES: Final = {
    "speed_mps": "Walking speed",
    "cadence_spm": "Cadence",
    "hip_extension_deg": "Peak hip extension",
    "hip_flexion_deg": "Peak hip flexion",
    "hip_rom_deg": "Hip range of motion",
    "pelvic_drop_excursion_deg": "Pelvic drop from heel strike",
    "pelvic_drop_deg": "Peak pelvic drop",
    "trunk_lean_deg": "Peak trunk lean over the stance leg",
    "step_time_s": "Step time",
    "stance_pct": "Stance",
    "single_support_pct": "Single support",
    "step_length_m": "Step length",
}
"""Of a walk; what else was measured stands in its report."""

_PLACES: Final = {"deg": 0, "s": 2, "m": 2, "m/s": 2, "N/kg": 2, "leg lengths": 2, "share": 2}
_UNITS: Final = {"deg": "°", "count": "", "share": "", "code": "", "spm": " steps/min", "%": " %"}


def measured_blocks(patient: PatientRecord, visit: VisitRecord) -> tuple[TextBlock, ...]:
    """Return a block for the walk and each test that was filmed, in the order of the examination."""
    tasks = dict.fromkeys(m.task for m in visit.measured)
    order = sorted(tasks, key=lambda task: [WALK, *TASKS].index(task) if task == WALK or task in TASKS else len(TASKS))
    return tuple(_block(patient, visit, task) for task in order)


def _block(patient: PatientRecord, visit: VisitRecord, task: str) -> TextBlock:
    values = [m for m in visit.measured if m.task == task]
    wanted = tuple(_WALK_MEASURES if task == WALK else dict.fromkeys(m.measure for m in values))
    rows, lines = [], []
    for measure in wanted:
        of_measure = [m for m in values if m.measure == measure]
        sided = [m for m in of_measure if m.side]
        if any(m.given for m in sided):
            rows.append(_row(patient, measure, visit, task))
        lines += [TextLine(label=measured_label(task, measure), words=f"{words}.") for words in _whole(of_measure)]
    withheld = _withheld(values)
    lines += [TextLine(label="Not measured", words=withheld)] if withheld else []
    days = sorted({m.recording_date for m in values} - {visit.visit_date})
    lines += [TextLine(label="Filmed", words=f"{day_words(day)}.") for day in days]
    columns = tuple(side_words(patient, side) for side in patient.sides)
    return TextBlock(title=task_title(task), origin="measured", columns=columns, rows=tuple(rows), lines=tuple(lines))


def _row(patient: PatientRecord, measure: str, visit: VisitRecord, task: str) -> SideRow:
    found = [visit.measure(task, measure, side) for side in patient.sides]
    return SideRow(
        label=measured_label(task, measure),
        cells=tuple("" if m is None else measured_words(m) for m in found),
        difference=_difference(patient.sides, found),
        reference=next((words for m in found if m is not None and (words := _norm(m))), ""),
    )


def _difference(sides: tuple[Side, Side], found: Sequence[Measured | None]) -> str:
    """Return the difference of the sides, and whether it is more than the uncertainty of both values."""
    first, second = found
    if first is None or second is None or not (math.isfinite(first.value) and math.isfinite(second.value)):
        return ""
    gap, both = abs(first.value - second.value), math.hypot(first.uncertainty, second.uncertainty)
    if not math.isfinite(both):
        return ""
    places = _PLACES.get(first.unit, 0)
    size, half = number(gap, places), f"± {number(both, places)}{_unit(first.unit)}"
    if gap <= both:
        return f"no difference beyond the uncertainty ({half})"
    side = sides[0] if first.value < second.value else sides[1]
    return f"{side} {size}{_unit(first.unit)} less ({half})"


def _norm(m: Measured) -> str:
    if not math.isfinite(m.norm_high):
        return ""
    places, unit = _PLACES.get(m.unit, 0), _unit(m.unit)
    low, high = (f"{round(bound, places):g}".replace("-", MINUS) for bound in (m.norm_low, m.norm_high))
    return f"up to {high}{unit}" if not m.norm_low else f"{low} to {high}{unit}"


def _whole(of_measure: Sequence[Measured]) -> list[str]:
    """Return the value of the body as a whole, at most one, with its reference."""
    given = [m for m in of_measure if not m.side and m.given]
    if not given:
        return []
    norm = _norm(given[-1])
    return [measured_words(given[-1]) + (f"; reference {norm}" if norm else "")]


def _withheld(values: Sequence[Measured]) -> str:
    """Return what no recording of the visit gives, with the reason of each."""
    given = {m.measure for m in values if m.given}
    reasons = {m.measure: m for m in values if m.measure not in given}
    words = [
        f"{lower_first(measured_label(m.task, m.measure))}{_reason(m.status)}"
        for m in reasons.values()
        if m.task != WALK or m.measure in _WALK_MEASURES
    ]
    return f"{', '.join(words)}." if words else ""


def _reason(status: str) -> str:
    words = next((text for code, text in TEST_STATUS_WORDS.items() if code == status and status != "measured"), "")
    reason = words.removeprefix("withheld: ")
    return f" ({reason})" if reason else ""


def task_title(task: str) -> str:
    """Return what a test is called.

    Examples
    --------
    >>> task_title("walk"), task_title("single_leg_squat")
    ('Walk', 'Single-leg squat')
    """
    if task == WALK:
        return "Walk"
    return TASKS[task].title if task in TASKS else measure_label(task)


def measured_label(task: str, measure: str) -> str:
    """Return what a measure is called.

    Examples
    --------
    >>> measured_label("walk", "hip_extension_deg"), measured_label("single_leg_stance", "hold_s")
    ('Peak hip extension', 'Time on one leg')
    """
    return _WALK_MEASURES[measure] if task == WALK and measure in _WALK_MEASURES else measure_label(measure)


def measured_words(m: Measured) -> str:
    """Return a measured value with its uncertainty, or its reading in words.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2026, 11, 30)
    >>> measured_words(Measured(task="walk", measure="x", value=8.2, uncertainty=4.6, unit="deg", recording_date=day))
    '8 ± 5°'
    """
    if not math.isfinite(m.value):
        return TEST_VERDICT_WORDS[m.code] if m.code in TEST_VERDICT_WORDS else m.code.replace("_", " ")
    places = _PLACES.get(m.unit, 0)
    if m.uncertainty > 0 and not round(m.uncertainty, places):
        places += 1  # "± 0" would say that there is no error
    half = f" ± {number(m.uncertainty, places)}" if m.uncertainty > 0 else ""
    return f"{number(m.value, places)}{half}{_unit(m.unit)}"


def _unit(unit: str) -> str:
    return _UNITS.get(unit, f" {unit}" if unit else "")
