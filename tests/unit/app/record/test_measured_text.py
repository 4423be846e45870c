"""What was measured, in words."""

from __future__ import annotations

import pytest
from records import SECOND

from gaitlab.app.record.measured_text import measured_blocks
from gaitlab.app.record.visit_record import Measured, PatientRecord, VisitRecord


@pytest.mark.parametrize(
    ("unit", "low", "high", "words"),
    [
        ("deg", -0.2, 8.1, "0 to 8°"),
        ("deg", 5.9, 6.2, "6°"),
        ("deg", -5.0, 5.0, "up to 5°"),
        ("deg", -4.0, 8.0, "−4 to 8°"),
        ("s", 0.0, 11.4, "up to 11.4 s"),
        ("s", 0.5, 0.62, "0.50 to 0.62 s"),
    ],
)
def test_a_reference_range_is_written_once_and_without_a_minus_zero(
    unit: str, low: float, high: float, words: str
) -> None:
    m = Measured(
        task="single_leg_squat",
        measure="knee_deg",
        side="left",
        value=6.0,
        uncertainty=1.0,
        unit=unit,
        norm_low=low,
        norm_high=high,
        recording_date=SECOND,
    )
    (block,) = measured_blocks(PatientRecord(pseudonym="P1"), VisitRecord(visit_date=SECOND, measured=(m,)))
    assert block.rows[0].reference == words
