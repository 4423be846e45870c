"""How an analysis was made: its provenance, and the sentences of a methods paragraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.peaks import measured_from
from gaitlab.analysis.provenance import Provenance, collect_versions
from gaitlab.analysis.settings import settings_of
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.analysis.visit import VisitMeasurements, collect_messages, primary_video
from gaitlab.pose.imported import IMPORTED_FROM, IMPORTED_SHA256
from gaitlab.recording import Vertical
from gaitlab.reference import MatchedReference
from gaitlab.schema import MEASURES, EventKind, frame_step_of
from gaitlab.schema.codes import MATCH_WORDS, VERTICAL_WORDS
from gaitlab.schema.messages.event_sources import detection_sentence
from gaitlab.schema.messages.numbers import number, sentence
from gaitlab.signals.kinematics import direction_sign

__all__ = ["provenance_of"]


def _frames_words(clip: VideoMeasurements) -> str:
    """Return how many frames were analysed, and at which rate."""
    step = frame_step_of(clip.landmarks)
    analysed = "" if step == 1 else f" (one in {step} of {clip.video.frames})"
    return f"{clip.landmarks.sizes['time']} frames at {clip.video.rate_hz / step:.0f} Hz{analysed}"


def provenance_of(
    clips: Sequence[VideoMeasurements],
    merged: VisitMeasurements,
    model_sha256: str,
    options: Options,
    references: Mapping[str, MatchedReference],
    search: PoseSearch | None = None,
) -> Provenance:
    """Return what an analysis was made with: versions, hashes, choices and the paragraph for a paper's methods."""
    lead = primary_video(clips)
    tool = lead.landmarks.attrs.get(IMPORTED_FROM)
    choices = {**asdict(options), "events_file": options.events_file is not None, "time_scale": lead.video.time_scale}
    if tool is not None:
        choices |= {IMPORTED_FROM: tool, IMPORTED_SHA256: lead.landmarks.attrs[IMPORTED_SHA256]}
    several = {"videos": [{"stem": clip.video.stem, "sha256": clip.video.sha256} for clip in clips]}
    return Provenance(
        versions=collect_versions(),
        model_sha256=model_sha256 if tool is None else f"none: landmarks of {tool}",
        video_sha256=lead.video.sha256,
        parameters=choices if len(clips) == 1 else choices | several,
        methods=_methods(clips, merged, references),
        settings=settings_of(clips, merged.uncertainties.pelvis, options, search),
    )


def _methods(
    clips: Sequence[VideoMeasurements],
    merged: VisitMeasurements,
    references: Mapping[str, MatchedReference],
) -> tuple[str, ...]:
    """Return the sentences for a paper's methods."""
    versions = collect_versions()
    lead, pelvis = primary_video(clips), merged.uncertainties.pelvis
    plane = "sagittal" if direction_sign(lead.walk.view.view) else "frontal"
    frames = " and ".join(map(_frames_words, clips))
    tool = lead.landmarks.attrs.get(IMPORTED_FROM)
    return (
        f"Landmarks were estimated with MediaPipe Pose Landmarker (heavy, v{versions['mediapipe']}; temporal smoothing "
        f"disabled; alternate frames mirrored) using gaitlab {versions['gaitlab']}, from {frames}."
        if tool is None
        else f"Landmarks were those of {tool}, analysed with gaitlab {versions['gaitlab']}, from {frames}.",
        *_visit_words(clips, merged),
        "Coordinates were resampled and low-pass filtered (zero-lag fourth-order Butterworth, 6 Hz).",
        *_detection_words(merged.events),
        "Strides were defined from heel strike to the next heel strike of the same foot and divided into the Rancho "
        "Los Amigos gait phases at the measured events.",
        f"Angles of body segments were measured in the {plane} plane as seen by the camera; hip flexion is the "
        "inclination of the thigh from the vertical.",
        *collect_messages(clips, lambda clip: [_vertical_words(clip.walk.vertical)]),
        *(() if pelvis is None else (f"Pelvic drop was {measured_from(pelvis)}. {pelvis.zero.explanation}",)),
        "Uncertainties are 95 % half-widths that combine landmark error, camera roll and variability between strides.",
        *(
            sentence(f"Reference for {MEASURES[m].label}: {r.source} ({r.population}; {MATCH_WORDS[r.match].brief})")
            for m, r in references.items()
        ),
    )


def _detection_words(events: pd.DataFrame) -> tuple[str, ...]:
    """Say how the events were found: by the detectors that found them, which may be others than the one chosen."""
    kinds: tuple[EventKind, ...] = ("heel_strike", "toe_off")
    sentences = (detection_sentence(kind, events.loc[events["event"] == kind, "source"]) for kind in kinds)
    return tuple(words for words in sentences if words)


def _visit_words(clips: Sequence[VideoMeasurements], merged: VisitMeasurements) -> tuple[str, ...]:
    """Say which measures come from which of several videos."""
    if len(clips) == 1:
        return ()
    measures_of: dict[tuple[int, ...], list[str]] = {}
    for measure, numbers in merged.sources.items():
        measures_of.setdefault(numbers, []).append(MEASURES[measure].label)
    return tuple(
        f"Measured from video {' and '.join(clips[number - 1].video.stem for number in numbers)}: {', '.join(labels)}."
        for numbers, labels in measures_of.items()
    )


def _vertical_words(vertical: Vertical) -> str:
    roll = f"{number(vertical.roll_deg)}° ± {number(vertical.uncertainty_deg)}° clockwise"
    return VERTICAL_WORDS[vertical.source].words.format(roll=roll, lines=vertical.lines)
