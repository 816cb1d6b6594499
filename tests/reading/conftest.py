import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.composing import layout_of
from scanpipe.form import Form, load_form
from scanpipe.layout import Layout
from scanpipe.marks import MarkCode, mark_code
from scanpipe.reading import pipeline, scanfiles, session
from scanpipe.reading.decision import Verdict, judge, only_session
from scanpipe.reading.ink import measure_and_show_ink
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import FieldText, Placement, SlipInk
from scanpipe.reading.pages import PX_PER_MM
from scanpipe.reading.record import PageReading
from scanpipe.reading.registration import find_slips, rectify
from scanpipe.selftest.trying import end_of
from scanpipe.simulation.faults import Fault, good_stack
from scanpipe.simulation.paper import Paper, make_slip
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.scanner import SCANNERS, Scanner, scan
from scanpipe.simulation.wear import FRESH, Wear
from scanpipe.vocabulary import Reason, Status

Grey = np.ndarray
ROOT = Path(__file__).parents[2]
STEADY = replace(SCANNERS["office_grey"], turns=(0,))


@dataclass(frozen=True)
class Packed:
    """An image as a PDF holds it."""

    data: bytes
    width: int
    height: int
    keys: dict[str, object] = field(default_factory=dict)


class Packing:
    """The ways in which scanners put a picture into a PDF."""

    @staticmethod
    def jpeg(pixels: Grey, **options: object) -> Packed:
        packed = io.BytesIO()
        Image.fromarray(pixels).save(packed, "JPEG", **{"quality": 90, **options})
        keys = {"/Filter": pikepdf.Name.DCTDecode, "/ColorSpace": pikepdf.Name.DeviceGray}
        return Packed(packed.getvalue(), pixels.shape[1], pixels.shape[0], keys)

    @staticmethod
    def flate(pixels: Grey) -> Packed:
        keys = {"/Filter": pikepdf.Name.FlateDecode, "/ColorSpace": pikepdf.Name.DeviceGray}
        return Packed(zlib.compress(pixels.tobytes()), pixels.shape[1], pixels.shape[0], keys)

    @staticmethod
    def fax(pixels: Grey) -> Packed:
        """CCITT group 4; what is darker than mid grey becomes black."""
        packed = io.BytesIO()
        Image.fromarray(pixels).convert("1", dither=Image.Dither.NONE).save(packed, "PDF")
        with pikepdf.open(packed) as pdf:
            (image,) = pdf.pages[0].resources.XObject.values()
            data = image.read_raw_bytes()
        height, width = pixels.shape
        parameters = pikepdf.Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=True)
        keys = {
            "/Filter": pikepdf.Name.CCITTFaxDecode,
            "/ColorSpace": pikepdf.Name.DeviceGray,
            "/BitsPerComponent": 1,
            "/DecodeParms": parameters,
        }
        return Packed(data, width, height, keys)


@pytest.fixture(scope="session")
def packing() -> type[Packing]:
    return Packing


PdfMaker = Callable[..., Path]


@pytest.fixture
def pdf_of(tmp_path: Path) -> PdfMaker:
    """Write a one-page PDF that draws `images`, each by its matrix, then `more` content."""

    def make(
        images: Sequence[Packed] = (),
        matrices: Sequence[Sequence[float]] = (),
        size_pt: tuple[float, float] = (400, 300),
        *,
        more: bytes = b"",
        rotate: int = 0,
        crop_pt: Sequence[float] = (),
        encryption: pikepdf.Encryption | None = None,
        name: str = "scan.pdf",
    ) -> Path:
        pdf = pikepdf.new()
        page = pdf.add_blank_page(page_size=size_pt)
        xobjects, content = pikepdf.Dictionary(), b""
        whole = (size_pt[0], 0, 0, size_pt[1], 0, 0)
        for index, image in enumerate(images):
            xobjects[f"/Im{index}"] = _stream(pdf, image)
            matrix = matrices[index] if index < len(matrices) else whole
            numbers = " ".join(f"{value:.4f}" for value in matrix)
            content += f"q {numbers} cm /Im{index} Do Q\n".encode()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.obj.Resources = pikepdf.Dictionary(
            XObject=xobjects, Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))
        )
        page.obj.Contents = pdf.make_stream(content + more)
        page.obj.Rotate = rotate
        if crop_pt:
            page.obj.CropBox = pikepdf.Array(crop_pt)
        path = tmp_path / name
        pdf.save(path, encryption=encryption if encryption is not None else False)
        return path

    return make


def _stream(pdf: pikepdf.Pdf, image: Packed) -> pikepdf.Stream:
    stream = pdf.make_stream(image.data)
    keys = {"/BitsPerComponent": 8, **image.keys}
    stream.stream_dict = pikepdf.Dictionary(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": image.width,
            "/Height": image.height,
            **keys,
        }
    )
    return stream


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form(ROOT / "forms" / "hadeland-2016.toml")


@pytest.fixture(scope="session")
def layout(form: Form) -> Layout:
    return layout_of(form)


@pytest.fixture(scope="session")
def code(form: Form) -> MarkCode:
    return mark_code(form.id, len(form.sessions))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20160923)


@pytest.fixture(scope="session")
def picture() -> Grey:
    """A page that looks different from every side, with soft greys: shape (220, 300)."""
    y, x = np.mgrid[0:220, 0:300]
    pixels = (235 - 40 * x / 300).astype(np.uint8)
    pixels[20:60, 30:200] = 20
    pixels[60:180, 30:60] = 90
    pixels[(x - 240) ** 2 + (y - 160) ** 2 < 30**2] = 0
    return pixels


@pytest.fixture(autouse=True)
def forget_open_pdf() -> Iterator[None]:
    yield
    scanfiles.close_pdf()


@pytest.fixture
def ends_of(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Fault], list[str]]:
    """Make a fault and tell how each of its pages ends, with no Tesseract to wait for: where all
    else is certain, the session is taken from the marks.
    """
    monkeypatch.setattr(session, "recognise", lambda fields, _: [FieldText("", 0.0)] * len(fields))
    good = good_stack(form)

    def ends(fault: Fault) -> list[str]:
        stack = pipeline.open_stack(fault.make(tmp_path, good))
        pages = (
            page
            for file in stack.files
            for page in pipeline.read_pages(kinds_of(form), file, range(1, file.pages + 1))
        )
        return [end_of(_with_sessions(page), good.answers) for page in pages]

    return ends


def _with_sessions(page: PageReading) -> PageReading:
    slips = (
        replace(slip, status=Status.READ, session=slip.read_session, rating=slip.read_rating)
        if slip.reasons == (Reason.SESSION_UNREAD,)
        else slip
        for slip in page.slips
    )
    return replace(page, slips=tuple(slips))


@dataclass(frozen=True, eq=False)
class Laid:
    """Slips laid on a page: its pixels, and for each slip the true transform from mm to px."""

    pixels: Grey
    px_per_mm: float
    to_page: tuple[np.ndarray, ...]


Place = tuple[float, float, float]
"""Middle of a slip in mm of the page, and its turn in degrees clockwise."""


@pytest.fixture(scope="session")
def lay(layout: Layout) -> Callable[..., Laid]:
    """Lay upright slip images at `dpi` on a page of that dpi, each at its place."""

    def laid(
        slips: Sequence[Grey],
        places: Sequence[Place],
        dpi: float,
        page_mm: tuple[float, float] = (190, 190),
        lid: int = 255,
    ) -> Laid:
        per_mm = dpi / 25.4
        shape = (round(page_mm[1] * per_mm), round(page_mm[0] * per_mm))
        page, truths = np.full(shape, lid, np.uint8), []
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
        for slip, (x_mm, y_mm, turn_deg) in zip(slips, places, strict=True):
            cos, sin = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
            turn = np.array([[cos, -sin], [sin, cos]])
            shift = np.array([x_mm, y_mm]) - turn @ [layout.width_mm / 2, layout.height_mm / 2]
            truth = np.diag([per_mm, per_mm, 1]) @ np.vstack(
                [np.column_stack([turn, shift]), [0, 0, 1]]
            )
            pixels = np.linalg.inv(half) @ truth @ np.diag([1 / per_mm, 1 / per_mm, 1]) @ half
            cv2.warpAffine(slip, pixels[:2], shape[::-1], page, borderMode=cv2.BORDER_TRANSPARENT)
            truths.append(truth)
        return Laid(page, per_mm, tuple(truths))

    return laid


@dataclass(frozen=True)
class Reader:
    """Scans a slip and reads it as far as the ink on it."""

    form: Form
    layout: Layout
    code: MarkCode

    def upright(self, paper: Paper, scanner: Scanner = STEADY, seed: int = 1) -> Grey:
        """The slip as it comes from the scanner, rectified."""
        page = scan(paper, scanner, np.random.default_rng(seed))
        (slip,) = find_slips(
            page, scanner.dpi / 25.4, [self.layout] * self.code.sessions, self.code
        )
        return rectify(page, slip, PX_PER_MM)

    def ink(
        self,
        marks: Sequence[Marking] = (),
        scanner: Scanner = STEADY,
        wear: Wear = FRESH,
        seed: int = 1,
    ) -> SlipInk:
        """The new ink on a slip with these marks, scanned."""
        rng = np.random.default_rng(seed)
        paper = make_slip(self.form, seed % 5, marks, rng, wear=wear, dpi=200)
        upright = self.upright(paper, scanner, seed)
        return measure_and_show_ink(upright, self.layout, PX_PER_MM)[0]

    @staticmethod
    def verdict(ink: SlipInk) -> Verdict:
        """What is decided on the ink when all else is certain."""
        return judge(ink, Placement(4, 0.05, 8.0), only_session(0, 4))


@pytest.fixture(scope="session")
def reader(form: Form, layout: Layout, code: MarkCode) -> Reader:
    return Reader(form, layout, code)
