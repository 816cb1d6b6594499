"""The whole job as an organiser does it: from scan files to tables, corrections and exit codes."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw, ImageFont

from scanpipe import cli
from scanpipe.composing import layout_of
from scanpipe.form import load_form
from scanpipe.reading.scans import rasterise
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.pens import draw
from scanpipe.simulation.strokes import Kind

ROOT = Path(__file__).parents[1]
FORM = ROOT / "forms" / "hadeland-2016.toml"
AWKWARD = ROOT / "samples" / "awkward.pdf"
TABLES = ("results.csv", "summary.csv", "review.csv")

PUBLISHED = {
    "F": ("114", "1 0 11 40 62", "0,9 0,0 9,6 35,1 54,4"),
    "P1": ("61", "0 1 8 30 22", "0,0 1,6 13,1 49,2 36,1"),
    "P2": ("28", "0 0 7 15 6", "0,0 0,0 25,0 53,6 21,4"),
    "P3": ("55", "1 1 4 18 31", "1,8 1,8 7,3 32,7 56,4"),
    "P4": ("34", "0 0 1 18 15", "0,0 0,0 2,9 52,9 44,1"),
    "total": ("292", "2 2 31 121 136", "0,7 0,7 10,6 41,4 46,6"),
}
"""Slips, counts and percentages as the organiser of 2016 worked them out by hand."""


@pytest.mark.parametrize("session", PUBLISHED)
def test_the_hadeland_stack_gives_the_published_row_in_summary_csv(hadeland, session) -> None:
    slips, counts, percentages = PUBLISHED[session]
    row = hadeland.summary[session]
    assert (row["slips"], row["rated"]) == (slips, slips)
    assert [row[f"n_{rating}"] for rating in range(1, 6)] == counts.split()
    assert [row[f"pct_{rating}"] for rating in range(1, 6)] == percentages.split()


@pytest.mark.parametrize("session", PUBLISHED)
def test_the_hadeland_stack_gives_the_published_row_on_the_terminal(hadeland, session) -> None:
    slips, _, percentages = PUBLISHED[session]
    name = hadeland.summary[session]["session_name"]
    (line,) = (line for line in hadeland.said.splitlines() if name in line)
    cells = line.split(name)[1]
    assert re.findall(r"(\d+,\d)\s%", cells) == percentages.split()
    assert cells.split("%")[-1].split()[0] == slips


def test_every_slip_of_the_hadeland_stack_is_read_as_it_was_marked(hadeland) -> None:
    assert hadeland.exit_code == 0
    assert len(hadeland.results) == len(hadeland.truth) == 292
    for true, row in hadeland.pairs():
        assert row["status"] == "read"
        assert (row["session"], row["rating"]) == (true["session"], true["rating"])


def test_the_hadeland_stack_balances_and_leaves_nothing_to_do(hadeland) -> None:
    assert "Sider: 292 = 292 med lapper" in hadeland.said
    assert hadeland.counts["adds_up"] is True
    assert hadeland.review == []


def test_run_json_holds_the_figures_behind_every_decision_and_the_thresholds(hadeland) -> None:
    run = json.loads((hadeland.path / "run.json").read_text(encoding="utf-8"))

    for reading in run["readings"]:
        at, figures = int(reading["rating"]) - 1, reading["figures"]
        assert reading["fills"][at] >= run["thresholds"]["marked_fill"]
        assert all(
            len(figures[name]) == 5
            for name in ("dab", "hair", "aside", "faint", "solid", "line", "crumbs", "lost")
        )
        assert min(figures["seen"]) >= run["thresholds"]["seen_share"]
        assert figures["residual_mm"][0] <= run["thresholds"]["residual_mm"]
        assert figures["session_lead"][0] >= run["thresholds"]["session_lead"]


@pytest.mark.parametrize(
    "note",
    ["upside down", "sideways", "one corner torn off", "two corners torn off", "on both sides"],
)
def test_a_slip_is_read_right_though_it_is(awkward, note) -> None:
    for true, row in awkward.pairs(note):
        assert row["status"] == "read"
        assert (row["session"], row["rating"]) == (true["session"], true["rating"])


def test_six_loose_slips_on_the_glass_are_six_rows_where_the_slips_lie(awkward) -> None:
    pairs = list(awkward.pairs("loose on the glass"))
    assert len(pairs) == 6
    assert len(awkward.on_page(pairs[0][0]["page"])) == 6
    for true, row in pairs:
        assert row["status"] == "read"
        assert (row["session"], row["rating"]) == (true["session"], true["rating"])


def test_a_slip_without_a_mark_is_blank(awkward) -> None:
    for true, row in awkward.pairs(kind="blank"):
        assert (row["status"], row["session"], row["rating"]) == ("blank", true["session"], "")


def test_two_marks_go_to_a_person(awkward) -> None:
    for true, row in awkward.pairs("two marks"):
        assert (row["status"], row["reasons"]) == ("review", "overvote")
        assert (row["session"], row["rating"]) == (true["session"], "")


def test_a_changed_mind_goes_to_a_person_with_the_mark_that_stands(awkward) -> None:
    for true, row in awkward.pairs(kind="correction"):
        assert (row["status"], row["reasons"]) == ("review", "correction")
        assert (row["read_rating"], row["rating"]) == (true["rating"], "")


def test_the_faintest_pencil_is_never_blank(awkward) -> None:
    for true, row in awkward.pairs("very faint pencil"):
        assert row["status"] in {"read", "review"}
        assert row["read_rating"] in {"", true["rating"]}


@pytest.mark.parametrize("note", ["the back of the slip before", "an empty page"])
def test_a_page_with_nothing_on_it_is_no_row(awkward, note) -> None:
    for true in awkward.true(note, kind="blank_back"):
        assert awkward.on_page(true["page"]) == []


def test_pages_with_nothing_on_them_are_counted(awkward) -> None:
    backs = len(awkward.true(kind="blank_back"))
    assert awkward.counts["blank_backs"] == backs
    assert f" + {backs} blanke baksider" in awkward.said


def test_pages_with_nothing_on_them_are_named_as_slips_may_have_lain_face_down(awkward) -> None:
    pages = ", ".join(true["page"] for true in awkward.true(kind="blank_back"))
    assert f"skannet på én side (awkward.pdf: {pages})" in " ".join(awkward.said.split())


def test_a_page_of_something_else_is_rejected_and_named(awkward) -> None:
    for true in awkward.true(kind="foreign"):
        (row,) = awkward.on_page(true["page"])
        assert (row["status"], row["reasons"]) == ("rejected", "no_slip")
        told = f"awkward.pdf, side {true['page']}: Det er noe på denne siden"
        assert told in " ".join(awkward.said.split())
    assert awkward.exit_code == 7


def test_nothing_of_the_awkward_stack_is_lost_or_silently_wrong(awkward) -> None:
    reported = [line for line in awkward.truth if line["expected"]]
    assert len(awkward.results) == len(reported)
    for true, row in awkward.pairs(slip_on_page="1"):
        if row["status"] == "read":
            assert (row["session"], row["rating"]) == (true["session"], true["rating"])
    assert awkward.counts["adds_up"] is True


def test_what_a_person_must_decide_has_a_picture(awkward) -> None:
    asked = {row["slip"] for row in awkward.results if row["status"] in {"review", "rejected"}}
    assert {row["slip"] for row in awkward.review} == asked
    for row in awkward.review:
        with Image.open(awkward.path / row["image"]) as picture:
            assert min(picture.size) > 300


@pytest.fixture
def decided(my_awkward):
    """The awkward sample with a decision about every slip that needs one."""
    (_, twice), (_, changed) = _one(my_awkward, "overvote"), _one(my_awkward, "correction")
    entries = {row["slip"]: {"rating": "void"} for row in my_awkward.review}
    entries[twice["slip"]] = {"rating": "4", "note": "Kåre så det: «fire»"}
    entries[changed["slip"]] = {"session": "p3", "rating": "ok"}
    my_awkward.save_as_excel(entries)
    return my_awkward


def _one(folder, reasons):
    (pair,) = (pair for pair in folder.pairs(reasons=reasons) if pair[1]["reasons"] == reasons)
    return pair


def test_corrections_saved_by_excel_come_into_the_tables(awkward, decided, desk) -> None:
    done = desk.type("apply", decided.path)
    assert done.exit_code == 0, done.output
    (twice, row), (_, changed) = _one(decided, "overvote"), _one(decided, "correction")
    assert (row["status"], row["session"], row["rating"]) == ("corrected", twice["session"], "4")
    assert (row["read_rating"], row["reasons"]) == ("", "overvote")
    assert (changed["status"], changed["session"]) == ("corrected", "P3")
    assert changed["rating"] == changed["read_rating"] != ""
    voided = len(awkward.review) - 2
    assert [row["status"] for row in decided.results].count("void") == voided
    assert "Ingenting er igjen å avgjøre" in done.output


def test_the_totals_count_what_was_decided(awkward, decided, desk) -> None:
    desk.type("apply", decided.path)
    before, after = awkward.summary["total"], decided.summary["total"]
    kept = _one(awkward, "correction")[0]["rating"]
    for rating in "12345":
        more = (rating == "4") + (rating == kept)
        assert int(after[f"n_{rating}"]) == int(before[f"n_{rating}"]) + more
        share = Decimal(after[f"n_{rating}"]) * 100 / Decimal(after["rated"])
        shown = Decimal(after[f"pct_{rating}"].replace(",", "."))
        assert abs(shown - share) <= Decimal("0.05")
    assert int(after["rated"]) == int(before["rated"]) + 2
    assert (after["blank"], after["review"]) == (before["blank"], "0")
    assert int(after["void"]) == len(awkward.review) - 2


def test_applying_twice_writes_the_same_bytes(decided, desk) -> None:
    desk.type("apply", decided.path)
    once = decided.everything()
    assert desk.type("apply", decided.path).exit_code == 0
    assert decided.everything() == once


@pytest.mark.usefixtures("in_this_process")
def test_reading_the_stack_again_without_a_worker_keeps_every_byte_figure_and_correction(
    awkward, decided, desk
) -> None:
    desk.type("apply", decided.path)
    applied = decided.bytes_of(*TABLES)
    desk.run(AWKWARD)
    assert decided.bytes_of(*TABLES) == applied
    alone, by_two = (
        json.loads((folder.path / "run.json").read_bytes()) for folder in (decided, awkward)
    )
    assert alone["readings"] == by_two["readings"]
    assert alone["counts"]["blank_backs"] == by_two["counts"]["blank_backs"]


def test_wrong_cells_are_listed_by_row_and_column_and_nothing_is_changed(my_awkward, desk) -> None:
    slips = [row["slip"] for row in my_awkward.review]
    wrong = {slips[0]: {"rating": "9"}, slips[1]: {"session": "P9", "rating": "1"}}
    my_awkward.save_as_excel(wrong, added=[{"slip": "zzz-001-1", "rating": "3"}])
    before = my_awkward.everything()
    done = desk.type("apply", my_awkward.path)
    assert done.exit_code == 5
    assert "row 2, column rating: '9'" in done.output
    assert "row 3, column session: 'P9'" in done.output
    assert f"row {len(slips) + 2}, column slip: 'zzz-001-1'" in done.output
    assert my_awkward.everything() == before


MARKED = [("F", "1"), ("P1", "2"), ("P2", "3"), ("P3", "4"), ("P4", "5")]


@pytest.fixture(scope="module")
def drawn_slips(tmp_path_factory) -> list[Image.Image]:
    """The printed slips, one of each session at 200 dpi, with a ballpoint cross as in MARKED."""
    printed = tmp_path_factory.mktemp("printed") / "slips.pdf"
    form = shutil.copy(FORM, printed.with_name(FORM.name))  # beside it stands what was printed
    words = ["print", str(form), "--sheet", "slip", "-o", str(printed)]
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 0, done.output
    faces = layout_of(load_form(FORM)).faces
    px_per_mm, rng, pen = 200 / 25.4, np.random.default_rng(4), PENS["ballpoint_blue"]
    slips = []
    for page, (_, rating) in enumerate(MARKED, start=1):
        face = faces[int(rating) - 1]
        cross = mark(int(rating), rng, kind=Kind.CROSS, pen=pen)
        middle_px = (face.centre.x_mm * px_per_mm, face.centre.y_mm * px_per_mm)
        size_px = cross.size * 2 * face.radius_mm * px_per_mm
        paper = rasterise(printed, page, 200)
        inked = draw(paper, cross.strokes, middle_px, size_px, pen, 200, rng)
        slips.append(Image.fromarray(inked))
    return slips


@pytest.fixture
def marked_slips(drawn_slips) -> list[Image.Image]:
    """Copies of them: Pillow keeps with a picture how it was saved last."""
    return [slip.copy() for slip in drawn_slips]


def _as_file(slip, path) -> Path:
    slip.save(path, dpi=(200, 200))
    return path


def _as_tiff(slips, path) -> Path:
    slips[0].save(path, save_all=True, append_images=slips[1:], dpi=(200, 200))
    return path


def _as_files_of_each_kind(slips, folder) -> list[Path]:
    return [
        _as_file(slips[0], folder / "scan 1.png"),
        _as_file(slips[1], folder / "scan 2.jpg"),
        _as_tiff(slips[2:], folder / "scan 3.tif"),
    ]


def _as_folder(slips, folder) -> list[Path]:
    inside = folder / "from the scanner"
    inside.mkdir()
    _as_file(slips[0], inside / "scan 1.png")
    _as_tiff(slips[1:], inside / "scan 2.tif")
    return [inside]


# Every session and rating is among the files; of a folder, some tell as much.
@pytest.mark.parametrize(
    ("save", "first", "last"),
    [
        pytest.param(_as_files_of_each_kind, 0, 5, id="PNG, JPEG and a TIFF of many pages"),
        pytest.param(_as_folder, 1, 4, id="folder"),
    ],
)
@pytest.mark.usefixtures("in_this_process")
def test_printed_and_marked_slips_are_read_from(save, first, last, desk, marked_slips) -> None:
    done = desk.run(*save(marked_slips[first:last], desk.path), "--workers", 1)
    assert done.exit_code == 0, done.said
    assert [(row["session"], row["rating"]) for row in done.results] == MARKED[first:last]
    assert {row["status"] for row in done.results} == {"read"}
    assert all(row["x_mm"] == "74,0" and row["y_mm"] == "52,5" for row in done.results)


def _draw_line(slip: Image.Image, *points_mm: tuple[float, float]) -> Image.Image:
    points = [(x_mm * 200 / 25.4, y_mm * 200 / 25.4) for x_mm, y_mm in points_mm]
    ImageDraw.Draw(slip).line(points, fill=60, width=5)
    return slip


@pytest.mark.usefixtures("in_this_process")
def test_who_crossed_out_the_session_or_drew_an_arrow_beside_a_mark_is_not_read(
    desk, marked_slips
) -> None:
    """Both were read as if nothing else stood on the slip."""
    crossed = _draw_line(marked_slips[1], (30, 31), (80, 29.5), (118, 31.5))
    arrow = [(40, 95), (44, 88), (50, 93), (58, 86), (64, 94), (70, 87), (76, 94), (84, 88)]
    written = _draw_line(marked_slips[2], *arrow)
    done = desk.run(_as_tiff([crossed, written], desk.path / "scan.tif"), "--workers", 1)
    assert [(row["status"], row["reasons"]) for row in done.results] == [
        ("review", "session_struck"),
        ("review", "marginal"),
    ]
    assert [row["read_session"] for row in done.review] == ["P1", "P2"]


def _write(slip: Image.Image, text: str, at_mm: tuple[float, float]) -> Image.Image:
    at = (at_mm[0] * 200 / 25.4, at_mm[1] * 200 / 25.4)
    ImageDraw.Draw(slip).text(at, text, fill=60, font=ImageFont.load_default(size=34))
    return slip


@pytest.mark.usefixtures("in_this_process")
def test_what_stands_over_printed_text_or_beside_it_is_asked_about_and_a_mark_s_tail_is_not(
    desk, marked_slips
) -> None:
    """Where text is printed nothing was looked for, and these were read, or were blank."""
    long_v = [(60, 93), (64, 99), (72, 88)]
    over_rule = _draw_line(marked_slips[0], *long_v)
    beside_question = _write(marked_slips[1], "feil lapp", (8, 49))
    by_the_name = _write(marked_slips[2], "5", (131, 29))
    face = layout_of(load_form(FORM)).faces[int(MARKED[3][1]) - 1].centre
    tail = _draw_line(marked_slips[3], (face.x_mm, face.y_mm), (face.x_mm - 14, 46))
    slips = [over_rule, beside_question, by_the_name, tail]
    done = desk.run(_as_tiff(slips, desk.path / "scan.tif"), "--workers", 1)
    assert [(row["status"], row["reasons"]) for row in done.results] == [
        ("review", "marginal"),
        ("review", "marginal"),
        ("review", "session_unread"),
        ("read", ""),
    ]


@pytest.mark.usefixtures("in_this_process")
def test_a_slip_on_which_another_session_stands_beside_the_printed_one_is_not_read(
    desk, marked_slips
) -> None:
    """It was read as the printed one, by the marks in its corners, which nobody can change."""
    said = "ikke her, sesjon 2"
    written = _write(marked_slips[1], said, (10, 30.5))
    done = desk.run(_as_tiff([written], desk.path / "scan.tif"), "--workers", 1)
    (row,) = done.results
    assert said.replace(" ", "")[:8] in row["session_text"].replace(" ", "")
    assert (row["status"], row["reasons"]) == ("review", "session_unread")
    assert [row["read_session"] for row in done.review] == ["P1"]


@pytest.mark.usefixtures("in_this_process")
def test_a_printed_sheet_scanned_before_it_was_cut_is_four_blank_slips(desk) -> None:
    desk.type("print", "hadeland-2016", "--copies", 4, "-o", "sheets.pdf")
    with pikepdf.open(desk.path / "sheets.pdf") as sheets:
        del sheets.pages[1:]
        sheets.save(desk.path / "sheet.pdf")
    done = desk.run("sheet.pdf", "--workers", 1)
    assert [(row["status"], row["session"]) for row in done.results] == [("blank", "F")] * 4


def _pages_of_the_awkward_stack(path, pages) -> None:
    with pikepdf.open(AWKWARD) as stack, pikepdf.new() as some:
        some.pages.extend(page for n, page in enumerate(stack.pages, 1) if str(n) in pages)
        some.save(path, deterministic_id=True)


@pytest.mark.usefixtures("in_this_process")
def test_a_stack_without_a_slip_ends_with_6(awkward, desk) -> None:
    pages = {line["page"] for line in awkward.true(session="")}
    _pages_of_the_awkward_stack(desk.path / "box.pdf", pages)
    done = desk.run("box.pdf", "--workers", 1)
    assert done.exit_code == 6
    assert [row["reasons"] for row in done.results] == ["no_slip"]


@pytest.mark.usefixtures("in_this_process")
def test_a_file_that_cannot_be_opened_ends_with_7_and_the_others_are_read(awkward, desk) -> None:
    (desk.path / "box").mkdir()
    pages = {line["page"] for line in awkward.true(kind="blank")}
    _pages_of_the_awkward_stack(desk.path / "box" / "good.pdf", pages)
    with zipfile.ZipFile(desk.path / "box" / "letter.pdf", "w") as letter:
        letter.writestr("word/document.xml", "what a word processor saves")
    done = desk.run("box", "--workers", 1)
    assert done.exit_code == 7
    assert "letter.pdf, hele filen: Filen lar seg ikke åpne." in done.said
    assert "letter.pdf: et Word-dokument, ikke en skanning." in done.said
    assert [row["status"] for row in done.results] == ["blank", "rejected"]


def test_a_form_with_mistakes_ends_with_3_and_every_mistake(desk) -> None:
    path = desk.path / "forms" / "hadeland-2016.toml"
    form = path.read_text(encoding="utf-8")
    wrong = form.replace("smileys = 5", "smileys = 50").replace('"nb"', '"norsk"')
    path.write_text(wrong, encoding="utf-8")
    done = desk.type("run", AWKWARD)
    assert done.exit_code == 3
    assert "smileys" in done.output
    assert "language" in done.output
    assert not (desk.path / "output").exists()


def test_a_folder_in_which_the_tables_would_stand_is_no_stack(desk) -> None:
    """The pictures beside them were read as further slips the second time."""
    shutil.copy(AWKWARD, desk.path / "box.pdf")
    refused = desk.type("run", ".")
    assert refused.exit_code == 2
    assert "a folder of their own" in refused.output
    assert not desk.output.exists()


@pytest.mark.usefixtures("in_this_process")
def test_printed_slips_beside_the_scans_are_left_out_and_named(desk) -> None:
    (desk.path / "scans").mkdir()
    desk.type("print", "hadeland-2016", "-o", "scans/slips.pdf")
    desk.type(
        "simulate", "hadeland-2016", "-o", "scans/box.pdf", "--truth", "truth.csv", "--slips", 1
    )
    folder = desk.run("scans")
    assert folder.exit_code == 0
    assert [row["file"] for row in folder.results] == ["box.pdf"]
    assert "slips.pdf holder lapper slik de ble skrevet ut" in folder.said


def test_a_missing_scan_ends_with_2_and_its_name(desk) -> None:
    shutil.copy(AWKWARD, desk.path / "box.pdf")
    done = desk.type("run", "box.pdf", "bokx.pdf")
    assert done.exit_code == 2
    assert "bokx.pdf" in done.output
    assert not (desk.path / "output").exists()


def test_the_script_of_the_readme_reads_scans_and_writes_the_report(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = next(each for each in re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    (tmp_path / "job.py").write_text(script, encoding="utf-8")
    (tmp_path / "forms").mkdir()
    form = FORM.read_text(encoding="utf-8").replace('id = "hadeland-2016"', 'id = "summer-fair"')
    (tmp_path / "forms" / "summer-fair.toml").write_text(form, encoding="utf-8")
    with pikepdf.open(AWKWARD) as pdf, pikepdf.new() as box:
        box.pages.extend(pdf.pages[21:23])
        box.save(tmp_path / "box.pdf")
    done = subprocess.run(
        [sys.executable, "job.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1 for a person to decide\n"), done.stderr
    assert (tmp_path / "output" / "summer-fair" / "report.html").exists()
