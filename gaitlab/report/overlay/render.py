"""The film: the video with what was measured drawn on the person, and a strip with the phases below."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from gaitlab.analysis.options import FILM_LINES
from gaitlab.report.overlay.drawing import Image
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.snapshots import nearest_frames
from gaitlab.video import VideoInfo, VideoWriter, prefetch, read_frames

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Progress", "overlay_frames", "write_overlay"]

Progress = Callable[[int, int], None]
"""Called with the number of frames done and their total."""

_CRF: Final = 26
_PRESET: Final = "ultrafast"
"""Of x264: about as near to the image as its ``veryfast`` at 20, in a quarter of the time, and a quarter larger."""


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
    plain_lines: int = FILM_LINES.default,
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
    plain_lines
        Pixels of the shorter edge of that film at most.
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
    path = Path(path)
    renderer = FrameRenderer.of(analysis, show_faces=show_faces)
    size = None if plain is None else _plain_size(analysis.video, plain_lines)
    with ExitStack() as open_files:
        frames = open_files.enter_context(closing(prefetch(_painted(renderer, video_path, analysis.video, size))))
        height_px = analysis.video.height_px + renderer.strip.height_px
        size_px = (analysis.video.width_px, height_px)
        video = open_files.enter_context(_writer(path, analysis.video, size_px))
        film = plain and size and open_files.enter_context(_writer(plain, analysis.video, size))
        for done, frame in enumerate(frames, start=1):
            video.write(frame.image, frame.time_s)
            if film and frame.plain is not None:
                film.write(frame.plain, frame.time_s)
            if progress is not None:
                progress(done, analysis.video.frames)
    return path


def _writer(path: str | Path, info: VideoInfo, size_px: tuple[int, int]) -> VideoWriter:
    return VideoWriter(Path(path), *size_px, info.rate_hz * info.time_scale, crf=_CRF, preset=_PRESET)


def _plain_size(info: VideoInfo, lines: int) -> tuple[int, int]:
    """Return width and height of the film without drawing: even, and never larger than the video."""
    scale = min(1.0, lines / min(info.width_px, info.height_px))
    return round(info.width_px * scale / 2) * 2, round(info.height_px * scale / 2) * 2


def _painted(
    renderer: FrameRenderer, video_path: str | Path, info: VideoInfo, size: tuple[int, int] | None
) -> Generator[_Painted, None, None]:
    """Yield the frames of a film; those of the video are decoded meanwhile."""
    with closing(prefetch(read_frames(video_path))) as frames:
        for frame in frames:
            shown_s = frame.time_s * info.time_scale
            renderer.cover(frame.image, shown_s)
            plain = None if size is None else _scaled(frame.image, size)
            yield _Painted(image=renderer.drawn(frame.image, shown_s), plain=plain, time_s=frame.time_s)


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    """Return a smaller copy of an image: halved as often as that goes, then between pixels.

    To any other size OpenCV's averaging takes twenty times as long.
    """
    if size == image.shape[1::-1]:
        return image.copy()
    while image.shape[1] >= 2 * size[0]:
        image = _resized(image, (image.shape[1] // 2, image.shape[0] // 2), cv2.INTER_AREA)
    return _resized(image, size, cv2.INTER_LINEAR)


def _resized(image: Image, size: tuple[int, int], how: int) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=how), dtype=np.uint8)


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
