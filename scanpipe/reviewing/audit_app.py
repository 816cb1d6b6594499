"""Owns the pages of an audit: slips as they were scanned, and nothing of what was read on them."""

import hashlib
import threading

from flask import Flask, abort, jsonify, redirect, render_template, request
from flask import url_for as address_of
from werkzeug.wrappers import Response as AnyResponse

from scanpipe.messages import messages_for
from scanpipe.reporting.answers import rating_of
from scanpipe.reporting.auditing import Answer, OpenAudit
from scanpipe.reporting.slip_names import has_rows
from scanpipe.reviewing.about_row import about, only_session, question_of
from scanpipe.reviewing.answering import Shown, answer, guarded_app, png_answer, wants_parts
from scanpipe.reviewing.options import kind_of, options_of
from scanpipe.reviewing.phrases import not_taken, nothing_marked, what_do_you_see
from scanpipe.reviewing.scans_again import ScansAgain
from scanpipe.reviewing.sent import CHOSEN, answer_sent
from scanpipe.reviewing.slip_view import chosen_places


def create_audit_app(audit: OpenAudit, scans: ScansAgain, token: str, port: int) -> Flask:
    """Return the application for `audit`, under `token`, to be served at `port`."""
    pages = _Pages(audit, scans)
    app, routes = guarded_app(token, port)
    routes.add_url_rule("/", "start", pages.start)
    routes.add_url_rule("/slip/<slip>", "slip", pages.slip)
    routes.add_url_rule("/slip/<slip>", "decide", pages.decide, methods=["POST"])
    routes.add_url_rule("/state", "state", pages.state)
    routes.add_url_rule("/end", "end", pages.end)
    routes.add_url_rule("/picture/<slip>.png", "picture", pages.picture)
    app.register_blueprint(routes)
    return app


class _Pages:
    """What is answered at each address; they are those of a review."""

    def __init__(self, audit: OpenAudit, scans: ScansAgain) -> None:
        self._audit = audit
        self._scans = scans
        self._t = messages_for(audit.run.form.language)

    def start(self) -> AnyResponse:
        """Go to the first slip that nobody has looked at, or to the result."""
        return redirect(self._next("").address, 303)

    def slip(self, slip: str) -> AnyResponse:
        """Show a slip."""
        if slip not in self._audit.audit.drawn:
            return self.start()
        return self._answer(self._slip(slip))

    def decide(self, slip: str) -> AnyResponse:
        """Keep what a person sees on a slip, and go to the next."""
        if slip not in self._audit.audit.drawn:
            abort(404)
        given, before = request.form, self._version(slip)
        form = self._audit.run.form
        rating = given.get("rating", "") if "undo" in given else answer_sent(given, form)
        seen = Answer("" if rating == "void" else given.get("session", ""), rating)
        t = self._t
        if given.get("seen") != before:
            notice = t("Not saved: meanwhile this slip was looked at in another window.")
            return self._answer(self._slip(slip, notice, 409), saved=False)
        old = self._audit.audit.answers.get(slip)
        if not self._audit.answer(slip, seen if rating else None):
            notice = not_taken(form, t)
            return self._answer(self._slip(slip, notice, 409), saved=False)
        shown = self._slip(slip) if "undo" in given or not rating else self._next(slip)
        if not wants_parts():
            return redirect(shown.address, 303)
        undo = {
            "slip": slip,
            "session": old.session if old else "",
            "rating": old.rating if old else "",
            "seen": self._version(slip),
        }
        return self._answer(shown, saved=True, said=t("Saved."), undo=undo)

    def state(self) -> AnyResponse:
        """Tell the script what has changed since it last asked."""
        slip = request.args.get("slip", "")
        changed = request.args.get("stamp") != self._stamp()
        side = self._side(slip) if changed else None
        version = self._version(slip) if slip else ""
        return jsonify(stamp=self._stamp(), version=version, side=side)

    def end(self) -> AnyResponse:
        """Show the result."""
        return self._answer(self._end())

    def picture(self, slip: str) -> AnyResponse:
        """Send the picture of a drawn slip, and make the next one meanwhile."""
        if slip not in self._audit.audit.drawn:
            abort(404)
        following = self._after(slip)
        picture = self._scans.picture(self._audit.run, self._audit.readings[slip])
        if following:
            reading = self._audit.readings[following]
            ahead = (self._audit.run, reading)
            threading.Thread(target=self._scans.picture, args=ahead, daemon=True).start()
        return png_answer(picture)

    def _next(self, slip: str) -> Shown:
        following = self._after(slip)
        return self._slip(following) if following else self._end()

    def _after(self, slip: str) -> str | None:
        """Return the next slip that nobody has looked at, beginning anew at the end."""
        drawn, left = self._audit.audit.drawn, set(self._audit.audit.left) - {slip}
        place = drawn.index(slip) + 1 if slip in drawn else 0
        return next((each for each in (*drawn[place:], *drawn[:place]) if each in left), None)

    def _slip(self, slip: str, notice: str = "", status: int = 200) -> Shown:
        drawn = self._audit.audit.drawn
        place = drawn.index(slip)
        seen = self._audit.audit.answers.get(slip)
        form, t, reading = self._audit.run.form, self._t, self._audit.readings[slip]
        only = only_session(reading, form)
        rating = rating_of(seen.rating, form) if seen else None
        values = {
            "slip": slip,
            "number": place + 1,
            "count": len(drawn),
            "options": options_of(form, t),
            "kind": kind_of(form),
            "chosen": CHOSEN,
            "chosen_places": chosen_places(str(rating or ""), form),
            "about": about(reading, form, t),
            "question": question_of(reading, form),
            "only": only,
            "asks": what_do_you_see(form, not only, t),
            "nothing_marked": nothing_marked(form, t),
            "seen": seen,
            "version": self._version(slip),
            "notice": notice,
            "before": drawn[place - 1] if place else None,
            "after": drawn[place + 1] if place + 1 < len(drawn) else None,
        }
        title = t("Slip {number}", number=place + 1)
        address = address_of("review.slip", slip=slip)
        return Shown("audit_slip.html", values, title, address, slip, self._version(slip), status)

    def _end(self) -> Shown:
        values = {"differences": self._audit.differences, "said": self._audit.said}
        return Shown("audit_end.html", values, self._t("The end"), address_of("review.end"))

    def _answer(self, shown: Shown, **more: object) -> AnyResponse:
        return answer(shown, self._words(), self._side(shown.slip), self._stamp(), **more)

    def _side(self, slip: str) -> str:
        return render_template("audit_side.html", current=slip, **self._words())

    def _words(self) -> dict[str, object]:
        form = self._audit.run.form
        return {
            "t": self._t,
            "plural": self._t.plural,
            "form": form,
            "audit": self._audit.audit,
            "has_rows": has_rows(form),
        }

    def _version(self, slip: str) -> str:
        seen = self._audit.audit.answers.get(slip)
        return f"{seen.session}/{seen.rating}" if seen else "/"

    def _stamp(self) -> str:
        answers = repr(sorted(self._audit.audit.answers.items(), key=lambda item: item[0]))
        return hashlib.sha256(answers.encode()).hexdigest()[:16]
