"""Owns the sentences of the page that depend on what is marked on the slip."""

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.answers import written
from scanpipe.reporting.deciding import Why
from scanpipe.reviewing.why_here import NOT_SAVED


def nothing_marked(form: Form, t: Messages) -> str:
    """Return the button for a slip without a mark."""
    return t("No smiley is marked") if form.scale.smileys else t("Nothing is marked")


def ink_meant(form: Form, t: Messages) -> str:
    """Return what the figure under each thing to mark means."""
    if form.scale.smileys:
        return t("How much of the smiley is covered with new ink")
    return t("How much of its surroundings is covered with new ink")


def told(word: str, form: Form, t: Messages) -> str:
    """Return a decision (a rating's number, blank or void) in words."""
    if word == "void":
        return t("does not count")
    if form.scale.smileys:
        return t("no smiley marked") if word == "blank" else t("smiley {number}", number=word)
    if word == "blank":
        return t("nothing marked")
    return t("answer {answer}", answer=written(int(word), form))


def what_do_you_see(form: Form, asks_session: bool, t: Messages) -> str:
    """Return what an audit asks of every slip."""
    if form.choices and asks_session:
        return t("What do you see? Choose the session, then what is marked.")
    if form.choices:
        return t("What do you see? Choose what is marked.")
    if form.scale.smileys and asks_session:
        return t("What do you see? Choose the session, then the smiley that is marked.")
    if form.scale.smileys:
        return t("What do you see? Choose the smiley that is marked.")
    if asks_session:
        return t("What do you see? Choose the session, then the answer that is marked.")
    return t("What do you see? Choose the answer that is marked.")


def not_taken(form: Form, t: Messages) -> str:
    """Return why an incomplete decision was not saved."""
    if form.scale.smileys:
        return t(NOT_SAVED[Why.NOT_TAKEN])
    if form.choices:
        count = form.scale.choose or 1
        return t("Not saved: choose the session, and exactly {count} of the choices.", count=count)
    return t("Not saved: choose both the session and an answer.")
