"""What is made for people: the report as a page and as a PDF, its figures, and the video with the skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.core.processes import imported_on_use

if TYPE_CHECKING:
    from gaitlab.report.figures import write_figures
    from gaitlab.report.first import save_report_first
    from gaitlab.report.html.notebook_card import analysis_card
    from gaitlab.report.html.page import write_html
    from gaitlab.report.overlay.key_frames import key_frames
    from gaitlab.report.overlay.render import overlay_frames, write_overlay
    from gaitlab.report.overlay.snapshots import Snapshot, people_stills, portraits_of
    from gaitlab.report.pdf.write import write_pdf
    from gaitlab.report.write import Reports, write_reports

__all__ = [
    "Reports",
    "Snapshot",
    "analysis_card",
    "key_frames",
    "overlay_frames",
    "people_stills",
    "portraits_of",
    "save_report_first",
    "write_figures",
    "write_html",
    "write_overlay",
    "write_pdf",
    "write_reports",
]

__getattr__ = imported_on_use(  # an analysis that is not drawn needs no Matplotlib
    __name__,
    {
        "gaitlab.report.figures": "write_figures",
        "gaitlab.report.first": "save_report_first",
        "gaitlab.report.html.notebook_card": "analysis_card",
        "gaitlab.report.html.page": "write_html",
        "gaitlab.report.overlay.key_frames": "key_frames",
        "gaitlab.report.overlay.render": "overlay_frames write_overlay",
        "gaitlab.report.overlay.snapshots": "Snapshot people_stills portraits_of",
        "gaitlab.report.pdf.write": "write_pdf",
        "gaitlab.report.write": "Reports write_reports",
    },
)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
