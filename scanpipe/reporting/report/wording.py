"""Owns what the report says of how sure its figures are: whole sentences in the form's language."""

from decimal import Decimal

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.audit_result import AuditResult
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.scale_words import read_by_computer
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line, Topic
from scanpipe.reporting.slip_names import has_rows
from scanpipe.vocabulary import Status


def banner(findings: Findings, t: Messages) -> str:
    """Return what stands above everything while the figures may change, else nothing."""
    if not findings.balance.adds_up:
        return t("The figures do not add up. Do not use them; see the end of this report.")
    undecided = sum(row.undecided for row in findings.slips)
    if not undecided:
        return ""
    return t.plural(
        "Preliminary: {count} slip or page is still to be decided.",
        "Preliminary: {count} slips or pages are still to be decided.",
        undecided,
    )


def _few_slips(name: str, line: Line, t: Messages, numbers: Numbers) -> str:
    """Return what to bear in mind of a session, or a question, with few slips."""
    weight = numbers.percent((Decimal(100) / line.rated).quantize(Decimal("0.1")))
    if line.mean is None:
        return t.plural(
            "{session}: only {count} slip has an answer, so the percentages say little.",
            "{session}: only {count} slips have an answer, so that a single one is {weight} of "
            "them.",
            line.rated,
            session=name,
            weight=weight,
        )
    return t.plural(
        "{session}: only {count} slip is rated, so the percentages say little.",
        "{session}: only {count} slips are rated, so that a single one is {weight} of them.",
        line.rated,
        session=name,
        weight=weight,
    )


def cautions(topic: Topic, form: Form, t: Messages, numbers: Numbers) -> list[str]:
    """Return a note for each session that nobody has rated, then for each with few slips."""
    lines = [(line.name, line) for line in topic.sessions]
    if not lines:
        lines = [(topic.question.text if topic.question else topic.total.name, topic.total)]
    return [
        *(_unrated(name, form, t) for name, line in lines if not line.rated),
        *(_few_slips(name, line, t, numbers) for name, line in lines if line.has_few),
    ]


def _unrated(name: str, form: Form, t: Messages) -> str:
    if form.is_scale:
        return t("{session}: no slip is rated.", session=name)
    return t("{session}: no slip has an answer.", session=name)


def became(findings: Findings, t: Messages) -> list[tuple[str, int]]:
    """Return how many slips were read by machine, reviewed and so on, each with its name."""
    count = findings.balance.statuses
    lines = [
        (read_by_computer(findings.form, t), count[Status.READ]),
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
    counts = {
        "pages": numbers.count(struck.pages),
        "with_slips": numbers.count(struck.pages_with_slips),
        "backs": numbers.count(struck.blank_backs),
        "unreadable": numbers.count(struck.unreadable),
        "slips": numbers.count(struck.slips),
    }
    if struck.answers is not None:
        return t(
            "All that came in is accounted for. Pages: {pages}, of which {with_slips} with slips, "
            "{backs} blank backs and {unreadable} unreadable. Slips: {slips}, with {answers} "
            "answers, each of them in the tables once.",
            answers=numbers.count(struck.answers),
            **counts,
        )
    return t(
        "All that came in is accounted for. Pages: {pages}, of which {with_slips} with slips, "
        "{backs} blank backs and {unreadable} unreadable. Slips: {slips}, each of them in the "
        "tables once.",
        **counts,
    )


def audit(findings: Findings, t: Messages, numbers: Numbers) -> str:
    """Return the result of an audit as election auditors state it; nothing where there is none.

    Of an audit of an earlier reading it is said that there was one, and not what came of it.
    """
    result = findings.audit
    if result is None:
        return ""
    if result.is_earlier:
        return _earlier_audit(result, findings.form, t, numbers)
    figures = {
        "date": numbers.short_date(result.date),
        "count": numbers.count(result.checked),
        "differing": numbers.count(result.differing),
        "confidence": numbers.whole_percent(result.confidence),
        "at_most": numbers.percent(Decimal(100 * result.at_most)),
    }
    if has_rows(findings.form):
        return t.plural(
            "Checked by a person on {date}: {count} answer drawn at random, {differing} misread. "
            "With {confidence} confidence at most {at_most} of the answers are misread.",
            "Checked by a person on {date}: {count} answers drawn at random, {differing} of them "
            "misread. With {confidence} confidence at most {at_most} of the answers are misread.",
            result.checked,
            **figures,
        )
    return t.plural(
        "Checked by a person on {date}: {count} slip drawn at random, {differing} misread. With "
        "{confidence} confidence at most {at_most} of the slips are misread.",
        "Checked by a person on {date}: {count} slips drawn at random, {differing} of them "
        "misread. With {confidence} confidence at most {at_most} of the slips are misread.",
        result.checked,
        **figures,
    )


def _earlier_audit(result: AuditResult, form: Form, t: Messages, numbers: Numbers) -> str:
    figures = {"date": numbers.short_date(result.date), "count": numbers.count(result.checked)}
    if has_rows(form):
        return t.plural(
            "Checked by a person on {date}: {count} answer of an earlier reading, drawn at random. "
            "What came of it is left out: it need not hold for the figures here.",
            "Checked by a person on {date}: {count} answers of an earlier reading, drawn at "
            "random. What came of it is left out: it need not hold for the figures here.",
            result.checked,
            **figures,
        )
    return t.plural(
        "Checked by a person on {date}: {count} slip of an earlier reading, drawn at random. What "
        "came of it is left out: it need not hold for the figures here.",
        "Checked by a person on {date}: {count} slips of an earlier reading, drawn at random. What "
        "came of it is left out: it need not hold for the figures here.",
        result.checked,
        **figures,
    )
