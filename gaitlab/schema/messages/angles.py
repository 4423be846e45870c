"""How the angles of hip, pelvis and trunk are written: a size and a direction in words, never a sign.

The film, the key frames and their captions say them alike: "17° extension", "drop 7°", "3° over the stance leg".
"""

from __future__ import annotations

import math
from typing import Final

from gaitlab.schema import Side
from gaitlab.schema.messages.numbers import amount

__all__ = ["drop_words", "flexion_words", "lean_words"]

_NO_UNCERTAINTY: Final = "(one stride)"


def flexion_words(flexion_deg: float, uncertainty_deg: float | None = None) -> str:
    """Say the angle of a thigh to the vertical.

    Parameters
    ----------
    flexion_deg
        In degrees, + in front of the vertical.
    uncertainty_deg
        Of a mean: 95 %, NaN where there is one stride only; ``None``: the angle is of one moment.

    Examples
    --------
    >>> flexion_words(24.2), flexion_words(-17.1, 5.8), flexion_words(0.3), flexion_words(-8, float("nan"))
    ('24° flexion', '17° extension ± 6°', '0°', '8° extension (one stride)')
    """
    direction = "flexion" if flexion_deg > 0 else "extension"
    words = f"{_size(flexion_deg)} {direction}" if _shows(flexion_deg) else "0°"
    return words + _uncertainty_words(uncertainty_deg)


def drop_words(drop_deg: float, uncertainty_deg: float | None = None) -> str:
    """Say how far the pelvis drops on the side of the swinging leg; the other way it is a hike.

    Parameters
    ----------
    drop_deg
        In degrees, + where the swing side is the lower one.
    uncertainty_deg
        As of ``flexion_words``.

    Examples
    --------
    >>> drop_words(7.2), drop_words(10.4, 2.2), drop_words(-3.1), drop_words(0.2)
    ('drop 7°', 'drop 10° ± 2°', 'hike 3°', 'drop 0°')
    """
    direction = "hike" if drop_deg < 0 and _shows(drop_deg) else "drop"
    return f"{direction} {_size(drop_deg)}{_uncertainty_words(uncertainty_deg)}"


def lean_words(left_deg: float, standing: Side | None) -> str:
    """Say where the trunk leans: over the stance leg or away from it; with both feet on the ground, to which side.

    Parameters
    ----------
    left_deg
        In degrees, + to the person's left.
    standing
        The leg that stands alone; ``None``: both do, or it is not known.

    Examples
    --------
    >>> lean_words(3.2, "left"), lean_words(3.2, "right"), lean_words(-3.2, None), lean_words(0.1, "left")
    ('3° over the stance leg', '3° away from the stance leg', '3° to the right', '0°')
    """
    if not _shows(left_deg):
        return "0°"
    side: Side = "left" if left_deg > 0 else "right"
    if standing is None:
        return f"{_size(left_deg)} to the {side}"
    return f"{_size(left_deg)} {'over' if side == standing else 'away from'} the stance leg"


def _shows(angle_deg: float) -> bool:
    """Check whether an angle is more than nothing as it is written."""
    return round(abs(angle_deg)) > 0


def _size(angle_deg: float) -> str:
    return amount(abs(angle_deg), "deg")


def _uncertainty_words(uncertainty_deg: float | None) -> str:
    if uncertainty_deg is None:
        return ""
    return f" ± {amount(uncertainty_deg, 'deg')}" if math.isfinite(uncertainty_deg) else f" {_NO_UNCERTAINTY}"
