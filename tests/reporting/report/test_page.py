"""report.html as people see it, and as a browser, a screen reader and a printer take it."""

import datetime
import re
from collections.abc import Iterator

import pytest

from scanpipe.form import form_from_data
from scanpipe.reading.record import Note, NoteKind
from scanpipe.vocabulary import Reason, Status

PUBLISHED = """
Fellessesjon: Innovasjon                            |  0,9  0,0  9,6 35,1 54,4 | 114
Parallellsesjon 1: Arbeidsglede og trivsel          |  0,0  1,6 13,1 49,2 36,1 |  61
Parallellsesjon 2: Medbestemmelse hos oss           |  0,0  0,0 25,0 53,6 21,4 |  28
Parallellsesjon 3: Personalmøte som utviklingsarena |  1,8  1,8  7,3 32,7 56,4 |  55
Parallellsesjon 4: Samhandling i praksis            |  0,0  0,0  2,9 52,9 44,1 |  34
Til sammen                                          |  0,7  0,7 10,6 41,4 46,6 | 292
"""


@pytest.fixture
def in_english(form):
    return form.model_copy(update={"language": "en"})


def with_expected(form, **numbers):
    sessions = [
        session.model_copy(update={"expected": numbers.get(session.id)})
        for session in form.sessions
    ]
    return form.model_copy(update={"sessions": tuple(sessions)})


def published() -> Iterator[list[str]]:
    for line in PUBLISHED.strip().splitlines():
        name, percents, slips = map(str.strip, line.split("|"))
        yield [name, *(f"{percent} %" for percent in percents.split()), slips]


def test_the_table_is_the_one_that_the_organiser_made_by_hand(look, readings) -> None:
    page = look(readings.hadeland())
    assert [row[:7] for row in page.rows(0)] == list(published())


def test_mean_and_spread_stand_behind_the_percentages(look, readings) -> None:
    page = look(readings.hadeland())
    assert page.rows(0)[0][7:] == ["4,42", "0,74"]
    assert page.rows(0)[-1][7:] == ["4,33", "0,75"]


def test_title_date_and_place_are_the_forms_own(look, readings) -> None:
    page = look(readings.hadeland())
    head = " ".join(page.tree.find(".//header").itertext())
    for told in (
        "Fornyelse og innovasjon gjennom medvirkning og samarbeid",
        "fredag 23. september 2016",
        "Sanner hotell, Granavollen",
    ):
        assert told in head


def test_in_english_numbers_and_dates_are_english(look, readings, in_english) -> None:
    page = look(readings.hadeland(), of=in_english)
    assert page.rows(0)[0][:3] == ["Fellessesjon: Innovasjon", "0.9%", "0.0%"]
    assert "Friday, September 23, 2016" in page.text
    assert page.tree.get("lang") == "en"


def test_a_bar_shows_each_share_and_says_it_to_who_does_not_see_it(
    look, readings, in_english
) -> None:
    page = look(readings.hadeland(), of=in_english)
    bars = page.tree.findall(".//figure/div/svg")
    assert len(bars) == 6
    widths = [float(rect.get("width").rstrip("%")) for rect in bars[0].findall("rect")]
    assert widths == pytest.approx([100 / 114, 1100 / 114, 4000 / 114, 6200 / 114], abs=1e-3)
    assert [text.text for text in bars[0].findall("text")] == ["9.6", "35.1", "54.4"]
    assert bars[0].get("aria-label").startswith("Fellessesjon: Innovasjon. Smiley 1 of 5")
    assert bars[0].get("aria-label").endswith("Smiley 5 of 5, the happiest: 54.4%")


def test_nothing_on_the_page_comes_from_elsewhere_or_runs(look, readings) -> None:
    page = look(readings.mixed())
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|<img|\son\w+=", page.html)


def test_whatever_a_form_or_a_scan_says_stays_text(look, readings, form) -> None:
    evil = "<script>alert(1)</script> & 'x\" ${1} {{ t }}"
    sessions = [form.sessions[0].model_copy(update={"name": evil}), *form.sessions[1:]]
    changes = {"title": evil, "place": evil, "question": evil, "sessions": tuple(sessions)}
    page = look(readings.hadeland(), of=form.model_copy(update=changes))
    assert "<script" not in page.html
    assert page.rows(0)[0][0] == evil
    assert page.tree.find(".//h1").text == evil


def test_the_page_has_landmarks_heads_for_its_cells_and_names_for_its_pictures(
    write, check, look, readings
) -> None:
    write(readings.mixed())
    check(2)
    page = look(readings.mixed())
    tree = page.tree
    for landmark in ("header", "main", "footer"):
        assert len(tree.findall(f".//{landmark}")) == 1
    assert len(tree.findall(".//h1")) == 1
    assert {th.get("scope") for th in tree.findall(".//th")} == {"col", "row"}
    assert all(table.find("caption") is not None for table in tree.findall(".//table"))
    pictures = tree.findall(".//svg")
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in pictures)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert {each.get("aria-labelledby") for each in tree.iter()} <= {None, *ids}


def test_the_smileys_of_the_slip_are_the_heads_of_the_columns(look, readings) -> None:
    page = look(readings.hadeland())
    heads = page.tree.find(".//table/thead/tr")
    faces = [th.find("svg") for th in heads if th.find("svg") is not None]
    assert len(faces) == 5
    assert len({face.find("circle").get("fill") for face in faces}) == 5
    mouths = [face.findall("path")[-1].get("d") for face in faces]
    assert len(set(mouths)) == 5


def test_slips_handed_in_are_compared_with_those_read_only_if_somebody_counted(
    look, readings, form
) -> None:
    page = look(readings.hadeland(), of=with_expected(form, F=120), expected=300)
    first, *_, last = page.rows(1)
    assert first[1:4] == ["120", "95,0 %", "114"]
    assert last[1:4] == ["300", "97,3 %", "292"]
    assert page.rows(1)[1][1:4] == ["–", "–", "61"]


def test_without_a_count_no_column_asks_for_one(look, readings) -> None:
    page = look(readings.hadeland())
    assert page.rows(1)[0][1:] == ["114", "114", "0", "0", "0"]


def test_the_sessions_own_numbers_make_the_total_when_all_are_counted(look, readings, form) -> None:
    counted = with_expected(form, F=114, P1=61, P2=30, P3=55, P4=40)
    page = look(readings.hadeland(), of=counted)
    assert page.rows(1)[-1][1:4] == ["300", "97,3 %", "292"]


def test_a_session_with_few_slips_says_what_one_slip_weighs(look, readings, in_english) -> None:
    slips = [readings.slip(f"bcd-{i}", "P4", 5) for i in range(8)]
    many = [readings.slip(f"fgh-{i}", "F", 5) for i in range(20)]
    page = look([readings.page(*slips, *many)], of=in_english)
    notes = [note.text for note in page.tree.findall(".//ul[@class='few']/li")]
    assert notes[-1] == (
        "Parallellsesjon 4: Samhandling i praksis: only 8 slips are rated, so that a single one "
        "is 12.5% of them."
    )
    assert not any("Fellessesjon" in note for note in notes)
    assert sum("no slip is rated" in note for note in notes) == 3


def test_while_slips_are_undecided_the_report_says_it_is_preliminary(
    look, readings, in_english
) -> None:
    page = look(readings.mixed(), of=in_english)
    assert "Preliminary: 4 slips or pages are still to be decided." in page.text
    limits = page.rows(3)
    assert limits[0][0] == "Fellessesjon: Innovasjon"
    assert limits[0][5] == "11.1–100.0"
    assert limits[-1][0] == "Total"
    assert "may still change" in page.text


def test_when_all_is_decided_nothing_is_preliminary(look, readings, in_english) -> None:
    page = look(readings.hadeland(), of=in_english)
    assert "Preliminary" not in page.text
    assert "Every slip is decided" in page.text
    assert len(page.tree.findall(".//table")) == 3


def test_an_order_that_nothing_can_change_any_more_is_said_to_stand(
    look, readings, in_english
) -> None:
    form = in_english.model_copy(update={"sessions": in_english.sessions[:2]})
    good = [readings.slip(f"bcd-{i:03d}", "F", 5, page=i) for i in range(60)]
    bad = [readings.slip(f"fgh-{i:03d}", "P1", 1, page=100 + i) for i in range(60)]
    pages = [readings.page(slip) for slip in (*good, *bad)]
    page = look([*pages, readings.page(readings.overvote("jkl-1", "F"))], of=form)
    assert "The order of the sessions by their mean cannot change any more." in page.text
    assert "optional" not in page.text


def test_a_file_that_could_not_be_opened_leaves_nothing_certain(look, readings, in_english) -> None:
    locked = readings.slip("fgh-1", None, None, Status.REJECTED, (Reason.ENCRYPTED,), page=None)
    page = look([*readings.hadeland(), readings.page(locked)], of=in_english)
    assert "nobody knows how many slips it holds" in page.text
    assert "cannot change any more" not in page.text


def test_what_was_wrong_with_the_stack_is_told(look, readings, in_english) -> None:
    note = Note(NoteKind.SPECKLED, 40, 292)
    page = look(readings.hadeland(), of=in_english, expected=300, notes=[note])
    assert "full of specks on 40 of 292 pages" in page.text
    assert "292 slips read, 300 handed in, 8 missing" in page.text


def test_figures_that_do_not_add_up_are_not_to_be_used(look, readings, in_english) -> None:
    page = look(readings.mixed(), of=in_english, pages=99)
    assert "The figures do not add up. Do not use them" in page.text
    assert "the scans have 99 pages" in page.text


def test_a_form_of_two_smileys_and_one_session_has_a_report_too(look, readings) -> None:
    small = form_from_data(
        {
            "id": "tiny",
            "title": "Tiny",
            "date": datetime.date(2026, 11, 21),
            "place": "Here",
            "language": "de",
            "question": "Gut?",
            "scale": {"smileys": 2},
            "sessions": [{"id": "A", "name": "Alles"}],
        },
        "tiny",
    )
    slip = readings.slip("bcd-1", "A", 2, fills=(0.0, 0.1))
    page = look([readings.page(slip)], of=small)
    assert page.rows(0)[0] == ["Alles", "0,0 %", "100,0 %", "1", "2,00", "0,00"]


def test_a_run_without_a_single_mark_has_dashes_for_figures(look, readings) -> None:
    page = look([readings.page(readings.blank("bcd-1"))])
    assert page.rows(0)[-1][1:] == ["–"] * 5 + ["0", "–", "–"]
