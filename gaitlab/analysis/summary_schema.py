"""The JSON Schema of ``summary.json``, made from the records that it is written from.

``docs/summary.schema.json`` holds it (draft 2020-12); ``python -m gaitlab.analysis.summary_schema`` writes it there.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import pandas as pd

from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.findings import Finding
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.quality import (
    BoutLegs,
    BoutRecord,
    ExcludedStride,
    LandmarkQuality,
    PelvisReading,
    RecordingQuality,
    StrideWithoutPeak,
)
from gaitlab.analysis.result import SUMMARY_VERSION, Subject
from gaitlab.errors import Refusal
from gaitlab.gait.corrections import Correction
from gaitlab.reference import MatchedReference
from gaitlab.reference.deviation import DEVIATION_COLUMNS
from gaitlab.schema import SIDES, Withheld
from gaitlab.schema.codes import PhaseStatus, VerticalSource
from gaitlab.signals.view import ViewResult
from gaitlab.video import VideoInfo

__all__ = ["SCHEMA_PATH", "summary_schema"]

Schema = dict[str, Any]

SCHEMA_PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"

_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": ["number", "null"]}
_COUNT: Final[Schema] = {"type": "integer"}
_FLAG: Final[Schema] = {"type": "boolean"}
_SIDE: Final[Schema] = {"enum": [*SIDES, "both"]}
_STATUS: Final[Schema] = {"enum": list(get_args(PhaseStatus))}
_PLAIN: Final[Mapping[Any, Schema]] = {
    float: _NUMBER,
    int: _COUNT,
    bool: _FLAG,
    str: _TEXT,
    types.NoneType: {"type": "null"},
    pd.DataFrame: {"type": "array", "items": {"type": "object"}},
    Any: {},
}


def summary_schema() -> Schema:
    """Return the JSON Schema of ``summary.json``.

    Returns
    -------
    schema : dict
        Draft 2020-12. A number that is not finite is ``null`` in the file. ``schema_version`` changes its first part
        where a key is removed, renamed or gets another meaning, and its second where one is added.

    Examples
    --------
    >>> summary_schema()["properties"]["schema_version"]["const"]
    '1.0'
    """
    schema = _object(
        {
            "schema_version": {"const": SUMMARY_VERSION},
            "video": _of(VideoInfo),
            "refusal": _of(Refusal | None),
            "subject": _of(Subject),
            "view": _of(ViewResult),
            "quality": _quality(),
            "findings": _list(_of(Finding)),
            "warnings": _list(_TEXT),
            "withheld": _list(_of(Withheld)),
            "spatiotemporal": _list(_parameter()),
            "phases": _list(_phase()),
            "deviations": _list(_deviation()),
            "corrections": _list({"type": "object", "properties": {f.name: {} for f in fields(Correction)}}),
            "sources": {"type": "object", "additionalProperties": _list(_COUNT)},
            "references": {"type": "object", "additionalProperties": _reference()},
            "provenance": _of(Provenance),
        }
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "gaitlab summary.json", **schema}


def _object(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _of(kind: Any) -> Schema:
    """Return the schema of a declared type, as ``io.write_summary`` writes its values."""
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if is_dataclass(kind):
        return _object({name: _of(declared) for name, declared in _hints(kind).items()})
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(part) for part in parts]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(parts[1])}
    return _list(_of(parts[0]))


def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _quality() -> Schema:
    """Return the schema of the entry that ``quality_json`` flattens."""
    legs = {name: _of(kind) for name, kind in _hints(BoutLegs).items()}
    bout = {name: _of(kind) for name, kind in _hints(BoutRecord).items() if name != "legs"}
    parts: dict[str, Schema] = {
        **{name: _of(kind) for name, kind in _hints(LandmarkQuality).items()},
        **dict.fromkeys(("strides_left", "strides_right"), _COUNT),
        "strides_left_out": _list(_of(ExcludedStride)),
        "strides_without_peak": _list(_of(StrideWithoutPeak)),
        **dict.fromkeys(("strides_without_toe_off_pct", "stride_time_s", "stride_time_autocorrelation_s"), _NUMBER),
        **dict.fromkeys(("events_reliable", "events_by_table"), _FLAG),
        "vertical": _of(VerticalSource),
        "gait": _TEXT,
        **dict.fromkeys(("camera_roll_deg", "vertical_uncertainty_deg"), _NUMBER),
        **dict.fromkeys(("pelvis_source", "pelvis_zero"), _of(str | None)),
        **{name: _of(kind) for name, kind in _hints(RecordingQuality).items()},
        "passes": _list(_object({**bout, **legs}, optional=tuple(legs))),
        "pelvis_estimate": _of(PelvisReading | None),
        "advice": _list(_TEXT),
    }
    return _object(parts, optional=("events_by_table", "toes_out_pct"))


def _parameter() -> Schema:
    texts = dict.fromkeys(("parameter", "unit", "code", "note"), _TEXT)
    numbers = dict.fromkeys(("value", "uncertainty", "norm_low", "norm_high"), _NUMBER)
    return _object({**texts, "side": _SIDE, **numbers})


def _phase() -> Schema:
    kinds = {"number": _NUMBER, "integer": _COUNT, "string": _TEXT}
    columns = {name: kinds[column.type] for name, column in COLUMNS["phases.csv"].items()}
    return _object({**columns, "side": _SIDE, "status": _STATUS})


def _deviation() -> Schema:
    texts = dict.fromkeys(("measure", "phase", "called_phase", "verdict"), _TEXT)
    return _object(dict.fromkeys(DEVIATION_COLUMNS, _NUMBER) | texts | {"side": _SIDE, "status": _STATUS})


def _reference() -> Schema:
    hints = _hints(MatchedReference)
    return _object({name: _of(kind) for name, kind in hints.items() if name not in ("mean_deg", "sd_deg")})


if __name__ == "__main__":
    SCHEMA_PATH.write_text(json.dumps(summary_schema(), indent=1) + "\n", encoding="utf-8")
