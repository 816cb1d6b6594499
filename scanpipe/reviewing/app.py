"""Owns the pages of a review and their addresses; every one lies under the server's token."""

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from flask import url_for as address_of
from werkzeug.wrappers import Response as AnyResponse

from scanpipe.errors import ReviewError
from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.deciding import Decision, OpenReview, Why
from scanpipe.reporting.slip_names import has_rows
from scanpipe.reporting.standing import Item, Standing
from scanpipe.reviewing.about_row import only_session
from scanpipe.reviewing.answering import Shown, answer, guarded_app, png_answer, wants_parts
from scanpipe.reviewing.figures import results_of
from scanpipe.reviewing.guard import REPORT_POLICY
from scanpipe.reviewing.looking_up import SHOWN_AT_MOST, looked_up
from scanpipe.reviewing.options import kind_of, options_of, sign_of
from scanpipe.reviewing.phrases import ink_meant, not_taken, nothing_marked, told
from scanpipe.reviewing.scans_again import ScansAgain
from scanpipe.reviewing.sent import CHOSEN, answer_sent
from scanpipe.reviewing.slip_view import decided_word, slip_view
from scanpipe.reviewing.why_here import NOT_SAVED
from scanpipe.vocabulary import Status


def create_app(review: OpenReview, token: str, port: int) -> Flask:
    """Return the application for `review`, under `token`, to be served at `port`."""
    pages = _Pages(review)
    app, routes = guarded_app(token, port)
    routes.add_url_rule("/", "start", pages.start)
    routes.add_url_rule("/slip/<slip>", "slip", pages.slip)
    routes.add_url_rule("/slip/<slip>", "decide", pages.decide, methods=["POST"])
    routes.add_url_rule("/find", "find", pages.find)
    routes.add_url_rule("/state", "state", pages.state)
    routes.add_url_rule("/end", "end", pages.end)
    routes.add_url_rule("/apply", "apply", pages.apply, methods=["POST"])
    routes.add_url_rule("/picture/<slip>.png", "picture", pages.picture)
    routes.add_url_rule("/earlier/<slip>.png", "earlier", pages.earlier)
    routes.add_url_rule("/report.html", "report", pages.report)
    app.register_blueprint(routes)
    return app


class _Pages:
    """What is answered at each address."""

    def __init__(self, review: OpenReview) -> None:
        self._review = review
        self._scans = ScansAgain()

    def start(self) -> AnyResponse:
        """Go to the first slip that is left, or to the end."""
        return redirect(_next_address(self._review.standing(), None), 303)

    def slip(self, slip: str) -> AnyResponse:
        """Show a slip."""
        stands = self._review.standing()
        item = stands.item(slip)
        if item is None:
            return redirect(_next_address(stands, None), 303)
        return _answer(stands, self._slip(stands, item))

    def decide(self, slip: str) -> AnyResponse:
        """Save a decision and go to the next slip, or say why it was not saved."""
        given = request.form
        stands = self._review.standing()
        before = stands.item(slip)
        if before is None:
            abort(404)
        rating = given.get("rating", "") if "undo" in given else answer_sent(given, stands.form)
        decision = Decision(slip, given.get("session", ""), rating, given.get("seen", ""))
        if "undo" not in given:
            decision = _shortened(decision, before, stands.form)
        refused = self._review.decide(decision)
        stands = self._review.standing()
        item = stands.item(slip)
        if refused or item is None:
            return self._not_saved(stands, item, refused or Why.NOT_A_SLIP, decision)
        # Whoever has looked up a slip wants to see what became of it, and not the next in doubt.
        stays = "undo" in given or not decision.rating or item.is_certain
        address = address_of("review.slip", slip=slip) if stays else _next_address(stands, item)
        if not wants_parts():
            return redirect(address, 303)
        shown = self._slip(stands, item) if stays else self._next(stands, item)
        undo = {
            "slip": slip,
            "session": before.entry.session,
            "rating": before.entry.rating,
            "seen": item.version,
        }
        return _answer(stands, shown, saved=True, said=_said(stands, item), undo=undo)

    def find(self) -> AnyResponse:
        """Show the slip that somebody looks up, or those that may be meant."""
        stands, what = self._review.standing(), request.args.get("what", "").strip()
        found = looked_up(what, [row.reading for row in stands.run.rows], stands.form)
        item = stands.item(found[0].slip) if len(found) == 1 else None
        return _answer(stands, self._slip(stands, item) if item else _found(stands, what, found))

    def state(self) -> AnyResponse:
        """Tell the script what has changed since it last asked."""
        stands = self._review.standing()
        item = stands.item(request.args.get("slip", ""))
        changed = request.args.get("stamp") != stands.stamp
        side = _side(stands, item.slip if item else "") if changed else None
        version = item.version if item else ""
        return jsonify(stamp=stands.stamp, version=version, side=side)

    def end(self) -> AnyResponse:
        """Show what is left, and offer to apply."""
        stands = self._review.standing()
        return _answer(stands, self._end(stands))

    def apply(self) -> AnyResponse:
        """Take the decisions into the tables, and show what came of it."""
        try:
            applied = self._review.apply()
        except ReviewError as error:
            stands = self._review.standing()
            return _answer(stands, self._end(stands, error=error, status=409))
        stands = self._review.standing()
        return _answer(stands, self._end(stands, applied=applied))

    def picture(self, slip: str) -> AnyResponse:
        """Send the picture of a slip; none is kept of one that was read with certainty."""
        kept, stands = self._review.picture(slip), self._review.standing()
        item = stands.item(slip)
        if kept is None and item is not None and item.is_certain:
            kept = self._scans.picture(stands.run, item.read.reading)
        return png_answer(kept)

    def earlier(self, slip: str) -> AnyResponse:
        """Send the picture of the slip that `slip` seems to repeat."""
        kept = self._review.earlier_picture(slip)
        stands = self._review.standing()
        earlier = stands.earlier(slip)
        if kept is None and earlier is not None:
            kept = self._scans.picture(stands.run, earlier.reading)
        return png_answer(kept)

    def report(self) -> AnyResponse:
        """Send the report, if there is one."""
        report = self._review.report()
        if report is None:
            abort(404)
        sent = Response(report, mimetype="text/html")
        sent.headers["Content-Security-Policy"] = REPORT_POLICY
        return sent

    def _next(self, stands: Standing, item: Item) -> Shown:
        following = _next_left(stands, item)
        return self._slip(stands, following) if following else self._end(stands)

    def _slip(
        self, stands: Standing, item: Item, notice: str = "", chosen: str = "", status: int = 200
    ) -> Shown:
        t = messages_for(stands.form.language)
        view = slip_view(stands, item, t, chosen)
        earlier = stands.earlier(item.slip)
        return Shown(
            "slip.html",
            {"view": view, "earlier": earlier, "notice": notice},
            t("Slip {number}", number=view.number or item.slip),
            address_of("review.slip", slip=item.slip),
            item.slip,
            item.version,
            status,
        )

    def _not_saved(
        self, stands: Standing, item: Item | None, why: Why, decision: Decision
    ) -> AnyResponse:
        t = messages_for(stands.form.language)
        notice = not_taken(stands.form, t) if why is Why.NOT_TAKEN else t(NOT_SAVED[why])
        if item is None:
            return _answer(stands, self._end(stands, notice=notice, status=409), saved=False)
        shown = self._slip(stands, item, notice, decision.session, 409)
        return _answer(stands, shown, saved=False)

    def _end(self, stands: Standing, status: int = 200, **values: object) -> Shown:
        t = messages_for(stands.form.language)
        values["report"] = self._review.report() is not None
        return Shown("end.html", values, t("The end"), address_of("review.end"), status=status)


def _found(stands: Standing, what: str, found: Sequence[SlipReading]) -> Shown:
    items = [stands.item(reading.slip) for reading in found[:SHOWN_AT_MOST]]
    t, address = messages_for(stands.form.language), address_of("review.find", what=what)
    return Shown(
        "find.html", {"what": what, "items": items, "count": len(found)}, t("Look up"), address
    )


def _answer(stands: Standing, shown: Shown, **more: object) -> AnyResponse:
    return answer(shown, _words(stands), _side(stands, shown.slip), stands.stamp, **more)


def _side(stands: Standing, slip: str) -> str:
    return render_template("side.html", current=slip, **_words(stands))


def _words(stands: Standing) -> dict[str, object]:
    """Return what every template may use."""
    t = messages_for(stands.form.language)
    return {
        "stands": stands,
        "t": t,
        "plural": t.plural,
        "form": stands.form,
        "kind": kind_of(stands.form),
        "options": options_of(stands.form, t),
        "sign_of": sign_of,
        "nothing_marked": nothing_marked(stands.form, t),
        "ink_meant": ink_meant(stands.form, t),
        "chosen": CHOSEN,
        "has_rows": has_rows(stands.form),
        "results": results_of(stands),
        "decided_word": decided_word,
        "told": told,
        "counts_as": partial(_counts_as, form=stands.form, t=t),
    }


def _counts_as(item: Item, form: Form, t: Messages) -> str:
    """Return what `item` counts as with all that is entered, in words."""
    if item.left:
        return t("not decided")
    if item.now.status is Status.VOID:
        return told("void", form, t)
    return told(str(item.now.rating or "blank"), form, t)


def _next_address(stands: Standing, item: Item | None) -> str:
    following = _next_left(stands, item)
    return address_of("review.slip", slip=following.slip) if following else address_of("review.end")


def _next_left(stands: Standing, item: Item | None) -> Item | None:
    """Return the first item after `item` that is left, beginning anew at the end of the list."""
    names = [each.slip for each in stands.items]
    place = names.index(item.slip) + 1 if item and item.slip in names else 0
    turned = (*stands.items[place:], *stands.items[:place])
    return next((each for each in turned if each.left), None)


def _shortened(decision: Decision, item: Item, form: Form) -> Decision:
    """Leave the cell `session` empty where it would say what is known anyway."""
    known = item.read.reading.read_session or only_session(item.read.reading, form)
    if not known or decision.session != known or not decision.rating:
        return decision
    return Decision(decision.slip, "", decision.rating, decision.seen)


def _said(stands: Standing, item: Item) -> str:
    """Return what a screen reader tells after a decision was saved."""
    t: Messages = messages_for(stands.form.language)
    word = decided_word(item)
    what = told(word, stands.form, t) if word else t("nothing decided")
    left = t.plural("{count} is left", "{count} are left", len(stands.left))
    return t("Saved: {what}. {left}.", what=what, left=left)
