"""Remarks on a walk that is measured: each by its code, in one place.

A warning says what to know before the numbers are trusted, a stride's reason why it does not count, a measure's why it
is withheld, and footage advice what to change when filming again. Codes decide (:mod:`gaitlab.codes`), the words
inform, and each stands here once. What cannot be measured at all is a refusal (``errors.CAUSES``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gaitlab.codes import PelvisCode, RemarkCode, WithheldCode
from gaitlab.errors import FILM_STEPS
from gaitlab.schema import Withheld

__all__ = [
    "MORE_STRIDES",
    "PELVIS_REMARKS",
    "REMARKS",
    "Remark",
    "RemarkCode",
    "brief_reason",
    "remark_text",
    "withheld",
]

MORE_STRIDES: Final = "Let the person walk there and back two or three times: more strides make the numbers surer."
_FLOOR: Final = "Film with some floor below the feet."


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is remark_text, and when.

    Attributes
    ----------
    about
        What it is on: the whole walk (``warning``), a ``stride`` or ``measure`` that is not used, the ``footage``.
    when
        The condition, in words.
    words
        What is remark_text, with the names of its values in braces; empty: the advice says it all.
    advice
        What to do; empty where there is nothing to do, or where others say it.
    brief
        The words where there is little room; empty: the same.
    """

    about: Literal["warning", "stride", "measure", "footage"]
    when: str
    words: str = ""
    advice: str = ""
    brief: str = ""


def remark_text(code: RemarkCode, **values: object) -> str:
    """Return a remark in words, with its advice.

    Parameters
    ----------
    code
        Which one.
    values
        What its words name.

    Examples
    --------
    >>> remark_text("person_small", height_px=150.4)
    'The person is only 150 pixels tall in the picture. Film from closer.'
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
    'no two stickers of one bright colour are seen'
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


def _measure(when: str, words: str, advice: str = "", brief: str = "") -> Remark:
    return Remark(about="measure", when=when, words=words, advice=advice, brief=brief)


def _footage(when: str, advice: str) -> Remark:
    return Remark(about="footage", when=when, advice=advice)


_DO_NOT_FIT: Final = "{cadence_spm:.0f} steps per minute do not fit the {part}"
_LIGHT: Final = "Turn on more light, and do not film against a window."

REMARKS: Final[dict[RemarkCode, Remark]] = {
    "no_stride": _warning("a leg has no stride that counts", "No stride of the {side} leg could be used.", FILM_STEPS),
    "few_strides": _warning(
        "a leg has one or two strides that count",
        "Only {count} stride{plural} of the {side} leg could be used.",
        MORE_STRIDES,
    ),
    "rhythm_doubtful": _warning(
        "the stride time of the events is over 10 % off that of the feet's rhythm",
        "The rhythm of the events does not fit the rhythm of the feet: check the events in the overlay video.",
    ),
    "person_small": _warning(
        "the person is less than 200 pixels tall",
        "The person is only {height_px:.0f} pixels tall in the picture.",
        "Film from closer.",
    ),
    "cadence_unusual": _warning(
        "the cadence is outside of 30 to 200 steps per minute",
        "A cadence of {cadence_spm:.0f} steps per minute is unusual.",
        "Check the events in the overlay video.",
    ),
    "rate_varies": _warning("the frame rate varies", "The frame rate varies; true frame times were used."),
    "recording_paused": _warning(
        "two frames are over half a second apart",
        "The recording stops on the way, for {paused_s:.1f} s in all: no stride was measured across that.",
    ),
    "rate_tag_differs": _warning(
        "the file names a higher rate of the camera than it plays at",
        "The camera names {tag_hz:.0f} frames per second, the file plays {rate_hz:.0f}: if it is slow motion, give "
        "--capture-fps {tag_hz:.0f}.",
    ),
    "camera_aside": _warning(
        "the camera is 15 to 35 degrees off square",
        "The camera stands about {off_axis_deg:.0f} degrees off {square_to}: angles were corrected for it and are less "
        "certain.",
    ),
    "camera_tilted": _warning(
        "the camera looks down or up by over 5 degrees",
        "The camera looks {way} by about {pitch_deg:.0f} degrees; angles were corrected for it.",
    ),
    "view_oblique": _warning("the camera is over 35 degrees off square", "{explanation} Joint angles are withheld."),
    "thighs_covered": _warning(
        "between legs that are wide apart the picture shows the colours of the clothes, and not of the room",
        "Clothes cover the thighs, as a skirt, a gown or a long coat does: the hips and knees are guessed through the "
        "cloth, and their angles are much less certain.",
    ),
    "toes_cut_off": _warning(
        "the toes of a foot are below the picture, or at its lower edge, in over 20 % of the frames",
        "The toes are cut off by the lower edge of the picture: toe-off is found from the ankle and the knee, and is "
        "less certain.",
        _FLOOR,
    ),
    "toes_cut_off_unseen": _warning(
        "the same, and over half of the strides have no toe-off",
        "The toes are cut off by the lower edge of the picture: toe-off and the phases that it delimits are not "
        "determined.",
        _FLOOR,
    ),
    "toe_off_unseen": _warning(
        "over half of the strides have no toe-off for another cause",
        "Toe-off is not seen well enough, so the phases that it delimits are not determined{what_to_do}.",
    ),
    "toe_off_not_in_table": _warning(
        "over half of the strides have no toe-off in a table of events",
        "The table of events has no toe-off for most strides, so the phases that it delimits are not determined.",
    ),
    "slowed": _warning(
        "the legs swing too slowly, or the steps are too long, for the cadence",
        f"The video seems to be slow motion: {_DO_NOT_FIT}.",
        "Give the rate at which the camera recorded, or film at normal speed.",
    ),
    "speeded": _warning(
        "the cadence is too quick for steps so long",
        f"The video seems to be speeded up: {_DO_NOT_FIT}.",
        "Film at normal speed.",
    ),
    "rate_too_high": _warning(
        "a capture rate was given at which the cadence is too quick for the steps",
        f"The capture rate that was given seems too high: {_DO_NOT_FIT}.",
        "Check it.",
    ),
    "cadence_contradicts": _warning(
        "the cadence of two videos of a visit differs by over a tenth",
        "The cadence does not fit: {one:.0f} steps per minute in {name}, {two:.0f} in {other}. The person walked "
        "differently, or one of them is in slow motion: do not read their numbers as those of one walk.",
    ),
    "sides_contradict": _warning(
        "a difference between the sides is the other way round in another video",
        "The sides do not fit: {what} is longer on the {side} in {name} and on the {other_side} in {other}. One of "
        "them may be mirrored, as some phones store selfies, or show somebody else.",
    ),
    "treadmill_contradicts": _warning(
        "one of two videos shows a treadmill",
        "One of {name} and {other} shows a treadmill and one does not: people walk differently on it.",
    ),
    "stride_time": _stride(
        "it is shorter than 0.4 or longer than 10 s, or than 1.8 times the median",
        "takes {duration_s:.2f} s, which is not a walking stride",
    ),
    "other_strike_missing": _stride(
        "the other foot has no heel strike in it, or two", "the other foot's heel strike was not found"
    ),
    "out_of_order": _stride("its events are not in the order of walking", "its events are out of order"),
    "stance_share": _stride(
        "its stance is under 45 or over 90 %", "its stance of {stance_pct:.0f} % is not that of walking"
    ),
    "part_unseen": _stride(
        "the ankle, or the hip or knee, is not seen for over a tenth of it; the usual cause is named",
        "{what} {cause}",
    ),
    "behind_other_leg": _stride(
        "the same, and the usual cause is the other leg", "the {side} leg is hidden behind the {other_side} one"
    ),
    "curve_missing": _stride("it has no whole curve, and no single cause", "the leg was not seen for long enough"),
    "knee_straight": _stride(
        "the knee bends by less than three quarters of what it does in the leg's other strides",
        "the knee bends far less than in the leg's other strides: the legs were not told apart",
    ),
    "duration_unlike": _stride(
        "its duration is over 20 % off the median", "its duration is over 20 % off the person's median"
    ),
    "curve_unlike": _stride(
        "its curve is further from the leg's median than 3 scaled median absolute deviations and 5 degrees",
        "its curve is unlike the person's other strides",
    ),
    "comes_to_halt": _stride("the person stands or turns after it", "last step before standing or turning"),
    "left_out_by_hand": _stride("a reader left it out", "left out by hand"),
    "oblique": _measure(
        "the view is oblique",
        "the camera looks at the person at an angle, which shortens and mixes the angles",
        brief="filmed at an angle",
    ),
    "frontal_from_side": _measure(
        "pelvic drop, hip adduction, lateral lean in a side view",
        "it happens in the plane that a side view cannot see",
        "Film from behind or from the front: camera at pelvis height on the walking line, shirt tucked in.",
        "not seen from the side: film from behind or the front",
    ),
    "sagittal_from_front": _measure(
        "hip and knee flexion, forward lean in a front or back view",
        "it happens in the plane that a front or back view cannot see",
        "Film from the side: camera at hip height, 4 to 5 m away, at a right angle to the walking line.",
        "not seen from here: film from the side",
    ),
    "joints_unseen": _measure(
        "no stride shows the joints that it needs; the usual cause is named",
        "the {joints} are {cause}",
        "Film the whole body, head and feet included.",
    ),
    "measure_unseen": _measure("no stride that counts has it", "it was not seen in any stride that could be used"),
    "shaken": _footage("the camera trembled or drifted", "Put the phone on a tripod or a table."),
    "panned": _footage(
        "the camera followed the person", "Leave the camera where it is; let the person walk through the picture."
    ),
    "zoomed": _footage("the camera zoomed", "Do not zoom while filming."),
    "cut": _footage("the video has hard cuts", "Film in one piece, without cuts."),
    "unknown": _footage(
        "the background does not tell whether the camera moved",
        "Film where the background has something to see, such as a door, a poster or tiles, and do not move the "
        "camera.",
    ),
    "dark": _footage("the person is dark, or hardly stands out", _LIGHT),
    "back_lit": _footage(
        "the person is dark before a bright window or wall",
        "Film with the light behind you: against a window the person is a dark outline.",
    ),
    "overexposed": _footage(
        "over a fifth of the trunk is white",
        "Film with less light on the person, or tap on the person so that the phone sets the exposure.",
    ),
    "blurred": _footage(
        "the sharpest edges are blurred by over 1 % of the person's height",
        "Focus on the person, clean the lens, and use more light, so that the exposure is short.",
    ),
    "noisy": _footage("the picture boils", "Use more light: in the dark the picture is noisy."),
    "carried": _footage(
        "the camera was carried along",
        "Do not walk along with the camera: lengths cannot be measured from one that moves along.",
    ),
    "repeated": _footage(
        "over a tenth of the pictures repeat another",
        "Send the video as the phone recorded it: it holds repeated pictures, as converters and screen recordings "
        "make them.",
    ),
    "flicker": _footage(
        "the background's brightness changes by over 3 % from frame to frame",
        "Film in daylight or under lamps that do not flicker.",
    ),
}
"""Each remark with its condition, words and advice."""

_PUT_STICKERS: Final = "Put two round stickers of one bright colour on the bony points of the pelvis (docs/pelvis.md)."
_OR_STICKERS: Final = (
    "or put two round stickers of one bright colour on the bony points of the pelvis (docs/pelvis.md)."
)

PELVIS_REMARKS: Final[dict[PelvisCode, Remark]] = {
    "no_pictures": _measure(
        "there is no video",
        "the video's pictures are needed, and only its landmarks are at hand",
        "Analyse the video itself.",
    ),
    "no_stickers": _measure("no stickers", "no two stickers of one bright colour are seen", _PUT_STICKERS),
    "stickers_hidden": _measure(
        "stickers", "the stickers are hidden, or out of the picture, for too long", _PUT_STICKERS
    ),
    "stickers_inexact": _measure(
        "stickers",
        "the stickers cannot be placed exactly: the picture is too coarse, too blurred or too small",
        "Film from closer, in more light, and do not let the video be compressed again when it is sent.",
        "the stickers cannot be placed exactly",
    ),
    "no_waist": _measure(
        "clothes",
        "no waist is seen: clothes that hang over the pelvis follow the trunk, not the pelvis",
        "Tuck the shirt in, with trousers of another colour, in good light, " + _OR_STICKERS,
        "no waist is seen",
    ),
    "shirt_over_pelvis": _measure(
        "clothes",
        "what is seen over the pelvis turns less than the clothes below it: a shirt hangs over the pelvis",
        "Tuck the shirt in, " + _OR_STICKERS,
        "what is seen over the pelvis turns less than the clothes below it",
    ),
    "pelvis_hidden": _measure(
        "picture",
        "the pelvis is hidden, or out of the picture, for too long",
        "Film with the hands away from the hips and the whole body in the picture, " + _OR_STICKERS,
    ),
    "pelvis_unclear": _measure(
        "picture",
        "the picture of the pelvis is too poor to be followed: small, blurred, coarse, or partly covered",
        "Film from closer and in more light, " + _OR_STICKERS,
        "the picture of the pelvis is too poor to be followed",
    ),
    "pelvis_changes": _measure(
        "picture",
        "the picture of the pelvis changes too much to be followed",
        "Film in even light, with nothing in front of the pelvis, " + _OR_STICKERS,
    ),
    "pelvis_covered": _measure(
        "clothes",
        "what is seen at the pelvis does not move with the hips: something covers it",
        "Film with the hands away from the hips and in fitting clothes, " + _OR_STICKERS,
        "what is seen at the pelvis does not move with the hips",
    ),
    "clothes_follow_trunk": _measure(
        "clothes",
        "what is seen at the pelvis moves hardly more than the hip landmarks, which move too little: "
        "clothes over the pelvis seem to follow the trunk",
        "Wear fitting clothes with the shirt tucked in, " + _OR_STICKERS,
        "what is seen at the pelvis moves hardly more than the hip landmarks, which move too little",
    ),
    "hip_line": _measure(
        "the hip landmarks alone",
        "not reliable: the landmarks' hip line shows only a sixth to a half of the pelvis' true movement",
        "Judge the pelvis by eye in the overlay video; --pelvis landmarks shows the values all the same.",
        "not reliable",
    ),
}
"""Why a pelvis is not believed; the limits are in ``pelvis.sources``."""
