import io
import json

import pytest
from rich.console import Console

from scanpipe.reporting import apply_review
from scanpipe.vocabulary import Reason, Status


@pytest.fixture
def counted(form):
    """The form, in English, with the slips of some sessions counted."""

    def counted(**expected):
        data = form.model_dump(mode="json") | {"language": "en"}
        for session in data["sessions"]:
            session["expected"] = expected.get(session["id"])
        return type(form).model_validate_json(json.dumps(data))

    return counted


@pytest.fixture
def three(readings):
    """A slip read, a blank one, and one to review; all of F."""
    return [
        readings.page(readings.slip("bcd-1"), readings.blank("bcd-2")),
        readings.page(readings.overvote("bcd-3")),
    ]


def test_as_many_as_were_handed_in_is_no_news(write, three, counted):
    assert write(three, expected=3, of=counted(F=3)).warnings == ()
    assert write(three).warnings == ()


def test_more_or_fewer_are_told_for_each_session_and_for_all(write, three, counted):
    outcome = write(three, expected=6, of=counted(F=2, P1=4, P2=0))
    assert outcome.warnings == (
        "Session F: 3 slips read, 2 handed in, 1 too many. "
        "Perhaps some were scanned twice, or miscounted.",
        "Session P1: 0 slips read, 4 handed in, 4 missing. "
        "Perhaps pages stuck together, or a pile was not scanned.",
        "All sessions: 3 slips read, 6 handed in, 3 missing. "
        "Perhaps pages stuck together, or a pile was not scanned.",
    )


def test_slips_without_a_session_are_spoken_of(write, readings, counted):
    pages = [readings.page(readings.slip("bcd-1"), readings.no_session("bcd-2"))]
    (warning,) = write(pages, expected=2, of=counted(F=2)).warnings
    assert warning.startswith("Session F: 1 slip read, 2 handed in, 1 missing.")
    assert warning.endswith("Not counted here: 1 slip without a session.")


def test_apply_goes_on_comparing_and_run_json_tells_it(write, three, counted, folder):
    first = write(three, expected=5, of=counted(F=3))
    again = apply_review(folder.path)
    assert again.warnings == first.warnings
    assert len(again.warnings) == 1
    told = json.loads((folder.path / "run.json").read_bytes())["expected"]
    assert told == {"slips": 5, "shortfalls": list(first.warnings)}
    console = Console(file=io.StringIO(), width=200)
    console.print(again.report, soft_wrap=True)
    assert f"Note: {again.warnings[0]}\n" in console.file.getvalue()


@pytest.mark.parametrize(
    ("reason", "typed", "slips"),
    [
        (Reason.DUPLICATE, "", 2),
        (Reason.DUPLICATE, "void", 1),
        (Reason.DUPLICATE, "ok", 2),
        (Reason.WRONG_FORM, "", 1),
        (Reason.WRONG_FORM, "void", 1),
        (Reason.WRONG_FORM, "3", 2),
        (Reason.MARGINAL, "", 2),
        (Reason.MARGINAL, "void", 2),
    ],
)
def test_what_somebody_handed_in_counts_whatever_is_on_it(
    write, readings, folder, reason, typed, slips
):
    doubted = readings.slip("bcd-2", status=Status.REVIEW, reasons=(reason,))
    write([readings.page(readings.slip("bcd-1"), doubted)], expected=0)
    folder.fill({"bcd-2": {"rating": typed}})
    (warning,) = apply_review(folder.path).warnings
    assert warning.startswith(f"Alle sesjoner: {slips} lapp")


@pytest.mark.parametrize(("typed", "slips"), [("", 0), ("void", 0), ("4", 1)])
def test_a_page_that_holds_no_slip_counts_only_once_somebody_reads_one_there(
    write, readings, folder, typed, slips
):
    write([readings.page(readings.rejected("bcd-7"))], expected=9)
    folder.fill({"bcd-7": {"rating": typed, "session": "F" if typed == "4" else ""}})
    (warning,) = apply_review(folder.path).warnings
    assert f"{slips} lapp" in warning
