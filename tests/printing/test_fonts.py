"""The typeface sets what our languages need and owns up to what it cannot."""

import pytest

from scanpipe.printing.fonts import BOLD, REGULAR, text_width_mm, unprintable


@pytest.mark.parametrize(
    "text",
    ["Blåbærsyltetøy på Øya", "Größe äöü ÆØÅ", "– — … «» „“ ’ € № ·", "Šiŋŋa čálli", "Ωβ Жук"],
)
def test_the_languages_of_the_slips_can_be_set(text: str) -> None:
    assert unprintable(text) == ""


@pytest.mark.parametrize("signs", ["字", "😀", "שלום", "نص", "ไทย", "क", "\u0301"])
def test_scripts_that_need_more_than_letters_in_a_row_are_refused(signs: str) -> None:
    assert unprintable(f"Ja {signs}") == signs


def test_bold_is_wider_than_regular_and_width_grows_with_size() -> None:
    regular_mm = text_width_mm("Sesjon", REGULAR, 10)
    assert text_width_mm("Sesjon", BOLD, 10) > regular_mm
    assert text_width_mm("Sesjon", REGULAR, 20) == pytest.approx(2 * regular_mm)
