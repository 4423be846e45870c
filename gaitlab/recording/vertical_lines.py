"""The camera's roll from upright lines of one image.

Upright edges of a room (door frames, windows, corners of walls) are plumb. A camera that looks up or down makes them
converge in the image, so they are not parallel; but all of them meet in one vanishing point (Hartley & Zisserman
2004, chapter 8), which makes their slopes exactly linear in where they cross the horizontal through the image's
centre. The slope at the centre is the camera's roll. Lines of other families, such as floor boards, do not lie on such
a straight line, or only on one so steep that the camera would have to look at the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom
from scipy.stats import t as student

from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import VerticalSource
from gaitlab.schema.uncertainty import NORMAL_QUANTILE

__all__ = ["LINES", "Vertical", "VerticalLineSettings", "roll_from_lines"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class VerticalLineSettings:
    """Settings of ``roll_from_lines``.

    Attributes
    ----------
    min_length
        Of a segment, in longer sides: the direction of a shorter one is known to no better than a degree.
    half_weight_length
        Length in longer sides at which a segment's direction is as uncertain as its edge is out of plumb.
    max_lines
        Only so many lines are asked, the longest: each pair is a proposal, and leaves or gravel would give thousands.
    max_tilt_deg
        Lines further from the image's vertical are not used: the largest roll, plus what perspective adds.
    max_roll_deg
        Nobody films with more roll than this without seeing it; lines that lean so far are of things that lean.
    max_convergence
        Largest change of slope across the image's longer side: a pitch of 20 degrees, focal length 0.73 of that side.
    convergence_sd
        Standard deviation of that change before anything is seen: a pitch of 8 degrees.
    agree_deg
        Lines agree when they are this close to the common direction: an edge's own error, and walls out of plumb.
    place_width
        Edges nearer to each other than this part of the longer side are one thing, such as the two edges of a frame.
    min_places
        Any two places agree on a roll and a convergence; one more agrees too often by chance.
    min_span
        Part of the image's width that they must span: the leaning posts of a treadmill seen from the side do not.
    tolerances_deg
        At which agreement is held against chance: of many lines to a degree, or of a few that fit better.
    max_false_alarms
        Expected number of equally good agreements if all directions were random (Desolneux, Moisan & Morel 2008).
        Rendered rooms have under 1e-5 and photographed buildings mostly under 1e-4; grass, gravel, coffee and a cat
        have over 1e-2.
    usual_roll_deg
        Twice the standard deviation of a camera set up by eye. More roll than usual needs better proof, by the ratio of
        the normal density: the posts of a treadmill lean by 10 degrees more often than a camera does.
    near_deg
        The lines this close to the common direction show how much lines scatter here; those that agree were chosen.
    max_beside
        Largest support of places where lines are near but none agrees, in parts of the support of those that agree:
        with more, the middle of a broad scatter (stems, folds of cloth) was taken for a direction.
    max_among
        The same with the lines that are near where others agree: scatter can be so dense that some agree everywhere.
    max_rival
        With a second direction of more than this part of the first one's support it is not clear which one is plumb.
    scatter_floor_deg
        Least standard deviation of an edge: buildings are no better, and four that agree by luck prove nothing less.
    uncertainty_floor_deg
        95 % half-width that no number of lines improves: a room or a lens that is crooked as a whole, and compression,
        which pulls edges towards the image's sides (by 0.2 to 0.5 degrees at 480 lines and CRF 38).
    centre_sd
        Of the optical axis about the image's centre, in longer sides: stabilised video is cropped off centre.
    """

    min_length: float = 0.03
    half_weight_length: float = 0.045
    max_lines: int = 150
    max_tilt_deg: float = 25.0
    max_roll_deg: float = 15.0
    max_convergence: float = 0.5
    convergence_sd: float = 0.2
    agree_deg: float = 1.0
    place_width: float = 0.025
    min_places: int = 4
    min_span: float = 0.25
    tolerances_deg: tuple[float, float] = (1.0, 0.4)
    max_false_alarms: float = 2e-3
    usual_roll_deg: float = 4.0
    near_deg: float = 4.0
    max_beside: float = 0.35
    max_among: float = 0.8
    max_rival: float = 0.6
    scatter_floor_deg: float = 0.3
    uncertainty_floor_deg: float = 0.6
    centre_sd: float = 0.02


LINES: Final = VerticalLineSettings()


@dataclass(frozen=True, kw_only=True)
class Vertical:
    """The direction of gravity in the image.

    Attributes
    ----------
    roll_deg
        How far the image's content is turned clockwise as it is shown (the camera counter-clockwise); 0: level.
    uncertainty_deg
        95 % half-width.
    source
        Where it comes from, see ``codes.VerticalSource``.
    lines
        Number of places in the image with a line that it rests on; 0 if not measured.
    roll_jitter_deg
        Standard deviation of the roll from image to image: larger for a hand-held camera; 0 if not measured.
    """

    roll_deg: float
    uncertainty_deg: float
    source: VerticalSource
    lines: int
    roll_jitter_deg: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """Near-vertical lines, all arrays of shape (n,), in the order of their places.

    Attributes
    ----------
    crossing
        Where they cross the horizontal midline: from the image's centre to the right, in longer sides.
    slope
        Tangent of the angle to the image's vertical, top to the right +.
    weight
        From 0 (short) to 1 (long).
    place
        Number of the place.
    """

    crossing: FloatArray
    slope: FloatArray
    weight: FloatArray
    place: NDArray[np.int64]

    @property
    def line_groups(self) -> int:
        return len(np.unique(self.place))

    def take(self, chosen: NDArray[Any]) -> _Lines:
        return _Lines(
            crossing=self.crossing[chosen],
            slope=self.slope[chosen],
            weight=self.weight[chosen],
            place=self.place[chosen],
        )

    def excluding(self, others: _Lines) -> _Lines:
        """Return the lines at places where the others have none."""
        return self.take(~np.isin(self.place, others.place))


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """Slope at the centre, its change across the longer side, and its variance for lines of variance 1."""

    slope: float
    convergence: float
    variance: float

    def residual(self, lines: _Lines) -> FloatArray:
        return lines.slope - self.slope - self.convergence * lines.crossing

    def agreeing(self, lines: _Lines, within_deg: float) -> _Lines:
        return lines.take(np.abs(self.residual(lines)) <= math.radians(within_deg))


def roll_from_lines(segments: ArrayLike, width_px: float, height_px: float) -> Vertical | None:
    """Estimate the camera's roll from line segments of one image, most of which may not be vertical.

    Parameters
    ----------
    segments
        Shape (n, 4): x and y of both ends, pixels, y down.
    width_px, height_px
        Size of the image.

    Returns
    -------
    vertical : Vertical or None
        ``None`` if too few lines agree, or another direction is as likely.

    Notes
    -----
    Each pair of lines proposes a roll and a convergence (RANSAC, exhaustively); the proposal with which lines at the
    most places agree is refined by weighted least squares. It must be unlikely by chance, and have no rival.

    Examples
    --------
    >>> posts = [(x, 100.0, x - 35.0, 600.0) for x in (100.0, 300.0, 500.0, 800.0, 1100.0)]
    >>> round(roll_from_lines(posts, 1280, 720).roll_deg, 1)
    4.0
    """
    lines = _upright_lines(np.asarray(segments, dtype=np.float64).reshape(-1, 4), width_px, height_px)
    slopes, convergences = _proposals(lines)
    if not len(slopes):
        return None
    support = _support(lines, slopes, convergences)
    best = int(support.argmax())
    agree = lines.take(_agreeing(lines, slopes[[best]], convergences[[best]])[0])
    span = LINES.min_span * width_px / max(width_px, height_px)
    if agree.line_groups < LINES.min_places or float(np.ptp(agree.crossing)) < span:
        return None
    fit = _fit(agree)
    rival = _support(lines.excluding(agree), slopes, convergences)
    other_direction = np.abs(slopes - slopes[best]) > math.radians(2 * LINES.agree_deg)
    if (
        (rival[other_direction] > LINES.max_rival * support[best]).any()
        or _is_random(lines, fit)
        or _is_scatter(lines, fit)
    ):
        return None
    return _measured(lines, fit, agree.line_groups)


def _upright_lines(segments: FloatArray, width_px: float, height_px: float) -> _Lines:
    """Describe the segments that are long enough and near the vertical, ordered by place."""
    longer_px = max(width_px, height_px)
    step = segments[:, 2:] - segments[:, :2]
    length = np.hypot(step[:, 0], step[:, 1]) / longer_px
    near = np.abs(step[:, 0]) < math.tan(math.radians(LINES.max_tilt_deg)) * np.abs(step[:, 1])
    kept = near & (length >= LINES.min_length)
    middle = (segments[kept, :2] + segments[kept, 2:]) / 2 - np.array([width_px, height_px]) / 2
    slope = -step[kept, 0] / step[kept, 1]
    crossing = (middle[:, 0] + slope * middle[:, 1]) / longer_px
    place = np.rint(crossing / LINES.place_width).astype(np.int64)
    weight = length[kept] ** 2 / (length[kept] ** 2 + LINES.half_weight_length**2)
    longest = np.argsort(-weight, kind="stable")[: LINES.max_lines]
    lines = _Lines(crossing=crossing, slope=slope, weight=weight, place=place).take(longest)
    return lines.take(np.argsort(lines.place, kind="stable"))


def _proposals(lines: _Lines) -> tuple[FloatArray, FloatArray]:
    """Return slope at the centre and convergence of all pairs of lines, and of each line alone; possible ones only."""
    first, second = np.triu_indices(len(lines.slope), k=1)
    distance = lines.crossing[second] - lines.crossing[first]
    wide = np.abs(distance) > 2 * LINES.place_width
    first, second, distance = first[wide], second[wide], distance[wide]
    convergence = np.concatenate([(lines.slope[second] - lines.slope[first]) / distance, np.zeros(len(lines.slope))])
    through = np.concatenate([first, np.arange(len(lines.slope))])
    slope = lines.slope[through] - convergence * lines.crossing[through]
    possible = (np.abs(convergence) <= LINES.max_convergence) & (
        np.abs(slope) <= math.tan(math.radians(LINES.max_roll_deg))
    )
    return slope[possible], convergence[possible]


def _agreeing(lines: _Lines, slopes: FloatArray, convergences: FloatArray) -> Mask:
    """Return which lines agree with which proposals, shape (proposals, lines)."""
    expected = slopes[:, None] + convergences[:, None] * lines.crossing
    return np.asarray(np.abs(lines.slope - expected) <= math.radians(LINES.agree_deg))


def _support(lines: _Lines, slopes: FloatArray, convergences: FloatArray) -> FloatArray:
    """Return the weight of the places that agree with each proposal; at each place the longest line counts."""
    return _by_place(np.where(_agreeing(lines, slopes, convergences), lines.weight, 0.0), lines.place)


def _total(lines: _Lines) -> float:
    return float(_by_place(lines.weight[None], lines.place)[0])


def _by_place(weights: FloatArray, place: NDArray[np.int64]) -> FloatArray:
    """Return the sum over places of the largest weight (columns, ordered by place) at each, shape (rows,)."""
    if not len(place):
        return np.zeros(len(weights))
    starts = np.flatnonzero(np.diff(place, prepend=place[0] - 1))
    return np.asarray(np.maximum.reduceat(weights, starts, axis=1).sum(axis=1))


def _fit(lines: _Lines) -> _Fit:
    """Fit slope and convergence to lines that agree, each place as one observation; the convergence has a prior."""
    _, index, counts = np.unique(lines.place, return_inverse=True, return_counts=True)
    weight = lines.weight / counts[index]
    weight *= len(counts) / weight.sum()
    design = np.stack([np.ones(len(lines.slope)), lines.crossing], axis=1)
    prior = np.diag([0.0, (math.radians(LINES.scatter_floor_deg) / LINES.convergence_sd) ** 2])
    inverse = np.linalg.inv(design.T @ (weight[:, None] * design) + prior)
    slope, convergence = inverse @ (design.T @ (weight * lines.slope))
    return _Fit(slope=float(slope), convergence=float(convergence), variance=float(inverse[0, 0]))


def _is_random(lines: _Lines, fit: _Fit) -> bool:
    """Return whether as many lines would agree as well somewhere if all directions were random."""
    _, counts = np.unique(lines.place, return_counts=True)
    alarms = []
    for within_deg in LINES.tolerances_deg:
        by_chance = float(np.mean(1 - (1 - within_deg / LINES.max_tilt_deg) ** counts))
        # parallel lines are fixed by one of them, converging ones by two: only the others confirm
        for free, model in ((1, replace(fit, convergence=0.0)), (2, fit)):
            others = model.agreeing(lines, within_deg).line_groups - free
            alarms.append(math.comb(len(counts), free) * float(binom.sf(others - 1, len(counts) - free, by_chance)))
    return min(alarms) > LINES.max_false_alarms * math.exp(-((math.degrees(fit.slope) / LINES.usual_roll_deg) ** 2) / 2)


def _is_scatter(lines: _Lines, fit: _Fit) -> bool:
    """Return whether the lines that agree are only the middle of many that scatter more."""
    agree, near = fit.agreeing(lines, LINES.agree_deg), fit.agreeing(lines, LINES.near_deg)
    disagreeing = near.take(np.abs(fit.residual(near)) > math.radians(LINES.agree_deg))
    support = _total(agree)
    return (
        _total(disagreeing.excluding(agree)) > LINES.max_beside * support
        or _total(disagreeing) > LINES.max_among * support
    )


def _measured(lines: _Lines, fit: _Fit, line_groups: int) -> Vertical:
    """State the roll of a fit that can be believed. Its scatter is that of all lines near it, not of the best ones."""
    near, freedom = fit.agreeing(lines, LINES.near_deg), line_groups - 2
    variance = float(np.average(fit.residual(near) ** 2, weights=near.weight)) * line_groups / freedom
    scatter_deg = max(LINES.scatter_floor_deg, math.degrees(math.sqrt(variance)))
    fitted_deg = scatter_deg * math.sqrt(fit.variance) * float(student.ppf(0.975, freedom))
    centre_deg = NORMAL_QUANTILE * math.degrees(abs(fit.convergence)) * LINES.centre_sd
    return Vertical(
        roll_deg=math.degrees(math.atan(fit.slope)),
        uncertainty_deg=math.hypot(fitted_deg, centre_deg, LINES.uncertainty_floor_deg),
        source="background_lines",
        lines=line_groups,
    )
