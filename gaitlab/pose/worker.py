"""The worker process: one pass over a video, each frame seen as it is and in the mirror.

It is started by ``extract`` and never imported. MediaPipe sends usage statistics when it starts: the parent sets a
dead proxy in this process's environment, and nowhere else, so that nothing can leave the machine. MediaPipe's own
messages go to a closed channel.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gaitlab.errors import GaitlabError, MissingLibraryError, ModelFileError
from gaitlab.pose import protocol
from gaitlab.schema import LANDMARKS, other_side
from gaitlab.video.read import Frame, read_frames, read_frames_reversed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEBIAN_PACKAGES = {
    "libEGL": "libegl1",
    "libGLESv2": "libgles2",
    "libGL": "libgl1",
    "libglib": "libglib2.0-0",
    "libgthread": "libglib2.0-0",
}


def main(model: str, video: str = "", direction: str = "forward", time_scale: str = "1") -> int:
    """Analyse all frames of a video in one direction and write the landmarks to standard output.

    Without a video a blank picture is analysed, which shows that everything that is needed is there.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is the one to stop on Ctrl-C, and ends this process
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as pipe:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            for values in _landmarks(_frames(video, direction), model, float(time_scale)):
                protocol.write_message(pipe, protocol.FRAME, values.astype("<f8").tobytes())
            protocol.write_message(pipe, protocol.DONE)
        except BrokenPipeError:
            return 1
        except GaitlabError as error:
            return _report(pipe, type(error).__name__, str(error))
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            message = f"Finding the landmarks failed ({type(error).__name__}: {error}). Please report this."
            return _report(pipe, "GaitlabError", message, traceback.format_exc())
    return 0


def _report(pipe: BinaryIO, kind: str, message: str, trace: str = "") -> int:
    protocol.write_message(pipe, protocol.ERROR, protocol.pack_error(kind, message, trace))
    return 1


def _frames(video: str, direction: str) -> Iterator[Frame]:
    if not video:
        return iter([Frame(0.0, np.zeros((256, 256, 3), dtype=np.uint8))])
    return read_frames(video) if direction == "forward" else read_frames_reversed(video)


def _landmarks(frames: Iterator[Frame], model: str, time_scale: float) -> Iterator[NDArray[np.float64]]:
    """Yield the values of each frame, in the order in which the pass sees them."""
    mediapipe = _import_mediapipe()
    with closing(_landmarker(mediapipe, model)) as plain, closing(_landmarker(mediapipe, model)) as mirrored:
        first: float | None = None
        stamp_ms = -1
        for frame in frames:
            first = frame.time_s if first is None else first
            stamp_ms = max(stamp_ms + 1, round(abs(frame.time_s - first) * time_scale * 1000))
            as_is = _detect(mediapipe, plain, frame.image, stamp_ms)
            turned = _detect(mediapipe, mirrored, np.ascontiguousarray(frame.image[:, ::-1]), stamp_ms)
            yield np.concatenate([[frame.time_s], as_is.ravel(), _turned_back(turned).ravel()])


def _import_mediapipe() -> Any:
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


def _landmarker(mediapipe: Any, model: str) -> Any:
    tasks = mediapipe.tasks
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=model),
        running_mode=tasks.vision.RunningMode.VIDEO,
        num_poses=1,
    )
    try:
        return tasks.vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise ModelFileError(
            f"MediaPipe cannot use the pose model {model!r}. Leave --model out to use ours."
        ) from error


def _detect(mediapipe: Any, landmarker: Any, picture: NDArray[np.uint8], stamp_ms: int) -> NDArray[np.float64]:
    """Return the landmarks of one picture, shape (33, VALUES_PER_LANDMARK); NaN where no person was found."""
    image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
    result = landmarker.detect_for_video(image, stamp_ms)
    if not result.pose_landmarks:
        return np.full((len(LANDMARKS), protocol.VALUES_PER_LANDMARK), np.nan)
    pairs = zip(result.pose_landmarks[0], result.pose_world_landmarks[0], strict=True)
    return np.array([(p.x, p.y, w.x, w.y, w.z, p.visibility) for p, w in pairs])


def _turned_back(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return landmarks found in a mirror image as those of the picture: left is right, and x runs the other way."""
    x, world_x = 0, 2
    out = found[[LANDMARKS.index(other_side(name)) for name in LANDMARKS]]
    out[:, x] = 1.0 - out[:, x]
    out[:, world_x] = -out[:, world_x]
    return out


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
