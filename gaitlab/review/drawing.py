"""What the review widget shows: frame, curves and events as images."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gaitlab import plots
from gaitlab.plots.style import SIDE_COLOURS, SIDE_LINES, SIDE_WORDS, in_style, signed, size_pt
from gaitlab.review.edits import Edits
from gaitlab.schema import SIDES, Side

__all__ = ["draw_curves", "draw_timeline", "jpeg_of", "png_of", "snapshot"]

_SHOWN_PX: Final = 520
"""Height of the shown frame: a person stays well visible, and the notebook does not slow down."""

_LATE_PCT: Final = 80.0
"""From here on the angle is written to the left of its point, where there is room."""


def snapshot(frame: bytes, graph: bytes, events: bytes) -> bytes:
    """Return frame, curves and events, each an image file, as one PNG; without curves the other two."""
    shown = [_decoded(data) for data in (frame, graph) if data]
    height = min(image.shape[0] for image in shown)
    factors = [height / image.shape[0] for image in shown]
    row = cv2.hconcat(
        [
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            for image, factor in zip(shown, factors, strict=True)
        ]
    )
    timeline = _decoded(events)
    size = (row.shape[1], round(timeline.shape[0] * row.shape[1] / timeline.shape[1]))
    below = cv2.resize(timeline, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".png", cv2.vconcat([row, below]))[1].tobytes()


def _decoded(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)


def jpeg_of(image: Any) -> bytes:
    """Return an RGB image as a JPEG file, no higher than the widget shows it."""
    height, width = image.shape[:2]
    size = (round(width * _SHOWN_PX / height), _SHOWN_PX)
    shown = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if height > _SHOWN_PX else image
    return cv2.imencode(".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))[1].tobytes()


def _new_figure(width_in: float, height_in: float) -> Figure:
    with in_style():
        figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)
    return figure


def png_of(figure: Figure) -> bytes:
    """Return a figure as a PNG file."""
    buffer = io.BytesIO()
    with in_style():
        figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def draw_timeline(edits: Edits, time_s: float) -> Figure:
    """Draw the events as they are with the changes, and where the shown frame is."""
    figure = _new_figure(9.6, 1.6)
    shown = replace(edits.before, events=edits.events)
    ax = plots.plot_events(shown, figure.add_axes((0.08, 0.27, 0.89, 0.48)))
    ax.axvline(time_s, color="k", lw=1.2)
    return figure


def draw_curves(edits: Edits, measure: str, time_s: float) -> Figure:
    """Draw the curves, and for each side where in its stride the shown frame is."""
    figure = _new_figure(5.0, 3.5)
    ax = plots.plot_curves(edits.before, measure, figure.add_axes((0.11, 0.20, 0.81, 0.65)))
    for side in SIDES:
        percent, angle_deg = _cursor(edits, measure, side, time_s)
        if np.isfinite(percent):
            ax.axvline(percent, color=SIDE_COLOURS[side], ls=SIDE_LINES[side], lw=0.8, alpha=0.8)
            ax.plot([percent], [angle_deg], "o", color=SIDE_COLOURS[side], ms=6, mec="white")
            late = percent > _LATE_PCT
            ax.annotate(
                f"{SIDE_WORDS[side]} {signed(angle_deg)}°",
                (percent, angle_deg),
                xytext=(-5 if late else 5, 5),
                textcoords="offset points",
                ha="right" if late else "left",
                fontsize=size_pt(8),
                color=SIDE_COLOURS[side],
                bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1},
            )
    return figure


def _cursor(edits: Edits, measure: str, side: Side, time_s: float) -> tuple[float, float]:
    """Return where in its stride a side is at a time, in %, and its angle then; NaN outside of strides."""
    curves = edits.before.curves
    for stride in edits.strides(side):
        if stride.start_s <= time_s < stride.end_s:
            starts_s = edits.before.cycles["start_s"].to_numpy(dtype=float)
            near = (edits.before.cycles["side"].to_numpy() == side) & (np.abs(starts_s - stride.start_s) < 0.2)
            percent = stride.percent(time_s)
            if near.any():
                curve = curves[measure].isel(stride=int(np.flatnonzero(near)[0]))
                return percent, float(np.interp(percent, curves["percent"], curve))
    return float("nan"), float("nan")
