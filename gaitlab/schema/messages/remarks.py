"""Notes on a walk that is measured: each by its code, in one place.

A warning says what to know before the numbers are trusted, a stride's reason why it does not count, a measure's why it
is withheld, and recording advice what to change when filming again. Codes decide (:mod:`gaitlab.schema.codes`), the
words inform, and each stands here once. What cannot be measured at all is a refusal (``errors.CAUSES``).
"""

from __future__ import annotations

from typing import Final

from gaitlab.errors import FILM_STEPS
from gaitlab.schema import Withheld
from gaitlab.schema.codes import RemarkCode, WithheldCode
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.messages.remark import Remark, on_measure

__all__ = ["MORE_STRIDES", "REMARKS", "brief_reason", "remark_text", "withheld"]

MORE_STRIDES: Final = "Let the person walk back and forth two or three times: more strides reduce the uncertainty."
_FLOOR: Final = "Film with some floor visible below the feet."


def remark_text(code: RemarkCode, **values: object) -> str:
    """Return the text of a note, with its advice.

    Parameters
    ----------
    code
        Which one.
    values
        What its words name.

    Examples
    --------
    >>> remark_text("person_small", height_px=150.4)
    'The person is only 150 pixels tall in the image. Film from closer.'
    """
    remark = REMARKS[code]
    return " ".join(part for part in (remark.words.format(**values), remark.advice) if part)


def withheld(measure: str, code: WithheldCode, *, advice: str | None = None, **values: object) -> Withheld:
    """Return a measure that is withheld, with the words of its code.

    Parameters
    ----------
    measure
        Which one.
    code
        Why.
    advice
        How to film it; ``None``: as the code has it.
    values
        What its words name.

    Examples
    --------
    >>> withheld("pelvic_drop", "no_stickers").reason
    'no two stickers of one bright colour were found'
    """
    remark = _of_measure(code)
    return Withheld(
        measure=measure,
        code=code,
        reason=remark.words.format(**values),
        advice=remark.advice if advice is None else advice,
    )


def brief_reason(held_back: Withheld) -> str:
    """Return in a few words why a measure is withheld."""
    return _of_measure(held_back.code).brief or held_back.reason.rstrip(".")


def _of_measure(code: WithheldCode) -> Remark:
    return next(remark for known, remark in (*PELVIS_REMARKS.items(), *REMARKS.items()) if known == code)


def _warning(when: str, words: str, advice: str = "") -> Remark:
    return Remark(about="warning", when=when, words=words, advice=advice)


def _stride(when: str, words: str) -> Remark:
    return Remark(about="stride", when=when, words=words)


def _recording(when: str, advice: str) -> Remark:
    return Remark(about="recording", when=when, advice=advice)


_DO_NOT_FIT: Final = "{cadence_spm:.0f} steps per minute do not match the {part}"
_LIGHT: Final = "Use more light, and do not film against a window."

REMARKS: Final[dict[RemarkCode, Remark]] = {
    "no_stride": _warning(
        "a leg has no usable complete stride", "No complete stride of the {side} leg could be used.", FILM_STEPS
    ),
    "few_strides": _warning(
        "a leg has one or two usable complete strides",
        "Only {count} complete stride{plural} of the {side} leg could be used.",
        MORE_STRIDES,
    ),
    "rhythm_doubtful": _warning(
        "the stride time from the events differs by over 10 % from that of the foot rhythm",
        "Detected events are inconsistent with the stride rhythm.",
        "Check them in the overlay video.",
    ),
    "person_small": _warning(
        "the person is less than 200 pixels tall",
        "The person is only {height_px:.0f} pixels tall in the image.",
        "Film from closer.",
    ),
    "cadence_unusual": _warning(
        "the cadence is outside of 30 to 200 steps per minute",
        "The cadence of {cadence_spm:.0f} steps per minute is unusual.",
        "Check the events in the overlay video.",
    ),
    "rate_varies": _warning("the frame rate varies", "The frame rate varies; the stored time of each frame was used."),
    "recording_paused": _warning(
        "two frames are more than half a second apart",
        "The recording is interrupted, for {paused_s:.1f} s in total; no stride was measured across an interruption.",
    ),
    "rate_tag_differs": _warning(
        "the file's metadata states a higher recording rate than it plays at",
        "The file's metadata states {tag_hz:.0f} frames per second, but it plays at {rate_hz:.0f}. If this is slow "
        "motion, analyse it again with the recording rate of {tag_hz:.0f}.",
    ),
    "camera_aside": _warning(
        "the camera is 15 to 35 degrees off square",
        "The camera is about {off_axis_deg:.0f} degrees off {square_to}. Angles were corrected for this, with a "
        "larger uncertainty.",
    ),
    "camera_tilted": _warning(
        "the camera looks down or up by over 5 degrees",
        "The camera points {way} by about {pitch_deg:.0f} degrees; angles were corrected for this.",
    ),
    "view_oblique": _warning("the camera is over 35 degrees off square", "{explanation} Joint angles are withheld."),
    "thighs_covered": _warning(
        "between legs that are wide apart the image shows the colours of the clothing, not of the room",
        "Clothing covers the thighs, for example a skirt, a gown or a long coat: hip and knee positions are estimated "
        "through it, and their angles are much less certain.",
    ),
    "trousers_wide": _warning(
        "cloth, or something before the legs, covers half or more of the room between legs that are wide apart",
        "Wide trousers, or something in front of the legs, cover part of the room between them: hip and knee angles "
        "may be several degrees off. Film in fitted trousers or shorts.",
    ),
    "toes_cut_off": _warning(
        "the toes of a foot are below the image, or at its lower edge, in over 20 % of the frames",
        "The toes are outside the lower edge of the image: toe-off is estimated from the ankle and the knee, and is "
        "less certain.",
        _FLOOR,
    ),
    "toes_cut_off_unseen": _warning(
        "the same, and over half of the strides have no toe-off",
        "The toes are outside the lower edge of the image: toe-off, and the phases that depend on it, were not "
        "determined.",
        _FLOOR,
    ),
    "toe_off_unseen": _warning(
        "over half of the strides have no toe-off for another cause",
        "Toe-off could not be detected, so the phases that depend on it were not determined{what_to_do}.",
    ),
    "toe_off_not_in_table": _warning(
        "over half of the strides have no toe-off in a table of events",
        "The table of events has no toe-off for most strides, so the phases that depend on it were not determined.",
    ),
    "slowed": _warning(
        "the legs swing too slowly, or the steps are too long, for the cadence",
        f"The video appears to be slow motion: {_DO_NOT_FIT}.",
        "State the rate at which the camera recorded, or film at normal speed.",
    ),
    "speeded": _warning(
        "the cadence is too fast for steps of this length",
        f"The video appears to be speeded up: {_DO_NOT_FIT}.",
        "Film at normal speed.",
    ),
    "rate_too_high": _warning(
        "the recording rate that was specified makes the cadence too fast for the steps",
        f"The recording rate that was specified appears too high: {_DO_NOT_FIT}.",
        "Check the recording rate.",
    ),
    "cadence_contradicts": _warning(
        "the cadence of two videos of a visit differs by over a tenth",
        "The videos disagree in cadence: {one:.0f} steps per minute in {name}, {two:.0f} in {other}. The person "
        "walked differently, or one video is in slow motion. Do not read their values as one walk.",
    ),
    "sides_contradict": _warning(
        "the direction of a left-right difference is reversed in another video",
        "The videos disagree in a left-right difference: {what} is longer on the {side} in {name} and on the "
        "{other_side} in {other}. One of them may be mirrored, as some phones store selfies, or show another person.",
    ),
    "treadmill_contradicts": _warning(
        "one of two videos shows a treadmill",
        "Only one of {name} and {other} shows a treadmill: people walk differently on a treadmill.",
    ),
    "bystander_lost": _warning(
        "another person is seen, and lost or first found inside the image, with nobody followed near for 2 seconds",
        "Another person in the video was not followed all the time (lost between {from_s:.1f} and {to_s:.1f} s): their "
        "face may not be blurred there.",
        "Watch the overlay video before you share it.",
    ),
    "landmarks_imported": _warning(
        "landmarks of another tool are analysed",
        "The landmarks are those of {tool}. The uncertainties were determined with MediaPipe and may not apply. The "
        "report has no images of the video: faces could not be blurred.",
    ),
    "one_of_imported": _warning(
        "of several people in files of OpenPose one is measured",
        "The landmarks are of {people} people. Measured is person {number}, counted from the left by first appearance.",
        "Check that it is the right one, or choose another person.",
    ),
    "added_measure_failed": _warning("a measure of a plug-in fails", "{error} The result is without this measure."),
    "stride_time": _stride(
        "it is shorter than 0.4 or longer than 10 s, or than 1.8 times the median",
        "lasts {duration_s:.2f} s, too short or too long for a walking stride",
    ),
    "other_strike_missing": _stride(
        "the other foot has no heel strike in it, or two", "no single heel strike of the other foot was found"
    ),
    "out_of_order": _stride("its events are not in the order of walking", "its events are out of order"),
    "stance_share": _stride(
        "its stance phase is under 45 or over 90 %",
        ("its stance phase of {stance_pct:.0f} % is not plausible for walking"),
    ),
    "part_unseen": _stride(
        "the ankle, or the hip or knee, is not seen for over a tenth of it; the most common cause is named",
        "{what} {cause}",
    ),
    "behind_other_leg": _stride(
        "the same, and the most common cause is the other leg", "the {side} leg is hidden behind the {other_side} leg"
    ),
    "curve_missing": _stride("it has no whole curve, and no single cause", "the leg was not visible for long enough"),
    "knee_straight": _stride(
        "the knee bends by less than three quarters of what it does in the leg's other strides",
        "the knee bends far less than in the leg's other strides: left and right were probably confused",
    ),
    "duration_unlike": _stride(
        "its duration differs by over 20 % from the median",
        ("its duration differs by over 20 % from the person's median"),
    ),
    "curve_unlike": _stride(
        "its curve differs from the leg's median by more than 3 scaled median absolute deviations and 5 degrees",
        "its curve differs from the person's other strides",
    ),
    "comes_to_halt": _stride("the person stands or turns after it", "last step before standing or turning"),
    "left_out_by_hand": _stride("a reader excluded it", "excluded manually"),
    "cut_short": _stride("the video ends in it: it counts in phases, not in peaks and times", "its end was not seen"),
    "curve_incomplete": _stride("its curve has a gap: it counts in phases, not in peaks", "its curve has a gap"),
    "oblique": on_measure(
        "the view is oblique",
        "the camera views the person obliquely, which distorts the angles",
        brief="filmed obliquely",
    ),
    "frontal_from_side": on_measure(
        "pelvic drop, hip adduction, lateral trunk lean in a side view",
        "frontal-plane motion is not visible from the side",
        "Film from behind or from the front, with the camera at pelvis height on the walking line and the shirt "
        "tucked in.",
        "film from behind or front",
    ),
    "sagittal_from_front": on_measure(
        "hip and knee flexion, forward trunk lean in a front or back view",
        "sagittal-plane motion is not visible from the front or from behind",
        "Film from the side, with the camera at hip height, 4 to 5 m away, at a right angle to the walking line.",
        "not visible from this view; film from the side",
    ),
    "joints_unseen": on_measure(
        "no stride shows the joints that it needs; the most common cause is named",
        "the {joints} are {cause}",
        "Film the whole body, including head and feet.",
    ),
    "measure_unseen": on_measure("no stride that is used has it", "it was not visible in any usable stride"),
    "shaken": _recording("the camera trembled or drifted", "Put the phone on a tripod or a table."),
    "panned": _recording(
        "the camera followed the person", "Do not move the camera; let the person walk through the image."
    ),
    "zoomed": _recording("the camera zoomed", "Do not zoom while filming."),
    "cut": _recording("the video has hard cuts", "Film in one piece, without cuts."),
    "unknown": _recording(
        "the background does not show whether the camera moved",
        "Film in front of a background with detail, such as a door, a poster or tiles, and do not move the camera.",
    ),
    "dark": _recording("the person is dark, or hardly stands out", _LIGHT),
    "back_lit": _recording(
        "the person is dark against a bright window or wall",
        "Film with the light behind you: against a window the person is a dark outline.",
    ),
    "overexposed": _recording(
        "over a fifth of the trunk is white",
        "Use less light on the person, or tap on the person so that the phone sets the exposure.",
    ),
    "blurred": _recording(
        "the sharpest edges are blurred by over 1 % of the person's height",
        "Focus on the person, clean the lens, and use more light, so that the exposure is short.",
    ),
    "noisy": _recording("the image is noisy", "Use more light: images are noisy in the dark."),
    "carried": _recording(
        "the camera moved along with the person",
        "Do not walk along with the camera: step length and speed cannot be measured with a moving camera.",
    ),
    "repeated": _recording(
        "over a tenth of the frames repeat another",
        "Use the video as the phone recorded it: this file contains repeated frames, as converters and screen "
        "recordings produce them.",
    ),
    "flicker": _recording(
        "the background's brightness changes by over 3 % from frame to frame",
        "Film in daylight or under lamps that do not flicker.",
    ),
}
"""Each remark with its condition, words and advice."""
