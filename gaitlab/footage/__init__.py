"""What the pictures say of the recording itself: camera motion, repeated frames, light and blur."""

from gaitlab.footage.result import CameraKind, Footage, LightKind
from gaitlab.footage.stabilise import stabilise
from gaitlab.footage.survey import FootageSurvey, survey_footage

__all__ = ["CameraKind", "Footage", "FootageSurvey", "LightKind", "stabilise", "survey_footage"]
