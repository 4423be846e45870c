"""What a report says, in the order it says it: tables and lists that the page and the PDF both print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.quality_json import quality_to_dict
from gaitlab.analysis.queries import available_measures, is_deviation, measure_title, phase_row
from gaitlab.plots.style import SIDE_WORDS, signed
from gaitlab.report.text import phrases
from gaitlab.report.text.answers import Answer, answers_of
from gaitlab.report.text.corrected import corrections_table
from gaitlab.report.text.headline import analysis_headline, headline
from gaitlab.report.text.hip_panel import PANEL_NOTE, PanelItem, hip_panel, is_of_children
from gaitlab.report.text.recording import Recording, recording_of
from gaitlab.report.text.table import Table
from gaitlab.report.text.verdict import norm_of
from gaitlab.schema import MEASURES, PHASES, SIDES, rows_as_dicts
from gaitlab.schema.codes import EVENT_WORDS, MATCH_WORDS
from gaitlab.schema.messages.event_sources import event_source_words
from gaitlab.schema.messages.numbers import NOT_GIVEN, number, sentence, spread

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Content", "WithheldNote", "report_content"]

_PHASE_NOTE: Final = (
    "Mean over the strides with its 95 % uncertainty (U), standard deviation between strides, and lowest and highest "
    "value of the mean curve. Difference: this person minus the reference; its uncertainty is U. Bold: a deviation "
    "that exceeds the uncertainty. n.d.: phase not determined."
)
_DECIMALS: Final = {"s": 2, "m": 2, "m/s": 2, "steps/min": 0, "leg lengths": 2, "%": 1}


@dataclass(frozen=True, kw_only=True)
class WithheldNote:
    """Measures that are withheld for one reason.

    Attributes
    ----------
    measures
        The measures, in words.
    reason, advice
        Why they are withheld, and how to film them.
    """

    measures: str
    reason: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a report, apart from its figures.

    Attributes
    ----------
    title, filmed, view_explanation
        Title of the report, how it was filmed, and how the view was found.
    patient, clinic
        Pseudonym of the patient, and clinic or therapist, as entered; empty: not entered.
    matched, strides, recording, quality
        How the reference was matched, which strides are used, and the quality of the recording.
    videos, facts
        What is known of each file, and of the person, each with its name.
    headline
        What is called, normal, inconclusive and not measured, in a few sentences.
    answers
        The questions of an examination, each with its numbers; none where the video was refused.
    panel, panel_note, spatiotemporal, phases, phase_note, scores, events
        The numbers, as panel and tables, with their notes; ``None``: there are no scores.
    deviations
        Deviations of whole curves from their references, a sentence each.
    corrections
        What a reader put right manually; ``None``: nothing.
    withheld
        Measures that are not given.
    methods, references, population, disclaimer
        The small print.
    """

    title: str
    patient: str
    clinic: str
    filmed: str
    view_explanation: str
    matched: str
    strides: str
    videos: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    recording: Recording
    quality: tuple[tuple[str, str], ...]
    headline: str
    answers: tuple[Answer, ...]
    panel: tuple[PanelItem, ...]
    panel_note: str
    corrections: Table | None
    spatiotemporal: Table
    phases: tuple[Table, ...]
    phase_note: str
    deviations: tuple[str, ...]
    scores: Table | None
    events: Table
    withheld: tuple[WithheldNote, ...]
    methods: str
    references: Table | None
    population: str
    disclaimer: str


def report_content(analysis: AnalysisResult) -> Content:
    """Assemble the content of the report of an analysis.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    Content
        The same for the same analysis: there is no date in it.
    """
    panel = hip_panel(analysis) if analysis.refusal is None else ()
    answers = answers_of(analysis, panel) if panel else ()
    return Content(
        title=" + ".join(str(clip.video.stem) for clip in analysis.clips),
        patient=analysis.subject.patient or "",
        clinic=analysis.subject.clinic or "",
        filmed=" ".join(dict.fromkeys(phrases.filmed_sentence(clip) for clip in analysis.clips)),
        view_explanation=" ".join(dict.fromkeys(str(clip.view.explanation) for clip in analysis.clips)),
        matched=phrases.matched_sentence(analysis),
        strides=phrases.stride_sentence(analysis),
        videos=_videos(analysis),
        facts=phrases.subject_facts(analysis.subject),
        recording=recording_of(analysis),
        quality=tuple(
            phrases.quality_value(name, value)
            for name, value in quality_to_dict(analysis.quality).items()
            if _is_plain(value)
        ),
        headline=headline(answers) if answers else analysis_headline(analysis),
        answers=answers,
        panel=panel,
        panel_note=PANEL_NOTE,
        corrections=corrections_table(analysis.corrections),
        spatiotemporal=_spatiotemporal(analysis),
        phases=tuple(_phase_table(analysis, measure) for measure in available_measures(analysis)),
        phase_note=_PHASE_NOTE,
        deviations=tuple(str(finding) for finding in analysis.findings if finding.kind == "reference"),
        scores=_scores(analysis),
        events=_events(analysis.events),
        withheld=_withheld(analysis),
        methods=sentence(analysis.provenance.methods_text()),
        references=_references(analysis),
        population=phrases.population_sentence(analysis),
        disclaimer=phrases.DISCLAIMER,
    )


def _is_plain(value: object) -> bool:
    """Check whether an entry of the quality table is for readers: nested ones are for programs."""
    return isinstance(value, str | bool | int | float | np.generic)


def _videos(analysis: AnalysisResult) -> tuple[tuple[str, str], ...]:
    """Return what each video is, and the hash of its file."""
    facts = []
    for index, clip in enumerate(analysis.clips, start=1):
        video, name = clip.video, f"Video {index}" if len(analysis.clips) > 1 else "Video"
        facts += [(name, phrases.video_text(video)), (f"{name} file", f"SHA-256 {video.sha256[:12]}…")]
    return tuple(facts)


def _spatiotemporal(analysis: AnalysisResult) -> Table:
    """One row a parameter: left, right, both, right minus left and the reference range next to each other."""
    table = analysis.spatiotemporal
    differences = {
        _base_of(str(row["parameter"])): row for row in rows_as_dicts(table) if _base_of(str(row["parameter"]))
    }
    rows: list[tuple[str, ...]] = []
    strong: set[tuple[int, int]] = set()
    for name in dict.fromkeys(p for p in table["parameter"] if not _base_of(str(p))):
        of_parameter = table[table["parameter"] == name]
        by_side = {row["side"]: row for row in rows_as_dicts(of_parameter)}
        in_legs = (of_parameter["unit"] == "leg lengths").all()
        cells = [phrases.parameter_label(str(name)) + (" (legs)" if in_legs else "")]
        for column, side in enumerate((*SIDES, "both"), start=1):
            row = by_side.get(side)
            shown, outside = _value_cell(row) if row is not None else ("", False)
            cells.append(shown)
            if outside:
                strong.add((len(rows), column))
        difference = differences.get(str(name).rsplit("_", 1)[0])  # names of differences begin so, without the unit
        cells.append(_value_cell(difference)[0] if difference is not None else "")
        first = rows_as_dicts(of_parameter)[0]
        reference = norm_of(first)
        of_whom = " in children" if is_of_children(analysis, str(name)) else ""
        cells.append(NOT_GIVEN if reference is None else reference.words(str(first["unit"]), bare=True) + of_whom)
        rows.append(tuple(cells))
    return Table(
        caption="Hip, times and distances",
        head=("Parameter", "Left", "Right", "Both", "Right \N{MINUS SIGN} left", "Reference"),
        rows=tuple(rows),
        strong=frozenset(strong),
        notes=(
            "Value ± 95 % uncertainty. Reference range: mean ± 2 SD of healthy people of the age, sex and pace "
            "specified, or of adults if none is specified. Bold: outside the range by more than the uncertainty. "
            "Right minus left: of times and lengths in % of their mean. Legs: in leg lengths.",
            *_parameter_notes(table),
        ),
    )


def _base_of(parameter: str) -> str:
    """Return the stem of the parameter whose difference between the sides this one is; empty: it is none.

    Examples
    --------
    >>> _base_of("stance_asymmetry_pct"), _base_of("hip_rom_difference_deg"), _base_of("stance_pct")
    ('stance', 'hip_rom', '')
    """
    base, separator, _ = parameter.replace("_difference", "_asymmetry").partition("_asymmetry")
    return base if separator else ""


def _parameter_notes(table: pd.DataFrame) -> Iterator[str]:
    """Yield the notes of the table, each once, with the parameters they belong to.

    That a difference is right minus left stands at the head of its column.
    """
    notes: dict[str, dict[str, None]] = {}
    for row in rows_as_dicts(table):
        if _base_of(str(row["parameter"])) and row["code"] != "one_event_decides":
            continue
        if isinstance(row["note"], str) and row["note"]:
            notes.setdefault(row["note"], {})[phrases.parameter_label(str(row["parameter"]))] = None
    for note, labels in notes.items():
        yield sentence(f"{', '.join(labels)}: {note}")


def _value_cell(row: Mapping[str, Any]) -> tuple[str, bool]:
    value, uncertainty, unit = float(row["value"]), float(row["uncertainty"]), str(row["unit"])
    reference = norm_of(row)
    low, high = (math.nan, math.nan) if reference is None else reference.range
    margin = uncertainty if math.isfinite(uncertainty) else math.inf
    below, above = value + margin < low, value - margin > high
    shown = phrases.value_text(value, uncertainty, "" if unit == "leg lengths" else unit, _DECIMALS.get(unit, 1))
    return shown + (" (low)" if below else " (high)" if above else ""), below or above


def _phase_table(analysis: AnalysisResult, measure: str) -> Table:
    compared = measure in analysis.references
    head = ("Mean ± U", "SD", "Range", *(("Reference (SD)", "Difference") if compared else ()))
    rows, strong, notes = [], set(), []
    for y, phase in enumerate(PHASES):
        cells = [phase.label]
        for side in SIDES:
            row = phase_row(analysis, measure, side, phase.name)
            if row is not None and is_deviation(row):
                strong.add((y, len(cells) + 4))
                notes.append(f"{SIDE_WORDS[side]}: {row['verdict']}.")
            cells += _phase_cells(row)[: len(head)]
        rows.append(tuple(cells))
    if not compared:
        notes.append("No reference data are available for this definition.")
    return Table(
        caption=measure_title(analysis, measure),
        head=("Phase", *head, *head),
        groups=(("", 1), ("Left side, degrees", len(head)), ("Right side, degrees", len(head))),
        rows=tuple(rows),
        strong=frozenset(strong),
        notes=tuple(notes),
    )


def _phase_cells(row: pd.Series[float] | None) -> list[str]:
    if row is None:
        return ["n.d.", "", "", "", ""]
    mean, sd, low, high, reference, reference_sd, deviation, uncertainty = (
        float(row[c])
        for c in ("mean", "sd", "min", "max", "reference_mean", "reference_sd", "deviation", "uncertainty")
    )
    usual = f"{number(reference)} ({number(reference_sd)})" if math.isfinite(reference) else NOT_GIVEN
    return [
        phrases.value_text(mean, uncertainty, ""),
        number(sd),
        spread(low, high, 0),
        usual,
        signed(deviation, 1) if math.isfinite(deviation) else NOT_GIVEN,
    ]


def _scores(analysis: AnalysisResult) -> Table | None:
    given = available_measures(analysis)
    table = analysis.deviations
    if table.empty or not table["measure"].isin(given).any():
        return None
    rows = tuple(
        (
            MEASURES[row["measure"]].label,
            str(row["side"]),
            phrases.value_text(row["partial_gvs_deg"], row["uncertainty_deg"], "deg"),
            phrases.value_text(row["reference_gvs_deg"], math.nan, "deg"),
            str(row["verdict"]),
        )
        for row in rows_as_dicts(table[table["measure"].isin(given)])
    )
    return Table(
        caption="Partial GVS",
        head=("Measure", "Side", "Partial GVS", "Mean of the reference group", "Verdict on the curve"),
        rows=rows,
        notes=(
            "Root mean square distance of the mean curve from the reference over the gait cycle, of these measures "
            "only. Published limits for whole-body scores do not apply to it.",
        ),
        text_columns=frozenset({0, 1, 4}),
    )


def _events(events: pd.DataFrame) -> Table:
    rows = tuple(
        (
            f"{float(row['time_s']):.3f} s",
            SIDE_WORDS[row["side"]],
            EVENT_WORDS[row["event"]],
            _milliseconds(float(row["uncertainty_s"])),
            event_source_words(str(row["source"])),
        )
        for row in rows_as_dicts(events.sort_values("time_s", kind="stable"))
    )
    return Table(
        caption="Gait events",
        head=("Time", "Side", "Event", "Uncertainty", "Source"),
        rows=rows,
        text_columns=frozenset({1, 2, 4}),
    )


def _milliseconds(uncertainty_s: float) -> str:
    return f"± {1000 * uncertainty_s:.0f} ms" if math.isfinite(uncertainty_s) else NOT_GIVEN


def _withheld(analysis: AnalysisResult) -> tuple[WithheldNote, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for withheld in analysis.withheld:
        groups.setdefault((withheld.reason, withheld.advice), []).append(phrases.label_of(withheld.measure))
    return tuple(
        WithheldNote(measures=", ".join(labels), reason=sentence(reason), advice=sentence(advice))
        for (reason, advice), labels in groups.items()
    )


def _references(analysis: AnalysisResult) -> Table | None:
    given = available_measures(analysis)
    used = {m: r for m, r in analysis.references.items() if m in given}
    if not used:
        return None
    groups: dict[tuple[str, ...], list[str]] = {}
    for measure, reference in used.items():
        match = MATCH_WORDS[reference.match].brief + ("" if reference.in_range else " (outside the measured speeds)")
        source = " ".join(sentence(part) for part in (reference.source, reference.note) if part)
        population = reference.population.replace("+-", "±")
        groups.setdefault((population, str(reference.n), match, source), []).append(phrases.label_of(measure))
    rows = tuple((", ".join(labels), *cells) for cells, labels in groups.items())
    return Table(
        caption="References",
        head=("Measure", "Population", "n", "Match", "Source"),
        rows=rows,
        text_columns=frozenset({0, 1, 3, 4}),
    )
