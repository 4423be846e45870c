"""What a task of the examination is, what it is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.pelvis import PelvisEstimate
from gaitlab.schema import Side, View, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import TestStatus, TestVerdict
from gaitlab.tasks.changes import RepetitionChange, RepetitionPart
from gaitlab.tasks.stationary_view import StationaryView

__all__ = [
    "TEST_COLUMNS",
    "Curve",
    "KeyMoment",
    "Measure",
    "Subject",
    "Task",
    "TaskRecording",
    "TaskResult",
    "withheld",
]


TEST_COLUMNS: Final = ("task", "side", "repetition", "measure", "value", "uncertainty", "status", "unit", "note")
"""Columns of ``tests.csv`` that a task fills; the norms and the number of the video come after them."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The person as far as the norms need it; ``None``: not known.

    Attributes
    ----------
    age_years
        1 to 120 years.
    sex
        ``f`` or ``m``.
    height_cm
        Body height, 50 to 250 cm.

    See Also
    --------
    TaskRecording : holds it

    Examples
    --------
    >>> Subject(age_years=72, sex="f").height_cm is None
    True
    """

    age_years: float | None = None
    sex: str | None = None
    height_cm: float | None = None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One value of a task.

    Attributes
    ----------
    measure
        Its name, with the unit at the end.
    value
        In ``unit``; NaN where it is withheld.
    uncertainty
        95 % half-width, in ``unit``; NaN where the value is.
    unit
        ``deg``, ``s``, ``1/min``, ``count``, ``share`` or ``code``.
    side
        Anatomical; ``None``: it belongs to no side.
    repetition
        From 1; 0: of the test as a whole.
    status
        Whether it is measured or withheld, and why (``codes.TestStatus``).
    note
        For a value that is a code: the code.

    See Also
    --------
    TaskResult : holds them

    Examples
    --------
    >>> Measure(measure="total_time_s", value=12.6, uncertainty=0.2, unit="s").status
    'measured'
    """

    measure: str
    value: float
    uncertainty: float
    unit: str
    side: Side | None = None
    repetition: int = 0
    status: TestStatus = "measured"
    note: str = ""


def withheld(measure: str, status: TestStatus, unit: str, side: Side | None = None, repetition: int = 0) -> Measure:
    """Build a value that is not given, with the reason."""
    return Measure(
        measure=measure,
        value=float("nan"),
        uncertainty=float("nan"),
        unit=unit,
        side=side,
        repetition=repetition,
        status=status,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A signal that is drawn over time.

    Attributes
    ----------
    label, unit
        Title and unit of the axis.
    time_s, values
        Times in seconds, and values in ``unit``, shape (n,); NaN: not seen.
    side
        Anatomical; ``None``: of the body.

    See Also
    --------
    TaskResult : holds them
    """

    label: str
    unit: str
    time_s: FloatArray
    values: FloatArray
    side: Side | None = None


@dataclass(frozen=True, kw_only=True)
class KeyMoment:
    """A moment that is shown as an image.

    Attributes
    ----------
    time_s
        When it is, seconds.
    words
        What is seen then.
    side
        Of which side; ``None``: of no side.
    measure, repetition
        Name of the value that is written on it, and of which repetition (``Measure``); empty: there is none.
    value
        That value, where no ``Measure`` holds it; NaN: a ``Measure`` does.

    See Also
    --------
    TaskResult.value_at : the value of a moment

    Examples
    --------
    >>> KeyMoment(time_s=2.1, words="largest flexion", side="left").measure
    ''
    """

    time_s: float
    words: str
    side: Side | None = None
    measure: str = ""
    repetition: int = 0
    value: float = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskRecording:
    """The input of a task: landmarks as the walk has them, and what only the images give.

    Attributes
    ----------
    landmarks
        Clean, turned to gravity, sides as decided (``cleaning.clean_landmarks``).
    view
        From where the camera sees the person.
    roll_uncertainty_deg
        95 % half-width of the vertical.
    find_pelvis
        Follows the pelvis in the image of a front or back view, given the duration of a movement in seconds; ``None``
        where it is not seen or the images are not available.
    subject
        For the norms.
    changes
        Repetitions that a reader moved, added or removed.

    See Also
    --------
    Task : its ``measure`` is called with it
    TaskResult : what that gives
    """

    landmarks: xr.Dataset
    view: StationaryView
    roll_uncertainty_deg: float
    find_pelvis: Callable[[float], PelvisEstimate | None]
    subject: Subject = field(default_factory=Subject)
    changes: tuple[RepetitionChange, ...] = ()

    @property
    def time_s(self) -> FloatArray:
        """The uniform grid of the landmarks, shape (time,)."""
        return np.asarray(self.landmarks["time"].to_numpy(), dtype=float)

    @property
    def rate_hz(self) -> float:
        """Of the grid."""
        return float(self.landmarks.attrs["rate_hz"])

    @property
    def frame_s(self) -> float:
        """Time from one frame of the video to the next."""
        return 1 / float(self.landmarks.attrs["frame_rate_hz"])


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskResult:
    """The values of a task, its curves and its moments.

    Attributes
    ----------
    task
        Its name.
    sides
        The sides that were tested.
    measures
        All values, those of the repetitions first.
    curves, moments
        The signals that are drawn, and the moments that are shown as images.
    repetitions_s, repetition_sides
        Start, peak and end of each repetition, seconds, and its side; no sides: the only side, or none.
    verdict
        Code of the reading of a special test; empty: it has none.
    notes
        Sentences for the reader.

    See Also
    --------
    Task : its ``measure`` gives it
    gaitlab.api.examination.examine : measures videos

    Examples
    --------
    >>> time = Measure(measure="total_time_s", value=12.6, uncertainty=0.2, unit="s")
    >>> result = TaskResult(task="timed_up_and_go", sides=(), measures=(time,))
    >>> result.table()[["measure", "value", "unit"]].values.tolist()
    [['total_time_s', 12.6, 's']]
    """

    task: str
    sides: tuple[Side, ...]
    measures: tuple[Measure, ...]
    curves: tuple[Curve, ...] = ()
    moments: tuple[KeyMoment, ...] = ()
    repetitions_s: tuple[tuple[float, float, float], ...] = ()
    repetition_sides: tuple[Side, ...] = ()
    verdict: TestVerdict = ""
    notes: tuple[str, ...] = ()

    def with_sides_swapped(self) -> TaskResult:
        """Swap the sides of all values, where a reader states that left and right are the other way round.

        Returns
        -------
        result : TaskResult
        """
        return replace(
            self,
            sides=tuple(opposite(side) for side in self.sides),
            measures=tuple(m if m.side is None else replace(m, side=opposite(m.side)) for m in self.measures),
            curves=tuple(c if c.side is None else replace(c, side=opposite(c.side)) for c in self.curves),
            repetition_sides=tuple(opposite(side) for side in self.repetition_sides),
            moments=tuple(k if k.side is None else replace(k, side=opposite(k.side)) for k in self.moments),
        )

    def value_at(self, moment: KeyMoment) -> float:
        """Look up the value that a moment stands for.

        Parameters
        ----------
        moment
            One of ``moments``.

        Returns
        -------
        value : float
            NaN: there is none, or it is withheld.

        Examples
        --------
        >>> flexion = Measure(measure="hip_deg", value=92.0, uncertainty=5.0, unit="deg", side="left", repetition=1)
        >>> result = TaskResult(task="hip_flexion", sides=("left",), measures=(flexion,))
        >>> result.value_at(KeyMoment(time_s=2.1, words="peak", side="left", measure="hip_deg", repetition=1))
        92.0
        """
        if np.isfinite(moment.value):
            return moment.value
        key = (moment.measure, moment.side, moment.repetition)
        return next((m.value for m in self.measures if (m.measure, m.side, m.repetition) == key), float("nan"))

    def table(self) -> pd.DataFrame:
        """Tabulate the values, a row each.

        Returns
        -------
        table : pandas.DataFrame
            Columns ``TEST_COLUMNS``; the repetition of a value of the whole test is missing.
        """
        rows = [
            (self.task, m.side or "", m.repetition or None, m.measure, m.value, m.uncertainty, m.status, m.unit, m.note)
            for m in self.measures
        ]
        table = pd.DataFrame(rows, columns=list(TEST_COLUMNS))
        return table.assign(repetition=table["repetition"].astype("Int64"))


Measurer = Callable[[TaskRecording], TaskResult]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A test of the examination.

    Attributes
    ----------
    name
        As on the command line.
    title
        As in a report.
    views
        From where it may be filmed; ``left`` and ``right`` are the sides that face the camera.
    filming
        How it is filmed, a sentence each.
    instructions
        What the patient is asked to do, a sentence each.
    gives
        What is measured, by name of the measure.
    measure
        Measures a recording; raises ``NothingMeasurableError`` where the movement is not seen.
    lying
        Whether the person lies.
    stands_first
        Whether the person stands still on both legs before the first repetition: in a view from the front or the back
        that gives the pelvis of a walk in the same clothes its level.
    legs_cross
        Whether one leg goes across in front of the other.
    done_once
        Whether it has no repetitions, and a part of it does not show it.
    every_frame
        Whether it is so fast that all frames of slow motion are analysed.
    correctable
        What of a repetition a reader can move, where repetitions can be added and removed, too; empty: nothing.
    norms
        Names of the norms in ``task_norms.csv`` by measure.

    See Also
    --------
    find_task : one of gaitlab
    register_task : adds one

    Examples
    --------
    >>> from gaitlab.tasks import find_task
    >>> find_task("timed_up_and_go").views
    ('left', 'right')
    """

    name: str
    title: str
    views: tuple[View, ...]
    filming: tuple[str, ...]
    instructions: tuple[str, ...]
    gives: Mapping[str, str]
    measure: Measurer
    lying: bool = False
    stands_first: bool = False
    legs_cross: bool = False
    done_once: bool = False
    every_frame: bool = False
    correctable: tuple[RepetitionPart, ...] = ()
    norms: Mapping[str, str] = field(default_factory=dict)
