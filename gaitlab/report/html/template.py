"""The templates of the report, and data embedded in what they render."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import jinja2
from markupsafe import Markup

__all__ = ["as_base64", "as_json", "data_uri", "page_script", "read_template", "render"]


_NOT_HERE: Final = re.compile(r"(?<=±) (?=[0-9])|(?<=[0-9]) (?=(?:%|m/s|m|s)(?:[ ;,.)]|$))")


@cache
def _environment() -> jinja2.Environment:
    """Create the environment of all templates; a part that is included ends with its own newline."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gaitlab.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = unbroken
    return environment


def unbroken(text: str) -> str:
    """Return text in which a line breaks neither after a plus-minus sign nor between a number and a short unit.

    Examples
    --------
    >>> unbroken("right 4 % less ± 0.03 s").split(" ")
    ['right', '4\xa0%', 'less', '±\xa00.03\xa0s']
    """
    return _NOT_HERE.sub("\N{NO-BREAK SPACE}", text)


def read_template(name: str) -> str:
    """Read a file in ``templates`` as text."""
    return resources.files("gaitlab.report").joinpath("templates", name).read_text(encoding="utf-8")


def render(name: str, **values: object) -> str:
    """Render a template with values.

    Values that are not marked as safe are escaped; a name that the template needs and that is missing is an error.
    """
    return _environment().get_template(name).render(**values)


def as_base64(data: bytes) -> str:
    """Encode bytes as Base64 text."""
    return base64.b64encode(data).decode("ascii")


def data_uri(kind: str, data: bytes) -> str:
    """Encode a file of a media type, for example ``image/png``, as a data URI."""
    return f"data:{kind};base64,{as_base64(data)}"


def as_json(data: object) -> str:
    """Return data as JSON that cannot end the element it stands in."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def page_script(names: Sequence[str]) -> dict[str, object]:
    """Return some scripts in ``templates`` as the one of a page, and its hash for the page's policy."""
    script = "".join(["'use strict';\n{\n", *map(read_template, names), "}\n"])
    return {
        "script": Markup(script),
        "script_hash": as_base64(hashlib.sha256(script.encode()).digest()),
    }
