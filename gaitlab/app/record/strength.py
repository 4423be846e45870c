"""Strength per body mass, where a dynamometer's force and the body mass were entered."""

from __future__ import annotations

from typing import Final

from gaitlab.app.record.entries import EntrySide
from gaitlab.app.record.visit_record import VisitRecord

__all__ = ["N_PER_KG", "is_computed", "strength_value", "torque_value"]

N_PER_KG: Final = "N/kg"
"""Unit of strength per body mass."""

_BODY_MASS: Final = "history.body_mass"
_PER_MASS: Final = "n_per_kg"
_FORCE: Final = "force_n"
_LEVER: Final = "lever_cm"
_CM_PER_M: Final = 100.0


def strength_value(visit: VisitRecord, item: str, side: EntrySide) -> float | None:
    """Return the strength of a side in N/kg; ``None``: neither it, nor force and body mass, were entered.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from gaitlab.app.record.entries import Entry
    >>> now = datetime(2026, 11, 30)
    >>> force = Entry(item="strength.hip_abduction", side="left", variant="force_n", value=119.0, entered_at=now)
    >>> mass = Entry(item="history.body_mass", value=70.0, entered_at=now)
    >>> visit = VisitRecord(visit_date=date(2026, 11, 30), entries=(force, mass))
    >>> strength_value(visit, "strength.hip_abduction", "left")
    1.7
    """
    direct = _number(visit, item, side, _PER_MASS)
    if direct is not None:
        return direct
    force, mass = _number(visit, item, side, _FORCE), _number(visit, _BODY_MASS, "", "")
    return force / mass if force is not None and mass else None


def torque_value(visit: VisitRecord, item: str, side: EntrySide) -> float | None:
    """Return the torque of a side in Nm/kg, strength times lever; ``None``: one of them was not entered."""
    strength, lever_cm = strength_value(visit, item, side), _number(visit, item, side, _LEVER)
    return None if strength is None or lever_cm is None else strength * lever_cm / _CM_PER_M


def is_computed(visit: VisitRecord) -> bool:
    """Check whether a strength in N/kg of a visit is computed from force and body mass."""
    forces = [entry for entry in visit.entries if entry.variant == _FORCE]
    return any(
        strength_value(visit, force.item, force.side) is not None
        and _number(visit, force.item, force.side, _PER_MASS) is None
        for force in forces
    )


def _number(visit: VisitRecord, item: str, side: EntrySide, variant: str) -> float | None:
    entry = visit.entry(item, side, variant)
    return None if entry is None or isinstance(entry.value, str) else entry.value
