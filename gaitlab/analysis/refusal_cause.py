"""Why a walk cannot be measured: where no steps are found, what keeps them from being seen comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.preconditions import PRECONDITIONS, feet_out_pct, lighting_refusal
from gaitlab.analysis.walk import Walk
from gaitlab.errors import Refusal
from gaitlab.recording import RecordingInfo
from gaitlab.schema import SIDES, Side
from gaitlab.signals.cleaning import MISSING
from gaitlab.signals.legs import median_trunk_px
from gaitlab.signals.view import person_height_px

__all__ = ["REFUSAL_CAUSE", "RefusalCauseSettings", "find_refusal_cause"]

_NO_STEPS: Final = ("no_rhythm", "too_few_strides", "standing")
_MAY_HAVE_A_CAUSE: Final = (*_NO_STEPS, "legs_hidden", "legs_not_told_apart", "facing_unclear")
"""Refusals that may come of an image in which the legs are not seen well."""


@dataclass(frozen=True, kw_only=True)
class RefusalCauseSettings:
    """From when on something in the image is the cause of a refusal.

    Attributes
    ----------
    short_s
        Two strides of each leg take longer.
    feet_out_pct
        With the feet below the image in more of the frames, whole strides are missing.
    hidden_pct
        With a leg hidden in more of the frames, hardly a stride is seen whole.
    feet_move_m
        The ankles of who walks move past each other by more: half a short step each way.
    put_trunks
        A foot that takes even short steps moves by more, on a belt too.
    """

    short_s: float = 2.5
    feet_out_pct: float = 20.0
    hidden_pct: float = 50.0
    feet_move_m: float = 0.3
    put_trunks: float = 0.3


REFUSAL_CAUSE: Final = RefusalCauseSettings()


def find_refusal_cause(refusal: Refusal, walk: Walk, landmarks: xr.Dataset, recording: RecordingInfo | None) -> Refusal:
    """Find why a walk cannot be measured.

    Parameters
    ----------
    refusal
        What did not go.
    walk
        What was found.
    landmarks
        As found, in pixels of the image.
    recording
        What the images say of light and clothes; ``None``: they are not available.

    Returns
    -------
    refusal : Refusal
        The same where the legs were seen well: then it is the cause.
    """
    if refusal.code not in _MAY_HAVE_A_CAUSE or (refusal.code == "standing" and not _feet_move(landmarks)):
        return refusal
    height_px = person_height_px(walk.clean)
    if feet_out_pct(landmarks) > REFUSAL_CAUSE.feet_out_pct:
        return Refusal.of("feet_out_of_picture")
    if height_px < PRECONDITIONS.min_person_px:
        return Refusal.of(
            "person_too_small",
            f"The person is too small in the image: {height_px:.0f} pixels tall, and at least "
            f"{PRECONDITIONS.min_person_px:.0f} are needed.",
        )
    unseen = _visibility_refusal(recording)
    if unseen is not None:
        return unseen
    hidden_pct = _hidden_pct(walk.clean)
    better_seen = SIDES[int(hidden_pct.argmin())]
    seen_s = walk.log.seen * float(landmarks["time"][-1] - landmarks["time"][0])
    seen_well = seen_s >= REFUSAL_CAUSE.short_s and hidden_pct.min() < REFUSAL_CAUSE.hidden_pct
    if refusal.code == "no_rhythm" and seen_well and _foot_is_stationary(walk.clean, better_seen):
        return Refusal.of("standing")
    if refusal.code in _NO_STEPS and hidden_pct.max() > REFUSAL_CAUSE.hidden_pct:
        return Refusal.of("legs_hidden")
    if seen_s < REFUSAL_CAUSE.short_s:
        return Refusal.of(
            "too_few_strides", f"The person is visible for {seen_s:.1f} seconds, with too few steps to measure."
        )
    return refusal


def _visibility_refusal(recording: RecordingInfo | None) -> Refusal | None:
    """Return what keeps a camera from seeing the legs of who is in the image; ``None``: nothing, or not known."""
    if recording is None:
        return None
    return lighting_refusal(recording) or (Refusal.of("legs_covered") if recording.legs_covered else None)


def _feet_move(landmarks: xr.Dataset) -> bool:
    """Check whether the ankles move past each other, as they do not in standing."""
    left, right = (landmarks["position_world"].sel(landmark=f"{side}_ankle").to_numpy() for side in SIDES)
    apart_m = (left - right)[np.isfinite(left - right).all(axis=1)]
    if not len(apart_m):
        return False
    low_m, high_m = np.percentile(apart_m, [5, 95], axis=0)
    return bool(np.linalg.norm((high_m - low_m)[[0, 2]]) > REFUSAL_CAUSE.feet_move_m)


def _foot_is_stationary(clean: xr.Dataset, side: Side) -> bool:
    """Check whether a foot stays at its place in the image, as of who gets up from a chair: no other leg is needed."""
    ankle_px = clean["position"].sel(landmark=f"{side}_ankle").to_numpy()
    seen_px = ankle_px[np.isfinite(ankle_px).all(axis=1)]
    low_px, high_px = np.percentile(seen_px, [5, 95], axis=0)
    return bool(
        np.linalg.norm(high_px - low_px) < REFUSAL_CAUSE.put_trunks * median_trunk_px(clean["position"].to_numpy())
    )


def _hidden_pct(clean: xr.Dataset) -> NDArray[np.float64]:
    """Return for how many of the frames that show the person each leg is hidden, in percent; left, right."""
    shown = np.isfinite(clean["position"].to_numpy()).any(axis=(1, 2))
    if not shown.any():
        return np.zeros(len(SIDES))
    causes = [MISSING.index("not_seen"), MISSING.index("behind_other_leg")]
    legs = [clean["missing"].sel(landmark=[f"{side}_knee", f"{side}_ankle"]).to_numpy()[shown] for side in SIDES]
    return np.array([100 * float(np.isin(leg, causes).any(axis=1).mean()) for leg in legs])
