"""Whether walks of real people are still measured, and alike, when their videos are degraded.

usage: python benchmarks/accuracy/degraded_walks.py FOLDER NAME [NAME ...]

FOLDER holds ``NAME.mp4``. Each is encoded again smaller, coarser, darker with noise, tilted, blurred, and cut in time,
and analysed again; heel strikes are compared with those of the video as it is. Prints a Markdown table, a line a copy.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from real_walks import number, table

import gaitlab
from gaitlab.errors import NothingMeasurableError
from gaitlab.video import VideoWriter, probe, read_frames

Image = NDArray[np.uint8]

SAME_STRIKE_S: Final = 0.12


@dataclass(frozen=True, kw_only=True)
class Degradation:
    """How a copy is made: each image, the encoder's rate factor, and the part of the time that is kept."""

    image: Callable[[Image], Image] = lambda image: image
    crf: int = 14
    part: tuple[float, float] = (0.0, 1.0)


def smaller(image: Image) -> Image:
    height, width = (int(0.7 * n) // 2 * 2 for n in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def darker(image: Image) -> Image:
    noise = np.random.default_rng(int(image.sum()) % 2**31).normal(0, 4, image.shape)
    return np.clip(0.35 * image + noise, 0, 255).astype(np.uint8)


def tilted(image: Image) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4.0, 1.0)
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0), dtype=np.uint8)


DEGRADATIONS: Final = {
    "0.7 of the size": Degradation(image=smaller),
    "rate factor 36": Degradation(crf=36),
    "a third of the light, noise": Degradation(image=darker, crf=18),
    "tilted by 4 degrees": Degradation(image=tilted),
    "blurred by 2 pixels": Degradation(image=blurred),
    "the middle three fifths": Degradation(part=(0.2, 0.8)),
    "without the first third": Degradation(part=(0.35, 1.0)),
}


def degrade(video: Path, copy: Path, how: Degradation) -> float:
    """Write a degraded copy, and return the time in the video at which it begins."""
    info = probe(video)
    kept = [f for f in read_frames(video) if how.part[0] <= f.time_s / info.duration_s < how.part[1]]
    begin_s = kept[0].time_s
    height, width = how.image(kept[0].image).shape[:2]
    with VideoWriter(copy, width, height, info.rate_hz, crf=how.crf) as writer:
        for frame in kept:
            writer.write(how.image(frame.image), frame.time_s - begin_s)
    return begin_s


def strikes_of(analysis: gaitlab.Analysis) -> pd.DataFrame:
    return analysis.events[analysis.events["event"] == "heel_strike"]


def row_of(whole: gaitlab.Analysis, copy: Path, begin_s: float) -> list[str]:
    """Compare the heel strikes of a copy with those of the whole video."""
    try:
        found = gaitlab.analyze(copy)
    except NothingMeasurableError as error:
        return [f"refused: {error.code}", *["-"] * 4]
    known = strikes_of(whole)
    known_s, errors_s, wrong, alone = known["time_s"].to_numpy(dtype=float), [], 0, 0
    for strike in strikes_of(found).itertuples():
        nearest = int(np.abs(known_s - strike.time_s - begin_s).argmin())
        error_s = float(strike.time_s + begin_s - known_s[nearest])
        if abs(error_s) > SAME_STRIKE_S:
            alone += 1
            continue
        errors_s.append(error_s)
        wrong += strike.side != known["side"].iloc[nearest]
    away_ms = 1000 * np.abs(errors_s)
    used = found.cycles.loc[found.cycles["used"].astype(bool), "side"]
    strides = " / ".join(str(int((used == side).sum())) for side in ("left", "right"))
    return [
        f"analysed, {strides}",
        str(len(errors_s)),
        str(wrong),
        str(alone),
        f"{number(away_ms.mean(), 0)}, {number(away_ms.max(), 0)}",
    ]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.names:
            whole = gaitlab.analyze(arguments.folder / f"{name}.mp4")
            for label, how in DEGRADATIONS.items():
                copy = Path(temporary) / f"{name}.mp4"
                begin_s = degrade(arguments.folder / f"{name}.mp4", copy, how)
                rows.append([name, label, *row_of(whole, copy, begin_s)])
    head = [
        "video",
        "copy",
        "outcome, strides left / right",
        "same heel strikes",
        "on the other side",
        "only in the copy",
    ]
    print(table([*head, "apart, mean and largest ms"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
