"""The legs of real people in a laboratory, filmed while a marker system measured their joints.

usage: python benchmarks/accuracy/laboratory_passes.py FOLDER

FOLDER holds ``totalcapture_passes.npz`` with its ``.csv``: landmarks and true joints of short walks past a camera.
Prints a Markdown table, a line a walk. Errors are gaitlab minus truth; ``shape`` is the RMSE after the mean error is
taken off, ``shape without gain`` after a straight line is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from real_walks import number, table
from truth_videos import compare

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.signals.geometry import inclination_deg
from gaitlab.signals.kinematics import reduce_hip_swing

EXCHANGED_TRUNKS: Final = 0.15
LEGS: Final = [[LANDMARKS.index(f"{side}_{part}") for part in ("hip", "knee", "ankle")] for side in SIDES]
LAB_POINTS: Final = (0, 11, 12, *range(23, 33))
LAB_JOINTS: Final = [[4, 5, 6], [1, 2, 3]]
"""Places of hip, knee and ankle of both legs among the true joints of a laboratory pass."""
LAB_PICTURE: Final = {"width_px": 1920, "height_px": 1080}

Floats = NDArray[np.float64]


def exchanged_frames(legs: Floats, truth: Floats, trunk_px: float) -> NDArray[np.bool_]:
    """Return the frames in which the joints fit the other leg of the truth clearly better, shape (frames,).

    ``legs`` and ``truth`` have the shape (frames, side, joint, xy).
    """
    own, other = (np.linalg.norm(each - truth, axis=-1).sum(axis=(1, 2)) for each in (legs, legs[:, ::-1]))
    return np.asarray(own - other > EXCHANGED_TRUNKS * trunk_px)


def lab_landmarks(archive: Mapping[str, Floats], key: str, rate_hz: float) -> xr.Dataset:
    """Return the landmarks of a laboratory pass as the network would give them."""
    found = archive[f"{key}_mp"] / 4
    position, visibility = np.full((len(found), 33, 2), np.nan), np.zeros((len(found), 33))
    position[:, LAB_POINTS], visibility[:, LAB_POINTS] = found, archive[f"{key}_vis"] / 100
    axes, time_s = ("time", "landmark"), np.arange(len(found)) / rate_hz
    values = {
        "position": ((*axes, "xy"), position),
        "position_world": ((*axes, "xyz"), np.zeros((len(found), 33, 3))),
        "visibility": (axes, visibility),
    }
    coords = {"time": time_s, "landmark": list(LANDMARKS), "xy": list("xy"), "xyz": list("xyz")}
    return xr.Dataset(values, coords=coords, attrs=LAB_PICTURE)


def pass_numbers(archive: Mapping[str, Floats], key: str, rate_hz: float) -> Floats:
    """Return the numbers named in ``PASS_HEAD`` of a laboratory pass; NaN for what is withheld.

    The thigh is compared with that of the true joints in the same image: what the camera's height and a curved path do
    to an angle in the image is no error of the landmarks.
    """
    landmarks, truth = lab_landmarks(archive, key, rate_hz), archive[f"{key}_truth"] / 4
    cleaned, log = clean_landmarks(landmarks)
    raw, joints = landmarks["position"].to_numpy()[:, LEGS], truth[:, LAB_JOINTS]
    labelled = np.where(log.legs[0].swapped[:, None, None, None], raw[:, ::-1], raw)
    trunk_px = float(np.median(np.linalg.norm(truth[:, 7:].mean(axis=1) - truth[:, 0], axis=-1)))
    before, after = (
        100 * exchanged_frames(legs[:, :, 1:], joints[:, :, 1:], trunk_px).mean() for legs in (raw, labelled)
    )
    if not log.legs[0].decided:
        return np.array([len(raw), before, 0, *[np.nan] * 11])
    facing = int(np.sign(truth[-1, 0, 0] - truth[0, 0, 0]))
    hips = reduce_hip_swing(cleaned, facing)
    knees = cleaned["position"].to_numpy()[:, LEGS][:, :, 1]
    found_deg = inclination_deg(np.stack([hips[side] for side in SIDES], axis=1), knees, facing)
    shown_deg = inclination_deg(joints[:, :, 0], joints[:, :, 1], facing)
    thigh_deg = archive[f"{key}_ang"][:, 1:] / 10
    values, true = [], []
    for leg in (1, 0) if facing > 0 else (0, 1):
        values += thigh_errors(found_deg[:, leg], shown_deg[:, leg])
        true.append(float((shown_deg - thigh_deg)[:, leg].mean()))
    return np.array([len(raw), before, 1, after, *values, values[0] - values[4], true[0] - true[1]])


def thigh_errors(found_deg: Floats, shown_deg: Floats) -> list[float]:
    """Return offset, gain, RMSE about the offset, and RMSE about offset and gain."""
    ok = np.isfinite(found_deg)
    offset, shape, gain, _ = compare(found_deg[ok], shown_deg[ok])
    line = np.polyval(np.polyfit(shown_deg[ok], found_deg[ok], 1), shown_deg[ok])
    return [offset, gain, shape, float((found_deg[ok] - line).std())]


PASS_HEAD: Final = (
    *("frames", "exchanged %", "believed", "exchanged after %"),
    *("near thigh offset deg", "gain", "shape deg", "shape without gain deg"),
    *("far thigh offset deg", "gain", "shape deg", "shape without gain deg"),
    *("near - far offset deg", "that of the true joints"),
)
PASS_DIGITS: Final = (0, 1, 0, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1)


def pass_table(folder: Path) -> str:
    """Return the table of the laboratory passes seen from the side, and what they come to together."""
    side = pd.read_csv(folder / "totalcapture_passes.csv").query("kind == 'side'")
    with np.load(folder / "totalcapture_passes.npz") as archive:
        rows = {key: pass_numbers(archive, key, rate) for key, rate in zip(side["key"], side["rate_hz"], strict=True)}
    every = np.array(list(rows.values()))
    rows["**median**"] = np.nanmedian(every, axis=0)
    rows["**mean**"], rows["**SD**"] = np.nanmean(every, axis=0), np.nanstd(every, axis=0, ddof=1)
    cells = [[name, *(number(v, d) for v, d in zip(row, PASS_DIGITS, strict=True))] for name, row in rows.items()]
    sure = every[every[:, 2] > 0]
    found, before, after = (
        np.average(part[:, column], weights=part[:, 0]) for part, column in ((every, 1), (sure, 1), (sure, 3))
    )
    return (
        table(["pass", *PASS_HEAD], cells)
        + f"\n* Frames with the legs exchanged: {found:.1f} % as found; of the believed passes {before:.1f} %, and "
        + f"{after:.1f} % after the legs are labelled.\n* Passes withheld: {len(every) - len(sure)} of {len(every)}.\n"
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    print(pass_table(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
