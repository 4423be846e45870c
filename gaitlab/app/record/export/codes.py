"""The codes of the export: those of public systems where they are certain, otherwise those of this project."""

from __future__ import annotations

from typing import Any, Final

from gaitlab.app.record.entries import EntrySide

__all__ = [
    "CATEGORY",
    "INTERPRETATIONS",
    "LOCAL",
    "LOINC",
    "SNOMED",
    "UCUM",
    "concept",
    "hip",
    "local",
    "quantity",
]

LOCAL: Final = "urn:x-gaitlab:record"
"""Code system of this project: ids of the lists, tasks and measures."""

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"

_INTERPRETATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

INTERPRETATIONS: Final = {
    "positive": {"system": _INTERPRETATION, "code": "POS", "display": "Positive"},
    "negative": {"system": _INTERPRETATION, "code": "NEG", "display": "Negative"},
    "unclear": {"system": _INTERPRETATION, "code": "IND", "display": "Indeterminate"},
}
"""Of a special test."""

_UNITS: Final = {
    "": "1",
    "%": "%",
    "N": "N",
    "N/kg": "N/kg",
    "cm": "cm",
    "count": "{count}",
    "deg": "deg",
    "kg": "kg",
    "leg lengths": "{leg_length}",
    "m": "m",
    "m/s": "m/s",
    "points": "{score}",
    "s": "s",
    "share": "1",
    "spm": "{steps}/min",
    "steps/min": "{steps}/min",
    "weeks": "wk",
}
"""UCUM by the units of the record; others are written as an annotation."""

_HIP: Final = {"system": SNOMED, "code": "24136001", "display": "Hip joint structure"}


def local(code: str, display: str) -> dict[str, Any]:
    """Return a coding of this project."""
    return {"system": LOCAL, "code": code, "display": display}


def concept(*codings: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a CodeableConcept."""
    return {"coding": list(codings), "text": text}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """Return a Quantity with its UCUM unit.

    Examples
    --------
    >>> quantity(95.0, "deg")
    {'value': 95.0, 'unit': 'deg', 'system': 'http://unitsofmeasure.org', 'code': 'deg'}
    """
    return {"value": value, "unit": unit or "1", "system": UCUM, "code": _UNITS.get(unit, f"{{{unit}}}")}


def hip(side: EntrySide) -> dict[str, Any]:
    """Return the hip of a side as a body site."""
    return concept(_HIP, local(f"side.{side}", side), text=f"{side} hip")
