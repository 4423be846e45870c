"""Images of a walk that was not measured: whole frames, as what is around the person may be the cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.snapshots import Snapshot, nearest_frames

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["refused_frames"]

_MOST: Final = 3
_WIDTH_PX: Final = 640
_PARTS: Final = (0.2, 0.5, 0.8)
"""Where in the time in which the person is seen, where no walking bout was found."""


def refused_frames(
    analysis: AnalysisResult, video_path: str | Path, *, show_faces: bool = False
) -> tuple[Snapshot, ...]:
    """Return images of a walk that was not measured, with the skeleton, three at most; none of one that was.

    Parameters
    ----------
    analysis
        The analysis of this video.
    video_path
        The video it was made from.
    show_faces
        Leave faces as they are.

    Returns
    -------
    tuple of Snapshot
        The middle of each walking bout; without a bout three moments at which the person is seen.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    if analysis.refusal is None:
        return ()
    renderer = FrameRenderer.of(analysis, show_faces=show_faces)
    moments = _moments(analysis, renderer)
    frames = nearest_frames(video_path, [time_s for time_s, _ in moments], analysis.video.time_scale)
    found = []
    for (_, words), (shown_s, image) in zip(moments, frames, strict=True):
        renderer.paint(image, shown_s)
        scale = min(1.0, _WIDTH_PX / image.shape[1])
        small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        found.append(
            Snapshot(time_s=shown_s, image=small, alt=f"{words}, {shown_s:.2f} s", title=words, moment="found")
        )
    return tuple(found)


def _moments(analysis: AnalysisResult, renderer: FrameRenderer) -> list[tuple[float, str]]:
    """Return the times that are shown, and what each is of."""
    bouts = analysis.quality.bouts[:_MOST]
    if bouts:
        return [((bout.start_s + bout.end_s) / 2, f"Walking bout {bout.number}") for bout in bouts]
    person = renderer.person
    seen = person.times[np.isfinite(person.seen).any(axis=(1, 2))]
    return [(float(seen[int(part * (len(seen) - 1))]), "The person") for part in _PARTS] if len(seen) else []
