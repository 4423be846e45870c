"""Limits of the quality figures of a pelvis, and the code with which it is withheld beyond each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gaitlab.pelvis.cloth import CLOTH
from gaitlab.pelvis.waistband import WAIST
from gaitlab.schema.codes import PelvisCode

__all__ = ["REGISTRATION_LIMITS", "STICKER_LIMITS", "QualityLimit", "first_violation"]


@dataclass(frozen=True, kw_only=True)
class QualityLimit:
    """Limit of a quality figure, and the code with which the pelvis is withheld beyond it.

    Attributes
    ----------
    figure
        Name of the figure in ``PelvisEstimate.quality``.
    code
        Why the pelvis is withheld.
    least, most
        Smallest and largest accepted value, in the figure's own unit.

    See Also
    --------
    PelvisEstimate : holds the figures

    Examples
    --------
    >>> REGISTRATION_LIMITS[0].holds({})
    True
    """

    figure: str
    code: PelvisCode
    least: float = -math.inf
    most: float = math.inf

    def holds(self, quality: Mapping[str, float]) -> bool:
        """Check whether the figure is within the limit.

        Parameters
        ----------
        quality
            Figures by name.

        Returns
        -------
        holds : bool
            False for NaN; True for a figure that was not measured.

        Examples
        --------
        >>> from math import nan
        >>> limit = QualityLimit(figure="turn", code="no_pictures", most=2.0)
        >>> limit.holds({"turn": 1.0}), limit.holds({"turn": nan})
        (True, False)
        """
        return self.figure not in quality or self.least <= quality[self.figure] <= self.most


STICKER_LIMITS: Final = (
    QualityLimit(figure="seen_share", least=0.5, code="stickers_hidden"),
    QualityLimit(figure="noise_deg", most=0.8, code="stickers_inexact"),
)
"""When stickers are believed. ``seen_share``: part of the video in which both are seen. ``noise_deg``: see
``slope_noise_deg``; 0.4 in good, dark and small images, 1.2 where compression has spoilt them."""

REGISTRATION_LIMITS: Final = (
    QualityLimit(figure="waist_step", least=WAIST.min_step, code="no_waist"),
    QualityLimit(figure="turn_below", most=1.5, code="shirt_over_pelvis"),
    QualityLimit(figure="disagreement_above", most=WAIST.max_disagreement, code="shirt_moves"),
    QualityLimit(figure="seen_share", least=0.8, code="pelvis_hidden"),
    QualityLimit(figure="shirt_rapid_share", most=CLOTH.most_rapid_share, code="shirt_moves"),
    QualityLimit(figure="rapid_share", most=CLOTH.most_rapid_share, code="cloth_moves"),
    QualityLimit(figure="spread_deg", most=0.6, code="pelvis_unclear"),
    QualityLimit(figure="spread_below_waist_deg", most=0.8, code="pelvis_unclear"),
    QualityLimit(figure="fit_share", least=0.8, code="pelvis_changes"),
    QualityLimit(figure="hip_line_share", most=1.0, code="clothes_follow_trunk"),
)
"""When a registration is believed; measured on good and on spoilt images (``docs/pelvis.md``).

``waist_step``: see ``waistband``. ``turn_below``: degrees that the cloth just below the waist turns for each degree of
the region. ``disagreement_above``: see ``waistband``. ``seen_share``: part of the time with a person in which the turn
is known. ``spread_deg``: jackknife error of the turn, root mean square. ``fit_share``: fit of the worst twentieth of
the frames, as part of the usual one.
``rapid_share``: see ``cloth``; not given where the rapid part is slight. ``shirt_rapid_share``: the same, given where
the border of the clothes is so low that the region lies on the upper garment (``waistband.shirt_covers_region``).
``spread_below_waist_deg``: the spread where the region below the waist was followed: 0.60 to 0.67 on four copies of
joggers (gain 0.96 to 1.00), 0.81 on one coded too coarsely (0.90, shape 3.4); 0.90 to 1.09 on seven of a T-shirt's hem
(gain 0.64 to 0.68). ``hip_line_share``: degrees of the hip landmarks for each degree of the region; in real people
0.04 in the median, and 1 where the whole body leans, so that only a region that moves less than the landmarks is
refused. How far the two go together (``hip_line_correlation``) is stated and decides nothing: in real people it is 0.17
in the median.
"""


def first_violation(limits: tuple[QualityLimit, ...], quality: Mapping[str, float]) -> QualityLimit | None:
    """Return the first limit that is broken; ``None``: none is."""
    return next((limit for limit in limits if not limit.holds(quality)), None)
