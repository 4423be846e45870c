"""From a video to a result: ``analyze`` and ``Analysis``."""

from gaitlab.analysis.options import SEX_CHOICES, VIEW_CHOICES, Options
from gaitlab.analysis.result import Analysis, Subject, load
from gaitlab.analysis.run import analyze, analyze_landmarks

__all__ = ["SEX_CHOICES", "VIEW_CHOICES", "Analysis", "Options", "Subject", "analyze", "analyze_landmarks", "load"]
