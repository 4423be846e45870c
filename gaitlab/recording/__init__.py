"""What the images say of the recording itself: camera motion, repeated frames, light, clothes, the vertical."""

from gaitlab.recording.classify import advice_of
from gaitlab.recording.result import CAMERA_KIND_WORDS, LIGHT_KIND_WORDS, CameraKind, LightKind, RecordingInfo
from gaitlab.recording.stabilise import stabilise
from gaitlab.recording.survey import RecordingAnalyzer, analyze_recording
from gaitlab.recording.vertical import (
    VERTICAL,
    VerticalSurvey,
    find_vertical,
    rotate_to_vertical,
    vertical_from_two_directions,
    vertical_from_user,
)
from gaitlab.recording.vertical_lines import Vertical, roll_from_lines

__all__ = [
    "CAMERA_KIND_WORDS",
    "LIGHT_KIND_WORDS",
    "VERTICAL",
    "CameraKind",
    "LightKind",
    "RecordingAnalyzer",
    "RecordingInfo",
    "Vertical",
    "VerticalSurvey",
    "advice_of",
    "analyze_recording",
    "find_vertical",
    "roll_from_lines",
    "rotate_to_vertical",
    "stabilise",
    "vertical_from_two_directions",
    "vertical_from_user",
]
