"""The pelvis in a test: its inclination against the start posture, from the best source that there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gaitlab.pelvis import PelvisEstimate
from gaitlab.pelvis.traces import hip_line_deg
from gaitlab.schema import Side, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.tasks.base import TaskRecording
from gaitlab.tasks.posture import rest_value

__all__ = ["PelvisTrace", "follow_pelvis"]


_STILL_DEG: Final = 4.0

_ACCEPTED_CODES: Final = (None, "clothes_follow_trunk")
"""Codes with which a pelvis is used here. Hip landmarks that go along with the pelvis speak against the clothes in
walking, where they hardly do; with a leg held aside they do."""

_TREMOR_CODES: Final = ("cloth_moves", "shirt_moves")
"""Codes of what is faster than the movement: of a pelvis that is held still they speak against nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisTrace:
    """The pelvis over time against the start posture.

    Attributes
    ----------
    source
        What it is from.
    left_up_deg
        Left side up +, 0 in the start posture, shape (time,); NaN: not seen.
    uncertainty_deg
        95 % half-width of a value.
    """

    source: Literal["registration", "stickers", "hip line"]
    left_up_deg: FloatArray
    uncertainty_deg: float

    def up_deg(self, side: Side) -> FloatArray:
        """Compute the inclination with a side up +, shape (time,)."""
        return side_sign(side) * self.left_up_deg


def follow_pelvis(
    recording: TaskRecording, rest: NDArray[np.bool_], movement_s: float, *, hips_follow: bool = False
) -> PelvisTrace | None:
    """Follow the pelvis through a test.

    Parameters
    ----------
    recording
        From the front or the back.
    rest
        The frames of the start posture, shape (time,).
    movement_s
        Duration of a movement: what is far quicker is cloth.
    hips_follow
        Whether the hip landmarks follow the pelvis in this test, and may stand in for it.

    Returns
    -------
    trace : PelvisTrace or None
        ``None``: nothing reliable shows the pelvis.
    """
    estimate = recording.find_pelvis(movement_s)
    if estimate is not None and _is_used(estimate):
        turn = estimate.obliquity_deg - rest_value(estimate.obliquity_deg, rest)
        source: Literal["registration", "stickers"] = "stickers" if estimate.source == "stickers" else "registration"
        return PelvisTrace(source=source, left_up_deg=turn, uncertainty_deg=estimate.shape_uncertainty_deg)
    if not hips_follow:
        return None
    slope = hip_line_deg(recording.landmarks)
    return PelvisTrace(source="hip line", left_up_deg=slope - rest_value(slope, rest), uncertainty_deg=4.0)


def _is_used(estimate: PelvisEstimate) -> bool:
    """Check whether an estimate is used; of a pelvis that is held still tremor is most of what it does."""
    known = estimate.obliquity_deg[np.isfinite(estimate.obliquity_deg)]
    if not len(known):
        return False
    still = float(np.ptp(np.percentile(known, [2, 98]))) < _STILL_DEG
    return estimate.code in _ACCEPTED_CODES or (still and estimate.code in _TREMOR_CODES)
