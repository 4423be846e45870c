"""Matplotlib's SVG made fit to stand inside a page: own ids, no links, and the places of its axes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["AxesPlace", "assign_svg_ids", "axes_places", "inline_svg"]

_DROPPED: Final = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<style .*?</style>", re.DOTALL
)
"""What a page must not or need not hold; Matplotlib's style sheet would apply to the whole page."""

_NAMESPACES: Final = re.compile(r' xmlns(:\w+)?="[^"]*"')
_PATH: Final = re.compile(r' d="[^"]*"')
_FINE: Final = re.compile(r"(\.\d\d)\d+")
"""Digits of a coordinate beyond a hundredth of a point, which nobody sees."""


@dataclass(frozen=True, kw_only=True)
class AxesPlace:
    """Where axes lie in a drawing, and what they show.

    Attributes
    ----------
    name
        What is drawn there.
    left, top, width, height
        Parts of the drawing's width and height, from its upper left corner.
    x, y
        Data values at the left and right, and at the lower and upper edge.
    """

    name: str
    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, rounded to what a screen can show."""
        return {k: v if isinstance(v, str) else _rounded(v) for k, v in asdict(self).items()}


def _rounded(value: float | tuple[float, float]) -> float | list[float]:
    return [round(v, 4) for v in value] if isinstance(value, tuple) else round(value, 5)


def axes_places(figure: Figure, names: Sequence[str]) -> tuple[AxesPlace, ...]:
    """Return where the axes of a drawn figure lie: the named ones in their order, and their strips below."""
    places = []
    for name, ax in zip(names, figure.axes, strict=False):
        places.append(_place(figure, ax, name))
        places += [_place(figure, strip, "strip") for strip in _strips(ax)]
    return tuple(places)


def _place(figure: Figure, ax: Axes, name: str) -> AxesPlace:
    box, whole = ax.bbox, figure.bbox
    return AxesPlace(
        name=name,
        left=box.x0 / whole.width,
        top=1 - box.y1 / whole.height,
        width=box.width / whole.width,
        height=box.height / whole.height,
        x=_pair(ax.get_xlim()),
        y=_pair(ax.get_ylim()),
    )


def _pair(limits: Sequence[float]) -> tuple[float, float]:
    return float(limits[0]), float(limits[1])


def assign_svg_ids(figure: Figure, strides: Mapping[str, Sequence[int]]) -> None:
    """Set an id for each artist that belongs to a side, such as ``left-mean`` or ``right-stride-7``.

    Parameters
    ----------
    figure
        Whose artists have ids that begin with a side (``plots.style.of_side``).
    strides
        Numbers of the strides of each side in the order in which they are drawn.
    """
    names: Counter[str] = Counter()
    for ax in [ax for top in figure.axes for ax in (top, *_strips(top))]:
        remaining = {f"{side}-stride": list(numbers) for side, numbers in strides.items()}
        for artist in ax.get_children():
            name = str(artist.get_gid())
            if not name.startswith(tuple(f"{side}-" for side in strides)):
                continue
            names[name] += 1
            number = remaining[name].pop(0) if name in remaining else names[name]
            artist.set_gid(name if number == 1 and name not in remaining else f"{name}-{number}")


def _strips(ax: Axes) -> list[Axes]:
    return [child for child in ax.child_axes if isinstance(child, Axes)]


def inline_svg(svg: str, prefix: str, attributes: str) -> str:
    """Return an SVG file as an element of a page.

    Parameters
    ----------
    svg
        What Matplotlib wrote.
    prefix
        Goes before each id, so that several drawings in one page do not take each other's clip paths and letters.
    attributes
        Written into the ``svg`` tag.
    """
    svg = _NAMESPACES.sub("", _DROPPED.sub("", svg)).replace("xlink:href", "href")
    svg = _PATH.sub(lambda path: _FINE.sub(r"\1", path[0]), svg)
    svg = re.sub(r"\bid=\"([^\"]+)\"", rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = re.sub(r"href=\"#([^\"]+)\"", rf'href="#{prefix}-\1"', svg)
    head, tag, rest = svg.partition("<svg ")
    opening, close, body = rest.partition(">")
    opening = re.sub(r"\b(width|height|version)=\"[^\"]*\" ?", "", opening)
    return re.sub(r"\n\s*", "\n", f"{head}{tag}{attributes} {opening}{close}{body}").strip()
