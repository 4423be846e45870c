"""The templates of the papers, and a size of type with which a paper keeps to its pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from gaitlab.report.pdf.typeset import compile_files, query_files

__all__ = ["fitted_pdf"]

_SIZES: Final = (1.0, 0.94, 0.88, 0.82, 0.76)
"""Of the type, from large to small; smaller is not read on paper."""


def fitted_pdf(template: str, data: Mapping[str, Any], images: Mapping[str, bytes], *, pages: int) -> bytes:
    """Return a PDF in the largest type with which it takes some pages; more pages only where the smallest needs them.

    Parameters
    ----------
    template
        Name of the template, without its ending.
    data
        What it prints.
    images
        The files that the data name.
    pages
        How many it should take.
    """
    for size in _SIZES:
        files = _files(template, data, images, size)
        if int(query_files(files, "<pages>")[0]["count"]) <= pages:
            return compile_files(files)
    return compile_files(_files(template, data, images, _SIZES[0]))


def _files(template: str, data: Mapping[str, Any], images: Mapping[str, bytes], size: float) -> dict[str, bytes]:
    folder = resources.files("gaitlab.app.record.paper")
    return {
        "main.typ": folder.joinpath(f"{template}.typ").read_bytes(),
        "style.typ": folder.joinpath("style.typ").read_bytes(),
        "data.json": json.dumps({**data, "size": size}).encode(),
        **images,
    }
