import io
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.form import Form
from scanpipe.marks import mark_code
from scanpipe.reading.scans import rasterise
from scanpipe.simulation.files import write_stack
from scanpipe.simulation.scenarios import SCENARIOS, Content, Group, Lie
from scanpipe.simulation.sittings import (
    ScannedPage,
    sitting,
    sittings_for,
    slips_a_sitting,
)
from scanpipe.simulation.subjects import TruthRow
from scanpipe.vocabulary import Reason, Status


def made(name: str, form: Form, number: int = 0) -> list[ScannedPage]:
    return sitting(SCENARIOS[name], form, 5, number)


MADE: dict[tuple[str, int], list[ScannedPage]] = {}
"""Pages are for looking at: several tests look at the same."""


def pages_of(name: str, form: Form, number: int = 0) -> list[ScannedPage]:
    if (name, number) not in MADE:
        MADE[name, number] = made(name, form, number)
    return MADE[name, number]


def picture(page: ScannedPage) -> Image.Image:
    """The page's image, as it stands in its file."""
    if page.packed.suffix != ".pdf":
        return Image.open(io.BytesIO(page.packed.data))
    with pikepdf.open(io.BytesIO(page.packed.data)) as pdf:
        resources = pdf.pages[0].resources.XObject
        (name,) = resources.keys()
        return pikepdf.PdfImage(resources[name]).as_pil_image()


def marks_on(page: ScannedPage) -> list[tuple[int, np.ndarray]]:
    """Numbers of the registration marks, and their middles in px."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    grey = np.asarray(picture(page).convert("L"))
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(grey)
    middles = [quad.reshape(4, 2).mean(axis=0) for quad in corners]
    return list(zip(np.ravel(numbers).tolist(), middles, strict=True))


def test_every_scenario_has_a_name_to_type_and_every_group_has_scenarios() -> None:
    assert all(name == name.lower().replace(" ", "-") for name in SCENARIOS)
    assert {scenario.group for scenario in SCENARIOS.values()} == set(Group)
    assert {scenario.lie for scenario in SCENARIOS.values()} == set(Lie)
    assert {scenario.content for scenario in SCENARIOS.values()} == set(Content)


def test_every_damage_is_tried_on_blank_slips_too() -> None:
    for name in ("two-torn-corners", "phone", "heavy-dirt", "streaks", "1bit-dark", "fit-to-page"):
        blank = SCENARIOS[f"blank-{name}"]
        assert blank.content is Content.BLANK
        assert blank.group is not SCENARIOS["sloppy"].group
        assert (blank.scanner, blank.wear) == (SCENARIOS[name].scanner, SCENARIOS[name].wear)


@pytest.mark.parametrize(
    "name", ["dirt", "glass", "pages-between", "phone", "wrong-dpi", "corrections"]
)
def test_a_sitting_is_the_same_whichever_was_made_before_and_unlike_every_other(
    name: str, form: Form
) -> None:
    first, other = (pages_of(name, form, number) for number in (0, 1))

    assert first == made(name, form, 0)
    assert [page.packed for page in first] != [page.packed for page in other]


def test_of_every_scenario_there_are_as_many_slips_as_were_asked_for(form: Form) -> None:
    for scenario in SCENARIOS.values():
        slips = sittings_for(scenario, form, 100) * slips_a_sitting(scenario, form)
        assert 100 * scenario.share <= slips < 100 * scenario.share + 4, scenario.name


def rows_of(name: str, form: Form, sittings: int) -> list[TruthRow]:
    return [
        row
        for number in range(sittings)
        for page in pages_of(name, form, number)
        for row in page.rows
    ]


def test_the_truth_tells_what_a_careful_reader_finds(form: Form) -> None:
    assert {row.expected for row in rows_of("blank-100-dpi", form, 3)} == {Status.BLANK}
    for name, reason in (("two-marks", Reason.OVERVOTE), ("corrections", Reason.CORRECTION)):
        for row in rows_of(name, form, 3):
            assert (row.expected, row.reasons) == (Status.REVIEW, (reason,))
            assert row.session in ("A", "B")
    ratings, numbers = set(), iter(range(25))
    while len(ratings) < 5:
        (page,) = pages_of("100-dpi", form, next(numbers))
        ratings |= {row.rating for row in page.rows}
    assert ratings == {1, 2, 3, 4, 5}


def test_colour_scans_show_the_paper_and_the_ink_in_colour(form: Form) -> None:
    (page,) = pages_of("colour-yellow", form)
    pixels = np.asarray(picture(page).convert("RGB")).astype(int)
    paper = np.median(pixels.reshape(-1, 3), axis=0)

    assert picture(page).mode == "RGB"
    assert paper == pytest.approx([248, 238, 150], abs=8)
    inky = np.abs(pixels - pixels.mean(axis=2, keepdims=True)).max(axis=2) > 25
    dark = pixels.max(axis=2) < 200
    assert (inky & dark).sum() > 40


def test_a_file_may_say_a_wrong_resolution_or_none(form: Form) -> None:
    told = set()
    for number in range(6):
        (page,) = pages_of("wrong-dpi", form, number)
        with pikepdf.open(io.BytesIO(page.packed.data)) as pdf:
            width_mm = float(pdf.pages[0].mediabox[2]) / 72 * 25.4
        told.add(round(picture(page).width / width_mm * 25.4 / 10) * 10)
    assert len(told) > 2
    (photo,) = pages_of("phone", form)
    assert photo.packed.suffix == ".jpg"
    assert "dpi" not in picture(photo).info


@pytest.mark.parametrize("name", ["uncut-sheet", "blank-glass"])
def test_slips_side_by_side_lie_where_the_truth_says(name: str, form: Form) -> None:
    (page,) = pages_of(name, form)
    marks = marks_on(page)

    assert len(marks) == 4 * len(page.rows) == 16
    for row in page.rows:
        centre_px = np.array(row.centre_mm) * 200 / 25.4
        around = sorted(marks, key=lambda mark: float(np.hypot(*(mark[1] - centre_px))))[:4]
        middle = np.mean([at for _, at in around], axis=0)
        code = mark_code(form.id, len(form.sessions))
        assert middle == pytest.approx(centre_px, abs=12)
        assert {code.session_index(n) for n, _ in around} == {
            [each.id for each in form.sessions].index(row.session)
        }


@pytest.mark.parametrize(("name", "left"), [("torn-corner", 3), ("two-torn-corners", 2)])
def test_torn_corners_take_their_marks_with_them(name: str, left: int, form: Form) -> None:
    for number in range(2):
        assert len(marks_on(pages_of(name, form, number)[0])) == left


def test_a_slip_fed_again_is_another_scan_of_the_same_paper(form: Form) -> None:
    first, again = pages_of("fed-twice", form, 0)
    (once,) = pages_of("fed-twice", form, 1)

    assert (first.second, again.second, once.second) == (False, True, False)
    assert first.packed != again.packed
    assert (first.rows[0].session, first.rows[0].rating) == (
        again.rows[0].session,
        again.rows[0].rating,
    )
    assert again.rows[0].expected is Status.REVIEW
    assert once.rows[0].reasons == ()


def test_slips_marked_alike_are_two_slips(form: Form) -> None:
    one, other = pages_of("marked-alike", form)

    assert one.packed != other.packed
    assert (one.rows[0].kind, one.rows[0].rating) == (other.rows[0].kind, other.rows[0].rating)
    assert {row.expected for page in (one, other) for row in page.rows} == {Status.READ}


def test_slips_of_another_form_carry_other_marks(form: Form) -> None:
    (page,) = pages_of("other-form", form)
    code = mark_code(form.id, len(form.sessions))

    found = marks_on(page)
    assert len(found) == 4
    assert None in {code.session_index(number) for number, _ in found}
    assert page.rows[0].expected is Status.REVIEW


def test_a_stack_holds_its_pages_in_order_and_pictures_as_files(form: Form, tmp_path: Path) -> None:
    pages = [pages_of(name, form)[0] for name in ("100-dpi", "no-dpi", "blank-100-dpi")]
    placed = write_stack(tmp_path, [page.packed for page in pages])

    assert [(path.name, page) for path, page in placed] == [
        ("stack.pdf", 1),
        ("page-00002.jpg", 1),
        ("stack.pdf", 2),
    ]
    shown = rasterise(tmp_path / "stack.pdf", 2, 100).astype(int)
    expected = np.asarray(picture(pages[2])).astype(int)
    assert np.abs(shown[20:-20, 20:-20] - expected[20:-20, 20:-20]).mean() < 12
