"""The pelvis by a source of another package, whose estimate is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from numbers import Real

import numpy as np

from gaitlab.core.plugins import guarded, plugin_error
from gaitlab.pelvis.base import PelvisEstimate, PelvisInput, PelvisSource
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS

__all__ = ["run_added_source"]


def run_added_source(name: str, source: PelvisSource, scene: PelvisInput) -> PelvisEstimate:
    """Estimate the pelvis with a source of another package; it gets a copy of the landmarks.

    Parameters
    ----------
    name, source
        Of the plug-in.
    scene
        A walk seen from the front or the back.

    Raises
    ------
    PluginError
        If it fails, or returns no valid estimate of this walk.
    """
    with guarded("pelvis_sources", name):
        estimate: object = source(replace(scene, clean=scene.clean.copy(deep=True)))
        if isinstance(estimate, PelvisEstimate):
            fault = next(_faults(estimate, scene), None)
        else:
            fault = f"{type(estimate).__name__} instead of a PelvisEstimate"
    if fault is not None or not isinstance(estimate, PelvisEstimate):
        raise plugin_error("pelvis_sources", name, f"returned {fault}")
    return estimate


def _faults(estimate: PelvisEstimate, scene: PelvisInput) -> Iterator[str]:
    """Yield what is wrong with an estimate."""
    wanted = (scene.clean.sizes["time"],)
    for name, allowed in (("obliquity_deg", [wanted]), ("down_px", [wanted, (0,)])):
        shape = np.shape(getattr(estimate, name))
        if shape not in allowed:
            yield f"{name} of the shape {shape}; that of the landmarks is {wanted}"
    if estimate.code is not None and estimate.code not in PELVIS_REMARKS:
        yield f"the code {estimate.code!r}; allowed are {', '.join(PELVIS_REMARKS)}"
    if not all(isinstance(value, Real) for value in estimate.quality.values()):
        yield "figures of quality that are no numbers"
    yield from _faulty_values(estimate)


def _faulty_values(estimate: PelvisEstimate) -> Iterator[str]:
    """Yield what is wrong with the values of an estimate."""
    values_deg = np.asarray(estimate.obliquity_deg, dtype=float)
    if np.isinf(values_deg).any():
        yield "angles that are infinite"
    if not np.isfinite(values_deg).any():
        if estimate.reliable:
            yield "no angle, and no code that says why"
        return
    halves_deg = (estimate.shape_uncertainty_deg, estimate.image_uncertainty_deg, estimate.zero.uncertainty_deg)
    if not np.isfinite(halves_deg).all() or min(halves_deg) < 0 or not estimate.uncertainty_deg > 0:
        yield "angles whose uncertainty is not a number above zero"
