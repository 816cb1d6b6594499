"""Owns how a page is answered: whole, to a browser, or in parts, to the page's own script."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from scanpipe.errors import ScanpipeError
from scanpipe.reviewing.guard import guard

FRAGMENT = "X-Scanpipe"
"""The page's script sends this header, and is answered in parts instead of whole pages."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: its main part, drawn by `template` from `values`, and what the script knows of it.

    `version` tells what is decided of the slip from what was decided before; `status` is HTTP's.
    """

    template: str
    values: Mapping[str, object]
    title: str
    address: str
    slip: str = ""
    version: str = ""
    status: int = 200


def guarded_app(token: str, port: int) -> tuple[Flask, Blueprint]:
    """Return an application that lets in nobody but its own page, and its routes, to be added."""
    app = Flask("scanpipe.reviewing", static_url_path=f"/{token}/static")
    app.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    guard(app, token, port)
    app.register_error_handler(ScanpipeError, _trouble)
    app.register_error_handler(HTTPException, _refusal)
    return app, Blueprint("review", "scanpipe.reviewing", url_prefix=f"/{token}")


def wants_parts() -> bool:
    """Tell whether it is the page's script that asks."""
    return FRAGMENT in request.headers


def answer(
    shown: Shown, words: Mapping[str, object], side: str, stamp: str, **more: object
) -> AnyResponse:
    """Return `shown` as a whole page or, to the script, in parts, with `more` to tell it.

    `words`: what every template may use; `side`: what stands beside it; `stamp`: another whenever
    anything has changed.
    """
    main = render_template(shown.template, **{**words, **shown.values})
    page = {
        "title": shown.title,
        "address": shown.address,
        "slip": shown.slip,
        "version": shown.version,
    }
    if wants_parts():
        parts = jsonify(**page, stamp=stamp, main=main, side=side, **more)
        parts.status_code = shown.status
        return parts
    # Both were drawn by templates, which have escaped all text.
    drawn = {"main": Markup(main), "side": Markup(side)}  # noqa: S704
    html = render_template("page.html", page=page, stamp=stamp, **drawn, **words)
    return Response(html, shown.status)


def png_answer(picture: bytes | None) -> AnyResponse:
    """Return `picture`; what is not there is not found."""
    if picture is None:
        abort(404)
    return Response(picture, mimetype="image/png")


def _trouble(error: ScanpipeError) -> AnyResponse:
    """Say what is wrong with the folder or its files; nothing was saved."""
    if wants_parts():
        said = jsonify(saved=False, notice=f"{error.message} {error.hint}".strip())
    else:
        said = Response(render_template("trouble.html", error=error))
    said.status_code = 409
    return said


def _refusal(error: HTTPException) -> AnyResponse:
    """Say no in one word, whatever was asked for."""
    return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")
