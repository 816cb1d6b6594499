"""Owns what people are told of a form that has changed since its slips were printed."""

from collections.abc import Iterable, Iterator

from scanpipe.form import Form
from scanpipe.form_problems import same_words
from scanpipe.messages import Messages
from scanpipe.printed.answers import lock_name, reworded
from scanpipe.printed.counting import Change, Counting, sessions_of
from scanpipe.printed.model import Printed, PrintedSession


def told_at_reading(counting: Counting, t: Messages) -> tuple[str, ...]:
    """Return a sentence for each change since printing of what is in the form."""
    changes = (change for change in counting.changes if not change.gone)
    return (*_told_words(counting.reworded, t), *(_told(change, t) for change in changes))


def told_of_earlier(counting: Counting, t: Messages) -> dict[str, str]:
    """Return a sentence for each session that stands only on slips printed earlier, by its id."""
    return {change.now.id: _told(change, t) for change in counting.changes if change.gone}


def told_at_printing(
    before: Printed | None, after: Printed, form: Form, t: Messages
) -> tuple[str, ...]:
    """Return a sentence for each change of the form between its last printing and this one."""
    if before is None:
        return ()
    now = sessions_of(after, form)
    last = {same_words(each.name) for each in _on(before)}
    since = (change for change in now.changes if same_words(change.printed.name) in last)
    told = [*_told_words(reworded(before.answers, form), t), *(_told(each, t) for each in since)]
    old = {same_words(each.name) for slip in before.slips for each in slip.sessions}
    new = [each for each in _on(after) if same_words(each.name) not in old]
    if new:
        names = ", ".join(t("“{name}” ({id})", name=each.name, id=each.id) for each in new)
        told.append(t("Printed for the first time: {names}.", names=names))
    return tuple(told)


def told_lost(form: Form, t: Messages) -> str:
    """Return the warning that the lock file is lost and was rebuilt from the form."""
    return t(
        "{file} was not there: slips are read as if they were printed from the form as it is now, "
        "and it was made anew from that. If you have changed the form since you printed them, put "
        "{file} back from your backup, and run this again.",
        file=lock_name(form.id),
    )


def _on(printed: Printed) -> Iterator[PrintedSession]:
    """Yield the sessions on the slips of the last printing."""
    for slot in printed.last_slots:
        yield from printed.slips[slot].sessions


def _told_words(words: Iterable[tuple[str, str]], t: Messages) -> list[str]:
    return [
        t(
            "Slips were printed with “{printed}”, where the form now says “{now}”. They are "
            "counted together.",
            printed=printed,
            now=now,
        )
        for printed, now in words
    ]


def _told(change: Change, t: Messages) -> str:
    printed, now = change.printed, change.now
    if change.gone and change.holder is not None:
        return t(
            "“{printed}” ({id}) is no longer in the form, where {id} is now “{name}”; its slips "
            "count as {now}.",
            printed=printed.name,
            id=printed.id,
            name=change.holder.name,
            now=now.id,
        )
    if change.gone:
        return t(
            "“{printed}” ({id}) is no longer in the form; its slips count as {now}.",
            printed=printed.name,
            id=printed.id,
            now=now.id,
        )
    if same_words(now.name) == same_words(printed.name):
        return t(
            "Slips of “{printed}” were printed when it had the id {id}; they count for it, with "
            "its id of now, {now}.",
            printed=printed.name,
            id=printed.id,
            now=now.id,
        )
    return t(
        "Slips printed as “{printed}” ({id}) count for {now}, which is now called “{name}”.",
        printed=printed.name,
        id=printed.id,
        now=now.id,
        name=now.name,
    )
