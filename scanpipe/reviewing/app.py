"""Owns the pages of a review and their addresses; every one lies under the server's token."""

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from flask import url_for as address_of
from werkzeug.wrappers import Response as AnyResponse

from scanpipe.errors import ReviewError
from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.deciding import Decision, OpenReview, Why
from scanpipe.reporting.slip_names import has_rows
from scanpipe.reporting.standing import Item, Standing
from scanpipe.reviewing.about_row import only_session
from scanpipe.reviewing.answering import Shown, answer, guarded_app, png_answer, wants_parts
from scanpipe.reviewing.figures import results_of
from scanpipe.reviewing.guard import REPORT_POLICY
from scanpipe.reviewing.options import kind_of, options_of, sign_of
from scanpipe.reviewing.phrases import ink_meant, not_taken, nothing_marked, told
from scanpipe.reviewing.scans_again import ScansAgain
from scanpipe.reviewing.sent import CHOSEN, answer_sent
from scanpipe.reviewing.slip_view import decided_word, slip_view
from scanpipe.reviewing.why_here import NOT_SAVED


def create_app(review: OpenReview, token: str, port: int) -> Flask:
    """Return the application for `review`, under `token`, to be served at `port`."""
    pages = _Pages(review)
    app, routes = guarded_app(token, port)
    routes.add_url_rule("/", "start", pages.start)
    routes.add_url_rule("/slip/<slip>", "slip", pages.slip)
    routes.add_url_rule("/slip/<slip>", "decide", pages.decide, methods=["POST"])
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
        stays = "undo" in given or not decision.rating
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
        """Send the picture of a slip under review."""
        return png_answer(self._review.picture(slip))

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
            t("Slip {number}", number=view.number),
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
    }


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
