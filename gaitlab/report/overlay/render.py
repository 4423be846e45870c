"""The film: the video with what was measured drawn on the person, and a strip with the phases below."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.options import FILM_LINES
from gaitlab.report.overlay.drawing import Image
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.snapshots import nearest_frames
from gaitlab.schema import frame_step_of
from gaitlab.video import Frame, VideoInfo, VideoWriter, open_video_reader, prefetch

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Progress", "overlay_frames", "write_overlay"]

Progress = Callable[[int, int], None]
"""Called with the number of frames done and their total."""

_CRF: Final = 26
_PRESET: Final = "ultrafast"
"""Of x264: about as near to the image as its ``veryfast`` at 20, in a quarter of the time, and a quarter larger."""

_SMOOTH_HZ: Final = 29.0
"""A film with fewer frames in a second as it plays is jerky: videos of 30 have 29.97."""


@dataclass(frozen=True, kw_only=True)
class _Painted:
    """A frame of the film with what is drawn on it, and as the page holds it; ``None``: no page asked for it."""

    image: Image
    plain: Image | None
    time_s: float


def write_overlay(
    analysis: AnalysisResult,
    video_path: str | Path,
    path: str | Path,
    *,
    plain: str | Path | None = None,
    lines: int = FILM_LINES.default,
    show_faces: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Draw an analysis on its video, frame by frame, and return the path of the new video.

    The left limbs are red, the right blue, those far from the camera thinner; L and R stand at knees and ankles. In
    a side view an arc at each hip, whole on the left and dashed on the right, is the measured angle of the thigh to
    the vertical, as flexion or extension; from the front or the back white lines are the measured pelvis and trunk,
    with the drop on the swing side, and the lean over the stance leg or away from it. Each number has a line to what
    it is about. Events flash at the foot. A strip below the picture, which makes the film taller than the video,
    shows where in its stride each leg is, from heel strike to heel strike, the phase, and the time; between the
    walking bouts, and where the person is not followed, it says that nothing is measured. Of a walk that was not
    measured the events are shown that were found. With several people in the image the person who is measured
    carries their number. Heads are blurred; a frame in which the person was not found for a second is blurred as a
    whole.

    Parameters
    ----------
    analysis
        The analysis.
    video_path
        The video it was made from.
    path
        File to write: H.264, each frame with its own time, without sound and metadata.
    plain
        Where the same film without anything drawn on it is written, heads blurred, for a page that draws itself;
        ``None``: nowhere. The video is read once for both.
    lines
        Pixels of the shorter edge of the picture at most: frames are made that small before anything else is done.
    show_faces
        Leave faces as they are.
    progress
        Called after each frame how many are done, and their total.

    Raises
    ------
    InputError
        If the video cannot be read.

    Examples
    --------
    >>> write_overlay(analysis, "walk.mp4", "overlay.mp4")  # doctest: +SKIP
    """
    path, info = Path(path), analysis.video
    size_px, step = _film_size(info, lines), _film_step(info, frame_step_of(analysis.landmarks))
    reader = open_video_reader(video_path)
    drawn = range(0, len(reader.table.ticks), step)
    renderer = FrameRenderer.of(analysis, show_faces=show_faces, size_px=size_px)
    frames = prefetch(reader.frames(chosen=drawn, size_px=size_px))
    painting = _painted(renderer, frames, info.time_scale, plain=plain is not None)
    with ExitStack() as open_files:
        painted = open_files.enter_context(closing(prefetch(painting)))
        rate_hz, height_px = info.rate_hz * info.time_scale / step, size_px[1] + renderer.strip.height_px
        video = open_files.enter_context(_writer(path, (size_px[0], height_px), rate_hz))
        film = plain and open_files.enter_context(_writer(plain, size_px, rate_hz))
        for done, frame in enumerate(painted, start=1):
            video.write(frame.image, frame.time_s)
            if film and frame.plain is not None:
                film.write(frame.plain, frame.time_s)
            if progress is not None:
                progress(done, len(drawn))
    return path


def _writer(path: str | Path, size_px: tuple[int, int], rate_hz: float) -> VideoWriter:
    return VideoWriter(Path(path), *size_px, rate_hz, crf=_CRF, preset=_PRESET)


def _film_size(info: VideoInfo, lines: int) -> tuple[int, int]:
    """Return width and height of the picture of a film: those of the video, or smaller and even."""
    shorter = min(info.width_px, info.height_px)
    if shorter <= lines:
        return info.width_px, info.height_px
    return round(info.width_px * lines / shorter / 2) * 2, round(info.height_px * lines / shorter / 2) * 2


def _film_step(info: VideoInfo, analysed_step: int) -> int:
    """Return of how many frames one is drawn: no more than were analysed, where those play smoothly."""
    steps = [step for step in range(1, analysed_step + 1) if analysed_step % step == 0]
    return max(step for step in steps if step == 1 or info.rate_hz * info.time_scale / step >= _SMOOTH_HZ)


def _painted(
    renderer: FrameRenderer, frames: Generator[tuple[int, Frame], None, None], time_scale: float, *, plain: bool
) -> Generator[_Painted, None, None]:
    """Yield the frames of a film; those of the video are decoded meanwhile."""
    with closing(frames):
        for _, frame in frames:
            shown_s = frame.time_s * time_scale
            renderer.cover(frame.image, shown_s)
            covered = frame.image.copy() if plain else None
            yield _Painted(image=renderer.drawn(frame.image, shown_s), plain=covered, time_s=frame.time_s)


def overlay_frames(
    analysis: AnalysisResult, video_path: str | Path, times_s: Sequence[float], *, show_faces: bool = False
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
        RGB, in the order of ``times_s``; taller than the video by the strip with the phases.

    Raises
    ------
    InputError
        If the video cannot be read.

    Examples
    --------
    >>> overlay_frames(analysis, "walk.mp4", [1.2, 1.8])  # doctest: +SKIP
    """
    renderer = FrameRenderer.of(analysis, show_faces=show_faces)
    frames = nearest_frames(video_path, times_s, analysis.video.time_scale)
    return [renderer.framed(image, shown_s) for shown_s, image in frames]
