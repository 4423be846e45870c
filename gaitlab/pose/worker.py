"""The worker process: looks out for people, and passes over a video, each frame seen as it is and in the mirror.

It is started by ``extract`` and never imported. MediaPipe sends usage statistics when it starts: the parent sets a
dead proxy in this process's environment, and nowhere else, so that nothing can leave the machine. MediaPipe's own
messages go to a closed channel.
"""

from __future__ import annotations

import json
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
from gaitlab.pose.lookout import MOST_PEOPLE, find_people
from gaitlab.pose.masks import Mask
from gaitlab.schema import LANDMARKS, other_side
from gaitlab.video.read import Frame, read_chosen_frames, read_frames, read_frames_reversed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEBIAN_PACKAGES = {
    "libEGL": "libegl1",
    "libGLESv2": "libgles2",
    "libGL": "libgl1",
    "libglib": "libglib2.0-0",
    "libgthread": "libglib2.0-0",
}


def main(model: str) -> int:
    """Do the tasks that come in as lines of JSON, and write what is found in each frame to standard output.

    ``{"task": "try"}`` analyses a blank picture, which shows that everything that is needed is there; ``{"task":
    "look", "video", "numbers"}`` finds everybody in the frames of these numbers; ``{"task": "pass", "video",
    "direction", "time_scale", "mask"}`` finds the landmarks of one person in all frames.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is the one to stop on Ctrl-C, and ends this process
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as pipe:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            mediapipe = _import_mediapipe()
            for line in sys.stdin:
                for payload in _payloads(mediapipe, model, json.loads(line)):
                    protocol.write_message(pipe, protocol.FRAME, payload)
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


def _payloads(mediapipe: Any, model: str, task: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is found in each frame of a task."""
    if task["task"] == "look":
        with closing(_landmarker(mediapipe, model, people=MOST_PEOPLE)) as landmarker:
            for _, frame in read_chosen_frames(task["video"], set(task["numbers"])):
                yield protocol.pack_look(frame.time_s, find_people(landmarker, mediapipe, frame.image, frame.time_s))
        return
    mask = Mask.from_json(task["mask"]) if task.get("mask") else None
    scale = task.get("time_scale", 1.0)
    for values in _landmarks(mediapipe, model, _frames(task), scale, mask):
        yield values.astype("<f8").tobytes()


def _frames(task: dict[str, Any]) -> Iterator[Frame]:
    if task["task"] == "try":
        return iter([Frame(0.0, np.zeros((256, 256, 3), dtype=np.uint8))])
    return read_frames(task["video"]) if task["direction"] == "forward" else read_frames_reversed(task["video"])


def _landmarks(
    mediapipe: Any, model: str, frames: Iterator[Frame], time_scale: float, mask: Mask | None
) -> Iterator[NDArray[np.float64]]:
    """Yield the values of each frame, in the order in which the pass sees them."""
    with closing(_landmarker(mediapipe, model)) as plain, closing(_landmarker(mediapipe, model)) as mirrored:
        first: float | None = None
        stamp_ms = -1
        for frame in frames:
            first = frame.time_s if first is None else first
            stamp_ms = max(stamp_ms + 1, round(abs(frame.time_s - first) * time_scale * 1000))
            picture = frame.image if mask is None else mask.show(frame.image, frame.time_s * time_scale)
            as_is = _detect(mediapipe, plain, picture, stamp_ms)
            turned = _turned_back(_detect(mediapipe, mirrored, np.ascontiguousarray(picture[:, ::-1]), stamp_ms))
            if mask is not None:
                as_is, turned = (_in_the_frame(found, mask, frame.image.shape) for found in (as_is, turned))
            yield np.concatenate([[frame.time_s], as_is.ravel(), turned.ravel()])


def _in_the_frame(found: NDArray[np.float64], mask: Mask, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return landmarks found in the window of a mask as those of the whole frame."""
    left, top, right, bottom = mask.window
    out = found.copy()
    out[:, 0] = (left + found[:, 0] * (right - left)) / shape[1]
    out[:, 1] = (top + found[:, 1] * (bottom - top)) / shape[0]
    return out


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


def _landmarker(mediapipe: Any, model: str, people: int = 0) -> Any:
    """Return a landmarker that follows one person through a video, or finds some people in each picture anew."""
    tasks = mediapipe.tasks
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=model),
        running_mode=tasks.vision.RunningMode.IMAGE if people else tasks.vision.RunningMode.VIDEO,
        num_poses=people or 1,
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
