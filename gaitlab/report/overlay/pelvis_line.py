"""The measured pelvis and the lean of the trunk in a front or back view, drawn on the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.analysis.queries import available_measures
from gaitlab.pelvis import PELVIS_REGION
from gaitlab.plots.timeline import stance_spans
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, WHITE, Image, Sizes
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import Anchor, label_size_px, leader
from gaitlab.schema import LANDMARKS, SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.angles import drop_words, lean_words
from gaitlab.signals.geometry import left_up_deg
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["LEVEL_REACH", "PelvisLine", "Stances", "TrunkLine"]


LINE_OF_LIMB: Final = 0.9
TRUNK_OF_LIMB: Final = 0.6
LEVEL_REACH: Final = 1.6
"""Length of the level line over that of the pelvis line: its ends show beside a pelvis that is nearly level."""
LABEL_OFFSET: Final = 0.2
"""The words stand so far next to the middle of the person, in heights of the person."""
LINE_LETTERS: Final = 15
"""Letters in a line of the words: next to a person who fills an upright picture there is no more room."""
FITS: Final = 0.8
"""Words of which so much fits beside the person are moved a little over the arm."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stances:
    """When each leg is on the ground.

    Attributes
    ----------
    spans
        Heel strike and toe-off of each stance, seconds, by side.
    """

    spans: Mapping[Side, list[tuple[float, float]]]

    @classmethod
    def of(cls, analysis: AnalysisResult) -> Stances:
        """Return the stances of an analysis: those whose heel strike and toe-off are known."""
        return cls(spans={side: stance_spans(analysis.events, side) for side in SIDES})

    def alone(self, time_s: float) -> Side | None:
        """Return the leg that stands alone at a time; ``None``: both do, or it is not known."""
        standing = [side for side in SIDES if any(start <= time_s < end for start, end in self.spans[side])]
        return standing[0] if len(standing) == 1 else None


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisLine:
    """The measured pelvis as a line over the hips with its number, so that a reader can see whether it follows.

    Attributes
    ----------
    times
        Seconds, shape (n,).
    obliquity_deg
        Left side up +, degrees, shape (n,); NaN: not measured.
    slope_deg
        Slope of the line in the image, degrees, shape (n,).
    roll_deg
        How far the image is turned clockwise, degrees.
    height_trunks
        Height of the line over the hips, trunk lengths: that of the region that was followed.
    stances
        When each leg is on the ground.
    """

    times: FloatArray
    obliquity_deg: FloatArray
    slope_deg: FloatArray
    roll_deg: float
    height_trunks: float
    stances: Stances

    @classmethod
    def of(cls, analysis: AnalysisResult) -> PelvisLine | None:
        """Prepare the line of an analysis; ``None`` where it does not give the pelvis."""
        if "pelvic_drop" not in available_measures(analysis):
            return None
        times = np.asarray(analysis.angles["time"].values, dtype=float)
        obliquity_deg = np.asarray(analysis.angles["pelvis_obliquity"].values, dtype=float)
        read = analysis.quality.pelvis
        left_sign = np.full(len(times), left_side_sign(analysis.view.view))
        for bout in analysis.quality.bouts:
            left_sign[bout.mirrored & (times >= bout.start_s) & (times <= bout.end_s)] *= -1
        return cls(
            times=times,
            obliquity_deg=obliquity_deg,
            slope_deg=analysis.quality.vertical.camera_roll_deg - left_up_deg(obliquity_deg, left_sign),
            roll_deg=analysis.quality.vertical.camera_roll_deg,
            height_trunks=-PELVIS_REGION.height_trunks if read is None else read.region_height_trunks,
            stances=Stances.of(analysis),
        )

    def words(self, angle_deg: float, time_s: float) -> tuple[Side, str]:
        """Describe the pelvis, left side up +: what the side of the swinging leg does, otherwise which is lower.

        Returns
        -------
        side, words
            Next to which hip the words stand, and the words.
        """
        if round(abs(angle_deg)) == 0:
            return "right", "pelvis level 0°"
        standing = self.stances.alone(time_s)
        if standing is None:
            lower: Side = "right" if angle_deg > 0 else "left"
            return lower, f"{lower} pelvis lower {abs(angle_deg):.0f}°"
        swinging = opposite(standing)
        return swinging, f"{swinging} pelvis {drop_words(angle_deg if swinging == 'right' else -angle_deg)}"

    def paint(self, image: Image, position: FloatArray, time_s: float, sizes: Sizes) -> None:
        """Draw the line through the pelvis with its angle next to the side that is named."""
        ends = self.paint_line(image, position, time_s, sizes)
        if ends is not None:
            angle_deg = float(interpolate_at(self.times, self.obliquity_deg, time_s))
            named, words = self.words(angle_deg, time_s)
            hips = [position[LANDMARKS.index(f"{side}_hip"), 0] for side in (named, opposite(named))]
            _paint_words(image, words, np.mean(ends, axis=0), ends, sizes, at_right=bool(hips[0] > hips[1]))

    def paint_line(
        self, image: Image, position: FloatArray, time_s: float, sizes: Sizes
    ) -> tuple[FloatArray, FloatArray] | None:
        """Draw the pelvis, as it lies in the image, and the neutral position.

        Returns
        -------
        tuple of ndarray, or None
            The line's ends, that at the left of the image first; ``None``: it is not known where the pelvis is.
        """
        hip, shoulder = _middle(position, "hip"), _middle(position, "shoulder")
        slope_deg = float(interpolate_at(self.times, self.slope_deg, time_s))
        if not np.isfinite([*hip, *shoulder, slope_deg]).all():
            return None
        trunk_px = float(np.linalg.norm(shoulder - hip))
        centre = hip + self.height_trunks * (shoulder - hip)
        half_px, width = PELVIS_REGION.half_width_trunks * trunk_px, LINE_OF_LIMB * sizes.limb_px()
        level, along = LEVEL_REACH * half_px * _along(self.roll_deg), half_px * _along(slope_deg)
        drawing.line(image, centre - level, centre + level, WHITE, 0.5 * width, edge=BLACK, dashed=True)
        drawing.line(image, centre - along, centre + along, WHITE, width, edge=BLACK)
        return centre - along, centre + along


@dataclass(frozen=True, kw_only=True, eq=False)
class TrunkLine:
    """The lean of the trunk to a side: the line from the hips to the shoulders next to the vertical, and its number.

    Attributes
    ----------
    times
        Seconds, shape (n,).
    lean_deg
        Lean to the person's left +, degrees, shape (n,); NaN: not measured.
    roll_deg
        How far the image is turned clockwise, degrees.
    stances
        When each leg is on the ground.
    """

    times: FloatArray
    lean_deg: FloatArray
    roll_deg: float
    stances: Stances

    @classmethod
    def of(cls, analysis: AnalysisResult) -> TrunkLine | None:
        """Prepare the line of an analysis; ``None`` where it does not give the lean."""
        if "trunk_lateral" not in available_measures(analysis):
            return None
        return cls(
            times=np.asarray(analysis.angles["time"].values, dtype=float),
            lean_deg=np.asarray(analysis.angles["trunk_lateral"].values, dtype=float),
            roll_deg=analysis.quality.vertical.camera_roll_deg,
            stances=Stances.of(analysis),
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
        words = f"trunk lean {lean_words(lean_deg, self.stances.alone(time_s))}"
        needed = LABEL_OFFSET * sizes.person_px + FITS * label_size_px(fill(words, LINE_LETTERS), sizes.label_px)[0]
        at_right = float(hip[0]) + needed < image.shape[1] or 2 * float(hip[0]) < image.shape[1]
        _paint_words(image, words, np.array([hip[0], shoulder[1]]), (shoulder, shoulder), sizes, at_right=at_right)


def _paint_words(
    image: Image,
    words: str,
    middle: FloatArray,
    ends: tuple[FloatArray, FloatArray],
    sizes: Sizes,
    *,
    at_right: bool,
) -> None:
    """Write words at the right or the left of the person, with a line to that end."""
    offset_px = LABEL_OFFSET * sizes.person_px
    at = middle + np.array([offset_px if at_right else -offset_px, 0.0])
    anchor: Anchor = "left" if at_right else "right"
    leader(image, fill(words, LINE_LETTERS), at, ends[1 if at_right else 0], sizes.label_px, BLACK, anchor=anchor)


def _along(slope_deg: float) -> FloatArray:
    return np.array([np.cos(np.radians(slope_deg)), np.sin(np.radians(slope_deg))])


def _middle(position: FloatArray, joint: str) -> FloatArray:
    left, right = (position[LANDMARKS.index(f"{side}_{joint}")] for side in SIDES)
    return np.asarray((left + right) / 2)
