"""A report as it stands in its folder, shown inside the application: with a bar above, and corrections that act."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gaitlab.app.security import report_policy

__all__ = ["in_application"]

_OWN_POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_HASH: Final = re.compile(r"'sha256-[A-Za-z0-9+/=]+'")
_MAIN: Final = "<main>"
_HEAD_END: Final = "</head>"
_ADDED_HEAD: Final = (
    '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">\n<link rel="stylesheet" href="/static/bar.css">\n'
)
_ADDED_SCRIPT: Final = '<script src="/static/report.js" defer></script>\n'


def in_application(
    report: str, bar: str, files: str = "", names: Iterable[str] = (), *, corrected_here: bool = True
) -> tuple[str, str]:
    """Return the page, and the policy that it is sent with instead of its own.

    Parameters
    ----------
    report
        The report, as ``gaitlab analyze`` writes it.
    bar
        What stands above it, after the link that skips to the finding.
    files, names
        Address under which the files next to the report are, and their names, for links to them.

    corrected_here
        Whether what is corrected on this page acts at once.

    Returns
    -------
    page, policy : str
        The policy allows the scripts that the report's own one allows, and those of the application.
    """
    policy = _OWN_POLICY.search(report)
    hashes = " ".join(_HASH.findall(policy[1])) if policy else ""
    head, _, body = _OWN_POLICY.sub("", report, count=1).partition(_HEAD_END)
    for name in names:
        body = body.replace(f'href="{name}"', f'href="{files}/{name}"')
    start, _, rest = body.partition(_MAIN)
    added = _ADDED_HEAD + (_ADDED_SCRIPT if corrected_here else "")
    return f"{head}{added}{_HEAD_END}{start}{bar}{_MAIN}{rest}", report_policy(hashes)
