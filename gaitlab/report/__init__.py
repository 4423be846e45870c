"""What is made for people: the report as a page and as a PDF, its figures, and the video with the skeleton."""

from gaitlab.report.card import analysis_card
from gaitlab.report.figures import write_figures
from gaitlab.report.folder import write_reports
from gaitlab.report.html import write_html
from gaitlab.report.moments import key_frames
from gaitlab.report.overlay import overlay_frames, write_overlay
from gaitlab.report.pdf import write_pdf
from gaitlab.report.stills import Still, people_stills, portraits_of

__all__ = [
    "Still",
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
