"""MediaPipe's pose landmarker. Runs in the worker process only, the one place where MediaPipe is imported."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab.errors import MissingLibraryError, ModelFileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PoseBackend"]

_DEBIAN_PACKAGES: Final = {
    "libEGL": "libegl1",
    "libGLESv2": "libgles2",
    "libGL": "libgl1",
    "libglib": "libglib2.0-0",
    "libgthread": "libglib2.0-0",
}

_APART_MS: Final = 10_000_000
"""Interval of the frames that is passed to a landmarker. In VIDEO mode it smooths over time, which makes a moving body
lag; nothing is left of that where frames are hours apart, and each frame is still looked for where the body was in the
one before."""


class PoseBackend:
    """MediaPipe with a model: creates landmarkers.

    Parameters
    ----------
    model
        Path of the model bundle.

    Raises
    ------
    MissingLibraryError
        If a system library is missing.
    """

    def __init__(self, model: str) -> None:
        self._mediapipe = _import_mediapipe()
        self._model = model

    def video_landmarker(self) -> VideoLandmarker:
        """Create a landmarker that tracks one person from frame to frame."""
        return VideoLandmarker(self._mediapipe, self._create("VIDEO", people=1))

    def image_landmarker(self, people: int) -> ImageLandmarker:
        """Create a landmarker that detects several people in each image independently."""
        return ImageLandmarker(self._mediapipe, self._create("IMAGE", people))

    def _create(self, mode: str, people: int) -> Any:
        tasks = self._mediapipe.tasks
        options = tasks.vision.PoseLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=self._model),
            running_mode=tasks.vision.RunningMode[mode],
            num_poses=people,
        )
        try:
            return tasks.vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise ModelFileError(
                f"MediaPipe cannot use the pose model {self._model!r}. Omit --model to use the supplied model."
            ) from error


class VideoLandmarker:
    """Detects one person in consecutive frames."""

    def __init__(self, mediapipe: Any, landmarker: Any) -> None:
        self._mediapipe, self._landmarker = mediapipe, landmarker
        self._stamp_ms = 0

    def detect(self, image: NDArray[np.uint8]) -> Any:
        """Return MediaPipe's result for the next frame, RGB."""
        self._stamp_ms += _APART_MS
        return self._landmarker.detect_for_video(_image(self._mediapipe, image), self._stamp_ms)

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()


class ImageLandmarker:
    """Detects people in single images."""

    def __init__(self, mediapipe: Any, landmarker: Any) -> None:
        self._mediapipe, self._landmarker = mediapipe, landmarker

    def detect(self, image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        """Return x and y in pixels and visibility of the landmarks, shape (33, 3), of each person in an image, RGB."""
        height, width = image.shape[:2]
        result = self._landmarker.detect(_image(self._mediapipe, image))
        return [
            np.array([(p.x * width, p.y * height, p.visibility) for p in person]) for person in result.pose_landmarks
        ]

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()


def _image(mediapipe: Any, image: NDArray[np.uint8]) -> Any:
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)


def _import_mediapipe() -> Any:
    for name in ("matplotlib", "matplotlib.pyplot"):  # for its functions that draw, which nothing here uses: 0.3 s
        sys.modules.setdefault(name, ModuleType(name))
    try:
        import mediapipe
        import mediapipe.tasks.python.vision
    except OSError as error:
        library = next((name for name in _DEBIAN_PACKAGES if name in str(error)), None)
        advice = f"sudo apt-get install {_DEBIAN_PACKAGES[library]}" if library else "sudo apt-get install libegl1"
        raise MissingLibraryError(
            f"MediaPipe cannot start because a system library is missing ({error}). On Debian or Ubuntu: {advice}."
        ) from error
    return mediapipe
