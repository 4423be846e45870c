"""The hip angles of a side view, drawn at the hips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.analysis.queries import available_measures
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, SIDE_RGB, WHITE, Image, Sizes
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import Anchor, label_size_px, leader
from gaitlab.schema import LANDMARKS, SIDES, Side, View, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.angles import flexion_words
from gaitlab.signals.kinematics import direction_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["HipAngles"]


NEAR_RADIUS: Final = 0.52
FAR_RADIUS: Final = 0.76
"""Radius of the arc of the near and of the far leg in thigh lengths: apart, also where the thighs cover each other."""
VERTICAL_BEYOND: Final = 0.08
VERTICAL_ABOVE: Final = 0.9
"""So far the line straight down reaches beyond the wider arc, and on a key frame above the hip, in thigh lengths."""
ARC_OF_LIMB: Final = 0.55
VERTICAL_OF_LIMB: Final = 0.3
LABEL_OFFSET: Final = 0.24
"""The numbers stand so far before the hips, in heights of the person: steady, and in the order of the arcs, so that
their lines do not cross."""
BELOW: Final = 2.3
"""The number of the far leg stands below that of the near one, in heights of the letters."""


@dataclass(frozen=True, kw_only=True)
class _Thigh:
    """A thigh as it was measured: the point from which its direction leads to the knee, and the way to it."""

    side: Side
    top: FloatArray
    length_px: float
    angle_deg: float
    span_deg: tuple[float, float]

    def on_arc(self, radius_px: float, top: FloatArray) -> FloatArray:
        """Return the middle of its arc."""
        return np.asarray(top + radius_px * _direction(sum(self.span_deg) / 2))


@dataclass(frozen=True, kw_only=True, eq=False)
class HipAngles:
    """The measured angle of each thigh to the vertical: an arc at the hip, and the number next to it.

    Attributes
    ----------
    times
        Seconds, shape (n,).
    flexion_deg
        Thigh to the vertical, degrees, shape (n,), by side; NaN: not measured.
    roll_deg
        How far the image is turned clockwise, degrees.
    """

    times: FloatArray
    flexion_deg: Mapping[Side, FloatArray]
    roll_deg: float

    @classmethod
    def of(cls, analysis: AnalysisResult) -> HipAngles | None:
        """Prepare the angles of an analysis; ``None`` where it does not give them."""
        if analysis.view.view not in SIDES or "hip_flexion" not in available_measures(analysis):
            return None
        return cls(
            times=np.asarray(analysis.angles["time"].values, dtype=float),
            flexion_deg={s: np.asarray(analysis.angles["hip_flexion"].sel(side=s).values, dtype=float) for s in SIDES},
            roll_deg=analysis.quality.vertical.camera_roll_deg,
        )

    def paint(self, image: Image, position: FloatArray, time_s: float, view: View, sizes: Sizes) -> None:
        """Draw the arcs, that of the far leg first, from the vertical to the thigh as it was measured, with numbers."""
        if view not in SIDES:
            return
        found = (self._thigh(position, side, time_s, view) for side in (opposite(view), view))
        thighs = [thigh for thigh in found if thigh is not None]
        if not thighs:
            return
        top = np.asarray(np.mean([thigh.top for thigh in thighs], axis=0))
        length = max(thigh.length_px for thigh in thighs)
        radii = {thigh.side: (NEAR_RADIUS if thigh.side == view else FAR_RADIUS) * length for thigh in thighs}
        for thigh in thighs:
            self._paint_arc(image, thigh, top, radii[thigh.side], sizes)
        below = top + (max(radii.values()) + VERTICAL_BEYOND * length) * _direction(90.0 + self.roll_deg)
        drawing.line(image, top, below, WHITE, VERTICAL_OF_LIMB * sizes.limb_px(), edge=BLACK)
        for thigh in thighs:
            down = 0.0 if thigh.side == view else BELOW * sizes.label_px
            self._paint_number(image, thigh, (top, thigh.on_arc(radii[thigh.side], top)), down, view, sizes)

    def paint_one(
        self, image: Image, position: FloatArray, time_s: float, view: View, sizes: Sizes, side: Side
    ) -> FloatArray | None:
        """Draw the vertical from the trunk down, one thigh and its arc.

        Returns
        -------
        ndarray, shape (2,), or None
            The middle of the arc; ``None``: the thigh is not seen.
        """
        thigh = self._thigh(position, side, time_s, view) if view in SIDES else None
        if thigh is None:
            return None
        radius = FAR_RADIUS * thigh.length_px
        self._paint_arc(image, thigh, thigh.top, radius, sizes)
        down = thigh.length_px * _direction(90.0 + self.roll_deg)
        ends = thigh.top - VERTICAL_ABOVE * down, thigh.top + (FAR_RADIUS + VERTICAL_BEYOND) * down
        drawing.line(image, *ends, WHITE, 2 * VERTICAL_OF_LIMB * sizes.limb_px(), edge=BLACK, dashed=True)
        return thigh.on_arc(radius, thigh.top)

    def _thigh(self, position: FloatArray, side: Side, time_s: float, view: View) -> _Thigh | None:
        """Return a thigh as it was measured; ``None`` where it was not, or is not seen."""
        angle_deg = float(interpolate_at(self.times, self.flexion_deg[side], time_s))
        hip, knee = (position[LANDMARKS.index(f"{side}_{joint}")] for joint in ("hip", "knee"))
        if not np.isfinite([*hip, *knee, angle_deg]).all():
            return None
        length_px, down_deg = float(np.linalg.norm(knee - hip)), 90.0 + self.roll_deg
        along_deg = down_deg - direction_sign(view) * angle_deg
        return _Thigh(
            side=side,
            top=np.asarray(knee - length_px * _direction(along_deg)),
            length_px=length_px,
            angle_deg=angle_deg,
            span_deg=(down_deg, along_deg),
        )

    def _paint_arc(self, image: Image, thigh: _Thigh, top: FloatArray, radius_px: float, sizes: Sizes) -> None:
        width = max(ARC_OF_LIMB * sizes.limb_px(), drawing.LEAST_LIMB_PX)
        colour, dashed = SIDE_RGB[thigh.side], thigh.side == "right"
        drawing.sector(image, top, radius_px, thigh.span_deg, colour, width, dashed=dashed)

    def _paint_number(
        self,
        image: Image,
        thigh: _Thigh,
        top_and_arc: tuple[FloatArray, FloatArray],
        down_px: float,
        view: View,
        sizes: Sizes,
    ) -> None:
        """Write the number before the person, or behind where there is no room, with a line to the arc."""
        top, arc = top_and_arc
        words = f"{thigh.side[0].upper()} {flexion_words(thigh.angle_deg)}"
        forward = direction_sign(view)
        end = float(top[0]) + forward * (LABEL_OFFSET * sizes.person_px + label_size_px(_LONGEST, sizes.label_px)[0])
        if not 0 <= end <= image.shape[1]:
            forward = -forward
        at = np.array([top[0] + forward * LABEL_OFFSET * sizes.person_px, top[1] + down_px])
        anchor: Anchor = "left" if forward > 0 else "right"
        leader(image, words, at, arc, sizes.label_px, SIDE_RGB[thigh.side], anchor=anchor)


_LONGEST: Final = "R 00° extension"
"""What the room beside the person is measured for, so that a number does not change its place with its words."""


def _direction(angle_deg: float) -> FloatArray:
    """Return the unit vector of a direction counted clockwise from the image's right."""
    angle = np.radians(angle_deg)
    return np.array([np.cos(angle), np.sin(angle)])
