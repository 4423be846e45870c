"""The video with what was measured drawn on the person: skeleton, sides, hip angles, events and phases."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.analysis.queries import given_measures, measure_uncertainty_deg
from gaitlab.plots.bouts import left_out_note
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, FAR_LIMB_OF_NEAR, GREY, SIDE_RGB, WHITE, Image, Sizes
from gaitlab.report.overlay.face_blur import blur_ellipse, blur_picture, head_ellipses, other_head_ellipses
from gaitlab.report.overlay.hip_angle import HipAngles
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.pelvis_line import PelvisLine, TrunkLine
from gaitlab.report.overlay.phase_bar import PhaseBar
from gaitlab.report.overlay.snapshots import nearest_frames
from gaitlab.schema import LANDMARKS, SIDES, Side, View, opposite
from gaitlab.video import Frame, VideoWriter, prefetch, read_frames

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.analysis.quality import BoutRecord, Quality

__all__ = ["Progress", "overlay_frames", "write_overlay"]

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Told the number of frames done and their total."""

_CRF: Final = 26
_PRESET: Final = "ultrafast"
"""Of x264: about as near to the image as its ``veryfast`` at 20, in a quarter of the time, and a quarter larger."""
FLASH_S: Final = 0.15
"""So long an event is shown: five frames at 30 a second."""
FLASH_RADIUS: Final = 0.03
FLASH_GROWS: Final = 0.5
"""Radius of the ring around the foot in heights of the person, and by how much of it the ring grows."""
FLASH_OF_LIMB: Final = 0.8
NAME_BESIDE: Final = 0.1
"""Where there is no room below the foot the name of the event stands so far next to it, in heights of the person."""
HEIGHT_IN_TRUNKS: Final = 3.47
"""A person is so many times as high as hips and shoulders are apart (Winter 2009: 0.818 and 0.530 of the height)."""
SIZE_WINDOW_S: Final = 1.0
"""The size of the person is the median over so long: it changes slowly, and a leaning trunk is foreshortened."""
_NUMBERS: Final = {
    "hip_flexion": "hip = thigh to vertical, forward +",
    "pelvic_drop": "pelvis",
    "trunk_lateral": "trunk",
}
"""The numbers on the person: measure and words."""
_SEEN: Final = 0.2
"""Least visibility of a joint that is drawn: that from which it is measured (``filtering.CleaningSettings``)."""
_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}
_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)
_NOT_MEASURED: Final = "not measured"
_EVENTS: Final = {"heel_strike": ("heel strike", "heel"), "toe_off": ("toe-off", "foot_index")}


def write_overlay(
    analysis: AnalysisResult,
    video_path: str | Path,
    path: str | Path,
    *,
    show_faces: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Draw an analysis on its video, frame by frame, and return the path of the new video.

    The left limbs are red, the right blue, those far from the camera thinner; L and R stand at knees and ankles. In
    a side view an arc at each hip, whole on the left and dashed on the right, is the measured angle of the thigh to
    the vertical, forward +; from the front or the back white lines are the measured pelvis and trunk, with the side
    that is lower, or to which the trunk leans. Events flash at the foot. A band shows where in its stride each leg is,
    from heel strike to heel strike, the phase, and the time; it lies at the bottom, or at the top where it would cover
    the feet. Between the passes of a walk, and where the person is not followed, the image says that nothing is
    measured. Of a walk that was not measured the events are shown that were found. With several people in the image
    the person who is measured carries their number. Heads are blurred; a frame in which the person was not found for
    a second is blurred as a whole.

    Parameters
    ----------
    analysis
        The analysis.
    video_path
        The video it was made from.
    path
        File to write: H.264, each frame with its own time, without sound and metadata.
    show_faces
        Leave faces as they are.
    progress
        Told after each frame how many are done, and their total.

    Raises
    ------
    InputError
        If the video cannot be read.

    Examples
    --------
    >>> write_overlay(analysis, "walk.mp4", "overlay.mp4")  # doctest: +SKIP
    """
    path = Path(path)
    info = analysis.video
    painter = _FrameRenderer.of(analysis, show_faces=show_faces)
    rate_hz = info.rate_hz * info.time_scale
    with (
        closing(prefetch(_painted(painter, video_path, info.time_scale))) as frames,
        VideoWriter(path, info.width_px, info.height_px, rate_hz, crf=_CRF, preset=_PRESET) as video,
    ):
        for done, frame in enumerate(frames, start=1):
            video.write(frame.image, frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def _painted(painter: _FrameRenderer, video_path: str | Path, time_scale: float) -> Generator[Frame, None, None]:
    """Yield the frames of a video, drawn on; they are decoded meanwhile."""
    with closing(prefetch(read_frames(video_path))) as frames:
        for frame in frames:
            painter.paint(frame.image, frame.time_s * time_scale)
            yield frame


def overlay_frames(
    analysis: AnalysisResult,
    video_path: str | Path,
    times_s: Sequence[float],
    *,
    show_faces: bool = False,
    name_events: bool = True,
) -> list[Image]:
    """Return the frames of the overlay at some times, without writing a video.

    Parameters
    ----------
    analysis
        The analysis.
    video_path
        The video it was made from.
    times_s
        Times in seconds; for each, the frame that is nearest is taken.
    show_faces
        Leave faces as they are.
    name_events
        Name heel strikes and toe-offs at the feet.

    Returns
    -------
    list of ndarray of uint8, shape (height, width, 3)
        RGB, in the order of ``times_s``.

    Raises
    ------
    InputError
        If the video cannot be read.

    Examples
    --------
    >>> overlay_frames(analysis, "walk.mp4", [1.2, 1.8])  # doctest: +SKIP
    """
    painter = _FrameRenderer.of(analysis, show_faces=show_faces)
    if not name_events:
        painter = replace(painter, events=())
    images = []
    for shown_s, image in nearest_frames(video_path, times_s, analysis.video.time_scale):
        painter.paint(image, shown_s)
        images.append(image)
    return images


@dataclass(frozen=True, kw_only=True, eq=False)
class _FrameRenderer:
    """Everything that is drawn, laid out by time; it holds no image."""

    times: FloatArray
    found: FloatArray
    position: FloatArray
    person_px: FloatArray
    heads: FloatArray
    others: FloatArray
    show_faces: bool
    quality: Quality
    view: View
    frame_s: float
    passes: tuple[BoutRecord, ...]
    refused: bool
    hips: HipAngles | None
    pelvis: PelvisLine | None
    trunk: TrunkLine | None
    events: tuple[tuple[float, Side, str], ...]
    strip: PhaseBar

    @classmethod
    def of(cls, analysis: AnalysisResult, *, show_faces: bool) -> _FrameRenderer:
        """Prepare what an analysis draws."""
        landmarks = analysis.landmarks
        times = np.asarray(landmarks["time"].values, dtype=float)
        seen = np.asarray(landmarks["visibility"].values, dtype=float) >= _SEEN
        found = np.asarray(landmarks["position"].values, dtype=float)
        position = np.where(seen[..., None], found, np.nan)
        events = analysis.events.sort_values("time_s", kind="stable")
        return cls(
            times=times,
            found=found,
            position=position,
            person_px=_person_px(times, position),
            heads=head_ellipses(landmarks),
            others=other_head_ellipses(landmarks, analysis.quality.recording.people),
            show_faces=show_faces,
            quality=analysis.quality,
            view=analysis.view.view,
            frame_s=1 / analysis.video.rate_hz,
            passes=tuple(one for one in analysis.quality.bouts if one.used or analysis.refusal is not None),
            refused=analysis.refusal is not None,
            hips=HipAngles.of(analysis),
            pelvis=PelvisLine.of(analysis),
            trunk=TrunkLine.of(analysis),
            events=tuple(zip(events["time_s"].astype(float), events["side"], events["event"], strict=True)),
            strip=PhaseBar.of(analysis, position, _uncertainty_note(analysis)),
        )

    def paint(self, image: Image, time_s: float) -> None:
        """Draw one frame in place."""
        if not self.show_faces:
            self.hide_faces(image, time_s)
        position = interpolate_at(self.times, self.position, time_s)
        note = left_out_note(self.quality, time_s) or ("" if np.isfinite(position).any() else "person not tracked")
        sizes = Sizes.of(image, float(np.interp(time_s, self.times, self.person_px)))
        self._paint_person(image, position, time_s, sizes)
        found = interpolate_at(self.times, self.found, time_s)
        if not note:  # angles and events also where a hidden leg is not drawn: they were measured from these places
            self._paint_angles(image, position, found, time_s, sizes)
        if not note or self.refused:
            for side in SIDES:
                self._paint_events(image, found, side, time_s, sizes)
        if np.isfinite(position).any():
            self._paint_number(image, interpolate_at(self.times, self.heads, time_s), sizes)
        self.strip.paint(image, time_s, measured=not note or self.refused)
        if note:
            self._paint_note(image, note, sizes)

    def hide_faces(self, image: Image, time_s: float) -> None:
        """Blur all heads of a frame in place, or the whole frame if their positions are unknown."""
        head = interpolate_at(self.times, self.heads, time_s)
        if not np.isfinite(head).all():
            blur_picture(image)
            return
        for other in interpolate_at(self.times, self.others, time_s):
            if np.isfinite(other).all():
                blur_ellipse(image, other)
        blur_ellipse(image, head)

    def _view_at(self, time_s: float) -> View:
        """Return how the person is seen in the pass nearest to a time."""
        nearest = min(self.passes, key=lambda one: max(one.start_s - time_s, time_s - one.end_s), default=None)
        return self.view if nearest is None else cast(View, nearest.view or self.view)

    def _paint_person(self, image: Image, position: FloatArray, time_s: float, sizes: Sizes) -> None:
        """Draw the skeleton and the letters; the side away from the camera first, thinner."""
        view = self._view_at(time_s)
        far = opposite(view) if view in SIDES else None
        order = SIDES if far is None else (far, opposite(far))
        for joint in ("shoulder", "hip"):
            self._line(image, position, (f"left_{joint}", f"right_{joint}"), GREY, FAR_LIMB_OF_NEAR * sizes.limb_px())
        for side in order:
            width = sizes.limb_px(is_far=side == far)
            for start, end in _LIMBS:
                self._line(image, position, (f"{side}_{start}", f"{side}_{end}"), SIDE_RGB[side], width)
        for side in order:
            for joint in ("knee", "ankle"):
                x, y = position[_INDEX[f"{side}_{joint}"]]
                if np.isfinite(x):
                    radius = sizes.letter_px(is_far=side == far)
                    drawing.disc(image, x, y, radius, SIDE_RGB[side], side[0].upper())

    def _line(
        self, image: Image, position: FloatArray, ends: tuple[str, str], colour: drawing.Colour, width_px: float
    ) -> None:
        start, end = (position[_INDEX[name]] for name in ends)
        if np.isfinite([start, end]).all():
            drawing.line(image, start, end, colour, width_px)

    def _paint_angles(self, image: Image, position: FloatArray, found: FloatArray, time_s: float, sizes: Sizes) -> None:
        if self.hips is not None:
            self.hips.paint(image, found, time_s, self._view_at(time_s), sizes)
        if self.trunk is not None:
            self.trunk.paint(image, position, time_s, sizes)
        if self.pelvis is not None:
            self.pelvis.paint(image, position, time_s, sizes)

    def _paint_number(self, image: Image, head: FloatArray, sizes: Sizes) -> None:
        """Draw the number of the person who is measured above the head, when there are several."""
        people = self.quality.recording.people
        if people is None or people.count < 2 or not np.isfinite(head).all():
            return
        words = f"person {people.chosen}"
        above = max(float(head[1] - head[3]) - sizes.label_px, sizes.label_px)
        drawing.label(image, words, float(head[0]), above, sizes.label_px, BLACK, anchor="middle")

    def _paint_events(self, image: Image, position: FloatArray, side: Side, time_s: float, sizes: Sizes) -> None:
        """Flash at the foot for a moment, from the frame that is nearest to the event on."""
        first = bisect_left(self.events, time_s - FLASH_S, key=itemgetter(0))
        last = bisect_right(self.events, time_s + self.frame_s / 2, key=itemgetter(0))
        for event_s, event_side, kind in self.events[first:last]:
            passed_s = time_s - event_s
            if event_side != side or passed_s >= FLASH_S:
                continue
            x, y = position[_INDEX[f"{side}_{_EVENTS[kind][1]}"]]
            if np.isfinite(x):
                radius = FLASH_RADIUS * sizes.person_px * (1 + FLASH_GROWS * max(passed_s, 0.0) / FLASH_S)
                drawing.ring(image, x, y, radius, SIDE_RGB[side], FLASH_OF_LIMB * sizes.limb_px())
                drawing.disc(image, x, y, 0.3 * radius, WHITE)
                self._paint_event_name(image, position, side, kind, sizes)

    def _paint_event_name(self, image: Image, position: FloatArray, side: Side, kind: str, sizes: Sizes) -> None:
        """Write which event it is below the foot, or next to it where there is no room; away from the other foot."""
        name, joint = _EVENTS[kind]
        x, y = position[_INDEX[f"{side}_{joint}"]]
        other = position[_INDEX[f"{opposite(side)}_{joint}"], 0]
        outward = 1 if x > (other if np.isfinite(other) else image.shape[1] / 2) else -1
        top, _ = self.strip.span(image)
        floor = (top if top > 0 else image.shape[0]) - sizes.label_px
        below = y + 1.6 * FLASH_RADIUS * sizes.person_px + 1.2 * sizes.label_px
        beside = NAME_BESIDE * sizes.person_px if below > floor else -sizes.label_px
        drawing.label(
            image,
            f"{side[0].upper()} {name}",
            float(x) + outward * beside,
            min(float(y), floor) if below > floor else below,
            sizes.label_px,
            SIDE_RGB[side],
            anchor="left" if outward > 0 else "right",
        )

    def _paint_note(self, image: Image, note: str, sizes: Sizes) -> None:
        """Write a word next to the band; where the reason is too long for the image, that nothing is measured."""
        if drawing.text_width_px(note, sizes.label_px) > image.shape[1] - 2 * sizes.label_px:
            note = _NOT_MEASURED
        top, bottom = self.strip.span(image)
        y = top - 1.6 * sizes.label_px if top > 0 else bottom + 1.6 * sizes.label_px
        drawing.label(image, note, image.shape[1] / 2, y, sizes.label_px, BLACK, anchor="middle")


def _person_px(times: FloatArray, position: FloatArray) -> FloatArray:
    """Return the height of the person in the image at each time; NaN where the person is never seen."""
    shoulder, hip = (position[:, [_INDEX[f"{side}_{j}"] for side in SIDES]].mean(axis=1) for j in ("shoulder", "hip"))
    trunk = pd.Series(np.linalg.norm(shoulder - hip, axis=-1))
    window = max(1, round(SIZE_WINDOW_S / max(float(np.median(np.diff(times))), 1e-3))) if len(times) > 1 else 1
    steady = trunk.rolling(window, center=True, min_periods=1).median().interpolate(limit_direction="both")
    return np.asarray(HEIGHT_IN_TRUNKS * steady, dtype=float)


def _uncertainty_note(analysis: AnalysisResult) -> str:
    """Say what the numbers on the person are and how sure; empty where there are none."""
    given = given_measures(analysis)
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
