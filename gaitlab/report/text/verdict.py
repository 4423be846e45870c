"""Verdict on a number against its reference range or the other side, within its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from gaitlab.reference.comparison import COMPARISON
from gaitlab.schema.messages.numbers import MINUS, amount

__all__ = [
    "LEVELS",
    "Level",
    "ReferenceRange",
    "Verdict",
    "VerdictCode",
    "against_reference",
    "between_sides",
    "difference_text",
    "norm_of",
]

Level = Literal["usual", "deviates", "unsure", "no_reference"]
"""``unsure``: the measurement is too coarse to tell."""

VerdictCode = Literal[
    "within",
    "outside",
    "borderline",
    "within_error",
    "wide",
    "one_stride",
    "no_reference",
    "even",
    "uneven",
    "uneven_within_error",
    "one_event",
]
"""What a number is next to its reference (``within`` to ``no_reference``), or one side next to the other.

``borderline``: outside the reference range, by less than the uncertainty. ``within_error``: outside it, and even the
difference from the mean is less than the uncertainty. ``wide``: inside, but the uncertainty is wider than the range.
``one_event``: a difference that one event, moved by one frame, would take away.
"""

LEVELS: Final[dict[VerdictCode, Level]] = {
    "within": "usual",
    "outside": "deviates",
    "borderline": "unsure",
    "within_error": "unsure",
    "wide": "unsure",
    "one_stride": "unsure",
    "no_reference": "no_reference",
    "even": "usual",
    "uneven": "deviates",
    "uneven_within_error": "unsure",
    "one_event": "unsure",
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A verdict on a value.

    Attributes
    ----------
    code
        The verdict.
    words
        Without a capital or full stop.
    """

    code: VerdictCode
    words: str

    @property
    def level(self) -> Level:
        """How serious it is."""
        return LEVELS[self.code]


@dataclass(frozen=True, kw_only=True)
class ReferenceRange:
    """The range of a reference group.

    Attributes
    ----------
    mean, sd
        Mean and standard deviation, in the number's own unit.
    """

    mean: float
    sd: float

    @property
    def range(self) -> tuple[float, float]:
        """The reference range: mean - 2 SD and mean + 2 SD."""
        return self.mean - COMPARISON.deviation_sd * self.sd, self.mean + COMPARISON.deviation_sd * self.sd

    def words(self, unit: str, *, bare: bool = False) -> str:
        """Write the reference range with its unit, or without it.

        Examples
        --------
        >>> ReferenceRange(mean=18, sd=4).words("deg"), ReferenceRange(mean=0, sd=2.5).words("deg")
        ('10 to 26°', 'up to 5°')
        """
        low, high = self._ends(unit)
        end = high if bare else amount(self.range[1], unit)
        if low == high:
            return end
        return f"up to {end}" if low == MINUS + high else f"{low} to {end}"

    def short_words(self, unit: str) -> str:
        """Write the reference range with its unit where there is little room; with "to" where a minus stands in it.

        Examples
        --------
        >>> ReferenceRange(mean=18, sd=4).short_words("deg"), ReferenceRange(mean=3, sd=2).short_words("deg")
        ('10–26°', '−1° to 7°')
        """
        (low, high), end = self._ends(unit), amount(self.range[1], unit)
        if low == high:
            return end
        if low == MINUS + high:
            return f"≤{end}"
        if low.startswith(MINUS):
            return f"{low}{'°' if unit == 'deg' else ''} to {end}"
        return f"{low}–{end}"

    def _ends(self, unit: str) -> tuple[str, str]:
        """Return both ends as they are written: how a range is written depends on what is read."""
        low, high = self.range
        return amount(low, unit, bare=True), amount(high, unit, bare=True)


def norm_of(row: Mapping[str, Any]) -> ReferenceRange | None:
    """Return the reference group of a row of the table of parameters; ``None``: it has none."""
    low, high = float(row["norm_low"]), float(row["norm_high"])
    return ReferenceRange(mean=(low + high) / 2, sd=(high - low) / 2) if math.isfinite(low + high) else None


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
        return Verdict(code="no_reference", words="no reference data")
    if not math.isfinite(uncertainty):
        return Verdict(code="one_stride", words="one stride only: uncertainty not known")
    difference, band = value - usual.mean, COMPARISON.deviation_sd * usual.sd
    shown = amount(abs(difference), unit) if unit != "%" else f"{amount(abs(difference), unit, bare=True)} points"
    size = f"{shown} {less if difference < 0 else more} than the reference"
    if abs(difference) - band > uncertainty:
        return Verdict(code="outside", words=f"{size}, more than the uncertainty")
    if abs(difference) <= band:
        if uncertainty > COMPARISON.max_uncertainty_bands * band:
            return Verdict(code="wide", words="inconclusive: the uncertainty is wider than the reference range")
        return Verdict(code="within", words="within the reference range")
    if abs(difference) > uncertainty:
        words = f"{size}; outside the reference range, but by less than the uncertainty"
        return Verdict(code="borderline", words=words)
    return Verdict(code="within_error", words=f"{size}, less than the uncertainty")


def difference_text(right_minus_left: float, uncertainty: float, *, less: str, unit: str, more: str = "") -> str:
    """Write a difference between the sides without a sign: which side has less, and by how much.

    Where ``more`` is given the side that has more is named.

    Examples
    --------
    >>> difference_text(-11.6, 4.1, less="less", unit="deg")
    'right 12° less than left (± 4°)'
    >>> difference_text(-4.2, 2.1, less="less", unit="deg", more="more")
    'left 4° more than right (± 2°)'
    >>> difference_text(0.3, 4.1, less="less", unit="deg")
    'no difference (± 4°)'
    """
    size = amount(abs(right_minus_left), unit)
    plus = f"± {amount(uncertainty, unit)}" if math.isfinite(uncertainty) else "one stride"
    if size == amount(0.0, unit):
        return f"no difference ({plus})"
    low, high = ("right", "left") if right_minus_left < 0 else ("left", "right")
    first, word, second = (high, more, low) if more else (low, less, high)
    return f"{first} {size} {word} than {second} ({plus})"


def between_sides(right_minus_left: float, uncertainty: float, *, limit: float, one_event: bool = False) -> Verdict:
    """Judge a difference between the sides.

    Parameters
    ----------
    right_minus_left, uncertainty
        The difference and its 95 % half-width; NaN half-width: a single stride of a side.
    limit
        Differences up to this are usual in healthy people.
    one_event
        Whether the difference is called only as long as no event moves by one frame.

    Returns
    -------
    Verdict
        A deviation only where the difference exceeds both ``limit`` and its uncertainty.

    Examples
    --------
    >>> between_sides(-11.6, 4.1, limit=5).words
    'more than the uncertainty'
    """
    size = abs(right_minus_left)
    if not math.isfinite(uncertainty):
        return Verdict(code="one_stride", words="one stride only: uncertainty not known")
    if one_event:
        return Verdict(code="one_event", words="inconclusive: depends on one heel strike or toe-off")
    if size > limit:
        if size > uncertainty:
            return Verdict(code="uneven", words="more than the uncertainty")
        return Verdict(code="uneven_within_error", words="less than the uncertainty")
    if size > uncertainty:
        return Verdict(code="even", words="within the normal asymmetry")
    if uncertainty > COMPARISON.max_uncertainty_bands * limit:
        return Verdict(code="wide", words="inconclusive: the uncertainty is larger than the normal asymmetry")
    return Verdict(code="even", words="no difference beyond the uncertainty")
