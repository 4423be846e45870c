"""The record of a visit as a PDF for the patient's file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from gaitlab.app.record.paper.files import fitted_pdf
from gaitlab.app.record.text_model import IN_SHORT, ORIGIN_WORDS, RecordText, TextBlock, TextSection

__all__ = ["record_pdf"]

_KIND: Final = "RECORD OF A VISIT"
_FOOTER: Final = "{name}. gaitlab: research and education software, not a medical device. No diagnosis."
_SIGNATURE: Final = ("Day", "Therapist, signature")
_PAGES: Final = 2
"""What a visit takes where its text is not very long."""


def record_pdf(text: RecordText) -> bytes:
    """Return the record of a visit as PDF/UA-1 on two pages of A4; the same text gives the same bytes.

    Parameters
    ----------
    text
        See ``summary_text``. Nothing of it is shortened: very long texts take further pages.

    Examples
    --------
    >>> record_pdf(summary_text(catalogue, patient, visit))  # doctest: +SKIP
    """
    data = {
        "title": f"Record of a visit: {text.title}",
        "kind": _KIND,
        "name": text.title,
        "facts": text.facts,
        "alert": text.alert,
        "in-short-title": IN_SHORT,
        "in-short": [asdict(line) for line in text.in_short],
        "sections": [_section(section) for section in text.sections],
        "sources": text.sources,
        "signature": _SIGNATURE,
        "closing": text.closing,
        "footer": _FOOTER.format(name=text.title),
    }
    return fitted_pdf("record", data, {}, pages=_PAGES)


def _section(section: TextSection) -> dict[str, Any]:
    origin = section.origin
    return {
        "title": section.title,
        "origin": origin or "",
        "words": ORIGIN_WORDS[origin] if origin else "",
        "blocks": [_block(section, block) for block in section.blocks],
    }


def _block(section: TextSection, block: TextBlock) -> dict[str, Any]:
    rows = [{key: asdict(row)[key] for key in ("label", "cells", "difference", "reference")} for row in block.rows]
    return {**asdict(block), "rows": rows, "heading": section.block_heading(block)}
