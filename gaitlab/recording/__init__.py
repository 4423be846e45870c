"""What the images say of the recording itself: camera motion, repeated frames, light, clothes, the vertical."""

from gaitlab.recording.classify import advice_of
from gaitlab.recording.result import CameraKind, Footage, LightKind
from gaitlab.recording.stabilise import stabilise
from gaitlab.recording.survey import FootageSurvey, survey_footage
from gaitlab.recording.vertical import GIVEN_UNCERTAINTY_DEG, VerticalSurvey, find_vertical, given_vertical, level
from gaitlab.recording.vertical_lines import Vertical, VerticalSource, roll_of_lines

__all__ = [
    "GIVEN_UNCERTAINTY_DEG",
    "CameraKind",
    "Footage",
    "FootageSurvey",
    "LightKind",
    "Vertical",
    "VerticalSource",
    "VerticalSurvey",
    "advice_of",
    "find_vertical",
    "given_vertical",
    "level",
    "roll_of_lines",
    "stabilise",
    "survey_footage",
]
