"""Owns what a browser sends as an answer, taken for what stands in a cell."""

from werkzeug.datastructures import MultiDict

from scanpipe.form import Form
from scanpipe.reporting.answers import rating_of, written

CHOSEN = "chosen"
"""Sent as the rating by the button that saves the ticked boxes."""

WORDS = ("", "blank", "void", "ok")


def answer_sent(given: MultiDict[str, str], form: Form) -> str:
    """Return the answer in `given`, as it is written; what is none, as it was sent."""
    sent = given.get("rating", "")
    if sent == CHOSEN:
        sent = "+".join(given.getlist("choice")) or CHOSEN
    rating = None if sent in WORDS else rating_of(sent, form)
    return sent if rating is None or form.is_scale else written(rating, form)
