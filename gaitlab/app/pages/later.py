"""The pages whose texts and exports take a second or two to import: the first pages are shown without them."""

from __future__ import annotations

from typing import Final

from gaitlab.app.pages import archives, examination, follow_up, programme, text

__all__ = ["ROUTES"]

ROUTES: Final = (*archives.ROUTES, *examination.ROUTES, *follow_up.ROUTES, *programme.ROUTES, *text.ROUTES)
"""Addresses and what answers them."""
