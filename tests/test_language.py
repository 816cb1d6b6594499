"""Each language says everything that a slip can need, and writes dates and numbers as its own."""

import dataclasses
import datetime

import pytest
from babel import Locale

from scanpipe.errors import FormError
from scanpipe.language import LANGUAGES, Language, language_of
from scanpipe.messages import messages_for
from scanpipe.printing.fonts import unprintable
from scanpipe.tools import model_package

WORDS = (
    "total",
    "session",
    "mark_one",
    "mark_one_of_each",
    "mark_number",
    "mark_answer",
    "mark_count",
    "which_session",
    "change_of_mind",
    "comment",
)
every_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def test_the_languages_of_the_region_and_of_its_guests_are_there() -> None:
    assert set(LANGUAGES) == {"nb", "nn", "se", "en", "sv", "da", "de", "fr", "pl"}
    assert all(language_of(code) is language for code, language in LANGUAGES.items())


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(FormError, match="'fi' is not one of: nb, nn, se, en"):
        language_of("fi")


@every_language
def test_every_text_is_there_once_and_printable(language: Language) -> None:
    texts = [getattr(language, word) for word in WORDS]
    assert all(text == text.strip() != "" for text in texts)
    assert len(set(texts)) == len(texts)
    assert unprintable("".join(texts)) == ""


@every_language
def test_sentences_end_as_sentences_and_titles_do_not(language: Language) -> None:
    for word in WORDS:
        last = getattr(language, word)[-1]
        if word in ("total", "session"):
            assert last.isalpha()
        else:
            assert last == ("?" if word in ("which_session", "comment") else ".")


@every_language
def test_only_the_sign_up_slip_counts(language: Language) -> None:
    assert "2" in language.mark_count.format(count=2)
    assert [word for word in WORDS if "{" in getattr(language, word)] == ["mark_count"]


def test_no_two_languages_ask_for_a_mark_in_the_same_words() -> None:
    for word in (word for word in WORDS if word.startswith("mark_")):
        assert len({getattr(each, word) for each in LANGUAGES.values()}) == len(LANGUAGES)


@every_language
def test_fields_are_separated_by_what_is_no_decimal_sign(language: Language) -> None:
    sign = Locale.parse(language.code).number_symbols["latn"]["decimal"]
    assert language.decimal_comma == (sign == ",")
    assert language.csv_delimiter == (";" if sign == "," else ",")


@pytest.mark.parametrize(
    ("code", "long", "full"),
    [
        ("nb", "6. februar 2026", "fredag 6. februar 2026"),
        ("nn", "6. februar 2026", "fredag 6. februar 2026"),
        ("se", "guovvamánu 6. beaivvi 2026", "bearjadat, guovvamánu 6. beaivvi 2026"),
        ("en", "February 6, 2026", "Friday, February 6, 2026"),
        ("sv", "6 februari 2026", "fredag 6 februari 2026"),
        ("da", "6. februar 2026", "fredag den 6. februar 2026"),
        ("de", "6. Februar 2026", "Freitag, 6. Februar 2026"),
        ("fr", "6 février 2026", "vendredi 6 février 2026"),
        ("pl", "6 lutego 2026", "piątek, 6 lutego 2026"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(code: str, long: str, full: str) -> None:
    date = datetime.date(2026, 2, 6)
    assert language_of(code).long_date(date) == long
    assert language_of(code).full_date(date) == full


def test_every_month_of_a_date_in_northern_sami_stands_in_the_genitive() -> None:
    dates = [language_of("se").long_date(datetime.date(2026, month, 1)) for month in range(1, 13)]
    assert len(set(dates)) == 12
    assert all(date.endswith("mánu 1. beaivvi 2026") for date in dates)


@every_language
def test_words_can_be_replaced_by_those_of_a_form(language: Language) -> None:
    own = dataclasses.replace(language, session="Kurs")
    assert (own.session, own.mark_one) == ("Kurs", language.mark_one)


@every_language
def test_the_model_of_every_language_is_named_to_those_on_windows(language: Language) -> None:
    package = model_package(language.tesseract)
    assert package.apt == f"tesseract-ocr-{language.tesseract}"
    assert "'" not in package.windows


def test_only_northern_sami_borrows_a_model_and_says_what_that_means() -> None:
    english, bokmal = messages_for("en"), messages_for("nb")
    borrowing = [code for code, each in LANGUAGES.items() if each.model_note(english)]
    assert borrowing == ["se"]
    note = language_of("se").model_note(english)
    assert "no model for Northern Sami" in note
    assert "the one for Norwegian" in note
    assert "č đ ŋ š ŧ ž" in note
    assert "nordsamisk" in language_of("se").model_note(bokmal)
