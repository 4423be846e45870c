"""The handout of the home programme: one page of A4, as PDF and as a page that a browser prints."""

from __future__ import annotations

import base64
import math
from datetime import timedelta
from functools import cache
from typing import Any, Final

import jinja2

from gaitlab.app.record.paper.files import fitted_pdf
from gaitlab.app.record.programme import Handout, HandoutExercise
from gaitlab.app.record.words import day_words

__all__ = ["handout_html", "handout_pdf"]

_KIND: Final = "HOME PROGRAMME"
_INTRO: Final = "Do these exercises as shown. Stop and ask your therapist if an exercise is not possible."
_LOG_TITLE: Final = "Log"
_LOG_HOW: Final = (
    "Day 1 is {first}. Tick each exercise that was done; write down the worst pain of the day, 0 to 10. Bring this "
    "page to the next visit."
)
_DAY: Final = "Day"
_PAIN: Final = "Worst pain, 0 to 10"
_FOOTER: Final = "Made by {who} with gaitlab."
_LETTERS_PER_LINE: Final = 36
_FIXED_LINES: Final = 2
"""Of an exercise: its frame, and its row of the log."""
_PRINT_PT: Final = ((50, 9.4), (72, 8.6), (90, 7.8), (112, 7.0), (140, 6.5))
"""Most lines of all exercises, and the size of type for them."""
_SIDE: Final = "{side} leg: {dose}"


def handout_pdf(given: Handout) -> bytes:
    """Return the handout as PDF/UA-1 on one page of A4; the same handout gives the same bytes.

    Parameters
    ----------
    given
        See ``handout``. The type becomes smaller with the number of exercises; of very many there is a second page.
    """
    files = {f"drawing_{number}.svg": item.drawing for number, item in enumerate(given.exercises) if item.drawing}
    return fitted_pdf("handout", _data(given), files, pages=1)


def handout_html(given: Handout) -> str:
    """Return the handout as a page of its own: no script, nothing from elsewhere, and laid out for A4."""
    drawings = [_data_uri(item) for item in given.exercises]
    # the size of type with which the page of a browser is one sheet: the longer texts decide
    lines = 0
    for item in given.exercises:
        texts = (item.title, item.dose, *item.steps, item.care, item.equipment, item.note)
        lines += _FIXED_LINES + sum(math.ceil(len(text) / _LETTERS_PER_LINE) for text in texts)
    print_pt = next((size for most, size in _PRINT_PT if lines <= most), _PRINT_PT[-1][1])
    return _template().render(**_data(given), drawings=drawings, print_pt=print_pt)


def _data(given: Handout) -> dict[str, Any]:
    place = f"Clinic: {given.clinic}. " if given.clinic else ""
    therapist = f"Therapist: {given.therapist}. " if given.therapist else ""
    facts = f"{day_words(given.day)}. {place}{therapist}".strip()
    return {
        "title": f"Home programme: {given.pseudonym}",
        "kind": _KIND,
        "name": given.pseudonym,
        "facts": [facts],
        "intro": _INTRO,
        "exercises": [_exercise(number, item) for number, item in enumerate(given.exercises)],
        "note": given.note,
        "days": given.days,
        "log": {
            "title": _LOG_TITLE,
            "how": _LOG_HOW.format(first=day_words(given.day + timedelta(days=1))),
            "day": _DAY,
            "rows": [*(f"{n}. {item.title}" for n, item in enumerate(given.exercises, start=1)), _PAIN],
        },
        "footer": _FOOTER.format(who=given.therapist or given.clinic or "your therapist"),
    }


def _exercise(number: int, item: HandoutExercise) -> dict[str, Any]:
    extras = [
        f"Needed: {item.equipment}." if item.equipment else "",
        item.care,
        f"{item.note}." if item.note and not item.note.endswith(".") else item.note,
    ]
    dose = _SIDE.format(side=item.side, dose=item.dose) if item.side else item.dose
    return {
        "title": item.title,
        "dose": f"{dose[0].upper()}{dose[1:]}",
        "steps": item.steps,
        "extras": [extra for extra in extras if extra],
        "file": f"drawing_{number}.svg" if item.drawing else "",
        "alt": item.alt,
    }


def _data_uri(item: HandoutExercise) -> str:
    """Return a drawing as the source of an image, in which a browser runs no script."""
    return f"data:image/svg+xml;base64,{base64.b64encode(item.drawing).decode()}" if item.drawing else ""


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gaitlab.app.record"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("handout.html.jinja")
