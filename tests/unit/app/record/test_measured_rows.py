"""Which values of a test the record has."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

from walkers import video_of

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.task_video import measure_task
from gaitlab.app.record.catalogue import load_catalogue
from gaitlab.app.record.measured_rows import whole_test_rows
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import plain_text
from gaitlab.app.record.visit_record import Measured, PatientRecord, VisitRecord
from gaitlab.simulate import Camera, Movement, simulate_movement
from gaitlab.tasks import find_task


def row(measure: str, repetition: str = "", side: str = "right", note: str = "") -> dict[str, str]:
    return {"task": "t", "measure": measure, "repetition": repetition, "side": side, "note": note}


def test_a_test_with_values_as_a_whole_has_those_only() -> None:
    best, single = row("hip_flexion_trunk_peak_best_deg"), row("hip_flexion_trunk_peak_deg", "1")
    assert whole_test_rows([single, best]) == [best]


def test_a_stance_has_the_first_of_each_side_with_its_reading() -> None:
    rows = [
        row("foot_off_s", "1"),
        row("trendelenburg_reading", "1", note="lost"),
        row("trendelenburg_reading", "2", "left", note="elevated_held"),
        row("trendelenburg_reading", "3", note="elevated_held"),
    ]
    assert [(one["side"], one["note"]) for one in whole_test_rows(rows)] == [
        ("right", "lost"),
        ("left", "elevated_held"),
    ]


def test_a_table_without_rows_has_none() -> None:
    assert whole_test_rows([]) == []


FRONT = Camera(distance_m=3.5, view="front", height_m=1.0)
MOVEMENTS = {
    "hip_abduction": (Movement(kind="hip_abduction", peak=30.0, hike_deg=6.0), FRONT),
    "single_leg_stance": (
        Movement(kind="single_leg_stance", peak=4.0, repetitions=1, rest_s=2.0, hold_s=8.0),
        replace(FRONT, view="back"),
    ),
}


def filmed(task: str) -> VisitRecord:
    """Return a visit with a simulated test, read from its table as the application reads it."""
    movement, camera = MOVEMENTS[task]
    landmarks = simulate_movement(movement, camera, noise_px=0.5).landmarks
    video = measure_task(
        landmarks,
        video_of(landmarks),
        find_task(task),
        Options(),
        ImageEstimates(path=None, sha256="", use_cache=False),
    )
    assert video.result is not None
    table = csv.DictReader(io.StringIO(video.result.table().to_csv(index=False)))
    measured = tuple(
        Measured(
            task=task,
            measure=row["measure"],
            side=row["side"],  # type: ignore[arg-type]
            value=float(row["value"] or "nan"),
            uncertainty=float(row["uncertainty"] or "nan"),
            unit=row["unit"],
            status=row["status"],
            code=row["note"] if row["unit"] == "code" else "",
            recording_date=date(2026, 11, 30),
        )
        for row in whole_test_rows(table)
    )
    return VisitRecord(visit_date=date(2026, 11, 30), measured=measured)


def text_of(visit: VisitRecord) -> str:
    return plain_text(summary_text(load_catalogue(), PatientRecord(pseudonym="P1"), visit))


def test_a_filmed_stance_is_in_the_text() -> None:
    text = text_of(filmed("single_leg_stance"))
    assert re.search(r"Time on one leg: (left|right) \d\.\d+ ± 0\.\d+ s", text)
    assert "no difference" not in text.lower()
    assert "Foot off" not in text


def test_of_best_and_mean_the_best_is_in_the_text() -> None:
    text = text_of(filmed("hip_abduction"))
    assert re.search(r"Hip abduction, best: (left|right) \d+ ± \d+°", text)
    assert "mean" not in text
