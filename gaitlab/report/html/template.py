"""The templates of the report, and data embedded in what they render."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources

import jinja2

__all__ = ["as_base64", "data_uri", "read_template", "render"]


@cache
def _environment() -> jinja2.Environment:
    """Create the environment of all templates; a part that is included ends with its own newline."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("gaitlab.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


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
