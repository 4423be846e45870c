"""What the PDFs of walks and tests print alike, as plain data for their common template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final, Protocol

from matplotlib.colors import to_hex

from gaitlab.analysis.findings import side_order
from gaitlab.plots.style import SIDE_COLOURS, SIDE_LINES, SIDE_WORDS
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.text import printed
from gaitlab.report.text.answers import AnswerLine
from gaitlab.report.text.verdict import Level
from gaitlab.schema import SIDES, Side

__all__ = ["Answered", "answer_data", "picture_data", "shared_data"]

_MARKS: Final[dict[Level, str]] = {"usual": "✓", "deviates": "!", "unsure": "?", "no_reference": "–"}
_DASHES: Final = {"-": "solid", "--": "dashed", "-.": "dash-dotted", ":": "dotted"}


class Answered(Protocol):
    """A question or a test of the first table: its title, what is written next to it, its lines and their level."""

    @property
    def title(self) -> str: ...  # noqa: D102 - said above
    @property
    def remark(self) -> str: ...  # noqa: D102
    @property
    def lines(self) -> Sequence[AnswerLine]: ...  # noqa: D102
    @property
    def level(self) -> Level: ...  # noqa: D102


def answer_data(answer: Answered) -> dict[str, Any]:
    """Return a part of the first table."""
    lines = [
        {**asdict(line), "values": [text for _, text in line.values], "level": line.level} for line in answer.lines
    ]
    return {"title": answer.title, "level": answer.level, "remark": answer.remark, "lines": lines}


def picture_data(still: Snapshot, file: str) -> dict[str, Any]:
    """Return an image: its file, what it shows, and its width over its height."""
    return {"file": file, "alt": still.alt, "shape": still.image.shape[1] / still.image.shape[0]}


def shared_data(painful: Side | None) -> dict[str, Any]:
    """Return the foot of the page, the signs of the levels, and names and colours of the sides in their order."""
    order = side_order(painful)
    label, *rest = printed.ANSWER_HEAD
    names = [SIDE_WORDS[side] + (" (painful)" if side == painful else "") for side in order]
    return {
        "footer": printed.FOOTER,
        "marks": _MARKS,
        "columns": [label, *names, *rest],
        "order": order,
        "sides": {
            side: {
                "word": SIDE_WORDS[side],
                "colour": to_hex(SIDE_COLOURS[side]),
                "dash": _DASHES.get(SIDE_LINES[side], "solid"),
            }
            for side in SIDES
        },
    }
