"""The report as one page that needs nothing else: no network, no other file, and no script to be read or printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from gaitlab.analysis.queries import measure_title
from gaitlab.report.figures import ReportFigure, report_figures
from gaitlab.report.html.embedded_video import EmbeddedVideo, prepare_videos
from gaitlab.report.html.page_data import page_data
from gaitlab.report.html.template import as_base64, as_json, data_uri, page_script, render
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.svg import inline_svg
from gaitlab.report.text.content import Content, report_content
from gaitlab.report.text.refused import left_out_videos, refused_content
from gaitlab.schema import MEASURES, SIDES
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.video import VideoInfo

__all__ = ["render_html", "who", "write_html"]

_SIDE_BY_SIDE: Final = 2
"""Pictures on the first screen: one side next to the other."""

_OF_REFUSAL: Final = 3

_SCRIPTS: Final = (
    "core.js",
    "player.js",
    "magnifier.js",
    "canvas.js",
    "layers.js",
    "angles.js",
    "strip.js",
    "graphs.js",
    "timeline.js",
    "track.js",
    "edits.js",
    "corrections.js",
    "level.js",
    "folds.js",
    "start.js",
)


def render_html(
    analysis: AnalysisResult,
    *,
    stills: Sequence[Snapshot] = (),
    portraits: Sequence[Mapping[int, Snapshot]] = (),
    film: Path | Sequence[Path | None] | None = None,
    film_names: Sequence[str] | None = None,
    key_frames: Sequence[Sequence[Snapshot]] = (),
    figures: Mapping[str, ReportFigure] | None = None,
    content: Content | None = None,
) -> str:
    """Return the report of an analysis as an HTML page with its figures, and the video, inside.

    Parameters
    ----------
    analysis
        The analysis.
    stills
        Images of the people in the video (``people_stills``), where there are several.
    portraits
        For each video of the analysis an image of each of them by number (``portraits_of``).
    film
        The finished film, or one for each video of the analysis: without drawing, as the page draws on it, or the
        overlay, on which nothing more is drawn. ``None``: the page has no video.
    film_names
        Names of the overlays next to the page, which it asks for if the films are too long to be in it; ``None``:
        those of ``film``.
    key_frames
        For each video the images of the moments that its numbers are about (``key_frames``); the peaks of the video
        that answers the first question with a deviation stand on the first screen.
    figures
        Its figures (``report_figures``), where they are put elsewhere, too; ``None``: they are made.
    content
        What it says (``report_content``), where another report says it, too; ``None``: it is made.

    Returns
    -------
    str
        The same page for the same analysis and video: there is no date in it.

    Raises
    ------
    InputError
        If a video cannot be read.
    """
    figures, content = figures or report_figures(analysis), content or report_content(analysis)
    films = [film] if film is None or isinstance(film, Path) else film
    films = [*films, *[None] * len(analysis.clips)][: len(analysis.clips)]
    return render(
        "report.html.jinja",
        **_words(analysis, content),
        decisive=[_picture(still) for still in _decisive(analysis, content, key_frames)],
        **_linked(
            analysis,
            prepare_videos(films, film_names),
            portraits,
            first_clip=_deciding_first(analysis, content)[0],
        ),
        figures={name: Markup(_drawing(spec)) for name, spec in figures.items()},
        kinematics={name: measure_title(analysis, name) for name in figures if name in MEASURES},
        stills=[_picture(still) for still in stills],
    )


def _picture(still: Snapshot) -> dict[str, str]:
    return {"alt": still.alt, "title": still.title or still.alt, "uri": data_uri("image/jpeg", still.jpeg())}


def _decisive(analysis: AnalysisResult, content: Content, key_frames: Sequence[Sequence[Snapshot]]) -> list[Snapshot]:
    """Return the peaks of both sides, from the first video in the order of ``_deciding_first`` that has any.

    Of a walk that was not measured, what was found.
    """
    if analysis.refusal is not None:
        return [still for of_video in key_frames for still in of_video if still.moment == "found"][:_OF_REFUSAL]
    for index in _deciding_first(analysis, content) if key_frames else ():
        peaks = [still for still in key_frames[index] if still.moment == "peak"]
        if peaks:
            return peaks[:_SIDE_BY_SIDE]
    return []


def _deciding_first(analysis: AnalysisResult, content: Content) -> list[int]:
    """Return the places of the videos: first those of the view that gives the first angle that deviates."""
    deviating = [answer.question for answer in content.answers if answer.level == "deviates"]
    of_pelvis = next((question == "pelvis" for question in deviating if question in ("hip", "pelvis")), False)
    frontal = [bool(left_side_sign(clip.view.view)) for clip in analysis.clips]
    measured = [bool(clip.cycles["used"].any()) for clip in analysis.clips]
    return sorted(range(len(frontal)), key=lambda index: (not measured[index], frontal[index] != of_pelvis))


def _words(analysis: AnalysisResult, content: Content) -> dict[str, Any]:
    """Collect the texts of the page."""
    given = [cell.side for item in content.panel for cell in item.cells if cell.side is not None]
    sides = tuple(dict.fromkeys([*given, *SIDES]))  # in the order in which the panel gives them
    return {
        "content": content,
        "refused": refused_content(analysis),
        "left_out_videos": left_out_videos(analysis),
        "panel_sides": sides,
        "panel_columns": (*sides, None),
        "painful_side": analysis.subject.painful_side,
        "kicker": "Gait report",
        "heading": content.patient or content.title,
        "who": who(content.patient and content.title, content.clinic, [c.video for c in analysis.clips], content.facts),
        "clips": [clip.video.stem for clip in analysis.clips],
    }


def who(
    videos: str, clinic: str, files: Sequence[VideoInfo], facts: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return what the head of a page says next to the name: videos and clinic if named, the day, and the person."""
    days = ", ".join(dict.fromkeys(file.recorded for file in files if file.recorded))
    known = (("Video", videos), ("Clinic", clinic), ("Filmed on", days), *facts)
    return [(name, value) for name, value in known if value]


def _linked(
    analysis: AnalysisResult,
    films: Sequence[EmbeddedVideo | None],
    portraits: Sequence[Mapping[int, Snapshot]],
    *,
    first_clip: int,
) -> dict[str, Any]:
    """Return the script of the page, its hash for the page's policy, and the data and films it works on."""
    return {
        **page_script(_SCRIPTS),
        "data": Markup(as_json(page_data(analysis, films, portraits) | {"firstClip": first_clip})),
        "videos": [
            {"clip": i, "data": as_base64(film.data or b"")} for i, film in enumerate(films) if film is not None
        ],
    }


def _drawing(spec: ReportFigure) -> str:
    """Return a figure as an element that says where its axes lie."""
    svg, places = spec.svg()
    axes = escape(as_json([place.plain() for place in places]))
    attributes = (
        f'class="drawing" role="img" aria-label="{escape(spec.alt)}" data-name="{spec.name}" data-axes="{axes}"'
    )
    return inline_svg(svg, spec.name, attributes)


def write_html(
    analysis: AnalysisResult,
    path: str | Path,
    *,
    stills: Sequence[Snapshot] = (),
    portraits: Sequence[Mapping[int, Snapshot]] = (),
    film: Path | Sequence[Path | None] | None = None,
    film_names: Sequence[str] | None = None,
    key_frames: Sequence[Sequence[Snapshot]] = (),
    figures: Mapping[str, ReportFigure] | None = None,
    content: Content | None = None,
) -> Path:
    """Write the report of an analysis as an HTML page, and return its path.

    Parameters
    ----------
    analysis, stills, portraits, film, film_names, key_frames, figures, content
        See ``render_html``.
    path
        File to write.

    Examples
    --------
    >>> write_html(analysis, "report.html", film=Path("overlay.mp4"))  # doctest: +SKIP
    """
    path = Path(path)
    page = render_html(
        analysis,
        stills=stills,
        portraits=portraits,
        film=film,
        film_names=film_names,
        key_frames=key_frames,
        figures=figures,
        content=content,
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
