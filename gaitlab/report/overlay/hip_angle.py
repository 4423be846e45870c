"""The hip angles of a side view, drawn at the hips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.analysis.queries import given_measures
from gaitlab.plots.style import signed
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import SIDE_RGB, WHITE, Image, Sizes
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.schema import LANDMARKS, SIDES, Side, View, opposite
from gaitlab.signals.kinematics import direction_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["HipAngles"]

FloatArray = NDArray[np.float64]

NEAR_RADIUS: Final = 0.52
FAR_RADIUS: Final = 0.76
"""Radius of the arc of the near and of the far leg in thigh lengths: apart, also where the thighs cover each other."""
VERTICAL_BEYOND: Final = 0.08
"""So far the line straight down reaches beyond the wider arc, in thigh lengths."""
ARC_OF_LIMB: Final = 0.55
VERTICAL_OF_LIMB: Final = 0.3
BESIDE: Final = 0.21
"""The numbers stand so far before and behind the hips, in heights of the person: next to the trunk, steady."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HipAngles:
    """The measured angle of each thigh to the vertical: an arc at the hip, and the number next to it."""

    times: FloatArray
    flexion_deg: Mapping[Side, FloatArray]
    roll_deg: float

    @classmethod
    def of(cls, analysis: AnalysisResult) -> HipAngles | None:
        """Prepare the angles of an analysis; ``None`` where it does not give them."""
        if analysis.view.view not in SIDES or "hip_flexion" not in given_measures(analysis):
            return None
        return cls(
            times=np.asarray(analysis.angles["time"].values, dtype=float),
            flexion_deg={s: np.asarray(analysis.angles["hip_flexion"].sel(side=s).values, dtype=float) for s in SIDES},
            roll_deg=analysis.quality.vertical.camera_roll_deg,
        )

    def paint(self, image: Image, position: FloatArray, time_s: float, view: View, sizes: Sizes) -> None:
        """Draw the arcs, that of the far leg first, from the vertical to the thigh as it was measured."""
        if view not in SIDES:
            return
        angles = {side: float(interpolate_at(self.times, self.flexion_deg[side], time_s)) for side in SIDES}
        tops = {side: self._top(position, side, angles[side], view) for side in SIDES}
        known = [side for side in (opposite(view), view) if np.isfinite(tops[side]).all()]
        if not known:
            return
        top = np.mean([tops[side] for side in known], axis=0)
        length = max(_thigh_px(position, side) for side in known)
        radii = {side: (NEAR_RADIUS if side == view else FAR_RADIUS) * length for side in known}
        width = max(ARC_OF_LIMB * sizes.limb_px(), drawing.LEAST_LIMB_PX)
        down_deg = 90.0 + self.roll_deg
        for side in known:
            span = down_deg, down_deg - direction_sign(view) * angles[side]
            drawing.sector(image, top, radii[side], span, SIDE_RGB[side], width, dashed=side == "right")
        below = top + (max(radii.values()) + VERTICAL_BEYOND * length) * _direction(down_deg)
        drawing.line(image, top, below, WHITE, VERTICAL_OF_LIMB * sizes.limb_px(), edge=drawing.BLACK)
        for side in known:
            self._paint_number(image, top, angles[side], side, view, sizes)

    def _top(self, position: FloatArray, side: Side, angle_deg: float, view: View) -> FloatArray:
        """Return the point from which the measured direction leads to the knee, a thigh's length away."""
        knee = position[LANDMARKS.index(f"{side}_knee")]
        return np.asarray(
            knee - _thigh_px(position, side) * _direction(90.0 + self.roll_deg - direction_sign(view) * angle_deg)
        )

    def _paint_number(
        self, image: Image, top: FloatArray, angle_deg: float, side: Side, view: View, sizes: Sizes
    ) -> None:
        """Write the number: of the near leg before the person, of the far leg behind."""
        forward = direction_sign(view) if side == view else -direction_sign(view)
        drawing.label(
            image,
            f"{side[0].upper()} {signed(angle_deg)}°",
            float(top[0]) + forward * BESIDE * sizes.person_px,
            float(top[1]),
            sizes.label_px,
            SIDE_RGB[side],
            anchor="left" if forward > 0 else "right",
        )


def _thigh_px(position: FloatArray, side: Side) -> float:
    hip, knee = (position[LANDMARKS.index(f"{side}_{joint}")] for joint in ("hip", "knee"))
    return float(np.linalg.norm(knee - hip))


def _direction(angle_deg: float) -> FloatArray:
    """Return the unit vector of a direction counted clockwise from the image's right."""
    angle = np.radians(angle_deg)
    return np.array([np.cos(angle), np.sin(angle)])
