"""A table of texts, as the page and the PDF print it."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Table"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    caption
        What it shows.
    head
        Column headings.
    groups
        Headings over several columns as (text, number of columns); empty for none.
    rows
        Texts; the first of a row is its heading.
    strong
        Cells (row, column) that a reader must not miss.
    notes
        Sentences below the table.
    text_columns
        Columns that hold words, not numbers.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    strong: frozenset[tuple[int, int]] = frozenset()
    notes: tuple[str, ...] = ()
    text_columns: frozenset[int] = field(default=frozenset({0}))
