"""The level of the pelvis that a reader marked: two bony points in a frame of the video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from gaitlab.errors import InputError
from gaitlab.gait.corrections.correction import Correction
from gaitlab.schema import opposite
from gaitlab.video import VideoInfo

__all__ = ["active_marks", "check_marks", "read_mark", "swap_side"]

_SAME_FRAME_S: Final = 1e-3
"""A mark is of one frame: less than the time between two frames, more than rounding makes of a time."""

_FIELDS: Final = {"time_s", "left_px", "right_px", "at", "by"}


def read_mark(path: Path, number: int, row: object) -> Correction:
    """Read an entry of the list ``level`` of a file of corrections.

    Parameters
    ----------
    path
        The file, for the sentence of an error.
    number
        Of the entry, from 1.
    row
        ``time_s``, ``left_px`` and ``right_px``; ``at`` and ``by`` as in ``Correction`` may be there.

    Raises
    ------
    InputError
        If it cannot be read.

    Examples
    --------
    >>> row = {"time_s": 1.2, "left_px": [600, 360], "right_px": [680, 365]}
    >>> read_mark(Path("walk.json"), 1, row).right_px
    (680.0, 365.0)
    """
    which = f"{str(path)!r}, entry {number} of 'level'"
    if not isinstance(row, dict) or not {"time_s", "left_px", "right_px"} <= set(row) <= _FIELDS:
        raise InputError(f"{which}: a correction of the level needs time_s, left_px and right_px, not {row!r}.")
    fields = {name: value for name, value in row.items() if name != "time_s"}
    try:
        return Correction(kind="marked", side="both", event="pelvis", new_s=row["time_s"], **fields)
    except InputError as error:
        raise InputError(f"{which}: {error}") from error


def active_marks(changes: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return the marks that hold after all changes, in order of time: the last of a frame, none that was taken back.

    Raises
    ------
    InputError
        If there is no mark where one is taken back.

    Examples
    --------
    >>> points = {"left_px": (600.0, 360.0), "right_px": (680.0, 365.0)}
    >>> mark = Correction(kind="marked", side="both", event="pelvis", new_s=1.2, **points)
    >>> back = Correction(kind="unmarked", side="both", event="pelvis", old_s=1.2)
    >>> len(active_marks([mark])), len(active_marks([mark, back]))
    (1, 0)
    """
    marks: list[Correction] = []
    for change in changes:
        if change.event != "pelvis":
            continue
        others = [mark for mark in marks if abs(mark.time_s - change.time_s) > _SAME_FRAME_S]
        if change.kind == "unmarked" and len(others) == len(marks):
            raise InputError(
                f"The corrections do not match: no pelvic level was marked at {change.time_s:.3f} s to be removed."
            )
        marks = [*others, change] if change.kind == "marked" else others
    return tuple(sorted(marks, key=lambda mark: mark.time_s))


def check_marks(marks: Sequence[Correction], video: VideoInfo) -> None:
    """Check that marks lie in the images of a video.

    Raises
    ------
    InputError
        If a time is not in the video, or a point not in its image.
    """
    for mark in marks:
        which = f"The pelvic level marked at {mark.time_s:.3f} s, a correction,"
        if not 0 <= mark.time_s <= video.duration_s:
            raise InputError(f"{which} is not in the video {video.stem!r}, which lasts {video.duration_s:.2f} s.")
        for side, point in (("left", mark.left_px), ("right", mark.right_px)):
            x, y = point or (0.0, 0.0)
            if not (0 <= x <= video.width_px and 0 <= y <= video.height_px):
                raise InputError(
                    f"{which} has its {side} point at ({x:g}, {y:g}), outside the image of {video.width_px} x "
                    f"{video.height_px} pixels."
                )


def swap_side(change: Correction) -> Correction:
    """Return a change as it is called once left and right are swapped: its side, or its points."""
    if change.side == "both":
        return replace(change, left_px=change.right_px, right_px=change.left_px)
    return replace(change, side=opposite(change.side))
