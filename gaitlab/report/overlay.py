"""The video with what was measured drawn on the person: skeleton, sides, hip angles, events and phases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.kinematics import facing_of
from gaitlab.plots.passes import Pass, left_out_note, passes_of, people_count
from gaitlab.plots.select import BOUNDARIES, given_measures
from gaitlab.plots.style import signed
from gaitlab.plots.timeline import stance_spans
from gaitlab.report import drawing
from gaitlab.report.drawing import BLACK, SIDE_RGB, WHITE, Image
from gaitlab.report.faces import blur_ellipse, blur_picture, head_ellipses, other_head_ellipses
from gaitlab.report.pelvis_line import PelvisLine
from gaitlab.report.stills import nearest_frames
from gaitlab.schema import LANDMARKS, PHASES, SIDES, Side, View, opposite
from gaitlab.video import VideoWriter, read_frames

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["Progress", "overlay_frames", "phase_at", "write_overlay"]

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Told the number of frames done and their total."""

FLASH_S: Final = 0.15
_WINDOW_S: Final = 3.0
_SEEN: Final = 0.5
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
_EVENTS: Final = {"heel_strike": ("HS", "heel"), "toe_off": ("TO", "foot_index")}
_GREY: Final = (120, 128, 138)


def write_overlay(
    analysis: Analysis,
    video_path: str | Path,
    path: str | Path,
    *,
    show_faces: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Draw an analysis on its video, frame by frame, and return the path of the new video.

    The left limbs are red, the right blue, those far from the camera thinner; L and R stand at knees and ankles. In
    a side view the hip angle (thigh to vertical) stands beside each hip; from the front or the back the measured pelvis
    is a white line with its angle, left side up +. Events flash at the foot. The bar at the
    bottom shows the phase of each side, its stances before and after now, and the time. Between the passes of a walk,
    and where the person is not followed, the picture says that nothing is measured. With several people in the picture
    the person who is measured carries their number. Heads are blurred; a frame in which the person was not found for a
    second is blurred as a whole.

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
    painter = _Painter.of(analysis, show_faces=show_faces)
    with VideoWriter(path, info.width_px, info.height_px, info.rate_hz * info.time_scale) as video:
        for done, frame in enumerate(read_frames(video_path), start=1):
            image = np.ascontiguousarray(frame.image)
            painter.paint(image, frame.time_s * info.time_scale)
            video.write(image, frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def overlay_frames(
    analysis: Analysis, video_path: str | Path, times_s: Sequence[float], *, show_faces: bool = False
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
    painter = _Painter.of(analysis, show_faces=show_faces)
    images = []
    for shown_s, image in nearest_frames(video_path, times_s, analysis.video.time_scale):
        painter.paint(image, shown_s)
        images.append(image)
    return images


def phase_at(cycles: pd.DataFrame, side: Side, time_s: float) -> str | None:
    """Return the label of the phase of a side at a time, by the boundaries of that stride; None if not determined."""
    rows = cycles[(cycles["side"] == side) & (cycles["start_s"] <= time_s) & (time_s < cycles["end_s"])]
    if rows.empty:
        return None
    stride = rows.iloc[0]
    percent = 100 * (time_s - float(stride["start_s"])) / (float(stride["end_s"]) - float(stride["start_s"]))
    inner = [float(stride.get(f"{name}_pct", np.nan)) for name in BOUNDARIES[1:-1]]
    at = [0.0, *inner, 100.0]
    for phase, start, end in zip(PHASES[1:], at[:-1], at[1:], strict=True):
        if start <= percent < end:
            return phase.label
    return None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Painter:
    """Everything that is drawn, laid out by time; it holds no picture."""

    times: FloatArray
    position: FloatArray
    heads: FloatArray
    others: FloatArray
    show_faces: bool
    quality: Mapping[str, Any]
    view: View
    passes: tuple[Pass, ...]
    hips: dict[Side, tuple[FloatArray, FloatArray]]
    pelvis: PelvisLine | None
    events: tuple[tuple[float, Side, str], ...]
    stances: dict[Side, list[tuple[float, float]]]
    cycles: pd.DataFrame

    @classmethod
    def of(cls, analysis: Analysis, *, show_faces: bool) -> _Painter:
        """Prepare what an analysis draws."""
        landmarks, view = analysis.landmarks, analysis.view
        position = np.asarray(landmarks["position"].values, dtype=float)
        seen = np.asarray(landmarks["visibility"].values, dtype=float) >= _SEEN
        sagittal = view.view in SIDES and "hip_flexion" in given_measures(analysis)
        events = analysis.events.sort_values("time_s", kind="stable")
        return cls(
            times=np.asarray(landmarks["time"].values, dtype=float),
            position=np.where(seen[..., None], position, np.nan),
            heads=head_ellipses(landmarks),
            others=other_head_ellipses(landmarks, analysis.quality.get("people") or {}),
            show_faces=show_faces,
            quality=analysis.quality,
            view=view.view,
            passes=tuple(one for one in passes_of(analysis.quality) if one.used),
            hips=_hip_angles(analysis.angles) if sagittal else {},
            pelvis=PelvisLine.of(analysis) if "pelvic_drop" in given_measures(analysis) else None,
            events=tuple(zip(events["time_s"].astype(float), events["side"], events["event"], strict=True)),
            stances={side: stance_spans(analysis.events, side) for side in SIDES},
            cycles=analysis.cycles,
        )

    def paint(self, image: Image, time_s: float) -> None:
        """Draw one frame in place."""
        position = _at(self.times, self.position, time_s)
        head = _at(self.times, self.heads, time_s)
        if not self.show_faces:
            self.hide_faces(image, time_s)
        note = left_out_note(self.quality, time_s) or ("" if np.isfinite(position).any() else "person not followed")
        unit = image.shape[0] / 100
        far = self._far_at(time_s)
        order = SIDES if far is None else (far, opposite(far))
        self._paint_trunk(image, position, unit)
        if self.pelvis is not None and not note:
            self.pelvis.paint(image, position, time_s, unit)
        for side in order:
            self._paint_limbs(image, position, side, unit, is_far=side == far)
        for side in order:
            self._paint_letters(image, position, side, unit, is_far=side == far)
            if not note:
                self._paint_hip_angle(image, position, side, time_s, unit)
                self._paint_events(image, position, side, time_s, unit)
        self._paint_number(image, head, unit)
        self._paint_bar(image, time_s, unit, measured=not note)
        if note:
            drawing.label(
                image, note, image.shape[1] / 2, image.shape[0] - 13 * unit, 2.6 * unit, BLACK, anchor="middle"
            )

    def _view_at(self, time_s: float) -> View:
        """Return how the person is seen in the pass nearest to a time."""
        nearest = min(self.passes, key=lambda one: max(one.start_s - time_s, time_s - one.end_s), default=None)
        return self.view if nearest is None else cast(View, nearest.view or self.view)

    def _far_at(self, time_s: float) -> Side | None:
        """Return the side that is away from the camera; ``None`` where neither is."""
        view = self._view_at(time_s)
        return opposite(view) if view in SIDES else None

    def hide_faces(self, image: Image, time_s: float) -> None:
        """Make all heads of a frame unrecognisable in place, or the whole frame if it is not known where they are."""
        for other in _at(self.times, self.others, time_s):
            if np.isfinite(other).all():
                blur_ellipse(image, other)
        head = _at(self.times, self.heads, time_s)
        if np.isfinite(head).all():
            blur_ellipse(image, head)
        else:
            blur_picture(image)

    def _paint_number(self, image: Image, head: FloatArray, unit: float) -> None:
        """Draw the number of the person who is measured above the head, when there are several."""
        if people_count(self.quality) < 2 or not np.isfinite(head).all():
            return
        words = f"person {self.quality['people']['chosen']}"
        above = max(float(head[1] - head[3]) - 2.5 * unit, 2.5 * unit)
        drawing.label(image, words, float(head[0]), above, max(2.2 * unit, 9.0), BLACK, anchor="middle")

    def _paint_trunk(self, image: Image, position: FloatArray, unit: float) -> None:
        for joint in ("shoulder", "hip"):
            ends = [position[_INDEX[f"{side}_{joint}"]] for side in SIDES]
            if np.isfinite(ends).all():
                drawing.line(image, ends[0], ends[1], _GREY, 0.45 * unit)

    def _paint_limbs(self, image: Image, position: FloatArray, side: Side, unit: float, *, is_far: bool) -> None:
        width = (0.35 if is_far else 0.7) * unit
        for start, end in _LIMBS:
            ends = [position[_INDEX[f"{side}_{joint}"]] for joint in (start, end)]
            if np.isfinite(ends).all():
                drawing.line(image, ends[0], ends[1], SIDE_RGB[side], width)

    def _paint_letters(self, image: Image, position: FloatArray, side: Side, unit: float, *, is_far: bool) -> None:
        radius = (1.2 if is_far else 1.6) * unit
        for joint in ("knee", "ankle"):
            x, y = position[_INDEX[f"{side}_{joint}"]]
            if np.isfinite(x):
                drawing.disc(image, x, y, max(radius, 6.0), SIDE_RGB[side], side[0].upper())

    def _paint_hip_angle(self, image: Image, position: FloatArray, side: Side, time_s: float, unit: float) -> None:
        hip = position[_INDEX[f"{side}_hip"]]
        if side not in self.hips or not np.isfinite(hip).all():
            return
        angle = float(np.interp(time_s, *self.hips[side]))
        if not np.isfinite(angle):
            return
        view = self._view_at(time_s)
        forward = facing_of(view) if side == view else -facing_of(view)
        drawing.label(
            image,
            f"{side[0].upper()} {signed(angle)}°",
            hip[0] + forward * 6 * unit,
            hip[1],
            max(2.2 * unit, 9.0),
            SIDE_RGB[side],
            anchor="left" if forward > 0 else "right",
        )

    def _paint_events(self, image: Image, position: FloatArray, side: Side, time_s: float, unit: float) -> None:
        for event_s, event_side, kind in self.events:
            if event_side != side or not event_s <= time_s < event_s + FLASH_S:
                continue
            short, joint = _EVENTS[kind]
            x, y = position[_INDEX[f"{side}_{joint}"]]
            if np.isfinite(x):
                drawing.disc(image, x, y, max(0.8 * unit, 3.0), WHITE)
                below = min(y + 4.0 * unit, image.shape[0] - 13 * unit)
                size = max(2.4 * unit, 9.0)
                drawing.label(image, f"{short} {side[0].upper()}", x, below, size, SIDE_RGB[side], anchor="middle")

    def _paint_bar(self, image: Image, time_s: float, unit: float, *, measured: bool) -> None:
        """Draw the phase of each side, its stances around now, and the time, at the bottom."""
        height, width = image.shape[:2]
        row = max(4.2 * unit, 13.0)
        top = height - 2 * row - 0.8 * unit
        size = max(2.3 * unit, 8.5)
        drawing.fill(image, 0, top, width, height - top, BLACK, opacity=0.78)
        words = max(drawing.text_width_px(phase.label, size) for phase in PHASES)
        left, right = 3 * unit + row + words, width - drawing.text_width_px("00.00 s", size) - 3 * unit
        for index, side in enumerate(SIDES):
            middle = top + 0.4 * unit + (index + 0.5) * row
            phase = (phase_at(self.cycles, side, time_s) if measured else None) or "\N{EN DASH}"
            drawing.disc(image, 1.5 * unit + 0.35 * row, middle, 0.33 * row, SIDE_RGB[side], side[0].upper())
            drawing.text(image, phase, 1.5 * unit + row, middle, size)
            self._paint_stances(image, side, time_s, (left, right), (middle, 0.28 * row))
        drawing.text(image, f"{time_s:.2f} s", right + 1.5 * unit, top + 0.4 * unit + row, size)
        now = (left + right) / 2
        drawing.fill(image, now - max(1.0, 0.12 * unit), top, max(2.0, 0.25 * unit), height - top, WHITE)

    def _paint_stances(
        self, image: Image, side: Side, time_s: float, span: tuple[float, float], row: tuple[float, float]
    ) -> None:
        (left, right), (middle, half) = span, row
        drawing.fill(image, left, middle - 0.12 * half, right - left, 0.24 * half, _GREY)
        per_s = (right - left) / _WINDOW_S
        for start, end in self.stances[side]:
            x0, x1 = (float(np.clip((left + right) / 2 + (t - time_s) * per_s, left, right)) for t in (start, end))
            if x1 > x0:
                drawing.fill(image, x0, middle - half, x1 - x0, 2 * half, SIDE_RGB[side])


def _hip_angles(angles: xr.Dataset) -> dict[Side, tuple[FloatArray, FloatArray]]:
    times = np.asarray(angles["time"].values, dtype=float)
    return {side: (times, np.asarray(angles["hip_flexion"].sel(side=side).values, dtype=float)) for side in SIDES}


def _at(times: FloatArray, values: FloatArray, time_s: float) -> FloatArray:
    """Return values at a time, between two samples by a straight line; NaN outside and beside unknown samples."""
    after = int(np.searchsorted(times, time_s))
    nearest = min((i for i in (after - 1, after) if 0 <= i < len(times)), key=lambda i: abs(times[i] - time_s))
    if abs(times[nearest] - time_s) < 1e-3 or not 0 < after < len(times):
        close = abs(times[nearest] - time_s) < 0.05
        return np.asarray(values[nearest] if close else np.full(values.shape[1:], np.nan))
    weight = (time_s - times[after - 1]) / (times[after] - times[after - 1])
    return np.asarray((1 - weight) * values[after - 1] + weight * values[after])
