"""Owns what the report says of slips that are undecided: what they can still change."""

from collections.abc import Iterator
from itertools import chain

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.bounds import (
    largest_move,
    means_are_fixed,
    order_is_fixed,
    percents_are_fixed,
    ranking_is_fixed,
    shares,
)
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.open_slips import OpenSlips
from scanpipe.reporting.report.spelling import Numbers


def open_sentences(findings: Findings, t: Messages, numbers: Numbers) -> list[str]:
    """Return what undecided slips can still change, one sentence each."""
    if not any(row.undecided for row in findings.rows):
        return [t("Every slip is decided: nothing in the tables is open any more.")]
    return list(_sentences(findings, t, numbers))


def _sentences(findings: Findings, t: Messages, numbers: Numbers) -> Iterator[str]:
    left, form = findings.open_slips, findings.form
    yield _how_many(form, left.total, t)
    yield from _assumed(form, left, t)
    move = largest_move(share for line in findings.lines for share in line.shares)
    yield t("No percentage can move by more than {points} points.", points=numbers.points(move))
    if left.files:
        yield t(
            "A file could not be read to its end, and nobody knows how many slips it holds: these "
            "limits do not include them. Scan it again."
        )
    elif form.is_scale:
        yield from _of_means(findings, t)
    elif form.scale.choose:
        yield from _of_choices(findings, t)
    elif _percents_stand(findings):
        yield t("No percentage can change any more: the rest of the review is optional.")


def _how_many(form: Form, slips: int, t: Messages) -> str:
    if form.is_scale:
        return t.plural(
            "At most {count} slip is still undecided. Whatever is decided, blank and void too, "
            "each percentage and each mean stays within the limits in this table.",
            "At most {count} slips are still undecided. Whatever is decided, blank and void too, "
            "each percentage and each mean stays within the limits in this table.",
            slips,
        )
    return t.plural(
        "At most {count} slip is still undecided. Whatever is decided, blank and void too, each "
        "percentage stays within the limits in this table.",
        "At most {count} slips are still undecided. Whatever is decided, blank and void too, each "
        "percentage stays within the limits in this table.",
        slips,
    )


def _assumed(form: Form, left: OpenSlips, t: Messages) -> Iterator[str]:
    if form.slip.session in ("printed", "marked"):
        yield t("It is taken for granted that a session that was read with certainty stays.")
    if left.pages:
        yield t.plural(
            "Each page that could not be read is taken to hold {count} slip at most, as no page "
            "holds more.",
            "Each page that could not be read is taken to hold {count} slips at most, as no page "
            "holds more.",
            left.slips_per_page,
        )


def _of_means(findings: Findings, t: Messages) -> Iterator[str]:
    """Tell whether the sessions keep their order, in the answers to every question."""
    order = all(order_is_fixed(line.tally for line in topic.sessions) for topic in findings.topics)
    several = len(findings.topics[0].sessions) > 1
    means_stand = means_are_fixed(line.tally for line in findings.lines)
    if order and means_stand and _percents_stand(findings):
        if findings.topics[0].sessions:
            yield t(
                "No percentage, no mean and no order of the sessions can change any more: the "
                "rest of the review is optional."
            )
        else:
            yield t(
                "No percentage and no mean can change any more: the rest of the review is optional."
            )
    elif order and several:
        yield t("The order of the sessions by their mean cannot change any more.")
    elif several:
        yield t("The order of the sessions by their mean may still change.")


def _of_choices(findings: Findings, t: Messages) -> Iterator[str]:
    """Tell whether the choices keep their order among all slips."""
    order = all(ranking_is_fixed(topic.total.shares) for topic in findings.topics)
    if order and _percents_stand(findings):
        yield t(
            "No percentage and no order of the choices can change any more: the rest of the "
            "review is optional."
        )
    elif order:
        yield t("The order of the choices, by how many chose them, cannot change any more.")
    else:
        yield t("The order of the choices, by how many chose them, may still change.")


def _percents_stand(findings: Findings) -> bool:
    """Tell whether no percentage can change: of answers, and of choices made together."""
    return percents_are_fixed(
        share
        for line in findings.lines
        for share in chain(line.shares, shares(line.tally) if findings.form.scale.choose else ())
    )
