"""The report as one page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from gaitlab.report.content import report_content
from gaitlab.report.figures import report_figures
from gaitlab.report.stills import Still
from gaitlab.schema import MEASURES

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["render_html", "write_html"]


def render_html(analysis: Analysis, *, stills: Sequence[Still] = ()) -> str:
    """Return the report of an analysis as an HTML page with its figures inside.

    Parameters
    ----------
    analysis
        The analysis.
    stills
        Pictures of the people in the video (``people_stills``), where there are several.

    Returns
    -------
    str
        The same page for the same analysis: there is no date in it.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = resources.files("gaitlab.report").joinpath("templates/report.html.jinja").read_text(encoding="utf-8")
    figures = report_figures(analysis)
    pictures = {
        name: {"alt": spec.alt, "uri": _data_uri("image/svg+xml", spec.svg())} for name, spec in figures.items()
    }
    people = [{"alt": still.alt, "uri": _data_uri("image/jpeg", still.jpeg())} for still in stills]
    return environment.from_string(template).render(
        content=report_content(analysis),
        figures=pictures,
        kinematics=[name for name in pictures if name in MEASURES],
        stills=people,
    )


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def write_html(analysis: Analysis, path: str | Path, *, stills: Sequence[Still] = ()) -> Path:
    """Write the report of an analysis as an HTML page, and return its path.

    Examples
    --------
    >>> write_html(analysis, "report.html")  # doctest: +SKIP
    """
    path = Path(path)
    path.write_text(render_html(analysis, stills=stills), encoding="utf-8", newline="\n")
    return path
