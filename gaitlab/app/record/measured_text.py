"""What the videos of a visit gave, as rows of both sides: values with uncertainties, and nothing that was entered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gaitlab.app.record.text_model import SideRow, TextBlock, TextLine
from gaitlab.app.record.visit_record import Measured, PatientRecord, VisitRecord
from gaitlab.app.record.words import day_words, lower_first, side_words
from gaitlab.schema.codes import TEST_STATUS_WORDS, TEST_VERDICT_WORDS
from gaitlab.schema.messages.numbers import number, spread
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

_DIFFERENCES: Final = {
    "hip_extension_deg": "hip_extension_difference_deg",
    "hip_flexion_deg": "hip_flexion_difference_deg",
    "hip_rom_deg": "hip_rom_difference_deg",
    "pelvic_drop_excursion_deg": "pelvic_drop_excursion_difference_deg",
    "pelvic_drop_deg": "pelvic_drop_difference_deg",
    "trunk_lean_deg": "trunk_lean_difference_deg",
    "step_time_s": "step_time_asymmetry_pct",
    "stance_pct": "stance_asymmetry_pct",
    "single_support_pct": "single_support_asymmetry_pct",
    "step_length_m": "step_length_asymmetry_pct",
}
"""What a walk states as the difference between the sides, right minus left; of times and lengths in percent."""
_MEAN: Final = "_mean_"
_BEST: Final = "_best_"
_WORSE_IF_MORE: Final = ("drop", "lean", "projection", "sway")
"""In the name of a measure: a difference names the side that has more."""
_FINDINGS: Final = ("not_elevated", "lost", "step_to")
"""Readings of a test that stand first."""
_PLACES: Final = {"deg": 0, "s": 2, "m": 2, "m/s": 2, "N/kg": 2, "leg lengths": 2, "share": 2}
_UNITS: Final = {"deg": "°", "count": "", "share": "", "code": "", "spm": " steps/min", "%": " %"}


def measured_blocks(patient: PatientRecord, visit: VisitRecord) -> tuple[TextBlock, ...]:
    """Return a block for the walk and each test that was filmed, in the order of the examination."""
    tasks = dict.fromkeys(m.task for m in visit.measured)
    order = sorted(tasks, key=lambda task: [WALK, *TASKS].index(task) if task == WALK or task in TASKS else len(TASKS))
    return tuple(_block(patient, visit, task) for task in order)


def _block(patient: PatientRecord, visit: VisitRecord, task: str) -> TextBlock:
    values = [m for m in visit.measured if m.task == task]
    wanted = _WALK_MEASURES if task == WALK else _test_measures(values)
    rows, lines = [], []
    for measure in wanted:
        of_measure = [m for m in values if m.measure == measure]
        sided = [m for m in of_measure if m.side]
        if any(m.given for m in sided):
            rows.append(_row(patient, measure, visit, task))
        lines += _whole(of_measure)
    withheld = _withheld(values)
    lines += [TextLine(label="Not measured", words=withheld)] if withheld else []
    days = sorted({m.recording_date for m in values} - {visit.visit_date})
    lines += [TextLine(label="Filmed", words=f"{day_words(day)}.") for day in days]
    columns = tuple(side_words(patient, side) for side in patient.sides)
    return TextBlock(title=task_title(task), origin="measured", columns=columns, rows=tuple(rows), lines=tuple(lines))


def _test_measures(values: Sequence[Measured]) -> tuple[str, ...]:
    """Return the measures of a test in their order; of a best and a mean value the best."""
    names = dict.fromkeys(m.measure for m in values)
    return tuple(name for name in names if not (_MEAN in name and name.replace(_MEAN, _BEST) in names))


def _row(patient: PatientRecord, measure: str, visit: VisitRecord, task: str) -> SideRow:
    measures = [visit.measure(task, measure, side) for side in patient.sides]
    gap = _gap(visit, task, measure)
    return SideRow(
        label=measured_label(task, measure),
        cells=tuple("" if m is None else measured_words(m) for m in measures),
        difference="" if gap is None else _difference(*gap, names_more=any(word in measure for word in _WORSE_IF_MORE)),
        reference=next((words for m in measures if m is not None and (words := _norm(m))), ""),
        called=gap is not None and abs(gap[0]) > gap[1],
        outside=tuple(m is not None and _is_outside(m) for m in measures),
    )


def _gap(visit: VisitRecord, task: str, measure: str) -> tuple[float, float, str] | None:
    """Return the difference, right minus left, with its uncertainty and unit; ``None``: not known.

    A walk states it with the uncertainty that remains between the sides of one person. Elsewhere, and where the sides
    are from different recordings, the uncertainties of both values are combined.
    """
    left, right = visit.measure(task, measure, "left"), visit.measure(task, measure, "right")
    if left is None or right is None:
        return None
    stated = visit.measure(task, _DIFFERENCES.get(measure, ""))
    if stated is not None and left.recording == right.recording == stated.recording:
        return stated.value, stated.uncertainty, stated.unit
    gap, both = right.value - left.value, math.hypot(left.uncertainty, right.uncertainty)
    return (gap, both, right.unit) if math.isfinite(gap + both) else None


def _difference(gap: float, both: float, unit: str, *, names_more: bool) -> str:
    """Return which side has less, or more, or that the difference is not more than its uncertainty."""
    places = _PLACES.get(unit, 0)
    half = f"± {number(both, places)}{_unit(unit)}"
    if abs(gap) <= both:
        return f"no difference beyond the uncertainty ({half})"
    side = "right" if (gap < 0) != names_more else "left"
    return f"{side} {number(abs(gap), places)}{_unit(unit)} {'more' if names_more else 'less'} ({half})"


def _is_outside(m: Measured) -> bool:
    """Check whether a value is outside its reference by more than its uncertainty, or a reading is a finding."""
    if m.code:
        return m.code in _FINDINGS
    return m.value + m.uncertainty < m.norm_low or m.value - m.uncertainty > m.norm_high


def _norm(m: Measured) -> str:
    """Return the reference range with the fewest decimals that show it."""
    if not math.isfinite(m.norm_low + m.norm_high):
        return ""
    places, ends = _PLACES.get(m.unit, 0), (m.norm_low, m.norm_high)
    fewest = next(n for n in range(places + 1) if all(round(end, n) == round(end, places) for end in ends))
    if m.norm_low in (0, -m.norm_high):
        return f"up to {number(m.norm_high, fewest)}{_unit(m.unit)}"
    return f"{spread(*ends, fewest)}{_unit(m.unit)}"


def _whole(of_measure: Sequence[Measured]) -> list[TextLine]:
    """Return the value of the body as a whole, at most one, with its reference."""
    given = [m for m in of_measure if not m.side and m.given]
    if not given:
        return []
    m, norm = given[-1], _norm(given[-1])
    words = measured_words(m) + (f"; reference {norm}" if norm else "")
    return [TextLine(label=measured_label(m.task, m.measure), words=f"{words}.", outside=_is_outside(m))]


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
    reason = next((words for code, words in TEST_STATUS_WORDS.items() if code == status), "")
    return f" ({reason})" if reason else ""


def task_title(task: str) -> str:
    """Return the title of a test.

    Examples
    --------
    >>> task_title("walk"), task_title("single_leg_squat")
    ('Walk', 'Single-leg squat')
    """
    if task == WALK:
        return "Walk"
    return TASKS[task].title if task in TASKS else measure_label(task)


def measured_label(task: str, measure: str) -> str:
    """Return the label of a measure.

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
