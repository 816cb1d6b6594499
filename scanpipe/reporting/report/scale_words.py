"""Owns the report's sentences that depend on what people mark: smileys, numbers, words, choices."""

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.slip_names import has_rows


def percent_of_what(form: Form, t: Messages) -> str:
    """Return what a table of percentages holds."""
    scale = form.scale
    if scale.smileys:
        return t("Percent of the slips with a mark, for each smiley")
    if scale.numbers:
        return t("Percent of the slips with a mark, for each number")
    if scale.answers:
        return t("Percent of the slips with a mark, for each answer")
    return t.plural(
        "Percent of the slips that chose each; every slip has {count} choice",
        "Percent of the slips that chose each; every slip has {count} choices, so that the sum "
        "is above 100",
        scale.choose or 1,
    )


def mean_and_spread(form: Form, t: Messages) -> str:
    """Return what mean and spread are; empty where there are none."""
    if form.scale.smileys:
        return t(
            "Mean: of the ratings, from 1, the saddest, to {best}, the happiest. Spread: their "
            "standard deviation, 0 when all chose the same smiley.",
            best=form.scale.smileys,
        )
    if form.scale.numbers:
        return t(
            "Mean: of the numbers marked, from 1 to {best}. Spread: their standard deviation, 0 "
            "when all marked the same number.",
            best=form.scale.numbers,
        )
    return ""


def read_by_computer(form: Form, t: Messages) -> str:
    """Return what a slip is called, or an answer, of which the computer was sure."""
    scale = form.scale
    if scale.smileys:
        return t("Read by the computer, with one smiley marked")
    if scale.numbers:
        return t("Read by the computer, with one number marked")
    if scale.answers:
        return t("Read by the computer, with one answer marked")
    return t.plural(
        "Read by the computer, with {count} choice marked",
        "Read by the computer, with {count} choices marked",
        scale.choose or 1,
    )


def how_read(form: Form, t: Messages) -> str:
    """Return the head of the table of what was read how; on a slip of several rows, of answers."""
    return t("How the answers were read") if has_rows(form) else t("How the slips were read")


def what_became(form: Form, t: Messages) -> str:
    """Return the head of the table of what became of everything that was read."""
    if has_rows(form):
        return t("How many answers, and what became of them")
    return t("How many slips, and what became of them")


def limits_of_what(form: Form, t: Messages) -> str:
    """Return what a table of least and most holds."""
    if form.is_scale:
        return t("What each percentage, and each mean, may still become")
    return t("What each percentage may still become")
