"""What a result rests on, as ``summary.json`` holds it: the records of ``quality`` to plain data and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from gaitlab.analysis.quality import (
    BoutLegs,
    BoutRecord,
    CameraMotion,
    Clothes,
    EventTiming,
    ExcludedStride,
    LandmarkQuality,
    Light,
    PelvisReading,
    Quality,
    RecordingQuality,
    StrideCounts,
    StrideWithoutPeak,
    TimeBase,
    VerticalRecord,
)
from gaitlab.pelvis import Baseline
from gaitlab.pose import PeopleRecord, PersonRecord, UnmeasuredSpan
from gaitlab.schema.codes import VerticalSource

__all__ = ["quality_from_dict", "quality_to_dict"]

Record = TypeVar("Record")

_VERTICAL_BEFORE: Final[Mapping[str, VerticalSource]] = {
    "background": "background_lines",
    "walking": "both_directions",
    "assumed": "image_edges",
}
"""Sources of the vertical by the first word of the phrases that earlier results hold."""


def quality_to_dict(quality: Quality) -> dict[str, Any]:
    """Convert the quality of a result to the entry ``quality`` of ``summary.json``."""
    strides, events, vertical = quality.strides, quality.events, quality.vertical
    landmarks = asdict(quality.landmarks)
    toes_out_pct = landmarks.pop("toes_out_pct")
    only_measured = {"events_by_table": events.by_table, "toes_out_pct": toes_out_pct}
    return {
        **landmarks,
        "strides_left": strides.left,
        "strides_right": strides.right,
        "strides_left_out": [asdict(stride) for stride in strides.left_out],
        "strides_without_toe_off_pct": strides.without_toe_off_pct,
        "strides_without_peak": [asdict(stride) for stride in strides.without_peak],
        "stride_time_s": events.stride_time_s,
        "stride_time_autocorrelation_s": events.autocorrelation_s,
        "events_reliable": events.reliable,
        "vertical": vertical.source,
        "camera_roll_deg": vertical.camera_roll_deg,
        "vertical_uncertainty_deg": vertical.uncertainty_deg,
        "pelvis_source": quality.pelvis_source,
        "pelvis_zero": quality.pelvis_zero,
        **asdict(quality.recording),
        "passes": [_bout_to_dict(bout) for bout in quality.bouts],
        "pelvis_estimate": None if quality.pelvis is None else asdict(quality.pelvis),
        "gait": quality.gait,
        **{name: value for name, value in only_measured.items() if value is not None},
        "advice": quality.advice,
    }


def _bout_to_dict(bout: BoutRecord) -> dict[str, Any]:
    values = asdict(bout)
    legs = values.pop("legs")
    return values | (legs or {})


def quality_from_dict(stored: Mapping[str, Any]) -> Quality:
    """Read the entry ``quality`` of ``summary.json``.

    Raises
    ------
    KeyError, TypeError
        If an entry is missing, or there is one that does not belong there.
    """
    return Quality(
        landmarks=_read(
            LandmarkQuality,
            {name: stored.get(name) if name == "toes_out_pct" else stored[name] for name in _names(LandmarkQuality)},
        ),
        strides=StrideCounts(
            left=stored["strides_left"],
            right=stored["strides_right"],
            left_out=tuple(_read(ExcludedStride, stride) for stride in stored["strides_left_out"]),
            without_toe_off_pct=_number(stored["strides_without_toe_off_pct"]),
            without_peak=tuple(StrideWithoutPeak(**stride) for stride in stored.get("strides_without_peak", ())),
        ),
        events=EventTiming(
            stride_time_s=_number(stored["stride_time_s"]),
            autocorrelation_s=_number(stored["stride_time_autocorrelation_s"]),
            reliable=stored["events_reliable"],
            by_table=stored.get("events_by_table"),
        ),
        vertical=VerticalRecord(
            source=_VERTICAL_BEFORE.get(stored["vertical"].partition(" ")[0], stored["vertical"]),
            camera_roll_deg=_number(stored["camera_roll_deg"]),
            uncertainty_deg=_number(stored["vertical_uncertainty_deg"]),
        ),
        pelvis_source=stored["pelvis_source"],
        pelvis_zero=stored["pelvis_zero"],
        pelvis=_pelvis_from_dict(stored["pelvis_estimate"]),
        recording=RecordingQuality(
            time_base=_read(TimeBase, stored["time_base"]),
            people=_people_from_dict(stored["people"]),
            camera=_read_or_none(CameraMotion, stored["camera"]),
            light=_read_or_none(Light, stored["light"]),
            clothes=_read_or_none(Clothes, stored["clothes"]),
        ),
        bouts=tuple(map(_bout_from_dict, stored["passes"])),
        gait=stored["gait"],
        advice=tuple(stored["advice"]),
    )


def _pelvis_from_dict(stored: Mapping[str, Any] | None) -> PelvisReading | None:
    if stored is None:
        return None
    nested = {
        "zero": _read(Baseline, stored["zero"]),
        "quality": {name: _number(value) for name, value in stored["quality"].items()},
        "pelvic_drop_deg": pd.DataFrame(stored["pelvic_drop_deg"]),
    }
    return _read(PelvisReading, {**stored, **nested})


def _people_from_dict(stored: Mapping[str, Any] | None) -> PeopleRecord | None:
    if stored is None:
        return None
    nested = {
        "persons": tuple(_read(PersonRecord, person) for person in stored["persons"]),
        "cuts": tuple(_read(UnmeasuredSpan, cut) for cut in stored["cuts"]),
    }
    return _read(PeopleRecord, {**stored, **nested})


def _bout_from_dict(stored: Mapping[str, Any]) -> BoutRecord:
    legs = {name: stored[name] for name in _names(BoutLegs) if name in stored}
    others = {name: value for name, value in stored.items() if name not in legs}
    return _read(BoutRecord, {**others, "legs": _read(BoutLegs, legs) if legs else None})


def _read(kind: type[Record], stored: Mapping[str, Any]) -> Record:
    """Return a record as it was written: lists are tuples, and a number that was not finite is NaN again."""
    numbers = {name for name, declared in kind.__annotations__.items() if declared == "float"}
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    return kind(**{name: _number(value) if name in numbers else value for name, value in values.items()})


def _read_or_none(kind: type[Record], stored: Mapping[str, Any] | None) -> Record | None:
    return None if stored is None else _read(kind, stored)


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(kind.__annotations__)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
