"""Access control: only the browser that was given the token, on this computer, from the application's own pages."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HOST", "POLICY", "Guard", "report_policy"]

HOST: Final = "127.0.0.1"
"""The only address that the application listens on."""

START: Final = "/start"
_SAFE: Final = ("GET", "HEAD")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page of the application may load: its own files."""

_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_NO_TOKEN: Final = (
    "This page belongs to a gaitlab app that has ended, or it was opened in another browser. Start gaitlab app again; "
    "it opens the browser."
)
_FOREIGN: Final = "This request comes from another page and was not carried out."
_PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>gaitlab</title></head>'
    "<body><main><h1>gaitlab</h1><p>{}</p></main></body></html>"
)


def report_policy(script_hashes: str) -> str:
    """Return the policy of a report inside the application: its own inline scripts, by hash, and the application's."""
    return (
        f"default-src 'none'; script-src 'self' {script_hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; media-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


class Guard:
    """Refuse what does not come from the application's own pages, and set the headers of every answer.

    Parameters
    ----------
    app
        The application.
    token
        Secret of this start; the address with it opens the application and leaves it as a cookie.
    port
        Where the application listens.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app, self._token, self._cookie = app, token, f"gaitlab_{port}"
        self._hosts = (f"{HOST}:{port}", f"localhost:{port}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._own_answer(scope) or self._app
            await answer(scope, receive, _with_headers(send))

    def _own_answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is not passed on; ``None``: it is."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts or not _is_own(headers, host, scope["method"]):
            return HTMLResponse(_PAGE.format(_FOREIGN), status_code=403)
        if scope["path"] == START:
            return self._begin(Request(scope))
        if not self._is_known(headers):
            return HTMLResponse(_PAGE.format(_NO_TOKEN), status_code=403)
        return None

    def _begin(self, request: Request) -> Response:
        if not _same(request.query_params.get("token", ""), self._token):
            return HTMLResponse(_PAGE.format(_NO_TOKEN), status_code=403)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _is_known(self, headers: Headers) -> bool:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return morsel is not None and _same(morsel.value, self._token)


def _is_own(headers: Headers, host: str, method: str) -> bool:
    """Check whether a request comes from a page of the application; one that changes nothing may have no page."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is None and method in _SAFE:
        return site in ("none", "same-origin")
    return origin == f"http://{host}" and site in ("none", "same-origin")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", POLICY)
        await send(message)

    return with_headers
