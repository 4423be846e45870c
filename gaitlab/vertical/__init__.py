"""The direction of gravity in the picture: by how much the camera was rolled, and landmarks turned upright."""

from gaitlab.vertical.find import GIVEN_UNCERTAINTY_DEG, find_vertical, level
from gaitlab.vertical.lines import Vertical, VerticalSource, roll_of_lines

__all__ = ["GIVEN_UNCERTAINTY_DEG", "Vertical", "VerticalSource", "find_vertical", "level", "roll_of_lines"]
