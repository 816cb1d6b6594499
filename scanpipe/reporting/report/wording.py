"""Owns what the report says of how sure its figures are: whole sentences in the form's language."""

from collections.abc import Iterator
from decimal import Decimal

from scanpipe.messages import Messages
from scanpipe.reporting.report.audit_result import AuditResult
from scanpipe.reporting.report.bounds import figures_are_fixed, largest_move, order_is_fixed
from scanpipe.reporting.report.findings import Findings, Line
from scanpipe.reporting.report.open_slips import OpenSlips
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.vocabulary import Status


def banner(findings: Findings, t: Messages) -> str:
    """Return what stands above everything while the figures may change, else nothing."""
    if not findings.balance.adds_up:
        return t("The figures do not add up. Do not use them; see the end of this report.")
    undecided = sum(row.undecided for row in findings.rows)
    if not undecided:
        return ""
    return t.plural(
        "Preliminary: {count} slip or page is still to be decided.",
        "Preliminary: {count} slips or pages are still to be decided.",
        undecided,
    )


def few_slips(line: Line, t: Messages, numbers: Numbers) -> str:
    """Return what to bear in mind of a session with few slips."""
    weight = numbers.percent((Decimal(100) / line.summary.rated).quantize(Decimal("0.1")))
    return t.plural(
        "{session}: only {count} slip is rated, so the percentages say little.",
        "{session}: only {count} slips are rated, so that a single one is {weight} of them.",
        line.summary.rated,
        session=line.summary.session_name,
        weight=weight,
    )


def few_slips_notes(findings: Findings, t: Messages, numbers: Numbers) -> list[str]:
    """Return a note for each session with few slips."""
    return [few_slips(line, t, numbers) for line in findings.sessions if line.has_few]


def unrated(findings: Findings, t: Messages) -> list[str]:
    """Return a note for each session that nobody has rated."""
    return [
        t("{session}: no slip is rated.", session=line.summary.session_name)
        for line in findings.sessions
        if not line.summary.rated
    ]


def became(findings: Findings, t: Messages) -> list[tuple[str, int]]:
    """Return how many slips were read by machine, reviewed and so on, each with its name."""
    count = findings.balance.statuses
    lines = [
        (t("Read by the computer, with one smiley marked"), count[Status.READ]),
        (t("Read by the computer as blank"), count[Status.BLANK]),
        (t("Decided by a person"), count[Status.CORRECTED]),
        (t("Made void by a person: not counted"), count[Status.VOID]),
        (t("Still to be decided: not counted"), count[Status.REVIEW]),
    ]
    unread = (t("Pages, slips or files that could not be read"), count[Status.REJECTED])
    return [*lines, unread] if count[Status.REJECTED] else lines


def balance(findings: Findings, t: Messages, numbers: Numbers) -> str:
    """Return where the pages went, and whether it adds up."""
    struck = findings.balance
    if not struck.adds_up:
        return t("The figures do not add up:")
    return t(
        "All that came in is accounted for. Pages: {pages}, of which {with_slips} with slips, "
        "{backs} blank backs and {unreadable} unreadable. Slips: {slips}, each of them in the "
        "tables once.",
        pages=numbers.count(struck.pages),
        with_slips=numbers.count(struck.pages_with_slips),
        backs=numbers.count(struck.blank_backs),
        unreadable=numbers.count(struck.unreadable),
        slips=numbers.count(struck.slips),
    )


def bounds(findings: Findings, t: Messages, numbers: Numbers) -> list[str]:
    """Return what undecided slips can still change, one sentence each."""
    if not any(row.undecided for row in findings.rows):
        return [t("Every slip is decided: nothing in the tables is open any more.")]
    return list(_open_bounds(findings, t, numbers))


def _open_bounds(findings: Findings, t: Messages, numbers: Numbers) -> Iterator[str]:
    left = findings.open_slips
    yield t.plural(
        "At most {count} slip is still undecided. Whatever is decided, blank and void too, each "
        "percentage and each mean stays within the limits in this table.",
        "At most {count} slips are still undecided. Whatever is decided, blank and void too, each "
        "percentage and each mean stays within the limits in this table.",
        left.total,
    )
    yield from _assumed(left, t)
    move = max(map(largest_move, findings.tallies))
    yield t("No percentage can move by more than {points} points.", points=numbers.points(move))
    yield from _verdict(findings, t)


def _assumed(left: OpenSlips, t: Messages) -> Iterator[str]:
    yield t("It is taken for granted that a session that was read with certainty stays.")
    if left.pages:
        yield t.plural(
            "Each page that could not be read is taken to hold {count} slip at most, as no page "
            "holds more.",
            "Each page that could not be read is taken to hold {count} slips at most, as no page "
            "holds more.",
            left.slips_per_page,
        )


def _verdict(findings: Findings, t: Messages) -> Iterator[str]:
    if findings.open_slips.files:
        yield t(
            "A file could not be read to its end, and nobody knows how many slips it holds: these "
            "limits do not include them. Scan it again."
        )
        return
    order = order_is_fixed(tally for tally in findings.tallies[:-1])
    if order and figures_are_fixed(findings.tallies):
        yield t(
            "No percentage, no mean and no order of the sessions can change any more: the rest of "
            "the review is optional."
        )
    elif order and len(findings.sessions) > 1:
        yield t("The order of the sessions by their mean cannot change any more.")
    elif len(findings.sessions) > 1:
        yield t("The order of the sessions by their mean may still change.")


def audit(result: AuditResult, t: Messages, numbers: Numbers) -> str:
    """Return the result of an audit as election auditors state it."""
    return t(
        "Checked by a person on {date}: {checked} slips drawn at random, {differing} of them "
        "misread. With {confidence} confidence at most {at_most} of the slips are misread.",
        date=numbers.short_date(result.date),
        checked=numbers.count(result.checked),
        differing=numbers.count(result.differing),
        confidence=numbers.whole_percent(result.confidence),
        at_most=numbers.percent(Decimal(100 * result.at_most)),
    )
