"""Estimators of pelvic obliquity, in a registry, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab import geometry
from gaitlab.errors import UsageError
from gaitlab.kinematics import joint, left_sign_of
from gaitlab.schema import View
from gaitlab.uncertainty import systematic_uncertainty_deg

__all__ = ["PELVIS_SOURCES", "HipLine", "PelvisEstimate", "PelvisSource", "estimate_pelvis"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisEstimate:
    """Pelvic obliquity over time and how far to trust it.

    Attributes
    ----------
    source
        Name of the estimator.
    obliquity_deg
        Shape (time,), left side up +; NaN where not seen.
    uncertainty_deg
        95 % half-width of each value.
    reliable
        Whether it may be shown without being asked for by name.
    reason, advice
        Why it is not reliable, and what to do; empty when it is.
    """

    source: str
    obliquity_deg: FloatArray
    uncertainty_deg: float
    reliable: bool
    reason: str
    advice: str


PelvisSource = Callable[[xr.Dataset], PelvisEstimate]


@dataclass(frozen=True, kw_only=True)
class HipLine:
    """The line between MediaPipe's hip landmarks: follows the pelvis with a gain of 0.15 to 0.46 only.

    A true drop of 11 degrees reads as 3 to 5, in every view, because the detector's idea of a body keeps the hips
    level. Never reliable.
    """

    def __call__(self, landmarks: xr.Dataset) -> PelvisEstimate:
        """Return the slope of the hip line (clean landmarks of a front or back view)."""
        return PelvisEstimate(
            source="landmarks",
            obliquity_deg=geometry.obliquity_deg(joint(landmarks, "left_hip"), joint(landmarks, "right_hip")),
            uncertainty_deg=systematic_uncertainty_deg("pelvic_drop"),
            reliable=False,
            reason="not reliable: the landmarks' hip line shows only a sixth to a half of the pelvis' true movement",
            advice="Judge the pelvis by eye in the overlay video; --pelvis landmarks shows the values all the same.",
        )


PELVIS_SOURCES: Final[dict[str, PelvisSource]] = {"landmarks": HipLine()}
"""Estimators by name, best first; ``auto`` takes the first that is reliable."""


def estimate_pelvis(landmarks: xr.Dataset, view: View, source: str = "auto") -> PelvisEstimate | None:
    """Estimate pelvic obliquity from the best source, or from the one asked for.

    Parameters
    ----------
    landmarks
        Clean landmarks.
    view
        Only front and back show the pelvis' obliquity.
    source
        ``auto`` or a name in ``PELVIS_SOURCES``.

    Returns
    -------
    estimate : PelvisEstimate or None
        With ``auto``, the last estimate tried, to be withheld, where none is reliable. ``None`` in other views.

    Raises
    ------
    UsageError
        If the source is unknown.
    """
    if source != "auto" and source not in PELVIS_SOURCES:
        raise UsageError(f"There is no pelvis source {source!r}; choose auto or one of {', '.join(PELVIS_SOURCES)}.")
    if not left_sign_of(view):
        return None
    if source != "auto":
        return PELVIS_SOURCES[source](landmarks)
    estimate = None
    for estimator in PELVIS_SOURCES.values():
        estimate = estimator(landmarks)
        if estimate.reliable:
            break
    return estimate
