"""Hard clips made from clips whose truth is known, through the command, and the table of docs/robustness.md.

usage: python benchmarks/robustness/robustness.py FOLDER [--case NAME ...] [--clip NAME] [--keep DIR] [--look]

FOLDER holds ``NAME.mp4`` with ``NAME.truth.csv`` and ``NAME.truth.json``. A row: case, clip, outcome; error of the mean
hip curve as offset and shape (RMSE about the offset), left ; right, or from behind the error of the largest pelvic
drop; mean absolute error of the events, missed and false; strides used + left out / true, left ; right; warnings that
concern the case; verdict. ``FAIL`` is a wrong side; a used stride that is none; one lost without a reason between the
first used stride and the last of its pass; an error of a curve or peak over 5 degrees and over the stated uncertainty
(or a shape error over 5 degrees) without a warning of it; a needless refusal; a crash.

With ``--keep`` finished rows are taken from DIR, where clips and results stay; take ``DIR/rows`` away after a change of
the package. ``--look`` makes the clips only, and a picture of three frames of each with the true joints (left red,
right blue).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from robustness_cases import CLIPS, scene_of
from robustness_registry import CASES, Case, Made
from robustness_score import Result, cells, concerning, faults, score
from robustness_truth import read_meta

from gaitlab.video import read_frames

HEAD: Final = (
    "| case | clip | outcome | hip offset, shape deg (L ; R) or drop error | events MAE ms | missed/false | "
    "strides used+left out/true (L ; R) | flagged | verdict |"
)
_SHEET_PX: Final = 420


def clips_of(case: Case, folder: Path, only: str | None) -> list[str]:
    """Return the clips of a folder on which a case is made."""
    there = [next((n for n in CLIPS[kind] if (folder / f"{n}.mp4").is_file()), None) for kind in case.kinds]
    if only is not None:
        there = [only] if kind_of(folder, only) in case.kinds else []
    return [name for name in there if name and read_meta(folder, name)["fps"] >= case.least_rate_hz]


def kind_of(folder: Path, name: str) -> str:
    meta = read_meta(folder, name)
    if meta["view"] in ("front", "back"):
        return "behind"
    return "treadmill" if meta["treadmill"] else "overground"


def label_of(name: str, clip: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") + f"-{clip}"


def row_of(name: str, clip: str, made: Made, path: Path, output: Path) -> str:
    """Run the command on a made clip and return its row."""
    case = CASES[name]
    made.write(path)
    command = [sys.executable, "-m", "gaitlab", "analyze", str(path), "-o", str(output), "--no-video", "--force"]
    done = subprocess.run([*command, *case.options], capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sentence = done.stderr.strip().removeprefix("gaitlab: ").split(". ")[0].rstrip(".")
        needless = case.may == "measured" or done.returncode not in (3, 4)
        verdict = "FAIL: needless refusal" if needless else "ok"
        return f"| {name} | {clip} | refused ({done.returncode}): {sentence} | | | | | | {verdict} |"
    result = Result.read(output)
    found = score(result, made.true.stretched(case.real_per_file))
    wrong = faults(found, case.about, case.may)
    outcome = "analysed" if found.errors else "withheld"
    flags = " ".join(concerning(found.warnings, case.about)) or (
        f"({len(found.warnings)} other)" * bool(found.warnings)
    )
    verdict = f"FAIL: {', '.join(wrong)}" if wrong else "ok"
    view = result.summary["view"]["view"]
    return f"| {name} | {clip} | {outcome}, {view} | {cells(found)} | {flags} | {verdict} |"


def look(made: Made, path: Path, sheet: Path) -> str:
    """Write a made clip and a picture of it; return what the file is."""
    made.write(path)
    truth, shown, frames = made.true, [], list(enumerate(read_frames(path)))
    if len(frames) != len(truth.time_s):
        raise ValueError(f"{path.name} has {len(frames)} frames, its truth {len(truth.time_s)}")
    late = max(abs(frame.time_s - truth.time_s[i]) for i, frame in frames)
    for index in (len(frames) // 10, len(frames) // 2, 9 * len(frames) // 10):
        picture = frames[index][1].image.copy()
        for joints, colour in zip(truth.pixels[index], ((255, 0, 0), (0, 80, 255)), strict=True):
            for x, y in joints:
                if np.isfinite(x) and abs(x) < 1e4 and abs(y) < 1e4:
                    cv2.circle(picture, (round(x), round(y)), max(2, picture.shape[0] // 150), colour, -1)
        scale = _SHEET_PX / picture.shape[0]
        shown.append(np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)))
    cv2.imwrite(str(sheet), cv2.cvtColor(np.hstack(shown), cv2.COLOR_RGB2BGR))
    height, width = frames[0][1].image.shape[:2]
    return f"{path.name}: {len(frames)} frames, {width} x {height}, times within {1000 * late:.1f} ms -> {sheet}"


def run(arguments: argparse.Namespace, keep: Path) -> bool:
    """Make the rows that are asked for; return whether none fails."""
    folder, good = arguments.folder, True
    names = arguments.case or list(CASES)
    rows = keep / "rows"
    rows.mkdir(parents=True, exist_ok=True)
    if not arguments.look:
        print(HEAD, "|---" * 9 + "|", sep="\n")
    jobs = [(n, c) for n in names for c in clips_of(CASES[n], folder, arguments.clip)]
    for name, clip in jobs:
        label = label_of(name, clip)
        kept = rows / f"{label}.json"
        if kept.is_file() and not arguments.look:
            row = json.loads(kept.read_text(encoding="utf-8"))
        else:
            made = CASES[name].make(scene_of(folder, clip))
            path = keep / f"{label}{made.encoding.suffix}"
            if arguments.look:
                print(look(made, path, keep / f"{label}.png"), flush=True)
                continue
            row = row_of(name, clip, made, path, keep / label)
            kept.write_text(json.dumps(row), encoding="utf-8")
        print(row, flush=True)
        good &= row.endswith("| ok |")
    return good


def main() -> int:
    """Make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--case", nargs="+", choices=tuple(CASES), metavar="NAME", help=", ".join(CASES).replace("%", "%%")
    )
    parser.add_argument("--clip", help="this clip only, for the cases that are made of its kind")
    parser.add_argument("--keep", type=Path, help="folder for clips, results and finished rows")
    parser.add_argument("--look", action="store_true", help="make the clips and pictures of them only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return 0 if run(arguments, arguments.keep or Path(temporary)) else 1


if __name__ == "__main__":
    sys.exit(main())
