"""What is exported of one video, and its landmarks in the units and axes that a format wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.io import angle_table
from gaitlab.analysis.result import AnalysisResult
from gaitlab.errors import UsageError
from gaitlab.gait.spatiotemporal import leg_length_m, near_leg_px
from gaitlab.schema import View, frame_step_of
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import direction_sign

__all__ = ["UNITS", "ExportOptions", "Exporter", "Recording", "Units", "on_times", "recordings_of"]


Units = Literal["px", "m"]
UNITS: Final[tuple[Units, ...]] = ("px", "m")

_UNEVEN_S: Final = 0.002
"""Frames further than this from even times are not evenly spaced; containers round to a millisecond or less."""

_WITHOUT_LENGTHS: Final = ("camera_zoomed", "camera_carried")


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What a user chooses of an export.

    Attributes
    ----------
    units
        Of the landmarks: ``px`` of the image, or ``m`` scaled by the body height.
    participant, session
        Labels of a BIDS data set, letters and digits; ``session`` may be empty.
    """

    units: Units = "px"
    participant: str = "01"
    session: str = ""

    def __post_init__(self) -> None:
        """Raise ``UsageError`` for a value that is not allowed."""
        if self.units not in UNITS:
            raise UsageError(f"The unit {self.units!r} is unknown; allowed are {', '.join(UNITS)}.")
        if not self.participant.isalnum() or not (self.session or "x").isalnum():
            raise UsageError(
                f"Participant {self.participant!r} and session {self.session!r} must consist of letters and digits: "
                "they become names of folders."
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """One video of a result, as an exporter gets it.

    Attributes
    ----------
    number
        Of the video, from 1.
    several
        Whether the result has several videos.
    landmarks
        As found, frame by frame (``schema.validate_landmarks``): pixels, y down.
    angles
        Degrees over time (``schema.validate_angles``).
    events
        Heel strikes and toe-offs.
    view
        How the camera sees the person.
    rate_hz
        Frames with landmarks per second of real time; of a fast video not all frames have them.
    size_px
        Width and height of the image.
    px_per_m
        Scale of the walking plane; ``None``: not known.
    versions
        Of the packages that made the result, by name.
    """

    number: int
    several: bool
    landmarks: xr.Dataset
    angles: xr.Dataset
    events: pd.DataFrame
    view: View
    rate_hz: float
    size_px: tuple[int, int]
    px_per_m: float | None
    versions: Mapping[str, str]

    def file_name(self, name: str) -> str:
        """Return the name of a file, with the number of the video where there are several."""
        return f"video_{self.number}_{name}" if self.several else name

    @property
    def time_s(self) -> FloatArray:
        """Times of the frames, shape (n,)."""
        return np.asarray(self.landmarks["time"].to_numpy(), dtype=float)

    @property
    def even(self) -> bool:
        """Whether the frames are evenly spaced."""
        return bool(np.abs(self.time_s - self.even_time_s).max() <= _UNEVEN_S)

    @property
    def even_time_s(self) -> FloatArray:
        """As many evenly spaced times, shape (n,), from the first frame to the last."""
        return np.linspace(self.time_s[0], self.time_s[-1], len(self.time_s))

    @property
    def angle_columns(self) -> pd.DataFrame:
        """Angles that were measured, by the name of their column in ``angles.csv``, and ``time_s``; degrees."""
        return angle_table(self.angles).dropna(axis="columns", how="all")

    def places(self, units: Units, *, y_up: bool) -> FloatArray:
        """Return the landmarks in an image or in the walking plane.

        Parameters
        ----------
        units
            ``px``: x to the right of the image; y down from its upper edge, or up from its lower one. ``m``: x in the
            direction of the walk from the edge of the image behind the person, y from the same edges as of pixels.
        y_up
            Whether y points up.

        Returns
        -------
        places : ndarray, shape (n, 33, 2)
            NaN: not seen.

        Raises
        ------
        UsageError
            If metres are wanted, and the scale is not known.
        """
        places = self.landmarks["position"].to_numpy().astype(float)
        width_px, height_px = self.size_px
        if y_up:
            places = np.stack([places[..., 0], height_px - places[..., 1]], axis=-1)
        if units == "px":
            return places
        if self.px_per_m is None:
            raise UsageError(
                "Landmarks in metres need a side view, a camera that neither zooms nor moves along, and the body "
                "height: analyse the video with --height-cm, or export in pixels."
            )
        if direction_sign(self.view) < 0:
            places = np.stack([width_px - places[..., 0], places[..., 1]], axis=-1)
        return places / self.px_per_m


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """A format in which results can be exported.

    Attributes
    ----------
    name
        For the command line, lower case.
    title
        What it is, in a few words.
    write
        Called with all recordings of a result, an empty folder and the options; writes files into that folder only,
        and returns what they hold, as plain data for ``export.json``: units, axes, and what is not in the files.
    """

    name: str
    title: str
    write: Callable[[Sequence[Recording], Path, ExportOptions], Mapping[str, Any]]


def recordings_of(result: AnalysisResult) -> list[Recording]:
    """Return what is exported of each video of a result.

    Parameters
    ----------
    result
        Of one video, or several of one visit.
    """
    several = bool(result.parts)
    return [
        Recording(
            number=number,
            several=several,
            landmarks=clip.landmarks,
            angles=clip.angles,
            events=clip.events,
            view=clip.view.view,
            rate_hz=clip.video.rate_hz / frame_step_of(clip.landmarks),
            size_px=(clip.video.width_px, clip.video.height_px),
            px_per_m=_px_per_m(clip),
            versions=clip.provenance.versions,
        )
        for number, clip in enumerate(result.clips, start=1)
    ]


def _px_per_m(clip: AnalysisResult) -> float | None:
    """Return the scale of the walking plane by the body's height (Winter 2009), as lengths of steps are scaled."""
    height_cm = clip.subject.height_cm
    moved = clip.spatiotemporal["code"].isin(_WITHOUT_LENGTHS).any()
    if height_cm is None or moved or not direction_sign(clip.view.view):
        return None
    leg_px = near_leg_px(clip.landmarks, clip.view.view)
    return leg_px / leg_length_m(height_cm) if np.isfinite(leg_px) else None


def on_times(values: FloatArray, time_s: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """Return values at other times, interpolated linearly; NaN where a neighbour is NaN, and outside.

    Parameters
    ----------
    values
        Shape (n, ...).
    time_s, wanted_s
        Shapes (n,) and (m,), ascending.

    Returns
    -------
    values : ndarray, shape (m, ...)

    Examples
    --------
    >>> on_times(np.array([0.0, 1.0, np.nan]), np.arange(3.0), np.array([0.5, 1.0, 1.5])).tolist()
    [0.5, 1.0, nan]
    """
    flat = values.reshape(len(time_s), -1)
    after = np.clip(np.searchsorted(time_s, wanted_s, side="left"), 1, len(time_s) - 1)
    span_s = time_s[after] - time_s[after - 1]
    share = ((wanted_s - time_s[after - 1]) / span_s)[:, None]
    low, high = flat[after - 1], flat[after]
    mixed = np.where(share <= 0, low, np.where(share >= 1, high, low + share * (high - low)))
    mixed[(share[:, 0] < -1e-6) | (share[:, 0] > 1 + 1e-6)] = np.nan
    return mixed.reshape(len(wanted_s), *values.shape[1:])
