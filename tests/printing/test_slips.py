"""The PDF as people print it: opened, read as text, and rasterised."""

import itertools
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray

from scanpipe.composing import layout_of
from scanpipe.errors import FormError, OutputError, UsageError
from scanpipe.form import Form
from scanpipe.layout import RESPONSE_SHARE, Layout
from scanpipe.marks import Corner, mark_code
from scanpipe.messages import messages_for
from scanpipe.printed import to_print
from scanpipe.printing import Printed, Sheet, print_slips

MM_PER_INCH = 25.4
Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def slips(hadeland: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Hadeland slips, each on a page of its own."""
    target = tmp_path_factory.mktemp("print") / "slips.pdf"
    assert print_slips(hadeland, target, Sheet.SLIP) == Printed(slips=5, pages=5, per_sheet=1)
    return target


def text_of(pdf: Path, page: int) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()


def marks_on(page: Image, dpi: int) -> dict[int, NDArray[np.float64]]:
    """Number -> the mark's four corners in mm, clockwise from its top left."""
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary, settings).detectMarkers(page)
    if numbers is None:
        return {}
    return {
        int(number): (found.reshape(4, 2) + 0.5) * MM_PER_INCH / dpi
        for number, found in zip(numbers.ravel(), corners, strict=True)
    }


def disc(page: Image, layout: Layout, face: int, radius_mm: float, dpi: int) -> Image:
    """The pixels within `radius_mm` of a face's centre, white elsewhere."""
    centre, scale = layout.faces[face].centre, dpi / MM_PER_INCH
    x, y, reach = centre.x_mm * scale, centre.y_mm * scale, int(radius_mm * scale) + 2
    left, top = round(x) - reach, round(y) - reach
    cut = page[top : top + 2 * reach, left : left + 2 * reach]
    ys, xs = np.mgrid[0 : cut.shape[0], 0 : cut.shape[1]]
    away_mm = np.hypot(xs + left + 0.5 - x, ys + top + 0.5 - y) / scale
    return np.where(away_mm <= radius_mm, cut, np.uint8(255)).astype(np.uint8)


def test_text_can_be_searched_and_every_letter_is_right(slips: Path) -> None:
    for page, name in enumerate(
        [
            "Fellessesjon: Innovasjon",
            "Parallellsesjon 1: Arbeidsglede og trivsel",
            "Parallellsesjon 2: Medbestemmelse hos oss",
            "Parallellsesjon 3: Personalmøte som utviklingsarena",
            "Parallellsesjon 4: Samhandling i praksis",
        ],
        start=1,
    ):
        text = text_of(slips, page)
        assert name in text
        assert "Sett ett tydelig kryss på ett ansikt." in text


def test_letters_of_our_languages_survive(make_form: Any, tmp_path: Path) -> None:
    title = "ÆØÅ æøå ÄÖÜ äöüß éè Šš Đđ – «Ωβ» Жук"
    print_slips(make_form(title=title), tmp_path / "slips.pdf", Sheet.SLIP)
    assert title in text_of(tmp_path / "slips.pdf", 1)


def test_every_font_is_embedded_as_a_subset(slips: Path) -> None:
    with pikepdf.open(slips) as pdf:
        fonts = [item for item in pdf.objects if is_a(item, "/Font")]
        assert {str(font.BaseFont).split("+")[1] for font in fonts} == {
            "FiraGO-Regular",
            "FiraGO-Bold",
        }
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)
        assert all("/ToUnicode" in font for font in fonts)
    assert slips.stat().st_size < 100_000


def is_a(item: pikepdf.Object, kind: str) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == kind


def test_slips_are_drawn_without_pixels_and_say_what_they_are(slips: Path) -> None:
    with pikepdf.open(slips) as pdf:
        assert not [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        assert str(pdf.docinfo.Title).startswith("Fornyelse og innovasjon")
        assert pdf.Root.Lang == "nb"
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"


@pytest.mark.parametrize(
    ("slip", "size_mm"),
    [
        ({"size": "a6"}, (148, 105)),
        ({"size": "a5"}, (210, 148)),
        ({"size": "quarter-letter"}, (139.7, 107.9)),
        ({"width_mm": 120, "height_mm": 99.5}, (120, 99.5)),
    ],
)
def test_a_page_is_exactly_one_slip_with_its_marks_in_place(
    make_form: Any, raster: Any, tmp_path: Path, slip: dict[str, Any], size_mm: tuple[float, float]
) -> None:
    form = make_form(slip=slip, sessions=[{"id": f"S{i}", "name": f"Nr. {i}"} for i in range(2)])
    target = tmp_path / "slips.pdf"
    print_slips(form, target, Sheet.SLIP)
    with pikepdf.open(target) as pdf:
        box = [float(value) * MM_PER_INCH / 72 for value in pdf.pages[1].MediaBox.as_list()]
    assert box == pytest.approx([0, 0, *size_mm], abs=0.001)
    layout, code = layout_of(form), mark_code(form.id, 2)
    found = marks_on(raster(target, 2, 300), 300)
    assert set(found) == {code.number(1, corner) for corner in Corner}
    for corner, mark in layout.marks():
        drawn = np.array([(point.x_mm, point.y_mm) for point in mark.corners()])
        assert np.abs(found[code.number(1, corner)] - drawn).max() < 0.1


def test_twenty_sessions_each_have_a_page_and_marks_of_their_own(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    form = make_form(sessions=[{"id": f"S{i}", "name": f"Session {i}"} for i in range(1, 21)])
    target = tmp_path / "slips.pdf"
    assert print_slips(form, target, Sheet.SLIP).pages == 20
    code = mark_code(form.id, 20)
    for page in (1, 20):
        assert f"Session {page}" in text_of(target, page).splitlines()
        found = marks_on(raster(target, page, 150), 150)
        assert {code.session_index(number) for number in found} == {page - 1}
        assert len(found) == 4


@pytest.mark.parametrize("dpi", [97, 600])
def test_no_seams_show_inside_a_mark(slips: Path, hadeland: Form, raster: Any, dpi: int) -> None:
    page = raster(slips, 1, dpi)
    mark, scale = layout_of(hadeland).mark(Corner.TOP_LEFT), dpi / MM_PER_INCH
    module = mark.width_mm * scale / 8
    left, top = mark.x_mm * scale, mark.y_mm * scale
    # along the middle of the border, where every module is black
    border = page[round(top + module / 2), round(left + 2) : round(left + 8 * module - 2)]
    assert border.max() == 0
    inner = page[round(top) : round(top + 8 * module), round(left) : round(left + 8 * module)]
    grey = (inner > 40) & (inner < 215)
    # grey only along outlines: nowhere is a grey pixel between two of the same colour
    between = grey[:, 1:-1] & (np.abs(inner[:, :-2].astype(int) - inner[:, 2:]) < 40)
    between &= ~grey[:, :-2] & ~grey[:, 2:]
    assert not between.any()


@pytest.mark.parametrize("smileys", range(2, 8))
def test_response_areas_hold_nothing_but_a_face_each_of_its_own_mood(
    make_form: Any, raster: Any, tmp_path: Path, smileys: int
) -> None:
    form, dpi = make_form(scale={"smileys": smileys}), 150
    print_slips(form, tmp_path / "slips.pdf", Sheet.SLIP)
    page, layout = raster(tmp_path / "slips.pdf", 1, dpi), layout_of(form)
    radius_mm, moods = layout.faces[0].radius_mm, []
    for face in range(smileys):
        area = disc(page, layout, face, layout.rows[0].radius_mm * RESPONSE_SHARE, dpi)
        drawn = disc(page, layout, face, radius_mm + 0.1, dpi)
        assert (drawn < 128).sum() > 300
        assert (area < 250).sum() == (drawn < 250).sum()
        moods.append(disc(page, layout, face, 0.9 * radius_mm, dpi) < 128)
    side = min(len(mood) for mood in moods)
    for one, other in itertools.pairwise(moods):
        assert (one[:side, :side] != other[:side, :side]).sum() > 60


def test_the_session_field_holds_the_name_and_nothing_else(
    slips: Path, hadeland: Form, raster: Any
) -> None:
    dpi = 150
    page, box = raster(slips, 4, dpi), layout_of(hadeland).session.inset(1.0)
    x, y, right, bottom = (
        round(value * dpi / MM_PER_INCH)
        for value in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    rows, columns = np.nonzero(page[y:bottom, x:right] < 128)
    height_mm = (rows.max() - rows.min() + 1) * MM_PER_INCH / dpi
    assert 3.5 < height_mm < 5.5  # one line, from the capitals' top to the tail of a j
    assert columns.min() * MM_PER_INCH / dpi > 2


def test_four_a6_slips_of_one_session_lie_on_a_sheet_of_a4(
    hadeland: Form, raster: Any, tmp_path: Path
) -> None:
    target = tmp_path / "sheets.pdf"
    assert print_slips(hadeland, target, copies=6) == Printed(slips=30, pages=10, per_sheet=4)
    code = mark_code(hadeland.id, 5)
    for page, session, slips in ((1, 0, 4), (2, 0, 2), (10, 4, 2)):
        name = hadeland.sessions[session].name
        assert text_of(target, page).count(name) == slips
        numbers = cv2.aruco.ArucoDetector(
            cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
        ).detectMarkers(raster(target, page, 150))[1]
        assert len(numbers) == 4 * slips
        assert {code.session_index(int(number)) for number in numbers.ravel()} == {session}


def test_nine_slips_of_99_mm_lie_in_three_columns_on_a_sheet_of_a4(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    slip, look = {"width_mm": 99, "height_mm": 70}, {"columns": 3}
    form, target = make_form(slip=slip, look=look), tmp_path / "sheet.pdf"
    assert print_slips(form, target, copies=9) == Printed(slips=9, pages=1, per_sheet=9)
    page = raster(target, 1, 150)
    assert page.shape[1] > page.shape[0]
    numbers = cv2.aruco.ArucoDetector(
        cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    ).detectMarkers(page)[1]
    assert len(numbers) == 4 * 9


def test_slips_keep_their_size_on_a_sheet_that_is_larger(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    form, target = make_form(slip={"size": "a5"}), tmp_path / "sheet.pdf"
    assert print_slips(form, target, Sheet.LETTER).per_sheet == 1
    found = marks_on(raster(target, 1, 200), 200)
    code = mark_code(form.id, 1)
    top_left = found[code.number(0, Corner.TOP_LEFT)][0]
    bottom_right = found[code.number(0, Corner.BOTTOM_RIGHT)][2]
    assert bottom_right - top_left == pytest.approx([210 - 12, 148 - 12], abs=0.1)


def test_many_copies_make_a_small_file(hadeland: Form, tmp_path: Path) -> None:
    printed = print_slips(hadeland, tmp_path / "slips.pdf", Sheet.SLIP, copies=300)
    assert printed == Printed(slips=1500, pages=1500, per_sheet=1)
    assert (tmp_path / "slips.pdf").stat().st_size < 1_500_000


def test_printing_twice_gives_the_same_bytes(hadeland: Form, slips: Path, tmp_path: Path) -> None:
    print_slips(hadeland, tmp_path / "again.pdf", Sheet.SLIP)
    assert (tmp_path / "again.pdf").read_bytes() == slips.read_bytes()


def test_progress_counts_the_pages(hadeland: Form, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    print_slips(
        hadeland, tmp_path / "s.pdf", progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("copies", [0, -1, 10**9])
def test_impossible_numbers_of_copies_are_refused(
    hadeland: Form, tmp_path: Path, copies: int
) -> None:
    with pytest.raises(UsageError, match="slips"):
        print_slips(hadeland, tmp_path / "s.pdf", copies=copies)


def test_a_text_without_room_leaves_no_file(make_form: Any, tmp_path: Path) -> None:
    form = make_form(sessions=[{"id": "A", "name": "Et langt navn " * 10}])
    with pytest.raises(FormError, match=r"sessions\[1\]\.name"):
        print_slips(form, tmp_path / "slips.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(
    hadeland: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "slips.pdf"
    target.write_bytes(b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        print_slips(hadeland, target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_told(hadeland: Form, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        print_slips(hadeland, tmp_path / "none" / "slips.pdf")


@pytest.mark.parametrize("printed_before", [False, True])
def test_a_printing_that_fails_at_the_last_leaves_the_lock_file_as_it_was(
    hadeland: Form, tmp_path: Path, printed_before: bool
) -> None:
    (tmp_path / "slips.pdf").mkdir()
    (tmp_path / "forms").mkdir()
    form_path, t = tmp_path / "forms" / "hadeland-2016.toml", messages_for("nb")
    lock = form_path.with_name("hadeland-2016.lock.json")
    form = hadeland
    if printed_before:
        print_slips(form, tmp_path / "first.pdf", lock=to_print(form_path, form, t).saved())
        form = hadeland.model_copy(update={"sessions": tuple(reversed(hadeland.sessions))})
    before = lock.read_bytes() if printed_before else None
    with pytest.raises(OutputError, match="cannot be written"):
        print_slips(form, tmp_path / "slips.pdf", lock=to_print(form_path, form, t).saved())
    assert (lock.read_bytes() if lock.exists() else None) == before
    assert [path.name for path in tmp_path.rglob("*.tmp")] == []


def test_the_marks_carry_the_slots_that_are_given(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    form = make_form(sessions=[{"id": f"S{i}", "name": f"Nr. {i}"} for i in range(2)])
    print_slips(form, tmp_path / "s.pdf", Sheet.SLIP, slots=(7, 2))
    code = mark_code(form.id, 146)
    for page, slot in ((1, 7), (2, 2)):
        found = marks_on(raster(tmp_path / "s.pdf", page, 150), 150)
        assert {code.session_index(number) for number in found} == {slot}


def test_a_slip_for_all_sessions_is_printed_once_for_each_copy(
    make_form: Any, tmp_path: Path
) -> None:
    sessions = [{"id": f"S{i}", "name": f"Nr. {i}"} for i in range(4)]
    for way in ("marked", "rows"):
        form = make_form(sessions=sessions, slip={"session": way})
        printed = print_slips(form, tmp_path / "s.pdf", copies=8)
        assert printed == Printed(slips=8, pages=2, per_sheet=4)
        assert all(text_of(tmp_path / "s.pdf", 1).count(f"Nr. {i}") == 4 for i in range(4))


def test_lines_to_cut_or_tear_along_stand_between_slips_or_not_at_all(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    dark = {}
    for way in ("cut", "perforation", "none"):
        print_slips(make_form(look={"lines": way}), tmp_path / "s.pdf", copies=4)
        page = raster(tmp_path / "s.pdf", 1, 200)
        middle = round(148.5 / MM_PER_INCH * 200)
        dark[way] = (page[:, middle - 2 : middle + 3].min(axis=1) < 200).mean()
    assert 0.2 < dark["cut"] < 0.5
    assert 0.15 < dark["perforation"] < 0.5
    assert dark["none"] == 0


def test_the_accent_colours_words_and_leaves_all_that_reading_looks_at_black(
    make_form: Any, tmp_path: Path
) -> None:
    sessions = [{"id": f"S{i}", "name": f"Nr. {i}"} for i in range(4)]
    form = make_form(
        sessions=sessions,
        slip={"session": "marked", "size": "a5"},
        look={"accent": "#0a6e5c"},
        comment={},
    )
    print_slips(form, tmp_path / "s.pdf", Sheet.SLIP)
    dpi = 150
    command = ["pdftoppm", "-r", str(dpi), "-singlefile", "s.pdf", "s"]
    subprocess.run(command, check=True, timeout=60, cwd=tmp_path)
    page = np.asarray(cv2.imread(str(tmp_path / "s.ppm"))).astype(int)
    coloured = page.max(axis=2) - page.min(axis=2) > 20
    assert coloured.sum() > 500
    layout, scale = layout_of(form), dpi / MM_PER_INCH
    for box in (*(mark for _, mark in layout.marks()), layout.comment):
        left, right = round(box.x_mm * scale), round(box.right_mm * scale)
        assert not coloured[
            round(box.y_mm * scale) : round(box.bottom_mm * scale), left:right
        ].any()
    ys, xs = np.nonzero(coloured)
    for target in layout.faces:
        away_mm = np.hypot(xs / scale - target.centre.x_mm, ys / scale - target.centre.y_mm)
        assert away_mm.min() > 1.6 * target.radius_mm
