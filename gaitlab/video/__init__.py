"""Reading and writing video: true presentation times, upright pictures, H.264."""

from gaitlab.video.frames import Frame, read_chosen_frames, read_frames
from gaitlab.video.prefetch import ahead
from gaitlab.video.probe import MIN_RATE_HZ, VideoInfo, file_sha256, probe
from gaitlab.video.reader import Reel, open_reel, read_nearest_frames
from gaitlab.video.thumbnails import read_glances
from gaitlab.video.writer import VideoWriter

__all__ = [
    "MIN_RATE_HZ",
    "Frame",
    "Reel",
    "VideoInfo",
    "VideoWriter",
    "ahead",
    "file_sha256",
    "open_reel",
    "probe",
    "read_chosen_frames",
    "read_frames",
    "read_glances",
    "read_nearest_frames",
]
