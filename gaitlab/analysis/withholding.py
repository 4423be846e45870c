"""Which measures are withheld: the view cannot give them, the pelvis is not reliable, or landmarks are not seen."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr

from gaitlab.pelvis import PelvisEstimate
from gaitlab.schema import SIDES, View, Withheld
from gaitlab.schema.codes import MISSING_WORDS
from gaitlab.schema.messages.remarks import withheld
from gaitlab.signals.cleaning import most_common_cause
from gaitlab.signals.view import ViewResult, withheld_by_view

__all__ = ["occluded_measures", "pelvis_is_reported", "withheld_measures"]

_NEEDED: Final = {
    "hip_flexion": "knee",
    "knee_flexion": "ankle",
    "hip_flexion_trunk": "shoulder",
    "trunk_forward": "shoulder",
    "trunk_lateral": "shoulder",
}
"""The landmarks on which a measure depends besides the hips."""

_PLURALS: Final = {"knee": "knees", "ankle": "ankles", "shoulder": "shoulders"}


def withheld_measures(view: ViewResult, pelvis: PelvisEstimate | None, requested_source: str) -> tuple[Withheld, ...]:
    """Collect the measures that the view cannot give, and those of a pelvis that is not reliable."""
    by_view = withheld_by_view(view.view)
    if pelvis is None or pelvis.code is None or pelvis_is_reported(pelvis, requested_source):
        return by_view
    return (*by_view, *(withheld(measure, pelvis.code) for measure in ("pelvic_drop", "hip_adduction")))


def occluded_measures(curves: xr.Dataset, clean: xr.Dataset, view: View) -> tuple[Withheld, ...]:
    """Return the measures that the view could give, but for whose landmarks no stride was seen well enough.

    Parameters
    ----------
    curves
        Of all strides.
    clean
        Clean landmarks with ``missing``.
    view
        How the camera sees the person.
    """
    not_by_view = {w.measure for w in withheld_by_view(view)}
    unseen = []
    for measure, part in _NEEDED.items():
        if measure in not_by_view or np.isfinite(curves[measure].to_numpy()).any():
            continue
        cause = most_common_cause(clean["missing"].sel(landmark=[f"{side}_{part}" for side in SIDES]).to_numpy())
        words = {"joints": _PLURALS[part], "cause": MISSING_WORDS[cause]}
        unseen.append(withheld(measure, "joints_unseen", **words))
    return tuple(unseen)


def pelvis_is_reported(pelvis: PelvisEstimate, requested_source: str) -> bool:
    """Whether the pelvis is shown: reliable, or a source that is shown when it is asked for by name."""
    return pelvis.reliable or (pelvis.only_on_request and requested_source == pelvis.source)
