"""Why a pelvis is not believed: each reason by its code (``codes.PelvisCode``), with its words and advice."""

from __future__ import annotations

from typing import Final

from gaitlab.schema.codes import PelvisCode
from gaitlab.schema.messages.remark import Remark, on_measure

__all__ = ["PELVIS_REMARKS"]

_PUT_STICKERS: Final = "Put two round stickers of one bright colour on the bony points of the pelvis."
_OR_STICKERS: Final = "or put two round stickers of one bright colour on the bony points of the pelvis."

PELVIS_REMARKS: Final[dict[PelvisCode, Remark]] = {
    "no_pictures": on_measure(
        "there is no video",
        "the video itself is needed, and only its landmarks are available",
        "Analyse the video itself.",
    ),
    "no_stickers": on_measure("no stickers", "no two stickers of one bright colour were found", _PUT_STICKERS),
    "stickers_hidden": on_measure(
        "stickers", "the stickers are hidden, or outside the image, for too long", _PUT_STICKERS
    ),
    "stickers_inexact": on_measure(
        "stickers",
        "the stickers cannot be located precisely: the image is too coarse, too blurred or too small",
        "Film from closer, in more light, and avoid compressing the video again when you send it.",
        "the stickers cannot be located precisely",
    ),
    "no_waist": on_measure(
        "clothing",
        "the waist is not visible: clothing that hangs over the pelvis follows the trunk, not the pelvis",
        "Tuck the shirt in, with trousers of another colour, in good light, " + _OR_STICKERS,
        "the waist is not visible",
    ),
    "shirt_over_pelvis": on_measure(
        "clothing",
        "the area over the pelvis rotates less than the clothing below it: a shirt hangs over the pelvis",
        "Tuck the shirt in, " + _OR_STICKERS,
        "a shirt hangs over the pelvis",
    ),
    "shirt_moves": on_measure(
        "clothing",
        "the lower edge of the upper clothing is over the pelvis, and this clothing does not turn as one piece in the "
        "image: a shirt hangs over the pelvis, or the image is too poor to decide",
        "Tuck the shirt in, film from closer and in more light, " + _OR_STICKERS,
        "a shirt hangs over the pelvis, or the image is poor",
    ),
    "pelvis_hidden": on_measure(
        "image",
        "the pelvis is hidden, or outside the image, for too long",
        "Film with the hands away from the hips and the whole body in the image, " + _OR_STICKERS,
    ),
    "pelvis_unclear": on_measure(
        "image",
        "the image of the pelvis is too poor to track: small, blurred, coarse or partly covered",
        "Film from closer and in more light, " + _OR_STICKERS,
        "the image of the pelvis is too poor to track",
    ),
    "pelvis_changes": on_measure(
        "image",
        "the image of the pelvis changes too much to track",
        "Film in even light, with nothing in front of the pelvis, " + _OR_STICKERS,
    ),
    "cloth_moves": on_measure(
        "clothing",
        "the area at the waist moves faster than a pelvis does: loose clothing, or a poor image",
        "Tuck the shirt in, wear fitted trousers, " + _OR_STICKERS,
        "loose clothing at the waist",
    ),
    "clothes_follow_trunk": on_measure(
        "clothing",
        "the area at the pelvis moves no more than the hip landmarks, which underestimate the motion: clothing "
        "over the pelvis appears to follow the trunk",
        "Film in tight clothing with the shirt tucked in, " + _OR_STICKERS,
        "clothing over the pelvis appears to follow the trunk",
    ),
    "hip_line": on_measure(
        "the hip landmarks alone",
        "not reliable: hip landmarks show only a sixth to a half of the true pelvic motion",
        "Assess the pelvis visually in the overlay video.",
        "not reliable",
    ),
}
"""Why a pelvis is not believed; the limits are in ``pelvis.limits``."""
