"""Data of what the page draws on its video: the person, the measured angles, and times when nothing is measured.

It holds what the overlay is drawn from (``overlay.frame_renderer``), so that both show the same; long lists are whole
numbers of two bytes, which take a third of the room of written ones.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab.analysis.queries import INITIAL_CONTACT_PCT, PHASE_SHORT
from gaitlab.pelvis import PELVIS_REGION
from gaitlab.plots.bouts import exclusion_note
from gaitlab.report.html.template import as_base64
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.pelvis_line import LEVEL_REACH
from gaitlab.schema import LANDMARKS, MEASURES, PHASES, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import direction_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["JOINTS", "drawn_on_film", "drawn_words"]


JOINTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
"""The joints of a side; all of the left side come before those of the right one."""
_UNKNOWN: Final = -32768
_LARGEST_INT16: Final = 32767
_STEPS_OF_LONGER_EDGE: Final = 16_000
"""The longer edge of the picture is cut into so many steps: a place as far outside of it has a number, too."""
_ANGLE_STEP_DEG: Final = 0.01


def drawn_words() -> dict[str, Any]:
    """Return what is the same for all films: names of phases and directions, and how wide the pelvis is drawn."""
    return {
        "phaseShort": PHASE_SHORT,
        "initialContact": [PHASES[0].name, INITIAL_CONTACT_PCT],
        "thighDirections": MEASURES["hip_flexion"].directions,
        "forward": {side: direction_sign(side) for side in SIDES},
        "pelvisHalfWidthTrunks": PELVIS_REGION.half_width_trunks,
        "levelReach": LEVEL_REACH,
        "joints": JOINTS,
    }


def drawn_on_film(analysis: AnalysisResult) -> dict[str, Any] | None:
    """Return what is drawn on the film of one video, as plain data.

    Parameters
    ----------
    analysis
        The analysis of the video.

    Returns
    -------
    dict, or None
        ``times`` in tenths of a millisecond, ``found`` (time, joint, x and y) in steps of ``step`` pixels, ``seen``: a
        bit for each joint that is drawn, ``height`` of the person, angles in hundredths of a degree; all as Base64 of
        whole numbers, least byte first, with -32768 for what is not known. ``None``: nobody was found.
    """
    renderer = FrameRenderer.of(analysis, show_faces=True)
    person, times = renderer.person, renderer.person.times
    if not np.isfinite(person.found).any() or not np.isfinite(person.height_px).any():
        return None
    places = [LANDMARKS.index(f"{side}_{joint}") for side in SIDES for joint in JOINTS]
    step = max(analysis.video.width_px, analysis.video.height_px) / _STEPS_OF_LONGER_EDGE
    bits = np.isfinite(person.seen[:, places]).all(axis=-1) @ (1 << np.arange(len(places)))
    return {
        "times": as_base64(np.round(times * 1e4).astype("<i4").tobytes()),
        "step": step,
        "found": _whole(person.found[:, places] / step),
        "seen": as_base64(bits.astype("<u2").tobytes()),
        "height": _whole(person.height_px / step),
        "frame": renderer.frame_s,
        "view": renderer.view,
        "views": [[bout.start_s, bout.end_s, bout.view or renderer.view] for bout in renderer.bouts],
        "refused": renderer.refused,
        "roll": float(analysis.quality.vertical.camera_roll_deg),
        **_angles(renderer, times),
        "notices": _notices(renderer, times),
        "note": renderer.strip.note,
        **_number(renderer, step),
    }


def _angles(renderer: FrameRenderer, times: FloatArray) -> dict[str, Any]:
    """Return the angles that are drawn, each ``None`` where the view does not give it."""
    hips, pelvis, trunk = renderer.hips, renderer.pelvis, renderer.trunk
    stances = next((line.stances.spans for line in (pelvis, trunk) if line is not None), {})
    return {
        "hips": hips and {side: _degrees(hips.times, hips.flexion_deg[side], times) for side in SIDES},
        "pelvis": pelvis
        and {
            "angle": _degrees(pelvis.times, pelvis.obliquity_deg, times),
            "slope": _degrees(pelvis.times, pelvis.slope_deg, times),
            "heightTrunks": pelvis.height_trunks,
        },
        "trunk": trunk and _degrees(trunk.times, trunk.lean_deg, times),
        "stances": {side: [[float(a), float(b)] for a, b in spans] for side, spans in stances.items()},
    }


def _number(renderer: FrameRenderer, step: float) -> dict[str, Any]:
    """Return the number of the person with the top of the head over time, where there are several people."""
    people = renderer.quality.recording.people
    if people is None or people.count < 2:
        return {"number": None}
    head = renderer.faces.head
    return {"number": people.chosen, "head": _whole(np.stack([head[:, 0], head[:, 1] - head[:, 3]], axis=-1) / step)}


def _notices(renderer: FrameRenderer, times: FloatArray) -> list[tuple[float, float, str]]:
    """Return when nothing is measured, and why: spans that end where the next begins."""
    notes = [exclusion_note(renderer.quality, float(time_s)) for time_s in times]
    starts = [0, *(n for n in range(1, len(notes)) if notes[n] != notes[n - 1]), len(notes)]
    ends = [*times, float(times[-1]) + renderer.frame_s]
    return [
        (round(float(ends[first]), 4), round(float(ends[last]), 4), notes[first])
        for first, last in pairwise(starts)
        if notes[first]
    ]


def _degrees(own_times: FloatArray, values: FloatArray, times: FloatArray) -> str:
    if not np.array_equal(own_times, times):
        values = np.array([interpolate_at(own_times, values, float(time_s)) for time_s in times])
    return _whole(values / _ANGLE_STEP_DEG)


def _whole(values: FloatArray) -> str:
    known = np.isfinite(values)
    whole = np.clip(np.round(np.where(known, values, 0.0)), -_LARGEST_INT16, _LARGEST_INT16)
    return as_base64(np.where(known, whole, _UNKNOWN).astype("<i2").tobytes())
