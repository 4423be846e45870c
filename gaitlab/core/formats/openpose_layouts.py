"""Which keypoint is which in JSON files of OpenPose and of tools that write its format.

Orders: OpenPose documentation, "Output Format" (BODY_25, COCO); OpenPose, experimental models (BODY_25B);
Halpe-FullBody (Fang et al. 2022) and COCO-WholeBody (Jin et al. 2020), which Pose2Sim, Sports2D and RTMPose use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.schema.array_types import FloatArray

__all__ = ["Layout", "layout_of"]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """An order of keypoints.

    Attributes
    ----------
    tool
        Who uses it.
    names
        Names of the keypoints; those of a file beyond them are of face and hands.
    """

    tool: str
    names: tuple[str, ...]


_HEAD: Final = ("Nose", "LEye", "REye", "LEar", "REar")
_LIMBS: Final = (
    *("LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist"),
    *("LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle"),
)
_FEET: Final = ("LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel")
_ARMS_OF_OPENPOSE: Final = ("Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist")
_LEGS_OF_OPENPOSE: Final = ("RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle")
_FACE_OF_OPENPOSE: Final = ("REye", "LEye", "REar", "LEar")

_UNKNOWN_TOOL: Final = "the tool that wrote the JSON files"
_BODY_25: Final = Layout(
    tool="OpenPose",
    names=(*_ARMS_OF_OPENPOSE, "MidHip", *_LEGS_OF_OPENPOSE, *_FACE_OF_OPENPOSE, *_FEET),
)
_BODY_25B: Final = Layout(tool="OpenPose", names=(*_HEAD, *_LIMBS, "UpperNeck", "HeadTop", *_FEET))
_COCO_18: Final = Layout(tool="OpenPose", names=(*_ARMS_OF_OPENPOSE, *_LEGS_OF_OPENPOSE, *_FACE_OF_OPENPOSE))
_HALPE_26: Final = Layout(
    tool=_UNKNOWN_TOOL,
    names=(
        *_HEAD,
        *_LIMBS,
        *("Head", "Neck", "Hip", "LBigToe", "RBigToe", "LSmallToe", "RSmallToe", "LHeel", "RHeel"),
    ),
)
_COCO_17: Final = Layout(tool=_UNKNOWN_TOOL, names=(*_HEAD, *_LIMBS))
_WHOLE_BODY: Final = Layout(tool=_UNKNOWN_TOOL, names=(*_HEAD, *_LIMBS, *_FEET))

_BY_NUMBER: Final = {18: _COCO_18, 17: _COCO_17, 26: _HALPE_26, 133: _WHOLE_BODY}
_MAX_HEIGHT_SHARE: Final = 0.05
"""Of the height of the person: the mid-hip of BODY_25 is the middle of its hips, in files of OpenPose within 0.005; the
elbow that stands in its place in BODY_25B is by more than 0.1 above the middle of what stands for hips."""


def layout_of(table: FloatArray) -> Layout | None:
    """Return the order of keypoints; ``None``: it is not known.

    Parameters
    ----------
    table
        Shape (frames, keypoints, 3): x, y and confidence; 0: not found.

    Notes
    -----
    Two models of OpenPose have 25 keypoints in different orders, and its files do not say of which they are: what
    stands where BODY_25 has the mid-hip decides.
    """
    number = table.shape[1]
    if number != len(_BODY_25.names):
        return _BY_NUMBER.get(number)
    place = np.where(table[..., 2:] > 0, table[..., :2], np.nan)
    index = {name: number for number, name in enumerate(_BODY_25.names)}
    middle, right, left = (place[:, index[name]] for name in ("MidHip", "RHip", "LHip"))
    y = np.ma.masked_invalid(place[..., 1])
    away = np.linalg.norm(middle - (right + left) / 2, axis=1) / np.ma.ptp(y, axis=1).filled(np.nan)
    known = away[np.isfinite(away)]
    return _BODY_25B if len(known) and float(np.median(known)) > _MAX_HEIGHT_SHARE else _BODY_25
