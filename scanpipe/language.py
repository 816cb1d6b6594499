"""Owns what changes with a form's language: printed words, dates, number format, OCR model."""

import datetime
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date

from scanpipe.errors import FormError
from scanpipe.messages import Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the paper and of the tables.

    `code` is the ISO 639-1 code that forms use and Babel knows, `tesseract` the name of the OCR
    model, `csv_delimiter` what a spreadsheet of that language separates with. Where Tesseract has
    no model of the language's own, `borrowed_from` is the code of the one whose model reads it,
    `taken_for` the letters which that does not know, each with the one it gives instead.

    The rest is printed on slips and in tables. `{count}` in `mark_count` is how many to choose.
    """

    code: str
    tesseract: str
    csv_delimiter: str = ";"
    borrowed_from: str = ""
    taken_for: tuple[str, str] = ("", "")

    total: str
    session: str
    mark_one: str
    mark_one_of_each: str
    mark_number: str
    mark_answer: str
    mark_count: str
    which_session: str
    change_of_mind: str
    comment: str

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers are written 0,9: where they are, `;` separates the fields."""
        return self.csv_delimiter == ";"

    def long_date(self, date: datetime.date) -> str:
        """Return a date with the month's name, such as 6. februar 2026."""
        return self._dated(date, "long")

    def full_date(self, date: datetime.date) -> str:
        """Return a date with its weekday and the month's name."""
        return self._dated(date, "full")

    def model_note(self, t: Messages) -> str:
        """Return what to know of the OCR model, in a sentence or two of the language of `t`.

        Empty where the model is the language's own.
        """
        if not self.borrowed_from:
            return ""
        letters, others = self.taken_for
        return t(
            "Tesseract has no model for {language}. Names are read with the one for {other}, which "
            "takes {letters} for {others}; that is allowed for. Only where the names of two "
            "sessions differ in nothing else may their slips go to review.",
            language=Locale.parse(self.code).get_language_name(t.code),
            other=Locale.parse(self.borrowed_from).get_language_name(t.code),
            letters=letters,
            others=others,
        )

    def _dated(self, date: datetime.date, length: str) -> str:
        pattern = _DATES.get(self.code, {}).get(length, length)
        months = _MONTHS_IN_DATES.get(self.code)
        if months is None:
            return format_date(date, pattern, self.code)
        named = Locale.parse(self.code).months["format"]["wide"][date.month]
        return format_date(date, pattern, self.code).replace(named, named.replace(*months))


_DATES = {"se": {"long": "MMMM d. 'beaivvi' y", "full": "EEEE, MMMM d. 'beaivvi' y"}}
"""Babel has but the order of a file name for Northern Sámi: 2026 guovvamánnu 6."""

_MONTHS_IN_DATES = {"se": ("mánnu", "mánu")}
"""In a date the month stands in the genitive, which Babel lacks."""


_LANGUAGES = (
    Language(
        code="nb",
        tesseract="nor",
        total="Til sammen",
        session="Sesjon",
        mark_one="Sett ett tydelig kryss på ett ansikt.",
        mark_one_of_each="Sett ett tydelig kryss i hver rad.",
        mark_number="Sett ett tydelig kryss på ett tall.",
        mark_answer="Sett ett tydelig kryss ved ett svar.",
        mark_count="Sett et tydelig kryss ved {count} av dem.",
        which_session="Hvilken sesjon var du på?",
        change_of_mind="Ombestemmer du deg? Ta en ny lapp og kast denne.",
        comment="Er det noe du vil fortelle oss?",
    ),
    Language(
        code="nn",
        tesseract="nor",
        total="Til saman",
        session="Sesjon",
        mark_one="Set eitt tydeleg kryss på eitt andlet.",
        mark_one_of_each="Set eitt tydeleg kryss i kvar rad.",
        mark_number="Set eitt tydeleg kryss på eitt tal.",
        mark_answer="Set eitt tydeleg kryss ved eitt svar.",
        mark_count="Set eit tydeleg kryss ved {count} av dei.",
        which_session="Kva sesjon var du på?",
        change_of_mind="Ombestemmer du deg? Ta ein ny lapp og kast denne.",
        comment="Er det noko du vil fortelje oss?",
    ),
    Language(
        code="se",
        tesseract="nor",
        borrowed_from="no",
        taken_for=("á č đ ŋ š ŧ ž", "å c d n s t z"),
        total="Oktiibuot",
        session="Sešuvdna",
        mark_one="Merke ovtta ámadaju čielga ruossain.",
        mark_one_of_each="Bija ovtta čielga ruossa juohke ráidui.",
        mark_number="Merke ovtta logu čielga ruossain.",
        mark_answer="Merke ovtta vástádusa čielga ruossain.",
        mark_count="Vállje {count} ja merke daid čielga ruossain.",
        which_session="Guđe sešuvnnas ledjet?",
        change_of_mind="Molssutgo oaivila? Váldde ođđa lihpu ja bálkes dán eret.",
        comment="Háliidatgo muitalit midjiide maidege?",
    ),
    Language(
        code="en",
        tesseract="eng",
        csv_delimiter=",",
        total="Total",
        session="Session",
        mark_one="Put one clear cross on one face.",
        mark_one_of_each="Put one clear cross in each row.",
        mark_number="Put one clear cross on one number.",
        mark_answer="Put one clear cross at one answer.",
        mark_count="Put a clear cross on {count} of them.",
        which_session="Which session were you in?",
        change_of_mind="Changed your mind? Take a new slip and throw this one away.",
        comment="Anything you want to tell us?",
    ),
    Language(
        code="sv",
        tesseract="swe",
        total="Totalt",
        session="Session",
        mark_one="Sätt ett tydligt kryss på ett ansikte.",
        mark_one_of_each="Sätt ett tydligt kryss i varje rad.",
        mark_number="Sätt ett tydligt kryss på en siffra.",
        mark_answer="Sätt ett tydligt kryss vid ett svar.",
        mark_count="Sätt ett tydligt kryss vid {count} av dem.",
        which_session="Vilken session var du på?",
        change_of_mind="Ändrar du dig? Ta en ny lapp och kasta den här.",
        comment="Är det något du vill berätta för oss?",
    ),
    Language(
        code="da",
        tesseract="dan",
        total="I alt",
        session="Session",
        mark_one="Sæt ét tydeligt kryds på ét ansigt.",
        mark_one_of_each="Sæt ét tydeligt kryds i hver række.",
        mark_number="Sæt ét tydeligt kryds på ét tal.",
        mark_answer="Sæt ét tydeligt kryds ved ét svar.",
        mark_count="Sæt et tydeligt kryds ved {count} af dem.",
        which_session="Hvilken session deltog du i?",
        change_of_mind="Ombestemmer du dig? Tag en ny seddel, og smid denne ud.",
        comment="Er der noget, du vil fortælle os?",
    ),
    Language(
        code="de",
        tesseract="deu",
        total="Insgesamt",
        session="Veranstaltung",
        mark_one="Bitte genau ein Gesicht deutlich ankreuzen.",
        mark_one_of_each="Bitte in jeder Zeile genau ein deutliches Kreuz setzen.",
        mark_number="Bitte genau eine Zahl deutlich ankreuzen.",
        mark_answer="Bitte genau eine Antwort deutlich ankreuzen.",
        mark_count="Bitte genau {count} davon deutlich ankreuzen.",
        which_session="In welcher Veranstaltung waren Sie?",
        change_of_mind=(
            "Anders entschieden? Nehmen Sie einen neuen Zettel und werfen Sie diesen weg."
        ),
        comment="Möchten Sie uns noch etwas sagen?",
    ),
    Language(
        code="fr",
        tesseract="fra",
        total="Total",
        session="Session",
        mark_one="Tracez une croix bien nette sur un seul visage.",
        mark_one_of_each="Tracez une seule croix bien nette par ligne.",
        mark_number="Tracez une croix bien nette sur un seul nombre.",
        mark_answer="Cochez une seule réponse d’une croix bien nette.",
        mark_count="Cochez-en {count} d’une croix bien nette.",
        which_session="À quelle session avez-vous assisté\N{NO-BREAK SPACE}?",
        change_of_mind=(
            "Vous changez d’avis\N{NO-BREAK SPACE}? Prenez une nouvelle fiche et jetez celle-ci."
        ),
        comment="Souhaitez-vous nous dire quelque chose\N{NO-BREAK SPACE}?",
    ),
    Language(
        code="pl",
        tesseract="pol",
        total="Razem",
        session="Sesja",
        mark_one="Postaw jeden wyraźny krzyżyk na jednej buźce.",
        mark_one_of_each="Postaw jeden wyraźny krzyżyk w każdym wierszu.",
        mark_number="Postaw jeden wyraźny krzyżyk na jednej liczbie.",
        mark_answer="Postaw jeden wyraźny krzyżyk przy jednej odpowiedzi.",
        mark_count="Postaw wyraźny krzyżyk przy {count} z nich.",
        which_session="Która to była sesja?",
        change_of_mind="Zmiana zdania? Weź nową kartkę, a tę wyrzuć.",
        comment="Czy chcesz nam coś powiedzieć?",
    ),
)

LANGUAGES = {language.code: language for language in _LANGUAGES}


def language_of(code: str) -> Language:
    """Return the language with ISO 639-1 `code`; raise FormError if it is not one of ours."""
    try:
        return LANGUAGES[code]
    except KeyError:
        raise FormError(f"language {code!r} is not one of: {', '.join(LANGUAGES)}") from None
