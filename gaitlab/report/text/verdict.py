"""What a number says next to a reference or next to the other side: in plain words, and never more than is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gaitlab.messages.numbers import amount
from gaitlab.reference.comparison import DEVIATION_SD, MAX_UNCERTAINTY_BANDS

__all__ = ["Level", "ReferenceRange", "Verdict", "against_reference", "between_sides", "difference_text"]

Level = Literal["usual", "deviates", "unsure", "no_reference"]
"""``unsure``: the measurement is too coarse to tell."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A verdict on a value: words without a capital or full stop, and its level."""

    words: str
    level: Level


@dataclass(frozen=True, kw_only=True)
class ReferenceRange:
    """Mean and SD of a reference group, in the number's own unit."""

    mean: float
    sd: float

    @property
    def range(self) -> tuple[float, float]:
        """The reference range: mean - 2 SD and mean + 2 SD."""
        return self.mean - DEVIATION_SD * self.sd, self.mean + DEVIATION_SD * self.sd


def against_reference(
    value: float, uncertainty: float, usual: ReferenceRange | None, *, less: str, more: str, unit: str
) -> Verdict:
    """Compare a value with a reference group.

    A deviation is reported only if the value is outside mean +- 2 SD by more than its uncertainty.

    Parameters
    ----------
    value, uncertainty
        The number and its 95 % half-width; NaN half-width: a single stride.
    usual
        The reference group; ``None``: there is none.
    less, more
        Words for a number that is too small or too large, as "less extension".
    unit
        Unit of all three.

    Examples
    --------
    >>> adults = ReferenceRange(mean=18, sd=4)
    >>> against_reference(6, 3, adults, less="less extension", more="more extension", unit="deg").words
    '12° less extension than the reference, more than the uncertainty'
    """
    if usual is None:
        return Verdict(words="no reference data", level="no_reference")
    if not math.isfinite(uncertainty):
        return Verdict(words="one stride only: uncertainty not known", level="unsure")
    difference, band = value - usual.mean, DEVIATION_SD * usual.sd
    size = f"{amount(abs(difference), unit)} {less if difference < 0 else more} than the reference"
    if abs(difference) - band > uncertainty:
        return Verdict(words=f"{size}, more than the uncertainty", level="deviates")
    if abs(difference) <= band:
        if uncertainty > MAX_UNCERTAINTY_BANDS * band:
            return Verdict(words="inconclusive: the uncertainty is wider than the reference range", level="unsure")
        return Verdict(words="within the reference range", level="usual")
    if abs(difference) > uncertainty:
        words = f"{size}; outside the reference range, but by less than the uncertainty"
        return Verdict(words=words, level="unsure")
    return Verdict(words=f"{size}, less than the uncertainty", level="unsure")


def difference_text(right_minus_left: float, uncertainty: float, *, less: str, unit: str) -> str:
    """Write a difference between the sides without a sign: which side is lower, and by how much.

    Examples
    --------
    >>> difference_text(-11.6, 4.1, less="less", unit="deg")
    'right 12° less than left (± 4°)'
    >>> difference_text(0.3, 4.1, less="less", unit="deg")
    'no difference (± 4°)'
    """
    size = amount(abs(right_minus_left), unit)
    plus = f"± {amount(uncertainty, unit)}" if math.isfinite(uncertainty) else "one stride"
    if size == amount(0.0, unit):
        return f"no difference ({plus})"
    low, high = ("right", "left") if right_minus_left < 0 else ("left", "right")
    return f"{low} {size} {less} than {high} ({plus})"


def between_sides(right_minus_left: float, uncertainty: float, *, limit: float, unit: str) -> Verdict:
    """Judge a difference between the sides.

    Parameters
    ----------
    right_minus_left, uncertainty
        The difference and its 95 % half-width; NaN half-width: a single stride of a side.
    limit
        Differences up to this are usual in healthy people.
    unit
        Unit of all three.

    Returns
    -------
    Verdict
        A deviation only where the difference exceeds both ``limit`` and its uncertainty.

    Examples
    --------
    >>> between_sides(-11.6, 4.1, limit=5, unit="deg").words
    'more than the uncertainty'
    """
    size = abs(right_minus_left)
    if not math.isfinite(uncertainty):
        return Verdict(words="one stride only: uncertainty not known", level="unsure")
    if size > limit:
        if size > uncertainty:
            return Verdict(words="more than the uncertainty", level="deviates")
        return Verdict(words="less than the uncertainty", level="unsure")
    if size > uncertainty:
        return Verdict(words="within the normal asymmetry", level="usual")
    if uncertainty > MAX_UNCERTAINTY_BANDS * limit:
        words = "inconclusive: the uncertainty is larger than the normal asymmetry"
        return Verdict(words=words, level="unsure")
    return Verdict(words="no difference beyond the uncertainty", level="usual")
