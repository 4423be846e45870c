"""The result of a check: the verdict, what can be measured, and each criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from gaitlab.errors import Refusal
from gaitlab.schema import View, Withheld

__all__ = ["CHECK_LABELS", "DIRECTION_WORDS", "Check", "CheckCode", "CheckState", "VideoCheck", "worst_first"]

CheckCode = Literal[
    "person",
    "whole_body",
    "size",
    "light",
    "frame_rate",
    "camera",
    "square",
    "steps",
    "waist",
    "standing_start",
    "repetitions",
]
"""What is looked at."""

CheckState = Literal["ok", "doubtful", "bad"]
"""``doubtful``: measurable, but better if it is changed. ``bad``: prevents the measurement of the video or an angle."""

CHECK_LABELS: Final[dict[CheckCode, str]] = {
    "person": "Person",
    "whole_body": "Whole body",
    "size": "Size",
    "light": "Light",
    "frame_rate": "Frame rate",
    "camera": "Camera",
    "square": "Direction",
    "steps": "Steps",
    "waist": "Waist",
    "standing_start": "Standing first",
    "repetitions": "Repetitions",
}
"""What each is called."""

_ORDER: Final = ("bad", "doubtful", "ok")
_NO_ANGLES: Final = "step times, but no angles"
DIRECTION_WORDS: Final[dict[View, str]] = {
    "left": "from the left side",
    "right": "from the right side",
    "front": "from the front",
    "back": "from behind",
    "oblique": "obliquely",
}
"""From where the camera sees the person."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One criterion of a check.

    Attributes
    ----------
    code
        What.
    state
        ``ok``, ``doubtful`` or ``bad``.
    finding
        What was seen, a sentence.
    advice
        What to change; empty where nothing needs to be.
    """

    code: CheckCode
    state: CheckState
    finding: str
    advice: str = ""


def worst_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return checks by their state, what prevents the measurement first."""
    return tuple(sorted(checks, key=lambda check: _ORDER.index(check.state)))


@dataclass(frozen=True, kw_only=True)
class VideoCheck:
    """Whether a video can be measured, for what, and what to change.

    Attributes
    ----------
    stem
        Name of the file without ending.
    refusal
        Why ``analyze`` would not measure it, by the same code; ``None``: it would.
    view
        From where the camera sees the person; ``standing`` where no walk was seen.
    measures
        Names of the angles that a walk can give (``schema.MEASURES``); empty for a test.
    withheld
        Those that cannot, why, and how to film for them.
    checks
        What was looked at, the worst first.
    checked_s, duration_s
        Seconds of the video that were checked, and its duration.
    test
        Title of the test of the examination that is done in the video; empty: a walk.
    """

    stem: str
    refusal: Refusal | None
    view: View
    measures: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    checks: tuple[Check, ...]
    checked_s: float
    duration_s: float
    test: str = ""

    @property
    def measurable(self) -> bool:
        """Whether ``analyze`` would measure the video."""
        return self.refusal is None

    @property
    def verdict(self) -> str:
        """The verdict in a sentence, or two."""
        if self.refusal is not None:
            return f"This video cannot be measured: {_lowered(self.refusal.reason)} {self.refusal.advice}"
        if self.test:
            return f"This video can be measured: {_lowered(self.test)} ({DIRECTION_WORDS[self.view]})."
        return f"This video can be measured: {_angles(self.measures)} ({DIRECTION_WORDS[self.view]})."

    @property
    def lines(self) -> tuple[str, ...]:
        """One line per criterion: state, name, observation, what to change."""
        return tuple(
            f"{check.state:<8}  {CHECK_LABELS[check.code]}: {f'{check.finding} {check.advice}'.strip()}"
            for check in self.checks
        )


def _angles(measures: tuple[str, ...]) -> str:
    """Return in words what can be given."""
    hip, knee = "hip_flexion" in measures, "knee_flexion" in measures
    joints = " and ".join(name for name, given in (("hip", hip), ("knee", knee)) if given)
    words = {
        f"{joints} angles of both legs": hip or knee,
        "pelvic drop": "pelvic_drop" in measures,
        "forward trunk lean": "trunk_forward" in measures and not (hip or knee),
        "lateral trunk lean": "trunk_lateral" in measures,
    }
    return " and ".join(word for word, given in words.items() if given) or _NO_ANGLES


def _lowered(sentence: str) -> str:
    """Return a sentence as it stands after a colon."""
    return sentence[:1].lower() + sentence[1:]
