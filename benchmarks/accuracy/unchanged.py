"""Whether a change of the code left the numbers as they were.

usage: python benchmarks/accuracy/unchanged.py save FOLDER [VIDEO ...]
       python benchmarks/accuracy/unchanged.py compare REFERENCE FOLDER

``save`` analyses the two sample clips from the side and from behind, both as one visit, three simulated walks, and the
videos that are named, and writes a result folder for each. ``compare`` holds two such folders against each other: every
number and name in the tables and in ``summary.json`` must be the same to the last digit. Columns and entries that only
the second folder has are named and allowed; so are words that changed, which are counted. Ends with 1 where something
else differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

import gaitlab
from gaitlab.api import Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError
from gaitlab.simulate import Camera, Gait, simulate_walk
from gaitlab.video import VideoInfo

SAMPLES: Final = Path(__file__).resolve().parents[2] / "sample_videos"
SIDE: Final = SAMPLES / "side_right_woman_stiff_right_hip.mp4"
BACK: Final = SAMPLES / "treadmill_back_man_drop_left_stance.mp4"
PERSON: Final[dict[str, Any]] = {"height_cm": 172.0, "age_years": 54.0, "sex": "f", "painful_side": "right"}

TABLES: Final = ("events.csv", "cycles.csv", "phases.csv", "curves.csv", "angles.csv")
WORDS: Final = {"verdict", "reason", "note", "advice", "findings", "warnings", "explanation", "remarks"}
"""Columns and entries that hold sentences: they inform, and may change."""


def simulated(view: str, *, yaw_deg: float = 0.0, treadmill: bool = False) -> gaitlab.Analysis:
    """Return the analysis of a simulated walk whose right hip lacks extension and whose left stance lets it drop."""
    walk = simulate_walk(
        Gait(hip_extension_loss_deg=(0.0, 12.0), drop_deg=(9.0, 4.0)),
        camera=Camera(view=view, yaw_deg=yaw_deg),  # type: ignore[arg-type]
        duration_s=6.0,
        treadmill=treadmill,
        noise_px=1.0,
        seed=0,
    )
    frames = walk.landmarks.sizes["time"]
    info = VideoInfo(
        stem=f"simulated_{view}",
        width_px=int(walk.landmarks.attrs["width_px"]),
        height_px=int(walk.landmarks.attrs["height_px"]),
        rate_hz=30.0,
        duration_s=frames / 30.0,
        frames=frames,
        rotation_deg=0,
        codec="none",
        variable_rate=False,
        time_scale=1.0,
        sha256="0" * 64,
    )
    return analyze_landmarks(walk.landmarks, info, Options(**PERSON))


def cases(videos: list[Path]) -> dict[str, Callable[[], gaitlab.Analysis]]:
    """Return the analyses by name."""
    return {
        "side": lambda: gaitlab.analyze(SIDE, **PERSON),
        "back": lambda: gaitlab.analyze(BACK, painful_side="left"),
        "visit": lambda: gaitlab.analyze(SIDE, BACK, **PERSON),
        "simulated_side": lambda: simulated("right"),
        "simulated_front": lambda: simulated("front", treadmill=True),
        "simulated_oblique": lambda: simulated("left", yaw_deg=45.0),
        **{path.stem: lambda path=path: gaitlab.analyze(path) for path in videos},  # type: ignore[misc]
    }


def save(folder: Path, videos: list[Path]) -> None:
    """Analyse each case and write its result."""
    for name, analysed in cases(videos).items():
        try:
            analysis = analysed()
        except NothingMeasurableError as error:
            analysis = error.analysis
        if analysis is not None:
            analysis.save(folder / name, force=True)
        print(f"{name}: {analysis!r}", flush=True)


def differences(reference: Any, found: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield the kind (``new``, ``words``, ``changed``) and the place of what differs in two trees of plain data."""
    if isinstance(reference, dict) and isinstance(found, dict):
        for key in [*reference, *(k for k in found if k not in reference)]:
            if key not in reference:
                yield "new", f"{place}/{key}"
            elif key not in found:
                yield "changed", f"{place}/{key} is gone"
            else:
                yield from differences(reference[key], found[key], f"{place}/{key}")
    elif _are_rows(reference, found):
        for number, (old, new) in enumerate(zip(reference, found, strict=True)):
            yield from differences(old, new, f"{place}/{number}")
    elif reference != found:
        words = WORDS & set(place.split("/"))
        yield ("words", place) if words else ("changed", f"{place}: {reference!r} is now {found!r}")


def _are_rows(reference: Any, found: Any) -> bool:
    return isinstance(reference, list) and isinstance(found, list) and len(reference) == len(found)


def table(path: Path) -> dict[str, list[Any]]:
    """Return the cells of a table by column, as text."""
    cells = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {str(name): list(column) for name, column in cells.items()}


def compare(reference: Path, folder: Path) -> int:
    """Print what differs in two folders of results; return the exit code."""
    found: list[tuple[str, str]] = []
    for summary in sorted(reference.rglob("summary.json")):
        name = summary.parent.relative_to(reference)
        if not (folder / name / "summary.json").is_file():
            found.append(("changed", f"{name} is gone"))
            continue
        old, new = (json.loads((root / name / "summary.json").read_text("utf-8")) for root in (reference, folder))
        found += differences(old, new, f"{name}/summary")
        for file in (file for file in TABLES if (summary.parent / file).is_file()):
            found += differences(table(summary.parent / file), table(folder / name / file), f"{name}/{file}")
    print(f"{len(list(reference.rglob('summary.json')))} results compared")
    news = sorted({place.rsplit("/", 1)[-1] for kind, place in found if kind == "new"})
    print(f"new: {', '.join(news) or 'nothing'}")
    print(f"words that changed: {sum(kind == 'words' for kind, _ in found)}")
    changed = [place for kind, place in found if kind == "changed"]
    print(f"numbers and names that changed: {len(changed)}", *changed[:40], sep="\n  ")
    return 1 if changed else 0


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser("save")
    saving.add_argument("folder", type=Path)
    saving.add_argument("videos", type=Path, nargs="*")
    comparing = commands.add_parser("compare")
    comparing.add_argument("reference", type=Path)
    comparing.add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        return compare(given.reference, given.folder)
    save(given.folder, given.videos)
    return 0


if __name__ == "__main__":
    sys.exit(main())
