"""BIDS-Motion: a data set with the landmarks and angles of a walk.

Format: Brain Imaging Data Structure 1.10, "Motion"; Jeung et al. 2024, Sci Data 11:716.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.io import write_summary
from gaitlab.exchange.recording import ExportOptions, Recording, on_times
from gaitlab.schema import LANDMARKS

__all__ = ["write_bids_export"]

_VERSION: Final = "1.10.0"
_SYSTEM: Final = "video"
_TASK: Final = "walk"
_MISSING: Final = "n/a"
_AXES: Final = {"px": "RD", "m": "FD"}
"""Right and down in the image; forward and down in the walking plane."""

_FRAMES: Final = {
    "px": ("image", "Pixels of the upright image, x to the right and y down from its upper left corner."),
    "m": ("walk", "The walking plane, x in the direction of the walk and y down, scaled by the body height."),
}


def write_bids_export(recordings: Sequence[Recording], folder: Path, options: ExportOptions) -> Mapping[str, Any]:
    """Write a BIDS data set with one participant: channels of places, visibility, angles and times of the frames."""
    labels = [f"sub-{options.participant}", *([f"ses-{options.session}"] if options.session else [])]
    place = folder.joinpath(*labels, "motion")
    place.mkdir(parents=True)
    for recording in recordings:
        run = [f"run-{recording.number}"] if recording.several else []
        common = [*labels, f"task-{_TASK}"]
        _write_motion(recording, place, "_".join([*common, f"tracksys-{_SYSTEM}", *run]), options)
        _write_events(recording, place / ("_".join([*common, *run]) + "_events.tsv"))
    _write_head(recordings[0], folder, options)
    return {"units": {"landmarks": options.units, "angles": "deg", "time": "s"}, "axes": _FRAMES[options.units][1]}


def _write_head(recording: Recording, folder: Path, options: ExportOptions) -> None:
    generated = {"Name": "gaitlab", "Version": recording.versions.get("gaitlab", "")}
    described = {"Name": "Gait from video", "BIDSVersion": _VERSION, "DatasetType": "raw", "GeneratedBy": [generated]}
    write_summary(described, folder / "dataset_description.json")
    _write_tsv(pd.DataFrame({"participant_id": [f"sub-{options.participant}"]}), folder / "participants.tsv")
    (folder / "README.md").write_text(
        "# Gait from video\n\nLandmarks of a pose model and angles over time, by gaitlab. Landmarks are places in the "
        f"image of one camera, without depth. {_FRAMES[options.units][1]}\n",
        encoding="utf-8",
        newline="\n",
    )
    (folder / ".bidsignore").write_text("export.json\n", encoding="utf-8", newline="\n")


def _write_motion(recording: Recording, place: Path, stem: str, options: ExportOptions) -> None:
    channels, values = _channels(recording, options)
    with (place / f"{stem}_motion.tsv").open("w", encoding="utf-8", newline="") as file:
        pd.DataFrame(values).to_csv(
            file, sep="\t", header=False, index=False, na_rep=_MISSING, float_format="%.6f", lineterminator="\n"
        )
    _write_tsv(channels, place / f"{stem}_channels.tsv")
    name, description = _FRAMES[options.units]
    levels = {name: {"SpatialAxes": _AXES[options.units], "RotationRule": _MISSING, "Description": description}}
    write_summary({"reference_frame": {"Description": "Of places.", "Levels": levels}}, place / f"{stem}_channels.json")
    counts = channels["type"].value_counts()
    sidecar = {
        "TaskName": _TASK,
        "TaskDescription": "Walking, filmed by one camera.",
        "SamplingFrequency": recording.rate_hz,
        "TrackingSystemName": _SYSTEM,
        "SoftwareVersions": ", ".join(f"{name} {version}" for name, version in recording.versions.items()),
        "RecordingDuration": float(recording.time_s[-1] - recording.time_s[0]),
        "RecordingType": "continuous",
        "MissingValues": _MISSING,
        "TrackedPointsCount": len(LANDMARKS),
        "MotionChannelCount": len(channels),
        **{f"{kind}ChannelCount": int(counts.get(kind, 0)) for kind in ("POS", "JNTANG", "LATENCY")},
        "MiscChannelCount": int(counts.get("MISC", 0)),
    }
    write_summary(sidecar, place / f"{stem}_motion.json")


def _channels(recording: Recording, options: ExportOptions) -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[Any]]]:
    """Return the table of the channels, and their values: a row a frame, a column a channel."""
    places = recording.places(options.units, y_up=False)
    seen = recording.landmarks["visibility"].to_numpy().astype(float)
    angles = recording.angle_columns
    frame = _FRAMES[options.units][0]
    rows: list[tuple[str, ...]] = [("time", _MISSING, "LATENCY", _MISSING, "s", _MISSING)]
    columns = [recording.time_s - recording.time_s[0]]
    for index, point in enumerate(LANDMARKS):
        for number, axis in enumerate("xy"):
            rows.append((f"{point}_{axis}", axis, "POS", point, options.units, frame))
            columns.append(places[:, index, number])
        rows.append((f"{point}_visibility", _MISSING, "MISC", point, _MISSING, _MISSING))
        columns.append(seen[:, index])
    for name in angles.columns[1:]:
        rows.append((str(name).removesuffix("_deg"), _MISSING, "JNTANG", _MISSING, "deg", _MISSING))
        columns.append(on_times(angles[name].to_numpy(dtype=float), angles["time_s"].to_numpy(), recording.time_s))
    header = ["name", "component", "type", "tracked_point", "units", "reference_frame"]
    return pd.DataFrame(rows, columns=header), np.stack(columns, axis=1)


def _write_events(recording: Recording, path: Path) -> None:
    events = recording.events
    table = pd.DataFrame(
        {
            "onset": events["time_s"] - recording.time_s[0],
            "duration": _MISSING,
            "trial_type": events["event"],
            "side": events["side"],
        }
    )
    _write_tsv(table, path)


def _write_tsv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(
        path, sep="\t", index=False, na_rep=_MISSING, float_format="%.6f", encoding="utf-8", lineterminator="\n"
    )
