"""Reading and writing video: true presentation times, upright pictures, H.264."""

from gaitlab.video.ahead import ahead
from gaitlab.video.probe import MIN_RATE_HZ, VideoInfo, probe
from gaitlab.video.read import Frame, read_chosen_frames, read_frames, read_frames_reversed, read_nearest_frames
from gaitlab.video.write import VideoWriter

__all__ = [
    "MIN_RATE_HZ",
    "Frame",
    "VideoInfo",
    "VideoWriter",
    "ahead",
    "probe",
    "read_chosen_frames",
    "read_frames",
    "read_frames_reversed",
    "read_nearest_frames",
]
