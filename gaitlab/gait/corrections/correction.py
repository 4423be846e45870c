"""One thing that a reader put right manually."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from gaitlab.errors import InputError
from gaitlab.schema import SIDES, EventKind, Side

__all__ = ["SAME_S", "Correction", "CorrectionKind"]

CorrectionKind = Literal[
    "moved", "added", "removed", "excluded", "included", "swapped_sides", "chosen", "marked", "unmarked"
]
Pixel = tuple[float, float]

SAME_S: Final = 0.05
"""An event that a change names is the nearest of its kind, not further away than this: half of the shortest time
between two events of one foot, and more than what rounding or another processor makes of a time."""

_EVENTS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("moved", "added", "removed"), get_args(EventKind)),
    **dict.fromkeys(("excluded", "included"), ("stride",)),
    "swapped_sides": ("bout",),
    "chosen": ("person",),
    **dict.fromkeys(("marked", "unmarked"), ("pelvis",)),
}
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "moved": ("old_s", "new_s"),
    "added": ("new_s",),
    "removed": ("old_s",),
    "excluded": ("old_s",),
    "included": ("old_s",),
    "swapped_sides": ("old_s", "new_s"),
    "chosen": ("new_s", "number", "x_px", "y_px"),
    "marked": ("new_s",),
    "unmarked": ("old_s",),
}
_OF_BOTH: Final = ("swapped_sides", "chosen", "marked", "unmarked")
_OF_PERSON: Final = ("number", "x_px", "y_px")
_OF_MARK: Final = ("left_px", "right_px")
_OF_ONE_KIND: Final[dict[str, tuple[str, ...]]] = {"chosen": _OF_PERSON, "marked": _OF_MARK}
"""Fields that only changes of one kind have."""

_LEAST_APART_PX: Final = 10.0
"""Two points that are nearer to each other are one point clicked twice: a pelvis is wider in any video."""

_UNITS: Final = {
    "old_s": "in seconds",
    "new_s": "in seconds",
    "number": "from 1",
    "x_px": "in pixels",
    "y_px": "in pixels",
}


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One thing that was put right manually.

    Attributes
    ----------
    kind
        ``moved``, ``added`` or ``removed`` of an event; ``excluded`` of a stride, ``included`` takes that back;
        ``swapped_sides`` of a walking bout, in which what was called left is right, and the other way round;
        ``chosen`` of the person to be measured; ``marked`` of the level of the pelvis in the frame at ``new_s``,
        ``unmarked`` takes back the mark at ``old_s``.
    side
        Anatomical, as it was called when the change was made; ``both`` of a bout, a person and a pelvis.
    event
        ``heel_strike`` or ``toe_off``; ``stride`` for the stride that starts at ``old_s``; ``bout``; ``person``;
        ``pelvis``.
    old_s, new_s
        Real seconds before and after, of a bout its start and end; of a person ``new_s`` is when they are first seen;
        ``None`` where there is none.
    number, x_px, y_px
        Of a person, counted from the left as they are first seen, and the middle of their box then; otherwise ``None``.
    left_px, right_px
        Of a marked pelvis, the bony point of the person's left and of their right side, x and y in pixels of the
        displayed image; otherwise ``None``.
    at
        When, as UTC in ISO 8601; empty: unknown.
    by
        By whom; empty: unknown.
    """

    kind: CorrectionKind
    side: Side | Literal["both"]
    event: EventKind | Literal["stride", "bout", "person", "pelvis"]
    old_s: float | None = None
    new_s: float | None = None
    number: int | None = None
    x_px: float | None = None
    y_px: float | None = None
    left_px: Pixel | None = None
    right_px: Pixel | None = None
    at: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("kind", self.kind, get_args(CorrectionKind)),
            ("side", self.side, ("both",) if self.kind in _OF_BOTH else SIDES),
            ("event", self.event, _EVENTS.get(str(self.kind), ())),
        ):
            if value not in allowed:
                raise InputError(f"A correction has the {name} {value!r}; allowed are {', '.join(allowed)}.")
        self._check_numbers()
        self._check_points()
        if self.kind == "swapped_sides" and not self.time_s < float(self.new_s or 0.0):
            raise InputError(f"A bout with swapped sides must end after {self.old_s} s, not at {self.new_s} s.")
        for name in ("at", "by"):
            if not isinstance(getattr(self, name), str):
                raise InputError(f"A correction needs {name!r} as text, not as {getattr(self, name)!r}.")

    def _check_numbers(self) -> None:
        for name, unit in _UNITS.items():
            value = getattr(self, name)
            if not _is_number(value) and (value is not None or name in _NEEDS[self.kind]):
                raise InputError(f"A correction that is {self.kind!r} needs {name} {unit}, not {value!r}.")
        if self.number is not None and (type(self.number) is not int or self.number < 1):
            raise InputError(f"A correction identifies a person by a whole number from 1, not by {self.number!r}.")

    def _check_points(self) -> None:
        for name in _OF_MARK:
            point = getattr(self, name)
            if point is None and self.kind != "marked":
                continue
            if not (isinstance(point, (list, tuple)) and len(point) == 2 and all(map(_is_number, point))):
                raise InputError(
                    f"The pelvic level marked at {self.time_s:.3f} s, a correction, needs {name} as x and y in pixels, "
                    f"not {point!r}."
                )
            object.__setattr__(self, name, (float(point[0]), float(point[1])))
        if self.left_px and self.right_px and math.dist(self.left_px, self.right_px) < _LEAST_APART_PX:
            raise InputError(
                f"The pelvic level marked at {self.time_s:.3f} s, a correction, has its two points "
                f"{math.dist(self.left_px, self.right_px):.0f} pixels apart; mark two points at least "
                f"{_LEAST_APART_PX:.0f} pixels apart, one on each side of the pelvis."
            )

    @property
    def time_s(self) -> float:
        """Time of the change: the old time, or the new time of an addition."""
        return float(self.old_s if self.old_s is not None else self.new_s or 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; fields that only a person or a mark has are omitted for other kinds."""
        left_out = [name for kind, names in _OF_ONE_KIND.items() if kind != self.kind for name in names]
        return {name: value for name, value in asdict(self).items() if name not in left_out}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
