"""The built site loads nothing from other machines: a hook of MkDocs, named in mkdocs.yml, that checks each build."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

FETCHED = re.compile(
    r"""<(?:script|img|iframe|video|audio|source|embed)\b[^>]*\bsrc=["']?(?:https?:)?//[^\s"'>]+"""
    r"""|<link\b[^>]*\bhref=["']?(?:https?:)?//[^\s"'>]+"""
    r"""|(?:url\(|@import\s)\s*["']?(?:https?:)?//[^\s"')]+"""
)


def on_post_build(config: MkDocsConfig) -> None:
    """Fail if a page or a style sheet would fetch a script, style, font or picture over the network."""
    site = Path(config.site_dir)
    pages = sorted(path for ending in ("html", "css") for path in site.rglob(f"*.{ending}"))
    found = [f"{page.relative_to(site)}: {link}" for page in pages for link in fetched(page.read_text("utf-8"))]
    if found:
        raise PluginError("The site would load from other machines:\n" + "\n".join(found))


def fetched(text: str) -> list[str]:
    """Return what a page or a style sheet would load from another machine; links that a reader follows are none."""
    return [match.group() for match in FETCHED.finditer(text)]
