"""What the whole analysis gives on videos of real people, most of them without truth.

usage: python benchmarks/accuracy/real_walks.py FOLDER [NAME ...] [--mirror]

FOLDER holds ``NAME.mp4``. Beside them may lie ``heel_strikes_by_eye.json`` (``{NAME: {"left": [seconds], "right":
[seconds]}}``) and ``*_events_by_hand.csv`` (columns clip, side, event, frame, time_s). Prints Markdown tables, a line a
clip. Hip: thigh to vertical, means over the used strides; extension is + behind the vertical; differences are left
minus right. Errors are gaitlab minus truth.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

import gaitlab
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.walk import segment_walk
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.gait.corrections import Corrections
from gaitlab.pose import load_or_extract_landmarks, locate_model
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.signals.legs import LegLabels
from gaitlab.video import VideoWriter, probe, read_frames

EYE_S: Final = 0.06
HAND_S: Final = 0.12
"""As far may an event be from the one that was marked; events by hand are uncertain by half of it."""
SAME_STRIDE_S: Final = 0.06

CRITERIA: Final = (
    ("Left - right of the hip's range", ["hip range diff"], -8.0, 8.0),
    ("Left - right of the hip's peaks", ["extension diff", "flexion diff"], -6.0, 6.0),
    ("Peak knee flexion", ["knee flexion L", "knee flexion R"], 45.0, 75.0),
)
"""What is named, and the degrees within which healthy people are."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoMeasurements:
    """A clip and what came of it; without ``refusal`` something is measured."""

    name: str
    path: Path
    analysis: gaitlab.Analysis | None
    refusal: Refusal | None


class Match(NamedTuple):
    """Events found against events marked."""

    errors_s: Floats
    missed: int
    false: int


def match_events(
    found: Sequence[float], marked: Sequence[float], within_s: float, span_s: tuple[float, float] | None = None
) -> Match:
    """Pair events one to one, the nearest first; what is found without a partner counts as false within the span.

    Without ``span_s`` that is from the first to the last one marked.
    """
    pairs = sorted((abs(f - m), i, j) for i, f in enumerate(found) for j, m in enumerate(marked))
    partner: dict[int, int] = {}
    for apart_s, i, j in pairs:
        if apart_s <= within_s + 1e-9 and i not in partner and j not in partner.values():
            partner[i] = j
    start_s, end_s = span_s or (min(marked, default=np.inf), max(marked, default=-np.inf))
    alone = [f for i, f in enumerate(found) if i not in partner]
    errors_s = np.array([found[i] - marked[j] for i, j in partner.items()], dtype=float)
    return Match(errors_s, len(marked) - len(partner), sum(start_s <= f <= end_s for f in alone))


def left_right(name: str, values: Floats, sides: NDArray[np.str_], used: Mask) -> dict[str, float]:
    """Return the mean over the used strides of the left and the right leg, NaN without one, and left minus right."""
    counts = used & np.isfinite(values)
    left, right = (
        float(values[mine].mean()) if mine.any() else float("nan")
        for mine in (counts & (sides == side) for side in SIDES)
    )
    return {f"{name} L": left, f"{name} R": right, f"{name} diff": left - right}


def band_share(mean: Floats, reference_mean: Floats, reference_sd: Floats) -> float:
    """Return in percent the part of the gait cycle in which a curve lies within two SD of the reference."""
    if not len(mean) or not (np.isfinite(mean).all() and np.isfinite(reference_mean).all()):
        return float("nan")
    return 100 * float((np.abs(mean - reference_mean) <= 2 * reference_sd).mean())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)) + "\n"


def number(value: float, digits: int = 1, sign: str = "") -> str:
    """Return a number as text, ``-`` where there is none."""
    return f"{value:{sign}.{digits}f}" if np.isfinite(value) else "-"


def analysed(path: Path) -> VideoMeasurements:
    """Analyse a clip; one that is refused keeps what was found."""
    try:
        return VideoMeasurements(name=path.stem, path=path, analysis=gaitlab.analyze(path), refusal=None)
    except NothingMeasurableError as error:
        return VideoMeasurements(name=path.stem, path=path, analysis=error.analysis, refusal=error.refusal)


def legs_of(clip: VideoMeasurements) -> Sequence[LegLabels]:
    """Return how left and right were distinguished in each pass; where none is measured, in each walking bout."""
    info = probe(clip.path)
    found = load_or_extract_landmarks(clip.path, info, locate_model())
    recording, vertical = ImageEstimates(path=clip.path, sha256=info.sha256, use_cache=True).camera(
        found.landmarks, None
    )
    walk = segment_walk(found.landmarks, Options(), vertical, recording, found.people, Corrections())
    return [seen.legs for seen in walk.bouts] or walk.log.legs


def describe_legs(legs: LegLabels) -> str:
    """Return the labels of a bout in words; the foot on the camera's side stands lower by a positive number."""
    reported = f"{legs.pattern}, {legs.steps} steps, {legs.agreement:.2f}, {number(legs.nearer_foot_trunks, 2, '+')}"
    return f"{reported}, {100 * legs.swapped.mean():.0f} % exchanged{'' if legs.decided else ', not decided'}"


def seen_row(clip: VideoMeasurements) -> list[str]:
    """Return what was seen of a clip: bouts, steps, strides and legs, or why it is refused."""
    why = "yes" if clip.refusal is None else f"{clip.refusal.code}: {clip.refusal.reason}"
    if clip.analysis is None:
        return [clip.name, why, *["-"] * 7]
    view, cycles, passes = clip.analysis.view, clip.analysis.cycles, clip.analysis.quality.bouts
    out = ", ".join(bout.code for bout in passes if not bout.used)
    strikes = clip.analysis.events.loc[clip.analysis.events["event"] == "heel_strike", "side"]
    used = cycles["used"].astype(bool)
    reasons = Counter(zip(cycles["side"][~used], cycles["reason"][~used], strict=True))
    bouts = f"{len(passes)}{f' (out: {out})' if out else ''}"
    return [
        *(clip.name, why, view.view, number(view.off_axis_deg, 0), bouts),
        " / ".join(str((strikes == side).sum()) for side in SIDES),
        " / ".join(str((cycles["side"][used] == side).sum()) for side in SIDES),
        "; ".join(f"{n} {side}: {reason}" for (side, reason), n in reasons.items()) or "none",
        "; ".join(describe_legs(legs) for legs in legs_of(clip)) or "-",
    ]


PEAKS: Final[tuple[tuple[str, str, Callable[[Floats], Floats]], ...]] = (
    ("hip range", "hip_flexion", lambda strides: np.ptp(strides, axis=1)),
    ("extension", "hip_flexion", lambda strides: -strides.min(axis=1)),
    ("flexion", "hip_flexion", lambda strides: strides.max(axis=1)),
    ("knee flexion", "knee_flexion", lambda strides: strides.max(axis=1)),
)


def measured(analysis: gaitlab.Analysis) -> dict[str, float]:
    """Return the numbers of a clip; degrees, NaN where withheld."""
    cadence = analysis.spatiotemporal.query("parameter == 'cadence_spm'")["value"]
    out = {"cadence": float(cadence.iloc[0]) if len(cadence) else float("nan")}
    sides, used = (analysis.curves[name].to_numpy() for name in ("side", "used"))
    for name, measure, of in PEAKS:
        out |= left_right(name, of(analysis.curves[measure].to_numpy()), sides, used)
    for side in SIDES:
        mean = analysis.mean_curves.query(f"measure == 'hip_flexion' and side == '{side}'")
        columns = (mean[name].to_numpy(dtype=float) for name in ("mean", "reference_mean", "reference_sd"))
        out[f"band % {side[0].upper()}"] = band_share(*columns)
    return out


def measured_table(values: pd.DataFrame) -> str:
    """Return the numbers of the clips (a row each), their medians, and the median sizes of the differences."""
    columns = list(map(str, values))
    differences = [name for name in columns if name.endswith("diff")]
    sizes = values[differences].abs().median()
    rows = [(str(name), row) for name, row in values.iterrows()]
    rows += [("**median**", values.median()), ("**median size**", sizes.reindex(columns))]
    cells = [[name, *(number(row[c], sign="+" * (c in differences)) for c in columns)] for name, row in rows]
    return table(["clip", *columns], cells)


def criteria(clips: Sequence[VideoMeasurements], values: pd.DataFrame) -> str:
    """Return what the side views give, and which of them are unlike healthy people, each with its numbers."""
    side = [c.name for c in clips if c.analysis is not None and c.analysis.view.nearest in SIDES]
    needed = [f"{what} {leg}" for what in ("hip range", "knee flexion") for leg in "LR"]
    given = values[values[needed].notna().all(axis=1) & values.index.isin(side)]
    lines = [f"{len(given)} of {len(side)} side views ({len(clips)} clips in all) give hip and knee of both legs."]
    for what, columns, low, high in CRITERIA:
        numbers = given[columns]
        outside = numbers[((numbers < low) | (numbers > high)).any(axis=1)]
        named = [f"{name} ({' / '.join(map(number, row))})" for name, row in outside.T.items()]
        lines.append(f"{what} outside {low:g} to {high:g} deg: {len(outside)}. {', '.join(named)}".strip())
    return "\n".join(f"* {line}" for line in lines) + "\n"


def read_marks(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the events by eye and those by hand, columns clip, side, event, time_s."""
    columns, eye = ["clip", "side", "event", "time_s"], folder / "heel_strikes_by_eye.json"
    known = json.loads(eye.read_text(encoding="utf-8")) if eye.is_file() else {}
    by_side = [
        (clip, *each) for clip, reported in known.items() if isinstance(reported, dict) for each in reported.items()
    ]
    rows = [(clip, side, "heel_strike", time_s) for clip, side, times in by_side for time_s in times]
    by_hand = [pd.read_csv(path)[columns] for path in sorted(folder.glob("*_events_by_hand.csv"))]
    by_eye = pd.DataFrame(rows, columns=columns)
    return by_eye, pd.concat(by_hand, ignore_index=True) if by_hand else by_eye.iloc[:0]


def event_cells(events: pd.DataFrame, marks: pd.DataFrame, kind: str, within_s: float, *, each_side: bool) -> list[str]:
    """Return counts and errors; events are false within the marks of their side, or of both sides."""
    of_kind = [frame[frame["event"] == kind] for frame in (events, marks)]
    found, marked = ({s: f.loc[f["side"] == s, "time_s"].tolist() for s in SIDES} for f in of_kind)
    within = {s: marks["time_s"][(marks["side"] == s) | (not each_side)] for s in SIDES}
    spans = {s: (float(times.min()), float(times.max())) for s, times in within.items()}
    matches = [match_events(found[s], marked[s], within_s, spans[s]) for s in SIDES]
    crossed = sum(len(match_events(found[s], marked[opposite(s)], within_s).errors_s) for s in SIDES)
    errors_ms = 1000 * np.concatenate([m.errors_s for m in matches])
    bias, mae = (float(e.mean()) if len(e) else float("nan") for e in (errors_ms, np.abs(errors_ms)))
    counts = (len(errors_ms), sum(m.missed for m in matches), sum(m.false for m in matches), crossed)
    return [*map(str, counts), number(bias, 0, "+"), number(mae, 0)]


def event_table(clips: Sequence[VideoMeasurements], marks: pd.DataFrame, how: str, within_s: float) -> str:
    """Return the table of the events that somebody marked; nothing where there are none."""
    rows = []
    for clip in clips:
        mine = marks[marks["clip"] == clip.name]
        for kind in sorted(set(mine["event"])):
            found = mine.iloc[:0] if clip.analysis is None else clip.analysis.events
            cells = event_cells(found, mine, kind, within_s, each_side=how == "by hand")
            rows.append([clip.name, kind.replace("_", " "), *cells])
    head = ["clip", f"event {how}", f"found within {1000 * within_s:.0f} ms", "missed", "false", "on the wrong leg"]
    return table([*head, "bias ms", "MAE ms"], rows) if rows else ""


def mirrored(path: Path, folder: Path) -> Path:
    """Write a clip as it is seen in a mirror."""
    info, twin = probe(path), folder / f"{path.stem}.mp4"
    with VideoWriter(twin, info.width_px, info.height_px, info.rate_hz, crf=10) as writer:
        for frame in read_frames(path):
            writer.write(frame.image[:, ::-1], frame.time_s)
    return twin


def thigh_rmse_deg(one: xr.Dataset, twin: xr.Dataset, side: Side) -> float:
    """Return the RMSE between a thigh and that of the other side in the mirror, where both are given."""
    mine, other = one["hip_flexion"].sel(side=side), twin["hip_flexion"].sel(side=opposite(side))
    error = np.interp(one["time"], twin["time"], other) - mine.to_numpy()
    error = error[np.isfinite(error)]
    return float(np.sqrt(np.mean(error**2))) if len(error) else float("nan")


def mirror_row(clip: VideoMeasurements, twin: VideoMeasurements) -> list[str]:
    """Compare a clip with its mirrored twin, sides exchanged."""
    codes = [c.refusal.code if c.refusal else "yes" for c in (clip, twin)]
    if clip.analysis is None or twin.analysis is None:
        return [clip.name, *codes, *["-"] * 4]
    one, other = (
        {side: of.loc[of["used"].astype(bool) & (of["side"] == side), "start_s"].tolist() for side in SIDES}
        for of in (clip.analysis.cycles, twin.analysis.cycles)
    )
    common = sum(len(match_events(one[s], other[opposite(s)], SAME_STRIDE_S).errors_s) for s in SIDES)
    counts = [sum(map(len, starts.values())) for starts in (one, other)]
    same = "yes" if {common} == set(counts) else f"{common} common"
    rmse = [number(thigh_rmse_deg(clip.analysis.angles, twin.analysis.angles, s), 2) for s in SIDES]
    return [clip.name, *codes, *rmse, " / ".join(map(str, counts)), same]


def mirror_table(clips: Sequence[VideoMeasurements]) -> str:
    """Analyse the mirror image of each clip, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [mirror_row(clip, analysed(mirrored(clip.path, Path(folder)))) for clip in clips]
    return table(["clip", "analysed", "mirrored", "thigh RMSE left deg", "right", "strides used", "the same"], rows)


def main() -> int:
    """Analyse the clips of a folder and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--mirror", action="store_true", help="analyse the mirror image of each clip too")
    arguments = parser.parse_args()
    folder = arguments.folder
    names = arguments.names or sorted(path.stem for path in folder.glob("*.mp4"))
    clips = [analysed(folder / f"{name}.mp4") for name in names]
    given = {c.name: measured(c.analysis) for c in clips if c.analysis is not None and c.refusal is None}
    head = ["clip", "analysed", "view", "degrees off", "bouts", "heel strikes L / R", "strides used L / R", "left out"]
    print(table([*head, "legs: pattern, steps, agreement, nearer foot lower"], map(seen_row, clips)))
    if given:
        values = pd.DataFrame.from_dict(given, orient="index")
        print(measured_table(values))
        print(criteria(clips, values))
    for marks, how, within_s in zip(read_marks(folder), ("by eye", "by hand"), (EYE_S, HAND_S), strict=True):
        print(event_table(clips, marks, how, within_s))
    if arguments.mirror:
        print(mirror_table(clips))
    return 0


if __name__ == "__main__":
    sys.exit(main())
