"""The typeface sets what our languages need and owns up to what it cannot."""

import pytest

from scanpipe.lettering import BOLD, REGULAR
from scanpipe.printing.fonts import font, text_width_mm, unprintable


@pytest.mark.parametrize(
    "text",
    ["Blåbærsyltetøy på Øya", "Größe äöü ÆØÅ", "– — … «» „“ ’ € № ·", "Šiŋŋa čálli", "Ωβ Жук"],
)
def test_the_languages_of_the_slips_can_be_set(text: str) -> None:
    assert unprintable(text) == ""


ALPHABETS = {
    "Northern Sámi": "áčđŋšŧž",
    "the other Sámi languages": "åäöïæøâõëŋńčšžđǥǧǩʒǯʹʼ’",
    "Norwegian, Danish, Swedish": "æøåäöéèêóòôü",
    "Icelandic, Faroese": "áðéíóúýþæöø",
    "German": "äöüß„“‚‘",
    "French": "àâæçèéêëîïôœùûüÿ’«»\u00a0",
    "Polish": "ąćęłńóśźż„”",
    "Czech, Slovak": "áäčďéěíĺľňóôŕřšťúůýž",
    "Croatian, Slovenian": "čćđšž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ",
    "Estonian, Latvian, Lithuanian": "äöüõšžāčēģīķļņūąęėįųū",
    "Turkish, Kurdish, Azerbaijani": "çğıİöşüêîûə",
    "Spanish, Portuguese, Catalan, Italian": "áéíóúüñ¿¡ãõâêôàçïl·lìòù",
    "Dutch, Welsh, Irish, Maltese": "ëïĳŵŷâêîôûáéíóúċġħż",
    "Vietnamese": "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
    "Somali, Hausa, Yoruba, Ewe": "ɓɗƙƴẹọṣɖɛɔŋɣʋ",
    "Esperanto, Pinyin": "ĉĝĥĵŝŭāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ",
    "Ukrainian, Russian": "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",
}


@pytest.mark.parametrize("weight", [REGULAR, BOLD])
@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_small_and_large_has_a_shape_of_its_own_in_both_weights(
    language: str, weight: str
) -> None:
    letters = ALPHABETS[language] + ALPHABETS[language].upper()
    assert unprintable(letters) == ""
    face = font(weight).face
    assert [sign for sign in letters if not face.charToGlyph.get(ord(sign))] == []
    marked = [sign for sign in set(letters) if sign.isalpha()]
    assert len({face.charToGlyph[ord(sign)] for sign in marked}) == len(marked)


@pytest.mark.parametrize("signs", ["字", "😀", "שלום", "نص", "ไทย", "क", "\u0301"])
def test_scripts_that_need_more_than_letters_in_a_row_are_refused(signs: str) -> None:
    assert unprintable(f"Ja {signs}") == signs


def test_bold_is_wider_than_regular_and_width_grows_with_size() -> None:
    regular_mm = text_width_mm("Sesjon", REGULAR, 10)
    assert text_width_mm("Sesjon", BOLD, 10) > regular_mm
    assert text_width_mm("Sesjon", REGULAR, 20) == pytest.approx(2 * regular_mm)
