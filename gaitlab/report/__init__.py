"""What is made for people: the report as a page and as a PDF, its figures, and the video with the skeleton."""

from gaitlab.report.figures import write_figures
from gaitlab.report.html.notebook_card import analysis_card
from gaitlab.report.html.page import write_html
from gaitlab.report.overlay.key_frames import key_frames
from gaitlab.report.overlay.render import overlay_frames, write_overlay
from gaitlab.report.overlay.snapshots import Snapshot, people_stills, portraits_of
from gaitlab.report.pdf.write import write_pdf
from gaitlab.report.write import write_reports

__all__ = [
    "Snapshot",
    "analysis_card",
    "key_frames",
    "overlay_frames",
    "people_stills",
    "portraits_of",
    "write_figures",
    "write_html",
    "write_overlay",
    "write_pdf",
    "write_reports",
]
