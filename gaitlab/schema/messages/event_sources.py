"""How heel strikes and toe-offs were found, in words: for a table, and for the methods paragraph of a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gaitlab.schema.codes import EventKind

__all__ = ["EVENT_SOURCES", "EventSource", "detection_sentence", "event_source_words"]

_ZENI: Final = "Zeni et al. 2008, Gait Posture 27:710"
_DEPTH: Final = " (depth)"
_AND: Final = " + "


@dataclass(frozen=True, kw_only=True)
class EventSource:
    """A code of the column ``source`` of the events, or a part of one.

    Attributes
    ----------
    words
        In a table.
    heel_strike, toe_off
        In a methods paragraph, after "were detected"; empty: it gives no such events.
    """

    words: str
    heel_strike: str = ""
    toe_off: str = ""


EVENT_SOURCES: Final[dict[str, EventSource]] = {
    "zeni": EventSource(
        words="ankle or toes relative to the pelvis",
        heel_strike=f"where the ankle is furthest ahead of the pelvis ({_ZENI})",
        toe_off=f"where the toes are furthest behind the pelvis ({_ZENI})",
    ),
    "consensus": EventSource(
        words="mean of two estimates from ankle and toes",
        heel_strike=f"as the mean of two estimates, ankle furthest ahead of the pelvis ({_ZENI}) and of the other "
        "ankle",
        toe_off=f"as the mean of two estimates, ankle and toes furthest behind the pelvis (after {_ZENI})",
    ),
    "foot_pitch": EventSource(
        words="rotation of the foot about the toes",
        toe_off="where nine tenths of the rotation of the foot about the toes are completed",
    ),
    "foot_roll": EventSource(
        words="roll of the foot from heel to toes",
        heel_strike="from the fall of the toes after landing",
        toe_off="where the heel has risen over the toes by nine tenths of its way",
    ),
    "without_toes": EventSource(
        words="ankle and knee, toes not visible",
        toe_off="where the ankle is furthest behind pelvis and knee, as the toes were not visible",
    ),
    "body height": EventSource(
        words="height of the body",
        heel_strike="from the time at which the body is lowest (Saunders et al. 1953, J Bone Joint Surg Am 35:543)",
    ),
    "image": EventSource(
        words="height of one heel over the other in the image",
        heel_strike="from the height of one heel over the other in the image",
    ),
    "corrected": EventSource(words="placed manually", heel_strike="manually", toe_off="manually"),
    "file": EventSource(words="table of events", heel_strike="by another method", toe_off="by another method"),
}
"""By the code; a plug-in and a table of events have others."""


def event_source_words(source: str) -> str:
    """Return how an event was found, for a table.

    Examples
    --------
    >>> event_source_words("foot_roll (depth) + body height")
    'roll of the foot from heel to toes, with estimated depth; height of the body'
    """
    return "; ".join(_part_words(part) for part in source.split(_AND))


def _part_words(part: str) -> str:
    code = part.removesuffix(_DEPTH)
    words = EVENT_SOURCES[code].words if code in EVENT_SOURCES else code
    return words if code == part else f"{words}, with estimated depth"


def detection_sentence(kind: EventKind, sources: Iterable[str]) -> str:
    """Return how the events of a kind were detected, with the number of each way that not all of them have.

    Parameters
    ----------
    kind
        Of the events.
    sources
        Of each event of this kind; without any the sentence is empty.

    Examples
    --------
    >>> detection_sentence("toe_off", ["foot_pitch"] * 3)
    'Toe-offs were detected where nine tenths of the rotation of the foot about the toes are completed.'
    >>> detection_sentence("toe_off", ["corrected", "my_detector"])
    'Toe-offs were detected manually (1 of 2); with the method my_detector (1 of 2).'
    """
    combined = [source.split(_AND) for source in sources]
    counts = Counter(way for parts in combined for way in dict.fromkeys(_method(kind, part) for part in parts))
    if not counts:
        return ""
    total = len(combined)
    shares = [way if count == total else f"{way} ({count} of {total})" for way, count in counts.items()]
    how = "by combining estimates: " if any(len(parts) > 1 for parts in combined) else ""
    return f"{'Heel strikes' if kind == 'heel_strike' else 'Toe-offs'} were detected {how}{'; '.join(shares)}."


def _method(kind: EventKind, part: str) -> str:
    code = part.removesuffix(_DEPTH)
    known = EVENT_SOURCES.get(code)
    words = "" if known is None else known.heel_strike if kind == "heel_strike" else known.toe_off
    return words or f"with the method {code}"
