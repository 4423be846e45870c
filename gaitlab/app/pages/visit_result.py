"""All videos of a visit together: the summary on its page, the report and its files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from gaitlab.app.context import find, page, see_other, sides_of, state_of
from gaitlab.app.pages.recordings import files_of
from gaitlab.app.record.models import Visit
from gaitlab.app.report_page import in_application
from gaitlab.app.visit_result import combined_overview, combined_recordings, current_overview, result_folder
from gaitlab.app.worker import WorkerEndedError, WorkerError

__all__ = ["ROUTES"]

_PAGES: Final = {"": "report.html", "walk": "walk_report.html"}
"""The report, and next to that of a visit with tests the one of its walk, by their name in the address."""

_ENDED: Final = "The calculation ended unexpectedly. Load the page again."


def _summary(request: Request) -> Response:
    """Return the part of the visit's page that shows all videos together."""
    state, problem, overview = state_of(request), "", None
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        recordings = combined_recordings(visit)
        if not recordings:
            raise HTTPException(404, "This page does not exist, or what it showed was deleted.")
        try:
            overview = combined_overview(state, visit)
        except WorkerError as error:
            problem = str(error)
        except (WorkerEndedError, FileNotFoundError):  # a video was deleted meanwhile
            problem = _ENDED
        return page(
            request,
            "_together.html.jinja",
            visit=visit,
            patient=visit.patient,
            sides=sides_of(visit.patient),
            problem=problem,
            overview=overview,
            papers=[] if overview is None else _papers(files_of(result_folder(state.home, visit))),
        )


def _papers(names: Collection[str]) -> list[tuple[str, str]]:
    """Return the PDFs of a report, each with its title."""
    titles = {"report.pdf": "PDF", "walk_report.pdf": "PDF of the walk"}
    return [(name, title) for name, title in titles.items() if name in names]


def _report(request: Request) -> Response:
    """Show the report; where there is none of the present results, the page of the visit makes it."""
    state, name = state_of(request), _PAGES.get(request.path_params.get("part", ""))
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        folder = result_folder(state.home, visit)
        if name is None or not (folder / name).is_file() or current_overview(state.home, visit) is None:
            return see_other(f"/visits/{visit.id}")
        names = sorted(files_of(folder))
        bar = page(
            request,
            "together_bar.html.jinja",
            patient=visit.patient,
            visit=visit,
            recordings=combined_recordings(visit),
            part=request.path_params.get("part", ""),
            papers=_papers(names),
        )
        address = f"/visits/{visit.id}/report"
    text = (folder / name).read_text(encoding="utf-8").replace('href="walk_report.html"', f'href="{address}/walk"')
    shown = bytes(bar.body).decode("utf-8")
    html, policy = in_application(text, shown, f"{address}/files", names, corrected_here=False)
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _file(request: Request) -> Response:
    state = state_of(request)
    with state.database.reading() as session:
        folder = result_folder(state.home, find(session, Visit, request.path_params["id"]))
    path = files_of(folder).get(request.path_params["name"])
    if path is None or path.suffix == ".html":
        raise HTTPException(404, "This page does not exist, or what it showed was deleted.")
    return FileResponse(path)


ROUTES: Final = (
    Route("/visits/{id}/together", _summary),
    Route("/visits/{id}/report", _report),
    Route("/visits/{id}/report/files/{name:path}", _file),
    Route("/visits/{id}/report/{part}", _report),
)
"""Addresses and what answers them."""
