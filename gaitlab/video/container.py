"""Opening a video file: which kinds are taken, which stream it is, and how large a thing may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from gaitlab.errors import InputError

__all__ = ["MAX_DURATION_S", "MAX_FRAMES", "MAX_IMAGE_PX", "MAX_SIDE_PX", "open_video"]

MAX_SIDE_PX: Final = 8192
"""Longest side of an image: what 8K cameras write; a header that says more is damaged or made to fill the memory."""

MAX_IMAGE_PX: Final = 40_000_000
"""Pixels of an image: a frame of 8K (33 million) and its copies still fit the memory of an ordinary computer."""

MAX_DURATION_S: Final = 3600.0
"""Longest video, in seconds of the file: finding the landmarks takes several times as long as the video."""

MAX_FRAMES: Final = 216_000
"""Most frames of a video: an hour at 60 frames per second."""

_MAX_PIXEL_ASPECT: Final = 4.0
"""Stored pixels are at most 2 times as wide as high in any television norm; more comes from a damaged header."""

_FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg,dv,mxf,ivf,nut"
"""Containers of video, as libavformat names them: no playlist, which could open other files, and no raw stream."""

_GIF: Final = (b"GIF87a", b"GIF89a")
_IMAGE_SIGNATURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_IMAGE_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_HEAD_BYTES: Final = 16

_STILLS: Final = (
    av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails | av.stream.Disposition.still_image
)
"""What marks a stream of images next to the video: covers and previews."""

_PHOTO_CODECS: Final = ("mjpeg", "png", "bmp", "webp")


@contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open the video of a file, of several the largest, or say in one sentence why that cannot be.

    Only the named file is read, whatever its name or content: no other protocol, pattern or playlist is followed.

    Raises
    ------
    InputError
        If the file is missing, empty, not a video, a still image, has no image stream, or is too large.
    """
    _check_file(path)
    try:
        container = av.open(
            f"file:{path}",
            metadata_errors="ignore",
            options={"format_whitelist": _FORMATS, "protocol_whitelist": "file", "max_pixels": str(MAX_IMAGE_PX)},
        )
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise InputError(
            f"{path.name!r} is not a video that can be read: it is damaged, cut short, or another kind of file. Copy "
            "it again from the phone or camera; MP4 and MOV work best."
        ) from error
    with container:
        streams = [s for s in container.streams.video if not s.disposition & _STILLS]
        if not streams:
            raise InputError(f"{path.name!r} holds no video, only sound or data. Use a video that shows the walk.")
        stream = max(streams, key=_rank)  # of equal ones the first
        if stream.codec_context is None:  # the library's types do not say so, but an unknown codec has none
            raise InputError(
                f"{path.name!r} holds a video of an unknown kind, or is damaged. Convert it to MP4 (H.264)."
            )
        _check_size(path, stream)
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"max_pixels": str(MAX_IMAGE_PX)}
        yield container, stream


def _check_file(path: Path) -> None:
    """Raise ``InputError`` for what is no file or, by its first bytes, an image; a device or pipe is not opened."""
    try:
        path.stat()
    except OSError as error:
        raise InputError(
            f"There is no file {str(path)!r}. Specify the path of a video, for example walk.mp4."
        ) from error
    if not path.is_file():
        raise InputError(
            f"{str(path)!r} is not a file but a folder or a device. Specify the path of a video, for example walk.mp4."
        )
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(
            f"{path.name!r} cannot be read ({error.strerror}). Allow it to be read, or copy it."
        ) from error
    if not head:
        raise InputError(f"{path.name!r} is empty. Copy the video from the phone or camera again.")
    if head.startswith(_GIF):
        raise InputError(
            f"{path.name!r} is an animated image (GIF): its times and frames are not those that were filmed. Use the "
            "original video."
        )
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    photo = head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS
    if head.startswith(_IMAGE_SIGNATURES) or webp or photo:
        raise InputError(f"{path.name!r} is an image, not a video. Use a video of several steps of walking.")


def _rank(stream: VideoStream) -> tuple[bool, int]:
    """Return what makes a stream the one that was filmed: it moves, and its images are the largest.

    Next to it may be a smaller one for a preview, of the depth or of the front camera, and a cover of one large image,
    which Matroska does not tell from a video: the number of frames is not stored there.
    """
    context = stream.codec_context  # none, where the codec is unknown
    codec = getattr(context, "name", "")
    size = getattr(context, "width", 0) * getattr(context, "height", 0)
    return stream.frames > 1 or (stream.frames == 0 and codec not in _PHOTO_CODECS), size


def _check_size(path: Path, stream: VideoStream) -> None:
    """Raise ``InputError`` for images that no phone makes, before any memory is taken for them."""
    width, height = stream.codec_context.width, stream.codec_context.height
    aspect = float(stream.sample_aspect_ratio or 1)
    if not 1 / _MAX_PIXEL_ASPECT <= aspect <= _MAX_PIXEL_ASPECT:
        raise InputError(
            f"{path.name!r} has pixels {aspect:.3g} times as wide as high: it is damaged. "
            "Copy it again from the phone or camera."
        )
    if max(width * max(aspect, 1), height) > MAX_SIDE_PX or width * height * max(aspect, 1) > MAX_IMAGE_PX:
        raise InputError(
            f"{path.name!r} has frames of {width} x {height} pixels; at most {MAX_SIDE_PX} on a side and "
            f"{MAX_IMAGE_PX / 1000000.0:.0f} million in total can be read. Film in 1080p or 4K."
        )
