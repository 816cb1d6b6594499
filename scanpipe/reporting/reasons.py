"""Owns why a slip or a page is in doubt, told in a sentence: one for every reason."""

from collections.abc import Iterable

from scanpipe.form import Form
from scanpipe.messages import Messages, later
from scanpipe.vocabulary import Reason

SENTENCES = {
    Reason.OVERVOTE: later("More than one smiley is marked."),
    Reason.MARGINAL: later(
        "The mark is so faint, so small or so far beside that it is doubtful, or it looks like a "
        "staple or a hole, or something is written beside it that may change it."
    ),
    Reason.CORRECTION: later("One smiley seems struck out, and another marked."),
    Reason.STRUCK: later("The mark seems struck out, and nothing else is marked."),
    Reason.SESSION_UNREAD: later(
        "The session could not be read, or something is written over its name or beside it."
    ),
    Reason.SESSION_CONFLICT: later(
        "The name on the slip and the marks in its corners say different sessions."
    ),
    Reason.SESSION_STRUCK: later("The session's name seems crossed out."),
    Reason.REGISTRATION_POOR: later(
        "The slip is torn, folded or covered, so that it is not certain where its smileys are."
    ),
    Reason.WRONG_FORM: later("This looks like a slip of another event."),
    Reason.DUPLICATE: later("This looks like a slip that was scanned before."),
    Reason.STREAK: later(
        "A dark line from the scanner hides a smiley, or may be taken for a mark."
    ),
    Reason.SCALE_OFF: later("The scan is so coarse that a pen's line hardly shows."),
    Reason.DAMAGED_IMAGE: later("The picture in the scan is damaged."),
    Reason.NO_SLIP: later("There is something on this page, but no slip was found on it."),
    Reason.MORE_ON_PAGE: later(
        "Something else lies on this page beside the slips that were found, which are pale in the "
        "picture: perhaps one more, without its marks or face down."
    ),
    Reason.UNREADABLE_FILE: later("The file cannot be opened."),
    Reason.PAGES_MISSING: later(
        "Pages are gone from the end of the file: copy it from the scanner once more."
    ),
    Reason.FILE_CHANGED: later("The file changed while it was read: read the scans once more."),
    Reason.ENCRYPTED: later("The file asks for a password."),
    Reason.TOO_LARGE: later("The page is larger than any scanner makes them."),
    Reason.INTERNAL_ERROR: later("A fault in scanpipe kept this page from being read."),
    Reason.UNDERVOTE: later("Fewer are marked than were to be chosen."),
    Reason.PHOTOCOPIED: later(
        "Another slip has the same serial number, but other marks: one of the two is a copy of it."
    ),
}

WITHOUT_FACES = {
    Reason.OVERVOTE: later("More than one answer is marked."),
    Reason.CORRECTION: later("One answer seems struck out, and another marked."),
    Reason.REGISTRATION_POOR: later(
        "The slip is torn, folded or covered, so that it is not certain where its answers are."
    ),
    Reason.STREAK: later(
        "A dark line from the scanner hides an answer, or may be taken for a mark."
    ),
}
"""What is said instead where the slip has no smileys."""

TOO_MANY = later("More are marked than were to be chosen.")


GIVEN_TWICE = later("The same file was given once more, perhaps under another name.")


def sentences(
    reasons: Iterable[Reason], form: Form, t: Messages, *, of_file: bool = False
) -> tuple[str, ...]:
    """Return the sentence for each of the `reasons`, in the language of `t`. `of_file`: why a whole
    file is in doubt, and not a slip or a page.
    """
    return tuple(
        t(GIVEN_TWICE if of_file and reason is Reason.DUPLICATE else _sentence(reason, form))
        for reason in reasons
    )


def _sentence(reason: Reason, form: Form) -> str:
    if form.choices and reason is Reason.OVERVOTE:
        return TOO_MANY
    if not form.scale.smileys and reason in WITHOUT_FACES:
        return WITHOUT_FACES[reason]
    return SENTENCES[reason]
