"""The measured pelvis, drawn on the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.kinematics import left_sign_of
from gaitlab.pelvis import PELVIS_REGION, SOURCE_WORDS
from gaitlab.plots.style import signed
from gaitlab.report import drawing
from gaitlab.report.drawing import BLACK, WHITE, Image
from gaitlab.schema import LANDMARKS

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["PelvisLine"]

FloatArray = NDArray[np.float64]

_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisLine:
    """The measured pelvis as a line over the hips with its number, so that a reader can see whether it follows."""

    times: FloatArray
    obliquity_deg: FloatArray
    roll_deg: float
    left_sign: int
    words: str

    @classmethod
    def of(cls, analysis: Analysis) -> PelvisLine:
        """Prepare the line of an analysis that gives the pelvis."""
        return cls(
            times=np.asarray(analysis.angles["time"].values, dtype=float),
            obliquity_deg=np.asarray(analysis.angles["pelvis_obliquity"].values, dtype=float),
            roll_deg=float(analysis.quality["camera_roll_deg"]),
            left_sign=left_sign_of(analysis.view.view),
            words=SOURCE_WORDS[analysis.quality["pelvis_source"]],
        )

    def paint(self, image: Image, position: FloatArray, time_s: float, unit: float) -> None:
        """Draw the line through the pelvis, as it lies in the picture, and its angle beside it."""
        hip, shoulder = (
            (position[_INDEX[f"left_{j}"]] + position[_INDEX[f"right_{j}"]]) / 2 for j in ("hip", "shoulder")
        )
        angle_deg = float(np.interp(time_s, self.times, self.obliquity_deg))
        if not (np.isfinite([*hip, *shoulder]).all() and np.isfinite(angle_deg)):
            return
        trunk_px = float(np.linalg.norm(shoulder - hip))
        centre = hip - PELVIS_REGION.height_trunks * (shoulder - hip)
        slope = np.radians(self.roll_deg - self.left_sign * angle_deg)
        along = PELVIS_REGION.half_width_trunks * trunk_px * np.array([np.cos(slope), np.sin(slope)])
        drawing.line(image, centre - along, centre + along, WHITE, 0.5 * unit)
        x, y = centre + 1.9 * along
        drawing.label(image, f"{signed(angle_deg)}°", x, y, max(2.2 * unit, 9.0), BLACK, anchor="left")
        small = max(1.4 * unit, 7.0)
        drawing.label(image, f"from {self.words}", x, y + 2.6 * unit, small, BLACK, anchor="left")
