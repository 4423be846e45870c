"""Change between two videos of one rendered walk: is a known change measured, and is none called where there is none?

    python benchmarks/robustness/change_rendered.py CLIPS [CLIPS ...] --made FOLDER [--name NAME ...] [--changes-only]

CLIPS hold ``NAME.mp4`` with its truth, as ``sample_videos/`` does. Each clip is rendered again in other ways, as the
second visit of the same person: as a small file, darker with a tilted camera, nearer and later. Nothing has changed
then. Known changes: side views squeezed in width, which shortens the strides; front and back views mirrored, which
exchanges the legs. All files are kept in FOLDER. Prints the tables of ``docs/accuracy.md``; each file takes half a
minute where its landmarks are not known yet.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from robustness_shots import Encoding, Picture, Shot, open_shot, write_shot
from robustness_truth import OTHER_SIDE, SIDES, Truth, read_meta, thigh_of

import gaitlab
from gaitlab.schema import rows_as_dicts

Floats = NDArray[np.float64]
Peaks = dict[tuple[str, str], float]
"""True values by parameter and side, mean over the strides, degrees."""

CLIP_S: Final = 8.0
SMALL: Final = Encoding(options={"crf": "34", "preset": "veryfast"})
FACING: Final = {"right": 1, "left": -1}
SIDE_CLIPS: Final = (
    "side_left_man",
    "side_right_woman_stiff_right_hip",
    "treadmill_left_slim",
    "treadmill_right_old_slow",
)
FRONTAL_CLIPS: Final = (
    "treadmill_back_man_drop_left_stance",
    "treadmill_back_normal_slim",
    "treadmill_back_woman_stickers",
    "walk_away_lean",
    "walk_towards_camera",
    "back_jeans_tucked",
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """Another video of the same walk; ``changed``: the person walks otherwise in it."""

    make: Callable[[Shot, int], Shot]
    encoding: Encoding = field(default_factory=Encoding)
    changed: bool = False


def smaller(shot: Shot, _facing: int) -> Shot:
    return shot.scaled(0.6)


def evening(shot: Shot, _facing: int) -> Shot:
    """Return a darker, noisy shot of a camera that is tilted by 1.5 degrees."""

    def darker(picture: Picture, index: int) -> Picture:
        noise = np.random.default_rng(index).normal(scale=3.0, size=picture.shape)
        return np.clip(0.5 * picture + noise, 0, 255).astype(np.uint8)

    turn = cv2.getRotationMatrix2D((shot.width / 2, shot.height / 2), 1.5, 1.0)
    return shot.moved(np.tile(turn, (shot.frames, 1, 1))).changed(darker)


def later(shot: Shot, _facing: int) -> Shot:
    """Return the walk from half a second on, and larger by a tenth."""
    rest = shot.picked(np.flatnonzero(shot.truth.time_s >= 0.5))
    return rest.scaled(1.1)


def squeezed(share: float) -> Callable[[Shot, int], Shot]:
    """Return what squeezes the width: each angle of a side view is then another one, and known."""

    def squeeze(shot: Shot, facing: int) -> Shot:
        matrix = np.tile([[share, 0.0, 0.0], [0.0, 1.0, 0.0]], (shot.frames, 1, 1))
        narrow = shot.moved(matrix, round(share * shot.width))
        return replace(narrow, truth=replace(narrow.truth, thigh_deg=thigh_of(narrow.truth.pixels, facing)))

    return squeeze


COPIES: Final = {
    "small": Version(make=smaller, encoding=SMALL),
    "evening": Version(make=evening),
    "later": Version(make=later),
}
CHANGES: Final = {
    "treadmill": {f"squeezed_{share}": Version(make=squeezed(share / 100), changed=True) for share in (80, 90)},
    "overground": {"squeezed_93": Version(make=squeezed(0.93), changed=True)},
    "frontal": {"mirrored": Version(make=lambda shot, _facing: shot.mirrored(), changed=True)},
}


def true_peaks(truth: Truth, *, frontal: bool) -> Peaks:
    """Return peaks and ranges of the true curves, mean over the strides of each side."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number, side in enumerate(SIDES):
        for start_s, end_s in truth.strides(side):
            inside = (truth.time_s >= start_s) & (truth.time_s <= end_s)
            of_stride = _drops(truth, side, start_s, end_s) if frontal else _thigh(truth.thigh_deg[inside, number])
            for name, value in of_stride.items():
                found[name, side].append(value)
    return {key: float(np.mean(values)) for key, values in found.items()}


def _thigh(thigh_deg: Floats) -> dict[str, float]:
    low, high = float(thigh_deg.min()), float(thigh_deg.max())
    return {"hip_extension_deg": -low, "hip_flexion_deg": high, "hip_rom_deg": high - low}


def _drops(truth: Truth, side: str, start_s: float, end_s: float) -> dict[str, float]:
    """Return the largest drop of the other side of the pelvis between this heel strike and the other foot's."""
    strikes = [e.time_s for e in truth.events if (e.side, e.kind) == (OTHER_SIDE[side], "heel_strike")]
    inner = [time_s for time_s in strikes if start_s < time_s < end_s]
    if not inner:
        return {}
    drop_deg = truth.obliquity_deg * (1 if side == "left" else -1)
    stance = drop_deg[(truth.time_s >= start_s) & (truth.time_s <= inner[0])]
    at_strike = float(np.interp(start_s, truth.time_s, drop_deg))
    peak = float(stance.max())
    return {"pelvic_drop_deg": peak, "pelvic_drop_excursion_deg": peak - at_strike}


@dataclass(frozen=True, kw_only=True)
class Leg:
    """What one comparison says of one parameter and side; ``true`` is 0 where nothing has changed."""

    clip: str
    version: str
    parameter: str
    side: str
    true: float
    found: float
    uncertainty: float
    called: bool
    changed: bool

    @property
    def error(self) -> float:
        return self.found - self.true


def legs_of(
    folder: Path, name: str, made: Path, *, changes_only: bool
) -> tuple[list[Leg], list[dict[tuple[str, str], float]]]:
    """Return the comparisons of a clip with its other versions, and the values of those without a change."""
    meta = read_meta(folder, name)
    facing = FACING.get(meta["view"], 0)
    shot = open_shot(folder, name, CLIP_S)
    kind = "frontal" if not facing else "treadmill" if meta["treadmill"] else "overground"
    first, before = analysed(made, f"{name}_first", shot, Version(make=lambda same, _facing: same), meta)
    legs, values = [], [_values(first)]
    for version, how in (CHANGES[kind] if changes_only else COPIES | CHANGES[kind]).items():
        other, after = analysed(made, f"{name}_{version}", shot, how, meta)
        legs += _compared(name, version, first, other, (before, after), changed=how.changed)
        values += [] if how.changed else [_values(other)]
    return legs, values


def analysed(
    made: Path, name: str, shot: Shot, how: Version, meta: Mapping[str, object]
) -> tuple[gaitlab.Analysis, Peaks]:
    """Write a version of a clip unless it exists, and return its analysis and its true peaks."""
    facing = FACING.get(str(meta["view"]), 0)
    other = how.make(shot, facing)
    path = made / f"{name}.mp4"
    if not path.exists():
        write_shot(other, path, how.encoding)
    speed_mps = round(float(str(meta["speed"])), 2) if meta["treadmill"] else None
    height_cm = round(100 * float(str(meta["height"])))
    result = gaitlab.analyze(path, height_cm=height_cm, treadmill_speed_mps=speed_mps)
    return result, true_peaks(other.truth, frontal=not facing)


def _values(result: gaitlab.Analysis) -> dict[tuple[str, str], float]:
    rows = rows_as_dicts(result.spatiotemporal)
    return {(row["parameter"], row["side"]): row["value"] for row in rows if row["value"] is not None}


def _compared(
    clip: str,
    version: str,
    first: gaitlab.Analysis,
    other: gaitlab.Analysis,
    truth: tuple[Peaks, Peaks],
    *,
    changed: bool,
) -> Iterator[Leg]:
    """Yield what a comparison says; of a known change only of what is known."""
    table = gaitlab.compare(first, other, labels=["first", version]).table
    for row in rows_as_dicts(table):
        key = row["parameter"], row["side"]
        if row["status"] == "not_compared" or (changed and not all(key in each for each in truth)):
            continue
        yield Leg(
            clip=clip,
            version=version,
            parameter=row["parameter"],
            side=row["side"],
            true=truth[1][key] - truth[0][key] if changed else 0.0,
            found=row["change"],
            uncertainty=row["uncertainty"],
            called=row["status"] == "changed",
            changed=changed,
        )


def print_changes(legs: list[Leg]) -> None:
    """Print how well known changes were measured."""
    print("\n| parameter | true change | legs | mean error ± SD | largest | inside the interval | called a change |")
    print("|---" * 7 + "|")
    known = [leg for leg in legs if leg.changed]
    for parameter in dict.fromkeys(leg.parameter for leg in known):
        mine = [leg for leg in known if leg.parameter == parameter]
        errors = np.array([leg.error for leg in mine])
        true = [abs(leg.true) for leg in mine]
        print(
            f"| {parameter} | {min(true):.1f} to {max(true):.1f}° | {len(mine)} | {errors.mean():+.2f} ± "
            f"{errors.std():.2f}° | {np.abs(errors).max():.2f}° | {_inside(mine)} | {sum(leg.called for leg in mine)} |"
        )
    print(f"\nknown changes: {len(known)}, inside the interval {_inside(known)}")
    for leg in sorted(known, key=lambda leg: -abs(leg.error))[:8]:
        print(f"- {leg.clip} {leg.version} {leg.side} {leg.parameter}: true {leg.true:+.1f}, found {leg.found:+.1f}")


def _inside(legs: list[Leg]) -> int:
    return sum(abs(leg.error) <= leg.uncertainty for leg in legs)


def print_repeats(legs: list[Leg], values: list[list[dict[tuple[str, str], float]]]) -> None:
    """Print what is called a change where there is none, and the standard error between the versions of a clip."""
    same = [leg for leg in legs if not leg.changed]
    called = [leg for leg in same if leg.called]
    print(f"\nnothing changed: {len(called)} of {len(same)} comparisons called a change")
    for leg in called:
        print(f"- {leg.clip} {leg.version} {leg.side} {leg.parameter}: {leg.found:+.2f} ± {leg.uncertainty:.2f}")
    print("\n| parameter | clips and sides | standard error | largest difference |\n|---|---|---|---|")
    pooled: dict[str, list[list[float]]] = defaultdict(list)
    for of_clip in values:
        for key in of_clip[0]:
            each = [found[key] for found in of_clip if key in found and np.isfinite(found[key])]
            if len(each) > 1:
                pooled[key[0]].append(each)
    for parameter, groups in pooled.items():
        squares = sum(np.var(each) * len(each) for each in groups)
        error = np.sqrt(squares / sum(len(each) - 1 for each in groups))
        widest = max(float(np.ptp(each)) for each in groups)
        print(f"| {parameter} | {len(groups)} | {error:.3f} | {widest:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--made", type=Path, required=True)
    parser.add_argument("--name", action="append")
    parser.add_argument("--changes-only", action="store_true")
    arguments = parser.parse_args()
    arguments.made.mkdir(parents=True, exist_ok=True)
    legs, values = [], []
    for name in arguments.name or (*SIDE_CLIPS, *FRONTAL_CLIPS):
        folder = next((each for each in arguments.clips if (each / f"{name}.mp4").exists()), None)
        if folder is None:
            print(f"{name}: not in the folders")
            continue
        of_clip, of_versions = legs_of(folder, name, arguments.made, changes_only=arguments.changes_only)
        print(f"{name}: {len(of_clip)} comparisons", flush=True)
        legs += of_clip
        values.append(of_versions)
    print_changes(legs)
    print_repeats(legs, values)


if __name__ == "__main__":
    main()
