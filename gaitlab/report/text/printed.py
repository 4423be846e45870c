"""What only the printed report says: its headings, keys and notes, and the small print in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.queries import available_measures
from gaitlab.report.text import phrases
from gaitlab.report.text.refused import left_out_videos
from gaitlab.schema.messages.numbers import sentence

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.report.text.content import Content
    from gaitlab.video import VideoInfo

__all__ = [
    "ANSWER_HEAD",
    "FOOTER",
    "HEADINGS",
    "LEGEND",
    "METHODS",
    "NOT_MEASURED",
    "PHASE_LABELS",
    "PHASE_NOTE",
    "REFUSED",
    "TESTS_KIND",
    "TO_DO",
    "Section",
    "facts",
    "recorded_line",
    "sections",
]

KIND: Final = "GAIT REPORT"
TESTS_KIND: Final = "EXAMINATION REPORT"
FOOTER: Final = "gaitlab. Research and education software, not a medical device. Disclaimer: last page."
HEADINGS: Final = {
    "pictures": "Key frames",
    "graphs": "Angles over the gait cycle (degrees, against % of the cycle)",
    "phases": "Phase by phase",
    "summary": "Summary",
    "normal": "Normal",
}
REFUSED: Final = "Not measured"
TO_DO: Final = "What to do:"
NOT_MEASURED: Final = "What was not measured, and how to film it"
METHODS: Final = "Methods and references"
LEGEND: Final = {
    "reference": "reference: mean ± 1 and ± 2 SD",
    "toe_off": "toe-off",
    "uncertainty": "95 % uncertainty of the mean",
    "phases": "n.d.: not determined",
}
ANSWER_HEAD: Final = ("Measure", "Uncertainty", "Difference", "Reference", "Result")
"""The columns of the first table; those of the sides stand after the first one."""

PHASE_LABELS: Final = ("Measure", "Side", "Uncertainty")
PHASE_NOTE: Final = (
    "Mean in degrees, in brackets the difference from the reference: minus and purple: less; plus and orange: more; "
    "grey: not more than the uncertainty. Framed: outside the reference range by more than the uncertainty. "
    "Dash: not measured."
)
_NOTHING_WITHHELD: Final = "All measures were measured."


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the small print.

    Attributes
    ----------
    title
        Its title.
    lines
        Label and words of each; the label is empty where there is none.
    """

    title: str
    lines: tuple[tuple[str, str], ...]


def facts(analysis: AnalysisResult, content: Content) -> tuple[str, ...]:
    """Return the lines below the name: the day, the person, how it was filmed, and the reference."""
    several = len(analysis.clips) > 1
    videos = [
        (f"video {number} ({clip.video.stem}): " if several else "") + phrases.video_text(clip.video)
        for number, clip in enumerate(analysis.clips, start=1)
    ]
    measured = analysis.refusal is None
    return (
        recorded_line([clip.video for clip in analysis.clips], content.facts),
        f"{content.filmed} {content.strides}" if measured else content.filmed,
        sentence("; ".join(videos)),
        *((content.matched,) if measured else ()),
    )


def recorded_line(videos: Sequence[VideoInfo], known: Sequence[tuple[str, str]]) -> str:
    """Return when some videos were recorded, and what is known about the person (``phrases.subject_facts``)."""
    days = dict.fromkeys(video.recorded for video in videos if video.recorded)
    recorded = f"Recorded {' and '.join(days)}" if days else "Date of recording not known"
    return " · ".join([recorded, *(value if label == "Age" else f"{label.lower()} {value}" for label, value in known)])


def sections(analysis: AnalysisResult, content: Content) -> tuple[Section, ...]:
    """Return the small print: what was not measured, the recording, and the methods."""
    parts = (
        (NOT_MEASURED, _not_measured(analysis, content)),
        ("Quality of this recording", _quality(content)),
        (METHODS, _methods(analysis, content)),
    )
    return tuple(
        Section(title=title, lines=shown)
        for title, lines in parts
        if (shown := tuple((label, words) for label, words in lines if words))
    )


def _not_measured(analysis: AnalysisResult, content: Content) -> Iterator[tuple[str, str]]:
    if analysis.refusal is not None:
        return
    for words in left_out_videos(analysis):
        yield "", words
    for note in content.withheld:
        advice = f"How to film it: {note.advice}" if note.advice else ""
        yield f"{note.measures}:", f"{note.reason} {advice}".strip()
    held = {withheld.measure for withheld in analysis.withheld}
    reasons: dict[str, list[str]] = {}
    for item in content.panel:
        if item.withheld and item.quantity.measure not in held:
            reasons.setdefault(item.withheld, []).append(item.label)
    yield from ((f"{', '.join(labels)}:", sentence(why)) for why, labels in reasons.items())
    if not (content.withheld or reasons):
        yield "", _NOTHING_WITHHELD


def _quality(content: Content) -> Iterator[tuple[str, str]]:
    recording = content.recording
    yield "", recording.verdict
    yield from (("", words) for words in recording.remarks)
    yield from ((f"{label}:", sentence(words)) for label, words in recording.rows)
    yield from (("Person", words) for words in recording.people)
    yield "For the next video:", " ".join(recording.advice)


def _methods(analysis: AnalysisResult, content: Content) -> Iterator[tuple[str, str]]:
    """Yield the methods with their citations, then what else is known of the references."""
    yield "", content.population
    yield "", content.methods
    notes: dict[str, list[str]] = {}
    for measure in available_measures(analysis):
        if measure in analysis.references:
            notes.setdefault(analysis.references[measure].note, []).append(phrases.label_of(measure))
    yield from ((f"{', '.join(labels)}:", sentence(note)) for note, labels in notes.items())
    hashes = ", ".join(clip.video.sha256[:12] for clip in analysis.clips)
    yield "Identity of the video" + ("s:" if len(analysis.clips) > 1 else ":"), f"SHA-256 begins with {hashes}."
