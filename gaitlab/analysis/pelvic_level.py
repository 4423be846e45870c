"""The level of the pelvis that a reader marked, as input of the pelvis estimation."""

from __future__ import annotations

import numpy as np

from gaitlab.analysis.walk import Walk
from gaitlab.errors import InputError
from gaitlab.gait.corrections import swap_side
from gaitlab.pelvis import LevelClick
from gaitlab.signals.kinematics import left_side_sign

__all__ = ["level_clicks"]


def level_clicks(walk: Walk) -> tuple[LevelClick, ...]:
    """Return the points that a reader marked on the pelvis, left and right as the view has them.

    Parameters
    ----------
    walk
        With its view and corrections.

    Raises
    ------
    InputError
        If the view is not from the front or the back, or left and right are exchanged in a mark.
    """
    sign, clicks = left_side_sign(walk.view.view), []
    for mark in walk.corrections.level:
        which = f"The pelvic level marked at {mark.time_s:.3f} s, a correction,"
        if not sign:
            raise InputError(
                f"{which} cannot be used: the view is {walk.view.view!r}. The level is marked in front and back views."
            )
        nearest = int(np.abs(walk.time_s - mark.time_s).argmin())
        seen = swap_side(mark) if walk.mirrored[nearest] else mark
        left_px, right_px = seen.left_px or (0.0, 0.0), seen.right_px or (0.0, 0.0)
        if sign * (left_px[0] - right_px[0]) <= 0:
            raise InputError(
                f"{which} has left and right swapped: in a {walk.view.view} view the person's left is at the "
                f"{'right' if sign * (-1 if walk.mirrored[nearest] else 1) > 0 else 'left'} of the image. Mark the "
                "person's left point first."
            )
        clicks.append(LevelClick(time_s=mark.time_s, left_px=left_px, right_px=right_px))
    return tuple(clicks)
