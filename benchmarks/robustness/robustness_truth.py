"""The truth of a clip, and what becomes of it when the clip is cut, slowed, mirrored, moved or joined to another.

Angles are those of the person against gravity, so moving the picture does not touch them; mirroring it swaps the sides
and turns the pelvis over. ``robustness.py`` compares gaitlab with what stands here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SIDES: Final = ("left", "right")
JOINTS: Final = ("hip", "knee", "ankle", "toe", "shoulder", "elbow", "wrist")
MIRRORED_VIEW: Final = {"left": "right", "right": "left", "front": "front", "back": "back"}
OTHER_SIDE: Final = {"left": "right", "right": "left"}

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A foot contact: ``kind`` is heel_strike or toe_off."""

    time_s: float
    side: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Pass:
    """A stretch of straight walking, and which side of the person the camera sees in it."""

    start_s: float
    end_s: float
    view: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """What is true of each frame of a clip, and of its events.

    Attributes
    ----------
    time_s
        Of the frames, shape (frames,); the first is 0.
    pixels
        Joints in the picture as it is played, shape (frames, side, joint, xy).
    thigh_deg
        Thigh to vertical, flexion +, shape (frames, side); NaN in front and back views.
    obliquity_deg
        Of the pelvis, left side up +, shape (frames,).
    events, passes
        In the time of the frames.
    """

    time_s: Floats
    pixels: Floats
    thigh_deg: Floats
    obliquity_deg: Floats
    events: tuple[Event, ...]
    passes: tuple[Pass, ...]

    @property
    def interval_s(self) -> float:
        return float(np.median(np.diff(self.time_s)))

    @property
    def end_s(self) -> float:
        """When the last frame ends."""
        return float(self.time_s[-1]) + self.interval_s

    def joint(self, name: str) -> Floats:
        """Return the positions of a joint of both sides, shape (frames, side, xy)."""
        return np.asarray(self.pixels[:, :, JOINTS.index(name)])

    def picked(self, rows: Sequence[int] | Rows) -> Truth:
        """Keep some frames; time starts anew at the first of them, and events outside them are gone."""
        rows = np.asarray(rows)
        zero_s, end_s = float(self.time_s[rows[0]]), float(self.time_s[rows[-1]]) + self.interval_s
        return replace(
            self,
            time_s=self.time_s[rows] - zero_s,
            pixels=self.pixels[rows],
            thigh_deg=self.thigh_deg[rows],
            obliquity_deg=self.obliquity_deg[rows],
            events=tuple(
                replace(e, time_s=e.time_s - zero_s) for e in self.events if zero_s <= e.time_s <= end_s + 1e-9
            ),
            passes=tuple(
                replace(p, start_s=max(p.start_s - zero_s, 0.0), end_s=min(p.end_s, end_s) - zero_s)
                for p in self.passes
                if p.start_s < end_s and p.end_s > zero_s
            ),
        )

    def sampled(self, time_s: Floats) -> Truth:
        """Give frames other times of the same walk; what is true between two frames is interpolated."""

        def at(values: Floats) -> Floats:
            flat = values.reshape(len(values), -1)
            columns = [np.interp(time_s, self.time_s, column) for column in flat.T]
            return np.stack(columns, axis=1).reshape(len(time_s), *values.shape[1:])

        return replace(
            self,
            time_s=time_s,
            pixels=at(self.pixels),
            thigh_deg=at(self.thigh_deg),
            obliquity_deg=at(self.obliquity_deg),
        )

    def stretched(self, factor: float) -> Truth:
        """Play slower by a factor."""
        return self._retimed(factor, 0.0)

    def _retimed(self, factor: float, shift_s: float) -> Truth:
        return replace(
            self,
            time_s=factor * self.time_s + shift_s,
            events=tuple(replace(e, time_s=factor * e.time_s + shift_s) for e in self.events),
            passes=tuple(
                replace(p, start_s=factor * p.start_s + shift_s, end_s=factor * p.end_s + shift_s) for p in self.passes
            ),
        )

    def mirrored(self, width_px: int) -> Truth:
        """Exchange left and right of the picture, and with them the person's sides."""
        pixels = self.pixels[:, ::-1].copy()
        pixels[..., 0] = width_px - 1 - pixels[..., 0]
        return replace(
            self,
            pixels=pixels,
            thigh_deg=self.thigh_deg[:, ::-1],
            obliquity_deg=-self.obliquity_deg,
            events=tuple(replace(e, side=OTHER_SIDE[e.side]) for e in self.events),
            passes=tuple(replace(p, view=MIRRORED_VIEW[p.view]) for p in self.passes),
        )

    def moved(self, matrices: Floats) -> Truth:
        """Move the picture of each frame by its own matrix, affine (frames, 2, 3) or projective (frames, 3, 3)."""
        moved = np.einsum("fab,fsjb->fsja", matrices[:, :, :2], self.pixels) + matrices[:, None, None, :, 2]
        return replace(self, pixels=moved if matrices.shape[1] == 2 else moved[..., :2] / moved[..., 2:])

    def then(self, other: Truth) -> Truth:
        """Show another clip after this one."""
        later = other._retimed(1.0, self.end_s)
        return replace(
            self,
            time_s=np.concatenate([self.time_s, later.time_s]),
            pixels=np.concatenate([self.pixels, later.pixels]),
            thigh_deg=np.concatenate([self.thigh_deg, later.thigh_deg]),
            obliquity_deg=np.concatenate([self.obliquity_deg, later.obliquity_deg]),
            events=self.events + later.events,
            passes=self.passes + later.passes,
        )

    def held(self, row: int, frames: int) -> Truth:
        """Show one frame for a time: the person stands, there are no events and no passes."""
        rows = np.full(frames, row)
        return replace(
            self,
            time_s=np.arange(frames) * self.interval_s,
            pixels=self.pixels[rows],
            thigh_deg=self.thigh_deg[rows],
            obliquity_deg=self.obliquity_deg[rows],
            events=(),
            passes=(),
        )

    def strides(self, side: str) -> list[tuple[float, float]]:
        """Return start and end of each stride of a side; none goes over the border of a pass."""
        found = []
        for walk in self.passes:
            times = sorted(
                e.time_s
                for e in self.events
                if (e.side, e.kind) == (side, "heel_strike") and walk.start_s <= e.time_s <= walk.end_s
            )
            found += list(pairwise(times))
        return found


def thigh_of(pixels: Floats, facing: int) -> Floats:
    """Return the inclination of the thighs, flexion +, shape (frames, side), of a person facing +1 right, -1 left."""
    hip, knee = pixels[:, :, JOINTS.index("hip")], pixels[:, :, JOINTS.index("knee")]
    if not facing:
        return np.full(hip.shape[:2], np.nan)
    return np.asarray(np.degrees(np.arctan2(facing * (knee[..., 0] - hip[..., 0]), knee[..., 1] - hip[..., 1])))


def read_meta(folder: Path, name: str) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    return meta


def read_truth(folder: Path, name: str) -> Truth:
    """Read the truth beside a clip; see ``sample_videos/README.md``."""
    meta, table = read_meta(folder, name), pd.read_csv(folder / f"{name}.truth.csv")
    columns = [[[f"{side}_{joint}_px_{axis}" for axis in "xy"] for joint in JOINTS] for side in SIDES]
    pixels = table[list(np.ravel(columns))].to_numpy(dtype=float).reshape(len(table), *np.shape(columns))
    roll_deg = meta.get("roll", 0.0) * (1 if meta["view"] == "back" else -1)
    return Truth(
        time_s=np.arange(len(table)) / float(meta["fps"]),
        pixels=pixels,
        thigh_deg=thigh_of(pixels, {"right": 1, "left": -1}.get(meta["view"], 0)),
        obliquity_deg=table["pelvis_obliquity_image"].to_numpy(dtype=float) - roll_deg,
        events=tuple(Event(time_s=t, side=s, kind=k) for t, s, k in meta["events"]),
        passes=(Pass(start_s=0.0, end_s=float(meta["seconds"]), view=meta["view"]),),
    )
