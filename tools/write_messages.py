"""Writes messages.md, the table of all refusals and notes, from the code: `python tools/write_messages.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from gaitlab.errors import CAUSES
from gaitlab.pelvis import REGISTRATION_LIMITS, STICKER_LIMITS
from gaitlab.report.text.answers import RESULT_LEVELS, RESULT_WORDS, ResultCode
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.messages.remarks import REMARKS

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Messages: refusals, warnings and notes

Every refusal and note, with its code. Values are in braces. This page is generated from the code by
`python tools/write_messages.py`, and a test keeps it up to date.
"""
REFUSALS = """
## Refusals

Nothing can be measured: the command ends with exit code 4, and the report states the cause. The code is in
`summary.json` under `refusal`. The text may be replaced by one that states what was seen in the video.
"""
ABOUT = {
    "warning": "## Warnings\n\nThe walk is measured. `warnings` in `summary.json` holds them; the report shows them.",
    "stride": "## Strides that do not count\n\nThe code is in `exclusion` of `cycles.csv`, the text in `reason`.",
    "measure": "## Measures that are withheld\n\n`withheld` in `summary.json` holds them; the report shows them.",
    "recording": "## Advice for the next video\n\n`quality.advice` in `summary.json` holds it.",
}
PELVIS = """
## Pelvis withheld

The first condition that applies is reported. The value is in `quality.pelvis_estimate` of `summary.json`.
"""

RESULTS = """
## Results on the first screen

What the values of both sides and their difference come to, and the sign in front of it: **!** deviates, **?**
inconclusive, **✓** normal or even, **–** no reference. The first line that applies is shown.
"""
SIGNS = {"deviates": "!", "unsure": "?", "usual": "✓", "no_reference": "–"}
RESULT_WHEN: dict[ResultCode, str] = {
    "not_measured": "there is no value",
    "outside_both": "both sides lie outside the reference range by more than the uncertainty, to the same side of it",
    "outside_uneven": "one side lies outside, and differs from the other by more than the uncertainty and the normal "
    "asymmetry",
    "outside_one": "one side, or a value of the whole walk, lies outside",
    "uneven": "the sides differ by more than the uncertainty and the normal asymmetry",
    "one_event": "they do, but not with one heel strike or toe-off moved by one frame",
    "one_stride": "a side has one stride: the uncertainty is not known",
    "uneven_within_error": "the difference exceeds the normal asymmetry, but not the uncertainty",
    "borderline": "one side lies outside the reference range, but by less than the uncertainty",
    "normal": "both sides lie within the reference range and do not differ",
    "even": "the sides do not differ; there is no reference, or the uncertainty is wider than it",
    "no_reference": "one value without a reference",
    "inconclusive": "the uncertainty is wider than the reference range or the normal asymmetry",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "\n".join(f"| {' | '.join(cell or '–' for cell in line)} |" for line in lines) + "\n"


def page() -> str:
    """Write the whole page."""
    parts = [HEAD, REFUSALS]
    causes = ((f"`{code}`", cause.when, cause.reason, cause.advice) for code, cause in CAUSES.items())
    parts.append(table(("code", "when", "text", "what to do"), causes))
    for about, title in ABOUT.items():
        rows = ((f"`{code}`", r.when, r.words, r.advice) for code, r in REMARKS.items() if r.about == about)
        parts += [f"\n{title}\n", table(("code", "when", "text", "what to do"), rows)]
    limits = (
        (
            f"`{limit.code}`",
            source,
            f"`{limit.figure}` {bound(limit.least, limit.most)}",
            PELVIS_REMARKS[limit.code].words,
            PELVIS_REMARKS[limit.code].advice,
        )
        for source, limits in (("stickers", STICKER_LIMITS), ("registration", REGISTRATION_LIMITS))
        for limit in limits
    )
    parts += [PELVIS, table(("code", "source", "when", "text", "what to do"), limits)]
    results = (
        (f"`{code}`", SIGNS[RESULT_LEVELS[code]], when, RESULT_WORDS[code]) for code, when in RESULT_WHEN.items()
    )
    return "".join([*parts, RESULTS, table(("code", "sign", "when", "text"), results)])


def bound(least: float, most: float) -> str:
    """Say outside of what a limit is broken."""
    return f"under {least:g}" if least > float("-inf") else f"over {most:g}"


if __name__ == "__main__":
    (ROOT / "docs" / "messages.md").write_text(page(), encoding="utf-8")
