"""The worker process: looks out for people, and follows one through a segment of a video.

It is started by ``pool`` and never imported. MediaPipe sends usage statistics when it starts: the parent sets a dead
proxy in this process's environment, and nowhere else, so that nothing can leave the machine. MediaPipe's own messages
go to a closed channel.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np

from gaitlab.core.processes import settle
from gaitlab.errors import GaitlabError
from gaitlab.pose import protocol
from gaitlab.pose.backend import ImageLandmarker, PoseBackend
from gaitlab.pose.landmarker import track_person
from gaitlab.pose.masking import Mask
from gaitlab.pose.mirroring import MirrorSchedule
from gaitlab.pose.people_detector import MOST_PEOPLE, detect_people
from gaitlab.pose.segments import Segment
from gaitlab.video import open_video_reader

Message = tuple[bytes, bytes]


def main(model: str) -> int:
    """Run tasks read as lines of JSON, and write the result of each frame to standard output.

    ``{"task": "check"}`` analyses a blank image, which shows that everything that is needed is there; ``{"task":
    "detect", "video", "numbers"}`` finds everybody in the frames of these numbers; ``{"task": "track", "video",
    "segment", "rate_hz", "time_scale", "mask", "detect_all_every"}`` follows one person.
    """
    settle(draws=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is the one to stop on Ctrl-C, and ends this process
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as pipe:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            worker = _Worker(model)
            for line in sys.stdin:
                for kind, payload in worker.run(json.loads(line)):
                    protocol.write_message(pipe, kind, payload)
                protocol.write_message(pipe, protocol.DONE)
            worker.close()
        except BrokenPipeError:
            return 1
        except GaitlabError as error:
            return _report(pipe, type(error).__name__, str(error))
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            message = f"Pose estimation failed ({type(error).__name__}: {error}). Please report this."
            return _report(pipe, "GaitlabError", message, traceback.format_exc())
    return 0


def _report(pipe: BinaryIO, kind: str, message: str, trace: str = "") -> int:
    protocol.write_message(pipe, protocol.ERROR, protocol.pack_error(kind, message, trace))
    return 1


class _Worker:
    """What is kept from task to task: the network and the landmarker that finds people."""

    def __init__(self, model: str) -> None:
        self._backend = PoseBackend(model)

    def run(self, task: dict[str, Any]) -> Iterator[Message]:
        """Yield the messages that a task gives rise to."""
        if task["task"] == "check":
            self.image_landmarker.detect(np.zeros((256, 256, 3), dtype=np.uint8))
        elif task["task"] == "detect":
            yield from self._detect_people(task)
        else:
            yield from self._track_person(task)

    @cached_property
    def image_landmarker(self) -> ImageLandmarker:
        """The landmarker that finds people in single images."""
        return self._backend.image_landmarker(MOST_PEOPLE)

    def _detect_people(self, task: dict[str, Any]) -> Iterator[Message]:
        chosen = set(task["numbers"])
        for _, frame in open_video_reader(task["video"]).frames(min(chosen), max(chosen) + 1, chosen):
            people = detect_people(self.image_landmarker, frame.image, frame.time_s)
            yield protocol.DETECTIONS, protocol.pack_detections(frame.time_s, people)

    def _track_person(self, task: dict[str, Any]) -> Iterator[Message]:
        frames = track_person(
            self._backend,
            lambda: self.image_landmarker,
            open_video_reader(task["video"]),
            Segment(**task["segment"]),
            mirroring=MirrorSchedule(task["rate_hz"]),
            mask=Mask.from_json(task["mask"]) if task["mask"] else None,
            time_scale=task["time_scale"],
            detect_all_every=task["detect_all_every"],
        )
        for frame in frames:
            yield protocol.FRAME, protocol.pack_frame(frame.number, frame.time_s, frame.landmarks)
            if frame.detections is not None:
                yield protocol.DETECTIONS, protocol.pack_detections(frame.time_s, frame.detections)

    def close(self) -> None:
        """Free the network."""
        if "image_landmarker" in vars(self):
            self.image_landmarker.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
