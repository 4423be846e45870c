"""How long the pose network alone takes for a picture: no video, no MediaPipe, one thread.

usage: python benchmarks/performance/bare_network.py MODEL.task [MODEL.task] [--invocations 50]

Needs LiteRT, which gaitlab does not: ``pip install ai-edge-litert``. Prints a line of JSON with the median in
milliseconds of the network in each bundle, in their order, for example of the packaged one, which draws no silhouette,
and the official one. They take turns, for machines are not equally fast from one minute to the next.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

NETWORK: Final = "pose_landmarks_detector.tflite"
WARM_UP: Final = 3


def network_in(bundle: Path) -> bytes:
    """Return the file of the network."""
    with zipfile.ZipFile(bundle) as members:
        return members.read(NETWORK)


def timed(network: bytes) -> Callable[[], float]:
    """Return a function that runs the network once, and returns the milliseconds it took."""
    from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-not-found,unused-ignore]

    interpreter = Interpreter(model_content=network, num_threads=1)
    interpreter.allocate_tensors()
    (entry,) = interpreter.get_input_details()
    picture = np.random.default_rng(1).random(entry["shape"], dtype=np.float32)
    interpreter.set_tensor(entry["index"], picture)

    def once() -> float:
        begin = time.perf_counter()
        interpreter.invoke()
        return 1000 * (time.perf_counter() - begin)

    for _ in range(WARM_UP):
        once()
    return once


def main(arguments: list[str]) -> None:
    """Run the networks and print their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL.task", help="pose landmarker bundle")
    parser.add_argument("--invocations", type=int, default=50)
    given = parser.parse_args(arguments)
    networks = [timed(network_in(model)) for model in given.models]
    rounds = [[once() for once in networks] for _ in range(given.invocations)]
    print(json.dumps([median(took) for took in zip(*rounds, strict=True)]))


if __name__ == "__main__":
    main(sys.argv[1:])
