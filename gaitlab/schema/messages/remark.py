"""What a note on a measured walk consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Remark", "on_measure"]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A note on a measured walk, and its condition.

    Attributes
    ----------
    about
        What it is on: the whole walk (``warning``), a ``stride`` or ``measure`` that is not used, the ``recording``.
    when
        The condition, in words.
    words
        The text, with the names of its values in braces; empty: the advice says it all.
    advice
        What to do; empty where there is nothing to do, or where others say it.
    brief
        The words where there is little room; empty: the same.
    """

    about: Literal["warning", "stride", "measure", "recording"]
    when: str
    words: str = ""
    advice: str = ""
    brief: str = ""


def on_measure(when: str, words: str, advice: str = "", brief: str = "") -> Remark:
    """Return the note on a measure that is withheld; see ``Remark``."""
    return Remark(about="measure", when=when, words=words, advice=advice, brief=brief)
