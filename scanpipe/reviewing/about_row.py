"""Owns which row of a slip is asked about, and what is already known of its session."""

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reading.record import SlipReading


def about(reading: SlipReading, form: Form, t: Messages) -> str:
    """Return a line that says which row of the slip is asked about; empty where there is one."""
    if reading.row is None:
        return ""
    return t("Row {row} on the slip: {text}", row=reading.row, text=_text(reading, form))


def question_of(reading: SlipReading, form: Form) -> str:
    """Return the question that is answered."""
    texts = {question.id: question.text for question in form.questions}
    return texts.get(reading.question or "", form.question)


def only_session(reading: SlipReading, form: Form) -> str:
    """Return the session that the answer can only be about, empty where a person may choose."""
    if form.slip.session == "none":
        return form.sessions[0].id
    if form.slip.session == "rows":
        return reading.read_session or reading.session or ""
    return ""


def _text(reading: SlipReading, form: Form) -> str:
    if form.questions:
        return question_of(reading, form)
    about_session = only_session(reading, form)
    return next((each.name for each in form.sessions if each.id == about_session), "")
