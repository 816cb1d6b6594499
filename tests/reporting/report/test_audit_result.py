"""What the report tells of an audit: its result, if it is of the reading that is reported."""

import json
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from scanpipe.reporting import apply_review
from scanpipe.reporting.report.findings import gather
from scanpipe.reporting.report.page import page_bytes
from scanpipe.reporting.report.workbook import workbook_bytes

RESULT = "of the slips are misread"
EARLIER = (
    "Checked by a person on November 21, 2026: 5 slips of an earlier reading, drawn at random. "
    "What came of it is left out: it need not hold for the figures here."
)


@pytest.fixture
def in_english(form):
    return form.model_copy(update={"language": "en"})


@pytest.fixture
def audited(write, check, readings, in_english):
    """The folder of the 292 slips, of which a person has checked five."""
    write(readings.hadeland(), of=in_english)
    check(5)


@pytest.fixture
def told(folder):
    """Read the report of what now lies in the folder."""
    return lambda: page_bytes(gather(folder.path)).decode()


def test_an_audit_is_told_in_a_sentence_and_without_one_nothing_is(
    write, check, readings, in_english, told
) -> None:
    write(readings.hadeland(), of=in_english)
    assert "drawn at random" not in told()
    check(50, differing=1)
    assert (
        "Checked by a person on November 21, 2026: 50 slips drawn at random, 1 of them misread. "
        "With 95% confidence at most 9.1% of the slips are misread." in told()
    )


def test_of_a_single_slip_that_was_checked_the_report_tells_in_the_singular(
    write, check, readings, in_english, told
) -> None:
    write(readings.hadeland(), of=in_english)
    check(1)
    assert "2026: 1 slip drawn at random, 0 misread. With 95% confidence" in told()


@pytest.mark.parametrize(
    ("slips", "said"),
    [
        (
            1,
            "1 answer drawn at random, 0 misread. With 95% confidence at most 95.0% of the answers",
        ),
        (6, "6 answers drawn at random, 0 of them misread. With 95% confidence at most 39.3% of "),
    ],
)
def test_on_slips_of_several_rows_answers_are_what_was_checked(
    write, check, readings, card, told, slips: int, said: str
) -> None:
    rows = [row for slip in (1, 2) for row in readings.rows(card, f"bcd-{slip}-1", 4, 5, None)]
    write([readings.page(*rows)], of=card)
    check(slips)
    assert said in told()
    assert "answers are misread" in told()
    write([readings.page(*rows[:3])], of=card)
    assert f"{slips} answer{'s' if slips > 1 else ''} of an earlier reading" in told()


@pytest.mark.usefixtures("audited")
def test_scans_that_come_after_an_audit_make_it_one_of_an_earlier_reading(
    write, readings, in_english, told
) -> None:
    assert RESULT in told()
    later = readings.page(readings.slip("fgh-001", "F", 5, file="later.pdf"), file="later.pdf")
    write([*readings.hadeland(), later], of=in_english)
    assert EARLIER in told()
    assert RESULT not in told()


@pytest.mark.usefixtures("audited")
def test_an_audit_of_one_stack_is_not_told_of_another_read_into_the_same_folder(
    write, readings, in_english, told
) -> None:
    others = [readings.slip(f"fgh-{number:03d}", "P1", 1) for number in range(292)]
    write([readings.page(slip) for slip in others], of=in_english)
    assert EARLIER in told()
    assert RESULT not in told()


@pytest.mark.usefixtures("audited")
def test_a_slip_that_is_read_otherwise_makes_the_audit_one_of_an_earlier_reading(
    write, readings, in_english, told
) -> None:
    first, *others = readings.hadeland()
    (slip,) = first.slips
    write([replace(first, slips=(replace(slip, rating=2, read_rating=2),)), *others], of=in_english)
    assert EARLIER in told()


@pytest.mark.usefixtures("audited")
def test_reading_the_same_scans_again_leaves_the_audit_what_it_was(
    write, readings, in_english, told
) -> None:
    write(reversed([*readings.hadeland()]), of=in_english)
    assert RESULT in told()


def test_a_correction_leaves_the_audit_what_it_was_as_that_tells_how_the_machine_reads(
    write, check, readings, in_english, folder, told
) -> None:
    write([*readings.hadeland(), readings.page(readings.overvote("fgh-1"))], of=in_english)
    check(5, differing=1)
    (misread,) = json.loads((folder.path / "audit.json").read_bytes())["differences"]
    correction = {"slip": misread["slip"], "rating": "void"}
    folder.fill({"fgh-1": {"rating": "4"}}, delimiter=",", add=[correction])
    assert apply_review(folder.path).balance.adds_up
    assert folder.row("results.csv", misread["slip"])["status"] == "void"
    assert "5 slips drawn at random, 1 of them misread" in told()


@pytest.mark.usefixtures("audited")
def test_an_audit_that_does_not_tell_what_it_was_drawn_from_counts_as_of_an_earlier_reading(
    folder, told
) -> None:
    path = folder.path / "audit.json"
    kept = json.loads(path.read_bytes())
    del kept["reading"]
    path.write_text(json.dumps(kept | {"is_earlier": False}))
    assert EARLIER in told()


@pytest.mark.usefixtures("audited")
def test_the_workbook_too_leaves_the_result_of_an_earlier_reading_out(
    write, readings, in_english, folder
) -> None:
    write([readings.page(readings.slip("fgh-001"))], of=in_english)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(gather(folder.path))))
    said = [cell.value for row in book["How sure"].iter_rows() for cell in row]
    assert EARLIER in said


def test_in_norwegian_the_result_is_norwegian(write, check, readings, told) -> None:
    write(readings.hadeland())
    check(5)
    assert "5 tilfeldig trukne lapper, 0 av dem lest feil" in told()
    write([readings.page(readings.slip("fgh-001"))])
    assert "5 tilfeldig trukne lapper fra en tidligere lesing" in told()
