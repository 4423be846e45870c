"""Frames shown to the network the other way round, held against the frames before and after them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.legs import LEG_COLUMNS, body_lengths, exchange_legs

__all__ = ["misfits"]

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SAME_POINT_TRUNKS: Final = 0.125
"""A landmark that is further from where the frames around it lead than this part of the trunk length is not believed;
legs that pass each other at 30 frames a second bend by less between two frames."""

_NEIGHBOURS: Final = (-3, -1, 1, 3)


def misfits(position: FloatArray, time_s: FloatArray) -> tuple[Mask, Mask]:
    """Find what the frames with odd numbers say otherwise than those with even numbers, between which they are.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2); NaN: nobody found.
    time_s
        Of the frames, shape (frames,); NaN: a frame that did not decode.

    Returns
    -------
    exchanged : ndarray of bool, shape (frames,)
        Frames in which left and right leg fit better when they are exchanged.
    misplaced : ndarray of bool, shape (frames, 33)
        Landmarks that do not fit, after the exchange.
    """
    expected = _expected(position, time_s)
    turned = exchange_legs(position, np.ones(len(position), dtype=bool))
    legs = [column for column in LEG_COLUMNS if column not in (LEG_COLUMNS[0], LEG_COLUMNS[len(LEG_COLUMNS) // 2])]
    as_is, other = (np.linalg.norm(p - expected, axis=-1)[:, legs].sum(axis=1) for p in (position, turned))
    exchanged = np.asarray(other < as_is)  # False where nothing is expected: NaN compares so
    apart = np.linalg.norm(np.where(exchanged[:, None, None], turned, position) - expected, axis=-1)
    lengths = body_lengths(position)
    limit_px = _SAME_POINT_TRUNKS * float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.inf
    return exchanged, np.asarray(apart > limit_px)


def _expected(position: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return where the even frames around each odd one lead: on a cubic, or at the ends of a stretch on a line."""
    expected = np.full_like(position, np.nan)
    for reach in (_NEIGHBOURS[1:3], _NEIGHBOURS):
        frames = np.arange(1, len(position), 2)
        frames = frames[(frames + reach[0] >= 0) & (frames + reach[-1] < len(position))]
        around = frames[:, None] + np.array(reach)
        weights = _lagrange(time_s[around], time_s[frames])
        on_curve = np.einsum("fn,fnlx->flx", weights, position[around])
        known = np.isfinite(on_curve).all(axis=(1, 2))
        expected[frames[known]] = on_curve[known]
    return expected


def _lagrange(nodes_s: FloatArray, at_s: FloatArray) -> FloatArray:
    """Return the weights of nodes, shape (frames, nodes), in the polynomial through them at a time of each frame."""
    weights = np.ones_like(nodes_s)
    for one in range(nodes_s.shape[1]):
        for other in range(nodes_s.shape[1]):
            if one != other:
                weights[:, one] *= (at_s - nodes_s[:, other]) / (nodes_s[:, one] - nodes_s[:, other])
    return weights
