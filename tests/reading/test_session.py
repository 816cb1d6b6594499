import io
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pymupdf_fonts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from scanpipe.errors import MissingToolError
from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.marks import MarkCode
from scanpipe.reading import session
from scanpipe.reading.decision import SESSION_SCORE, printed_session
from scanpipe.reading.measures import FieldText, PrintedName, SessionMatch
from scanpipe.reading.pages import session_field
from scanpipe.reading.registration import find_slips
from scanpipe.reading.session import field_image, match_session, recognise
from scanpipe.simulation.paper import blank_slip

HADELAND = (
    "Fellessesjon: Innovasjon",
    "Parallellsesjon 1: Arbeidsglede og trivsel",
    "Parallellsesjon 2: Medbestemmelse hos oss",
    "Parallellsesjon 3: Personalmøte som utviklingsarena",
    "Parallellsesjon 4: Samhandling i praksis",
)
unhurried = settings(deadline=None, max_examples=40)


@pytest.fixture
def field_of(form: Form, layout: Layout, code: MarkCode, lay: Callable) -> Callable:
    def cut(index: int, dpi: int) -> np.ndarray:
        page = lay([blank_slip(form, index, dpi)], [(95, 95, 1.5)], dpi)
        (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)
        return session_field(page.pixels, slip)

    return cut


# --- text to session ---


def taken_for(match: SessionMatch) -> int | None:
    """The session that a slip without its marks counts for; None if a person is asked."""
    verdict = printed_session(FieldText("", 0.0), match, match.index, marks=0)
    return verdict.proposal if verdict.certain else None


def test_the_names_in_these_tests_are_the_event_s(form: Form) -> None:
    assert tuple(each.name for each in form.sessions) == HADELAND


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("change", [str, str.upper, str.lower, lambda name: f"  {name}\n"])
def test_a_name_matches_itself_whatever_its_case_and_spaces(
    change: Callable[[str], str], index: int
) -> None:
    match = match_session(change(HADELAND[index]), HADELAND)

    assert (match.index, match.score) == (index, 1.0)
    assert match.runner_up < 1


edits = st.tuples(
    st.sampled_from(["replace", "insert", "delete"]),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(string.ascii_letters + string.digits + "æøå|!. "),
)


def edited(text: str, how: str, where: float, letter: str) -> str:
    at = int(where * len(text))
    new = "" if how == "delete" else letter
    return text[:at] + new + text[at + (how != "insert") :]


@unhurried
@given(st.integers(0, 4), st.lists(edits, min_size=1, max_size=3))
def test_a_name_with_a_few_wrong_letters_still_matches_and_surely(
    index: int, changes: list[tuple[str, float, str]]
) -> None:
    text = HADELAND[index]
    for change in changes:
        text = edited(text, *change)

    assert taken_for(match_session(text, HADELAND)) == index


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("Fe11essesjon: lnnovasjon", 0),
        ("Paralellsesjon 1 ArbeidsgIede og trivse|", 1),
        ("Parallellsesjon 2: Medbestemmeise hos 0ss", 2),
        ("Parallellsesjon 3: Personalmgte som utviklingsarena", 3),
        ("ParaIIellsesjon4: Samhandiing i praksis _", 4),
    ],
)
def test_mistakes_that_ocr_makes_do_not_change_the_session(text: str, index: int) -> None:
    assert match_session(text, HADELAND).index == index


def test_names_that_differ_in_a_number_are_told_apart_but_never_with_a_lead() -> None:
    names = [f"Sesjon {number}" for number in range(1, 21)]
    for index, name in enumerate(names):
        exact = match_session(name, names)
        assert (exact.index, exact.score) == (index, 1.0)
        smudged = match_session(name[:-1] + "?", names)
        assert taken_for(smudged) is None


@pytest.mark.parametrize("text", ["", "   ", "~~ |", "Kaffe og kake"])
def test_text_that_is_no_name_is_near_none(text: str) -> None:
    assert match_session(text, HADELAND).score < SESSION_SCORE


def test_a_form_of_one_session_has_no_runner_up() -> None:
    match = match_session("Opening", ["Opening"])

    assert (match.index, match.score, match.runner_up) == (0, 1.0, 0.0)


@unhurried
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8))
def test_any_text_has_a_nearest_name(text: str, names: list[str]) -> None:
    match = match_session(text, names)

    assert 0 <= match.index < len(names)
    assert 0 <= match.runner_up <= match.score <= 1


# --- letters that the model does not write ---

SAMI = (
    "Čájáhus",
    "Áššit",
    "Čáhci",
    "Váŋŋá",
    "Ruoŧŧa",
    "Mánát",
    "Eŋgelasgiella",
    "Árbedieđut skuvllas",
    "Girječállin ja muitaleapmi",
    "Oktasaš loahpahus",
)
LOST = str.maketrans("ÁáČčĐđŊŋŠšŦŧŽž", "ÅåCcDdNnSsTtZz")
"""What Tesseract's Norwegian model makes of them."""


@pytest.mark.parametrize("index", range(len(SAMI)))
def test_a_name_read_without_the_marks_on_its_letters_is_that_name(index: int) -> None:
    match = match_session(SAMI[index].translate(LOST), SAMI)

    assert (match.index, match.score) == (index, 1.0)


@pytest.mark.parametrize(
    "name", ["Żółw i gęś", "Größe zählt", "Ñandú über Øya", "Īstā ģimene", "Đặng Thị Phượng", "İyi"]
)
def test_the_marks_of_any_latin_language_may_be_lost(name: str) -> None:
    assert taken_for(match_session(session._bare(name).upper(), [name, "Noe helt annet"])) == 0


def test_numbered_names_are_told_apart_with_their_marks_lost() -> None:
    names = [f"Bargobádji {number}: Šaddu" for number in range(1, 21)]

    for index, name in enumerate(names):
        match = match_session(name.translate(LOST), names)
        assert (match.index, match.score) == (index, 1.0)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cållit", ("Čállit", "Callit")),
        ("Ruotta 2", ("Ruoŧŧa 2", "Ruoťťa 2")),
        ("Lan i dog", ("Lån i dag", "Lan i dag")),
        ("Ålbmot 1", ("Álbmot 1", "Albmot 2")),
        ("Cånna 1", ("Čáŋŋa 1", "Canna 2")),
    ],
)
@pytest.mark.parametrize("step", [1, -1])
def test_names_that_only_lost_marks_tell_apart_are_left_to_a_person(
    text: str, names: tuple[str, str], step: int
) -> None:
    assert taken_for(match_session(text, names[::step])) is None


def test_a_name_read_letter_for_letter_is_sure_beside_one_that_differs_in_a_mark() -> None:
    names = ("Čállit", "Callit", "Lån", "Lan")

    for index, name in enumerate(names):
        match = match_session(name, names)
        assert (match.index, match.score) == (index, 1.0)


@pytest.mark.parametrize("name", ["Čállit", "Callit", "Saldi"])
def test_with_another_language_s_model_even_such_a_name_is_left_to_a_person(name: str) -> None:
    names = ("Čállit", "Callit", "Šaldi", "Saldi", "Giella")

    assert taken_for(match_session(name, names, own_model=False)) is None
    assert match_session("Giella", names, own_model=False).score == 1


marked_words = st.text("aáåcčđdŋ", min_size=1, max_size=3)
"""Short, of few letters: so most lists hold names that differ in marks only."""


@unhurried
@given(marked_words, st.lists(marked_words, min_size=2, max_size=5, unique_by=session._folded))
def test_a_name_with_a_twin_but_for_marks_is_the_text_only_letter_for_letter(
    text: str, names: list[str]
) -> None:
    match = match_session(text, names)
    bare = [session._bare(name) for name in names]

    if bare.count(bare[match.index]) > 1 and taken_for(match) is not None:
        assert session._folded(text) == session._folded(names[match.index])


@unhurried
@given(
    st.text(string.ascii_letters + " :1", max_size=20),
    st.lists(st.text(string.ascii_letters + " :1", min_size=1), min_size=1, max_size=6),
)
def test_where_no_letter_has_a_mark_only_edits_count(text: str, names: list[str]) -> None:
    match = match_session(text, names)
    scores = sorted(
        (session._likeness(session._folded(text), session._folded(name)) for name in names),
        reverse=True,
    )

    assert [match.score, match.runner_up] == [*scores, 0.0][:2]


def test_printed_names_in_northern_sami_are_read_with_the_norwegian_model() -> None:
    fields = [printed(name) for name in SAMI]

    for index, text in enumerate(recognise(fields, "nor")):
        match = match_session(text.text, SAMI)
        assert taken_for(match) == index, text


def printed(name: str) -> np.ndarray:
    """The name in the type of the slips, as large as fields are cut out."""
    face = ImageFont.truetype(io.BytesIO(pymupdf_fonts.myfont("figo")), 36)
    picture = Image.new("L", (900, 70), 255)
    ImageDraw.Draw(picture).text((20, 8), name, 0, face)
    return np.asarray(picture)


# --- picture to text ---


def test_every_name_is_read_from_the_field_at_100_and_200_dpi(field_of: Callable) -> None:
    wanted = [(index, dpi) for dpi in (100, 200) for index in range(5)]

    texts = recognise([field_of(*each) for each in wanted], "nor")

    for (index, dpi), text in zip(wanted, texts, strict=True):
        match = match_session(text.text, HADELAND)
        assert taken_for(match) == index, (dpi, text)
        assert 0 <= text.confidence <= 1


def test_the_field_s_own_line_is_not_in_the_picture(field_of: Callable) -> None:
    field = field_of(2, 200)

    dark_rows = (field < 128).mean(axis=1)
    assert dark_rows.max() < 0.5
    assert (field < 128).any(axis=0).sum() > 200


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_field_of_one_grey_is_an_empty_picture_and_not_an_error(
    grey: int,
) -> None:
    assert np.unique(field_image(np.full((60, 700), grey, np.uint8))).size <= 2


def test_an_empty_field_between_two_others_keeps_its_place(field_of: Callable) -> None:
    fields = [field_of(0, 200), np.full((80, 1100), 255, np.uint8), field_of(4, 200)]

    first, empty, last = recognise(fields, "nor")

    assert match_session(first.text, HADELAND).index == 0
    assert empty.confidence == 0.0
    assert match_session(empty.text, HADELAND).score < SESSION_SCORE
    assert match_session(last.text, HADELAND).index == 4


@pytest.mark.parametrize(
    ("text", "amiss"),
    [
        (". Parallellsesjon 4: Samhandling i praksis '", 0),
        ("PARALLELLSESJON 4: Sâmhandling i praksis", 0),
        ("Parallellsesjon 4; Samhandlinq i praksis i", 2),
        ("ikke her, nr 2 Parallellsesjon 4: Samhandling i praksis", 10),
        ("Parallellsesj", 22),
        ("", 0),
        (" . - ", 0),
    ],
)
def test_of_a_printed_name_letters_are_amiss_but_no_specks_and_no_lost_accents(
    text: str, amiss: int
) -> None:
    assert session.printed_name(text, HADELAND[4]) == PrintedName(35, amiss)


def test_no_fields_need_no_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert recognise([], "nor") == []


def test_a_field_on_which_tesseract_fails_costs_its_neighbours_nothing(
    field_of: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = np.zeros((80, 500), np.uint8)
    read = session._recognise

    def fail_on_poison(fields: list[np.ndarray], language: str, timeout_s: float) -> list:
        if any(field is poison for field in fields):
            raise RuntimeError("Tesseract crashed")
        return read(fields, language, timeout_s)

    monkeypatch.setattr(session, "_recognise", fail_on_poison)

    first, lost, last = recognise([field_of(1, 200), poison, field_of(3, 200)], "nor")

    assert match_session(first.text, HADELAND).index == 1
    assert (lost.text, lost.confidence) == ("", 0.0)
    assert match_session(last.text, HADELAND).index == 3


def test_without_tesseract_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingToolError, match="Tesseract"):
        recognise([np.full((80, 400), 255, np.uint8)], "nor")
