"""Scans are read by the wrong form: the one that they are of is named, if it lies beside it."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli
from scanpipe.other_forms import Strangers
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.vocabulary import Reason, Status

FORM = """\
id = "{id}"
title = "An event"
date = 2026-04-06
place = "Town hall"
language = "en"
question = "How was it?"

[slip]
session = "none"

[scale]
{scale}
"""

pytestmark = pytest.mark.usefixtures("in_this_process")


def type_in(folder: Path, words: str) -> str:
    with chdir(folder):
        done = CliRunner().invoke(cli.main, words.split())
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three forms in a folder, and scans of four slips of two of them."""
    path = tmp_path_factory.mktemp("events")
    (path / "forms").mkdir()
    for name, scale in (("fair", "smileys = 5"), ("lunch", "numbers = 7"), ("trip", "smileys = 3")):
        (path / "forms" / f"{name}.toml").write_text(FORM.format(id=name, scale=scale))
    for name in ("fair", "lunch"):
        type_in(path, f"simulate {name} -o {name}.pdf --truth {name}.csv --slips 4 --dpi 150")
    return path


@pytest.fixture
def event(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "event"))


def test_the_form_that_fits_is_named_in_a_command_to_be_pasted(event: Path) -> None:
    said = type_in(event, "run fair.pdf --form lunch --no-report")
    assert "All 4 pages hold slips of another event" in said
    assert "These slips are of the form forms/fair.toml." in said
    command = "scanpipe run fair.pdf --form fair"
    assert f"`{command}`" in said
    said = type_in(event, f"{command.removeprefix('scanpipe ')} --no-report")
    assert "another event" not in said


def test_a_form_that_was_named_by_mistake_is_not_taken_for_printed(event: Path) -> None:
    scan = event / "fair.pdf"
    scan.write_bytes(scan.read_bytes().replace(b"(scanpipe simulate)", b"(A scanner of ours)"))
    said = type_in(event, "run fair.pdf --form lunch --no-report")
    assert "lock.json" not in said
    assert not (event / "forms" / "lunch.lock.json").exists()
    type_in(event, "run fair.pdf --form fair --no-report")
    assert (event / "forms" / "fair.lock.json").exists()


def test_slips_of_another_event_among_those_of_this_are_told_apart(event: Path) -> None:
    said = type_in(event, "run lunch.pdf fair.pdf --form lunch --no-report")
    assert "The slips of another event are of the form forms/fair.toml" in said
    assert "`--form fair`" in said


def test_where_no_form_fits_none_is_named(event: Path) -> None:
    (event / "forms" / "fair.toml").unlink()
    said = type_in(event, "run fair.pdf --form lunch --no-report")
    assert "slips of another event" in said
    assert "of the form" not in said


def test_a_form_with_mistakes_beside_it_does_no_harm(event: Path) -> None:
    (event / "forms" / "broken.toml").write_text("id = ")
    assert "--form fair" in type_in(event, "run fair.pdf --form lunch --no-report")


def test_of_two_forms_that_fit_alike_none_is_named(event: Path) -> None:
    shutil.copy(event / "forms" / "fair.toml", event / "forms" / "fair-2.toml")
    assert "of the form" not in type_in(event, "run fair.pdf --form lunch --no-report")


def test_a_page_with_slips_of_both_events_is_not_all_of_another() -> None:
    strange = SlipReading("bcd-001-1", "box.pdf", 1, Status.REVIEW, (Reason.WRONG_FORM,))
    own = SlipReading("bcd-001-2", "box.pdf", 1, Status.READ, ())
    lost = SlipReading("bcd-002-0", "box.pdf", 2, Status.REJECTED, (Reason.NO_SLIP,))
    unread = PageReading("box.pdf", 2, PageKind.UNREADABLE, (lost,))
    for slips, all_strange in (((strange,), True), ((strange, own), False)):
        strangers = Strangers()
        pages = [PageReading("box.pdf", 1, PageKind.SLIPS, slips), unread]
        assert [*strangers.among(pages)] == pages
        assert strangers.first == [("box.pdf", 1)]
        assert strangers.are_all is all_strange
