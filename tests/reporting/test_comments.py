"""Pictures of what people wrote into the comment box: kept, named, taken back, never left over."""

from dataclasses import replace

import pytest

from scanpipe.errors import OutputError
from scanpipe.form_parts import Comment
from scanpipe.reporting import apply_review
from scanpipe.reporting.run_file import load_run


@pytest.fixture
def boxed(form):
    return form.model_copy(
        update={"comment": Comment(), "slip": form.slip.model_copy(update={"serial": True})}
    )


@pytest.fixture
def pages(readings):
    """Two slips, one of them with a comment."""

    def pages(comment=b"\x89PNG words"):
        first = replace(readings.slip("bcd-1"), comment=comment, serial="7Q4K")
        return [readings.page(first, readings.marginal("bcd-2"))]

    return pages


def test_the_table_names_the_picture_of_a_comment_and_the_serial_number(
    write, folder, boxed, pages
):
    write(pages(), of=boxed)
    row = folder.row("results.csv", "bcd-1")
    assert (row["comment"], row["serial"]) == ("comments/bcd-1.png", "7Q4K")
    assert (folder.path / row["comment"]).read_bytes() == b"\x89PNG words"
    assert folder.row("results.csv", "bcd-2")["comment"] == ""


def test_apply_still_knows_of_the_comment_and_no_picture_is_held(write, folder, boxed, pages):
    write(pages(), of=boxed)
    before = folder.files()
    apply_review(folder.path)
    assert folder.files() == before
    (first, _) = load_run(folder.path).rows
    assert (first.comment, first.reading.comment, first.reading.serial) == (
        "comments/bcd-1.png",
        None,
        "7Q4K",
    )


def test_without_pictures_no_comment_is_left_either(write, folder, boxed, pages):
    write(pages(), of=boxed)
    write(pages(), of=boxed, options={"crops": False})
    assert not (folder.path / "comments").exists()
    assert folder.row("results.csv", "bcd-1")["comment"] == ""


def test_a_comment_that_is_gone_from_the_scans_leaves_no_picture(write, folder, boxed, pages):
    write(pages(), of=boxed)
    write(pages(comment=None), of=boxed)
    assert not list(folder.path.glob("comments/*"))


def test_a_run_that_fails_takes_its_comments_back(write, folder, boxed, pages):
    def broken():
        yield from pages()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(broken(), of=boxed)
    assert not [name for name in folder.files() if name.endswith(".png")]


def test_a_path_that_leads_out_of_the_folder_is_refused(write, folder, boxed, pages):
    write(pages(), of=boxed)
    path = folder.path / "run.json"
    path.write_text(
        path.read_text("utf-8").replace("comments/bcd-1.png", "comments/../x.png"), "utf-8"
    )
    with pytest.raises(OutputError, match="not where a picture stands"):
        apply_review(folder.path)


def test_the_record_of_an_ordinary_slip_says_nothing_of_all_this(write, readings, folder):
    write([readings.page(readings.slip("bcd-1"))])
    text = (folder.path / "run.json").read_text("utf-8")
    reading = next(line for line in text.splitlines() if '"slip": "bcd-1"' in line)
    for name in ("comment", "serial", "question", '"row"'):
        assert name not in reading
