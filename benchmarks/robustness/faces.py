"""How many faces that a detector finds in a video can still be seen in its overlay.

usage: python benchmarks/robustness/faces.py VIDEO=FOLDER [VIDEO=FOLDER ...] [--detector FILE.onnx]
       [--every N] [--sheets FOLDER]

FOLDER is what ``gaitlab analyze VIDEO`` wrote; its ``overlay.mp4`` is looked at frame by frame. The detector is one
that gaitlab does not use for blurring: CenterFace as ONNX (``--detector``; MIT licence, not part of the project), or
the cascades for frontal and profile faces that come with OpenCV, which are slow and also take windows for faces: what
they find left must be looked at. A face of the video counts as left where more than a
quarter of its detail is found again in the overlay at that place: a detector alone would not do, for it also takes a
blurred head on shoulders for a face; ``found again`` counts those all the same. Prints a Markdown table, a row a clip;
with ``--sheets`` the heads of some overlay frames are written as one picture a clip, to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab import load
from gaitlab.report.overlay.face_blur import head_ellipses
from gaitlab.video import probe, read_frames

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
Detector = Callable[[Picture], Floats]
"""From a picture to boxes of faces: x0, y0, x1, y1 in pixels, a row each."""

LEAST_SCORE: Final = 0.3
"""Low: rather a face too many than one missed."""
NEIGHBOURS: Final = 3
LEAST_FACE_PX: Final = 20
LEFT_OVER: Final = 0.25
"""A face of which so much of the detail is left can be seen."""
DETAIL_OF_FACE: Final = 0.08
"""Detail is what a blur by so many face widths takes off: eyes, nose, mouth."""
SHEET_TILE_PX: Final = 160
SHEET_TILES: Final = 40
HEADER: Final = (
    "| clip | frames | with a face | faces | found again | left | most detail left |\n|---|---|---|---|---|---|---|"
)


def center_face(path: Path) -> Detector:
    """Return CenterFace (Xu et al. 2020): a heat map of the middles of faces at a quarter of the picture's size."""
    net = cv2.dnn.readNetFromONNX(str(path))

    def detect(image: Picture) -> Floats:
        height, width = (-(-edge // 32) * 32 for edge in image.shape[:2])
        net.setInput(cv2.dnn.blobFromImage(image, size=(width, height)))
        heat, scale, offset = (np.asarray(one)[0] for one in net.forward(["537", "538", "539"]))
        rows, columns = np.nonzero(heat[0] > LEAST_SCORE)
        size = 4 * np.exp(scale[::-1, rows, columns])
        middle = 4 * (np.stack([columns, rows]) + offset[::-1, rows, columns] + 0.5)
        boxes = np.concatenate([middle - size / 2, middle + size / 2]).T * np.tile(
            [image.shape[1] / width, image.shape[0] / height], 2
        )
        corner_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
        kept = cv2.dnn.NMSBoxes(corner_size.tolist(), heat[0, rows, columns].tolist(), LEAST_SCORE, 0.3)
        return np.asarray(boxes[np.asarray(kept, dtype=int).ravel()], dtype=float).reshape(-1, 4)

    return detect


def cascades() -> Detector:
    """Return OpenCV's cascades for frontal faces and for profiles to either side."""
    folder = Path(cv2.__file__).parent / "data"
    frontal, profile = (
        cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml")) for name in ("frontalface_alt2", "profileface")
    )

    def detect(image: Picture) -> Floats:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        found: list[list[float]] = []
        for cascade, mirrored in ((frontal, False), (profile, False), (profile, True)):
            seen = np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey
            for x, y, w, h in cascade.detectMultiScale(seen, 1.1, NEIGHBOURS, minSize=(LEAST_FACE_PX,) * 2):
                left = grey.shape[1] - x - w if mirrored else x
                found.append([left, y, left + w, y + h])
        return np.asarray(found, dtype=float).reshape(-1, 4)

    return detect


def detail_left(before: Picture, after: Picture, box: Floats) -> float:
    """Return which part of the detail of a face is still there.

    It is the slope of the detail after over that before, or their correlation where that is less: what is drawn over a
    blurred face, as the edge of the band, has detail of its own, but not the face's.
    """
    x0, y0, x1, y1 = (max(0, int(edge)) for edge in box)
    sigma = max(0.8, DETAIL_OF_FACE * (x1 - x0))
    fine = []
    for image in (before, after):
        grey = cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY).astype(float)
        fine.append(grey - cv2.GaussianBlur(grey, (0, 0), sigma))
    common, alone, drawn = ((a * b).sum() for a, b in (fine, fine[:1] * 2, fine[1:] * 2))
    return float(common / max(alone, np.sqrt(alone * drawn), 1e-9))


@dataclass
class Count:
    """What was found in a clip."""

    frames: int = 0
    with_face: int = 0
    faces: int = 0
    again: int = 0
    left: list[tuple[int, float]] = field(default_factory=list)
    most: float = 0.0

    def add(self, number: int, before: Picture, after: Picture, detect: Detector) -> None:
        """Compare a frame of the video and of the overlay."""
        boxes = detect(before)
        self.frames += 1
        self.with_face += len(boxes) > 0
        self.faces += len(boxes)
        middles = [(box[:2] + box[2:]) / 2 for box in (detect(after) if len(boxes) else ())]
        for box in boxes:
            if box[2] - box[0] < 2 or box[3] - box[1] < 2:
                continue
            self.again += any((box[:2] <= m).all() and (m <= box[2:]).all() for m in middles)
            detail = detail_left(before, after, box)
            self.most = max(self.most, detail)
            if detail > LEFT_OVER:
                self.left.append((number, detail))

    def row(self, name: str) -> str:
        """Return the row of the table."""
        cells = (self.frames, self.with_face, self.faces, self.again, len(self.left), f"{self.most:.2f}")
        return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def sheet(overlay: Path, folder: Path) -> Picture:
    """Return the surroundings of the head in some frames of an overlay, side by side."""
    analysis = load(folder)
    heads = head_ellipses(analysis.landmarks) * probe(overlay).width_px / analysis.video.width_px
    every = max(1, len(heads) // SHEET_TILES)
    tiles = []
    for number, frame in enumerate(read_frames(overlay)):
        if number % every or number >= len(heads) or not np.isfinite(heads[number]).all():
            continue
        x, y, _, half = heads[number]
        half = max(2.0 * half, 20.0)
        rows, columns = (slice(max(0, int(at - half)), max(1, int(at + half))) for at in (y, x))
        part = frame.image[rows, columns]
        if part.size:
            tiles.append(cv2.resize(part, (SHEET_TILE_PX,) * 2, interpolation=cv2.INTER_LINEAR))
    tiles += [np.zeros((SHEET_TILE_PX, SHEET_TILE_PX, 3), dtype=np.uint8)] * (-len(tiles) % 10)
    return np.vstack([np.hstack(tiles[at : at + 10]) for at in range(0, len(tiles), 10)]).astype(np.uint8)


def count(video: Path, folder: Path, detect: Detector, every: int) -> Count:
    """Compare a video and its overlay, frame by frame."""
    result = Count()
    films = zip(read_frames(video), read_frames(folder / "overlay.mp4"), strict=True)
    for number, (before, film) in enumerate(films):
        if number % every == 0:
            height, width = before.image.shape[:2]
            picture = film.image[: round(film.image.shape[1] * height / width)]
            after = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
            result.add(number, before.image, after, detect)
    return result


def main(arguments: list[str]) -> None:
    """Run the comparison for each pair that is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", metavar="VIDEO=FOLDER")
    parser.add_argument("--detector", type=Path, help="CenterFace as ONNX; without: the cascades of OpenCV")
    parser.add_argument("--every", type=int, default=1, help="look at each so many frames only")
    parser.add_argument("--sheets", type=Path, help="write pictures of the heads here")
    given = parser.parse_args(arguments)
    detect = center_face(given.detector) if given.detector else cascades()
    print(HEADER)
    for pair in given.pairs:
        video, folder = map(Path, pair.split("=", 1))
        result = count(video, folder, detect, given.every)
        print(result.row(video.stem), flush=True)
        for number, detail in result.left:
            print(f"  left in frame {number}: {detail:.2f}", file=sys.stderr)
        if given.sheets:
            given.sheets.mkdir(parents=True, exist_ok=True)
            picture = cv2.cvtColor(sheet(folder / "overlay.mp4", folder), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(given.sheets / f"{video.stem}.png"), picture)


if __name__ == "__main__":
    main(sys.argv[1:])
