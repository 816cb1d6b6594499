"""Owns what is told, where an audit was started, of how it begins and of what is left of it."""

from collections.abc import Iterator

from scanpipe.messages import Messages
from scanpipe.reporting.auditing import OpenAudit
from scanpipe.reporting.slip_names import has_rows


def opening(audit: OpenAudit, asked: int | None, t: Messages) -> list[str]:
    """Return how `audit`, for which so many slips were `asked`, begins; nothing of a first one."""
    return [*(_going_on(audit, asked, t) if audit.opening.goes_on else _another(audit, t))]


def left_over(audit: OpenAudit, t: Messages) -> str:
    """Return how many are still to be looked at, and how."""
    left = len(audit.audit.left)
    if has_rows(audit.run.form):
        return t.plural(
            "{count} answer is left; the same command goes on there.",
            "{count} answers are left; the same command goes on there.",
            left,
        )
    return t.plural(
        "{count} slip is left; the same command goes on there.",
        "{count} slips are left; the same command goes on there.",
        left,
    )


def _another(audit: OpenAudit, t: Messages) -> Iterator[str]:
    kept = audit.opening.kept
    if kept and audit.opening.earlier:
        yield t(
            "The audit in audit.json was of an earlier reading: it is kept as {copy}, and another "
            "begins.",
            copy=kept,
        )
    elif kept:
        yield t("What stood in audit.json is kept as {copy}.", copy=kept)


def _going_on(audit: OpenAudit, asked: int | None, t: Messages) -> Iterator[str]:
    drawn = len(audit.audit.drawn)
    if not audit.audit.left:
        yield t("This audit is finished; its result is shown. --n or --seed begins another.")
    elif audit.opening.added:
        yield _added(audit, t)
    elif asked is not None and asked < drawn:
        yield _not_fewer(audit, asked, t)


def _added(audit: OpenAudit, t: Messages) -> str:
    if has_rows(audit.run.form):
        return t.plural(
            "The audit goes on, with {count} answer more.",
            "The audit goes on, with {count} answers more.",
            audit.opening.added,
        )
    return t.plural(
        "The audit goes on, with {count} slip more.",
        "The audit goes on, with {count} slips more.",
        audit.opening.added,
    )


def _not_fewer(audit: OpenAudit, asked: int, t: Messages) -> str:
    if has_rows(audit.run.form):
        return t.plural(
            "The audit goes on with {count} answer, as it began, and not with {asked}.",
            "The audit goes on with {count} answers, as it began, and not with {asked}.",
            len(audit.audit.drawn),
            asked=asked,
        )
    return t.plural(
        "The audit goes on with {count} slip, as it began, and not with {asked}.",
        "The audit goes on with {count} slips, as it began, and not with {asked}.",
        len(audit.audit.drawn),
        asked=asked,
    )
