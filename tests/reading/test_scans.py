import gc
import io
import re
import shutil
import warnings
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.errors import MissingToolError, UsageError
from scanpipe.form import Form
from scanpipe.printing import print_slips
from scanpipe.reading import scanfiles, scans
from scanpipe.reading.scans import PageImage, find_scans, load_page, open_scan
from scanpipe.reading.stack import open_stack
from scanpipe.vocabulary import Reason

DPI = 75
SIZE_PT = (300 * 72 / DPI, 220 * 72 / DPI)


def loaded(path: Path, page: int = 1) -> PageImage:
    scan = open_scan(path)
    assert scan.problem is None
    image = load_page(scan, page)
    assert isinstance(image, PageImage)
    return image


def trouble(path: Path) -> Reason | None:
    """Why the first page of a file cannot be had; None when it can."""
    scan = open_scan(path)
    if scan.problem is not None:
        return scan.problem
    page = load_page(scan, 1)
    return page if isinstance(page, Reason) else None


def alike(first: np.ndarray, second: np.ndarray) -> float:
    fitted = cv2.resize(second, first.shape[::-1])
    return float(np.corrcoef(first.ravel(), fitted.ravel())[0, 1])


# --- PDF ---


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
def test_a_scanned_page_keeps_its_pixels_and_resolution(
    kind: str, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    page = loaded(pdf_of([getattr(packing, kind)(picture)], size_pt=SIZE_PT))

    assert page.pixels.shape == picture.shape
    assert page.px_per_mm == pytest.approx(DPI / 25.4)
    assert alike(page.pixels, picture) > 0.9


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_embedded_and_the_drawn_way_give_the_same_page(
    rotate: int, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    image = packing.jpeg(picture)
    taken_out = loaded(pdf_of([image], size_pt=SIZE_PT, rotate=rotate))
    text = b"BT /F1 1 Tf 2 2 Td (.) Tj ET"
    drawn = loaded(pdf_of([image], size_pt=SIZE_PT, rotate=rotate, more=text, name="drawn.pdf"))

    assert np.abs(np.subtract(taken_out.pixels.shape, drawn.pixels.shape)).max() <= 1
    assert drawn.px_per_mm == pytest.approx(taken_out.px_per_mm, rel=0.01)
    assert alike(taken_out.pixels, drawn.pixels) > 0.97


def test_an_image_in_strips_is_put_together(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    width, height = SIZE_PT
    upper, lower = packing.flate(picture[:110]), packing.flate(picture[110:])
    matrices = [(width, 0, 0, height / 2, 0, height / 2), (width, 0, 0, height / 2, 0, 0)]

    page = loaded(pdf_of([upper, lower], matrices, SIZE_PT))

    assert alike(page.pixels, picture) > 0.97


def test_a_cropped_page_shows_what_is_left(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    width, height = SIZE_PT
    crop = (0, height / 2, width / 2, height)

    page = loaded(pdf_of([packing.flate(picture)], size_pt=SIZE_PT, crop_pt=crop))

    assert alike(page.pixels, picture[:110, :150]) > 0.97
    assert page.px_per_mm is not None
    assert page.pixels.shape[1] / page.px_per_mm == pytest.approx(150 / DPI * 25.4, rel=0.02)


def test_a_page_of_lines_only_is_drawn(pdf_of: Callable) -> None:
    page = loaded(pdf_of(more=b"0 0 72 144 re f", size_pt=(144, 144)))

    assert page.px_per_mm == pytest.approx(scans.VECTOR_DPI / 25.4)
    middle = page.pixels.shape[0] // 2
    assert page.pixels[middle, 10] == 0
    assert page.pixels[middle, -10] == 255


def test_an_image_on_a_page_that_is_drawn_keeps_its_resolution(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    size_pt = (300 * 72 / 250, 220 * 72 / 250)
    path = pdf_of([packing.flate(picture)], size_pt=size_pt, more=b"0 0 1 1 re f")

    assert loaded(path).px_per_mm == pytest.approx(250 / 25.4, rel=0.01)


def test_pages_are_loaded_one_at_a_time_and_each_is_its_own(
    pdf_of: Callable, packing: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.pdf"
    with pikepdf.new() as pdf:
        for grey in (10, 120, 240):
            flat = np.full((60, 40), grey, np.uint8)
            with pikepdf.open(pdf_of([packing.flate(flat)], size_pt=(40, 60))) as one:
                one.pages[0].obj.Number = len(pdf.pages) + 1
                pdf.pages.extend(one.pages)
        pdf.save(path)
    looked_at: list[int] = []
    look_at = scans.page_content
    monkeypatch.setattr(
        scans, "page_content", lambda page, *_: looked_at.append(page.obj.Number) or look_at(page)
    )
    scan = open_scan(path)

    greys = [loaded(path, page).pixels.mean() for page in (3, 1)]

    assert scan.pages == 3
    assert greys == [240, 10]
    assert looked_at == [3, 1], "a page that nobody asked for was taken out of the PDF"


def test_a_fax_with_oblong_pixels_comes_out_square(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    fine = cv2.resize(picture, (1632, 784))

    page = loaded(pdf_of([packing.fax(fine)], size_pt=(1632 * 72 / 204, 784 * 72 / 98)))

    assert page.pixels.shape == pytest.approx((1632, 1632), abs=2)
    assert page.px_per_mm == pytest.approx(204 / 25.4)


def test_a_very_fine_scan_is_reduced(pdf_of: Callable, packing: type) -> None:
    fine = np.full((2400, 2400), 200, np.uint8)

    page = loaded(pdf_of([packing.jpeg(fine)], size_pt=(288, 288)))

    assert page.pixels.shape == (1200, 1200)
    assert page.px_per_mm == pytest.approx(300 / 25.4)


# --- images ---


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_images_keep_their_pixels_and_resolution(
    suffix: str, picture: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / f"scan{suffix}"
    Image.fromarray(picture).save(path, dpi=(150, 150))

    page = loaded(path)

    assert page.pixels.shape == picture.shape
    assert page.px_per_mm == pytest.approx(150 / 25.4, rel=0.01)
    assert alike(page.pixels, picture) > 0.99


def test_an_image_without_resolution_says_so(picture: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(picture).save(tmp_path / "scan.png")

    assert loaded(tmp_path / "scan.png").px_per_mm is None


@pytest.mark.parametrize("dpi", [(1, 1), (0, 0), (31, 300)])
def test_a_resolution_that_cannot_be_is_not_believed(
    dpi: tuple[int, int], picture: np.ndarray, tmp_path: Path
) -> None:
    Image.fromarray(picture).save(tmp_path / "scan.tif", dpi=dpi)

    page = loaded(tmp_path / "scan.tif")

    assert page.px_per_mm is None
    assert page.pixels.shape == picture.shape


def test_every_page_of_a_tiff_is_read(picture: np.ndarray, tmp_path: Path) -> None:
    pages = [Image.fromarray(np.rot90(picture, turns)) for turns in range(3)]
    pages[0].save(tmp_path / "scan.tiff", save_all=True, append_images=pages[1:])

    assert open_scan(tmp_path / "scan.tiff").pages == 3
    for page in (3, 1, 2):
        image = loaded(tmp_path / "scan.tiff", page)
        assert np.array_equal(image.pixels, np.rot90(picture, page - 1))


@pytest.mark.parametrize(("orientation", "quarters"), [(3, 2), (6, 3), (8, 1)])
def test_a_photo_that_says_how_it_was_held_is_turned(
    orientation: int, quarters: int, picture: np.ndarray, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(picture).save(tmp_path / "photo.jpg", exif=exif, dpi=(100, 200))

    page = loaded(tmp_path / "photo.jpg")

    assert alike(page.pixels, np.rot90(picture, quarters)) > 0.99


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I"])
def test_every_kind_of_pixel_becomes_grey(mode: str, picture: np.ndarray, tmp_path: Path) -> None:
    if mode in ("I;16", "I"):
        kind = np.uint16 if mode == "I;16" else np.int32
        image = Image.fromarray(picture.astype(kind) * 257)
    else:
        image = Image.fromarray(picture).convert("RGB").convert(mode)
    path = tmp_path / ("scan.tif" if mode in ("CMYK", "I", "I;16") else "scan.png")
    image.save(path)

    pixels = loaded(path).pixels

    assert pixels.dtype == np.uint8
    assert alike(pixels, picture) > {"1": 0.6, "P": 0.95}.get(mode, 0.99)


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (50, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 40))
    image.save(tmp_path / "scan.png")

    pixels = loaded(tmp_path / "scan.png").pixels

    assert (pixels[20, 5], pixels[20, 30]) == (0, 255)


# --- damage ---


def cut(data: bytes) -> bytes:
    return data[: len(data) // 3]


def scrambled(data: bytes) -> bytes:
    """The data with its middle third overwritten."""
    third = len(data) // 3
    noise = np.random.default_rng(3).integers(1, 255, third).astype(np.uint8).tobytes()
    return data[:third] + noise + data[2 * third :]


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
@pytest.mark.parametrize("harm", [cut, scrambled, lambda _: b"", lambda data: data[::-1]])
def test_a_damaged_image_in_a_sound_pdf_is_never_a_white_page(
    harm: Callable[[bytes], bytes], kind: str, pdf_of: Callable, packing: type
) -> None:
    noise = np.random.default_rng(1).normal(130, 60, (220, 300)).clip(0, 255).astype(np.uint8)
    packed = getattr(packing, kind)(cv2.GaussianBlur(noise, (0, 0), 2))
    path = pdf_of([replace(packed, data=harm(packed.data))], size_pt=SIZE_PT)

    page = load_page(open_scan(path), 1)

    if isinstance(page, PageImage):
        assert kind == "jpeg", "only a JPEG decodes on after an error, to visible rubbish"
        assert page.pixels.std() > 10
    else:
        assert page is Reason.DAMAGED_IMAGE


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
def test_a_damaged_strip_among_sound_ones_is_told(
    kind: str, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    width, height = SIZE_PT
    sound, other = packing.flate(picture[:110]), getattr(packing, kind)(picture[110:])
    matrices = [(width, 0, 0, height / 2, 0, height / 2), (width, 0, 0, height / 2, 0, 0)]
    path = pdf_of([sound, replace(other, data=cut(other.data))], matrices, SIZE_PT)

    assert trouble(path) is Reason.DAMAGED_IMAGE


def test_a_damaged_image_of_a_kind_only_poppler_knows_is_told(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    image = packing.jpeg(picture)
    keys = {**image.keys, "/Filter": pikepdf.Name.JPXDecode}

    assert trouble(pdf_of([replace(image, keys=keys)], size_pt=SIZE_PT)) is Reason.DAMAGED_IMAGE


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_fax_that_ends_too_early_is_told_though_its_lines_are_white(
    share: float, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    fax = packing.fax(cv2.resize(picture, (900, 660)))
    end = fax.data.rindex(b"\xff\xff")
    short = replace(fax, data=fax.data[: int(end * share)])

    assert trouble(pdf_of([fax], size_pt=SIZE_PT, name="whole.pdf")) is None
    assert trouble(pdf_of([short], size_pt=SIZE_PT, name="short.pdf")) is Reason.DAMAGED_IMAGE


def test_a_page_whose_image_is_gone_is_damaged_and_not_white(
    picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    source = pdf_of([packing.flate(picture)], size_pt=SIZE_PT)
    with pikepdf.open(source) as pdf:
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary()
        pdf.save(tmp_path / "gone.pdf")

    assert trouble(tmp_path / "gone.pdf") is Reason.DAMAGED_IMAGE


def test_a_page_whose_content_is_gone_is_damaged_and_not_white(
    picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    source = pdf_of([packing.flate(picture)], size_pt=SIZE_PT)
    with pikepdf.open(source) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"")
        pdf.save(tmp_path / "gone.pdf")

    assert trouble(tmp_path / "gone.pdf") is Reason.DAMAGED_IMAGE


def test_a_damaged_image_within_the_content_is_not_a_white_page(pdf_of: Callable) -> None:
    inline = b"q 99 0 0 99 0 0 cm BI /W 9 /H 9 /CS /G /BPC 8 /F /Fl ID garbage EI Q"

    assert trouble(pdf_of(size_pt=(99, 99), more=inline)) is Reason.DAMAGED_IMAGE


def test_an_empty_page_of_a_sound_pdf_is_simply_white(pdf_of: Callable) -> None:
    assert loaded(pdf_of()).pixels.min() == 255


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
def test_a_white_image_is_simply_white(kind: str, pdf_of: Callable, packing: type) -> None:
    white = np.full((1200, 1600), 255, np.uint8)

    assert loaded(pdf_of([getattr(packing, kind)(white)], size_pt=SIZE_PT)).pixels.min() == 255


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_an_image_file_cut_short_is_told(suffix: str, picture: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / f"scan{suffix}"
    Image.fromarray(picture).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert trouble(path) in (Reason.DAMAGED_IMAGE, Reason.UNREADABLE_FILE)


def test_a_damaged_fax_in_a_tiff_is_told(
    picture: np.ndarray, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fax.tif"
    Image.fromarray(picture).convert("1").save(path, compression="group4")
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = b"\xff\0" * (third // 2) + b"\0" * (third % 2)
    path.write_bytes(data)

    assert trouble(path) is Reason.DAMAGED_IMAGE
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
def test_no_damage_anywhere_in_a_pdf_raises_or_looks_like_a_blank_page(
    kind: str, picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    sound = pdf_of([getattr(packing, kind)(picture)], size_pt=SIZE_PT).read_bytes()
    rng = np.random.default_rng(11)
    for number in range(40):
        data = bytearray(sound)
        at = int(rng.integers(len(data)))
        data[at : at + int(rng.integers(1, 300))] = b"" if number % 2 else b"\xff\x00\xff"
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(data)
        scan = open_scan(path)
        page = scan.problem or load_page(scan, 1)
        assert isinstance(page, Reason) or page.pixels.min() < 200, path


# --- files that cannot be read at all ---


def test_a_pdf_with_a_password_is_told(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    locked = pikepdf.Encryption(user="secret", owner="more secret")

    assert trouble(pdf_of([packing.flate(picture)], encryption=locked)) is Reason.ENCRYPTED


def test_a_pdf_that_may_be_read_without_its_password_is_read(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    path = pdf_of([packing.flate(picture)], encryption=pikepdf.Encryption(owner="secret"))

    assert trouble(path) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"Dear all,\n", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"\xff\xd8\xff"],
)
@pytest.mark.parametrize("name", ["scan.pdf", "scan.tif"])
def test_a_file_that_is_no_scan_is_told(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)

    assert open_scan(tmp_path / name).problem is Reason.UNREADABLE_FILE


def test_a_tiff_without_sizes_is_told(tmp_path: Path) -> None:
    entry = b"\x03\x01\x03\0\x01\0\0\0\x01\0\0\0"
    (tmp_path / "scan.tif").write_bytes(b"II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0")

    assert open_scan(tmp_path / "scan.tif").problem is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_pdf_cut_short_is_told(
    share: float, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    path = pdf_of([packing.jpeg(picture)], size_pt=SIZE_PT)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    assert trouble(path) in (Reason.UNREADABLE_FILE, Reason.DAMAGED_IMAGE)


def test_a_page_is_not_drawn_by_a_program_that_counts_the_pages_otherwise(
    pdf_of: Callable, tmp_path: Path
) -> None:
    with pikepdf.open(pdf_of(more=b"0 0 72 144 re f")) as pdf:
        pdf.pages.append(pdf.pages[0])
        pdf.save(tmp_path / "two.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert loaded(tmp_path / "two.pdf", 1).pixels.min() == 0
    data = (tmp_path / "two.pdf").read_bytes()
    (tmp_path / "two.pdf").write_bytes(data.replace(b"/Count 2", b"/Count 1"))

    assert open_scan(tmp_path / "two.pdf").pages == 2
    assert trouble(tmp_path / "two.pdf") is Reason.DAMAGED_IMAGE


def test_a_pdf_that_runs_in_a_circle_ends(pdf_of: Callable, tmp_path: Path) -> None:
    with pikepdf.open(pdf_of(more=b"0 0 9 9 re f")) as pdf:
        del pdf.pages[0].obj["/Rotate"]
        pages = pdf.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array()))
        pages.Parent = pages
        pdf.pages[0].obj.Up = pages
        pdf.save(tmp_path / "circle.pdf", qdf=True)
    data = (tmp_path / "circle.pdf").read_bytes()
    up = data.split(b"/Up ")[1].split(b" 0 R")[0]
    parent = data.split(b"/Parent ")[1].split(b" 0 R")[0]
    wrong = data.replace(b"/Parent " + parent + b" 0 R", b"/Parent " + up + b" 0 R")
    (tmp_path / "circle.pdf").write_bytes(wrong)

    assert trouble(tmp_path / "circle.pdf") in (None, Reason.DAMAGED_IMAGE)


@pytest.mark.parametrize("suffix", [".pdf", ".png"])
def test_a_link_to_nowhere_is_told(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"scan{suffix}").symlink_to(tmp_path / "nowhere")

    assert open_scan(tmp_path / f"scan{suffix}").problem is Reason.UNREADABLE_FILE


# --- sizes ---


def test_a_tiny_pdf_that_claims_a_huge_page_is_refused_and_never_drawn(
    pdf_of: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pikepdf.open(pdf_of(more=b"0 0 99 99 re f")) as pdf:
        pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, 200_000, 200_000])
        pdf.save(tmp_path / "huge.pdf")
    monkeypatch.delattr(scans, "rasterise")

    assert trouble(tmp_path / "huge.pdf") is Reason.TOO_LARGE


def test_a_tiny_pdf_that_claims_a_huge_image_is_refused(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    huge = replace(packing.flate(picture), width=200_000, height=200_000)

    assert trouble(pdf_of([huge], size_pt=SIZE_PT)) is Reason.TOO_LARGE


def test_an_image_that_unpacks_to_far_more_than_it_claims_is_refused(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    bomb = replace(packing.flate(picture), data=zlib.compress(bytes(20_000_000), 9))

    assert trouble(pdf_of([bomb], size_pt=SIZE_PT)) is Reason.TOO_LARGE


@pytest.mark.parametrize("side", [13_000, 50_000])
def test_a_small_png_of_very_many_pixels_is_refused(side: int, tmp_path: Path) -> None:
    small = io.BytesIO()
    Image.new("1", (8, 8)).save(small, "PNG")
    data = bytearray(small.getvalue())
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(data)

    assert trouble(tmp_path / "bomb.png") is Reason.TOO_LARGE


# --- finding ---


def test_a_folder_is_opened_up_in_the_order_people_count(
    picture: np.ndarray, tmp_path: Path
) -> None:
    names = ["scan10.png", "scan9.png", "Scan2.PNG", "more/scan1.png"]
    (tmp_path / "box" / "more").mkdir(parents=True)
    for number, name in enumerate(names):
        Image.fromarray(picture[number:]).save(tmp_path / "box" / name)
    (tmp_path / "box" / "notes.txt").write_text("ours")

    found = find_scans([tmp_path / "box"])

    assert [scan.name for scan in found] == ["scan1.png", "Scan2.PNG", "scan9.png", "scan10.png"]


def test_the_order_is_the_same_however_the_folder_is_named(
    picture: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "box" / "scans").mkdir(parents=True)
    for number, name in enumerate(("aa.png", "b.png", "scans/z.png")):
        Image.fromarray(picture[number:]).save(tmp_path / "box" / name)

    monkeypatch.chdir(tmp_path / "box")
    named = [[scan.name for scan in find_scans([Path(each)])] for each in (".", tmp_path / "box")]

    assert named == [["aa.png", "b.png", "z.png"]] * 2


def test_what_the_system_hides_in_a_folder_is_no_scan(picture: np.ndarray, tmp_path: Path) -> None:
    """A Mac leaves `._box.png` beside `box.png` on every stick and share."""
    Image.fromarray(picture).save(tmp_path / "box.png")
    (tmp_path / "._box.png").write_bytes(b"\0\5\x16\7")
    (tmp_path / ".Trashes").mkdir()
    shutil.copy(tmp_path / "box.png", tmp_path / ".Trashes" / "old.png")

    assert [scan.name for scan in find_scans([tmp_path])] == ["box.png"]


def test_slips_as_they_were_printed_are_passed_over_in_a_folder_and_read_when_named(
    form: Form, picture: np.ndarray, tmp_path: Path
) -> None:
    """Read, they would be confident blanks."""
    Image.fromarray(picture).save(tmp_path / "box.png")
    print_slips(form, tmp_path / "slips.pdf")

    stack = open_stack([tmp_path])

    assert [file.name for file in stack.files] == ["box.png"]
    assert [path.name for path in stack.left_out] == ["slips.pdf"]
    assert [file.name for file in find_scans([tmp_path / "slips.pdf"])] == ["slips.pdf"]


def test_an_unreadable_file_has_the_same_name_in_the_tables_wherever_its_folder_is(
    tmp_path: Path,
) -> None:
    for folder in ("monday", "elsewhere"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "box.pdf").write_bytes(b"no PDF")

    one, other = (find_scans([tmp_path / folder]) for folder in ("monday", "elsewhere"))

    assert one[0].sha256 == other[0].sha256


def test_files_keep_the_order_in_which_they_were_named(picture: np.ndarray, tmp_path: Path) -> None:
    for number in (1, 2):
        Image.fromarray(picture[number:]).save(tmp_path / f"{number}.png")

    found = find_scans([tmp_path / "2.png", tmp_path / "1.png"])

    assert [scan.name for scan in found] == ["2.png", "1.png"]


def test_the_same_content_under_two_names_is_read_once(picture: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(picture).save(tmp_path / "a.png")
    shutil.copy(tmp_path / "a.png", tmp_path / "b.png")

    first, second = find_scans([tmp_path])

    assert (first.problem, second.problem) == (None, Reason.DUPLICATE)
    assert first.sha256 == second.sha256


def test_files_whose_slips_would_be_called_alike_are_told_apart_by_more_letters(
    tmp_path: Path,
) -> None:
    for number in (937, 9843, 1):  # found by trying
        (tmp_path / f"{number}.png").write_bytes(b"P5\n# %d\n1 1\n255\n\xff" % number)

    first, second = (find_scans([tmp_path / f"{number}.png"])[0].word for number in (937, 9843))
    other, *alike = (scan.word for scan in find_scans([tmp_path]))

    assert first == second
    assert len(first) == len(other) == 6
    assert alike[0] != alike[1]
    assert all(re.fullmatch(f"{first}[a-z]{{6}}", word) for word in alike)


def test_two_broken_files_are_two_troubles_and_not_one_twice(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"")

    first, second = find_scans([tmp_path])

    assert [first.problem, second.problem] == [Reason.UNREADABLE_FILE] * 2
    assert first.sha256 != second.sha256


def test_a_scan_that_is_not_there_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"box\.pdf"):
        find_scans([tmp_path / "box.pdf"])


def test_a_folder_without_scans_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no scan")

    with pytest.raises(UsageError, match="without scans"):
        find_scans([tmp_path])


def test_without_poppler_the_command_says_so(
    pdf_of: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scan = open_scan(pdf_of(more=b"0 0 9 9 re f"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingToolError, match="poppler"):
        load_page(scan, 1)


def test_poppler_that_hangs_costs_the_page_and_not_the_run(
    pdf_of: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = open_scan(pdf_of(more=b"0 0 9 9 re f"))
    monkeypatch.setattr(scans, "RASTERISE_TIMEOUT_S", 0.001)

    assert load_page(scan, 1) is Reason.DAMAGED_IMAGE


def test_a_long_pdf_is_opened_anew_now_and_then_so_that_not_all_its_pages_stay_in_memory(
    pdf_of: Callable, packing: type, picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanfiles, "KEPT_PAGES", 3)
    file = open_scan(pdf_of([packing.jpeg(picture)]))
    opened = []
    really_open = pikepdf.open
    monkeypatch.setattr(
        pikepdf, "open", lambda *given, **named: opened.append(1) or really_open(*given, **named)
    )
    pages = [load_page(file, 1) for _ in range(7)]
    assert len(opened) == 3
    assert all(isinstance(page, PageImage) for page in pages)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_pdf_that_was_let_go_of_is_closed(
    pdf_of: Callable, packing: type, picture: np.ndarray
) -> None:
    """It was left to Python, which warned of a file that nobody had closed."""
    scan = open_scan(pdf_of([packing.jpeg(picture)], size_pt=SIZE_PT))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        assert isinstance(load_page(scan, 1), PageImage)
        scanfiles.close_pdf()
        gc.collect()
