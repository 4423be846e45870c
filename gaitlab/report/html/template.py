"""Templates of the package, filled in, and data as part of what they make."""

from __future__ import annotations

import base64
from importlib import resources

import jinja2

__all__ = ["as_base64", "data_uri", "read_template", "render"]


def read_template(name: str) -> str:
    """Return the text of a file in ``templates``."""
    return resources.files("gaitlab.report").joinpath("templates", name).read_text(encoding="utf-8")


def render(name: str, **values: object) -> str:
    """Fill a template in; what is not marked as safe is escaped, and a name that is missing is an error."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(read_template(name)).render(**values)


def as_base64(data: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(data).decode("ascii")


def data_uri(kind: str, data: bytes) -> str:
    """Return a file of a media type as an address that holds it."""
    return f"data:{kind};base64,{as_base64(data)}"
