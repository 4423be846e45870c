"""Recording quality in words: a verdict, the facts, remarks and advice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gaitlab.analysis.queries import available_measures
from gaitlab.recording import CAMERA_KIND_WORDS, LIGHT_KIND_WORDS
from gaitlab.report.text.table import Table
from gaitlab.schema import SIDES
from gaitlab.schema.messages.numbers import NOT_GIVEN, counted, number, sentence
from gaitlab.signals.view import square_direction

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.analysis.quality import BoutRecord, CameraMotion, Light, Quality, StrideCounts, TimeBase
    from gaitlab.pose import PeopleRecord

__all__ = ["Recording", "quality_lines", "recording_of"]

_LITTLE_USED_PCT: Final = 60.0
"""Below this share of frames used the report states it: the result then comes from a small part of the video."""
_MANY_FRAMES_WRONG: Final = 0.02
"""Share of dropped or doubled frames from which times of events suffer: one in fifty is about one a stride."""
_FEWER_PICTURES: Final = 0.9
"""Below this part of the frame rate, the images that differ are too few to call the rate the camera's."""

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
    """The content of the quality block.

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
        A sentence a person in the image; empty when there is only one.
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
    """Describe the quality of a recording in words.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    Recording
    """
    if len(analysis.clips) > 1:
        return _of_visit(analysis)
    quality = analysis.quality
    rows = {
        "Frames": _frames(analysis),
        "Strides": _strides(quality.strides) if analysis.refusal is None else "",
        "Walking bouts": _bouts(quality.bouts) if analysis.refusal is None else "",
        "Person": _person(quality),
        "View": _view(analysis.view),
        "Camera": _camera(quality.recording.camera),
        "Frame rate": _time(quality.recording.time_base),
        "Light": _light(quality.recording.light),
        "Gait": quality.gait,
    }
    left_out = () if analysis.refusal is not None else _left_out(quality.bouts)
    sentences = (*_remarks(quality), *left_out, *analysis.warnings)
    remarks = tuple(dict.fromkeys(sentence(words) for words in sentences if words))
    return Recording(
        verdict=_verdict(analysis, len(remarks)),
        rows=tuple((label, words) for label, words in rows.items() if words),
        remarks=remarks,
        advice=tuple(map(sentence, quality.advice)),
        people=_people(quality.recording.people),
        passes=None if analysis.refusal is not None else _bout_table(quality.bouts),
    )


def _of_visit(analysis: AnalysisResult) -> Recording:
    """Merge the recordings of several videos: what differs is stated for each, with the number of the video."""
    recordings = [recording_of(clip) for clip in analysis.clips]
    names = [f"Video {number} ({clip.video.stem}): " for number, clip in enumerate(analysis.clips, start=1)]
    labels = dict.fromkeys(label for recording in recordings for label, _ in recording.rows)
    remarks = dict.fromkeys(
        [
            *map(sentence, analysis.warnings),
            *(name + remark for name, recording in zip(names, recordings, strict=True) for remark in recording.remarks),
        ]
    )
    return Recording(
        verdict=_verdict(analysis, len(remarks)),
        rows=tuple(
            (label, _of_each([dict(recording.rows).get(label, "") for recording in recordings])) for label in labels
        ),
        remarks=tuple(remarks),
        advice=tuple(map(sentence, analysis.quality.advice)),
        people=tuple(
            name + person for name, recording in zip(names, recordings, strict=True) for person in recording.people
        ),
        passes=_joined_passes([recording.passes for recording in recordings]),
    )


def _of_each(words: Sequence[str]) -> str:
    """Return what holds for all videos once, and what differs with their numbers."""
    if len(set(words)) == 1:
        return words[0]
    return "; ".join(f"video {number}: {of_video}" for number, of_video in enumerate(words, start=1) if of_video)


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
    notes = f", {counted(remarks, 'note')}" if remarks else ""
    if analysis.refusal is not None:
        return f"Recording quality: not measured{notes}."
    if not available_measures(analysis):
        return f"Recording quality: no angles could be measured{notes}."
    return f"Recording quality: {'acceptable' if remarks else 'good'}{notes}."


def _frames(analysis: AnalysisResult) -> str:
    landmarks, frames = analysis.quality.landmarks, analysis.video.frames
    used, seen = landmarks.frames_used_pct, landmarks.frames_with_person_pct
    shown = [
        f"{number(used, 0)} % of {frames} used" if math.isfinite(used) else "",
        f"person seen in {number(seen, 0)} %" if math.isfinite(seen) else "",
    ]
    return ", ".join(filter(None, shown))


def _strides(strides: StrideCounts) -> str:
    """State how many strides are used, and how many are excluded for which reason."""
    used = " and ".join(f"{strides.of(side)} {side}" for side in SIDES)
    left_out = Counter((stride.reason, stride.side) for stride in strides.left_out)
    parts = []
    for reason in dict.fromkeys(reason for reason, _ in left_out):
        sides = " and ".join(f"{left_out[reason, side]} {side}" for side in SIDES if left_out[reason, side])
        parts.append(f"{sides} ({reason})" if reason else sides)
    return f"{used} used" + (f"; excluded: {', '.join(parts)}" if parts else "")


def _bouts(bouts: Sequence[BoutRecord]) -> str:
    if len(bouts) < 2:
        return ""
    used = [bout for bout in bouts if bout.used]
    views = Counter(bout.view for bout in used)
    words = {bout.view: bout.direction for bout in used}
    towards = ", ".join(f"{count} {words[view]}" for view, count in views.items() if words[view])
    return f"{len(used)} of {len(bouts)} used" + (f": {towards}" if towards else "")


def _person(quality: Quality) -> str:
    people, height = quality.recording.people, quality.landmarks.person_height_px
    tall = f"{number(height, 0)} pixels tall in the image" if math.isfinite(height) else ""
    if people is None:
        return tall
    if people.count < 2:
        return ", ".join(filter(None, ["the only person", tall]))
    return ", ".join(filter(None, [f"number {people.chosen} of {people.count}", _CHOSEN[people.chosen_by], tall]))


def _people(people: PeopleRecord | None) -> tuple[str, ...]:
    if people is None or people.count < 2:
        return ()
    return tuple(
        sentence(f"{person.number}{' (chosen)' if person.number == people.chosen else ''}: {person.sentence}")
        for person in people.persons
        if person.sentence
    )


def _view(view: Any) -> str:
    words = _VIEWS[view.view]
    off_deg, uncertainty_deg = float(view.off_axis_deg), float(view.yaw_uncertainty_deg)
    if not math.isfinite(off_deg + uncertainty_deg):
        return words
    return f"{words}, camera {number(off_deg, 0)} ± {number(uncertainty_deg, 0)}° off {square_direction(view.view)}"


def _camera(camera: CameraMotion | None) -> str:
    return "" if camera is None else ", ".join(_motions(camera)) or CAMERA_KIND_WORDS["still"]


def _motions(camera: CameraMotion) -> list[str]:
    """Return what the camera did, in words with numbers; empty: it was still."""
    amounts = {
        "shaken": {"shake ": (camera.shake_px, " px"), "drift ": (camera.travel_px, " px")},
        "panned": {"": (camera.travel_px, " px")},
        "zoomed": {"": (camera.zoom_pct, " %")},
    }
    words = []
    for kind in camera.kinds:
        if kind != "still":
            known = {name: of for name, of in amounts.get(kind, {}).items() if math.isfinite(of[0])}
            size = ", ".join(f"{name}{number(amount)}{unit}" for name, (amount, unit) in known.items())
            words.append(CAMERA_KIND_WORDS[kind] + (f" ({size})" if size else ""))
    return words


def _time(base: TimeBase) -> str:
    varies = "varying (stored frame times used)" if base.kind == "variable" else "constant"
    parts = [f"{number(base.rate_hz, 0)} frames/s, {varies}"]
    if abs(base.time_scale - 1) > 1e-3:
        source = _RATE_SOURCES.get(base.capture_rate_source, "")
        parts.append(f"slow motion, played {number(1 / base.time_scale)} times slower{f', {source}' if source else ''}")
    if base.pauses:
        parts.append(f"{counted(base.pauses, 'pause')}, {number(base.paused_s)} s")
    parts += [
        f"{counted(count, 'frame')} {words}"
        for count, words in ((base.dropped_frames, "missing"), (base.duplicated_frames, "doubled"))
        if count > 0
    ]
    return "; ".join(parts) + ("; interlaced" if base.interlaced else "")


def _light(light: Light | None) -> str:
    if light is None:
        return ""
    return ", ".join(LIGHT_KIND_WORDS[kind] for kind in light.verdicts or ("good",))


def _remarks(quality: Quality) -> Iterator[str]:
    """Yield what the quality calls for; what ``analysis.warnings`` says is not among it."""
    people, camera, light = quality.recording.people, quality.recording.camera, quality.recording.light
    if people is not None and people.count > 1:
        who = f"{people.count} people are in the image; number {people.chosen} was measured"
        yield people.sentence or f"{who}. Check that this is the patient"
    if camera is not None and _motions(camera):
        yield camera.sentence
    if light is not None and light.verdicts:
        words = " and ".join(LIGHT_KIND_WORDS[kind] for kind in light.verdicts)
        yield f"The image is {words}; landmark accuracy may be reduced"
    if quality.landmarks.frames_used_pct < _LITTLE_USED_PCT:
        yield f"Only {number(quality.landmarks.frames_used_pct, 0)} % of the frames could be used"
    yield from _time_remarks(quality.recording.time_base, quality.landmarks.frames)


def _left_out(bouts: Sequence[BoutRecord]) -> tuple[str, ...]:
    """Return the notes on the walking bouts that were excluded."""
    return tuple(
        f"Walking bout {bout.number} was excluded" + (f": {bout.reason}" if bout.reason else "")
        for bout in bouts
        if not bout.used
    )


def _time_remarks(base: TimeBase, frames: int) -> Iterator[str]:
    if base.distinct_rate_hz < _FEWER_PICTURES * base.rate_hz:
        yield (
            f"Only {number(base.distinct_rate_hz, 0)} of {number(base.rate_hz, 0)} frames per second show a new image"
        )
    wrong = base.dropped_frames + base.duplicated_frames
    if wrong > _MANY_FRAMES_WRONG * frames:
        yield (
            f"{counted(wrong, 'frame')} of {frames} {'is' if wrong == 1 else 'are'} missing or doubled; event "
            "times are less certain"
        )
    if base.interlaced:
        yield "Fast-moving feet may appear twice (interlaced video)"


def _bout_table(bouts: Sequence[BoutRecord]) -> Table | None:
    if len(bouts) < 2:
        return None
    rows = tuple(
        (
            str(bout.number),
            f"{number(bout.start_s)} to {number(bout.end_s)} s".replace(" ", _NO_BREAK),
            ", ".join(filter(None, [_VIEWS.get(bout.view, bout.view), bout.direction])) or NOT_GIVEN,
            f"{number(bout.off_axis_deg, 0)}°" if math.isfinite(bout.off_axis_deg) else NOT_GIVEN,
            str(bout.strides_left),
            str(bout.strides_right),
            "yes" if bout.used else f"no: {bout.reason}" if bout.reason else "no",
        )
        for bout in bouts
    )
    return Table(
        caption="Walking bouts",
        head=("Bout", "When", "View and direction", "Camera off-axis angle", "Left strides", "Right strides", "Used"),
        rows=rows,
        text_columns=frozenset({0, 1, 2, 6}),
    )
