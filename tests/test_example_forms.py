"""Every form in forms/ from print to reading: its slips marked, scanned, and read right."""

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, chdir
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli, tools
from scanpipe.form import Form, load_form
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pipeline import open_stack, read_stack
from scanpipe.reading.record import PageReading, SlipReading
from scanpipe.simulation import simulate
from scanpipe.vocabulary import Status

FORMS = Path(__file__).parents[1] / "forms"
IDS = sorted(path.stem for path in FORMS.glob("*.toml"))
SLIPS = 3
CERTAIN = (Status.READ, Status.BLANK)

Quietly = Callable[[], AbstractContextManager[None]]


def rows_of(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


@dataclass(frozen=True)
class ReadBack:
    """Slips of one form, as they were marked and as they were read."""

    form: Form
    truth: Sequence[dict[str, str]]
    readings: Sequence[SlipReading]

    def pairs(self) -> Iterator[tuple[dict[str, str], SlipReading]]:
        return zip(self.truth, self.readings, strict=True)


def model_is_missing(form: Form) -> bool:
    return any(check.problem for check in tools.check_tesseract(form.models))


def read_back(path: Path, folder: Path, quietly: Quietly) -> ReadBack:
    form = load_form(path)
    if model_is_missing(form):
        pytest.skip(f"Tesseract cannot read {form.language} here")
    # Grey and black and white in turn: to read every form both ways takes too long.
    image, dpi = (("grey", 150), ("1bit", 200))[IDS.index(form.id) % 2]
    scan, told = folder / "scan.pdf", folder / "scan.csv"
    simulate(form, scan, told, slips=SLIPS, seed=3, image=image, dpi=dpi)
    with quietly():
        pages: list[PageReading] = list(read_stack(kinds_of(form), open_stack([scan]), 1))
    truth, readings = rows_of(told), [slip for page in pages for slip in page.slips]
    return ReadBack(form, truth, readings)


@pytest.mark.parametrize("form_id", IDS)
def test_slips_of_every_example_are_read_as_they_were_marked(
    form_id: str, tmp_path: Path, without_workers: Quietly
) -> None:
    slips = read_back(FORMS / f"{form_id}.toml", tmp_path, without_workers)
    for true, read in slips.pairs():
        due = true["expected"] == "review"
        assert (read.status not in CERTAIN) == due
        if not due:
            told = (read.session or "", str(read.rating or ""), read.question or "")
            assert told == (true["session"], true["rating"], true.get("question", ""))
        assert (read.comment is not None) == (true.get("comment") == "yes")
    numbers = [read.serial for _, read in slips.pairs() if read.row in (None, 1)]
    assert len({*numbers} - {None}) == (len(numbers) if slips.form.slip.serial else 0)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A folder with the card of three sessions in forms/, and a scan of some cards."""
    (tmp_path / "forms").mkdir()
    shutil.copy(FORMS / "hadeland-2016-card.toml", tmp_path / "forms")
    return tmp_path


@pytest.mark.usefixtures("in_this_process")
def test_a_card_of_three_sessions_comes_to_one_table_by_session(card: Path) -> None:
    with chdir(card):
        make = "simulate hadeland-2016-card -o cards.pdf --truth cards.csv --slips 4"
        made, done = (
            CliRunner().invoke(cli.main, words)
            for words in (make, "run cards.pdf --no-report --form forms/hadeland-2016-card.toml")
        )
    assert (made.exit_code, done.exit_code) == (0, 0), made.output + done.output
    results = rows_of(card / "output" / "hadeland-2016-card" / "results.csv")
    true = rows_of(card / "cards.csv")
    assert [line["session"] for line in results] == ["F", "P2", "P3"] * (len(results) // 3)
    assert [line["rating"] for line in results] == [line["rating"] for line in true]
    summary = rows_of(card / "output" / "hadeland-2016-card" / "summary.csv")
    for line in summary[:-1]:
        marked = [each for each in true if each["session"] == line["session"] and each["rating"]]
        assert int(line["rated"]) == len(marked)
