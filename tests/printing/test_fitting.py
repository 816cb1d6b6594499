"""Texts are set as large as their line allows, and what cannot fit is measured."""

from hypothesis import given
from hypothesis import strategies as st

from scanpipe.lettering import BOLD, REGULAR
from scanpipe.printing.fitting import Fitted, Style, TooLong, Way, fit
from scanpipe.printing.fonts import text_width_mm
from scanpipe.printing.passages import LABEL

ONE_LINE = Style(REGULAR, (Way(1, 13.0, 10.0),))
TWO_LINES = Style(BOLD, (Way(1, 11.0, 9.0), Way(2, 9.5, 9.0)))
THREE_LINES = Style(REGULAR, (Way(1, 10.0, 9.0), Way(2, 10.0, 9.0), Way(3, 9.5, 8.0)))
TEXTS = st.lists(st.text("abæøåW1", min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join)


@given(TEXTS, st.floats(40, 150), st.sampled_from([ONE_LINE, TWO_LINES, LABEL]))
def test_what_is_set_fits_and_loses_nothing(text: str, width_mm: float, style: Style) -> None:
    fitted = fit(text, width_mm, style)
    if isinstance(fitted, Fitted):
        assert " ".join(fitted.lines) == text
        ways = [way for way in style.ways if way.lines == len(fitted.lines)]
        assert any(way.smallest_pt <= fitted.size_pt <= way.largest_pt for way in ways)
        assert all(
            text_width_mm(line, style.font, fitted.size_pt) <= width_mm for line in fitted.lines
        )
    else:
        assert fitted.over_mm > 0
        assert fitted.characters_that_fit < len(text)


def test_short_texts_are_set_in_full_size_and_longer_ones_smaller() -> None:
    assert fit("Kort", 100, ONE_LINE) == Fitted(("Kort",), REGULAR, 13.0)
    longer = fit("En noe lengre tekst som må settes mindre", 85, ONE_LINE)
    assert isinstance(longer, Fitted)
    assert 10.0 <= longer.size_pt < 13.0


def test_a_long_title_is_broken_where_the_lines_come_out_alike() -> None:
    fitted = fit("Fornyelse og innovasjon gjennom medvirkning", 60, TWO_LINES)
    assert isinstance(fitted, Fitted)
    assert fitted.lines == ("Fornyelse og innovasjon", "gjennom medvirkning")


def test_as_many_characters_as_promised_do_fit() -> None:
    text = "n" * 200
    found = fit(text, 100, ONE_LINE)
    assert isinstance(found, TooLong)
    assert isinstance(fit(text[: found.characters_that_fit], 100, ONE_LINE), Fitted)
    assert isinstance(fit(text[: found.characters_that_fit + 2], 100, ONE_LINE), TooLong)


def test_a_name_beside_a_row_stands_on_as_many_lines_as_it_needs() -> None:
    fitted = fit("Parallellsesjon 3: Personalmøte som utviklingsarena", 40, THREE_LINES)
    assert isinstance(fitted, Fitted)
    assert fitted.lines == ("Parallellsesjon 3:", "Personalmøte som", "utviklingsarena")
    assert fitted.size_pt == 9.5


def test_a_large_slip_is_set_in_larger_type_and_a_family_no_larger_than_its_longest() -> None:
    growing = Style(REGULAR, (Way(1, 10.0, 8.0, grows=True), Way(2, 9.0, 8.0)))
    grown = fit("Kort", 100, growing.grown(1.25))
    assert isinstance(grown, Fitted)
    assert grown.size_pt == 12.5
    capped = fit("Kort", 100, growing.grown(1.25).at_most(7.5))
    assert isinstance(capped, Fitted)
    assert capped.size_pt == 7.5
