"""Owns who may ask the server for anything: this computer's own page, opened by its address.

A page elsewhere can send a browser here. It does not know the token in the path; a name that it
points to this computer stands in Host; and what it posts carries its own Origin.
"""

import hmac

from flask import Flask, Response, abort, request

HOST = "127.0.0.1"

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
REPORT_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The report is one file that brings its styles and pictures along, and no script."""

HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would hide Origin from us too
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

MAX_REQUEST_BYTES = 16_384
"""A decision takes a hundredth of it."""


def guard(app: Flask, token: str, port: int) -> None:
    """Refuse, before `app` looks at it, every request that is not of the page at `token`.

    `port`: where the server listens.
    """
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES

    hosts = _hosts(port)

    @app.before_request
    def refuse_strangers() -> None:
        if request.host not in hosts:
            abort(403)
        given = request.path.split("/", 2)[1]
        if not hmac.compare_digest(given.encode(), token.encode()):
            abort(403)
        if request.method not in ("GET", "HEAD") and not _is_own(hosts):
            abort(403)

    @app.after_request
    def say_what_is_allowed(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _hosts(port: int) -> set[str]:
    names = (HOST, "localhost")
    return {f"{name}:{port}" for name in names} | ({*names} if port == 80 else set())


def _is_own(hosts: set[str]) -> bool:
    """Tell whether the browser says that our own page sends this."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    return site == "same-origin" and origin in {f"http://{host}" for host in hosts}
