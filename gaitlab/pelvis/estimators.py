"""Estimators of pelvic obliquity, in a registry, and the choice between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.stats import linregress

from gaitlab.core.plugins import choose
from gaitlab.pelvis.added_source import run_added_source
from gaitlab.pelvis.base import Baseline, PelvisEstimate, PelvisInput, PelvisSource, withheld_estimate
from gaitlab.pelvis.baseline import against_horizontal, combine, estimate_baseline
from gaitlab.pelvis.clicks import CLICKS, level_of_clicks
from gaitlab.pelvis.cloth import CLOTH, rapid_share
from gaitlab.pelvis.crops import PX_PER_TRUNK, Patch
from gaitlab.pelvis.limits import REGISTRATION_LIMITS, STICKER_LIMITS, QualityLimit, first_violation
from gaitlab.pelvis.markers import (
    MarkerPair,
    find_marker_pair,
    locate_markers,
    marker_slope_deg,
    reject_unstable,
    slope_noise_deg,
)
from gaitlab.pelvis.registration import Alignment, Region, Template, align_patches, build_template
from gaitlab.pelvis.standing import level_from_standing
from gaitlab.pelvis.traces import down_in_image, hip_line_deg, on_grid
from gaitlab.pelvis.waistband import WAIST, find_clothes, region_below_waist, shirt_covers_region
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import HIP_LINE_SD_DEG, NORMAL_QUANTILE, PERSPECTIVE_SD_DEG
from gaitlab.signals.geometry import left_up_deg
from gaitlab.signals.kinematics import midpoint_px

__all__ = [
    "AUTO_SOURCES",
    "PELVIS_SOURCES",
    "HipLandmarkLine",
    "MarkerLine",
    "Registration",
    "estimate_pelvis",
    "find_pelvis_source",
    "pelvis_outlook",
]


def shape_uncertainties_deg(scene: PelvisInput, source_sd_deg: float, image_sd_deg: float) -> tuple[float, float]:
    """Compute the 95 % half-width of a waveform, and the part of it that the images of this video cause.

    Parameters
    ----------
    scene
        Whose camera sways.
    source_sd_deg
        Of the source in good images.
    image_sd_deg
        Of what these images show.
    """
    image_deg = math.hypot(image_sd_deg, scene.vertical.roll_jitter_deg)
    whole_deg = math.hypot(source_sd_deg, PERSPECTIVE_SD_DEG, image_deg)
    return NORMAL_QUANTILE * whole_deg, NORMAL_QUANTILE * image_deg


@dataclass(frozen=True, kw_only=True)
class HipLandmarkLine:
    """Measure the slope of the line between MediaPipe's hip landmarks, which follow the pelvis by 0.15 to 0.46 only.

    A true drop of 11 degrees is measured as 3 to 5, in every view, because the detector's idea of a body keeps the hips
    level. Never reliable.

    See Also
    --------
    Registration : from the image of the pelvis
    MarkerLine : from stickers

    Notes
    -----
    Data requirements: both hips in a front or back view; no images.
    """

    def __call__(self, scene: PelvisInput) -> PelvisEstimate:
        """Return the slope of the hip line."""
        return PelvisEstimate(
            source="landmarks",
            obliquity_deg=hip_line_deg(scene.clean) + left_up_deg(scene.vertical.roll_deg, scene.left_sign),
            shape_uncertainty_deg=NORMAL_QUANTILE * HIP_LINE_SD_DEG,
            image_uncertainty_deg=NORMAL_QUANTILE * HIP_LINE_SD_DEG,
            zero=Baseline(
                source="hip line",
                uncertainty_deg=scene.vertical.uncertainty_deg,
                explanation="Neutral is where the two hip landmarks are at the same height.",
            ),
            only_on_request=True,
            code="hip_line",
        )


@dataclass(frozen=True, kw_only=True)
class MarkerLine:
    """Measure the slope of the line between two stickers on the PSIS (from behind) or ASIS (from the front).

    Parameters
    ----------
    shape_sd_deg
        Standard deviation of the waveform around the truth besides what the images' noise makes, degrees: skin and
        cloth give.
    placement_sd_mm
        Standard deviation of the height at which one sticker is placed, millimetres: bony points are felt through skin.

    See Also
    --------
    Registration : without stickers

    Notes
    -----
    Data requirements: the images of a front or back view, and both stickers in most frames.
    """

    shape_sd_deg: float = 0.5
    placement_sd_mm: float = 3.0

    def __call__(self, scene: PelvisInput) -> PelvisEstimate:
        """Return the slope of the line between the stickers, or that there are none."""
        if not scene.sample:
            return withheld_estimate(scene, "stickers", "no_pictures")
        markers = find_marker_pair(scene.sample)
        if markers is None:
            return withheld_estimate(scene, "stickers", "no_stickers")
        centres = np.full((len(scene.frame_time_s), 2, 2), np.nan)
        for patch in scene.patches():
            centres[patch.index] = locate_markers(patch, markers)
        steady = reject_unstable(scene.frame_time_s, centres)
        slope_deg = on_grid(scene, scene.frame_time_s, left_up_deg(marker_slope_deg(steady), scene.left_sign))
        quality = {
            "seen_share": _seen_share(scene, slope_deg),
            "noise_deg": slope_noise_deg(scene.frame_time_s, steady),
        }
        violated = first_violation(STICKER_LIMITS, quality)
        shape_deg, image_deg = shape_uncertainties_deg(scene, self.shape_sd_deg, quality["noise_deg"])
        return PelvisEstimate(
            source="stickers",
            obliquity_deg=slope_deg + left_up_deg(scene.vertical.roll_deg, scene.left_sign),
            shape_uncertainty_deg=shape_deg,
            image_uncertainty_deg=image_deg,
            zero=self._zero(scene, markers),
            down_px=down_in_image(scene, np.arange(len(steady)), steady[..., 1].mean(axis=1)),
            code=violated.code if violated else None,
            quality=quality,
        )

    def _zero(self, scene: PelvisInput, markers: MarkerPair) -> Baseline:
        distance_mm = float(np.linalg.norm(markers.centres[1] - markers.centres[0])) * CLICKS.trunk_mm
        placed_deg = math.degrees(math.atan2(math.sqrt(2) * self.placement_sd_mm, distance_mm))
        return Baseline(
            source="stickers",
            uncertainty_deg=math.hypot(NORMAL_QUANTILE * placed_deg, scene.vertical.uncertainty_deg),
            explanation=(
                "Neutral is where the two stickers are at the same height; its uncertainty combines their placement "
                f"({self.placement_sd_mm:g} mm each) and the camera roll."
            ),
        )


_FOLDS: Final = ("pelvis_hidden", "cloth_moves", "pelvis_changes")
"""Codes of a waist that may be one that folds; ``pelvis_unclear`` is a poor image."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Measure the turn of the pelvis region in the image, against the walk's own template.

    Parameters
    ----------
    shape_sd_deg
        Standard deviation of the waveform around the truth in a good image, degrees: 0.4 to 1.0 on rendered walkers.
    loose_cloth_sd_deg
        What loose trousers below the waist add to it in all strides alike, degrees: on rendered joggers the mean error
        over the cycle has 1.4.
    tucked_cloth_sd_deg
        What a tucked shirt that does not turn with the pelvis adds to it, degrees, as the upper half of the region lies
        on it: a blouse over a skirt, from the front, 1.6 and 0.8 too little from heel strike to the peak.
    loose_cloth_stride_sd_deg
        What they add from stride to stride, degrees, 1.6 there: a mean over strides shows it as scatter.

    See Also
    --------
    MarkerLine : with stickers
    estimate_pelvis : tries both

    Notes
    -----
    Data requirements: the images of a front or back view, and a pelvis that is not covered (``REGISTRATION_LIMITS``).

    Deviations from the original alignment (Baker & Matthews 2004, Int J Comput Vision 56:221): see
    ``pelvis.registration``.
    """

    shape_sd_deg: float = 1.0
    loose_cloth_sd_deg: float = 1.0
    tucked_cloth_sd_deg: float = 1.0
    loose_cloth_stride_sd_deg: float = 1.5

    def __call__(self, scene: PelvisInput) -> PelvisEstimate:
        """Return the turn of the region, or why the image does not carry it."""
        if not scene.sample:
            return withheld_estimate(scene, "registration", "no_pictures")
        template, clothes = find_clothes(scene.sample, scene.slight_turn_deg)
        if violated := first_violation(REGISTRATION_LIMITS, clothes):
            return withheld_estimate(scene, "registration", violated.code, clothes)
        estimate = self._followed(scene, template, clothes)
        below = region_below_waist(clothes)
        seldom_found = estimate.reliable and estimate.quality["seen_share"] < WAIST.steady_seen_share
        torn = clothes.get("disagreement_below", 0.0) > WAIST.folds_disagreement
        folds = torn or seldom_found or estimate.code in _FOLDS
        if not folds or below is None or not scene.below_waist:
            return estimate
        return self._followed(scene, build_template(scene.sample, below)[0], clothes, below)

    def _followed(
        self, scene: PelvisInput, template: Template, clothes: dict[str, float], below: Region | None = None
    ) -> PelvisEstimate:
        """Return the turn of a template's region; ``below``: this one, below the waist."""
        alignment = align_patches(template, scene.patches())
        turn = on_grid(
            scene, scene.frame_time_s[alignment.index], left_up_deg(-alignment.rotation_deg, scene.left_sign)
        )
        quality = clothes | _figures(scene, alignment, turn, clothes)
        image_sd_deg, source_sd_deg = quality.get("spread_deg", math.nan), self.shape_sd_deg
        if below is not None and "spread_deg" in quality:
            quality["region_height"] = -below.height_trunks
            quality["spread_below_waist_deg"] = quality.pop("spread_deg")
            image_sd_deg = math.hypot(image_sd_deg, self.loose_cloth_sd_deg)
            source_sd_deg = math.hypot(source_sd_deg, self.loose_cloth_stride_sd_deg)
        elif clothes.get("disagreement_above_waist", 0.0) > WAIST.max_disagreement:
            image_sd_deg = math.hypot(image_sd_deg, self.tucked_cloth_sd_deg)
        violated = first_violation(REGISTRATION_LIMITS, quality)
        level_deg, zero = _level(scene, turn, template)
        shape_deg, image_deg = shape_uncertainties_deg(scene, source_sd_deg, image_sd_deg)
        return PelvisEstimate(
            source="registration",
            obliquity_deg=turn - level_deg,
            shape_uncertainty_deg=shape_deg,
            image_uncertainty_deg=image_deg,
            zero=zero,
            down_px=down_in_image(scene, alignment.index, alignment.down_px / PX_PER_TRUNK),
            code=violated.code if violated else None,
            quality=quality,
        )


def _level(scene: PelvisInput, rotation_deg: FloatArray, template: Template) -> tuple[float, Baseline]:
    """Return where a turn is level: by standing, otherwise by symmetry, and by the points that a reader marked."""
    neutral = estimate_baseline(rotation_deg, scene.clean, scene.stride_time_s, scene.left_sign)
    if neutral[1].source == "symmetry":
        standing = level_from_standing(scene, template)
        if standing is not None and standing[1].uncertainty_deg < neutral[1].uncertainty_deg:
            neutral = standing
    marked = level_of_clicks(scene, rotation_deg)
    if marked is not None:  # marks say where the pelvis is level, not how it stands
        return combine([marked, (neutral[0], against_horizontal(neutral[1]))])
    if not scene.clicks:
        return neutral
    words = f"{neutral[1].explanation} The points marked in the video are not used: the pelvis is not followed there."
    return neutral[0], replace(neutral[1], explanation=words)


def pelvis_outlook(sample: Sequence[Patch]) -> QualityLimit | None:
    """Check what speaks against a pelvis that is seen in a few images.

    Parameters
    ----------
    sample
        Of a walk, a dozen or more.

    Returns
    -------
    violation : QualityLimit or None
        The first limit that is broken; ``None``: stickers, or the clothes, show the pelvis.
    """
    return (
        None if find_marker_pair(sample) is not None else first_violation(REGISTRATION_LIMITS, find_clothes(sample)[1])
    )


def _figures(
    scene: PelvisInput, alignment: Alignment, rotation_deg: FloatArray, clothes: Mapping[str, float]
) -> dict[str, float]:
    """Return the figures that show whether a rotation is reliable, over the frames in which the region was found."""
    shown = np.isfinite(alignment.rotation_deg)
    hips_deg = hip_line_deg(scene.clean)
    both = np.isfinite(rotation_deg) & np.isfinite(hips_deg)
    if not shown.any() or not both.any() or np.ptp(rotation_deg[both]) == 0:
        return {"seen_share": 0.0}
    slope, correlation = linregress(rotation_deg[both], hips_deg[both])[:3:2]
    return {
        "seen_share": _seen_share(scene, rotation_deg),
        "spread_deg": float(np.sqrt(np.mean(alignment.jackknife_se_deg[shown] ** 2))),
        "fit_share": float(np.percentile(alignment.fit[shown], 5)),
        **_rapid_figures(scene, rotation_deg, shirt_covers_region(clothes)),
        "hip_line_correlation": float(correlation),
        "hip_line_share": float(slope),
    }


def _rapid_figures(scene: PelvisInput, rotation_deg: FloatArray, shirt: bool) -> dict[str, float]:
    """Return the share of a turn that is faster than a pelvis; of trousers not, where it is slight."""
    share = rapid_share(rotation_deg, float(scene.clean.attrs["rate_hz"]), scene.stride_time_s)
    rapid_deg = math.sqrt(share) * float(np.nanstd(rotation_deg))
    if shirt:
        return {"rapid_deg": rapid_deg, "shirt_rapid_share": share}
    return {"rapid_deg": rapid_deg} | ({} if rapid_deg <= CLOTH.slight_rapid_deg else {"rapid_share": share})


def _seen_share(scene: PelvisInput, values_deg: FloatArray) -> float:
    """Return the part of the time in which the hips are seen that has a value."""
    seen = np.isfinite(midpoint_px(scene.clean, "hip")).all(axis=1)
    return float(np.isfinite(values_deg[seen]).mean()) if seen.any() else 0.0


PELVIS_SOURCES: Final[dict[str, PelvisSource]] = {
    "stickers": MarkerLine(),
    "registration": Registration(),
    "landmarks": HipLandmarkLine(),
}
"""Estimators by name."""

AUTO_SOURCES: Final = ("stickers", "registration")
"""Those that ``auto`` tries, best first: it takes the first that is reliable."""


def find_pelvis_source(name: str) -> PelvisSource:
    """Look up a pelvis source by its name, also of a plug-in.

    Parameters
    ----------
    name
        A name of ``PELVIS_SOURCES`` or of a plug-in (group ``gaitlab.pelvis_sources``).

    Returns
    -------
    source : PelvisSource
        Called with a ``PelvisInput``; returns a ``PelvisEstimate``.

    Raises
    ------
    UsageError
        If there is none of this name.

    Examples
    --------
    >>> find_pelvis_source("landmarks")
    HipLandmarkLine()
    """
    return choose("pelvis_sources", name, PELVIS_SOURCES, what="pelvis source", also="auto")


def estimate_pelvis(scene: PelvisInput, source: str = "auto") -> PelvisEstimate:
    """Estimate pelvic obliquity from the best source, or from the one asked for.

    Parameters
    ----------
    scene
        A walk seen from the front or the back.
    source
        ``auto``, a name in ``PELVIS_SOURCES``, or that of a plug-in.

    Returns
    -------
    estimate : PelvisEstimate
        With ``auto``, the first that is reliable, otherwise the last one tried, to be withheld with its reason.

    Raises
    ------
    UsageError
        If the source is unknown.
    PluginError
        If that of a plug-in fails, or returns no valid estimate of this walk.

    See Also
    --------
    PELVIS_SOURCES : the sources by name
    PelvisInput : the input, with an example
    pelvis_outlook : a forecast from a few images
    """
    if source != "auto":
        found = find_pelvis_source(source)
        return found(scene) if source in PELVIS_SOURCES else run_added_source(source, found, scene)
    for name in AUTO_SOURCES:
        estimate = PELVIS_SOURCES[name](scene)
        if estimate.reliable:
            break
    return estimate
