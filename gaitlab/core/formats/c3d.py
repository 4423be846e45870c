"""C3D: points, angles and events of a gait laboratory, read and written by ezc3d (extra ``c3d``).

Format: c3d.org, "The C3D File Format User Guide". An angle is a point whose first place is the angle; the parameter
POINT:ANGLES lists which ones are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from gaitlab.errors import InputError, MissingLibraryError
from gaitlab.schema import SIDES, EventKind, Side
from gaitlab.schema.array_types import FloatArray

__all__ = ["C3dEvent", "C3dFile", "read_c3d", "write_c3d"]


_LABELS: Final[Mapping[EventKind, str]] = {"heel_strike": "Foot Strike", "toe_off": "Foot Off"}
_CONTEXTS: Final[Mapping[Side, str]] = {"left": "Left", "right": "Right"}
_NAMES: Final[Mapping[str, EventKind]] = {
    **{name: "heel_strike" for name in ("foot strike", "foot on", "heel strike", "initial contact")},
    **{name: "toe_off" for name in ("foot off", "toe off")},
}
"""Names of events by the programs of laboratories."""

_SHORT: Final = re.compile("([lr])(hs|on|ic|to|off)")
_SHORT_SIDES: Final[Mapping[str, Side]] = {"l": "left", "r": "right"}
_SHORT_KINDS: Final[Mapping[str, EventKind]] = {
    **{name: "heel_strike" for name in ("hs", "on", "ic")},
    **{name: "toe_off" for name in ("to", "off")},
}
"""Names of events of Visual3D."""

_ICONS: Final[Mapping[EventKind, int]] = {"heel_strike": 1, "toe_off": 2}


@dataclass(frozen=True, kw_only=True)
class C3dEvent:
    """An event in a C3D file.

    Attributes
    ----------
    time_s
        Seconds from the first frame.
    side
        The person's side.
    event
        Heel strike or toe-off.
    """

    time_s: float
    side: Side
    event: EventKind


@dataclass(frozen=True, kw_only=True, eq=False)
class C3dFile:
    """What is used of a C3D file.

    Attributes
    ----------
    rate_hz
        Frames per second.
    points
        By name, shape (n, 3), in ``units``; NaN: not seen.
    units
        Of the points.
    angles
        By name, shape (n, 3), degrees: in files of laboratories flexion, adduction and rotation.
    descriptions
        Of points and angles, by name; those without need not be in it.
    events
        In the order of time.
    """

    rate_hz: float
    points: Mapping[str, FloatArray]
    units: str
    angles: Mapping[str, FloatArray] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    events: tuple[C3dEvent, ...] = ()


def _ezc3d() -> ModuleType:
    try:
        import ezc3d
    except ImportError as error:
        raise MissingLibraryError(
            "C3D files need the library ezc3d, which is not installed. Install it: pip install 'gaitlab-video[c3d]'."
        ) from error
    module: ModuleType = ezc3d
    return module


def write_c3d(c3d: C3dFile, path: Path) -> None:
    """Write a C3D file; the format keeps places as 32 bit numbers.

    Parameters
    ----------
    c3d
        What to write.
    path
        Where.

    Raises
    ------
    MissingLibraryError
        If ezc3d is not installed.
    """
    new = _ezc3d().c3d()
    columns = {**c3d.points, **c3d.angles}
    stacked = np.stack([*columns.values()], axis=1).transpose(2, 1, 0)
    parameters = new["parameters"]
    parameters["POINT"]["UNITS"]["value"] = [c3d.units]
    parameters["POINT"]["RATE"]["value"] = [c3d.rate_hz]
    parameters["POINT"]["LABELS"]["value"] = list(columns)
    parameters["POINT"]["DESCRIPTIONS"]["value"] = [c3d.descriptions.get(name, "") for name in columns]
    if c3d.angles:
        new.add_parameter("POINT", "ANGLES", list(c3d.angles))
        new.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    new["data"]["points"] = np.concatenate([stacked, np.ones((1, *stacked.shape[1:]))])
    _add_events(new, c3d.events)
    new.write(str(path))


def _add_events(new: Any, events: Sequence[C3dEvent]) -> None:
    count = len(events)
    new.add_parameter("EVENT", "USED", [count])
    if not count:
        return
    minutes = [event.time_s // 60 for event in events]
    seconds = [event.time_s % 60 for event in events]
    new.add_parameter("EVENT", "CONTEXTS", [_CONTEXTS[event.side] for event in events])
    new.add_parameter("EVENT", "LABELS", [_LABELS[event.event] for event in events])
    new.add_parameter("EVENT", "DESCRIPTIONS", [""] * count)
    new.add_parameter("EVENT", "SUBJECTS", [""] * count)
    new.add_parameter("EVENT", "TIMES", np.array([minutes, seconds]))
    new.add_parameter("EVENT", "ICON_IDS", [_ICONS[event.event] for event in events])
    new.add_parameter("EVENT", "GENERIC_FLAGS", [0] * count)


def read_c3d(path: Path) -> C3dFile:
    """Read points, angles and foot events of a C3D file.

    Parameters
    ----------
    path
        Its file.

    Returns
    -------
    c3d : C3dFile
        Times of events from its first frame. Events other than foot strikes and foot offs of a side are left out, and
        those of frames that were cut away.

    Raises
    ------
    InputError
        If it cannot be read.
    MissingLibraryError
        If ezc3d is not installed.
    """
    library = _ezc3d()
    if not path.is_file():
        raise InputError(f"There is no file {str(path)!r}.")
    try:
        content = library.c3d(str(path))
        return _contents(content)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        raise InputError(f"{str(path)!r} cannot be read as a C3D file: {error}.") from error


def _contents(content: Any) -> C3dFile:
    point = content["parameters"]["POINT"]
    labels = _texts(point, "LABELS")
    places = np.asarray(content["data"]["points"], dtype=float)[:3].transpose(1, 2, 0)
    rate_hz = float(point["RATE"]["value"][0])
    if not rate_hz > 0:
        raise ValueError("it has no rate of frames")
    names = set(_texts(point, "ANGLES")) | {name for name in labels if name.endswith("Angles")}
    by_name: dict[str, FloatArray] = {}
    for name, place in zip(labels, places, strict=False):
        by_name.setdefault(name, place)
    factor = float(np.degrees(1.0)) if _texts(point, "ANGLE_UNITS")[:1] == ["rad"] else 1.0
    first_s = float(content["header"]["points"]["first_frame"]) / rate_hz
    events = _events(content["parameters"].get("EVENT", {}), first_s)
    last_s = places.shape[1] / rate_hz
    return C3dFile(
        rate_hz=rate_hz,
        points={name: place for name, place in by_name.items() if name not in names},
        units="".join(_texts(point, "UNITS")[:1]),
        angles={name: _computed(place * factor) for name, place in by_name.items() if name in names},
        descriptions={name: text for name, text in zip(labels, _texts(point, "DESCRIPTIONS"), strict=False) if text},
        events=tuple(event for event in events if -0.5 / rate_hz < event.time_s < last_s),
    )


def _texts(group: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of a parameter; those beyond the 255th are in another of its name with 2, 3 and so on."""
    texts: list[str] = []
    for key in (name, *(f"{name}{number}" for number in range(2, 100))):
        if key not in group:
            break
        texts += [str(text).strip() for text in group[key]["value"]]
    return texts


def _computed(angle: FloatArray) -> FloatArray:
    """Return NaN for an angle that is zero throughout: software lists those that it did not compute too."""
    return np.where(np.nan_to_num(angle).any(), angle, np.nan)


def _events(group: Mapping[str, Any], first_s: float) -> tuple[C3dEvent, ...]:
    """Return the foot events; ``first_s``: time of the first frame, from which the file counts them."""
    if not {"LABELS", "TIMES"} <= set(group):
        return ()
    labels, contexts = _texts(group, "LABELS"), _texts(group, "CONTEXTS")
    times = np.asarray(group["TIMES"]["value"], dtype=float)
    minutes, seconds = times if times.ndim == 2 else times.reshape(-1, 2).T
    contexts += [""] * (len(labels) - len(contexts))
    events = []
    for label, context, at in zip(labels, contexts, 60 * minutes + seconds, strict=False):
        kind = _foot_event(label, context)
        if kind is not None:
            events.append(C3dEvent(time_s=float(at) - first_s, side=kind[0], event=kind[1]))
    return tuple(sorted(events, key=lambda event: event.time_s))


def _foot_event(label: str, context: str) -> tuple[Side, EventKind] | None:
    """Return side and kind of an event by its name: ``Foot Strike`` with a context, ``Left Foot Off``, ``RHS``."""
    words = f"{context} {label}".lower()
    short = _SHORT.fullmatch(label.lower())
    if short is not None:
        return _SHORT_SIDES[short[1]], _SHORT_KINDS[short[2]]
    sides = [side for side in SIDES if side in words]
    kinds = [kind for name, kind in _NAMES.items() if words.endswith(name)]
    return (sides[0], kinds[0]) if len(sides) == 1 and kinds else None
