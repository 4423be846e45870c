"""The neighbours of a function as a list: a hook of MkDocs, named in mkdocs.yml.

mkdocstrings knows no section "See Also" and shows its lines as one closed paragraph.
"""

from __future__ import annotations

import re
from typing import Any

CLOSED = re.compile(
    r'<details class="see-also"[^>]*>\s*<summary>(.*?)</summary>\s*<p>(.*?)</p>\s*</details>', re.DOTALL
)


def on_page_content(html: str, **_: Any) -> str:
    """Return a page with each section "See Also" as an open list, an item a line."""
    return CLOSED.sub(as_list, html)


def as_list(section: re.Match[str]) -> str:
    """Return a section as the other sections of a docstring look: its title, and a list of names and words."""
    title, lines = section.groups()
    entries = [line.strip().partition(" : ") for line in lines.splitlines()]
    items = "".join(f"<li><code>{name}</code> \N{EN DASH} {words}</li>" for name, _, words in entries)
    return f'<p><span class="doc-section-title">{title}:</span></p><ul>{items}</ul>'
