"""What the pictures say of the recording itself: camera motion, repeated frames, light and blur."""

from gaitlab.footage.result import CameraKind, Footage, LightKind
from gaitlab.footage.stabilise import stabilise
from gaitlab.footage.survey import FootageSurvey, survey_footage
from gaitlab.footage.verdict import advice_of

__all__ = ["CameraKind", "Footage", "FootageSurvey", "LightKind", "advice_of", "stabilise", "survey_footage"]
