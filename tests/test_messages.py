"""The catalogues hold every sentence of the code, translated, with the same names to fill in."""

import copy
import pickle
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import scanpipe
from scanpipe.messages import Sentence, later, messages_for, retold

PACKAGE = Path(scanpipe.__file__).parent
CATALOGUES = sorted((PACKAGE / "catalogues").glob("*.po"))
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"t": None, "later": None, "plural": (1, 2)}


@cache
def sentences() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(PACKAGE), METHODS, keywords=KEYWORDS, strip_comment_tags=False)
    return {message for _, _, message, _, _ in found if message}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.stem)


def entries(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id]


def names_in(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)", text))


def texts(of: object) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_holds_just_the_sentences_of_the_code(path: Path) -> None:
    held = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in entries(path)
    }
    assert held == sentences()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_sentence_is_translated(path: Path) -> None:
    missing = [message.id for message in entries(path) if not all(texts(message.string))]
    assert missing == []
    assert [message.id for message in entries(path) if message.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_fills_in_the_same_names_as_the_sentence(path: Path) -> None:
    wrong = [
        message.id
        for message in entries(path)
        if names_in(texts(message.id)[-1]) != names_in(texts(message.string)[-1])
    ]
    assert wrong == []


def test_there_is_a_catalogue_for_both_norwegian_languages() -> None:
    assert {"nb", "nn"} <= {path.stem for path in CATALOGUES}


def test_a_language_without_a_catalogue_is_told_in_english() -> None:
    said = messages_for("la")
    assert (said.code, said(later("{count} slips"), count=3)) == ("en", "3 slips")


def test_a_sentence_in_english_is_told_in_another_language_with_what_stands_in_it() -> None:
    inner = Sentence("a whole number from {least} to {most}", least=2, most=7)
    outer = Sentence(
        "{where}: expected {expected}; found {found}", where="x", expected=inner, found=9
    )
    assert outer == "x: expected a whole number from 2 to 7; found 9"
    told = "x: ventet et helt tall fra 2 til 7; fant 9"
    assert retold(outer, messages_for("nb")) == told
    assert retold(outer, messages_for("en")) == outer
    assert retold("x", messages_for("nb")) == "x"
    for copied in (pickle.loads(pickle.dumps(outer)), copy.deepcopy(outer)):  # noqa: S301  # our own
        assert copied == outer
        assert retold(copied, messages_for("nb")) == told
