"""Data of the page's script: events, strides, curves and frame times."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.analysis.options import OPTIONS
from gaitlab.analysis.queries import BOUNDARIES, available_measures, cycles_of, measure_title, phase_row
from gaitlab.gait.corrections import Corrections, add_person_choice, person_choice
from gaitlab.plots.phase_bar import phase_blocks
from gaitlab.report.figures import given_strides
from gaitlab.report.html.embedded_video import EmbeddedVideo
from gaitlab.report.html.film_layers import drawn_on_film, drawn_words
from gaitlab.report.html.magnifier import followed
from gaitlab.report.html.template import data_uri
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.schema import MEASURES, PHASES, SIDES, Side, rows_as_dicts
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["page_data", "rounded", "rounded_all", "typed_options"]

_TRACE_POINTS: Final = 3000
"""The curve behind the time track is thinned to about so many samples: a screen is not wider."""

_CURVE_STEPS: Final = ((1, 500), (2, 1500), (4, np.inf))
"""Every so-manyth of its 101 points is kept of each stride where there are so many strides at most: the page then
reads values between two points off a straight line, and a long video does not make it too large to be sent."""

_NOT_TYPED: Final = ("events_file",)
"""The page names the file of corrections that it writes itself."""


def page_data(
    analysis: AnalysisResult, films: Sequence[EmbeddedVideo | None], portraits: Sequence[Mapping[int, Snapshot]] = ()
) -> dict[str, Any]:
    """Return what the script of the page needs, as plain data without NaN.

    Parameters
    ----------
    analysis
        The analysis.
    films
        The embedded overlay of each of its videos; ``None`` where there is none.
    portraits
        For each of its videos an image of each person by number (``snapshots.portraits_of``), where there are several.

    Returns
    -------
    dict
        Times in real seconds, angles in degrees, ``None`` where there is no number.
    """
    events = analysis.events.sort_values("time_s", kind="stable")
    numbers = events["video"] if "video" in events else pd.Series(1, index=events.index)
    counts = [len(clip.cycles) for clip in analysis.clips]
    first_numbers = [0, *accumulate(counts)][: len(counts)]  # the strides of a visit are numbered through its videos
    return {
        "clips": [
            _clip(clip, film, first, faces)
            for clip, film, first, faces in zip(
                analysis.clips, films, first_numbers, portraits or [{} for _ in analysis.clips], strict=True
            )
        ],
        "measures": {name: _measure(analysis, name) for name in available_measures(analysis)},
        "phases": {side: [list(block) for block in phase_blocks(analysis.cycles, side)] for side in SIDES},
        "phaseLabels": {phase.name: phase.label for phase in PHASES},
        "eventRows": [[int(number) - 1, rounded(time)] for number, time in zip(numbers, events["time_s"], strict=True)],
        "options": _options(analysis),
        "drawn": drawn_words(),
    }


def _clip(
    clip: AnalysisResult, film: EmbeddedVideo | None, first_number: int, portraits: Mapping[int, Snapshot]
) -> dict[str, Any]:
    video = clip.video
    times = clip.landmarks["time"].values if film is None else np.array(film.times_s) * video.time_scale
    return {
        "stem": video.stem,
        "sha256": video.sha256,
        "timeScale": video.time_scale,
        "duration": rounded(video.duration_s),
        "frameTimes": rounded_all(times, 4),
        "video": None if film is None else film.name,
        "events": [
            {
                "side": row["side"],
                "event": row["event"],
                "time": rounded(row["time_s"]),
                "uncertainty": rounded(row["uncertainty_s"]),
            }
            for row in rows_as_dicts(clip.events.sort_values("time_s", kind="stable"))
        ],
        "strides": [_stride(row, first_number) for row in rows_as_dicts(clip.cycles)],
        "bouts": [
            {"start": rounded(p.start_s), "end": rounded(p.end_s), "mirrored": p.mirrored} for p in clip.quality.bouts
        ],
        **_level(clip),
        "trace": _trace(clip),
        "follow": followed(clip),
        "drawn": None if film is None or film.data is None else drawn_on_film(clip),  # an overlay has it drawn on it
        "changes": [change.to_dict() for change in add_person_choice(clip.corrections, clip.quality.recording.people)],
        **_people(clip, portraits),
    }


def _level(clip: AnalysisResult) -> dict[str, Any]:
    """Return what marking the level of the pelvis needs: the image, the view, the camera's roll, and earlier marks."""
    video = clip.video
    return {
        "size": [video.width_px, video.height_px],
        "leftSign": left_side_sign(clip.view.view),
        "roll": rounded(clip.quality.vertical.camera_roll_deg) or 0.0,
        "level": [
            {"time": mark.new_s, "left": mark.left_px, "right": mark.right_px}
            for mark in Corrections(changes=clip.corrections).level
        ],
    }


def _people(clip: AnalysisResult, portraits: Mapping[int, Snapshot]) -> dict[str, Any]:
    """Return who can be chosen to be measured, each with the change that chooses them; nobody where one is there."""
    people = clip.quality.recording.people
    if people is None:
        return {"chosen": None, "people": []}
    return {
        "chosen": people.chosen,
        "people": [
            {
                "sentence": person.sentence,
                "picture": data_uri("image/jpeg", portraits[person.number].jpeg())
                if person.number in portraits
                else None,
                "change": person_choice(people, person.number).to_dict(),
            }
            for person in (people.persons if people.count > 1 else ())
        ],
    }


def _stride(row: Mapping[str, Any], first_number: int) -> dict[str, Any]:
    start, end = float(row["start_s"]), float(row["end_s"])
    inner = [float(row.get(f"{name}_pct", np.nan)) for name in BOUNDARIES[1:-1]]
    at = [start + (end - start) * percent / 100 for percent in (0.0, *inner, 100.0)]
    phases = {p.name: [rounded(a), rounded(b)] for p, a, b in zip(PHASES[1:], at[:-1], at[1:], strict=True)}
    return {
        "number": first_number + int(row["stride"]),
        "side": row["side"],
        "start": rounded(start),
        "end": rounded(end),
        "used": bool(row["used"]),
        "exclusion": str(row["exclusion"]),
        "reason": str(row["reason"]),
        "phases": {name: span for name, span in phases.items() if None not in span},
    }


def _trace(clip: AnalysisResult) -> dict[str, Any] | None:
    """Return the angle that is drawn behind the time track: of the thigh, otherwise of the pelvis."""
    angles, given = clip.angles, available_measures(clip)
    step = max(1, angles.sizes["time"] // _TRACE_POINTS)
    times = rounded_all(angles["time"].values[::step], 3)
    if "hip_flexion" in given:
        lines: dict[str, Any] = {
            side: rounded_all(angles["hip_flexion"].sel(side=side).values[::step], 1) for side in SIDES
        }
        return {"label": f"{MEASURES['hip_flexion'].label}, °", "times": times, **lines}
    if "pelvic_drop" in given:
        pelvis = rounded_all(angles["pelvis_obliquity"].values[::step], 1)
        return {"label": "Pelvis, left side up +, °", "times": times, "both": pelvis}
    return None


def _measure(analysis: AnalysisResult, name: str) -> dict[str, Any]:
    reference = analysis.references.get(name)
    given = [number for side in SIDES for number in given_strides(analysis, name, side)]
    step = next(step for step, most in _CURVE_STEPS if len(given) <= most)
    curves = np.asarray(analysis.curves[name].sel(stride=given).transpose("stride", ...).values[:, ::step], dtype=float)
    return {
        "label": measure_title(analysis, name),
        "directions": MEASURES[name].directions,
        "left": _mean(analysis, name, "left"),
        "right": _mean(analysis, name, "right"),
        "reference": None if reference is None else rounded_all(reference.mean_deg, 1),
        "referenceSd": None if reference is None else rounded_all(reference.sd_deg, 1),
        "phases": {side: [list(b) for b in phase_blocks(cycles_of(analysis, name), side)] for side in SIDES},
        "determined": {
            side: [phase.name for phase in PHASES if phase_row(analysis, name, side, phase.name) is not None]
            for side in SIDES
        },
        "strides": {number: rounded_all(curve, 1) for number, curve in zip(given, curves, strict=True)},
    }


def _mean(analysis: AnalysisResult, name: str, side: Side) -> list[float | None] | None:
    table = analysis.mean_curves
    rows = table[(table["measure"] == name) & (table["side"] == side)].sort_values("percent")
    return rounded_all(rows["mean"].to_numpy(dtype=float), 1) if len(rows) else None


def _options(analysis: AnalysisResult) -> str:
    """Return the options with which the video was analysed, as one types them."""
    words = typed_options(analysis.provenance.parameters)
    if analysis.video.capture_rate_source == "given":
        words.append(f"--capture-fps {analysis.video.rate_hz:g}")
    return " ".join(words)


def typed_options(chosen: Mapping[str, Any]) -> list[str]:
    """Return the options of a result that are not the default, as one types them."""
    return [
        f"--{option.flag} {shlex.quote(f'{value:g}' if isinstance(value, float) else str(value))}"
        for name, option in OPTIONS.items()
        if name not in _NOT_TYPED and (value := chosen.get(name)) not in (None, option.default)
    ]


def rounded(value: Any, decimals: int = 4) -> float | None:
    """Return a number for the page; ``None`` where there is none."""
    return round(float(value), decimals) if np.isfinite(float(value)) else None


def rounded_all(values: Iterable[float] | NDArray[np.float64], decimals: int) -> list[float | None]:
    """Return numbers for the page; ``None`` where there is none."""
    return [rounded(value, decimals) for value in values]
