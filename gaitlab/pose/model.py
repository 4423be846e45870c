"""The pose model: packaged with gaitlab, checked before use, never downloaded."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from gaitlab.errors import ModelFileError

__all__ = ["HEAVY_SHA256", "OFFICIAL_SHA256", "ModelFile", "locate_model"]

OFFICIAL_SHA256: Final = "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b"
"""Of Google's ``pose_landmarker_heavy.task`` (float16, version 1): the only model accurate enough for angles."""

HEAVY_SHA256: Final = "3462072e5b4af4ebf9cde4cbbb32d5db65e5cda671204f3482a1e4d0604468b8"
"""Of the packaged one: the same without the part that draws a silhouette, which takes an eighth of the time
(``tools/cut_model.py``). The landmarks are identical to the bit."""

_BUNDLE_MEMBERS: Final = {"pose_detector.tflite", "pose_landmarks_detector.tflite"}


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """A checked model bundle.

    Attributes
    ----------
    path
        The file.
    sha256
        Its hash.
    """

    path: Path
    sha256: str


def locate_model(path: str | Path | None = None) -> ModelFile:
    """Return the model to use, its bytes verified.

    Parameters
    ----------
    path
        Another MediaPipe pose landmarker bundle (``.task``); ``None`` for the packaged heavy model.

    Raises
    ------
    ModelFileError
        If the file is missing, is not a pose bundle, or (packaged model) its hash is not the expected one.
    """
    packaged = path is None
    file = Path(str(files("gaitlab.pose") / "models" / "pose_landmarker_heavy.task")) if path is None else Path(path)
    expected = f"expected is the supplied heavy model, sha256 {HEAVY_SHA256}"
    if not file.is_file():
        raise ModelFileError(
            f"There is no pose model at {str(file)!r}; {expected}. "
            + ("Reinstall gaitlab." if packaged else "Specify the path of a .task file, or omit --model.")
        )
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    if packaged and sha256 != HEAVY_SHA256:
        raise ModelFileError(
            f"The pose model {str(file)!r} is damaged: its sha256 is {sha256}; {expected}. Reinstall gaitlab."
        )
    if not _is_pose_bundle(file):
        raise ModelFileError(
            f"{str(file)!r} is not a MediaPipe pose model (sha256 {sha256}); {expected}. Specify the path of a .task "
            "file, or omit --model."
        )
    return ModelFile(path=file, sha256=sha256)


def _is_pose_bundle(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as bundle:
            return set(bundle.namelist()) >= _BUNDLE_MEMBERS
    except zipfile.BadZipFile:
        return False
