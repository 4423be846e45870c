"""What the report gives first: each quantity, the question it answers, and the words for too little and too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["QUANTITIES", "QUESTIONS", "Quantity", "Question"]

Question = Literal["hip", "pelvis", "load", "pace"]

QUESTIONS: Final[dict[Question, tuple[str, str]]] = {
    "hip": ("Hip motion reduced?", "hip motion"),
    "pelvis": ("Pelvic drop or trunk lean?", "pelvis and trunk"),
    "load": ("Uneven time on the legs?", "time on each leg"),
    "pace": ("Slow walk?", "cadence and speed"),
}
"""What a therapist asks, in this order, and what the question is about."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Which rows of the table of parameters make an item, and its words.

    Attributes
    ----------
    key, label
        Its name for programs and for readers.
    question
        The question that it helps to answer.
    when
        When in the gait cycle; empty: over the whole walk.
    parameters
        Its rows; the first that has a number is used.
    less, more
        A number that is too small or too large, before "than the reference".
    low, high
        The same as an adjective: "reduced".
    fewer, further
        The side that has less, or more, before "than": "shorter", "longer".
    names_more
        Whether a difference names the side that has more.
    sentence
        A number outside its reference range as a sentence, with ``side``, ``value``, ``plus``, ``word``, ``reference``.
    sentence_both
        The same of both sides, with ``values``.
    measure
        The measure that withholds it; empty: none does.
    missing
        Why there is no number, where the table does not say it.
    first_screen
        Whether it stands among the answers; otherwise only among all values.
    """

    key: str
    label: str
    question: Question
    when: str
    parameters: tuple[str, ...]
    less: str = "less"
    more: str = "more"
    low: str = "reduced"
    high: str = "increased"
    fewer: str = "less"
    further: str = "more"
    names_more: bool = False
    sentence: str = "{side} {label} is {word}: {value} (± {plus}; reference {reference})"
    sentence_both: str = "{label} is {word} on both sides: {value} (± {plus}; reference {reference})"
    measure: str = ""
    missing: str = "no stride shows it completely"
    first_screen: bool = True


_DROP_SENTENCE: Final = "the pelvis drops {value} in {side} stance, {word} (± {plus}; reference {reference})"

QUANTITIES: Final = (
    Quantity(
        key="hip_extension",
        label="Peak hip extension",
        question="hip",
        when="late stance",
        parameters=("hip_extension_deg",),
        less="less extension",
        more="more extension",
        measure="hip_flexion",
    ),
    Quantity(
        key="hip_rom",
        label="Hip range of motion",
        question="hip",
        when="whole gait cycle",
        parameters=("hip_rom_deg",),
        measure="hip_flexion",
    ),
    Quantity(
        key="pelvic_drop_excursion",
        label="Pelvic drop from heel strike",
        question="pelvis",
        when="to its peak in single support",
        parameters=("pelvic_drop_excursion_deg",),
        less="less drop",
        more="more drop",
        names_more=True,
        sentence=_DROP_SENTENCE,
        measure="pelvic_drop",
    ),
    Quantity(
        key="pelvic_drop",
        label="Peak pelvic drop",
        question="pelvis",
        when="below neutral, in stance on this leg",
        parameters=("pelvic_drop_deg",),
        less="less drop",
        more="more drop",
        names_more=True,
        sentence=_DROP_SENTENCE,
        measure="pelvic_drop",
        first_screen=False,
    ),
    Quantity(
        key="trunk_lean",
        label="Trunk lean over the leg",
        question="pelvis",
        when="in stance on this leg",
        parameters=("trunk_lean_deg",),
        low="leans away from",
        high="leans over",
        names_more=True,
        sentence="the trunk {word} the stance leg in {side} stance: {value} (± {plus}; normal {reference})",
        sentence_both="the trunk {word} the stance leg on both sides: {value} (± {plus}; normal {reference})",
        measure="trunk_lateral",
    ),
    Quantity(
        key="stance",
        label="Stance time",
        question="load",
        when="percentage of the gait cycle",
        parameters=("stance_pct",),
        less="shorter",
        more="longer",
        low="shortened",
        high="prolonged",
        fewer="shorter",
        further="longer",
        missing="toe-off not detected",
    ),
    Quantity(
        key="step_time",
        label="Step time",
        question="load",
        when="ending at this side's heel strike",
        parameters=("step_time_s",),
        less="shorter",
        more="longer",
        low="short",
        high="long",
        fewer="shorter",
        further="longer",
    ),
    Quantity(
        key="step_length",
        label="Step length",
        question="load",
        when="at this side's heel strike",
        parameters=("step_length_m", "step_length_legs"),
        less="shorter",
        more="longer",
        low="short",
        high="long",
        fewer="shorter",
        further="longer",
        missing="needs a side view",
        first_screen=False,
    ),
    Quantity(
        key="cadence",
        label="Cadence",
        question="pace",
        when="",
        parameters=("cadence_spm",),
        less="fewer",
        low="low",
        high="high",
    ),
    Quantity(
        key="speed",
        label="Walking speed",
        question="pace",
        when="",
        parameters=("speed_mps",),
        less="slower",
        more="faster",
        low="slow",
        high="fast",
        missing="needs a side view",
    ),
)
"""In the order of the questions; step length is not a time on the leg, and stands with it."""
