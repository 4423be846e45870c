"""Choice of the reference curve for a measure, an age and a walking speed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gaitlab.errors import UsageError
from gaitlab.reference.bands import simultaneous_factor
from gaitlab.reference.library import Reference, ReferenceBand, load_reference
from gaitlab.schema import MEASURES
from gaitlab.schema.codes import MATCH_WORDS, SpeedMatch

__all__ = ["ASSUMED_LEG_LENGTH_M", "GRAVITY_MPS2", "MatchedReference", "match_reference"]

FloatArray = npt.NDArray[np.float64]

GRAVITY_MPS2: Final = 9.81
ASSUMED_LEG_LENGTH_M: Final = 0.9
ADULT_AGE_YEARS: Final = 18
SPEED_SCALE: Final = "schwartz_2008"
"""Reference that tells the speed of a cadence, where the compared one does not."""

DEFAULT_ADULT: Final = ("van_criekinge_2023", "schwartz_2008")
DEFAULT_CHILD: Final = ("schwartz_2008", "van_criekinge_2023")


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchedReference:
    """A reference curve as it is compared with one person's walk.

    Attributes
    ----------
    name
        Name of the reference.
    measure, definition
        The measure it is compared with, and what its angle is measured between.
    mean_deg, sd_deg
        Shape (101,), degrees, 0 to 100 % of the gait cycle; no NaN, ``sd_deg`` > 0.
    population, source
        Who was measured, in words, and the publication.
    n
        Number of subjects behind the curve; between two speeds the smaller of the two.
    match
        By what the speed was matched (``codes.SpeedMatch``).
    v_star
        Dimensionless walking speed the curve was asked for; ``None`` if neither speed nor cadence is known.
    in_range
        False if the speed lies outside the measured speeds, so that the nearest one is used.
    note
        What a reader has to know about the match, in sentences.
    of_children
        Whether everyone behind the curve is under 18.

    See Also
    --------
    match_reference : computes it
    compare : compares a curve with it

    Examples
    --------
    >>> matched = match_reference("knee_flexion", age_years=40)
    >>> matched.mean_deg.shape, matched.description
    ((101,), 'preferred-speed reference (not speed-matched)')
    """

    name: str
    measure: str
    definition: str
    mean_deg: FloatArray
    sd_deg: FloatArray
    population: str
    n: int
    source: str
    match: SpeedMatch
    v_star: float | None
    in_range: bool
    note: str
    of_children: bool = False

    @property
    def band_factor(self) -> float:
        """Factor t* of the simultaneous 95 % band ``mean +- t* SD``."""
        return simultaneous_factor(self.n)

    @property
    def description(self) -> str:
        """The reference as it is named in a sentence, for example "speed-matched reference"."""
        nearest = "" if self.in_range or self.match == "not_matched" else " (nearest speed)"
        return MATCH_WORDS[self.match].words + nearest

    def describe_difference(self, deviation_deg: float, reference_deg: float) -> str:
        """Describe a signed difference from this reference in words.

        Parameters
        ----------
        deviation_deg
            Person minus reference, degrees.
        reference_deg
            Angle of the reference there: below 0 a joint is extended, and the words are about extension.

        Returns
        -------
        words : str
            For example "8° less extended than the speed-matched reference".

        Examples
        --------
        >>> match_reference("hip_flexion", age_years=45).describe_difference(8.0, -12.0)
        '8° less extended than the preferred-speed reference (not speed-matched)'
        """
        words = MEASURES[self.measure].words(deviation_deg, reference_deg)
        size = f"{abs(deviation_deg):.0f}" if abs(deviation_deg) >= 1 else f"{abs(deviation_deg):.1f}"
        return f"{size}° {words} than the {self.description}"


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """Dimensionless speed of a walk, and how it is known."""

    v_star: float | None
    match: SpeedMatch
    clamped: bool = False
    notes: tuple[str, ...] = ()


def match_reference(
    measure: str,
    *,
    speed_mps: float | None = None,
    leg_length_m: float | None = None,
    cadence_spm: float | None = None,
    age_years: float | None = None,
    name: str | Path | None = None,
) -> MatchedReference | None:
    """Compute the reference curve for a measure at an age and walking speed.

    Only a curve of the measure's own definition is returned (``schema.MEASURES[measure].definition``). Speed is
    matched as ``v* = v / sqrt(g L)`` with linear interpolation of mean and SD between the neighbouring speeds
    (Hof 1996; Schwartz 2008); without a speed the cadence tells it, ``cadence* = steps/s sqrt(L / g)``; without both
    the curve of the preferred speed is returned and says so. An adult curve known at one speed is moved with speed
    the way the children's curve of Schwartz 2008 changes (see ``docs/reference.md``).

    Parameters
    ----------
    measure
        A name of ``schema.MEASURES``.
    speed_mps, leg_length_m, cadence_spm, age_years
        What is known of the person and the walk, all above 0; None or NaN: not known. An unknown leg length is
        taken as 0.9 m, an unknown age as an adult under 60; the note says so.
    name
        Name of a registered reference or path of a CSV file, instead of the default; None is returned where it has
        no curve of this definition.

    Returns
    -------
    matched : MatchedReference or None
        ``None``: there is no curve of the measure's definition.

    Raises
    ------
    UsageError
        If the measure or reference is not known, or a number is not above 0.
    ReferenceFileError
        If a file given as ``name`` is not in the documented format.

    See Also
    --------
    compare : compares a curve with it
    load_reference : the curves of all speeds
    hip_rom_norm : the range of the hip alone

    Examples
    --------
    >>> matched = match_reference("hip_flexion", speed_mps=1.1, leg_length_m=0.9, age_years=45)
    >>> matched.name, matched.match, round(matched.v_star, 3)
    ('van_criekinge_2023', 'speed_matched', 0.37)
    """
    if measure not in MEASURES:
        raise UsageError(f"The measure {measure!r} is not available; allowed are {', '.join(MEASURES)}.")
    definition = MEASURES[measure].definition
    age = _above_zero(age_years, "age_years")
    reference = _select_reference(definition, age, name)
    if reference is None:
        return None
    bands = reference.bands_of(definition, age_years=age)
    known = {"speed_mps": speed_mps, "leg_length_m": leg_length_m, "cadence_spm": cadence_spm}
    walk = _walk(reference, bands, **{label: _above_zero(value, label) for label, value in known.items()})
    curve = _curve(reference, bands, walk)
    notes = (*_age_notes(reference, bands, age, default=name is None), *walk.notes, *curve.notes)
    return MatchedReference(
        name=reference.name,
        measure=measure,
        definition=definition,
        mean_deg=curve.mean_deg,
        sd_deg=curve.sd_deg,
        population=curve.population,
        n=curve.n,
        source=reference.source,
        match=walk.match if curve.matched else "not_matched",
        v_star=walk.v_star,
        in_range=curve.in_range and not walk.clamped,
        note=" ".join(notes),
        of_children=_is_of_children(bands[0]),
    )


def _is_of_children(band: ReferenceBand) -> bool:
    return band.age_max_years is not None and band.age_max_years < ADULT_AGE_YEARS


def _above_zero(value: float | None, label: str) -> float | None:
    if value is None or math.isnan(value):
        return None
    if not 0 < value < math.inf:
        raise UsageError(f"{label} is {value:g}; it must be above 0, or omitted if not known.")
    return float(value)


def _select_reference(definition: str, age_years: float | None, name: str | Path | None) -> Reference | None:
    child = age_years is not None and age_years < ADULT_AGE_YEARS
    defaults: tuple[str, ...] = DEFAULT_CHILD if child else DEFAULT_ADULT
    for candidate in defaults if name is None else (name,):
        reference = load_reference(candidate)
        if definition in reference.definitions:
            return reference
    return None


def _walk(
    reference: Reference,
    bands: tuple[ReferenceBand, ...],
    *,
    speed_mps: float | None,
    leg_length_m: float | None,
    cadence_spm: float | None,
) -> _Walk:
    if speed_mps is None and cadence_spm is None:
        note = "Neither speed nor cadence is known: the curve of the preferred speed is shown."
        return _Walk(v_star=None, match="not_matched", notes=(note,))
    length_m = ASSUMED_LEG_LENGTH_M if leg_length_m is None else leg_length_m
    notes = () if leg_length_m else (f"Leg length is not known: {ASSUMED_LEG_LENGTH_M} m assumed.",)
    if speed_mps is not None:
        return _Walk(v_star=speed_mps / math.sqrt(GRAVITY_MPS2 * length_m), match="speed_matched", notes=notes)
    assert cadence_spm is not None
    cadence_star = cadence_spm / 60.0 * math.sqrt(length_m / GRAVITY_MPS2)
    speeds, cadences = _cadence_scale(reference, bands)
    note = (
        f"Speed is not known and was estimated from the cadence ({cadence_spm:.0f} steps/min). The estimate is rough: "
        "at one cadence adults differ by about 10 % of a normal speed (SD), and tend to walk slower than matched."
    )
    return _Walk(
        v_star=float(np.interp(cadence_star, cadences, speeds)),
        match="cadence_matched",
        clamped=not cadences[0] <= cadence_star <= cadences[-1],
        notes=(*notes, note),
    )


def _cadence_scale(reference: Reference, bands: tuple[ReferenceBand, ...]) -> tuple[list[float], list[float]]:
    """Speeds and cadences, both dimensionless and rising, of the reference or else of ``SPEED_SCALE``."""
    pairs = [(b.v_star, b.cadence_star) for b in bands if b.v_star is not None and b.cadence_star is not None]
    if len(pairs) < 2:
        scale = load_reference(SPEED_SCALE)
        scale_bands = scale.bands_of(scale.definitions[0])
        pairs = [(b.v_star, b.cadence_star) for b in scale_bands if b.v_star is not None and b.cadence_star is not None]
    return [v for v, _ in pairs], [c for _, c in pairs]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Curve:
    mean_deg: FloatArray
    sd_deg: FloatArray
    n: int
    population: str
    matched: bool
    in_range: bool
    notes: tuple[str, ...] = ()


def _curve(reference: Reference, bands: tuple[ReferenceBand, ...], walk: _Walk) -> _Curve:
    timed = tuple(b for b in bands if b.v_star is not None)
    band = reference.preferred(bands)
    if walk.v_star is not None and len(timed) > 1:
        return _interpolate_speed(reference, timed, walk.v_star)
    if walk.v_star is not None and band.v_star is not None and reference.speed_change_from is not None:
        model = load_reference(reference.speed_change_from)
        model_bands = tuple(b for b in model.bands_of(band.definition) if b.v_star is not None)
        if len(model_bands) > 1:
            return _speed_adjusted(reference, band, model, model_bands, walk.v_star)
    notes = () if walk.v_star is None else ("The reference has one speed only: it is not speed-matched.",)
    return _Curve(
        mean_deg=band.mean_deg,
        sd_deg=band.sd_deg,
        n=band.n,
        population=reference.population_of(band),
        matched=False,
        in_range=True,
        notes=notes,
    )


def _interpolate_speed(reference: Reference, bands: tuple[ReferenceBand, ...], v_star: float) -> _Curve:
    """Linear interpolation of mean and SD between the two neighbouring speeds, clamped at the ends."""
    speeds = np.array([b.v_star for b in bands], dtype=np.float64)
    clamped = float(np.clip(v_star, speeds[0], speeds[-1]))
    upper = int(np.clip(np.searchsorted(speeds, clamped), 1, len(speeds) - 1))
    low, high = bands[upper - 1], bands[upper]
    weight = (clamped - speeds[upper - 1]) / (speeds[upper] - speeds[upper - 1])
    in_range = clamped == v_star
    outside = (
        f"The walking speed (v* {v_star:.2f}) lies outside the measured speeds (v* {speeds[0]:.2f} to "
        f"{speeds[-1]:.2f}): the nearest one is used."
    )
    nearest = low if weight == 0 else high if weight == 1 else None
    return _Curve(
        mean_deg=(1 - weight) * low.mean_deg + weight * high.mean_deg,
        sd_deg=(1 - weight) * low.sd_deg + weight * high.sd_deg,
        n=min(low.n, high.n) if nearest is None else nearest.n,
        population=reference.population if nearest is None else reference.population_of(nearest),
        matched=True,
        in_range=in_range,
        notes=() if in_range else (outside,),
    )


def _speed_adjusted(
    reference: Reference, band: ReferenceBand, model: Reference, bands: tuple[ReferenceBand, ...], v_star: float
) -> _Curve:
    """Move a curve known at one speed by the difference that the model shows between the two speeds.

    A ratio point by point has no meaning where the angle crosses zero, and a ratio of the range cannot move the
    peaks in time; the difference does both. The SD is multiplied by the ratio of the model's RMS SDs.
    """
    assert band.v_star is not None
    here, there = _interpolate_speed(model, bands, band.v_star), _interpolate_speed(model, bands, v_star)
    ratio = float(np.sqrt(np.mean(there.sd_deg**2) / np.mean(here.sd_deg**2)))
    note = (
        f"Measured at v* {band.v_star:.2f} and adjusted to v* {v_star:.2f} by the speed dependence of the curve of "
        f"{model.population} ({model.name})."
    )
    return _Curve(
        mean_deg=band.mean_deg + there.mean_deg - here.mean_deg,
        sd_deg=band.sd_deg * ratio,
        n=band.n,
        population=reference.population_of(band),
        matched=True,
        in_range=there.in_range,
        notes=(note, *there.notes),
    )


def _age_notes(
    reference: Reference, bands: tuple[ReferenceBand, ...], age_years: float | None, *, default: bool
) -> tuple[str, ...]:
    band = bands[0]
    adult = age_years is None or age_years >= ADULT_AGE_YEARS
    if adult and _is_of_children(band):
        why = ": no adult curve of a known population is available for this measure" if default else ""
        return (f"The reference was measured in {reference.population}, not in adults{why}.",)
    low, high = band.age_min_years, band.age_max_years
    years = f"{'' if low is None else f'{low:.0f}'} to {'' if high is None else f'{high:.0f}'} years".strip()
    groups = {(b.age_min_years, b.age_max_years) for b in reference.bands if b.definition == band.definition}
    if age_years is None:
        return (f"Age is not known: the group of {years} is used.",) if len(groups) > 1 else ()
    if band.years_outside(age_years) > 0:
        return (f"The age of {age_years:.0f} years lies outside the measured {years}: the nearest group is used.",)
    return ()
