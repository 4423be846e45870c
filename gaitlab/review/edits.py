"""Corrections as immutable values: each edit returns a new one, so that any can be undone."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import pandas as pd

from gaitlab.api import Analysis, analyze
from gaitlab.errors import UsageError
from gaitlab.gait.corrections import (
    Correction,
    CorrectionKind,
    Corrections,
    add_person_choice,
    apply_corrections,
    current_start_s,
    person_choice,
    swap_sides,
    write_corrections,
)
from gaitlab.pose.imported import IMPORTED_FROM
from gaitlab.review.timing import Stride, frame_time_s, nearest_frame
from gaitlab.schema import SIDES, EventKind, Side
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["Edits"]

_SAME_S: Final = 0.05
"""The stride that starts at a time is the one whose heel strike is not further away than this."""

_BOUT_EDGE_S: Final = 0.05
"""A frame so near to a bout is of it: the frames of slow videos lie so far apart."""

_LONGEST_STRIDE: Final = 1.5
"""Heel strikes further apart than so many usual strides do not bound one: between them the person turned or left."""

_NOT_FOR_ANALYZE: Final = ("events_file", "time_scale", "videos")
"""Parameters of an analysis that are not options of ``gaitlab.analyze``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Edits:
    """An analysis, and the corrections that a reader makes to it; each change gives new ``Edits``.

    Attributes
    ----------
    before
        The analysis of one video; corrections that it was made with stay.
    changes
        The changes made since, one after the other.
    by
        Who makes the changes; empty: not stated.
    previous
        As it was before the last change; ``None``: nothing was changed.

    See Also
    --------
    review : the same in a notebook, with the video
    gaitlab.gait.corrections : the corrections as data

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> edits = Edits(before=example_analysis(), by="A. B.")
    >>> round(edits.nearest("left", "heel_strike", 1.2), 2)
    1.25
    >>> start_s = edits.strides("right")[0].start_s
    >>> edits = edits.move("left", "heel_strike", 1.2, frames=2).exclude_stride("right", start_s)
    >>> edits = edits.remove("left", "toe_off", 1.9).add("left", "toe_off", 1.95).swap_sides(2.0)
    >>> [change.kind for change in edits.changes]
    ['swapped_sides', 'moved', 'excluded', 'removed', 'added']
    >>> edits.undo().include_stride("right", start_s).strides("right")[0].used
    True
    >>> after = edits.recompute("walk.mp4")  # doctest: +SKIP
    >>> edits.save("corrections.json")  # doctest: +SKIP
    """

    before: Analysis
    changes: tuple[Correction, ...] = ()
    by: str = ""
    previous: Edits | None = None

    def __post_init__(self) -> None:
        if len(self.before.clips) > 1:
            raise UsageError(
                f"This analysis is of {len(self.before.clips)} videos; review one of them, as analysis.clips[0]."
            )

    @property
    def events(self) -> pd.DataFrame:
        """The events as they are with the changes made: of the person who was measured, whoever is chosen."""
        turned = Corrections(changes=self.changes).swapped_at(self.before.events["time_s"].to_numpy(dtype=float))
        return apply_corrections(swap_sides(self.before.events, turned), self.changes)

    @property
    def all_changes(self) -> tuple[Correction, ...]:
        """The earlier corrections, then the changes: what a file of corrections holds."""
        return (*add_person_choice(self.before.corrections, self.before.quality.recording.people), *self.changes)

    @property
    def bouts_s(self) -> tuple[tuple[float, float], ...]:
        """Start and end of each walking bout, in seconds."""
        return tuple((bout.start_s, bout.end_s) for bout in self.before.quality.bouts)

    def nearest(self, side: Side, event: EventKind, time_s: float) -> float:
        """Find the time of the event of a side and kind that is nearest to a time.

        Parameters
        ----------
        side
            Anatomical side.
        event
            ``heel_strike`` or ``toe_off``.
        time_s
            Real seconds.

        Returns
        -------
        time_s : float
            Time of the event, real seconds.

        Raises
        ------
        UsageError
            If there is none at all.
        """
        events = self.events
        times_s = events.loc[(events["side"] == side) & (events["event"] == event), "time_s"].to_numpy(dtype=float)
        if not len(times_s):
            raise UsageError(f"There is no {side} {EVENT_WORDS.get(event, event)} to change; add one.")
        return float(times_s[np.abs(times_s - time_s).argmin()])

    def strides(self, side: Side) -> tuple[Stride, ...]:
        """List the strides of a side between the events with the changes made.

        Parameters
        ----------
        side
            Anatomical side.

        Returns
        -------
        strides : tuple of Stride
            In the order of time.
        """
        events = self.events
        chosen = (events["side"] == side) & (events["event"] == "heel_strike")
        strikes_s = np.sort(events.loc[chosen, "time_s"].to_numpy(dtype=float))
        longest_s = _LONGEST_STRIDE * float(np.median(np.diff(strikes_s))) if len(strikes_s) > 1 else 0.0
        return tuple(
            Stride(side=side, start_s=float(start), end_s=float(end), used=not self._is_excluded(side, float(start)))
            for start, end in pairwise(strikes_s)
            if end - start <= longest_s
        )

    def _is_excluded(self, side: Side, start_s: float) -> bool:
        changes, kinds = Corrections(changes=self.all_changes).resolve_sides().changes, []
        for index, change in enumerate(changes):
            if change.event == "stride" and change.side == side:
                now_s = current_start_s(change, changes[index + 1 :])
                kinds += [change.kind] if now_s is not None and abs(now_s - start_s) <= _SAME_S else []
        return bool(kinds) and kinds[-1] == "excluded"

    def move(self, side: Side, event: EventKind, time_s: float, *, to_s: float | None = None, frames: int = 0) -> Edits:
        """Move the event nearest to a time: to another time, or by a number of frames.

        A stride that was left out stays so when the heel strike that it starts with is moved.

        A stride that was excluded stays so when the heel strike that it starts with is moved.

        Parameters
        ----------
        side, event, time_s
            Which event: as for ``nearest``.
        to_s
            Its new time, real seconds; ``None``: it is moved by ``frames``.
        frames
            Number of frames by which it is moved, later +.

        Raises
        ------
        UsageError
            If there is no such event.
        """
        old_s = self.nearest(side, event, time_s)
        if to_s is None:
            to_s = frame_time_s(self.before, nearest_frame(self.before, old_s) + frames)
        changes = self.changes
        if event == "heel_strike":
            changes = tuple(replace(c, old_s=to_s) if _is_of_stride(c, side, old_s) else c for c in changes)
        return self._with(changes, kind="moved", side=side, event=event, old_s=old_s, new_s=to_s)

    def add(self, side: Side, event: EventKind, time_s: float) -> Edits:
        """Add an event.

        Parameters
        ----------
        side, event
            Anatomical side, and ``heel_strike`` or ``toe_off``.
        time_s
            When it is, real seconds.
        """
        return self._with(self.changes, kind="added", side=side, event=event, new_s=time_s)

    def remove(self, side: Side, event: EventKind, time_s: float) -> Edits:
        """Remove the event nearest to a time; the exclusion of a stride that starts there ends.

        Parameters
        ----------
        side, event, time_s
            Which event: as for ``nearest``.

        Raises
        ------
        UsageError
            If there is no such event.
        """
        old_s = self.nearest(side, event, time_s)
        changes = self.changes
        if event == "heel_strike":
            changes = tuple(c for c in changes if not _is_of_stride(c, side, old_s))
        return self._with(changes, kind="removed", side=side, event=event, old_s=old_s)

    def exclude_stride(self, side: Side, start_s: float) -> Edits:
        """Exclude the stride that starts at a time.

        Parameters
        ----------
        side
            Anatomical side.
        start_s
            Time of its first heel strike, real seconds.
        """
        return self._with(self.changes, kind="excluded", side=side, event="stride", old_s=start_s)

    def include_stride(self, side: Side, start_s: float) -> Edits:
        """Use a stride again that was excluded by hand.

        Parameters
        ----------
        side, start_s
            Which stride: as for ``exclude_stride``.
        """
        return self._with(self.changes, kind="included", side=side, event="stride", old_s=start_s)

    def swap_sides(self, time_s: float) -> Edits:
        """Swap left and right in the walking bout at a time, or undo that.

        Parameters
        ----------
        time_s
            Within the bout, real seconds.

        Raises
        ------
        UsageError
            If there is no bout at that time.
        """
        bout = next(((a, b) for a, b in self.bouts_s if a - _BOUT_EDGE_S <= time_s <= b + _BOUT_EDGE_S), None)
        if bout is None:
            there = ", ".join(f"{a:.1f} to {b:.1f} s" for a, b in self.bouts_s) or "none"
            raise UsageError(f"There is no walking bout at {time_s:.1f} s; bouts are {there}.")
        old_s, new_s = (round(edge, 4) for edge in bout)
        swap = Correction(
            kind="swapped_sides", side="both", event="bout", old_s=old_s, new_s=new_s, at=_now(), by=self.by
        )
        resolved = Corrections(changes=(*self.changes, swap)).resolve_sides().changes
        repeated = [c for c in resolved if (c.kind, c.old_s, c.new_s) == (swap.kind, old_s, new_s)]
        kept = resolved if len(repeated) == 1 else tuple(c for c in resolved if c not in repeated)
        return replace(self, changes=_person_last(kept), previous=self)

    def choose_person(self, number: int) -> Edits:
        """Choose another person to be measured; no other change counts, because they are of the person measured now.

        Parameters
        ----------
        number
            Number of the person, from 1, as in ``quality.recording.people``.

        Raises
        ------
        UsageError
            If there is no such person.
        """
        people = self.before.quality.recording.people
        choice = person_choice(people, number, at=_now(), by=self.by)
        others = tuple(c for c in self.changes if c.kind != "chosen")
        chosen = () if people is not None and number == people.chosen else (choice,)
        return replace(self, changes=(*others, *chosen), previous=self)

    def undo(self) -> Edits:
        """Undo the last change."""
        return self.previous or self

    def _with(
        self, changes: tuple[Correction, ...], *, kind: CorrectionKind, side: Side, event: Any, **times: float
    ) -> Edits:
        if side not in SIDES:
            raise UsageError(f"{side!r} is not a side; use left or right.")
        if event not in (*get_args(EventKind), "stride"):
            raise UsageError(f"{event!r} is not an event; use {' or '.join(get_args(EventKind))}.")
        rounded: dict[str, Any] = {name: round(value, 4) for name, value in times.items()}
        change = Correction(kind=kind, side=side, event=event, at=_now(), by=self.by, **rounded)
        return replace(self, changes=_person_last((*changes, change)), previous=self)

    def save(self, path: str | Path) -> Path:
        """Write the earlier corrections and the changes as a file that ``events_file`` of ``gaitlab.analyze`` takes.

        Parameters
        ----------
        path
            The file; one that exists is replaced.

        Returns
        -------
        path : pathlib.Path
        """
        video = self.before.video
        return write_corrections(path, [(video.stem, video.sha256, self.all_changes)])

    def recompute(self, video: str | Path) -> Analysis:
        """Analyse the video again with the changes and otherwise as before.

        Its landmarks come from the cache, which takes seconds; where the cache has none, they are found anew.

        Parameters
        ----------
        video
            The video that was analysed.

        Returns
        -------
        after : Analysis

        Raises
        ------
        InputError
            If the video cannot be read or is another one, or the changes do not fit.
        NothingMeasurableError
            If too few strides are left.
        """
        options = {k: v for k, v in self.before.provenance.parameters.items() if k not in _NOT_FOR_ANALYZE}
        if IMPORTED_FROM in options:
            raise UsageError(
                "The landmarks are those of another tool. Save the corrections, and analyse again with the same "
                "landmarks and the corrections as file of events."
            )
        info = self.before.video
        with tempfile.TemporaryDirectory() as folder:
            file = self.save(Path(folder) / "corrections.json")
            return analyze(
                video,
                capture_fps=info.rate_hz if info.capture_rate_source == "given" else None,
                person="walker",  # who was asked for otherwise is named in the file
                events_file=str(file),
                **options,
            )


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _person_last(changes: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return changes with another person after all others: what comes after a choice counts for the one chosen."""
    return tuple(sorted(changes, key=lambda change: change.kind == "chosen"))


def _is_of_stride(change: Correction, side: Side, start_s: float) -> bool:
    return change.event == "stride" and change.side == side and abs(change.time_s - start_s) <= _SAME_S
