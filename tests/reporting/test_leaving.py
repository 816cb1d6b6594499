"""A run into the folder of an earlier one, with scans missing that the tables held."""

from io import StringIO

import pytest
from rich.console import Console

from scanpipe.errors import ExitCode
from scanpipe.form import form_from_data
from scanpipe.messages import messages_for
from scanpipe.reporting import apply_review, outcome_as_json
from scanpipe.reporting.leaving import FILES_TOLD, Gone, told_gone

BOX, BOX2 = ("box.pdf", "a1"), ("box2.pdf", "b2")
LEFT = (
    "The tables also held {} until now; it is not among these scans. Give all scans together if "
    "it belongs to them."
)


@pytest.fixture
def english(form):
    return form_from_data(form.model_dump(mode="json") | {"language": "en"}, "a test")


@pytest.fixture
def read(write, readings, english):
    """Read scans, each a file and its SHA-256, with three slips."""

    def read(*scans, of=english):
        pages = [
            readings.page(
                *(readings.slip(f"{sha256}-{number}", file=name) for number in range(3)), file=name
            )
            for name, sha256 in scans
        ]
        lost = readings.rejected("xyz-0", file=scans[0][0])
        return write([*pages, readings.page(lost)], of=of, inputs=scans)

    return read


def test_a_file_that_is_not_among_the_scans_any_more_is_told_with_its_slips(read):
    assert read(BOX).warnings == ()
    outcome = read(BOX2)
    assert outcome.warnings == (LEFT.format("box.pdf (3 slips)"),)
    console = Console(file=StringIO(), width=400)
    console.print(outcome.report)
    assert f"Note: {outcome.warnings[0]}\n" in console.file.getvalue()
    assert "held box.pdf (3 slips)" in outcome_as_json(outcome, ExitCode.DONE)


def test_it_is_told_once(read, folder):
    read(BOX)
    read(BOX2)
    assert read(BOX2).warnings == ()
    assert apply_review(folder.path).warnings == ()


def test_several_files_are_told_in_one_sentence(read):
    read(BOX, BOX2, ("more.pdf", "c3"))
    (said,) = read(("more.pdf", "c3")).warnings
    assert "held box.pdf (3 slips), box2.pdf (3 slips) until now; they are not" in said


def test_a_scan_is_known_by_its_content_under_another_name(read):
    read(BOX)
    assert read(BOX2, ("renamed.pdf", "a1")).warnings == ()


def test_a_file_that_another_has_taken_the_name_of_is_told_so(read):
    read(BOX)
    assert read(("box.pdf", "d4")).warnings == (LEFT.format("box.pdf as it was (3 slips)"),)


def test_of_two_files_with_one_name_only_the_slips_of_the_one_that_is_gone_are_counted(read):
    read(BOX, ("box.pdf", "d4"))
    assert [each.slips for each in read(BOX).gone] == [3]


def test_a_file_without_slips_leaves_without_a_word(write, readings, read):
    lost = readings.page(readings.rejected("efg-1", file="cover.pdf"), file="cover.pdf")
    write([readings.page(readings.slip("a1-1")), lost], inputs=[("cover.pdf", "e5")])
    assert read(BOX).warnings == ()


def test_slips_with_several_rows_count_once(write, readings, card):
    slips = readings.rows(card, "a1-1", 3, 4, 5, file="box.pdf")
    write([readings.page(*slips)], of=card, inputs=[BOX])
    others = readings.rows(card, "b2-1", 3, 4, 5, file="box2.pdf")
    outcome = write([readings.page(*others)], of=card, inputs=[BOX2])
    assert outcome.warnings == (LEFT.format("box.pdf (1 slip)"),)


def test_of_many_files_a_few_are_named():
    gone = [Gone(f"s{number}.png", 1) for number in range(FILES_TOLD + 2)]
    assert "s4.png (1 slip), and 2 more until now" in told_gone(gone, messages_for("en"))
