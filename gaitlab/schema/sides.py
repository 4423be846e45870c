"""Left and right: the sides of the person, as data."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["SIDES", "Side", "opposite", "other_side", "side_sign"]

Side = Literal["left", "right"]
"""Anatomical side of the person, never of the picture."""

SIDES: Final[tuple[Side, Side]] = get_args(Side)


def opposite(side: Side) -> Side:
    """Return the other side.

    Examples
    --------
    >>> opposite("left")
    'right'
    """
    return "right" if side == "left" else "left"


def side_sign(side: Side) -> int:
    """Compute the sign of a side on an axis to the person's left: +1 for the left, -1 for the right.

    Obliquity and trunk lean of the body are positive with the left side up and to the left; times this sign they are
    positive with that side up, and to that side.

    Examples
    --------
    >>> side_sign("left"), side_sign("right")
    (1, -1)
    """
    return 1 if side == "left" else -1


def other_side(landmark: str) -> str:
    """Return the name of the same landmark on the other side of the body; one in the middle is its own.

    Examples
    --------
    >>> other_side("left_knee"), other_side("mouth_right"), other_side("nose")
    ('right_knee', 'mouth_left', 'nose')
    """
    if "left" in landmark:
        return landmark.replace("left", "right")
    return landmark.replace("right", "left")
