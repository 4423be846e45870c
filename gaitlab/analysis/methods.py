"""How an analysis was made: its provenance, and the sentences of a methods paragraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from gaitlab.analysis.extremes import pelvis_note
from gaitlab.analysis.options import Options
from gaitlab.kinematics import facing_of
from gaitlab.pelvis import PelvisEstimate
from gaitlab.provenance import Provenance, collect_versions
from gaitlab.reference import MatchedReference
from gaitlab.schema import MEASURES
from gaitlab.vertical import Vertical
from gaitlab.video import VideoInfo
from gaitlab.view import ViewResult

__all__ = ["provenance_of"]


def provenance_of(
    video: VideoInfo,
    model_sha256: str,
    options: Options,
    view: ViewResult,
    references: Mapping[str, MatchedReference],
    vertical: Vertical,
    pelvis: PelvisEstimate | None,
) -> Provenance:
    """Return what an analysis was made with: versions, hashes, choices and the paragraph for a paper's methods."""
    versions = collect_versions()
    where = "the picture" if facing_of(view.view) else "the front or back view"
    methods = (
        f"Landmarks were found in each frame and its mirror image with MediaPipe {versions['mediapipe']} Pose "
        "Landmarker (heavy), in a forward and a backward pass whose mean has no lag, by gaitlab "
        f"{versions['gaitlab']} from {video.frames} frames at {video.rate_hz:.0f} Hz.",
        "Coordinates were resampled and low-pass filtered without lag (Butterworth, fourth order in all, 6 Hz).",
        f"Heel strikes and toe-offs were found with the method {options.events!r}; strides were cut from heel strike "
        "to heel strike of the same foot and divided into the Rancho phases by measured events.",
        f"Angles are those of body segments in {where}; hip flexion is the thigh's inclination to the vertical. "
        f"{_vertical_words(vertical)}",
        *(() if pelvis is None else (f"Pelvic drop was {pelvis_note(pelvis)}. {pelvis.zero.explanation}",)),
        "Uncertainties are 95 % half-widths of landmark error, camera roll and scatter between strides.",
        *(f"Reference for {MEASURES[m].label}: {r.source} ({r.population}; {r.match})." for m, r in references.items()),
    )
    return Provenance(
        versions=versions,
        model_sha256=model_sha256,
        video_sha256=video.sha256,
        parameters={**asdict(options), "events_file": options.events_file is not None, "time_scale": video.time_scale},
        methods=methods,
    )


_VERTICAL_FROM: Final = {
    "given": "given",
    "background lines": "found from {} upright lines of the background",
    "walking both ways": "found from the mean thighs of the passes in both directions",
}


def _vertical_words(vertical: Vertical) -> str:
    if vertical.source not in _VERTICAL_FROM:
        return "The vertical is assumed to be the picture's."
    how = _VERTICAL_FROM[vertical.source].format(vertical.lines)
    return (
        f"The camera's roll was {how}: the picture is turned by {vertical.roll_deg:.1f} degrees clockwise "
        f"(uncertainty {vertical.uncertainty_deg:.1f}), which was taken off."
    )
