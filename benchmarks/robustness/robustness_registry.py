"""What a case is, and the registry of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from robustness_shots import Encoding, Shot, tag_capture_rate, write_shot
from robustness_truth import Truth


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a case starts from: the clip's beginning, and where other clips lie."""

    shot: Shot
    folder: Path
    name: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """What a case makes: a shot, how to write it, and the truth if it is not that of the shot.

    Attributes
    ----------
    capture_fps
        Put into the file as a phone does it.
    """

    shot: Shot
    encoding: Encoding = field(default_factory=Encoding)
    truth: Truth | None = None
    capture_fps: float | None = None

    @property
    def true(self) -> Truth:
        return self.shot.truth if self.truth is None else self.truth

    def write(self, path: Path) -> None:
        write_shot(self.shot, path, self.encoding)
        if self.capture_fps is not None:
            tag_capture_rate(path, self.capture_fps)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: on which kinds of clip, what it may end in, what a warning of it says, options, time of the truth.

    Attributes
    ----------
    about
        Regular expression of the warnings that concern it.
    real_per_file
        Real seconds in a second of the file, where gaitlab should know it: from the file, or from an option.
    """

    make: Callable[[Scene], Made]
    kinds: tuple[str, ...] = ("treadmill",)
    may: str = "measured"
    about: str = "$^"
    options: tuple[str, ...] = ()
    real_per_file: float = 1.0
    least_rate_hz: float = 24.0


CASES: dict[str, Case] = {}


def case(name: str, **facts: object) -> Callable[[Callable[[Scene], Made]], Callable[[Scene], Made]]:
    def keep(make: Callable[[Scene], Made]) -> Callable[[Scene], Made]:
        CASES[name] = Case(make=make, **facts)  # type: ignore[arg-type]
        return make

    return keep
