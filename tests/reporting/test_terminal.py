import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from scanpipe.reading.record import Note, NoteKind
from scanpipe.reporting import Balance, Outcome, SummaryRow, apply_review
from scanpipe.shell import quoted
from scanpipe.vocabulary import Reason, Status


@pytest.fixture
def english(form):
    return form.model_copy(update={"language": "en"})


def shown(outcome, width=100):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(outcome.report, soft_wrap=True)
    return console.file.getvalue().replace("\u00a0", " ")


def row_of(text, start):
    return next(line.split() for line in text.splitlines() if line.strip().startswith(start))


def test_the_published_table_is_shown_in_the_forms_language(write, readings):
    text = shown(write(readings.hadeland()))
    assert row_of(text, "Sesjon") == ["Sesjon", "1", "2", "3", "4", "5", "Svar", "Snitt"]
    total = " ".join(row_of(text, "Til sammen"))
    assert total == "Til sammen 0,7 % 0,7 % 10,6 % 41,4 % 46,6 % 292 4,33"
    assert " ".join(row_of(text, "P2")).endswith(" 0,0 % 0,0 % 25,0 % 53,6 % 21,4 % 28 3,96")
    assert "Ingenting er igjen å avgjøre." in text


def test_the_balance_the_lost_pages_and_the_next_step_are_shown(write, readings, folder):
    text = shown(write(readings.mixed()))
    lines = text.splitlines()
    assert "Sider: 5 = 3 med lapper + 1 blank bakside + 1 uleselige" in lines
    assert "Lapper: 6 = 2 lest + 1 blanke + 3 til gjennomgang + 0 rettet + 0 strøket" in lines
    told = "Det er noe på denne siden, men det ble ikke funnet noen lapp på den."
    assert f"  - stack.pdf, side 7: {told}" in lines
    assert lines[-1] == (
        f"3 lapper og 1 side må ses på: skriv `scanpipe review {folder.path}`; "
        f"eller åpne {folder.review}, og skriv så `scanpipe apply {folder.path}`."
    )


def test_one_slip_is_spoken_of_as_one(write, readings, english):
    text = shown(write([readings.page(readings.overvote("bcd-1"))], of=english))
    assert "1 slip needs a look" in text


def test_a_page_without_a_slip_is_spoken_of_as_a_page(write, readings, english):
    text = shown(write([readings.page(readings.rejected("bcd-1"))], of=english))
    assert text.splitlines()[-1].startswith("1 page needs a look: type ")


def test_what_could_not_be_read_is_told_in_words_for_files_and_for_pages(write, readings, english):
    rejected = readings.rejected("bcd-1", page=None)
    pages = [
        readings.page(replace(rejected, reasons=(Reason.DUPLICATE,))),
        readings.page(replace(readings.rejected("cde-1"), reasons=(Reason.MORE_ON_PAGE,))),
    ]
    text = shown(write(pages, of=english), width=300)
    assert (
        "  - stack.pdf, whole file: The same file was given once more, perhaps under another name."
    ) in text
    assert "  - stack.pdf, page 7: Something else lies on this page beside the slips" in text
    assert not [reason for reason in Reason if f": {reason}" in text]


def test_a_path_is_not_broken_on_a_narrow_terminal_and_is_quoted_if_it_must_be(
    write, readings, tmp_path
):
    into = tmp_path / ("en mappe " + "x" * 60)
    text = shown(write(readings.mixed(), into=into), width=60)
    assert text.splitlines()[-1].endswith(f"`scanpipe apply {quoted(into)}`.")


def test_sessions_without_ratings_and_names_with_brackets_are_shown(write, readings, form):
    data = form.model_dump(mode="json") | {"language": "en"}
    data["sessions"][0]["name"] = "[bold]Plenary[/]"
    english = type(form).model_validate_json(json.dumps(data))
    text = shown(write([readings.page(readings.blank("bcd-1"))], of=english))
    assert row_of(text, "F") == ["F", "[bold]Plenary[/]", *"–––––", "0", "–"]
    assert row_of(text, "Total")[1:] == [*"–––––", "0", "–"]


def test_figures_that_do_not_add_up_are_shown_in_words(write, readings, english):
    page = readings.page(readings.slip("bcd-1", rating=None))
    outcome = write([page], of=english)
    assert not outcome.balance.adds_up
    text = shown(outcome)
    assert "do not add up" in text
    assert "  - row F of summary.csv does not agree with results.csv" in text


def test_everything_is_told_in_the_forms_language(write, readings, form):
    nynorsk = form.model_copy(update={"language": "nn"})
    note = Note(NoteKind.COARSE, 4, 5, 100.4)
    pages = [*readings.mixed(), readings.page(readings.slip("bcd-8", rating=None))]
    text = shown(write(pages, of=nynorsk, expected=9, notes=[note]), width=300)
    for said in (
        "Sider: 6 = 4 med lappar + 1 blank bakside + 1 uleselege",
        "Ikkje lese (skann på nytt, eller avgjer det i review.csv):",
        "Merknad: 4 av 5 sider vart skanna med berre rundt 100 dpi",
        "Merknad: Alle sesjonar: 7 lappar lesne, 9 leverte inn, 2 manglar.",
        "  - rada F i summary.csv stemmer ikkje med results.csv",
    ):
        assert said in text


def test_large_numbers_are_written_as_the_language_does(form):
    counted = dict.fromkeys(Status, 0) | {Status.READ: 12345}
    balance = Balance(12345, 12345, 0, 0, 12345, counted)
    total = SummaryRow("total", "Total", (0, 0, 0, 0, 12345), 0, 0, 0)
    for language, number in (("nb", "12 345"), ("en", "12,345")):
        told = form.model_copy(update={"language": language})
        text = shown(Outcome(told, Path("out"), (total,), balance, 0, Path("review.csv"), ()))
        assert text.count(number) == 5


@pytest.mark.parametrize("rating", ["4", "blank"])
def test_the_step_after_apply_is_told(write, readings, folder, rating):
    write([readings.page(readings.overvote("bcd-1"))])
    folder.fill({"bcd-1": {"rating": rating}})
    outcome = apply_review(Path(folder.path))
    assert shown(outcome).splitlines()[-1].startswith("Ingenting er igjen å avgjøre")


@pytest.mark.parametrize("width", [40, 80])
def test_nothing_is_cut_off_where_lines_are_wrapped(write, readings, folder, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(write(readings.mixed()).report)
    text = "".join(line.strip() for line in console.file.getvalue().splitlines())
    assert str(folder.review).replace(" ", "") in text.replace(" ", "")


def test_each_question_has_a_table_below_its_text(write, readings, card):
    slips = readings.rows(card, "bcd-001-1", 5, 4, "?")
    text = shown(write([readings.page(*slips)], of=card))
    assert text.index("The content") < text.index("The speaker") < text.index("The room")
    assert text.count("Mean") == 3
    assert "Slips: 1\nAnswers: 3 = 2 read + 0 blank + 1 in review" in text
    assert "1 slip needs a look" in text


def test_choices_and_what_was_chosen_together_are_shown(write, readings, sign_up):
    slips = [
        readings.slip(f"bcd-{n}", "all", rating, fills=(0.0,) * 4)
        for n, rating in enumerate((2, 2, 6), start=1)
    ]
    text = shown(write([readings.page(*slips)], of=sign_up))
    assert "Answered" in text
    assert "Mean" not in text
    assert text.index("Chosen together") < text.index("P1+P3") < text.index("P3+P4")
    assert "66.7" in text
    assert "P1+P2" not in text
