"""The review as a widget: a frame of the video, curves with a cursor, events to correct, before and after."""

from __future__ import annotations

from collections import OrderedDict
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gaitlab import plots
from gaitlab.api import Analysis
from gaitlab.errors import GaitlabError, MissingLibraryError, UsageError
from gaitlab.gait.corrections import Correction
from gaitlab.report import overlay_frames
from gaitlab.review.comparison import compare_parameters
from gaitlab.review.drawing import draw_curves, draw_timeline, jpeg_of, png_of, snapshot
from gaitlab.review.edits import Edits
from gaitlab.review.timing import frame_time_s, nearest_frame
from gaitlab.schema import MEASURES, SIDES
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["ReviewWidget", "review"]

_PREFETCHED_FRAMES: Final = 12
"""Frames that are drawn at once: opening the video costs more than they do."""

_CACHED_FRAMES: Final = 240
"""Drawn frames that are remembered, as JPEG."""

_HIP: Final = (
    "hip_extension_deg",
    "hip_rom_deg",
    "pelvic_drop_excursion_deg",
    "pelvic_drop_deg",
    "stance_pct",
    "step_time_s",
    "step_length_m",
    "cadence_spm",
    "speed_mps",
)
"""What is compared before and after."""


def review(analysis: Analysis, video: str | Path, *, by: str = "") -> ReviewWidget:
    """Show a widget to go through an analysis against its video, and to correct events.

    Parameters
    ----------
    analysis
        The analysis of one video.
    video
        The video.
    by
        Who makes the changes; it is written beside each of them.

    Returns
    -------
    widget : ReviewWidget
        Jupyter displays it.

    Raises
    ------
    MissingLibraryError
        If ipywidgets is not installed.
    UsageError
        If the analysis is of several videos.

    See Also
    --------
    Edits : the same without a notebook

    Examples
    --------
    >>> review(analysis, "walk.mp4")  # doctest: +SKIP
    """
    return ReviewWidget(Edits(before=analysis, by=by), Path(video))


def _ipywidgets() -> Any:
    try:
        return import_module("ipywidgets")
    except ImportError as error:
        raise MissingLibraryError(
            "The review needs ipywidgets, which is not installed. Install the notebook extra: "
            "pip install 'gaitlab-video[notebook]'"
        ) from error


class ReviewWidget:
    """Frame, curves and events of an analysis, and buttons to correct events.

    What the buttons do can be done by calling: ``seek``, ``edit``, ``undo``, ``recompute``, ``save``.

    Attributes
    ----------
    edits
        The changes so far.
    after
        The analysis with the changes; ``None`` until ``recompute``.

    See Also
    --------
    review : makes one
    Edits : the changes without a notebook

    Examples
    --------
    >>> widget = review(analysis, "walk.mp4", by="A. B.")  # doctest: +SKIP
    >>> widget.seek(2.3)  # doctest: +SKIP
    >>> widget.edit("move", frames=-1)  # doctest: +SKIP
    >>> widget.recompute()  # doctest: +SKIP
    """

    def __init__(self, edits: Edits, video: Path) -> None:
        w = _ipywidgets()
        self.edits = edits
        self.after: Analysis | None = None
        self._video = video
        self._frames: OrderedDict[int, bytes] = OrderedDict()
        given = plots.available_measures(edits.before)
        last = edits.before.landmarks.sizes["time"] - 1
        wide = w.Layout(width="auto")
        self.frame = w.IntSlider(min=0, max=last, description="frame", continuous_update=False, layout=wide)
        self.measure = w.Dropdown(options=[(MEASURES[m].label, m) for m in given], description="curve")
        self.side = w.ToggleButtons(options=[(side, side) for side in SIDES], style={"button_width": "5em"})
        self.event = w.ToggleButtons(
            options=[(words, kind) for kind, words in EVENT_WORDS.items()], style={"button_width": "7em"}
        )
        self.stride = w.Dropdown(description="stride")
        self.person = w.Dropdown(options=_persons(edits.before), value=None, description="person")
        self.file = w.Text(value="corrections.json", description="file")
        self.image, self.graph, self.timeline = w.Image(format="jpeg"), w.Image(), w.Image()
        self.status, self.change_list, self.comparison_table = w.HTML(), w.HTML(), w.HTML()
        self.box = self._lay_out(w)
        self.frame.observe(lambda _: self._show_moment(), names="value")
        self.measure.observe(lambda _: self._show_moment(), names="value")
        self.side.observe(lambda _: self._list_strides(), names="value")
        self.stride.observe(self._seek_stride, names="value")
        self._refresh("")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and a picture of it for where widgets do not run: a web page, a print, a preview."""
        shown = self.box._repr_mimebundle_(**kwargs)
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**data, "image/png": snapshot(self.image.value, self.graph.value, self.timeline.value)}, metadata

    @property
    def time_s(self) -> float:
        """The time of the frame that is shown, in real seconds."""
        return frame_time_s(self.edits.before, self.frame.value)

    def seek(self, time_s: float) -> None:
        """Show the frame nearest to a time in real seconds.

        Parameters
        ----------
        time_s
            Real seconds.
        """
        self.frame.value = nearest_frame(self.edits.before, time_s)

    def edit(self, action: str, **details: Any) -> None:
        """Make a change of ``Edits`` by its name: of the side and event chosen, at the frame shown, unless stated.

        Parameters
        ----------
        action
            ``move``, ``add`` or ``remove`` an event; ``exclude_stride`` or ``include_stride``; ``swap_sides``, left and
            right in the bout that is shown; ``choose_person``.
        **details
            Further arguments, as ``frames=-1``.
        """
        try:
            self.edits = getattr(self.edits, action)(*self._target(action), **details)
        except GaitlabError as error:
            self._refresh(str(error))
            return
        self._refresh("Changed. Recompute to see the effect on the values.")

    def _target(self, action: str) -> tuple[Any, ...]:
        """Return what a change is of: as chosen in the widget, at the frame shown.

        Raises
        ------
        UsageError
            If no stride or no person is chosen.
        """
        if action == "swap_sides":
            return (self.time_s,)
        if action in ("move", "add", "remove"):
            return self.side.value, self.event.value, self.time_s
        chosen, words = (self.person.value, "person") if action == "choose_person" else (self.stride.value, "stride")
        if chosen is None:
            raise UsageError(f"No {words} is selected: select one in the list.")
        return (chosen,) if action == "choose_person" else (self.side.value, chosen)

    def undo(self) -> None:
        """Undo the last change."""
        self.edits = self.edits.undo()
        self._refresh("Undone." if self.after is None else "Undone. Recompute to see the values.")

    def recompute(self) -> Analysis | None:
        """Analyse again with the changes, and compare.

        Returns
        -------
        after : Analysis or None
            ``None`` if that cannot be done; the widget then shows why.
        """
        self.status.value = "Recomputing ..."
        try:
            self.after = self.edits.recompute(self._video)
        except GaitlabError as error:
            self._refresh(str(error))
            return None
        self._refresh("Recomputed.")
        return self.after

    def save(self) -> Path | None:
        """Write the file of corrections.

        Returns
        -------
        path : pathlib.Path or None
            ``None`` if it cannot be written; the widget then shows why.
        """
        try:
            path = self.edits.save(self.file.value)
        except OSError as error:
            self._refresh(f"{self.file.value!r} cannot be written: {error.strerror}.")
            return None
        self._refresh(f"Saved as {path}. Use it with: gaitlab analyze VIDEO -o RESULT --events-file {path}")
        return path

    def comparison(self) -> pd.DataFrame:
        """Compare the hip's parameters before and after.

        Returns
        -------
        table : pandas.DataFrame
            Columns as of ``compare_parameters``; empty until ``recompute``.
        """
        after = self.after
        if after is None:
            return pd.DataFrame(columns=["parameter", "side", "unit", "before", "after", "change", "uncertainty"])
        return compare_parameters(self.edits.before, after, _HIP)

    def _lay_out(self, w: Any) -> Any:
        step_back, step_on, at_event, at_stride, at_walk, at_end = self._buttons(w)
        left = w.VBox([self.image, w.HBox([step_back, step_on])])
        right = w.VBox([self.measure, self.graph, w.HBox([self.side, self.event]), w.HBox(at_event)])
        return w.VBox(
            [
                w.HBox([left, right]),
                self.frame,
                self.timeline,
                w.HBox([self.stride, *at_stride]),
                w.HBox([*at_walk[:1], *([self.person, *at_walk[1:]] if self.person.options else [])]),
                w.HBox([*at_end, self.file]),
                self.status,
                self.change_list,
                self.comparison_table,
            ]
        )

    def _buttons(self, w: Any) -> tuple[Any, ...]:
        """Return the buttons: a frame back and on, then those of events, strides, bouts and persons, and the whole."""

        def button(label: str, tip: str, do: Any) -> Any:
            made = w.Button(description=label, tooltip=tip, layout=w.Layout(width="auto"))
            made.on_click(lambda _: do())
            return made

        at_event = (
            button("move here", "move the nearest event to this frame", lambda: self.edit("move", to_s=self.time_s)),
            button("move -1", "move the nearest event a frame earlier", lambda: self.edit("move", frames=-1)),
            button("move +1", "move the nearest event a frame later", lambda: self.edit("move", frames=1)),
            button("add here", "add an event at this frame", lambda: self.edit("add")),
            button("remove nearest", "remove the nearest event", lambda: self.edit("remove")),
        )
        at_stride = (
            button("exclude", "exclude this stride from all means", lambda: self.edit("exclude_stride")),
            button("include", "use this stride again", lambda: self.edit("include_stride")),
        )
        at_walk = (
            button("swap sides", "swap left and right in this walking bout", lambda: self.edit("swap_sides")),
            button("measure this person", "select the person to measure", lambda: self.edit("choose_person")),
        )
        at_end = (
            button("undo", "undo the last change", self.undo),
            button("recompute", "analyse again with the changes", self.recompute),
            button("save corrections", "write the file of corrections", self.save),
        )
        step_back = button("-1 frame", "show the frame before", lambda: self._step(-1))
        step_on = button("+1 frame", "show the next frame", lambda: self._step(1))
        return step_back, step_on, at_event, at_stride, at_walk, at_end

    def _step(self, frames: int) -> None:
        self.frame.value += frames

    def _refresh(self, status: str) -> None:
        self.status.value = escape(status)
        self.change_list.value = _change_list(self.edits)
        comparison_table = self.comparison()
        self.comparison_table.value = (
            "" if comparison_table.empty else comparison_table.to_html(index=False, float_format="{:.2f}".format)
        )
        self._list_strides()
        self._show_moment()

    def _list_strides(self) -> None:
        strides = self.edits.strides(self.side.value)
        options = []
        for number, stride in enumerate(strides, start=1):
            label = f"{number}: {stride.start_s:.2f} to {stride.end_s:.2f} s{'' if stride.used else ', excluded'}"
            options.append((label, stride.start_s))
        chosen = self.stride.value
        self.stride.unobserve(self._seek_stride, names="value")  # new labels are no wish to go anywhere
        self.stride.options = options
        self.stride.value = chosen if chosen in [start for _, start in options] else None
        self.stride.observe(self._seek_stride, names="value")

    def _seek_stride(self, change: Any) -> None:
        if change["new"] is not None:
            self.seek(change["new"])

    def _show_moment(self) -> None:
        self.image.value = self._frame_jpeg(self.frame.value)
        self.timeline.value = png_of(draw_timeline(self.edits, self.time_s))
        if self.measure.value is not None:
            self.graph.value = png_of(draw_curves(self.edits, self.measure.value, self.time_s))

    def _frame_jpeg(self, frame: int) -> bytes:
        if frame not in self._frames:
            numbers = range(frame, min(frame + _PREFETCHED_FRAMES, self.frame.max + 1))
            times_s = [frame_time_s(self.edits.before, number) for number in numbers]
            for number, image in zip(numbers, overlay_frames(self.edits.before, self._video, times_s), strict=False):
                self._frames[number] = jpeg_of(image)
            while len(self._frames) > _CACHED_FRAMES:
                self._frames.popitem(last=False)
        return self._frames[frame]


def _persons(analysis: Analysis) -> list[tuple[str, int]]:
    """Return what can be chosen: who was found, with numbers; nothing where one person is in the video."""
    people = analysis.quality.recording.people
    if people is None or people.count < 2:
        return []
    return [(person.sentence, person.number) for person in people.persons]


def _change_list(edits: Edits) -> str:
    if not edits.all_changes:
        return "No changes."
    rows = [(c.kind, c.side, _target_name(c), c.old_s, c.new_s, c.by) for c in edits.all_changes]
    table = pd.DataFrame(rows, columns=["change", "side", "of", "from (s)", "to (s)", "by"])
    return str(table.to_html(index=False, na_rep="", float_format="{:.3f}".format))


def _target_name(change: Correction) -> str:
    return f"person {change.number}" if change.event == "person" else EVENT_WORDS.get(change.event, change.event)
