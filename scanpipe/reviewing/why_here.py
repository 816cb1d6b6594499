"""Owns why a slip is under review, told in a sentence: one for every reason."""

from scanpipe.form import Form
from scanpipe.messages import Messages, later
from scanpipe.reporting.deciding import Why
from scanpipe.reporting.standing import Item
from scanpipe.vocabulary import Reason

SENTENCES = {
    Reason.OVERVOTE: later("More than one smiley is marked."),
    Reason.MARGINAL: later(
        "The mark is so faint, so small or so far beside that it is doubtful, or something is "
        "written beside it that may change it."
    ),
    Reason.CORRECTION: later("One smiley seems struck out, and another marked."),
    Reason.SESSION_UNREAD: later("The session could not be read."),
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

ENTERED_BEFORE = later("The computer was sure of this slip; somebody has entered it all the same.")
READ_WITH_CERTAINTY = later(
    "The computer was sure of this slip. If it is wrong, choose what you see; it is saved at once."
)
FURTHER_SLIP = later("A further slip on a page that could not be read, entered by hand.")

NOT_SAVED = {
    Why.DECIDED_ELSEWHERE: later(
        "Not saved: meanwhile this slip was decided in another window, or in the file. You see "
        "now what stands there; choose once more to replace it."
    ),
    Why.OPEN_ELSEWHERE: later(
        "Not saved: review.csv is open in Excel or LibreOffice. Save and close it there, then "
        "choose once more."
    ),
    Why.AT_WORK: later(
        "Not saved: scanpipe is reading scans into this folder. Wait until it is done, then "
        "choose once more."
    ),
    Why.NOT_A_SLIP: later("Not saved: the scans were read anew, and this slip is no more there."),
    Why.NOT_TAKEN: later("Not saved: choose both the session and a smiley."),
    Why.SAVED_MEANWHILE: later(
        "Not saved: somebody else keeps saving review.csv. Choose once more."
    ),
}


def why_here(item: Item, form: Form, t: Messages) -> tuple[str, ...]:
    """Return the sentences that tell why `item` is under review."""
    reading = item.read.reading
    if item.is_further:
        return (t(FURTHER_SLIP),)
    if item.is_certain:
        return (t(READ_WITH_CERTAINTY if item.entry.is_empty else ENTERED_BEFORE),)
    return tuple(t(_sentence(reason, form)) for reason in reading.reasons)


def _sentence(reason: Reason, form: Form) -> str:
    if form.choices and reason is Reason.OVERVOTE:
        return TOO_MANY
    if not form.scale.smileys and reason in WITHOUT_FACES:
        return WITHOUT_FACES[reason]
    return SENTENCES[reason]
