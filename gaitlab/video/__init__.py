"""Reading and writing video: true presentation times, upright images, H.264."""

from gaitlab.video.prefetch import prefetch
from gaitlab.video.probe import MIN_RATE_HZ, VideoInfo, file_sha256, probe
from gaitlab.video.reader import Frame, VideoReader, open_video_reader, read_frames, read_nearest_frames
from gaitlab.video.thumbnails import read_glances
from gaitlab.video.writer import VideoWriter

__all__ = [
    "MIN_RATE_HZ",
    "Frame",
    "VideoInfo",
    "VideoReader",
    "VideoWriter",
    "file_sha256",
    "open_video_reader",
    "prefetch",
    "probe",
    "read_frames",
    "read_glances",
    "read_nearest_frames",
]
