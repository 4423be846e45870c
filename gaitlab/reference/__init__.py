"""Reference curves and norms as data files, and the choice of the one that fits a person and a walking speed.

A curve is only ever compared with a measure of the same definition. Format of the files, sources and terms:
``docs/reference.md``.
"""

from __future__ import annotations

from gaitlab.reference.bands import simultaneous_factor
from gaitlab.reference.comparison import CurveComparison, compare, long_runs
from gaitlab.reference.library import (
    Reference,
    ReferenceBand,
    ReferenceFileError,
    list_references,
    load_reference,
    reference_names,
)
from gaitlab.reference.matching import MatchedReference, match_reference
from gaitlab.reference.norms import HipRomNorm, Norm, WalkingPace, hip_rom_norm, pace_for_speed, spatiotemporal_norm
from gaitlab.reference.task_norms import task_norm

__all__ = [
    "CurveComparison",
    "HipRomNorm",
    "MatchedReference",
    "Norm",
    "Reference",
    "ReferenceBand",
    "ReferenceFileError",
    "WalkingPace",
    "compare",
    "hip_rom_norm",
    "list_references",
    "load_reference",
    "long_runs",
    "match_reference",
    "pace_for_speed",
    "reference_names",
    "simultaneous_factor",
    "spatiotemporal_norm",
    "task_norm",
]
