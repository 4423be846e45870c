"""Make the demo of `gaitlab app`: small copies of rendered walks, analysed, in one archive inside the package.

    python tools/make_demo.py FOLDER_OF_FURTHER_VIDEOS

The walks are those of `sample_videos/` and one more of the same rendered set (CC0), which is read from the folder
given. Run it again when the analysis changes: the archive holds landmarks that are kept for the corrections of the
demo, and they are of use to the code that made them only. The figures as files are left out, and the film on which a
report draws is put into the page when the demo is unpacked (`gaitlab/app/demo_home.py`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from gaitlab.app.demo_home import ARCHIVE, FILM, PATIENTS, PLACE, DemoRecording
from gaitlab.app.results import analyse_video
from gaitlab.core.processes import settle
from gaitlab.report.html.embedded_video import _copy, film_in_page

ROOT = Path(__file__).resolve().parent.parent
HEIGHT_PX, OVERLAY_HEIGHT_PX = 540, 360
"""Of the videos and the films in the reports, and of the overlays, which the follow-up shows small, side by side."""
VIDEO_CRF, FILM_CRF = 28, 35
"""x264's quality of the videos that are analysed, and of the films of the reports."""
EMBEDDED = re.compile(r'(<script type="text/plain" data-video="0">)[^<]*(</script>)')
LEFT_OUT = ("figures", "locks")


def silent(_step: str) -> Callable[[int, int], None]:
    return lambda _done, _total: None


def small_copy(source: Path, target: Path, crf: int, height_px: int = HEIGHT_PX) -> None:
    """Write a copy of a film with the same frame times."""
    data = _copy(source, height_px, crf, limit_bytes=10**9)
    assert data is not None
    target.write_bytes(data)


def source_of(recording: DemoRecording, further: Path) -> Path:
    own = ROOT / "sample_videos" / f"{recording.video}.mp4"
    return own if own.is_file() else further / own.name


def add(archive: ZipFile, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if not path.is_file() or set(inner.parts) & set(LEFT_OUT):
            continue
        stored = ZIP_STORED if path.suffix in (".mp4", ".pdf", ".npz") else ZIP_DEFLATED
        content = path.read_bytes()
        if path.name == "report.html":
            content = EMBEDDED.sub(rf"\g<1>{PLACE}\g<2>", content.decode("utf-8")).encode("utf-8")
        archive.writestr(f"{name}/{inner.as_posix()}", content, compress_type=stored, compresslevel=9)


def main(further: Path) -> None:
    settle()
    overviews = {}
    with TemporaryDirectory() as place, ZipFile(ARCHIVE, "w") as archive:
        for patient in PATIENTS:
            for visit in patient.visits:
                for recording in visit.recordings:
                    folder = Path(place) / recording.id
                    folder.mkdir()
                    video = folder / recording.file_name
                    small_copy(source_of(recording, further), video, VIDEO_CRF)
                    overviews[recording.id] = analyse_video(
                        video=str(video),
                        task="walk",
                        folder=str(folder / "result"),
                        kept=str(folder / "kept"),
                        options=patient.options(visit, recording),
                        stage=silent,
                    )
                    result = folder / "result"
                    film_in_page(result / "report.html", result / FILM)
                    small_copy(result / FILM, result / FILM, FILM_CRF)
                    small_copy(result / "overlay.mp4", result / "overlay.mp4", FILM_CRF, OVERLAY_HEIGHT_PX)
                    add(archive, folder, recording.id)
                    print(recording.video, overviews[recording.id]["headline"], file=sys.stderr)
        archive.writestr("overviews.json", json.dumps(overviews), compress_type=ZIP_DEFLATED)
    print(f"{ARCHIVE}: {ARCHIVE.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
