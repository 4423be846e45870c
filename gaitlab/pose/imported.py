"""Landmarks of other tools in place of those of the pose model: named, brought upright, and given their side.

A side view of two dimensions shows which side is nearer: who faces the right edge of the image shows the right side.
That order, and no depth, is what ``position_world`` of such landmarks holds. Landmarks of three dimensions are seen by
a camera at the person's right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.core.formats.keypoints import Keypoints, read_keypoints
from gaitlab.errors import InputError, UsageError
from gaitlab.pose.imported_names import landmark_columns
from gaitlab.schema import LANDMARKS, SIDES, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.remarks import remark_text
from gaitlab.video import VideoInfo, file_sha256

__all__ = [
    "IMPORTED_FROM",
    "IMPORTED_SHA256",
    "import_remarks",
    "imported_landmarks",
    "landmarks_of_file",
    "landmarks_sha256",
]


IMPORTED_FROM: Final = "imported_from"
IMPORTED_SHA256: Final = "imported_sha256"
"""Attributes of imported landmarks: the tool, and the hash of its file."""

_PERSON: Final = "imported_person"
"""Another one, of several people: the number of the one who is measured, and how many there are."""

_TRUNK_M: Final = 0.5
"""Mid-hip to mid-shoulder of an adult (Winter 2009: 0.288 of the stature): a scale for lengths without depth."""

_SIDE_M: Final = 0.1
"""By how much the nearer side is put before the middle, the further behind it: its sign is used, not its size."""

_FEET_TRUNKS: Final = 0.2
"""A foot is shorter than this in the image where it is not seen from the side; from the side it is about 0.45."""

_FACING_S: Final = 1.0
"""Over how long the direction of the feet is taken: longer than a swing."""

_PIXEL_TRUNK: Final = 10.0
"""A trunk longer than this is not in metres, whatever the header of a file states."""

_METRES: Final = {"mm": 0.001, "cm": 0.01}
_BODY_TRUNKS_M: Final = (0.15, 1.0)
"""Mid-hip to mid-shoulder of a small child and of a tall adult, with a margin: beyond, the unit is another one."""

_PX_PER_M: Final = 400.0
_DISTANCE_M: Final = 6.0
"""Of the camera of landmarks without a video, which is not known: further away the size of a body tells no distance."""

_MARGIN_PX: Final = 200
_REQUIRED: Final = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee", "ankle") for side in SIDES)


def imported_landmarks(path: Path, info: VideoInfo, time_s: FloatArray, person: str = "walker") -> xr.Dataset:
    """Read landmarks that another tool found in a video.

    Parameters
    ----------
    path
        Their file or folder (``formats.keypoints.read_keypoints``).
    info
        The video.
    time_s
        Times of its frames, shape (frames,).
    person
        Whom to take of several (``formats.keypoints.read_keypoints``).

    Returns
    -------
    landmarks : xarray.Dataset
        See ``schema.validate_landmarks``, a row for each frame of the video; NaN: not in the file.

    Raises
    ------
    InputError
        If the file is of another video, is not in pixels, or lacks shoulders, hips, knees or ankles.
    UsageError
        If the person is not seen from the side: without depth nothing else can be measured.
    """
    keypoints = read_keypoints(path, person)
    rows = slice(keypoints.first_frame, keypoints.first_frame + len(keypoints.position))
    if rows.stop > info.frames:
        since = f" from frame {rows.start + 1} on" if rows.start else ""
        raise InputError(
            f"{path.name!r} has landmarks of {len(keypoints.position)} frames{since}, and the video has {info.frames}. "
            "Give the landmarks of this video."
        )
    named, seen = _by_name(keypoints, path)
    if keypoints.position.shape[2] != 2 or _trunk(named) < _PIXEL_TRUNK:
        raise InputError(
            f"{path.name!r} is not in pixels of the image. Give the file in pixels (of Sports2D the one with 'px' in "
            "its name), or analyse the TRC file without a video."
        )
    position, visibility = np.full((info.frames, 33, 2), np.nan), np.zeros((info.frames, 33))
    position[rows], visibility[rows] = _y_down(named, info.height_px), seen
    landmarks = _in_the_image(position, visibility, time_s, (info.width_px, info.height_px))
    chosen = {_PERSON: [keypoints.number, keypoints.people]} if keypoints.people > 1 else {}
    own = {IMPORTED_FROM: keypoints.tool, IMPORTED_SHA256: landmarks_sha256(path)}
    return landmarks.assign_attrs({**own, **chosen})


def landmarks_of_file(path: Path) -> tuple[xr.Dataset, VideoInfo]:
    """Read landmarks with times of their own, without a video.

    Parameters
    ----------
    path
        A TRC file: in pixels or of a plane, seen from the side; or of three dimensions, in metres, centimetres or
        millimetres, Y up as Pose2Sim and OpenSim have them, or Z up as laboratories.

    Returns
    -------
    landmarks : xarray.Dataset
        See ``schema.validate_landmarks``.
    info : VideoInfo
        Of a video that would show them.

    Raises
    ------
    InputError
        If the file cannot be read, lacks shoulders, hips, knees or ankles, or has a trunk of no body's length.
    UsageError
        If a person in a plane is not seen from the side.
    """
    keypoints = read_keypoints(path)
    if keypoints.time_s is None or len(keypoints.time_s) < 2:
        raise InputError(f"{path.name!r} has no times, or one frame only.")
    named, seen = _by_name(keypoints, path)
    time_s = keypoints.time_s - keypoints.time_s[0]
    scale = _METRES.get(keypoints.units, 1.0)
    if named.shape[2] == 3:
        landmarks = _from_the_right(_y_up(_of_a_body(named * scale, path)), seen, time_s)
    else:
        in_metres = _trunk(named) * scale < _PIXEL_TRUNK
        places = _y_down(named * (scale * _PX_PER_M if in_metres else 1.0), 0)
        places, size_px = _framed(places)
        landmarks = _in_the_image(places, seen, time_s, size_px)
        landmarks.attrs["focal_px"] = _trunk(places) / _TRUNK_M * _DISTANCE_M
    landmarks = landmarks.assign_attrs({IMPORTED_FROM: keypoints.tool, IMPORTED_SHA256: landmarks_sha256(path)})
    return landmarks, _info_of(path, landmarks)


def import_remarks(landmarks: xr.Dataset) -> list[str]:
    """Return what is to be known before the numbers of imported landmarks are trusted, in sentences."""
    remarks = [remark_text("landmarks_imported", tool=landmarks.attrs[IMPORTED_FROM])]
    if _PERSON in landmarks.attrs:
        number, people = landmarks.attrs[_PERSON]
        remarks.append(remark_text("one_of_imported", number=number, people=people))
    return remarks


def landmarks_sha256(path: Path) -> str:
    """Return the hash of a file of landmarks, or of all files of a folder together."""
    if path.is_file():
        return file_sha256(path)
    digest = hashlib.sha256()
    for file in sorted(path.glob("*.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _by_name(keypoints: Keypoints, path: Path) -> tuple[FloatArray, FloatArray]:
    """Return positions and visibility of the 33 landmarks, NaN and 0 where the file has none."""
    columns = landmark_columns(keypoints.names)
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise InputError(
            f"{path.name!r} has no keypoint for {', '.join(missing)}; it has {', '.join(keypoints.names)}. Names such "
            "as 'left_hip', 'LHip' or 'hip_left' are recognised."
        )
    frames, _, dimensions = keypoints.position.shape
    named, seen = np.full((frames, 33, dimensions), np.nan), np.zeros((frames, 33))
    for name, column in columns.items():
        named[:, LANDMARKS.index(name)] = keypoints.position[:, column]
        seen[:, LANDMARKS.index(name)] = keypoints.confidence[:, column]
    return named, np.where(np.isfinite(named[..., 0]), np.clip(seen, 0, 1), 0.0)


def _middle(places: FloatArray, name: str) -> FloatArray:
    return (places[:, LANDMARKS.index(f"left_{name}")] + places[:, LANDMARKS.index(f"right_{name}")]) / 2


def _trunk(places: FloatArray) -> float:
    """Return the median distance from mid-hip to mid-shoulder, in the unit of the file."""
    lengths = np.linalg.norm(_middle(places, "shoulder") - _middle(places, "hip"), axis=1)
    if not np.isfinite(lengths).any():
        raise InputError("The landmarks never show both shoulders and both hips at once.")
    return float(np.nanmedian(lengths))


def _y_down(places: FloatArray, height: float) -> FloatArray:
    """Return places of an image with y down, whichever way the file has it: shoulders are above hips."""
    if float(np.nanmedian(_middle(places, "shoulder")[:, 1] - _middle(places, "hip")[:, 1])) < 0:
        return places
    return np.stack([places[..., 0], height - places[..., 1]], axis=-1)


def _of_a_body(places: FloatArray, path: Path) -> FloatArray:
    """Return places in metres; refuse a unit with which the body would be a dwarf or a giant."""
    shortest, longest = _BODY_TRUNKS_M
    if not shortest <= _trunk(places) <= longest:
        raise InputError(
            f"{path.name!r}: with the unit in its header the trunk is {_trunk(places):.3g} m long. Correct 'Units' in "
            "its third line; allowed are m, cm and mm."
        )
    return places


def _y_up(places: FloatArray) -> FloatArray:
    """Return places of three dimensions with y up, whichever axis points up in the file: the trunk tells."""
    trunk = np.nanmedian(_middle(places, "shoulder") - _middle(places, "hip"), axis=0)
    axis = int(np.argmax(np.abs(trunk)))
    up = np.eye(3)[axis] * np.sign(trunk[axis])
    first = np.eye(3)[(axis + 1) % 3 if axis else 2]
    return np.asarray(places @ np.stack([first, up, np.cross(first, up)]).T)


def _framed(places: FloatArray) -> tuple[FloatArray, tuple[int, int]]:
    """Return places in an image that holds them all, with the hips around its centre, and its size."""
    away = places - np.nanmean(_middle(places, "hip"), axis=0)
    half = np.ceil(np.nanmax(np.abs(away), axis=(0, 1))).astype(int) + _MARGIN_PX
    return away + half, (2 * int(half[0]), 2 * int(half[1]))


def _in_the_image(
    position: FloatArray, visibility: FloatArray, time_s: FloatArray, size_px: tuple[int, int]
) -> xr.Dataset:
    """Return landmarks of an image; which side is nearer follows from where the feet point."""
    trunk_px = _trunk(position)
    nearer_right = _facing(position, time_s, trunk_px)
    middle = _middle(position, "hip")
    world = np.zeros((*position.shape[:2], 3))
    world[..., :2] = (position - middle[:, None]) / trunk_px * _TRUNK_M
    side = np.array([("left" in name) - float("right" in name) for name in LANDMARKS])
    world[..., 2] = _SIDE_M * side * nearer_right[:, None]
    world[~np.isfinite(position[..., 0])] = np.nan
    return _dataset(position, world, visibility, time_s, size_px)


def _facing(position: FloatArray, time_s: FloatArray, trunk_px: float) -> FloatArray:
    """Return +1 where the person faces the right edge of the image, -1 the left one, shape (frames,)."""
    feet = [
        position[:, LANDMARKS.index(f"{side}_foot_index"), 0] - position[:, LANDMARKS.index(f"{side}_{end}"), 0]
        for side in ("left", "right")
        for end in ("heel", "ankle")
    ]
    foot_px = np.stack(feet, axis=1)
    if not np.isfinite(foot_px).any():
        raise InputError(
            "The landmarks have no toes: which way the person faces cannot be determined. Use a model with feet, for "
            "example BODY_25 or HALPE_26."
        )
    if np.nanmedian(np.abs(foot_px)) < _FEET_TRUNKS * trunk_px:
        raise UsageError(
            "The landmarks show the person from the front, from behind or obliquely. Landmarks without depth can be "
            "analysed from the side only; analyse the video without them."
        )
    half = max(1, round(_FACING_S / 2 / float(np.median(np.diff(time_s)))))
    padded = np.pad(foot_px, ((half, half), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
    valid = np.isfinite(windows).any(axis=(1, 2))
    direction = np.zeros(len(foot_px))
    direction[valid] = np.sign(np.nanmedian(windows[valid], axis=(1, 2)))
    overall = float(np.sign(np.nanmedian(foot_px))) or 1.0
    return np.where(direction == 0, overall, direction)


def _from_the_right(places: FloatArray, visibility: FloatArray, time_s: FloatArray) -> xr.Dataset:
    """Return landmarks of three dimensions, Y up, as a camera at the right of the walk sees them."""
    hips, across = _middle(places, "hip"), np.nanmean(_right_to_left(places), axis=0)
    seen = hips[np.isfinite(hips).all(axis=1)]
    way = (seen[-1] - seen[0])[[0, 2]]
    ahead = np.cross(across, [0.0, 1.0, 0.0])[[0, 2]]
    along = way if np.linalg.norm(way) > np.linalg.norm(across) * 2 else ahead
    along = along / np.linalg.norm(along)
    if along @ ahead < 0:
        along = -along
    forward = places[..., 0] * along[0] + places[..., 2] * along[1]
    leftward = places[..., 0] * along[1] - places[..., 2] * along[0]
    in_camera = np.stack([forward, -places[..., 1], leftward], axis=-1)
    world = in_camera - _middle(in_camera, "hip")[:, None]
    middle = np.nanmean(in_camera, axis=(0, 1))
    away = in_camera - middle
    seen_px = away[..., :2] / (1 + away[..., 2:] / _DISTANCE_M) * _PX_PER_M
    half_px = np.ceil(np.nanmax(np.abs(seen_px), axis=(0, 1))).astype(int) + _MARGIN_PX
    position, size_px = seen_px + half_px, (2 * int(half_px[0]), 2 * int(half_px[1]))
    landmarks = _dataset(position, world, visibility, time_s, size_px)
    landmarks.attrs["focal_px"] = _PX_PER_M * _DISTANCE_M
    return landmarks


def _right_to_left(places: FloatArray) -> FloatArray:
    """Return the direction from the right to the left side of the body, of hips and shoulders together."""
    parts = [
        places[:, LANDMARKS.index(f"left_{name}")] - places[:, LANDMARKS.index(f"right_{name}")]
        for name in ("hip", "shoulder")
    ]
    return np.asarray(sum(parts))


def _dataset(
    position: FloatArray, world: FloatArray, visibility: FloatArray, time_s: FloatArray, size_px: tuple[int, int]
) -> xr.Dataset:
    coords: Mapping[str, object] = {
        "time": time_s,
        "landmark": list(LANDMARKS),
        "xy": ["x", "y"],
        "xyz": ["x", "y", "z"],
    }
    return validate_landmarks(
        xr.Dataset(
            {
                "position": (("time", "landmark", "xy"), position, {"units": "px"}),
                "position_world": (("time", "landmark", "xyz"), world, {"units": "m"}),
                "visibility": (("time", "landmark"), visibility),
            },
            coords=coords,
            attrs={"width_px": size_px[0], "height_px": size_px[1]},
        )
    )


def _info_of(path: Path, landmarks: xr.Dataset) -> VideoInfo:
    time_s = landmarks["time"].to_numpy()
    steps_s = np.diff(time_s)
    variable = bool(np.ptp(steps_s) > 0.2 * np.median(steps_s))
    step_s = float(np.median(steps_s) if variable else steps_s.mean())  # that of rounded times is in none of them
    return VideoInfo(
        stem=re.sub(r"[^\w. -]", " ", path.stem),
        width_px=int(landmarks.attrs["width_px"]),
        height_px=int(landmarks.attrs["height_px"]),
        rate_hz=1 / step_s,
        duration_s=float(time_s[-1]) + step_s,
        frames=len(time_s),
        rotation_deg=0,
        codec="landmarks",
        variable_rate=variable,
        time_scale=1.0,
        sha256=file_sha256(path),
    )
