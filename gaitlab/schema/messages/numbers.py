"""How numbers and sentences are written, wherever a reader meets them."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["MINUS", "NOT_GIVEN", "amount", "counted", "number", "sentence", "spread"]

MINUS: Final = "\N{MINUS SIGN}"

NOT_GIVEN: Final = "\N{EN DASH}"
"""Stands where there is no number."""

_SINGULAR: Final = {"steps/min": "step/min"}
_DECIMALS: Final = {"s": 2, "m": 2, "m/s": 2, "leg lengths": 2}


def number(value: float, decimals: int = 1) -> str:
    """Write a number with a true minus; NaN becomes a dash.

    Examples
    --------
    >>> number(-4.26), number(float("nan"))
    ('−4.3', '–')
    """
    if not math.isfinite(value):
        return NOT_GIVEN
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def amount(value: float, unit: str, *, bare: bool = False, decimals: int | None = None) -> str:
    """Write a number with its unit as the panel does, or without it, or with other decimals; NaN becomes a dash.

    Examples
    --------
    >>> amount(11.6, "deg"), amount(0.556, "s"), amount(61.2, "%"), amount(61.2, "%", bare=True)
    ('12°', '0.56 s', '61 %', '61')
    """
    shown = number(value, _DECIMALS.get(unit, 0) if decimals is None else decimals)
    if bare:
        return shown
    return shown + ("°" if unit == "deg" else f" {_SINGULAR.get(unit, unit) if shown == '1' else unit}")


def counted(count: int, singular: str, several: str = "") -> str:
    """Write how many there are; without a word for several, with an s.

    Examples
    --------
    >>> counted(1, "entry", "entries"), counted(0, "stride")
    ('1 entry', '0 strides')
    """
    return f"{count} {singular if count == 1 else several or singular + 's'}"


def spread(low: float, high: float, decimals: int = 1) -> str:
    """Write a range of numbers; one number where both ends are written alike.

    Examples
    --------
    >>> spread(12.6, 25.2, 0), spread(15.9, 16.2, 0)
    ('13 to 25', '16')
    """
    ends = dict.fromkeys(number(value, decimals) for value in (low, high))
    return " to ".join(ends)


def sentence(words: str) -> str:
    """Write words as a sentence: a capital first, a full stop last, and a true plus-minus sign.

    Examples
    --------
    >>> sentence("adults, 1.25 +- 0.17 m/s")
    'Adults, 1.25 ± 0.17 m/s.'
    """
    words = words.strip().replace("+-", "\N{PLUS-MINUS SIGN}")
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?" else ".")
