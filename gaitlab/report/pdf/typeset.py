"""The report set by typst: a draft measures the texts, the figures take the room they leave, and the PDF is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
import typst

__all__ = [
    "WIDTH_MM",
    "Draft",
    "Plan",
    "Template",
    "compile_files",
    "compiled",
    "drafted",
    "graph_width_mm",
    "planned",
    "query_files",
]

Template = Literal["report", "examination"]
"""Of a walk, and of a visit with tests."""

WIDTH_MM: Final = 182.0
"""Of a page without its margins."""
_GUTTER_MM: Final = 4.0
_BETWEEN_MM: Final = 3.0
"""Between images."""
_END_MM: Final = 279.0
"""Where the room for texts and figures ends on a page."""
_SIZES: Final = (1.2, 1.08, 1.0, 0.94, 0.88)
"""Of the type, from large to small: the largest with which two pages do."""
_LARGEST_FIRST: Final = 1.08
"""Greatest size of the type on the first page: what is left there is for the figures."""
_ORDINARY: Final = 0.94
"""Size of the type where no size makes it two pages."""
_PICTURE_MM: Final = (34.0, 60.0)
_ALONE_MM: Final = 95.0
"""Greatest height of images where there are no graphs."""
_CURVES_MM: Final = (36.0, 42.0, 60.0)
"""Height of the curves of a graph: at least, before images grow, and at most."""
_COLUMNS: Final = {1: (1,), 2: (2,), 4: (2, 4)}
"""How many graphs stand next to each other, by their number: what is tried first, then what is lower."""
_STANDARD: Final = "ua-1"
"""PDF/UA-1: tags, language, title and alternative texts, checked while the file is written."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The sizes of a report on paper.

    Attributes
    ----------
    first, rest
        Size of the type of the first page and of what follows, in parts of the ordinary one.
    picture_mm, graph_mm
        Heights of the images and graphs.
    columns
        Graphs next to each other.
    parted
        Begin a page after the graphs.
    draft
        Leave the places of images empty.
    """

    first: float
    rest: float
    picture_mm: float
    graph_mm: float
    columns: int
    parted: bool = True
    draft: bool = True


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The length of a report whose figures are as low as they may be.

    Attributes
    ----------
    plan
        The plan of the pages.
    first, last
        Page, and height on it, at which the graphs and the whole report end.
    """

    plan: Plan
    first: tuple[int, float]
    last: tuple[int, float]


def graph_width_mm(plan: Plan) -> float:
    """Compute the width of a graph."""
    return (WIDTH_MM - _GUTTER_MM * (plan.columns - 1)) / plan.columns


def planned(data: Mapping[str, Any], *, around_mm: float, type_size: float) -> Plan:
    """Return the sizes with which a report fills two pages; more pages only where the smallest type needs them.

    Parameters
    ----------
    data
        What the template prints.
    around_mm
        Height of a graph without its curves.
    type_size
        The reader's size of type, in parts of the ordinary one.
    """
    count = len(data["graphs"])
    least = Plan(
        first=_ORDINARY * type_size,
        rest=_ORDINARY * type_size,
        picture_mm=_PICTURE_MM[0],
        graph_mm=around_mm + _CURVES_MM[0],
        columns=_COLUMNS.get(count, (3,))[-1],
        parted=bool(count),
    )
    first, rest = _largest(data, _candidates(least, count, type_size))
    if first is None:
        return replace(least, parted=False, draft=False)
    picture_mm, curves_mm = _heights(first, count, _tallest_mm(data["pictures"], alone=not count))
    rest_size = rest.plan.rest if rest else least.rest
    return replace(first.plan, rest=rest_size, picture_mm=picture_mm, graph_mm=around_mm + curves_mm, draft=False)


def _candidates(least: Plan, count: int, type_size: float) -> list[Plan]:
    """Return the plans that are tried, the best first: large type, then small, then lower rows of graphs."""
    return [
        replace(least, columns=columns, first=min(size, _LARGEST_FIRST) * type_size, rest=size * type_size)
        for columns in _COLUMNS.get(count, (3,))
        for size in _SIZES
    ]


def _heights(draft: Draft, count: int, tallest_mm: float) -> tuple[float, float]:
    """Return the heights of images and curves that fill the first page."""
    if count:
        return _shared(_END_MM - draft.first[1], rows=-(-count // draft.plan.columns), tallest_mm=tallest_mm)
    spare_mm = _END_MM - draft.last[1] if draft.last[0] == 1 else 0.0
    return min(tallest_mm, _PICTURE_MM[0] + spare_mm), _CURVES_MM[0]


def _largest(data: Mapping[str, Any], plans: Sequence[Plan]) -> tuple[Draft | None, Draft | None]:
    """Return the first of some plans whose figures fit on the first page, and the first whose rest fits on another.

    Without graphs both are the same: the first that takes one page, otherwise the first that takes two.
    """
    first = rest = None
    for plan in plans:
        draft = drafted(data, plan)
        if plan.parted:
            first = first or (draft if draft.first[0] == 1 else None)
            rest = rest or (draft if draft.last[0] - draft.first[0] <= 1 else None)
            if first and rest:
                break
        elif draft.last[0] == 1:
            return draft, draft
        elif draft.last[0] == 2:
            first = rest = first or draft
    return first, rest


def _tallest_mm(pictures: Sequence[Mapping[str, Any]], *, alone: bool) -> float:
    """Return how high images may be: each as wide as its column at most; none: as high as in the draft."""
    if not pictures:
        return _PICTURE_MM[0]
    width_mm = (WIDTH_MM - _BETWEEN_MM * (len(pictures) - 1)) / len(pictures)
    widest: float = max(picture["shape"] for picture in pictures)
    return min(_ALONE_MM if alone else _PICTURE_MM[1], width_mm / widest)


def _shared(spare_mm: float, *, rows: int, tallest_mm: float) -> tuple[float, float]:
    """Share what is left of a page: graphs first, then images, then graphs again.

    Examples
    --------
    >>> _shared(0.0, rows=2, tallest_mm=60.0), _shared(20.0, rows=2, tallest_mm=60.0)
    ((34.0, 36.0), (42.0, 42.0))
    """
    low, middle, high = _CURVES_MM
    spare_mm = max(0.0, spare_mm)
    curves_mm = min(middle, low + spare_mm / rows)
    spare_mm -= rows * (curves_mm - low)
    picture_mm = min(tallest_mm, _PICTURE_MM[0] + spare_mm)
    spare_mm -= picture_mm - _PICTURE_MM[0]
    return picture_mm, min(high, curves_mm + spare_mm / rows)


def drafted(data: Mapping[str, Any], plan: Plan, template: Template = "report") -> Draft:
    """Set a report without its images, and measure where it ends."""
    answers = query_files(_files(data, plan, template), "<room>")
    places = {room["name"]: (int(room["page"]), float(room["y"])) for room in answers}
    return Draft(plan=plan, first=places["first"], last=places["last"])


def compiled(data: Mapping[str, Any], plan: Plan, images: Mapping[str, bytes], template: Template = "report") -> bytes:
    """Return the PDF, the same bytes each time: it holds no date.

    Parameters
    ----------
    data
        What the template prints.
    plan
        The sizes.
    images
        The files that the data name.
    template
        Of which report.
    """
    return compile_files(_files(data, plan, template) | dict(images))


def compile_files(files: Mapping[str, bytes]) -> bytes:
    """Return the PDF of ``main.typ`` among files that exist in memory alone: PDF/UA-1, without a date.

    Parameters
    ----------
    files
        By the names that they use for each other.
    """
    return typst.compile(
        _known(files), format="pdf", font_paths=_fonts(), ignore_system_fonts=True, pdf_standards=[_STANDARD]
    )


def query_files(files: Mapping[str, bytes], label: str) -> list[dict[str, Any]]:
    """Return the values of the metadata with a label, set as in ``compile_files``."""
    answer = typst.query(_known(files), label, field="value", font_paths=_fonts(), ignore_system_fonts=True)
    values: list[dict[str, Any]] = json.loads(answer)
    return values


def _known(files: Mapping[str, bytes]) -> Any:
    """Return files as typst takes them; its annotations know paths only."""
    return dict(files)


def _files(data: Mapping[str, Any], plan: Plan, template: Template) -> dict[str, bytes]:
    """Return the template and its data."""
    folder = resources.files("gaitlab.report.pdf")
    return {
        "main.typ": folder.joinpath(f"{template}.typ").read_bytes(),
        "common.typ": folder.joinpath("common.typ").read_bytes(),
        "data.json": json.dumps(data).encode(),
        "plan.json": json.dumps(asdict(plan)).encode(),
    }


@cache
def _fonts() -> list[Path]:
    """Return the folder of the fonts that the figures use, too; those of the system are not looked at."""
    return [Path(mpl.get_data_path()) / "fonts" / "ttf"]
