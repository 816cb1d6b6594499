from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from scanpipe.language import LANGUAGES
from scanpipe.reporting.dialect import COMMA, SEMICOLON, dialect_for, fixed, shielded, unshielded

texts = st.text() | st.text("'=+-@＝＋－＠\t\r\n\x00\ufeff\u200b a1", max_size=6)


@given(texts)
@example("'=1+1")
@example("''")
def test_any_text_comes_back_from_its_shield(text):
    assert unshielded(shielded(text)) == text


@given(texts)
def test_no_shielded_text_starts_as_a_formula_does(text):
    shown = shielded(text).lstrip(" \xa0\x00\ufeff\u200b")
    assert shown[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert shielded(text)[:1] not in ("\t", "\r", "\n")


def test_an_apostrophe_that_a_person_typed_is_left_alone():
    assert unshielded("'tis") == "'tis" == shielded("'tis")


def test_figures_have_the_decimal_sign_of_the_dialect_and_no_shield():
    assert SEMICOLON.spell(Decimal("0.90")) == "0,90"
    assert COMMA.spell(Decimal("-3.2")) == "-3.2"
    assert COMMA.spell(None) == ""
    assert COMMA.spell(7) == "7"


def test_a_figure_that_rounds_to_nothing_has_no_sign():
    assert SEMICOLON.spell(fixed(-0.01, 1)) == "0,0"


def test_languages_with_a_decimal_comma_separate_with_semicolons():
    names = {code: dialect_for(language).name for code, language in LANGUAGES.items()}
    commas = {code for code, name in names.items() if name == "comma"}
    assert commas == {"en"}
    assert set(names.values()) == {"comma", "semicolon"}
