"""The text for the record as data: sections, blocks, rows of both sides and lines; and as plain text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "IN_SHORT",
    "ORIGIN_WORDS",
    "Origin",
    "RecordText",
    "SideRow",
    "TextBlock",
    "TextLine",
    "TextSection",
    "plain_text",
]

Origin = Literal["entered", "measured"]
"""Where a block comes from: typed by the therapist, or measured in a video."""

ORIGIN_WORDS: Final[dict[Origin, str]] = {
    "entered": "entered by the therapist",
    "measured": "measured by video",
}

IN_SHORT: Final = "In short"
"""Heading of what stands first."""

_INDENT: Final = "  "


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """A line.

    Attributes
    ----------
    label, words
        What it is, which may be empty, and the sentence.
    value
        What was entered, by which a rule decides; ``None``: several values, or it was measured.
    outside
        Whether it was measured, and is outside the reference.
    """

    label: str = ""
    words: str
    value: str | float | None = None
    outside: bool = False

    def __str__(self) -> str:
        """Return both."""
        return f"{self.label}: {self.words}" if self.label else self.words


@dataclass(frozen=True, kw_only=True)
class SideRow:
    """A value of both sides.

    Attributes
    ----------
    label
        What it is.
    cells
        Words of each side, in the order of the block's columns; empty: not given.
    difference
        Between the sides; empty: not known.
    reference
        What healthy people have, with its source; empty: none.
    values
        What was entered for each side, by which a rule decides; ``None``: nothing, or it was measured.
    noted
        Whether the therapist added a note to one of them.
    gap, gap_unit
        Size of the difference and its unit, for what was entered; NaN: none.
    called
        Of what was measured: whether the difference is larger than its uncertainty.
    outside
        Of what was measured: which cells are outside the reference by more than the uncertainty.
    """

    label: str
    cells: tuple[str, ...]
    difference: str = ""
    reference: str = ""
    values: tuple[str | float | None, ...] = ()
    noted: bool = False
    gap: float = math.nan
    gap_unit: str = ""
    called: bool = False
    outside: tuple[bool, ...] = ()

    def words(self, columns: tuple[str, ...]) -> str:
        """Return the row as a sentence."""
        given = [f"{side} {cell}" for side, cell in zip(columns, self.cells, strict=True) if cell]
        parts = [", ".join(given), self.difference, f"reference {self.reference}" if self.reference else ""]
        return f"{self.label}: {'; '.join(part for part in parts if part)}."


@dataclass(frozen=True, kw_only=True)
class TextBlock:
    """What stands under one heading.

    Attributes
    ----------
    title, list_id
        The heading; empty: where it comes from. The list of what was entered; empty: none.
    origin
        Where all of it comes from.
    columns
        The sides of the rows, the painful one first.
    rows, lines
        Values of both sides, then sentences.
    """

    title: str
    list_id: str = ""
    origin: Origin
    columns: tuple[str, ...] = ()
    rows: tuple[SideRow, ...] = ()
    lines: tuple[TextLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TextSection:
    """A section of the record, with its blocks."""

    title: str
    blocks: tuple[TextBlock, ...]

    @property
    def origin(self) -> Origin | None:
        """Where all of it comes from; ``None``: its blocks name it."""
        origins = {block.origin for block in self.blocks}
        return origins.pop() if len(origins) == 1 and all(block.title for block in self.blocks) else None

    @property
    def heading(self) -> str:
        """The title with where all of it comes from."""
        return f"{self.title} ({ORIGIN_WORDS[self.origin]})" if self.origin else self.title

    def block_heading(self, block: TextBlock) -> str:
        """Return the heading of a block, with where it comes from if the section does not have it."""
        words = ORIGIN_WORDS[block.origin]
        if not block.title:
            return words[0].upper() + words[1:]
        return block.title if self.origin else f"{block.title} ({words})"


@dataclass(frozen=True, kw_only=True)
class RecordText:
    """The text of a visit.

    Attributes
    ----------
    title, facts
        Pseudonym; visit, therapist, clinic, and who the patient is.
    alert
        Why a physician is called for; empty: nothing that was entered does.
    in_short
        Which side has less, what is outside its reference, and what changed, by stated rules.
    sections
        Subjective, objective, what changed, plan.
    sources
        Of the references and thresholds that are named.
    closing
        What the text is not.
    """

    title: str
    facts: tuple[str, ...]
    alert: str
    in_short: tuple[TextLine, ...]
    sections: tuple[TextSection, ...]
    sources: tuple[str, ...]
    closing: str


def plain_text(text: RecordText) -> str:
    """Return the text as it is pasted into a record: lines without any markup, ending with a line break.

    Examples
    --------
    >>> line = TextLine(label="NPRS", words="2 of 10 at rest.")
    >>> block = TextBlock(title="Pain", origin="entered", lines=(line,))
    >>> text = RecordText(
    ...     title="P-014",
    ...     facts=("Visit of 30 November 2026.",),
    ...     alert="",
    ...     in_short=(),
    ...     sections=(TextSection(title="Subjective", blocks=(block,)),),
    ...     sources=(),
    ...     closing="No diagnosis.",
    ... )
    >>> print(plain_text(text))
    P-014
    Visit of 30 November 2026.
    <BLANKLINE>
    SUBJECTIVE (entered by the therapist)
    Pain
      NPRS: 2 of 10 at rest.
    <BLANKLINE>
    No diagnosis.
    <BLANKLINE>
    """
    lines = [text.title, *text.facts]
    if text.alert:
        lines += ["", text.alert]
    if text.in_short:
        lines += ["", IN_SHORT.upper(), *(_INDENT + str(line) for line in text.in_short)]
    for section in text.sections:
        lines += ["", section.heading.replace(section.title, section.title.upper(), 1)]
        for block in section.blocks:
            lines.append(section.block_heading(block))
            lines += [_INDENT + row.words(block.columns) for row in block.rows]
            lines += [_INDENT + str(line) for line in block.lines]
    if text.sources:
        lines += ["", "Sources: " + "; ".join(text.sources) + "."]
    return "\n".join([*lines, "", text.closing, ""])
