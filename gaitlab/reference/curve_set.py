"""Reference curves as data: the bands of a publication, each for one age group at one speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gaitlab.schema.array_types import FloatArray

__all__ = ["Reference", "ReferenceBand"]

FREE_V_STAR: Final = 0.429
"""Dimensionless speed that people choose themselves (band ``free`` of Schwartz 2008)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ReferenceBand:
    """The mean and SD curve of one age group at one speed.

    Attributes
    ----------
    name
        Name of the band in its file, for example ``free``.
    definition
        What the angle is measured between, one of ``DEFINITIONS``.
    n
        Number of subjects, 3 or more.
    mean_deg, sd_deg
        Shape (101,), degrees, 0 to 100 % of the gait cycle; no NaN.
    v_star, cadence_star
        Dimensionless walking speed ``v / sqrt(g L)`` and cadence ``steps/s * sqrt(L / g)`` (Hof 1996, Gait Posture
        4:222); ``None`` if not stated.
    age_min_years, age_max_years
        Completed years of life, both included; ``None``: no limit stated.

    See Also
    --------
    Reference : a set of bands

    Examples
    --------
    >>> from gaitlab.reference import load_reference
    >>> load_reference("schwartz_2008").bands[0].mean_deg.shape
    (101,)
    """

    name: str
    definition: str
    n: int
    mean_deg: FloatArray
    sd_deg: FloatArray
    v_star: float | None
    cadence_star: float | None
    age_min_years: float | None
    age_max_years: float | None

    def years_outside(self, age_years: float) -> float:
        """Compute by how many years an age lies outside the ages of this band.

        Parameters
        ----------
        age_years
            Age of the person.

        Returns
        -------
        years : float
            0 inside.

        Examples
        --------
        >>> from gaitlab.reference import load_reference
        >>> from dataclasses import replace
        >>> band = replace(load_reference("schwartz_2008").bands[0], age_min_years=4, age_max_years=17)
        >>> band.years_outside(17.9), band.years_outside(20)
        (0.0, 3.0)
        """
        age = float(np.floor(age_years))
        below = 0.0 if self.age_min_years is None else max(0.0, self.age_min_years - age)
        above = 0.0 if self.age_max_years is None else max(0.0, age - self.age_max_years)
        return below + above


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """A published set of mean and SD curves, with its source.

    Attributes
    ----------
    name, title
        Name, as the file's, and title for a reader.
    source, terms
        The publication, and the terms under which its numbers may be used.
    population, speed
        Who was measured, and how fast they walked, in words.
    notes
        What a reader has to know, in words.
    preferred_band
        Band at the speed that people choose themselves; ``None``: the one nearest to a normal speed.
    speed_change_from
        Name of the reference from which the change with speed is taken, where this one is known at one speed only;
        ``None``: unknown.
    bands
        The curves.
    band_populations
        Population of a band where it is not that of the set, by name of the band.
    definition_notes
        What a reader has to know about a definition, by definition.

    See Also
    --------
    load_reference : reads one
    list_references : all that come with the package

    Examples
    --------
    >>> from gaitlab.reference import load_reference
    >>> load_reference("schwartz_2008").definitions
    ('thigh_to_vertical', 'hip_pelvis', 'knee_flexion', 'pelvic_obliquity_ipsilateral_up', 'hip_adduction_pelvis')
    """

    name: str
    title: str
    source: str
    terms: str
    population: str
    speed: str
    notes: str
    preferred_band: str | None
    speed_change_from: str | None
    bands: tuple[ReferenceBand, ...]
    band_populations: Mapping[str, str] = field(default_factory=dict)
    definition_notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def definitions(self) -> tuple[str, ...]:
        """Definitions that this reference has curves for, in the order of the file."""
        return tuple(dict.fromkeys(b.definition for b in self.bands))

    def bands_of(self, definition: str, *, age_years: float | None = None) -> tuple[ReferenceBand, ...]:
        """Select the bands of a definition for one age group, sorted by speed.

        The age group is the one that holds the age, or the nearest one; without an age the first of the file.

        Parameters
        ----------
        definition
            One of ``DEFINITIONS``.
        age_years
            Age of the person; ``None``: not known.

        Returns
        -------
        bands : tuple of ReferenceBand
            Slowest first; empty: there is no curve of this definition.

        Examples
        --------
        >>> from gaitlab.reference import load_reference
        >>> [band.name for band in load_reference("schwartz_2008").bands_of("thigh_to_vertical")]
        ['very_slow', 'slow', 'free', 'fast', 'very_fast']
        """
        bands = [b for b in self.bands if b.definition == definition]
        if not bands:
            return ()
        first = bands[0] if age_years is None else min(bands, key=lambda b: b.years_outside(age_years))
        group = [b for b in bands if (b.age_min_years, b.age_max_years) == (first.age_min_years, first.age_max_years)]
        return tuple(sorted(group, key=lambda b: -1.0 if b.v_star is None else b.v_star))

    def preferred(self, bands: tuple[ReferenceBand, ...]) -> ReferenceBand:
        """Select the band at preferred speed.

        Parameters
        ----------
        bands
            Some of this reference, one or more.

        Returns
        -------
        band : ReferenceBand

        Examples
        --------
        >>> from gaitlab.reference import load_reference
        >>> schwartz = load_reference("schwartz_2008")
        >>> schwartz.preferred(schwartz.bands_of("thigh_to_vertical")).name
        'free'
        """
        for band in bands:
            if band.name == self.preferred_band:
                return band
        return min(bands, key=lambda b: abs((FREE_V_STAR if b.v_star is None else b.v_star) - FREE_V_STAR))

    def population_of(self, band: ReferenceBand) -> str:
        """Describe the population of a band.

        Parameters
        ----------
        band
            One of this reference.

        Returns
        -------
        population : str

        Examples
        --------
        >>> from gaitlab.reference import load_reference
        >>> schwartz = load_reference("schwartz_2008")
        >>> schwartz.population_of(schwartz.bands[0])
        'typically developing children, very slow walking'
        """
        return self.band_populations.get(band.name, self.population)
