import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from scanpipe.reporting import apply_review


def shown(outcome, width=100):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(outcome.report, soft_wrap=True)
    return console.file.getvalue().replace("\u00a0", " ")


def row_of(text, start):
    return next(line.split() for line in text.splitlines() if line.strip().startswith(start))


def test_the_published_table_is_shown_in_the_forms_language(write, readings):
    text = shown(write(readings.hadeland()))
    assert row_of(text, "Sesjon") == ["Sesjon", "1", "2", "3", "4", "5", "Rated", "Mean"]
    total = " ".join(row_of(text, "Til sammen"))
    assert total == "Til sammen 0,7 % 0,7 % 10,6 % 41,4 % 46,6 % 292 4,33"
    assert " ".join(row_of(text, "P2")).endswith(" 0,0 % 0,0 % 25,0 % 53,6 % 21,4 % 28 3,96")
    assert "Nothing is left to decide." in text


def test_the_balance_the_lost_pages_and_the_next_step_are_shown(write, readings, folder):
    text = shown(write(readings.mixed()))
    lines = text.splitlines()
    assert "Pages: 5 = 3 with slips + 1 blank back + 1 unreadable" in lines
    assert "Slips: 6 = 2 read + 1 blank + 3 review + 0 corrected + 0 void" in lines
    assert "  - stack.pdf, page 7: no_slip" in lines
    assert lines[-1] == (
        f"3 slips and 1 page need a look: open {folder.review}, "
        f"then run `scanpipe apply {folder.path}`."
    )


def test_one_slip_is_spoken_of_as_one(write, readings):
    assert "1 slip needs a look" in shown(write([readings.page(readings.overvote("bcd-1"))]))


def test_a_page_without_a_slip_is_spoken_of_as_a_page(write, readings):
    text = shown(write([readings.page(readings.rejected("bcd-1"))]))
    assert text.splitlines()[-1].startswith("1 page needs a look: open ")


def test_a_path_is_not_broken_on_a_narrow_terminal_and_is_quoted_if_it_must_be(
    write, readings, tmp_path
):
    into = tmp_path / ("en mappe " + "x" * 60)
    text = shown(write(readings.mixed(), into=into), width=60)
    assert text.splitlines()[-1].endswith(f'`scanpipe apply "{into}"`.')


def test_sessions_without_ratings_and_names_with_brackets_are_shown(write, readings, form):
    data = form.model_dump(mode="json") | {"language": "en"}
    data["sessions"][0]["name"] = "[bold]Plenary[/]"
    english = type(form).model_validate_json(json.dumps(data))
    text = shown(write([readings.page(readings.blank("bcd-1"))], of=english))
    assert row_of(text, "F") == ["F", "[bold]Plenary[/]", *"–––––", "0", "–"]
    assert row_of(text, "Total")[1:] == [*"–––––", "0", "–"]


def test_figures_that_do_not_add_up_are_shown_in_words(write, readings):
    page = readings.page(readings.slip("bcd-1", rating=None))
    outcome = write([page])
    assert not outcome.balance.adds_up
    text = shown(outcome)
    assert "do not add up" in text
    assert "  - row F of summary.csv does not agree with results.csv" in text


@pytest.mark.parametrize("rating", ["4", "blank"])
def test_the_step_after_apply_is_told(write, readings, folder, rating):
    write([readings.page(readings.overvote("bcd-1"))])
    folder.fill({"bcd-1": {"rating": rating}})
    outcome = apply_review(Path(folder.path))
    assert shown(outcome).splitlines()[-1].startswith("Nothing is left to decide")


@pytest.mark.parametrize("width", [40, 80])
def test_nothing_is_cut_off_where_lines_are_wrapped(write, readings, folder, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(write(readings.mixed()).report)
    text = "".join(line.strip() for line in console.file.getvalue().splitlines())
    assert str(folder.review).replace(" ", "") in text.replace(" ", "")
