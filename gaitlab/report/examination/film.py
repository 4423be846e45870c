"""The video of a test with the person, the measured angle and the repetition drawn on it, and no face."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, SIDE_RGB, WHITE, Colour, Image, Sizes
from gaitlab.report.overlay.face_blur import FaceCover
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import Anchor, leader
from gaitlab.report.overlay.person import Person
from gaitlab.report.overlay.phase_bar import LEAST_ROW_PX, ROW_OF_PICTURE, TEXT_OF_ROW
from gaitlab.report.overlay.skeleton import paint_skeleton
from gaitlab.schema import LANDMARKS, SIDES, Side, View, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.numbers import amount
from gaitlab.video import Frame, VideoWriter, prefetch, read_frames

if TYPE_CHECKING:
    from gaitlab.analysis.task_video import TaskVideo

__all__ = ["TestFilm", "write_film"]


_CRF: Final = 26
_PRESET: Final = "ultrafast"
_LABEL_OFFSET: Final = 0.24
"""The number stands so far next to the joint, in heights of the person, as in the overlay of a walk."""

_ROWS: Final = 2.4
_REPETITION_RGB: Final[Colour] = (88, 97, 108)
_CURRENT_RGB: Final[Colour] = (31, 95, 191)
_LINE_RGB: Final[Colour] = (52, 59, 68)


@dataclass(frozen=True, kw_only=True, eq=False)
class TestFilm:
    """Everything that is drawn on the video of a test, laid out by time.

    Attributes
    ----------
    person, faces
        Skeleton of the person, and the heads to blur; ``None``: faces are shown.
    view, left_sign
        From where the camera sees the person; +1 where the person's left is at the right of the image, -1 at its left.
    what
        What the angles are, or why nothing is measured, in words.
    angles
        Times in seconds and angles in degrees, by side.
    repetitions_s, end_s
        Start and end of each repetition, and end of the video, seconds.
    row_px, strip_px
        Height of a row of the strip below the image, and of the strip.
    """

    __test__ = False  # a name that pytest would collect

    person: Person
    faces: FaceCover | None
    view: View
    left_sign: int
    what: str
    angles: Mapping[Side, tuple[FloatArray, FloatArray]]
    repetitions_s: tuple[tuple[float, float], ...]
    end_s: float
    row_px: float
    strip_px: int

    @classmethod
    def of(cls, test: TaskVideo, *, show_faces: bool) -> TestFilm:
        """Prepare what is drawn; of a refused test the person, and why nothing was measured."""
        result, video, view = test.result, test.video, test.view
        curves = [] if result is None else [c for c in result.curves if c.unit == "deg" and c.side is not None]
        label = curves[0].label if curves else ""
        refused = "" if test.refusal is None else f"Not measured: {test.refusal.reason}"
        row = max(ROW_OF_PICTURE * min(video.height_px, drawing.WIDE_PICTURE * video.width_px), LEAST_ROW_PX)
        strip = round(_ROWS * row)
        times = test.landmarks["time"].to_numpy().astype(float)
        return cls(
            person=Person.of_landmarks(test.landmarks),
            faces=None if show_faces else FaceCover.of(test.landmarks, None),
            view="oblique" if view is None else view.view,
            left_sign=0 if view is None else view.left_sign,
            what=refused or label,
            angles={c.side: (c.time_s, c.values) for c in curves if c.label == label and c.side is not None},
            repetitions_s=() if result is None else tuple((start, end) for start, _, end in result.repetitions_s),
            end_s=float(times[-1]),
            row_px=row,
            strip_px=strip + (video.height_px + strip) % 2,
        )

    def framed(self, image: Image, time_s: float) -> Image:
        """Draw on a frame in place, and return it with the strip below."""
        if self.faces is not None:
            self.faces.hide(image, time_s)
        seen = interpolate_at(self.person.times, self.person.seen, time_s)
        sizes = Sizes.of(image, float(np.interp(time_s, self.person.times, self.person.height_px)))
        paint_skeleton(image, seen, self.view, sizes)
        for number, side in enumerate(SIDES):
            self._paint_angle(image, seen, side, time_s, number, sizes)
        whole, strip = drawing.with_strip_below(image, self.strip_px)
        self._paint_strip(strip, time_s)
        return whole

    def _paint_angle(
        self, image: Image, seen: FloatArray, side: Side, time_s: float, number: int, sizes: Sizes
    ) -> None:
        """Write the measured angle of a side next to its hip, with a line to it; nothing where it is not known."""
        joint = seen[LANDMARKS.index(f"{side}_hip")]
        if side not in self.angles or not np.isfinite(joint).all():
            return
        value = float(interpolate_at(self.angles[side][0], self.angles[side][1], time_s))
        if not np.isfinite(value):
            return
        outward = self.left_sign * side_sign(side) or (-1 if joint[0] > image.shape[1] / 2 else 1)
        down = 0.0 if self.left_sign else 2.3 * number * sizes.label_px
        at = joint + np.array([outward * _LABEL_OFFSET * sizes.person_px, down])
        words = f"{side[0].upper()} {amount(value, 'deg')}"
        anchor: Anchor = "left" if outward > 0 else "right"
        leader(image, words, at, joint, sizes.label_px, SIDE_RGB[side], anchor=anchor)

    def _paint_strip(self, strip: Image, time_s: float) -> None:
        """Draw the repetitions along the time of the video, and where it is now; below what the numbers are."""
        row, width = self.row_px, strip.shape[1]
        text_px, left = TEXT_OF_ROW * row, 0.4 * row
        right = width - drawing.text_width_px("00.00 s", text_px) - 1.2 * row
        strip[:] = BLACK
        drawing.fill(strip, left, 0.66 * row, right - left, 0.08 * row, _LINE_RGB)

        def x(at_s: float) -> float:
            return float(left + (right - left) * np.clip(at_s / self.end_s, 0.0, 1.0))

        current = next((n for n, (a, b) in enumerate(self.repetitions_s, start=1) if a <= time_s <= b), 0)
        for number, (start_s, end_s) in enumerate(self.repetitions_s, start=1):
            colour = _CURRENT_RGB if number == current else _REPETITION_RGB
            drawing.fill(strip, x(start_s), 0.25 * row, max(x(end_s) - x(start_s), 2.0), 0.9 * row, colour)
            middle = (x(start_s) + x(end_s) - drawing.text_width_px(str(number), text_px)) / 2
            drawing.text(strip, str(number), middle, 0.7 * row, text_px)
        drawing.fill(strip, x(time_s) - 0.06 * row, 0.2 * row, max(0.12 * row, 2.0), row, WHITE)
        drawing.text(strip, f"{time_s:.2f} s", right + 0.6 * row, 0.7 * row, text_px)
        words = f"Repetition {current} of {len(self.repetitions_s)}. {self.what}" if current else self.what
        size = min(text_px, (width - 0.8 * row) / max(drawing.text_width_px(words or " ", 1.0), 1.0))
        drawing.text(strip, words, left, 1.8 * row, size)


def write_film(
    test: TaskVideo,
    video_path: Path,
    path: Path,
    *,
    show_faces: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw a test on its video, frame by frame, and return the path of the new video.

    Parameters
    ----------
    test
        Measured or refused.
    video_path
        The video it was made from.
    path
        File to write: H.264, without sound and metadata, taller than the video by the strip with the repetitions.
    show_faces
        Do not blur faces.
    progress
        Called with the frames done and to do.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    film, info = TestFilm.of(test, show_faces=show_faces), test.video
    rate_hz = info.rate_hz * info.time_scale
    with (
        closing(prefetch(_painted(film, video_path, info.time_scale))) as frames,
        VideoWriter(path, info.width_px, info.height_px + film.strip_px, rate_hz, crf=_CRF, preset=_PRESET) as video,
    ):
        for done, frame in enumerate(frames, start=1):
            video.write(frame.image, frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def _painted(film: TestFilm, video_path: Path, time_scale: float) -> Generator[Frame, None, None]:
    with closing(prefetch(read_frames(video_path))) as frames:
        for frame in frames:
            yield replace(frame, image=film.framed(frame.image, frame.time_s * time_scale))
