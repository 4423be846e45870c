"""Whether a recording can be measured at all: enough images, a person, feet in the image, a stride."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.errors import InputError, NothingMeasurableError, Refusal
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo
from gaitlab.schema import SIDES
from gaitlab.signals.cleaning import IMAGE_EDGE, CleaningLog
from gaitlab.video import MIN_RATE_HZ

__all__ = [
    "PRECONDITIONS",
    "PreconditionSettings",
    "check_person",
    "check_recording",
    "feet_out_pct",
    "lighting_refusal",
    "stride_refusal",
    "toes_out_pct",
]


@dataclass(frozen=True, kw_only=True)
class PreconditionSettings:
    """Below what nothing is measured.

    Attributes
    ----------
    min_person_px
        Height of the person in the image that landmarks of the needed precision take.
    min_seen_s, min_seen
        A person who is seen for less than this part of the video, and for less than a stride and a half, was not found:
        a short walk in a long video is a walk.
    feet_out_pct
        With the feet below the image in more of the frames there is no walk to measure.
    """

    min_person_px: float = 200.0
    min_seen_s: float = 1.5
    min_seen: float = 0.2
    feet_out_pct: float = 50.0


PRECONDITIONS: Final = PreconditionSettings()


def lighting_refusal(recording: RecordingInfo) -> Refusal | None:
    """Return how the light keeps a person from being seen; ``None``: it does not."""
    if "dark" in recording.light:
        return Refusal.of("too_dark")
    return Refusal.of("back_lit") if "back_lit" in recording.light else None


def check_recording(recording: RecordingInfo | None) -> None:
    """Raise ``InputError`` if the video repeats so many frames that the fast parts of a step are not in it."""
    if recording is not None and recording.distinct_rate_hz < MIN_RATE_HZ - 1:
        raise InputError(
            f"The video repeats frames: only {recording.distinct_rate_hz:.0f} per second are different, and at least "
            f"{MIN_RATE_HZ:.0f} are needed. Use the original file of the camera, not a converted or screen recording."
        )


def check_person(landmarks: xr.Dataset, log: CleaningLog, people: TrackedPeople | None = None) -> None:
    """Raise ``NothingMeasurableError`` if there is no person to follow through the video.

    Parameters
    ----------
    landmarks
        As found.
    log
        What cleaning changed.
    people
        Who is in the video; ``None``: not known.
    """
    if people is not None and people.covered:
        raise NothingMeasurableError(people.covered, code="person_covered")
    duration_s = float(np.subtract(*landmarks["time"].to_numpy()[[-1, 0]]))
    if log.seen * duration_s < min(PRECONDITIONS.min_seen_s, PRECONDITIONS.min_seen * duration_s):
        raise NothingMeasurableError(
            code="person_covered" if people is not None and people.excluded_spans else "no_person"
        )
    out_pct = feet_out_pct(landmarks)
    if out_pct > PRECONDITIONS.feet_out_pct and (1 - out_pct / 100) * log.seen * duration_s < PRECONDITIONS.min_seen_s:
        raise NothingMeasurableError(code="feet_out_of_picture")


def feet_out_pct(landmarks: xr.Dataset) -> float:
    """Compute the share of frames with a person in which both heels are below the image, in percent."""
    return 100 * float(_below_image(landmarks, "heel").all(axis=1).mean())


def toes_out_pct(landmarks: xr.Dataset) -> float:
    """Compute the share of frames with a person in which the toes are below the image, of the foot with more of them.

    Below the image, or at its lower edge, in percent.
    """
    return 100 * float(_below_image(landmarks, "foot_index").mean(axis=0).max())


def _below_image(landmarks: xr.Dataset, part: str) -> NDArray[np.bool_]:
    """Return in which frames a part of each leg is below the image, (frames, 2); of those that show both, if any."""
    y = landmarks["position"].sel(landmark=[f"{side}_{part}" for side in SIDES], xy="y").to_numpy()
    seen = y[np.isfinite(y).all(axis=1)]
    height_px = float(landmarks.attrs.get("height_px", np.inf))
    return np.asarray(seen > (1 - IMAGE_EDGE) * height_px) if len(seen) else np.zeros((1, len(SIDES)), dtype=bool)


def stride_refusal(cycles: pd.DataFrame) -> Refusal | None:
    """Return why no stride can be measured; ``None``: at least one can."""
    if cycles["used"].any():
        return None
    if not len(cycles):
        sentence = "Too few strides: no complete stride was found, from a heel strike to the next of the same foot."
        return Refusal.of("too_few_strides", sentence)
    which = "the only stride cannot" if len(cycles) == 1 else f"none of {len(cycles)} strides can"
    reasons = "; ".join(dict.fromkeys(str(reason) for reason in cycles["reason"]))
    return Refusal.of("too_few_strides", f"Too few strides: {which} be measured ({reasons}).")
