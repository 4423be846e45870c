"""From videos to a result: what the user may choose, the order of the steps, and the result as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.core.processes import imported_on_use

if TYPE_CHECKING:
    from gaitlab.analysis.options import Options
    from gaitlab.analysis.result import AnalysisResult, Subject
    from gaitlab.analysis.run import check_video_count

__all__ = ["AnalysisResult", "Options", "Subject", "check_video_count"]

__getattr__ = imported_on_use(  # the options are asked for before anything is computed
    __name__,
    {
        "gaitlab.analysis.options": "Options",
        "gaitlab.analysis.result": "AnalysisResult Subject",
        "gaitlab.analysis.run": "check_video_count",
    },
)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
