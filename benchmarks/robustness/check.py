"""Whether ``gaitlab check`` predicts what ``gaitlab analyze`` then does, and how long it takes.

usage: python benchmarks/robustness/check.py FOLDER [FOLDER ...]

Prints a Markdown table, a line a clip: the verdict of the check, the outcome of the analysis (landmarks that an
earlier run kept are used), whether they agree, and the seconds of the check. Of a clip that is measured the view, and
the joints or the pelvis, must agree too; of one that is refused only that it is.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import gaitlab
from gaitlab.errors import InputError, NothingMeasurableError

VIDEOS: Final = (".mp4", ".mov", ".avi", ".mkv", ".webm")
JOINTS: Final = {"hip_flexion": "hip", "knee_flexion": "knee", "pelvic_drop": "pelvis"}


def given_words(view: str, measures: Iterable[str]) -> str:
    """Return what a clip gives in a few words."""
    given = set(measures)
    names = [name for measure, name in JOINTS.items() if measure in given]
    return f"{view}: {', '.join(names) or 'times'}"


def check_outcome(path: Path) -> str:
    """Return what the check says."""
    try:
        checked = gaitlab.check(path)
    except InputError:
        return "cannot be read"
    return (
        given_words(checked.view, checked.measures) if checked.refusal is None else f"refused: {checked.refusal.code}"
    )


def analysis_outcome(path: Path) -> str:
    """Return what the analysis does."""
    try:
        analysis = gaitlab.analyze(path)
    except InputError:
        return "cannot be read"
    except NothingMeasurableError as error:
        return f"refused: {error.code}"
    withheld = {each.measure for each in analysis.withheld}
    return given_words(analysis.view.view, (measure for measure in JOINTS if measure not in withheld))


def agree(said: str, done: str) -> bool:
    """Return whether the two say the same; why a clip is refused may differ."""
    return said == done or (said.startswith("refused") and done.startswith("refused"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    clips = [p for folder in parser.parse_args().folders for p in sorted(folder.iterdir()) if p.suffix in VIDEOS]
    print("| clip | check | analyze | agree | seconds |\n|---|---|---|---|---|")
    agreed = 0
    for path in clips:
        start_s = time.perf_counter()
        said = check_outcome(path)
        seconds = time.perf_counter() - start_s
        done = analysis_outcome(path)
        agreed += agree(said, done)
        print(
            f"| {path.stem} | {said} | {done} | {'yes' if agree(said, done) else '**no**'} | {seconds:.1f} |",
            flush=True,
        )
    print(f"\n{agreed} of {len(clips)} agree.")


if __name__ == "__main__":
    main()
