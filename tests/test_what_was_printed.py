"""A form is edited after its slips were printed: every slip counts for what stands on it."""

import csv
import json
import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli

FORM = """\
id = "fair"
title = "Spring fair"
date = 2026-04-06
place = "Town hall"
language = "en"
question = "How was it?"

[scale]
smileys = 5
"""
THREE = {"A": "Opening: the year ahead", "B": "Budget in plain words", "C": "Music and coffee"}
SLIPS = 4

Line = dict[str, str]

pytestmark = pytest.mark.usefixtures("in_this_process")


MADE_BY, SCANNER = b"(scanpipe simulate)", b"(A scanner of ours)"
"""What a PDF says that it was made by; a scanner says something else, here of the same length."""

Handed = dict[tuple[bytes, bytes, int, int], list[bytes]]
"""What came of slips handed out, by form, lock file, seed and number: several tests begin alike."""


class Event:
    """An organiser's folder: a form, and what was printed, marked and scanned of it."""

    def __init__(self, path: Path, handed: Handed) -> None:
        self.path = path
        self.handed = handed
        (path / "forms").mkdir()

    def write(self, sessions: dict[str, str], form: str = FORM) -> None:
        blocks = (
            f'[[sessions]]\nid = "{id_}"\nname = "{name}"\n' for id_, name in sessions.items()
        )
        text = "\n".join([form, *blocks])
        (self.path / "forms" / "fair.toml").write_text(text, encoding="utf-8")

    def type(self, words: str) -> str:
        with chdir(self.path):
            done = CliRunner().invoke(cli.main, words.split())
        self.exit_code = done.exit_code
        return done.output

    def print_and_scan(self, name: str, seed: int = 1, slips: int = SLIPS) -> list[Line]:
        """Print, hand out and scan some slips; return what is on them, by the form of now."""
        form, lock = (self.path / "forms" / f"fair.{end}" for end in ("toml", "lock.json"))
        files = (self.path / f"{name}.pdf", self.path / f"{name}.csv", lock)
        key = (form.read_bytes(), lock.read_bytes() if lock.exists() else b"", seed, slips)
        if key not in self.handed:
            said = self.type("print fair -o slips.pdf")
            assert self.exit_code == 0, said
            self.rehearse(name, seed, slips)
            made = files[0].read_bytes()
            assert made.count(MADE_BY) == 1
            files[0].write_bytes(made.replace(MADE_BY, SCANNER))
            self.handed[key] = [path.read_bytes() for path in files]
        for path, data in zip(files, self.handed[key], strict=True):
            path.write_bytes(data)
        return rows_of(self.path / f"{name}.csv")

    def rehearse(self, name: str, seed: int = 1, slips: int = SLIPS) -> list[Line]:
        """Make a stack without paper; return what is on it."""
        said = self.type(
            f"simulate fair -o {name}.pdf --truth {name}.csv --slips {slips} --seed {seed} "
            "--dpi 150"
        )
        assert self.exit_code == 0, said
        return rows_of(self.path / f"{name}.csv")

    def run(self, *scans: str) -> str:
        said = self.type(f"run {' '.join(f'{each}.pdf' for each in scans)} --no-report")
        assert self.exit_code == 0, said
        return " ".join(said.split())

    @property
    def results(self) -> list[Line]:
        return rows_of(self.path / "output" / "fair" / "results.csv")

    @property
    def summary(self) -> list[Line]:
        return rows_of(self.path / "output" / "fair" / "summary.csv")


def rows_of(path: Path) -> list[Line]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def told(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line["session"], line["rating"]) for line in lines if line["status"] == "read"]


def true(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line["session"], line["rating"]) for line in lines if line["expected"] == "read"]


@pytest.fixture(scope="module")
def handed() -> Handed:
    return {}


@pytest.fixture
def event(tmp_path: Path, handed: Handed) -> Event:
    made = Event(tmp_path, handed)
    made.write(THREE)
    return made


def test_slips_are_read_by_the_name_on_them_when_the_form_was_put_in_another_order(
    event: Event,
) -> None:
    printed = event.print_and_scan("first")
    event.write({"C": THREE["C"], "A": THREE["A"], "B": THREE["B"]})
    said = event.run("first")
    assert told(event.results) == true(printed)
    assert "printed" not in said


def test_slips_from_before_and_after_a_session_was_added_in_front_lie_in_one_stack(
    event: Event,
) -> None:
    before = event.print_and_scan("first")
    event.write({"N": "Newly arrived speakers"} | THREE)
    after = event.print_and_scan("second", seed=2)
    event.run("first", "second")
    assert told(event.results) == true(before) + true(after)
    assert [line["session"] for line in event.summary] == ["N", "A", "B", "C", "total"]


def test_a_renamed_session_keeps_its_slips_and_that_is_said(event: Event) -> None:
    printed = event.print_and_scan("first")
    event.write(THREE | {"B": "Money, and where it goes"})
    said = event.run("first")
    assert told(event.results) == true(printed)
    assert "“Budget in plain words” (B) count for B, which is now called “Money, and" in said
    event.type("report output/fair")
    page = (event.path / "output" / "fair" / "report.html").read_text(encoding="utf-8")
    assert "“Budget in plain words” (B) count for B" in " ".join(page.split())


@pytest.mark.parametrize("printed_again", [False, True])
def test_a_renaming_that_was_printed_and_undone_leaves_the_tables_as_they_were(
    event: Event, printed_again: bool
) -> None:
    event.print_and_scan("first")
    event.run("first")
    before = event.summary
    event.write(THREE | {"B": "Money, and where it goes"})
    event.type("print fair -o more.pdf")
    event.write(THREE)
    if printed_again:
        event.type("print fair -o again.pdf")
    said = event.run("first")
    assert event.summary == before
    assert "Money" not in said


def test_slips_of_a_renaming_that_was_undone_still_count_for_what_is_on_them(event: Event) -> None:
    first = event.print_and_scan("first")
    event.write(THREE | {"B": "Money, and where it goes"})
    second = event.print_and_scan("second", seed=4)
    event.write(THREE)
    said = event.run("first", "second")
    renamed = [("B-2" if session == "B" else session, rating) for session, rating in true(second)]
    assert told(event.results) == true(first) + renamed
    assert [line["session"] for line in event.summary] == ["A", "B", "C", "B-2", "total"]
    assert "“Money, and where it goes” (B) is no longer in the form" in said


def test_ids_given_out_anew_never_bring_slips_to_another_session(event: Event) -> None:
    printed = event.print_and_scan("first")
    event.write({"A": THREE["B"], "B": THREE["C"]})
    event.run("first")
    named = {THREE["B"]: "A", THREE["C"]: "B"}
    names = {line["session"]: line["session_name"] for line in event.results}
    for read, marked in zip(event.results, printed, strict=True):
        on_paper = THREE[marked["session"]]
        assert names[read["session"]] == on_paper
        assert read["session"] == named.get(on_paper, read["session"])
    assert {line["session"] for line in event.summary} == {"A", "B", "A-2", "total"}


def test_another_scale_is_not_counted_with_what_was_printed(event: Event) -> None:
    event.print_and_scan("first")
    event.write(THREE, FORM.replace("smileys = 5", "smileys = 4"))
    for words in ("run first.pdf", "print fair -o more.pdf"):
        said = " ".join(event.type(words).split())
        assert event.exit_code == 3
        assert "slips were printed with 5 smileys; the form now says 4 smileys" in said
    assert not (event.path / "more.pdf").exists()


def test_slips_of_another_size_are_read_by_the_layout_they_were_printed_in(event: Event) -> None:
    small = event.print_and_scan("small")
    event.write(THREE, FORM + '\n[slip]\nsize = "a5"\n')
    large = event.print_and_scan("large", seed=2, slips=2)
    event.run("small", "large")
    assert told(event.results) == true(small) + true(large)


def test_a_lost_lock_is_made_anew_from_the_form_and_that_is_said(event: Event) -> None:
    printed = event.print_and_scan("first")
    lock = event.path / "forms" / "fair.lock.json"
    before = json.loads(lock.read_bytes())
    lock.unlink()
    said = event.run("first")
    assert "fair.lock.json was not there" in said
    assert told(event.results) == true(printed)
    assert json.loads(lock.read_bytes())["slips"] == before["slips"]
    assert "was not there" not in event.run("first")


@pytest.mark.parametrize("how", ["rows", "marked"])
def test_with_its_lock_lost_a_slip_of_several_sessions_never_counts_in_their_new_order(
    event: Event, how: str
) -> None:
    form = f'{FORM}[slip]\nsize = "a5"\nsession = "{how}"\n'
    event.write(THREE, form)
    event.print_and_scan("first", slips=2)
    (event.path / "forms" / "fair.lock.json").unlink()
    event.write({"B": THREE["B"], "A": THREE["A"], "C": THREE["C"]}, form)
    for _ in range(2):
        event.run("first")
        assert {line["status"] for line in event.results} == {"review"}
        assert {line["reasons"] for line in event.results} == {"wrong_form"}
        assert {line["rating"] for line in event.results} == {""}


def test_a_lock_that_someone_edited_is_refused(event: Event) -> None:
    event.print_and_scan("first")
    lock = event.path / "forms" / "fair.lock.json"
    lock.write_text(lock.read_text(encoding="utf-8").replace("Budget", "Bugdet"), encoding="utf-8")
    said = event.type("run first.pdf")
    assert event.exit_code == 3
    assert "fair.lock.json" in said


def test_a_copied_folder_brings_its_lock(event: Event, tmp_path: Path) -> None:
    printed = event.print_and_scan("first")
    event.write({"C": THREE["C"], "A": THREE["A"], "B": THREE["B"]})
    event.type("print fair -o more.pdf")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = Event(elsewhere, event.handed)
    shutil.copytree(event.path / "forms", copy.path / "forms", dirs_exist_ok=True)
    shutil.copy(event.path / "first.pdf", copy.path)
    copy.run("first")
    assert told(copy.results) == true(printed)


@pytest.mark.parametrize("how", ["printed", "marked", "rows"])
def test_a_rehearsal_is_read_right_and_does_not_count_as_printed(event: Event, how: str) -> None:
    event.write(THREE, f'{FORM}[slip]\nsize = "a5"\nsession = "{how}"\n')
    made = event.rehearse("rehearsal", slips=2)
    said = event.run("rehearsal")
    assert told(event.results) == true(made)
    assert "was not there" not in said
    assert [path.name for path in (event.path / "forms").iterdir()] == ["fair.toml"]
    assert "; no slips printed yet" in event.type("")


def test_after_a_rehearsal_even_the_scale_may_be_changed(event: Event) -> None:
    event.rehearse("rehearsal", slips=1)
    event.run("rehearsal")
    event.write(THREE, FORM.replace("smileys = 5", "smileys = 4"))
    event.type("print fair -o slips.pdf")
    assert event.exit_code == 0


def test_a_rehearsal_of_a_changed_form_leaves_what_was_printed_as_it_is(event: Event) -> None:
    printed = event.print_and_scan("first")
    lock = event.path / "forms" / "fair.lock.json"
    before = lock.read_bytes()
    event.write({"N": "Newly arrived speakers"} | THREE | {"B": "Money, and where it goes"})
    made = event.rehearse("rehearsal", seed=2)
    event.run("rehearsal")
    assert told(event.results) == true(made)
    event.run("first")
    assert told(event.results) == true(printed)
    assert lock.read_bytes() == before


def test_a_lock_that_was_made_anew_tells_the_day_of_the_next_printing(event: Event) -> None:
    event.print_and_scan("first")
    lock = event.path / "forms" / "fair.lock.json"
    lock.unlink()
    event.run("first")
    assert [each["date"] for each in json.loads(lock.read_bytes())["printings"]] == [None]
    event.type("print fair -o slips.pdf")
    *_, last = json.loads(lock.read_bytes())["printings"]
    assert last["date"]
