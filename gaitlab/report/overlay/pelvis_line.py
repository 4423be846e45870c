"""The measured pelvis and the lean of the trunk in a front or back view, drawn on the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.analysis.queries import given_measures
from gaitlab.pelvis import PELVIS_REGION, SOURCE_WORDS
from gaitlab.plots.timeline import stance_spans
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, WHITE, Image, Sizes
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.schema import LANDMARKS, SIDES, Side, opposite
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["PelvisLine", "TrunkLine"]

FloatArray = NDArray[np.float64]

LINE_OF_LIMB: Final = 0.9
TRUNK_OF_LIMB: Final = 0.6
BESIDE: Final = 0.2
"""The words stand so far next to the middle of the person, in heights of the person."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisLine:
    """The measured pelvis as a line over the hips with its number, so that a reader can see whether it follows."""

    times: FloatArray
    obliquity_deg: FloatArray
    slope_deg: FloatArray
    roll_deg: float
    source: str
    stances: Mapping[Side, list[tuple[float, float]]]

    @classmethod
    def of(cls, analysis: AnalysisResult) -> PelvisLine | None:
        """Prepare the line of an analysis; ``None`` where it does not give the pelvis."""
        if "pelvic_drop" not in given_measures(analysis):
            return None
        times = np.asarray(analysis.angles["time"].values, dtype=float)
        obliquity_deg = np.asarray(analysis.angles["pelvis_obliquity"].values, dtype=float)
        left_sign = np.full(len(times), left_side_sign(analysis.view.view))
        for one in analysis.quality.bouts:
            left_sign[one.mirrored & (times >= one.start_s) & (times <= one.end_s)] *= -1
        return cls(
            times=times,
            obliquity_deg=obliquity_deg,
            slope_deg=analysis.quality.vertical.camera_roll_deg - left_sign * obliquity_deg,
            roll_deg=analysis.quality.vertical.camera_roll_deg,
            source=SOURCE_WORDS[str(analysis.quality.pelvis_source)],
            stances={side: stance_spans(analysis.events, side) for side in SIDES},
        )

    def words(self, angle_deg: float, time_s: float) -> str:
        """Describe the pelvis: a drop is a lower side whose leg is in swing."""
        if round(abs(angle_deg)) == 0:
            return "pelvis level 0°"
        lower: Side = "right" if angle_deg > 0 else "left"
        on_ground = {side: any(start <= time_s < end for start, end in self.stances[side]) for side in SIDES}
        drops = on_ground[opposite(lower)] and not on_ground[lower]
        return f"{lower} pelvis {'drops' if drops else 'lower'} {abs(angle_deg):.0f}°"

    def paint(self, image: Image, position: FloatArray, time_s: float, sizes: Sizes) -> None:
        """Draw the line through the pelvis, as it lies in the image, the neutral position, and its angle next to it."""
        hip, shoulder = _middle(position, "hip"), _middle(position, "shoulder")
        angle_deg = float(interpolate_at(self.times, self.obliquity_deg, time_s))
        if not np.isfinite([*hip, *shoulder, angle_deg]).all():
            return
        trunk_px = float(np.linalg.norm(shoulder - hip))
        centre = hip - PELVIS_REGION.height_trunks * (shoulder - hip)
        half_px, width = PELVIS_REGION.half_width_trunks * trunk_px, LINE_OF_LIMB * sizes.limb_px()
        level = half_px * _along(self.roll_deg)
        drawing.line(image, centre - level, centre + level, WHITE, 0.5 * width, edge=BLACK, dashed=True)
        along = half_px * _along(float(interpolate_at(self.times, self.slope_deg, time_s)))
        drawing.line(image, centre - along, centre + along, WHITE, width, edge=BLACK)
        at = centre[0] + BESIDE * sizes.person_px, centre[1]
        drawing.label(image, self.words(angle_deg, time_s), *at, sizes.label_px, BLACK, anchor="left")


@dataclass(frozen=True, kw_only=True, eq=False)
class TrunkLine:
    """The lean of the trunk to a side: the line from the hips to the shoulders next to the vertical, and its number."""

    times: FloatArray
    lean_deg: FloatArray
    roll_deg: float

    @classmethod
    def of(cls, analysis: AnalysisResult) -> TrunkLine | None:
        """Prepare the line of an analysis; ``None`` where it does not give the lean."""
        if "trunk_lateral" not in given_measures(analysis):
            return None
        return cls(
            times=np.asarray(analysis.angles["time"].values, dtype=float),
            lean_deg=np.asarray(analysis.angles["trunk_lateral"].values, dtype=float),
            roll_deg=analysis.quality.vertical.camera_roll_deg,
        )

    def paint(self, image: Image, position: FloatArray, time_s: float, sizes: Sizes) -> None:
        """Draw the trunk, the vertical through the hips, and the lean in words next to the shoulders."""
        hip, shoulder = _middle(position, "hip"), _middle(position, "shoulder")
        lean_deg = float(interpolate_at(self.times, self.lean_deg, time_s))
        if not np.isfinite([*hip, *shoulder, lean_deg]).all():
            return
        roll = np.radians(self.roll_deg)
        up = float(np.linalg.norm(shoulder - hip)) * np.array([np.sin(roll), -np.cos(roll)])
        width = TRUNK_OF_LIMB * sizes.limb_px()
        drawing.line(image, hip, hip + up, WHITE, 0.5 * width, edge=BLACK, dashed=True)
        drawing.line(image, hip, shoulder, WHITE, width, edge=BLACK)
        amount = f"{abs(lean_deg):.0f}°"
        words = "trunk upright 0°" if amount == "0°" else f"trunk {amount} to the {'left' if lean_deg > 0 else 'right'}"
        at = hip[0] + BESIDE * sizes.person_px, shoulder[1]
        drawing.label(image, words, *at, sizes.label_px, BLACK, anchor="left")


def _along(slope_deg: float) -> FloatArray:
    return np.array([np.cos(np.radians(slope_deg)), np.sin(np.radians(slope_deg))])


def _middle(position: FloatArray, joint: str) -> FloatArray:
    left, right = (position[LANDMARKS.index(f"{side}_{joint}")] for side in SIDES)
    return np.asarray((left + right) / 2)
