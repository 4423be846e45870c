"""The direction of gravity in the picture: by how much the camera was rolled, and landmarks turned upright."""

from gaitlab.vertical.find import GIVEN_UNCERTAINTY_DEG, VerticalSurvey, find_vertical, given_vertical, level
from gaitlab.vertical.lines import Vertical, VerticalSource, roll_of_lines

__all__ = [
    "GIVEN_UNCERTAINTY_DEG",
    "Vertical",
    "VerticalSource",
    "VerticalSurvey",
    "find_vertical",
    "given_vertical",
    "level",
    "roll_of_lines",
]
