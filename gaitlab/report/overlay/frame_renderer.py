"""One frame of the film: what is drawn on the picture, and the strip below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from gaitlab.analysis.queries import available_measures, measure_uncertainty_deg
from gaitlab.plots.bouts import exclusion_note
from gaitlab.report.overlay.drawing import BLACK, Image, Sizes, with_strip_below
from gaitlab.report.overlay.face_blur import FaceCover
from gaitlab.report.overlay.hip_angle import HipAngles
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import label
from gaitlab.report.overlay.pelvis_line import PelvisLine, TrunkLine
from gaitlab.report.overlay.person import Person
from gaitlab.report.overlay.phase_bar import PhaseBar
from gaitlab.report.overlay.scaled import scaled_landmarks, scaled_people
from gaitlab.report.overlay.skeleton import Event, paint_events, paint_skeleton
from gaitlab.schema import SIDES, View
from gaitlab.schema.array_types import FloatArray

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.analysis.quality import BoutRecord, Quality

__all__ = ["FrameRenderer"]


_NUMBERS: Final = {"hip_flexion": "hip = thigh to vertical", "pelvic_drop": "pelvis", "trunk_lateral": "trunk"}
"""The numbers on the person: measure and words."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameRenderer:
    """Everything that is drawn, laid out by time; it holds no image.

    Attributes
    ----------
    person, faces, show_faces
        Skeleton of the person, the heads, and whether they are shown.
    quality, view, frame_s
        What the result rests on, the view, and the time from one frame to the next, seconds.
    bouts, refused
        The walking bouts that are drawn, and whether nothing was measured.
    hips, pelvis, trunk
        The angles that are drawn; ``None``: not given.
    events, strip
        The events, and the bar of phases below the image.
    """

    person: Person
    faces: FaceCover
    show_faces: bool
    quality: Quality
    view: View
    frame_s: float
    bouts: tuple[BoutRecord, ...]
    refused: bool
    hips: HipAngles | None
    pelvis: PelvisLine | None
    trunk: TrunkLine | None
    events: tuple[Event, ...]
    strip: PhaseBar

    @classmethod
    def of(cls, analysis: AnalysisResult, *, show_faces: bool, size_px: tuple[int, int] | None = None) -> FrameRenderer:
        """Prepare what an analysis draws on pictures of some width and height; ``None``: those of the video."""
        whole = (analysis.video.width_px, analysis.video.height_px)
        size_px = size_px or whole
        landmarks, people = analysis.landmarks, analysis.quality.recording.people
        if size_px != whole:
            scale = np.array(size_px) / whole
            landmarks, people = scaled_landmarks(landmarks, scale), scaled_people(people, scale)
        events = analysis.events.sort_values("time_s", kind="stable")
        return cls(
            person=Person.of_landmarks(landmarks),
            faces=FaceCover.of(landmarks, people),
            show_faces=show_faces,
            quality=analysis.quality,
            view=analysis.view.view,
            frame_s=1 / analysis.video.rate_hz,
            bouts=tuple(bout for bout in analysis.quality.bouts if bout.used or analysis.refusal is not None),
            refused=analysis.refusal is not None,
            hips=HipAngles.of(analysis),
            pelvis=PelvisLine.of(analysis),
            trunk=TrunkLine.of(analysis),
            events=tuple(zip(events["time_s"].astype(float), events["side"], events["event"], strict=True)),
            strip=PhaseBar.of(analysis, _uncertainty_note(analysis), size_px),
        )

    def framed(self, image: Image, time_s: float) -> Image:
        """Draw on a picture in place, and return it with the strip below."""
        self.cover(image, time_s)
        return self.drawn(image, time_s)

    def cover(self, image: Image, time_s: float) -> None:
        """Blur the heads on a picture in place, unless faces are shown."""
        if not self.show_faces:
            self.faces.hide(image, time_s)

    def drawn(self, image: Image, time_s: float) -> Image:
        """Draw on a picture whose heads are covered, in place, and return it with the strip below."""
        notice = self._paint(image, time_s)
        whole, strip = with_strip_below(image, self.strip.height_px)
        self.strip.paint(strip, time_s, notice, measured=not notice or self.refused)
        return whole

    def paint(self, image: Image, time_s: float) -> None:
        """Blur the heads and draw on a picture in place."""
        self.cover(image, time_s)
        self._paint(image, time_s)

    def _paint(self, image: Image, time_s: float) -> str:
        """Draw on a picture in place, and return why nothing is measured at this time; empty where something is."""
        person = self.person
        seen, found = (interpolate_at(person.times, values, time_s) for values in (person.seen, person.found))
        is_seen = bool(np.isfinite(seen).any())
        notice = exclusion_note(self.quality, time_s) or ("" if is_seen else "person not tracked")
        sizes = Sizes.of(image, self.height_px(time_s))
        paint_skeleton(image, seen, self.view_at(time_s), sizes)
        if not notice:  # angles and events also where a hidden leg is not drawn: they were measured from these places
            self._paint_angles(image, seen, found, time_s, sizes)
        if not notice or self.refused:
            paint_events(image, found, self.events, time_s, self.frame_s, sizes)
        if is_seen:
            self._paint_number(image, self.faces.head_at(time_s), sizes)
        return notice

    def height_px(self, time_s: float) -> float:
        """Return the height of the person in the image at a time."""
        return float(np.interp(time_s, self.person.times, self.person.height_px))

    def view_at(self, time_s: float) -> View:
        """Return how the person is seen in the walking bout nearest to a time."""
        nearest = min(self.bouts, key=lambda bout: max(bout.start_s - time_s, time_s - bout.end_s), default=None)
        return self.view if nearest is None else cast(View, nearest.view or self.view)

    def _paint_angles(self, image: Image, seen: FloatArray, found: FloatArray, time_s: float, sizes: Sizes) -> None:
        if self.hips is not None:
            self.hips.paint(image, found, time_s, self.view_at(time_s), sizes)
        if self.trunk is not None:
            self.trunk.paint(image, seen, time_s, sizes)
        if self.pelvis is not None:
            self.pelvis.paint(image, seen, time_s, sizes)

    def _paint_number(self, image: Image, head: FloatArray, sizes: Sizes) -> None:
        """Draw the number of the person who is measured above the head, when there are several."""
        people = self.quality.recording.people
        if people is None or people.count < 2 or not np.isfinite(head).all():
            return
        words = f"person {people.chosen}"
        above = float(head[1] - head[3]) - sizes.label_px
        label(image, words, float(head[0]), above, sizes.label_px, BLACK, anchor="middle")


def _uncertainty_note(analysis: AnalysisResult) -> str:
    """Say what the numbers on the person are and how sure; empty where there are none."""
    given = available_measures(analysis)
    return "   ".join(
        f"{what}: {_how_sure(analysis, measure)}" for measure, what in _NUMBERS.items() if measure in given
    )


def _how_sure(analysis: AnalysisResult, measure: str) -> str:
    sure = {side: measure_uncertainty_deg(analysis, measure, side) for side in SIDES}
    if not np.isfinite(list(sure.values())).any():
        return "uncertainty not known"
    return ", ".join(
        f"{side[0].upper()} ±{value:.0f}°" if np.isfinite(value) else f"{side[0].upper()} uncertainty not known"
        for side, value in sure.items()
    )
