"""Owns what changes with a form's language: printed words, number format, OCR model."""

from dataclasses import dataclass

from scanpipe.errors import FormError


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the paper and of the tables.

    `code` is the ISO 639-1 code that forms use and Babel knows, `tesseract` the name of
    the OCR model, `csv_delimiter` what a spreadsheet of that language separates with.
    """

    code: str
    tesseract: str
    csv_delimiter: str
    total: str
    session: str
    mark_one: str
    change_of_mind: str

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers are written 0,9: where they are, `;` separates the fields."""
        return self.csv_delimiter == ";"


_LANGUAGES = (
    Language(
        "nb",
        "nor",
        ";",
        "Til sammen",
        "Sesjon",
        "Sett ett tydelig kryss på ett ansikt.",
        "Ombestemmer du deg? Ta en ny lapp og kast denne.",
    ),
    Language(
        "nn",
        "nor",
        ";",
        "Til saman",
        "Sesjon",
        "Set eitt tydeleg kryss på eitt andlet.",
        "Ombestemmer du deg? Ta ein ny lapp og kast denne.",
    ),
    Language(
        "sv",
        "swe",
        ";",
        "Totalt",
        "Session",
        "Sätt ett tydligt kryss på ett ansikte.",
        "Ändrar du dig? Ta en ny lapp och kasta den här.",
    ),
    Language(
        "da",
        "dan",
        ";",
        "I alt",
        "Session",
        "Sæt ét tydeligt kryds på ét ansigt.",
        "Ombestemmer du dig? Tag en ny seddel, og smid denne ud.",
    ),
    Language(
        "de",
        "deu",
        ";",
        "Insgesamt",
        "Veranstaltung",
        "Bitte genau ein Gesicht deutlich ankreuzen.",
        "Anders entschieden? Nehmen Sie einen neuen Zettel und werfen Sie diesen weg.",
    ),
    Language(
        "en",
        "eng",
        ",",
        "Total",
        "Session",
        "Put one clear cross on one face.",
        "Changed your mind? Take a new slip and throw this one away.",
    ),
)

LANGUAGES = {language.code: language for language in _LANGUAGES}


def language_of(code: str) -> Language:
    """Return the language with ISO 639-1 `code`; raise FormError if it is not one of ours."""
    try:
        return LANGUAGES[code]
    except KeyError:
        raise FormError(f"language {code!r} is not one of: {', '.join(LANGUAGES)}") from None
