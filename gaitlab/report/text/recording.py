"""What a reader must know of the recording before the numbers: a verdict, the facts in words, remarks and advice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gaitlab.analysis.queries import given_measures
from gaitlab.messages.numbers import NOT_GIVEN, number, sentence
from gaitlab.plots.bouts import Pass, passes_of, people_count
from gaitlab.report.text.table import Table
from gaitlab.schema import SIDES
from gaitlab.signals.view import square_to

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Recording", "quality_lines", "recording_of"]

_LITTLE_USED_PCT: Final = 60.0
"""Below this share of frames used the reader is told: most of the clip then says nothing about the result."""
_MANY_FRAMES_WRONG: Final = 0.02
"""Share of dropped or doubled frames from which times of events suffer: one in fifty is about one a stride."""
_FEWER_PICTURES: Final = 0.9
"""Below this part of the frame rate, the pictures that differ are too few to call the rate the camera's."""

_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_VIEWS: Final = {
    "left": "left side facing the camera",
    "right": "right side facing the camera",
    "front": "from the front",
    "back": "from behind",
    "oblique": "oblique",
    "standing": "standing",
}
_CHOSEN: Final = {
    "walker": "the person walking",
    "largest": "the largest in the image",
    "number": "as requested",
    "only person": "the only person",
}
_RATE_SOURCES: Final = {"file": "as the file states", "tag": "as the file's metadata states", "given": "as specified"}


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the quality block says.

    Attributes
    ----------
    verdict
        One sentence.
    rows
        Facts as (label, words), most important first.
    remarks
        Sentences: what to check or to know before trusting the numbers.
    advice
        What to change when filming again, most important first.
    people
        A sentence a person in the picture; empty when there is only one.
    passes
        A row a pass; ``None`` when there is only one.
    """

    verdict: str
    rows: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    advice: tuple[str, ...]
    people: tuple[str, ...]
    passes: Table | None


def recording_of(analysis: AnalysisResult) -> Recording:
    """Put the quality of a recording into words.

    Parameters
    ----------
    analysis
        The analysis; of its quality table each entry may be missing.

    Returns
    -------
    Recording
    """
    if len(analysis.clips) > 1:
        return _of_visit(analysis)
    quality = analysis.quality
    rows = {
        "Frames": _frames(analysis),
        "Strides": _strides(quality) if analysis.refusal is None else "",
        "Walking bouts": _passes(quality) if analysis.refusal is None else "",
        "Person": _person(quality),
        "View": _view(analysis.view),
        "Camera": _camera(_part(quality, "camera")),
        "Frame rate": _time(_part(quality, "time_base"), analysis.video),
        "Light": _light(_part(quality, "light")),
        "Gait": str(quality.get("gait") or ""),
    }
    left_out = () if analysis.refusal is not None else _left_out(quality)
    told = (*_remarks(quality), *left_out, *analysis.warnings)
    remarks = tuple(dict.fromkeys(sentence(words) for words in told if words))
    return Recording(
        verdict=_verdict(analysis, len(remarks)),
        rows=tuple((label, words) for label, words in rows.items() if words),
        remarks=remarks,
        advice=tuple(sentence(str(words)) for words in quality.get("advice") or ()),
        people=_people(quality),
        passes=None if analysis.refusal is not None else _pass_table(passes_of(quality)),
    )


def _of_visit(analysis: AnalysisResult) -> Recording:
    """Put the recordings of several videos into one: what differs is said of each, with the number of the video."""
    own = [recording_of(clip) for clip in analysis.clips]
    names = [f"Video {number} ({clip.video.stem}): " for number, clip in enumerate(analysis.clips, start=1)]
    labels = dict.fromkeys(label for recording in own for label, _ in recording.rows)
    remarks = dict.fromkeys(
        [
            *map(sentence, analysis.warnings),
            *(name + remark for name, recording in zip(names, own, strict=True) for remark in recording.remarks),
        ]
    )
    return Recording(
        verdict=_verdict(analysis, len(remarks)),
        rows=tuple((label, _of_each([dict(recording.rows).get(label, "") for recording in own])) for label in labels),
        remarks=tuple(remarks),
        advice=tuple(sentence(str(words)) for words in analysis.quality.get("advice") or ()),
        people=tuple(name + person for name, recording in zip(names, own, strict=True) for person in recording.people),
        passes=_joined_passes([recording.passes for recording in own]),
    )


def _of_each(words: Sequence[str]) -> str:
    """Return what holds for all videos once, and what differs with their numbers."""
    if len(set(words)) == 1:
        return words[0]
    return "; ".join(f"video {number}: {each}" for number, each in enumerate(words, start=1) if each)


def _joined_passes(tables: Sequence[Table | None]) -> Table | None:
    known = [(number, table) for number, table in enumerate(tables, start=1) if table is not None]
    if not known:
        return None
    rows = tuple((f"video {number}: {row[0]}", *row[1:]) for number, table in known for row in table.rows)
    return replace(known[0][1], rows=rows)


def quality_lines(recording: Recording) -> list[str]:
    """Return the quality of a recording as a few lines of plain text, for the terminal.

    Parameters
    ----------
    recording
        See ``recording_of``.

    Returns
    -------
    list of str
        The verdict, three lines of facts, and what to change; the remarks are not among them.
    """
    rows = dict(recording.rows)
    groups = (("Frames", "Strides"), ("Walking bouts", "Person", "View"), ("Camera", "Light", "Frame rate", "Gait"))
    lines = [recording.verdict]
    for labels in groups:
        parts = [f"{label}: {rows[label]}" for label in labels if label in rows]
        lines += [f"  {'. '.join(parts)}."] if parts else []
    if recording.advice:
        lines.append(f"  For the next video: {' '.join(recording.advice)}")
    return lines


def _verdict(analysis: AnalysisResult, remarks: int) -> str:
    notes = f", {_count(remarks, 'note')}" if remarks else ""
    if analysis.refusal is not None:
        return f"Recording quality: not measured{notes}."
    if not given_measures(analysis):
        return f"Recording quality: no angles could be measured{notes}."
    return f"Recording quality: {'acceptable' if remarks else 'good'}{notes}."


def _part(quality: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = quality.get(name)
    return part if isinstance(part, Mapping) else {}


def _figure(part: Mapping[str, Any], name: str) -> float:
    """Return a number of the quality table; NaN where it is missing or was not finite."""
    value = part.get(name)
    return float("nan") if value is None else float(value)


def _count(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def _frames(analysis: AnalysisResult) -> str:
    quality, frames = analysis.quality, int(analysis.video.frames)
    used, seen = _figure(quality, "frames_used_pct"), _figure(quality, "frames_with_person_pct")
    shown = [
        f"{number(used, 0)} % of {frames} used" if math.isfinite(used) else "",
        f"person seen in {number(seen, 0)} %" if math.isfinite(seen) else "",
    ]
    return ", ".join(filter(None, shown))


def _strides(quality: Mapping[str, Any]) -> str:
    """Say how many strides are used, and how many are left out for which reason."""
    used = " and ".join(f"{quality[f'strides_{side}']} {side}" for side in SIDES if f"strides_{side}" in quality)
    if not used:
        return ""
    left_out = Counter((str(row["reason"]), str(row["side"])) for row in quality.get("strides_left_out") or ())
    parts = []
    for reason in dict.fromkeys(reason for reason, _ in left_out):
        sides = " and ".join(f"{left_out[reason, side]} {side}" for side in SIDES if left_out[reason, side])
        parts.append(f"{sides} ({reason})" if reason else sides)
    return f"{used} used" + (f"; excluded: {', '.join(parts)}" if parts else "")


def _passes(quality: Mapping[str, Any]) -> str:
    passes = passes_of(quality)
    if len(passes) < 2:
        return ""
    used = [one for one in passes if one.used]
    ways = Counter(one.direction for one in used if one.direction)
    towards = ", ".join(f"{count} {way}" for way, count in ways.items())
    return f"{len(used)} of {len(passes)} used" + (f": {towards}" if towards else "")


def _person(quality: Mapping[str, Any]) -> str:
    people = _part(quality, "people")
    height = _figure(quality, "person_height_px")
    tall = f"{number(height, 0)} pixels tall in the image" if math.isfinite(height) else ""
    if not people:
        return tall
    if people_count(quality) < 2:
        return ", ".join(filter(None, ["the only person", tall]))
    why = _CHOSEN.get(str(people.get("chosen_by")), str(people.get("chosen_by") or ""))
    return ", ".join(filter(None, [f"number {people['chosen']} of {people['count']}", why, tall]))


def _people(quality: Mapping[str, Any]) -> tuple[str, ...]:
    if people_count(quality) < 2:
        return ()
    people = _part(quality, "people")
    return tuple(
        sentence(f"{person['number']}{' (measured)' if person['number'] == people.get('chosen') else ''}: {words}")
        for person in people.get("persons") or ()
        if (words := str(person.get("sentence") or ""))
    )


def _view(view: Any) -> str:
    words = _VIEWS[view.view]
    off_deg, uncertainty_deg = float(view.off_axis_deg), float(view.yaw_uncertainty_deg)
    if not math.isfinite(off_deg + uncertainty_deg):
        return words
    return f"{words}, camera {number(off_deg, 0)} ± {number(uncertainty_deg, 0)}° off {square_to(view.view)}"


def _camera(camera: Mapping[str, Any]) -> str:
    if not camera:
        return ""
    kinds = _kinds(camera)
    return ", ".join(kinds) if kinds else "still"


def _kinds(camera: Mapping[str, Any]) -> list[str]:
    """Return what the camera did, in words with numbers; empty: it was still."""
    amounts = {
        "shaken": ("shake_px", " px"),
        "rolled": ("roll_sd_deg", "°"),
        "panned": ("travel_px", " px"),
        "moved": ("travel_px", " px"),
        "zoomed": ("zoom_pct", " %"),
    }
    words = []
    for kind in camera.get("kinds") or ():
        name, unit = amounts.get(kind, ("", ""))
        amount = _figure(camera, name)
        words.append(f"{kind} ({number(amount)}{unit})" if math.isfinite(amount) else str(kind).replace("_", " "))
    return [word for word in words if word != "still"]


def _time(base: Mapping[str, Any], video: Any) -> str:
    rate = _figure(base, "rate_hz") if base else float(video.rate_hz)
    varies = base.get("kind") == "variable" if base else bool(video.variable_rate)
    parts = [f"{number(rate, 0)} frames/s{', varying (stored frame times used)' if varies else ', constant'}"]
    scale = _figure(base, "time_scale") if base else float(video.time_scale)
    if math.isfinite(scale) and abs(scale - 1) > 1e-3:
        source = _RATE_SOURCES.get(str(base.get("capture_rate_source")), "")
        parts.append(f"slow motion, played {number(1 / scale)} times slower{f', {source}' if source else ''}")
    if pauses := base.get("pauses"):
        parts.append(f"{_count(int(pauses), 'pause')}, {number(_figure(base, 'paused_s'))} s")
    parts += [
        f"{_count(int(count), 'frame')} {words}"
        for name, words in (("dropped_frames", "missing"), ("duplicated_frames", "doubled"))
        if (count := _figure(base, name)) > 0
    ]
    return "; ".join(parts) + ("; interlaced" if base.get("interlaced") else "")


def _light(light: Mapping[str, Any]) -> str:
    if not light:
        return ""
    return ", ".join(str(word).replace("_", " ") for word in light.get("verdicts") or ()) or "good, image sharp"


def _remarks(quality: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the entries of the quality table call for; what ``analysis.warnings`` says is not among it."""
    people, camera, base = (_part(quality, name) for name in ("people", "camera", "time_base"))
    if people_count(quality) > 1:
        who = f"{people['count']} people are in the image; number {people['chosen']} was measured"
        yield str(people.get("sentence") or f"{who}. Check that this is the patient")
    if _kinds(camera):
        yield str(camera.get("sentence") or f"The camera moved: {', '.join(_kinds(camera))}")
    verdicts = _part(quality, "light").get("verdicts") or ()
    if verdicts:
        words = " and ".join(str(word).replace("_", " ") for word in verdicts)
        yield f"The image is {words}; landmark accuracy may be reduced"
    if _figure(quality, "frames_used_pct") < _LITTLE_USED_PCT:
        yield f"Only {number(_figure(quality, 'frames_used_pct'), 0)} % of the frames could be used"
    yield from _time_remarks(base, int(_figure(quality, "frames")) if quality.get("frames") else 0)


def _left_out(quality: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is said of the passes that were left out."""
    return tuple(
        f"Walking bout {one.number} was excluded" + (f": {one.reason}" if one.reason else "")
        for one in passes_of(quality)
        if not one.used
    )


def _time_remarks(base: Mapping[str, Any], frames: int) -> Iterator[str]:
    rate, distinct = _figure(base, "rate_hz"), _figure(base, "distinct_rate_hz")
    if distinct < _FEWER_PICTURES * rate:
        yield f"Only {number(distinct, 0)} of {number(rate, 0)} frames per second show a new image"
    wrong = sum(value for n in ("dropped_frames", "duplicated_frames") if (value := _figure(base, n)) > 0)
    if frames and wrong > _MANY_FRAMES_WRONG * frames:
        yield (
            f"{_count(int(wrong), 'frame')} of {frames} {'is' if wrong == 1 else 'are'} missing or doubled; event "
            "times are less certain"
        )
    if base.get("interlaced"):
        yield "Fast-moving feet may appear twice (interlaced video)"


def _pass_table(passes: tuple[Pass, ...]) -> Table | None:
    if len(passes) < 2:
        return None
    rows = tuple(
        (
            str(one.number),
            f"{number(one.start_s)} to {number(one.end_s)} s".replace(" ", _NO_BREAK),
            ", ".join(filter(None, [_VIEWS.get(one.view, one.view), one.direction])) or NOT_GIVEN,
            f"{number(one.off_axis_deg, 0)}°" if math.isfinite(one.off_axis_deg) else NOT_GIVEN,
            str(one.strides_left),
            str(one.strides_right),
            "yes" if one.used else f"no: {one.reason}" if one.reason else "no",
        )
        for one in passes
    )
    return Table(
        caption="Walking bouts",
        head=("Bout", "When", "View and direction", "Camera off-axis angle", "Left strides", "Right strides", "Used"),
        rows=rows,
        text_columns=frozenset({0, 1, 2, 6}),
    )
