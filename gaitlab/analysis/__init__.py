"""From a video to a result: ``analyze`` and ``Analysis``."""

from gaitlab.analysis.options import Options
from gaitlab.analysis.result import Analysis, Subject, load
from gaitlab.analysis.run import analyze, analyze_landmarks, check_number

__all__ = ["Analysis", "Options", "Subject", "analyze", "analyze_landmarks", "check_number", "load"]
