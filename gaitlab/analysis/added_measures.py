"""Parameters that plug-ins add: a number of each stride of a side, from its curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.core.plugins import guarded, load_plugin, plugin_error, plugin_names
from gaitlab.errors import PluginError
from gaitlab.schema import MEASURES, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import NORMAL_QUANTILE

__all__ = ["ADDED_NOTE", "BUILT_IN", "AddedValues", "StrideMeasure", "added_parameters", "added_values"]


ADDED_NOTE: Final = "added by a plug-in; the uncertainty is that of the variability between strides only"
"""What is noted beside each value."""

_OF_SIDES: Final = ("hip_rom", "hip_extension", "hip_flexion", "pelvic_drop_excursion", "pelvic_drop", "trunk_lean")
_WITH_ASYMMETRY: Final = ("step_time", "stance", "single_support", "step_length")

BUILT_IN: Final = frozenset(
    (
        *(f"{name}{ending}" for name in _OF_SIDES for ending in ("_deg", "_difference_deg")),
        *(f"{name}_asymmetry_pct" for name in _WITH_ASYMMETRY),
        *("stance_pct", "swing_pct", "single_support_pct", "double_support_pct"),
        *("pelvis_range_deg", "cadence_spm", "stride_time_s", "step_time_s", "speed_mps"),
        *(f"{name}_length_{unit}" for name in ("step", "stride") for unit in ("m", "legs")),
        *MEASURES,
    )
)
"""Names that a plug-in may not take: those of the parameters in ``spatiotemporal``, and of the curves."""


@dataclass(frozen=True, kw_only=True)
class StrideMeasure:
    """A number that each stride of a side gives.

    Attributes
    ----------
    name
        Of the parameter in all tables, with its unit at its end, such as ``hip_at_toe_off_deg``; no built-in one.
    unit
        Of the value.
    needs
        Measures whose curves it takes, names of ``schema.MEASURES``.
    of
        Called with the curves of one stride, shape (101,) each, degrees, by measure, and with the row of the stride in
        ``cycles.csv``; returns the value, NaN where it cannot be given.
    """

    name: str
    unit: str
    needs: tuple[str, ...]
    of: Callable[[Mapping[str, FloatArray], Mapping[str, Any]], float]

    def of_strides(self, curves: xr.Dataset, cycles: pd.DataFrame, side: str) -> pd.Series[float]:
        """Return the value of each used stride of a side that shows all curves, by the row of the stride."""
        used = curves["used"].to_numpy().astype(bool) & (curves["side"].to_numpy() == side)
        values = {name: curves[name].to_numpy().astype(float) for name in self.needs}
        whole = np.logical_and.reduce([used, *(np.isfinite(curve).all(axis=1) for curve in values.values())])
        rows = [int(row) for row in np.flatnonzero(whole)]
        table = cycles.reset_index(drop=True)
        numbers = [
            float(self.of({name: curve[row] for name, curve in values.items()}, dict(table.iloc[row]))) for row in rows
        ]
        return pd.Series(numbers, index=rows, dtype=float)


def _added_measures() -> tuple[StrideMeasure, ...]:
    """Return the measures that installed plug-ins add; raise ``PluginError`` for one that is none."""
    measures = {name: load_plugin("measures", name) for name in plugin_names("measures")}
    for name, measure in measures.items():
        if name in BUILT_IN:
            raise plugin_error(
                "measures", name, "has the name of a parameter of gaitlab, whose values it would replace"
            )
        if not isinstance(measure, StrideMeasure) or measure.name != name or not set(measure.needs) <= set(MEASURES):
            raise plugin_error("measures", name, "is not a StrideMeasure of that name with curves of gaitlab")
    return tuple(measures.values())


AddedValues = dict[str, "pd.Series[float]"]
"""Values of the strides by side; the index is the row of the stride."""


def added_values(
    curves: xr.Dataset, cycles: pd.DataFrame
) -> tuple[list[tuple[StrideMeasure, AddedValues]], tuple[PluginError, ...]]:
    """Compute the measures that installed plug-ins add; one that fails in any stride is left out whole.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.

    Returns
    -------
    values : list of tuple
        Each measure with its values, NaN where it gives none.
    failed : tuple of PluginError
        What those did that are left out.

    Raises
    ------
    PluginError
        If one cannot be imported, is not a ``StrideMeasure`` of its own name, has a name of gaitlab, or needs a curve
        that there is not.
    """
    values: list[tuple[StrideMeasure, AddedValues]] = []
    failed: list[PluginError] = []
    for measure in _added_measures():
        try:
            values.append((measure, _of_sides(measure, curves, cycles)))
        except PluginError as error:
            failed.append(error)
    return values, tuple(failed)


def _of_sides(measure: StrideMeasure, curves: xr.Dataset, cycles: pd.DataFrame) -> AddedValues:
    name = measure.name
    with guarded("measures", name):
        values: AddedValues = {side: measure.of_strides(curves, cycles, side) for side in SIDES}
    if any(np.isinf(of_side.to_numpy()).any() for of_side in values.values()):
        raise plugin_error("measures", name, "returned a value that is infinite")
    return values


def added_parameters(curves: xr.Dataset, cycles: pd.DataFrame) -> tuple[pd.DataFrame, tuple[PluginError, ...]]:
    """Return the rows of added measures for ``spatiotemporal``, none without plug-ins, and which failed.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.
    """
    rows = []
    by_measure, failed = added_values(curves, cycles)
    for measure, of_sides in by_measure:
        for side, of_side in of_sides.items():
            values = of_side.dropna()
            if len(values):
                spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
                uncertainty = NORMAL_QUANTILE * spread / np.sqrt(len(values))
                rows.append((measure.name, side, float(values.mean()), uncertainty, measure.unit, "", ADDED_NOTE))
    columns = ["parameter", "side", "value", "uncertainty", "unit", "code", "note"]
    return pd.DataFrame(rows, columns=columns).assign(norm_low=np.nan, norm_high=np.nan), failed
