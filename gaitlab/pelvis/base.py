"""What an estimator of the pelvis is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.pelvis.crops import CROPS, Patch, Placement, place_patches, read_patches
from gaitlab.recording import Vertical
from gaitlab.schema import View
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import PelvisCode
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.video import prefetch

__all__ = [
    "SOURCE_WORDS",
    "ZERO_WORDS",
    "Baseline",
    "LevelClick",
    "PelvisEstimate",
    "PelvisInput",
    "PelvisSource",
    "StandingVideo",
    "withheld_estimate",
]


SOURCE_WORDS: Final = {"stickers": "stickers", "registration": "image registration", "landmarks": "hip landmarks"}
"""What a number of the pelvis comes from, by source."""

ZERO_WORDS: Final = {
    "stickers": "line between the stickers",
    "clicks": "points marked in the video",
    "standing": "quiet standing",
    "symmetry": "assumed where each side is higher for half of the time",
    "hip line": "line between the hip landmarks",
}
"""Where level comes from, by source of the zero."""


@dataclass(frozen=True, kw_only=True)
class LevelClick:
    """The two bony points of the pelvis (PSIS from behind, ASIS from the front) that a reader marked in a frame.

    Attributes
    ----------
    time_s
        Time of the frame, seconds.
    left_px, right_px
        On the person's left and right, x and y in pixels of the image.

    See Also
    --------
    PelvisInput : takes them
    """

    time_s: float
    left_px: tuple[float, float]
    right_px: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The neutral position of the pelvis, from which drop is measured, on an estimator's scale.

    Attributes
    ----------
    source
        ``stickers``, ``clicks``, ``standing``, ``symmetry`` or ``hip line``.
    uncertainty_deg
        95 % half-width: it shifts the drops of both sides by the same amount in opposite directions.
    explanation
        A sentence for the report.

    See Also
    --------
    PelvisEstimate : holds it

    Examples
    --------
    >>> Baseline(source="symmetry", uncertainty_deg=3.0, explanation="").uncertainty_deg
    3.0
    """

    source: str
    uncertainty_deg: float
    explanation: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisEstimate:
    """Pelvic obliquity over time, with its quality.

    Attributes
    ----------
    source
        Name of the estimator.
    obliquity_deg
        Shape (time,) on the grid of the clean landmarks, degrees against the level of ``zero``, left side up +; NaN
        where not seen.
    shape_uncertainty_deg
        95 % half-width of each value against the same pelvis at another time, degrees: what ranges and waveforms carry.
    image_uncertainty_deg
        The part of it that the images of this video cause: noise, parts that turn differently, a camera that sways.
    zero
        Where its zero comes from, and its uncertainty.
    only_on_request
        Whether it may be shown, unreliable, when it is asked for by name.
    code
        Why it is not reliable; ``None``: it is.
    quality
        The figures on which the decision rests, by name, for ``summary.json``.
    down_px
        How far down the image what was followed is, against an arbitrary level, pixels, shape (time,); NaN where not
        seen, empty where not known.

    See Also
    --------
    estimate_pelvis : computes it
    gaitlab.testing.check_pelvis_source : the contract of a source

    Examples
    --------
    >>> zero = Baseline(source="symmetry", uncertainty_deg=3.0, explanation="")
    >>> estimate = PelvisEstimate(
    ...     source="mine", obliquity_deg=np.zeros(3), shape_uncertainty_deg=4.0, image_uncertainty_deg=1.0, zero=zero
    ... )
    >>> estimate.reliable, estimate.uncertainty_deg
    (True, 5.0)
    """

    source: str
    obliquity_deg: FloatArray
    shape_uncertainty_deg: float
    image_uncertainty_deg: float
    zero: Baseline
    only_on_request: bool = False
    code: PelvisCode | None = None
    quality: Mapping[str, float] = field(default_factory=dict)
    down_px: FloatArray = field(default_factory=lambda: np.empty(0))

    @property
    def reliable(self) -> bool:
        """Whether it may be reported without an explicit request: no quality limit is broken."""
        return self.code is None

    @property
    def reason(self) -> str:
        """Why it is not reliable, in words; empty when it is."""
        return "" if self.code is None else PELVIS_REMARKS[self.code].words

    @property
    def uncertainty_deg(self) -> float:
        """95 % half-width of an absolute value."""
        return float(np.hypot(self.shape_uncertainty_deg, self.zero.uncertainty_deg))


@dataclass(frozen=True, kw_only=True, eq=False)
class StandingVideo:
    """The pelvis of a person who stands still on both legs, in another video of the same visit.

    Attributes
    ----------
    patches
        Of some frames.
    view
        Front or back.
    vertical
        Where gravity points in that video.

    See Also
    --------
    standing_video : cuts it out
    """

    patches: tuple[Patch, ...]
    view: View
    vertical: Vertical


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisInput:
    """The input of the pelvis estimators.

    Attributes
    ----------
    clean
        Clean landmarks in pixels of the image, not turned upright.
    frame_time_s
        Times of the video's frames, shape (frames,).
    view
        Front or back.
    stride_time_s
        Of the walk.
    vertical
        Where gravity points in the image.
    path
        The video; ``None`` when its images are not available.
    slight_turn_deg
        A pelvis region over clothes that turn by less than this is not held against them: the error is smaller than the
        uncertainty.
    below_waist
        Whether the trousers below the waist may stand in for a waist that folds: not where a thigh is lifted.
    clicks
        Where a reader marked the pelvis; empty: nowhere.
    standing
        The same person standing; ``None``: no other video shows it.
    progress
        Called with the frames that were followed and their total.

    See Also
    --------
    estimate_pelvis : takes it
    gaitlab.testing.check_pelvis_source : calls a source with one

    Examples
    --------
    >>> from gaitlab.pelvis import estimate_pelvis
    >>> from gaitlab.recording import find_vertical
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> seen = simulate_walk(camera=Camera(view="back"), treadmill=True).landmarks
    >>> scene = PelvisInput(
    ...     clean=clean_landmarks(seen)[0],
    ...     frame_time_s=seen["time"].to_numpy(),
    ...     view="back",
    ...     stride_time_s=1.1,
    ...     vertical=find_vertical(None, seen),
    ...     path=None,  # a simulation has no images
    ... )
    >>> estimate_pelvis(scene).code, estimate_pelvis(scene, "landmarks").code
    ('no_pictures', 'hip_line')
    """

    clean: xr.Dataset
    frame_time_s: FloatArray
    view: View
    stride_time_s: float
    vertical: Vertical
    path: Path | None
    slight_turn_deg: float = 0.0
    below_waist: bool = True
    clicks: tuple[LevelClick, ...] = ()
    standing: StandingVideo | None = None
    progress: Callable[[int, int], None] | None = None

    @property
    def time_s(self) -> FloatArray:
        """The uniform grid of the clean landmarks, shape (time,)."""
        return np.asarray(self.clean["time"].to_numpy(), dtype=float)

    @property
    def left_sign(self) -> int:
        """+1 where the person's left is at the right of the image, -1 where it is at its left."""
        return left_side_sign(self.view)

    @cached_property
    def placement(self) -> Placement:
        """The placement of the pelvis patch in each frame."""
        return place_patches(self.frame_time_s, self.clean)

    @cached_property
    def sample(self) -> list[Patch]:
        """Patches of some frames, evenly spread over those in which the person was seen; empty without a video."""
        seen = np.flatnonzero(self.placement.seen)
        if self.path is None or len(seen) == 0:
            return []
        wanted = np.zeros(len(self.placement.seen), dtype=bool)
        wanted[seen[np.linspace(0, len(seen) - 1, CROPS.sample_frames).round().astype(int)]] = True
        return list(read_patches(self.path, self.placement, wanted))

    def patches(self) -> Iterator[Patch]:
        """Yield the patches of all frames in which the person was seen, in order; none without a video."""
        if self.path is None:
            return
        total = int(self.placement.seen.sum())
        for done, patch in enumerate(prefetch(read_patches(self.path, self.placement)), start=1):
            yield patch
            if self.progress is not None:
                self.progress(done, total)


PelvisSource = Callable[[PelvisInput], PelvisEstimate]


def withheld_estimate(
    scene: PelvisInput, source: str, code: PelvisCode, quality: Mapping[str, float] | None = None
) -> PelvisEstimate:
    """Build an empty estimate of a source, with the reason."""
    return PelvisEstimate(
        source=source,
        obliquity_deg=np.full(scene.clean.sizes["time"], np.nan),
        shape_uncertainty_deg=float("nan"),
        image_uncertainty_deg=float("nan"),
        zero=Baseline(
            source="none",
            uncertainty_deg=float("nan"),
            explanation=("There is no value from which to estimate the neutral position."),
        ),
        code=code,
        quality=quality or {},
    )
