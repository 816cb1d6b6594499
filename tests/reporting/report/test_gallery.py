"""What people wrote on their slips, as pictures in the report."""

import base64
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from scanpipe.form_parts import Comment
from scanpipe.reporting import apply_review
from scanpipe.reporting.report import gallery
from scanpipe.reporting.report.findings import gather
from scanpipe.vocabulary import Reason, Status


def png(width: int = 1200, height: int = 240) -> bytes:
    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def boxed(form):
    return form.model_copy(update={"language": "en", "comment": Comment()})


@pytest.fixture
def stack(readings):
    """Three slips of the plenary with a comment, one of P1, and one in review."""

    def commented(name, session):
        return replace(readings.slip(name, session), comment=png())

    return [
        readings.page(*(commented(f"bcd-{i}", "F") for i in (1, 2, 3)), commented("bcd-4", "P1")),
        readings.page(replace(readings.marginal("bcd-5", "P1"), comment=png())),
    ]


def test_comments_stand_under_their_sessions_with_a_word_on_privacy(look, stack, boxed) -> None:
    page = look(stack, of=boxed)
    section = next(each for each in page.tree.iter("section") if each.find("h2").text == "Comments")
    assert "Handwriting can tell who wrote" in section.find("p").text
    assert [head.text.strip() for head in section.findall("h3")] == [
        *("Fellessesjon: Innovasjon", "Parallellsesjon 1: Arbeidsglede og trivsel"),
    ]
    pictures = section.findall(".//img")
    assert [img.get("alt") for img in pictures][-1] == (
        "Comment 2 of 2, in handwriting, on slip bcd-5"
    )
    assert {img.get("loading") for img in pictures} == {"lazy"}
    with Image.open(BytesIO(base64.b64decode(pictures[0].get("src").partition(",")[2]))) as shown:
        assert shown.size == (900, 180) == (int(pictures[0].get("width")), 180)


def test_what_there_is_no_room_for_is_told_and_every_session_has_a_share(
    look, stack, boxed, monkeypatch
) -> None:
    monkeypatch.setattr(gallery, "MOST", 2)
    page = look(stack, of=boxed)
    walls = page.tree.findall(".//div[@class='wall']")
    assert [len(wall.findall("img")) for wall in walls] == [1, 1]
    assert "3 comments more lie in the folder comments." in page.text


def test_a_page_is_never_larger_than_can_be_sent(write, stack, boxed, folder, monkeypatch) -> None:
    write(stack, of=boxed)
    one = len(gather(folder.path).comments.walls[0].pictures[0].png)
    monkeypatch.setattr(gallery, "MOST_BYTES", 3 * one)
    found = gather(folder.path).comments
    assert (found.shown, found.further) == (3, 2)


def test_pictures_that_are_gone_or_damaged_are_counted(look, stack, boxed, folder) -> None:
    look(stack, of=boxed)
    (folder.path / "comments/bcd-1.png").unlink()
    (folder.path / "comments/bcd-2.png").write_bytes(b"\x89PNG\r\n\x1a\n half")
    found = gather(folder.path).comments
    assert (found.written, found.shown, found.lost, found.further) == (5, 3, 2, 0)


def test_a_picture_outside_of_the_folder_is_not_shown(stack, boxed, write, folder) -> None:
    write(stack, of=boxed)
    (folder.path / "secret.png").write_bytes(png())
    link = folder.path / "comments/bcd-1.png"
    link.unlink()
    link.symlink_to(folder.path / "secret.png")
    assert gather(folder.path).comments.lost == 1


def test_the_comment_on_a_void_slip_is_left_out(stack, boxed, write, folder) -> None:
    write(stack, of=boxed)
    folder.fill({"bcd-5": {"rating": "void"}}, delimiter=",")
    apply_review(folder.path)
    assert gather(folder.path).comments.written == 4


def test_the_comment_on_a_card_of_all_sessions_stands_under_none_of_them(
    look, folder, readings, all_sessions
) -> None:
    form = all_sessions.model_copy(update={"comment": Comment()})
    first, second = readings.rows(form, "bcd-001-1", 5, 3)
    page = look([readings.page(replace(first, comment=png()), second)], of=form)
    section = next(each for each in page.tree.iter("section") if each.find("h2").text == "Comments")
    assert section.findall("h3") == []
    assert [img.get("alt") for img in section.findall(".//img")] == [
        "Comment 1 of 1, in handwriting, on slip bcd-001-1"
    ]
    rows = folder.table("results.csv")
    assert [row["comment"] for row in rows] == ["comments/bcd-001-1-1.png", ""]


def test_a_card_keeps_its_comment_when_only_its_first_row_is_void(
    write, folder, readings, all_sessions
) -> None:
    form = all_sessions.model_copy(update={"comment": Comment()})
    first, second = readings.rows(form, "bcd-001-1", 5, 3)
    doubtful = replace(first, status=Status.REVIEW, reasons=(Reason.MARGINAL,), rating=None)
    write([readings.page(replace(doubtful, comment=png()), second)], of=form)
    folder.fill({first.slip: {"rating": "void"}}, delimiter=",")
    apply_review(folder.path)
    assert gather(folder.path).comments.written == 1
