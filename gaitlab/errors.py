"""Errors that a user can act on.

Every error of the package is a :class:`GaitlabError`. Its message says, in one or two sentences, what was
given, what is allowed and what to do; its class carries the exit code of the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

__all__ = [
    "CAUSES",
    "FILM_STEPS",
    "Cause",
    "GaitlabError",
    "InputError",
    "MissingLibraryError",
    "ModelFileError",
    "NothingMeasurableError",
    "OutputBusyError",
    "OutputError",
    "PluginError",
    "Refusal",
    "RefusalCode",
    "SchemaError",
    "UsageError",
]


class GaitlabError(Exception):
    """Base class of all errors of gaitlab; its exit code is that of the command line.

    Attributes
    ----------
    exit_code
        1 for an internal fault; the subclasses have 2 (options, output), 3 (input) and 4 (nothing measurable).

    See Also
    --------
    UsageError : an option or argument is not allowed
    InputError : a file cannot be used
    NothingMeasurableError : the file can be used, but shows nothing that can be measured

    Examples
    --------
    >>> import gaitlab
    >>> try:
    ...     gaitlab.load("no_such_folder")
    ... except GaitlabError as error:
    ...     print(type(error).__name__, error.exit_code)
    InputError 3
    """

    exit_code: ClassVar[int] = 1


class UsageError(GaitlabError):
    """An option or argument has a value that is not allowed.

    See Also
    --------
    OutputError : the output folder cannot be used
    InputError : a file cannot be used

    Examples
    --------
    >>> import gaitlab
    >>> gaitlab.analyze("walk.mp4", height_cm=1.72)
    Traceback (most recent call last):
    gaitlab.errors.UsageError: A height of 1.72 cm is not possible; allowed are 50 to 250 cm.
    """

    exit_code: ClassVar[int] = 2


class OutputError(UsageError):
    """The output folder cannot be written, or exists and may not be replaced."""


class OutputBusyError(OutputError):
    """Another run is writing to the output folder."""


class InputError(GaitlabError):
    """A file given as input is missing, damaged or not what it should be.

    See Also
    --------
    NothingMeasurableError : the file can be read, but shows nothing that can be measured

    Examples
    --------
    >>> import gaitlab
    >>> gaitlab.check("no_such_file.mp4")
    Traceback (most recent call last):
    gaitlab.errors.InputError: There is no file 'no_such_file.mp4'. Specify the path of a video, for example walk.mp4.
    """

    exit_code: ClassVar[int] = 3


RefusalCode = Literal[
    "no_person",
    "person_covered",
    "video_turned",
    "person_too_small",
    "too_dark",
    "back_lit",
    "feet_out_of_picture",
    "legs_hidden",
    "legs_covered",
    "legs_not_told_apart",
    "facing_unclear",
    "view_contradicts",
    "events_contradict",
    "running",
    "walking_backward",
    "side_stepping",
    "stepping_on_spot",
    "pedalling",
    "standing",
    "no_rhythm",
    "too_few_strides",
    "task_not_shown",
    "task_other_view",
    "walks_instead",
]
"""Why a walk, or a test, cannot be measured. The code decides; the sentences of ``CAUSES`` inform."""

FILM_STEPS: Final = "Film six or more steps in a row in one direction, with the whole body in the image."


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The sentences of a refusal: when it is reported, the cause, and what to do.

    Attributes
    ----------
    when
        The rule by which this cause is reported, for docs/messages.md.
    reason
        The cause, one sentence.
    advice
        The one thing to do, one or two sentences.
    option
        Option of the command line that helps; empty: none does.

    See Also
    --------
    CAUSES : the cause of each refusal code
    Refusal : a cause in one video
    """

    when: str
    reason: str
    advice: str
    option: str = ""


CAUSES: Final[dict[RefusalCode, Cause]] = {
    "no_person": Cause(
        when="a person is found in less than 20 % of the frames",
        reason="No person was found in the video, or only briefly.",
        advice="Film one person, with the whole body in the image, in good light.",
    ),
    "person_covered": Cause(
        when="the same, because another person is too close to distinguish the two",
        reason="Another person overlaps with the patient for most of the video.",
        advice="Film the patient alone, or with clear space between people.",
    ),
    "video_turned": Cause(
        when="the trunk points more to the side, or down, than up in the image",
        reason="The person appears sideways or upside down: the video is stored rotated.",
        advice="Rotate the video upright, for example in the phone's gallery, and save it.",
    ),
    "person_too_small": Cause(
        when="no steps are found, and the person is less than 200 pixels tall",
        reason="The person is too small in the image.",
        advice="Film from closer, so that the person fills more of the image.",
    ),
    "too_dark": Cause(
        when="no steps are found, or hardly a person, and the person is dark",
        reason="The image is too dark to see the legs.",
        advice="Use more light, and do not film against a window.",
    ),
    "back_lit": Cause(
        when="the same, and the person is dark before a bright window or wall",
        reason="The person appears as a dark outline against a bright background, such as a window.",
        advice="Film with the window behind you, or close the curtain.",
    ),
    "feet_out_of_picture": Cause(
        when="both heels are below the image in over half of the frames, or in over a fifth and no steps are found",
        reason="The feet are outside the image for most of the video, so steps cannot be detected.",
        advice="Film the whole body, with some floor visible below the feet.",
    ),
    "legs_hidden": Cause(
        when="no steps are found, and a leg is not seen in over half of the frames",
        reason="The legs are hidden for most of the video.",
        advice="Film with nothing in front of the legs and the whole body in the image.",
    ),
    "legs_covered": Cause(
        when="clothes cover the legs, and the steps are not found under them",
        reason="Clothing covers the legs, for example a skirt, a gown or a long coat.",
        advice="Ask the patient to wear shorts or tight trousers, or to tuck up the skirt, and film again.",
    ),
    "legs_not_told_apart": Cause(
        when="neither the legs' movement nor the trunk shows which leg is which",
        reason="The left and right legs cannot be distinguished.",
        advice="Film from closer, in better light, with nothing in front of the legs and in clothing that shows them.",
    ),
    "facing_unclear": Cause(
        when="in a side view the feet point the other way than the trunk faces",
        reason="It is unclear which way the person faces: the feet and the trunk point in opposite directions.",
        advice="Film from the side, in better light, with the whole body in the image.",
    ),
    "view_contradicts": Cause(
        when="the view was specified, and is over 35 degrees from the observed one",
        reason="The video shows a different view from the one specified.",
        advice="Do not specify the view, or check that the video is not mirrored.",
        option="--view",
    ),
    "events_contradict": Cause(
        when="by the table of events the feet would step backwards",
        reason="The table of events contradicts the video.",
        advice=(
            "Check the table against the video: sides are the patient's, and times count from the start of this video."
        ),
        option="--events-file",
    ),
    "running": Cause(
        when="the pelvis is highest where the feet are furthest apart",
        reason="The person is running.",
        advice="Film the person walking.",
    ),
    "walking_backward": Cause(
        when="the feet are lifted while they move backward",
        reason="The person is walking backward.",
        advice="Film the person walking forward: gait phases and reference curves apply to forward walking.",
    ),
    "side_stepping": Cause(
        when="neither the trunk nor the feet point along the path",
        reason="The person is stepping sideways.",
        advice="Film the person walking straight ahead.",
    ),
    "stepping_on_spot": Cause(
        when="a foot that is up is ahead, and comes down where it was",
        reason="The person is stepping on the spot.",
        advice="Film the person walking on the floor or on a treadmill.",
    ),
    "pedalling": Cause(
        when="the feet move in circles, as long forward as back",
        reason="The feet move on pedals, as on an exercise bike or an elliptical trainer.",
        advice="Film the person walking on the floor or on a treadmill.",
    ),
    "standing": Cause(
        when="the ankles move past each other by less than a fifth of a leg, or there is no walking bout",
        reason="The person is standing, turning or hardly moving the feet.",
        advice=FILM_STEPS,
    ),
    "no_rhythm": Cause(
        when="the feet have no rhythm, and nothing keeps them from being seen",
        reason="No walking was found: the feet do not alternate in a regular rhythm.",
        advice=FILM_STEPS,
    ),
    "too_few_strides": Cause(
        when="no stride counts, or the person is seen for less than 2.5 s",
        reason="There are too few complete strides to measure.",
        advice=FILM_STEPS,
    ),
    "task_not_shown": Cause(
        when="a test was specified, and no repetition of its movement is found",
        reason="The video does not show the movement of the specified test.",
        advice="Check which test was filmed, and choose that test.",
    ),
    "task_other_view": Cause(
        when="a test was specified, and is filmed from where its movement is not visible",
        reason="The video shows a view from which the specified test cannot be measured.",
        advice="Film again from a view in which this test is measured.",
    ),
    "walks_instead": Cause(
        when="a test was specified in which the person stays in one place, and the person walks",
        reason="The person walks through the image; the specified test is done in one place.",
        advice="Analyse the video without a test, as a walk, or film the test.",
    ),
}
"""Each cause with its one advice."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The reason why a walk or test was not measured, and the one thing to do about it.

    Attributes
    ----------
    code
        The cause, a ``RefusalCode``: programs decide by it.
    reason
        The cause in words, with what was seen in this video.
    advice
        What to do, in words.

    See Also
    --------
    CAUSES : the sentences of each code
    NothingMeasurableError : raised with a refusal
    """

    code: RefusalCode
    reason: str
    advice: str

    @classmethod
    def of(cls, code: RefusalCode, reason: str = "") -> Refusal:
        """Build the refusal of a cause.

        Parameters
        ----------
        code
            The cause.
        reason
            What was seen in this video, a sentence; empty: the cause's own sentence.

        Returns
        -------
        refusal : Refusal
            With the advice of the cause.

        Examples
        --------
        >>> Refusal.of("no_person", "Nobody is in the video.").reason
        'Nobody is in the video.'
        """
        cause = CAUSES[code]
        return cls(code=code, reason=reason or cause.reason, advice=cause.advice)


class NothingMeasurableError(GaitlabError):
    """The input is readable, but holds nothing that can be measured.

    Parameters
    ----------
    reason
        The cause with what was seen in this video, without advice; empty: the sentence of the code.
    code
        The cause.
    analysis
        What was found all the same (``gaitlab.Analysis``); ``None``: nobody was found.

    See Also
    --------
    InputError : the file cannot be read at all
    Refusal : the cause, as data

    Examples
    --------
    >>> error = NothingMeasurableError(code="too_few_strides")
    >>> error.code, error.exit_code
    ('too_few_strides', 4)
    >>> print(error.refusal.advice)
    Film six or more steps in a row in one direction, with the whole body in the image.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, reason: str = "", *, code: RefusalCode, analysis: Any = None) -> None:
        self.refusal = Refusal.of(code, reason)
        self.analysis = analysis
        option = f" The option is {CAUSES[code].option}." if CAUSES[code].option else ""
        super().__init__(f"{self.refusal.reason} {self.refusal.advice}{option}")

    @property
    def code(self) -> RefusalCode:
        """The cause."""
        return self.refusal.code


class ModelFileError(GaitlabError):
    """The pose model is missing or is not the file it should be."""


class MissingLibraryError(GaitlabError):
    """A library is missing: of the operating system, or an optional one of Python."""


class PluginError(GaitlabError):
    """A plug-in, code of another package, cannot be loaded, fails, or returns what it must not.

    See Also
    --------
    gaitlab.testing : the tests that a plug-in must pass

    Examples
    --------
    >>> from gaitlab.core.plugins import guarded
    >>> with guarded("exports", "chapters"):
    ...     1 / 0
    Traceback (most recent call last):
    gaitlab.errors.PluginError: In a plug-in, the export 'chapters' failed (ZeroDivisionError: division by zero).
    Update or remove the plug-in, or choose another export.
    """


class SchemaError(GaitlabError):
    """A table or dataset does not have the columns, dimensions or units it must have.

    See Also
    --------
    InputError : a file cannot be used

    Examples
    --------
    >>> import pandas as pd
    >>> from gaitlab.schema import validate_events
    >>> validate_events(pd.DataFrame({"time_s": [0.1]}))
    Traceback (most recent call last):
    gaitlab.errors.SchemaError: The event table lacks the column(s) side, event, uncertainty_s, source; it has time_s.
    """
