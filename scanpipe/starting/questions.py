"""Owns what a new form's organiser is asked: the words, the proposals, what an answer means."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale

from scanpipe.language import LANGUAGES
from scanpipe.messages import Messages
from scanpipe.starting.draft import Data
from scanpipe.starting.speech import NORWEGIAN, SPOKEN, own_language

_WITHOUT_PARTS = str.maketrans(
    {"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l", " ": "-"}
)
"""Letters that Unicode does not take apart into a plain one and an accent."""

_ABOUT_SESSION = {
    "nb": "Hvordan opplevde du denne sesjonen?",
    "nn": "Korleis opplevde du denne sesjonen?",
    "se": "Mo liikojit dán sešuvdnii?",
    "en": "How did you like this session?",
    "sv": "Vad tyckte du om den här sessionen?",
    "da": "Hvad synes du om denne session?",
    "de": "Wie hat Ihnen diese Veranstaltung gefallen?",
    "fr": "Comment avez-vous trouvé cette session ?",
    "pl": "Jak oceniasz tę sesję?",
}
_ABOUT_EVENT = {
    "nb": "Hvordan opplevde du arrangementet?",
    "nn": "Korleis opplevde du arrangementet?",
    "se": "Mo liikojit dán dáhpáhussii?",
    "en": "How did you like the event?",
    "sv": "Vad tyckte du om evenemanget?",
    "da": "Hvad synes du om arrangementet?",
    "de": "Wie hat Ihnen die Veranstaltung insgesamt gefallen?",
    "fr": "Comment avez-vous trouvé l’événement ?",
    "pl": "Jak oceniasz to wydarzenie?",
}


def _plain(text: str) -> str:
    return text.strip()


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `key`: of the form; `proposal`: what Enter alone stands for, "" if nothing.

    `more` is told before it; `meant` makes the form's value of what was typed. Whether that is
    right is for the form to say; where it says so in English alone, `expected` says what it wants.
    """

    key: str
    text: str
    proposal: str = ""
    more: str = ""
    meant: Callable[[str], Any] = _plain
    expected: str = ""


def _title(t: Messages, _data: Data) -> Question:
    return Question("title", t("Name of the event, as people know it"))


def _id(t: Messages, data: Data) -> Question:
    text = t("Short name, for files and commands")
    return Question("id", text, plain_id(str(data.get("title", ""))))


def _date(t: Messages, _data: Data) -> Question:
    return Question(
        "date",
        t("Date (year-month-day, such as 2026-09-23)"),
        meant=date_meant,
        expected=t("a date as year-month-day, such as 2026-09-23"),
    )


def _place(t: Messages, _data: Data) -> Question:
    return Question("place", t("Place"))


def _language(t: Messages, _data: Data) -> Question:
    known = ", ".join(f"{code} {Locale(code).get_language_name()}" for code in LANGUAGES)
    expected = t("one of these languages, by its code or its name: {languages}", languages=known)
    text = t("Language of the slips")
    return Question("language", text, own_language(), known, language_meant, expected)


def _sessions(t: Messages, _data: Data) -> Question:
    more = t(
        "The sessions that people evaluate: type or paste them, one on a line; an empty line ends. "
        "A short code may stand first: P1; Workshop. Or give the name of an Excel, CSV or text "
        "file. If there is one question for the whole event, press Enter at once."
    )
    return Question("sessions", t("Sessions"), more=more)


def _question(t: Messages, data: Data) -> Question:
    about = _ABOUT_SESSION if "sessions" in data else _ABOUT_EVENT
    language = str(data.get("language", ""))
    return Question("question", t("The question on the slip"), about.get(language, about["en"]))


def _scale(t: Messages, _data: Data) -> Question:
    more = t(
        "How people answer: 5 for five smileys (2 to 7), 1-10 for numbers, or the answers with "
        "commas between them: Yes, No, Don't know."
    )
    return Question("scale", t("Scale"), "5", more, scale_meant)


QUESTIONS: tuple[Callable[[Messages, Data], Question], ...] = (
    _title,
    _id,
    _date,
    _place,
    _language,
    _sessions,
    _question,
    _scale,
)
"""In their order. Each is made when all before it are answered: it may propose by them."""


def proposed(t: Messages, data: Data) -> Data:
    """Return `data` with what the questions would propose for each key that it lacks."""
    for make in QUESTIONS:
        question = make(t, data)
        if question.key not in data and question.proposal:
            data = data | {question.key: question.meant(question.proposal)}
    return data


def plain_id(name: str) -> str:
    """Return an id that looks like `name`, "" if none can be made."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_WITHOUT_PARTS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    return "-".join(words)[:40].strip("-")


def date_meant(text: str) -> str:
    """Return a date with dots, day first as in most of Europe, as year-month-day; else `text`."""
    found = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", text.strip())
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text.strip()


def language_meant(text: str) -> str:
    """Return the code of the language that is called `text`, by itself or in another that we
    speak; else `text`.
    """
    return _codes_by_name().get(plain_id(text), text.strip().lower())


@cache
def _codes_by_name() -> dict[str, str]:
    """Return the codes by all names, as ids; also by the last word of one: bokmål, Nynorsk."""
    found = {plain_id(name): NORWEGIAN["no"] for name in ("no", *_names("no"))}
    for code in LANGUAGES:
        for name in (code, *_names(code)):
            found |= {plain_id(name): code, plain_id(name.split()[-1]): code}
    return found


def _names(code: str) -> Iterator[str]:
    for told_in in (code, *SPOKEN):
        yield str(Locale(code).get_language_name(told_in))


def scale_meant(text: str) -> Data:
    """Return the [scale] that is meant by a number, by 1-10, or by words with commas between."""
    text = text.strip()
    if re.fullmatch(r"\d{1,3}", text):
        return {"smileys": int(text)}
    numbers = re.fullmatch(r"1\s*[-–]\s*(\d{1,3})", text)
    if numbers:
        return {"numbers": int(numbers[1])}
    return {"answers": [part.strip() for part in re.split(r"[,;]", text) if part.strip()]}
