"""Which keypoint of another tool is which landmark, by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gaitlab.schema import LANDMARKS

__all__ = ["landmark_columns"]

_PARTS: Final = {
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
    "hip": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "heel": "heel",
    "calcaneus": "heel",
    "bigtoe": "foot_index",
    "toe": "foot_index",
    "footindex": "foot_index",
    "eye": "eye",
    "ear": "ear",
}
"""Parts of the body as tools name them, without signs between words."""

_SIDES: Final = (("left", "left"), ("right", "right"), ("l", "left"), ("r", "right"))


def landmark_columns(names: Sequence[str]) -> dict[str, int]:
    """Return the column of each landmark that some keypoints have.

    Parameters
    ----------
    names
        Of the keypoints, for example ``LHip``, ``left_hip``, ``hip_left`` or ``Hip L``.

    Returns
    -------
    columns : dict
        By the name of the landmark (``schema.LANDMARKS``); keypoints that are none of them are left out.

    Examples
    --------
    >>> landmark_columns(["Nose", "RHip", "LBigToe", "LSmallToe", "knee_left"])
    {'nose': 0, 'right_hip': 1, 'left_foot_index': 2, 'left_knee': 4}
    """
    columns: dict[str, int] = {}
    for column, name in enumerate(names):
        landmark = _landmark(name)
        if landmark is not None:
            columns.setdefault(landmark, column)
    return columns


def _landmark(name: str) -> str | None:
    plain = re.sub(r"[^a-z]", "", name.lower())
    if plain == "nose":
        return "nose"
    for sign, side in _SIDES:
        for part in (plain.removeprefix(sign), plain.removesuffix(sign)):
            if part != plain and part in _PARTS:
                found = f"{side}_{_PARTS[part]}"
                return found if found in LANDMARKS else None
    return None
