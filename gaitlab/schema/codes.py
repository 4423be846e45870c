"""Closed vocabularies: what code decides by, and the words that inform a reader.

A code decides, its words never do: they may be changed or translated, and no number moves. Each vocabulary has its
words in one dictionary: here beside the codes, for remarks in :mod:`gaitlab.schema.messages.remarks`, for refusals in
:mod:`gaitlab.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

__all__ = [
    "ACTIVITY_WORDS",
    "DECIMAL_SIGNS",
    "DEFAULT_EVENT_METHOD",
    "EVENT_METHODS",
    "EVENT_WORDS",
    "MATCH_WORDS",
    "MISSING_WORDS",
    "NOTES",
    "PATTERN_WORDS",
    "PELVIS_METHODS",
    "SEXES",
    "SIDE_NAMES",
    "STATUS_WORDS",
    "TEST_STATUS_WORDS",
    "TEST_VERDICT_WORDS",
    "VERTICAL_WORDS",
    "VIEWS_AS_FILMED",
    "WALK",
    "DecimalSign",
    "EventKind",
    "EventMethod",
    "ExclusionCode",
    "GaitPattern",
    "MeasureCode",
    "MissingCode",
    "Note",
    "NoteCode",
    "PeakExclusionCode",
    "PelvisCode",
    "PelvisMethod",
    "PersonActivity",
    "PhaseStatus",
    "RecordingCode",
    "RemarkCode",
    "Sex",
    "SpeedMatch",
    "TestStatus",
    "TestVerdict",
    "VerticalSource",
    "ViewAsFilmed",
    "WarningCode",
    "WithheldCode",
]

PhaseStatus = Literal[
    "within",
    "deviation",
    "borderline",
    "within_error",
    "inconclusive",
    "single_stride",
    "no_reference",
    "not_determined",
    "withheld",
]
"""What a phase, or a whole curve, is beside its reference; column ``status``.

``borderline``: beyond the reference band by less than the uncertainty. ``within_error``: the difference is smaller than
its uncertainty. ``inconclusive``: the uncertainty is larger than the reference band. ``single_stride``: nothing is
called from one stride.
"""

STATUS_WORDS: Final[dict[PhaseStatus, str]] = {
    "within": "within reference",
    "deviation": "{difference} {where}",
    "borderline": "outside the reference band, but by less than the uncertainty",
    "within_error": "difference smaller than its uncertainty",
    "inconclusive": "inconclusive: the uncertainty is larger than the reference band",
    "single_stride": "not determined: one stride only",
    "no_reference": "no reference",
    "not_determined": "not determined",
    "withheld": "not measured",
}
"""The verdict on a phase, or on a whole curve; a deviation names its size and its place."""

GaitPattern = Literal["", "trendelenburg", "trendelenburg_with_lean", "duchenne", "unclear", "usual", "antalgic"]
"""A pattern of the gait, of pelvis and trunk while one leg stands; a description, never a diagnosis. Empty: not known.

``trendelenburg``: the other side of the pelvis drops by more than in the reference group (Trendelenburg 1895;
Hardcastle & Nade 1985, J Bone Joint Surg Br 67:741). ``trendelenburg_with_lean``: and the trunk leans over the stance
leg.
``duchenne``: the trunk leans over the stance leg, and the pelvis does not drop more (Duchenne 1867; Westhoff 2006, Gait
Posture 24:196). ``unclear``: a drop above the reference range by less than its uncertainty. ``antalgic``: the stance of
the painful leg is the shorter one (Perry & Burnfield 2010, Gait Analysis).
"""

PATTERN_WORDS: Final[dict[GaitPattern, str]] = {
    "": "",
    "trendelenburg": "Trendelenburg sign, not compensated by a trunk lean",
    "trendelenburg_with_lean": "Trendelenburg sign, partly compensated by the trunk lean",
    "duchenne": "Duchenne sign: trunk lean without an increased pelvic drop",
    "unclear": "pelvic drop may be above the reference range, but not by more than its uncertainty",
    "usual": "pelvic drop within the reference range, as far as can be measured",
    "antalgic": "antalgic pattern: shorter stance on the painful leg",
}

WarningCode = Literal[
    "no_stride",
    "few_strides",
    "rhythm_doubtful",
    "person_small",
    "cadence_unusual",
    "rate_varies",
    "recording_paused",
    "rate_tag_differs",
    "camera_aside",
    "camera_tilted",
    "view_oblique",
    "thighs_covered",
    "trousers_wide",
    "toes_cut_off",
    "toes_cut_off_unseen",
    "toe_off_unseen",
    "toe_off_not_in_table",
    "slowed",
    "speeded",
    "rate_too_high",
    "cadence_contradicts",
    "sides_contradict",
    "treadmill_contradicts",
    "bystander_lost",
    "landmarks_imported",
    "one_of_imported",
    "added_measure_failed",
]
"""What is to be known before the numbers are trusted."""

ExclusionCode = Literal[
    "stride_time",
    "other_strike_missing",
    "out_of_order",
    "stance_share",
    "part_unseen",
    "behind_other_leg",
    "curve_missing",
    "knee_straight",
    "duration_unlike",
    "curve_unlike",
    "comes_to_halt",
    "left_out_by_hand",
]
"""Why a stride does not count; column ``exclusion`` of the strides, empty where it does."""

PeakExclusionCode = Literal["cut_short", "curve_incomplete"]
"""Why a stride that counts does not enter the peaks and ranges of a measure."""

PelvisCode = Literal[
    "no_pictures",
    "no_stickers",
    "stickers_hidden",
    "stickers_inexact",
    "no_waist",
    "shirt_over_pelvis",
    "shirt_moves",
    "pelvis_hidden",
    "pelvis_unclear",
    "pelvis_changes",
    "cloth_moves",
    "clothes_follow_trunk",
    "hip_line",
]
"""Why a pelvis is not believed."""

MeasureCode = Literal["oblique", "frontal_from_side", "sagittal_from_front", "joints_unseen", "measure_unseen"]
"""Why a measure is withheld that the view, or the picture, does not show."""

WithheldCode = Literal[MeasureCode, PelvisCode]
"""Why a measure is withheld."""

RecordingCode = Literal[
    "shaken",
    "panned",
    "zoomed",
    "cut",
    "unknown",
    "dark",
    "back_lit",
    "overexposed",
    "blurred",
    "noisy",
    "carried",
    "repeated",
    "flicker",
]
"""What is to be changed about the pictures."""

RemarkCode = Literal[WarningCode, ExclusionCode, PeakExclusionCode, MeasureCode, RecordingCode]
"""What is remarked on."""

MissingCode = Literal["", "not_seen", "out_of_picture", "behind_other_leg", "not_placed"]
"""Why a landmark is missing; empty: it is not."""

MISSING_WORDS: Final[dict[MissingCode, str]] = {
    "": "",
    "not_seen": "not seen",
    "out_of_picture": "out of the image",
    "behind_other_leg": "behind the other leg",
    "not_placed": "not located reliably",
}
"""Why a landmark is missing, after "is"."""

NoteCode = Literal[
    "",
    "belt_given",
    "belt_from_foot",
    "travel",
    "scaled",
    "metres_need_height",
    "needs_side_view",
    "needs_height",
    "needs_height_or_belt",
    "hips_and_steps_disagree",
    "camera_zoomed",
    "camera_carried",
    "four_events",
    "toe_off_unseen",
    "right_minus_left",
    "one_event_decides",
]
"""What is noted beside a time, length or speed: where it comes from, or why it is not given; column ``code``."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note, most often next to a number.

    Attributes
    ----------
    words
        The note.
    brief
        The same where there is little room; empty: the same words.
    """

    words: str
    brief: str = ""


NOTES: Final[dict[NoteCode, Note]] = {
    "": Note(words=""),
    "belt_given": Note(words="treadmill speed as entered"),
    "belt_from_foot": Note(words="from the stance foot, scaled by body height"),
    "travel": Note(words="from the movement of the hips, scaled by body height"),
    "scaled": Note(words="scaled by body height"),
    "metres_need_height": Note(words="in metres only with the body height"),
    "needs_side_view": Note(words="lengths need a side view", brief="needs a side view"),
    "needs_height": Note(words="needs the body height", brief="needs body height"),
    "needs_height_or_belt": Note(
        words="needs the treadmill speed or the body height", brief="needs the treadmill speed or the body height"
    ),
    "hips_and_steps_disagree": Note(
        words="hip movement and step length disagree; the camera may have moved",
        brief=("hip movement and step length disagree"),
    ),
    "camera_zoomed": Note(words="not measured: the camera zoomed", brief="the camera zoomed"),
    "camera_carried": Note(
        words="not measured: the camera moved with the person", brief=("the camera moved with the person")
    ),
    "four_events": Note(words="difference of four event times; interpret with caution"),
    "toe_off_unseen": Note(words="toe-off not detected"),
    "right_minus_left": Note(words="right minus left"),
    "one_event_decides": Note(
        words="right minus left; inconclusive: it depends on one heel strike or toe-off, moved by one frame",
        brief="inconclusive: depends on one event",
    ),
}
"""What is noted beside a time, length or speed."""

VerticalSource = Literal["given", "background_lines", "both_directions", "image_edges"]
"""Where the direction of gravity in the image comes from.

``given`` by the user, measured on ``background_lines``, found from the thighs of a person who walks in
``both_directions``, or assumed to be that of the ``image_edges``.
"""

VERTICAL_WORDS: Final[dict[VerticalSource, Note]] = {
    "given": Note(words="Camera roll ({roll}, as specified) was corrected.", brief="camera roll as specified"),
    "background_lines": Note(
        words="Camera roll ({roll}, from {lines} vertical background lines) was corrected.", brief="background lines"
    ),
    "both_directions": Note(
        words="Camera roll ({roll}, from the mean thigh angle of walking in both directions) was corrected.",
        brief="walking in both directions",
    ),
    "image_edges": Note(words="The vertical edges of the image were taken as vertical.", brief="image edges assumed"),
}
"""Where the vertical comes from: as a sentence of the methods, and in few words."""

SpeedMatch = Literal["speed_matched", "cadence_matched", "not_matched"]
"""By what a reference curve was matched to the walk: its speed, its cadence, or nothing (the preferred speed)."""

MATCH_WORDS: Final[dict[SpeedMatch, Note]] = {
    "speed_matched": Note(words="speed-matched reference", brief="speed-matched"),
    "cadence_matched": Note(words="cadence-matched reference", brief="cadence-matched"),
    "not_matched": Note(words="preferred-speed reference (not speed-matched)", brief="preferred speed, not matched"),
}
"""A reference by how it was matched, as a sentence calls it, and how it was matched."""

EventKind = Literal["heel_strike", "toe_off"]
"""An instant at which a foot comes down or leaves the floor; column ``event`` of the events."""

EVENT_WORDS: Final[dict[str, str]] = {"heel_strike": "heel strike", "toe_off": "toe-off"}
"""What happens at an event, by its ``EventKind``."""

PersonActivity = Literal["walks", "walks_on_spot", "reflection", "picture", "moves", "stands"]
"""What somebody in a video does."""

ACTIVITY_WORDS: Final[dict[PersonActivity, str]] = {
    "walks": "walks",
    "walks_on_spot": "walks on the spot",
    "reflection": "moves in step with a taller person, like a reflection",
    "picture": "does not move at all, like a poster",
    "moves": "moves, but does not walk",
    "stands": "stands or moves on the spot",
}
"""What somebody does, after "Person 1"."""

EventMethod = Literal["foot_pitch", "consensus", "zeni"]
DEFAULT_EVENT_METHOD: Final[EventMethod] = "foot_pitch"
EVENT_METHODS: Final[tuple[EventMethod, ...]] = get_args(EventMethod)
"""Keys of ``event_detectors.EVENT_DETECTORS``."""

PelvisMethod = Literal["auto", "stickers", "registration", "landmarks"]
PELVIS_METHODS: Final[tuple[PelvisMethod, ...]] = get_args(PelvisMethod)
"""``auto`` and the keys of ``pelvis.PELVIS_SOURCES``."""

DecimalSign = Literal["point", "comma"]
"""Of the numbers in a table; the columns are then separated by commas or by semicolons."""

DECIMAL_SIGNS: Final[tuple[DecimalSign, ...]] = get_args(DecimalSign)
Sex = Literal["f", "m"]
SEXES: Final[tuple[Sex, ...]] = get_args(Sex)
SIDE_NAMES: Final = ("left", "right")
ViewAsFilmed = Literal["auto", "left", "right", "front", "back"]
VIEWS_AS_FILMED: Final[tuple[ViewAsFilmed, ...]] = get_args(ViewAsFilmed)

WALK: Final = "walk"
"""What is done in a video of the gait evaluation; tests of the examination are in ``gaitlab.tasks``."""

TestStatus = Literal[
    "measured",
    "incomplete",
    "not_seen",
    "oblique",
    "other_view",
    "pelvis_not_followed",
    "side_unclear",
    "not_in_video",
]
"""How a value of a test of the examination stands; column ``status`` of ``tests.csv``. All but the first two are values
that are withheld."""

TEST_STATUS_WORDS: Final[dict[TestStatus, str]] = {
    "measured": "",
    "incomplete": "incomplete, not counted",
    "not_seen": "the leg is not visible at this moment",
    "oblique": "the camera was not at a right angle",
    "other_view": "this view does not show it",
    "pelvis_not_followed": "the pelvis could not be followed in the image",
    "side_unclear": "the left and right legs cannot be distinguished",
    "not_in_video": "the video does not contain it completely",
}
"""Why a value of a test is not given; empty: it is given."""

TestVerdict = Literal["", "elevated_held", "not_elevated", "lost", "invalid", "unclear", "step_over", "step_to"]
"""The reading of a special test; empty: the test has none.

``elevated_held`` to ``invalid``: single-leg stance after Hardcastle & Nade (1985, J Bone Joint Surg Br 67:741), with
``lost`` for a pelvis that was elevated and fell; ``unclear``: the uncertainty decides between two of them.
``step_over``, ``step_to``: how stairs are taken.
"""

TEST_VERDICT_WORDS: Final[dict[TestVerdict, str]] = {
    "": "",
    "elevated_held": "pelvis elevated and held",
    "not_elevated": "pelvis not elevated",
    "lost": "pelvic elevation lost",
    "invalid": "test not valid",
    "unclear": "inconclusive within the uncertainty",
    "step_over": "step over step",
    "step_to": "step-to pattern",
}
"""The reading of a special test, without its numbers."""
