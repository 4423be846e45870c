"""Draws filming.svg, the picture of filming.md: `python tools/draw_filming.py`. Black and white, no colour needed."""

from __future__ import annotations

from pathlib import Path

INK, SOFT, PALE = "#111", "#555", "#e4e4e4"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 790" font-family="DejaVu Sans, Arial, sans-serif" '
    'font-size="17" role="img" aria-label="How to film: from the side with the camera 4 to 5 metres away, from behind '
    'with the camera on the walking line, both with the phone lying across on a tripod at hip height.">'
    '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z"/></marker><pattern id="h" width="9" height="9" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0,0 V9" stroke="#777" '
    'stroke-width="2"/></pattern></defs><rect width="1000" height="790" fill="#fff"/>'
)


def words(x: float, y: float, text: str, *, size: int = 17, bold: bool = False, anchor: str = "middle") -> str:
    """Write a text."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}"{weight} fill="{INK}">{text}</text>'


def line(x0: float, y0: float, x1: float, y1: float, *, more: str = "", width: float = 2) -> str:
    """Draw a line."""
    return f'<path d="M{x0},{y0} L{x1},{y1}" stroke="{INK}" stroke-width="{width}" fill="none" {more}/>'


def arrow(x0: float, y0: float, x1: float, y1: float, *, both: bool = False, width: float = 2) -> str:
    """Draw an arrow, or a measure with two heads."""
    start = 'marker-start="url(#a)" ' if both else ""
    return line(x0, y0, x1, y1, more=f'{start}marker-end="url(#a)"', width=width)


def box(x: float, y: float, width: float, height: float, fill: str = "none", more: str = "") -> str:
    """Draw a rectangle."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{INK}" {more}/>'


def walker(x: float, y: float, height: float) -> str:
    """Draw a person walking to the right, the feet at y."""
    h = height / 100
    body = "M0,-78 L0,-48 M0,-48 L14,-24 L20,0 L30,-2 M0,-48 L-6,-24 L-22,-4 L-14,2 M0,-74 L-14,-54 M0,-74 L13,-56"
    return (
        f'<g transform="translate({x},{y}) scale({h})" stroke="{INK}" stroke-width="5" fill="none" '
        f'stroke-linecap="round" stroke-linejoin="round"><path d="{body}"/>'
        f'<circle cx="2" cy="-90" r="8" fill="{INK}"/></g>'
    )


def person_from_behind(x: float, y: float, height: float) -> str:
    """Draw a person seen from behind, with a belt line at the pelvis, the feet at y."""
    h = height / 100
    body = (
        "M0,-80 L0,-50 M-11,-78 L11,-78 M-11,-78 L-24,-50 M11,-78 L24,-50 M-7,-50 L-8,0 M7,-50 L9,-4 M-11,-50 L11,-50"
    )
    return (
        f'<g transform="translate({x},{y}) scale({h})" stroke="{INK}" stroke-width="5" fill="none" '
        f'stroke-linecap="round"><path d="{body}"/><circle cx="0" cy="-91" r="8" fill="{INK}"/></g>'
    )


def tripod(x: float, y: float, height: float) -> str:
    """Draw a phone lying across on a tripod, the phone's middle ``height`` above y."""
    top = y - height
    legs = line(x, top, x, y - 10) + line(x, y - 50, x - 20, y) + line(x, y - 50, x + 20, y)
    return legs + box(x - 30, top - 17, 60, 34, INK, 'rx="5"') + box(x - 23, top - 12, 46, 24, "#fff")


def from_above(x: float, y: float, turn_deg: float) -> str:
    """Draw a camera seen from above with its view, looking up the page when not turned, and the therapist behind."""
    return (
        f'<g transform="translate({x},{y}) rotate({turn_deg})"><path d="M-95,-165 L0,0 L95,-165" fill="none" '
        f'stroke="{SOFT}" stroke-dasharray="7 6"/><rect x="-22" y="-6" width="44" height="12" rx="3" fill="{INK}"/>'
        f'<circle cx="0" cy="36" r="13" fill="#fff" stroke="{INK}" stroke-width="3"/></g>'
    )


def side_view() -> str:
    """Draw the left half: from the side, seen from above, and what the picture must show."""
    return "".join(
        (
            words(250, 32, "A  From the SIDE: hip and knee", size=21, bold=True),
            words(250, 56, "seen from above", size=15),
            box(20, 118, 80, 64, "url(#h)"),
            box(400, 118, 80, 64, "url(#h)"),
            arrow(108, 150, 392, 150, both=True, width=4),
            words(250, 86, "straight walking line, 6 or more steps", size=16),
            words(60, 108, "stand, turn", size=15),
            words(440, 108, "stand, turn", size=15),
            words(60, 204, "not in picture", size=14),
            words(440, 204, "not in picture", size=14),
            from_above(250, 320, 0),
            arrow(250, 310, 250, 158, both=True),
            words(262, 222, "4 to 5 m", size=17, bold=True, anchor="start"),
            words(348, 222, "(treadmill:", size=14, anchor="start"),
            words(348, 240, "2.5 to 3 m)", size=14, anchor="start"),
            f'<path d="M250,166 H234 V150" stroke="{INK}" fill="none"/>',
            words(226, 180, "90°", size=15, anchor="end"),
            words(272, 362, "therapist behind the camera", size=15, anchor="start"),
        )
    )


def back_view() -> str:
    """Draw the right half: from behind, seen from above."""
    return "".join(
        (
            words(750, 32, "B  From BEHIND: pelvis and trunk", size=21, bold=True),
            words(750, 56, "seen from above", size=15),
            box(540, 150, 60, 64, "url(#h)"),
            words(570, 236, "stand, turn", size=15),
            arrow(790, 182, 610, 182, width=4),
            words(645, 110, "walks away, straight", size=16),
            words(645, 130, "on the line of the camera", size=16),
            from_above(900, 182, -90),
            arrow(888, 240, 668, 240, both=True),
            words(690, 264, "2 to 5 m", size=17, bold=True),
            words(778, 290, "A treadmill is best: the distance stays the same.", size=15),
            words(935, 130, "therapist", size=15),
            words(935, 148, "behind", size=15),
            line(888, 182, 610, 182, more='stroke-dasharray="3 6"', width=1),
        )
    )


def pictures() -> str:
    """Draw the camera's height and what each picture must show."""
    return "".join(
        (
            line(20, 385, 980, 385, width=1),
            words(165, 416, "Camera height", size=19, bold=True),
            tripod(70, 640, 98),
            walker(245, 640, 195),
            line(102, 542, 285, 542, more='stroke-dasharray="7 6"'),
            arrow(298, 640, 298, 545, both=True),
            words(170, 532, "level", size=15),
            words(306, 598, "hip height", size=15, anchor="start"),
            line(20, 641, 385, 641),
            words(30, 672, "Phone across (landscape), on a", size=15, anchor="start"),
            words(30, 692, "tripod. It must not move or zoom.", size=15, anchor="start"),
            words(515, 416, "The picture from the side", size=19, bold=True),
            box(405, 440, 245, 200, "#fff", 'stroke-width="4" rx="6"'),
            line(405, 607, 650, 607),
            box(425, 480, 46, 127, PALE),
            walker(545, 615, 142),
            arrow(588, 462, 588, 488),
            arrow(588, 634, 588, 618),
            words(596, 484, "room", size=14, anchor="start"),
            words(596, 632, "floor", size=14, anchor="start"),
            words(480, 500, "door", size=14, anchor="start"),
            words(527, 672, "Head and feet always in the picture;", size=15),
            words(527, 692, "something upright behind (door, window).", size=15),
            words(835, 416, "The picture from behind", size=19, bold=True),
            box(712, 440, 245, 200, "#fff", 'stroke-width="4" rx="6"'),
            line(712, 600, 957, 600),
            box(732, 470, 46, 130, PALE),
            person_from_behind(835, 618, 148),
            line(790, 544, 880, 544, more='stroke-dasharray="5 4"'),
            words(884, 540, "pelvis", size=14, anchor="start"),
            words(884, 556, "free", size=14, anchor="start"),
            words(835, 672, "Shirt tucked in, in another colour than", size=15),
            words(835, 692, "the trousers. Hands off the hips.", size=15),
            box(20, 715, 960, 58, "#fff", 'stroke-width="2"'),
            words(500, 739, "Both: much light · 30 or 60 frames per second · no slow motion, or say so", size=16),
            words(500, 761, "several passes there and back in one video are fine: turns are left out", size=16),
        )
    )


if __name__ == "__main__":
    picture = HEAD + side_view() + back_view() + pictures() + "</svg>\n"
    (Path(__file__).resolve().parent.parent / "docs" / "filming.svg").write_text(
        picture.replace("><", ">\n<"), encoding="utf-8"
    )
