"""What gaitlab's speed is compared with: MediaPipe in a plain loop, as its documentation has it.

usage: python benchmarks/performance/plain_loop.py VIDEO MODEL.task

One process, OpenCV reads the frames, the official bundle looks at each in VIDEO mode. Prints a line of JSON: frames,
``seconds`` from the first frame to the last, and ``start_s`` before that (imports and the making of the network).
MediaPipe's usage statistics are sent to a dead end, as gaitlab does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Final

DEAD_PROXY: Final = "http://127.0.0.1:9"


def cut_off_network() -> None:
    """Let nothing leave the machine; before MediaPipe is imported."""
    for name in [name for name in os.environ if name.lower() in ("no_proxy", "all_proxy")]:
        del os.environ[name]
    os.environ.update(HTTPS_PROXY=DEAD_PROXY, https_proxy=DEAD_PROXY)


def look_at(video: Path, model: Path) -> dict[str, float]:
    """Find the landmarks in each frame, and return how long it took."""
    begin = time.perf_counter()
    import cv2
    import mediapipe as mp

    tasks = mp.tasks
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)), running_mode=tasks.vision.RunningMode.VIDEO
    )
    with tasks.vision.PoseLandmarker.create_from_options(options) as landmarker:
        capture = cv2.VideoCapture(str(video))
        rate_hz = capture.get(cv2.CAP_PROP_FPS)
        frames = found = 0
        ready = time.perf_counter()
        while True:
            there, picture = capture.read()
            if not there:
                break
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            result = landmarker.detect_for_video(image, round(1000 * frames / rate_hz))
            found += len(result.pose_landmarks)
            frames += 1
        end = time.perf_counter()
    return {"frames": frames, "found": found, "seconds": end - ready, "start_s": ready - begin}


def main(arguments: list[str]) -> None:
    """Run the loop and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("model", type=Path, help="MediaPipe's pose landmarker bundle")
    given = parser.parse_args(arguments)
    cut_off_network()
    print(json.dumps(look_at(given.video, given.model)))


if __name__ == "__main__":
    main(sys.argv[1:])
