"""Owns why a slip is shown to a person, and why an answer to it was not saved."""

from scanpipe.form import Form
from scanpipe.messages import Messages, later
from scanpipe.reporting.deciding import Why
from scanpipe.reporting.reasons import sentences
from scanpipe.reporting.standing import Item

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
    return sentences(reading.reasons, form, t, of_file=reading.page is None)
