"""The film: the video with what was measured drawn on the person, and a strip with the phases below."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.report.overlay.drawing import Image
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.snapshots import nearest_frames
from gaitlab.video import Frame, VideoWriter, prefetch, read_frames

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Progress", "overlay_frames", "write_overlay"]

Progress = Callable[[int, int], None]
"""Told the number of frames done and their total."""

_CRF: Final = 26
_PRESET: Final = "ultrafast"
"""Of x264: about as near to the image as its ``veryfast`` at 20, in a quarter of the time, and a quarter larger."""


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
    renderer = FrameRenderer.of(analysis, show_faces=show_faces)
    rate_hz = info.rate_hz * info.time_scale
    height_px = info.height_px + renderer.strip.height_px
    with (
        closing(prefetch(_painted(renderer, video_path, info.time_scale))) as frames,
        VideoWriter(path, info.width_px, height_px, rate_hz, crf=_CRF, preset=_PRESET) as video,
    ):
        for done, frame in enumerate(frames, start=1):
            video.write(frame.image, frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def _painted(renderer: FrameRenderer, video_path: str | Path, time_scale: float) -> Generator[Frame, None, None]:
    """Yield the frames of a film; those of the video are decoded meanwhile."""
    with closing(prefetch(read_frames(video_path))) as frames:
        for frame in frames:
            yield replace(frame, image=renderer.framed(frame.image, frame.time_s * time_scale))


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
