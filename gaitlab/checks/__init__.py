"""Whether a video can be measured, forecast in seconds from some of its frames."""

from gaitlab.checks.result import Check, CheckCode, CheckState, VideoCheck
from gaitlab.checks.run import check

__all__ = ["Check", "CheckCode", "CheckState", "VideoCheck", "check"]
