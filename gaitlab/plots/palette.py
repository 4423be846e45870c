"""How gaitlab's figures look, and how a user changes it: colours, lines, type size, words, Matplotlib settings.

``gaitlab.style.use(left="#aa3377")`` holds from then on; ``with gaitlab.style.use(left="#aa3377"):`` for a while.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType, TracebackType
from typing import Any, Final

from gaitlab.errors import UsageError
from gaitlab.schema import MEASURES

__all__ = ["Style", "current", "reset", "use"]

_LINES: Final = {"-": "solid", "--": "dashed", "-.": "dash-dotted", ":": "dotted"}
_TEXT_PT: Final = (6.0, 12.0)
"""Smaller cannot be read in print; figures, which grow with the type, become larger than a page with larger ones."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """The settings of gaitlab's figures.

    Attributes
    ----------
    left, right
        Colours of the sides, as Matplotlib takes them.
    left_line, right_line
        Their lines: ``-``, ``--``, ``-.`` or ``:``. Two of a kind cannot be distinguished in a black-and-white print.
    left_word, right_word
        What the sides are called in the figures.
    reference_band, reference_light, reference_line
        Colours of the reference: mean +- 1 SD, +- 2 SD, mean.
    text_size_pt
        Size of ordinary type in points, 6 to 12; all other sizes keep their ratio to it, and figures grow with it.
    sign_words
        For a measure, what lies below and above on its axis: ``{"hip_flexion": ("Extension", "Flexion")}``.
    rc
        Settings of Matplotlib that come last, as in ``matplotlib.rcParams``.

    See Also
    --------
    use : changes it
    current : the style in use

    Examples
    --------
    >>> Style(left="#aa3377").side("left")
    '#aa3377'
    """

    left: str = "#d62728"
    right: str = "#1f5fbf"
    left_line: str = "-"
    right_line: str = "--"
    left_word: str = "Left"
    right_word: str = "Right"
    reference_band: str = "#c4c9cf"
    reference_light: str = "#e9ebee"
    reference_line: str = "#868e97"
    text_size_pt: float = 8.0
    sign_words: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    rc: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def side(self, name: str, element: str = "") -> str:
        """Look up the colour of a side, or its ``line`` or ``word``.

        Parameters
        ----------
        name
            ``left`` or ``right``.
        element
            ``line`` or ``word``; empty: the colour.

        Returns
        -------
        setting : str

        Examples
        --------
        >>> Style().side("right", "line")
        '--'
        """
        return str(getattr(self, f"{name}_{element}" if element else name))

    def axis_words(self, measure: str) -> tuple[str, str]:
        """Look up the words below and above zero on the axis of a measure.

        Parameters
        ----------
        measure
            A name of ``schema.MEASURES``.

        Returns
        -------
        below, above : str

        Examples
        --------
        >>> Style().axis_words("hip_flexion")
        ('Ext', 'Flex')
        """
        if measure in self.sign_words:
            below, above = self.sign_words[measure]
            return below, above
        return MEASURES[measure].axis


class _Settings:
    """The style in use: one for the whole program, as that of Matplotlib is."""

    style: Style = Style()


class use:
    """Change the style of figures: from now on, or inside a ``with`` block.

    It holds for all figures of gaitlab, those of a report included. The settings of Matplotlib outside of gaitlab's
    figures are left as they are.

    Parameters
    ----------
    **changes
        Fields of :class:`Style`; the others stay as they are. ``sign_words`` and ``rc`` are added to those in use.

    Raises
    ------
    UsageError
        If there is no such field, or its value is not allowed; nothing is changed then.

    See Also
    --------
    current : the style in use
    reset : back to the default style

    Examples
    --------
    >>> import gaitlab
    >>> with gaitlab.style.use(left="#aa3377", right="#4477aa", text_size_pt=10):
    ...     gaitlab.style.current().left
    '#aa3377'
    >>> gaitlab.style.current().left
    '#d62728'
    """

    def __init__(self, **changes: Any) -> None:
        self._before = _Settings.style
        _Settings.style = _changed(self._before, changes)

    def __enter__(self) -> Style:
        return _Settings.style

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _Settings.style = self._before


def current() -> Style:
    """Look up the style in use.

    Returns
    -------
    style : Style

    See Also
    --------
    use : changes it

    Examples
    --------
    >>> current().right_line
    '--'
    """
    return _Settings.style


def reset() -> None:
    """Restore gaitlab's default style.

    See Also
    --------
    use : changes the style

    Examples
    --------
    >>> reset()
    >>> current() == Style()
    True
    """
    _Settings.style = Style()


def _changed(style: Style, changes: Mapping[str, Any]) -> Style:
    allowed = [f.name for f in fields(Style)]
    for name, value in changes.items():
        if name not in allowed:
            raise UsageError(f"A style has no {name!r}; allowed are {', '.join(allowed)}.")
        _CHECKS.get(name, _check_colour)(name, value)
    added = {
        name: MappingProxyType({**getattr(style, name), **changes[name]})
        for name in ("sign_words", "rc")
        if name in changes
    }
    new = replace(style, **{**changes, **added})
    _check_sides(new)
    return new


def _check_sides(style: Style) -> None:
    """Refuse what makes left and right look the same."""
    if style.left_word.strip().lower() == style.right_word.strip().lower():
        raise UsageError(
            f"Both sides would be called {style.left_word!r}; use different values of left_word and right_word."
        )
    if (style.left, style.left_line) == (style.right, style.right_line):
        raise UsageError("Both sides would look the same; use different colours or lines.")


def _check_colour(name: str, value: object) -> None:
    from matplotlib.colors import is_color_like  # here, so that reading the style needs no Matplotlib

    if not isinstance(value, str) or not is_color_like(value):
        raise UsageError(f"{name}={value!r} is not a colour; use one as '#1f5fbf' or a name of Matplotlib.")


def _check_line(name: str, value: object) -> None:
    if value not in _LINES:
        known = ", ".join(f"{line!r} ({word})" for line, word in _LINES.items())
        raise UsageError(f"{name}={value!r} is not a line; there are {known}.")


def _check_word(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{name}={value!r} is not a word; the sides must have different words too.")


def _check_size(name: str, value: object) -> None:
    low, high = _TEXT_PT
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high or math.isnan(value):
        raise UsageError(f"{name}={value!r} is not a size; use {low:g} to {high:g} points.")


def _check_sign_words(name: str, value: object) -> None:
    if not isinstance(value, Mapping):
        raise UsageError(f"{name}={value!r} must be a dictionary of measures, each with what lies below and above.")
    for measure, words in value.items():
        if measure not in MEASURES:
            raise UsageError(f"{name} has {measure!r}, which is not a measure; allowed are {', '.join(MEASURES)}.")
        if isinstance(words, str) or len(words) != 2 or not all(isinstance(word, str) for word in words):
            raise UsageError(f"{name}[{measure!r}] is {words!r}; specify two words: what lies below and what above.")


def _check_rc(name: str, value: object) -> None:
    from matplotlib import RcParams

    if not isinstance(value, Mapping):
        raise UsageError(f"{name}={value!r} must be a dictionary of settings of Matplotlib.")
    try:
        RcParams(dict(value))
    except (KeyError, ValueError) as error:
        raise UsageError(f"{name} cannot be used: {str(error).strip(chr(34))}") from error


_CHECKS: Final[dict[str, Callable[[str, object], None]]] = {
    "left_line": _check_line,
    "right_line": _check_line,
    "left_word": _check_word,
    "right_word": _check_word,
    "text_size_pt": _check_size,
    "sign_words": _check_sign_words,
    "rc": _check_rc,
}
"""Checks of what is not a colour."""
