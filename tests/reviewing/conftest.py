"""A folder under review, made from readings by hand, and its server."""

import csv
import io
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from scanpipe.form import Form, load_form
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reporting import dialect_for, write_run
from scanpipe.reporting.deciding import OpenReview
from scanpipe.reviewing.app import create_app
from scanpipe.vocabulary import Reason, Status

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-for-tests"  # noqa: S105
PORT = 4321
HOME = f"http://127.0.0.1:{PORT}/{TOKEN}"


def picture(shade: int) -> bytes:
    """A grey PNG of 148 x 105 pixels, as small as it can be."""
    rows = b"".join(b"\0" + bytes([shade]) * 148 for _ in range(105))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 148, 105, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def slip(
    name: str,
    session: str | None,
    rating: int | None,
    *reasons: Reason,
    status: Status | None = None,
    same_as: str | None = None,
    page: int = 1,
) -> SlipReading:
    """A slip read on page `page`; in review where there are `reasons`."""
    status = status or (Status.REVIEW if reasons else Status.READ)
    asked = status is not Status.READ
    return SlipReading(
        name,
        "stack.pdf",
        page,
        status,
        reasons,
        session=session,
        rating=None if asked else rating,
        read_session=session,
        read_rating=rating,
        fills=tuple(0.0812 if face == rating else 0.0 for face in range(1, 6)),
        picture=picture(len(name) * 7) if asked else None,
        same_as=same_as,
    )


def lost_page(name: str, page: int) -> PageReading:
    reading = SlipReading(
        name, "stack.pdf", page, Status.REJECTED, (Reason.NO_SLIP,), picture=picture(200)
    )
    return PageReading("stack.pdf", page, PageKind.UNREADABLE, (reading,))


def pages_of(*slips: SlipReading) -> list[PageReading]:
    return [PageReading(each.file, each.page, PageKind.SLIPS, (each,)) for each in slips]


MIXED = (
    slip("bcd-001-1", "F", 5),
    slip("bcd-002-1", "P1", 3),
    slip("bcd-003-1", "P2", None, Reason.OVERVOTE),
    slip("bcd-004-1", "F", 2, Reason.MARGINAL),
    slip("bcd-005-1", None, 5, Reason.SESSION_CONFLICT),
    slip("bcd-006-1", "F", 5, Reason.DUPLICATE, same_as="bcd-001-1"),
)


@dataclass(frozen=True)
class Reviewed:
    """An output folder, and the table in its review.csv as an independent reader sees it."""

    path: Path
    form: Form

    @property
    def csv(self) -> Path:
        return self.path / "review.csv"

    def table(self, name: str = "review.csv") -> list[dict[str, str]]:
        text = (self.path / name).read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    def entered(self) -> dict[str, tuple[str, str]]:
        return {row["slip"]: (row["session"], row["rating"]) for row in self.table()}

    def rows(self) -> dict[str, dict[str, str]]:
        return {row["slip"]: row for row in self.table("results.csv")}


@pytest.fixture(scope="session")
def form() -> Form:
    """A form in Swedish: decimal commas, and sentences in English for want of a catalogue."""
    form = load_form(ROOT / "forms" / "hadeland-2016.toml")
    return form.model_copy(update={"language": "sv"})


@pytest.fixture
def made_of() -> SimpleNamespace:
    """What pages under review are made of."""
    return SimpleNamespace(slip=slip, pages_of=pages_of, lost_page=lost_page)


@pytest.fixture
def folder_of(tmp_path: Path, form: Form) -> Callable[..., Reviewed]:
    """Make the folder of a run that read these pages."""

    def make(pages: list[PageReading], of: Form = form, **provenance: object) -> Reviewed:
        path = tmp_path / "output" / of.id
        write_run(of, pages, path, dialect_for(of.words), provenance)
        return Reviewed(path, of)

    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, form: Form) -> Path:
    """The folder that `reviewed` is a copy of."""
    path = tmp_path_factory.mktemp("reviewed") / form.id
    write_run(
        form, [*pages_of(*MIXED), lost_page("bcd-007-0", 7)], path, dialect_for(form.words), {}
    )
    return path


@pytest.fixture
def reviewed(made_once: Path, tmp_path: Path, form: Form) -> Reviewed:
    """Two slips read, four to review (one without a session, one a repeat), and a lost page."""
    path = tmp_path / "output" / form.id
    shutil.copytree(made_once, path)
    return Reviewed(path, form)


@pytest.fixture
def certain(folder_of: Callable[..., Reviewed]) -> Reviewed:
    """Two slips, both read with certainty."""
    return folder_of(pages_of(*MIXED[:2]))


class Window:
    """A browser's window, as far as the server can tell."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, parts: bool = True, **options):
        headers = {"X-Scanpipe": "1"} if parts else {}
        return self.client.get(f"{HOME}/{path}", headers=headers, **options)

    def post(self, path: str, data=None, parts: bool = True, origin=f"http://127.0.0.1:{PORT}"):
        headers = {"X-Scanpipe": "1"} if parts else {}
        headers |= {"Origin": origin} if origin else {}
        return self.client.post(f"{HOME}/{path}", data=data or {}, headers=headers)

    def version(self, slip: str) -> str:
        return self.get(f"slip/{slip}").json["version"]

    def decide(self, slip: str, rating: str, session: str = "", seen: str | None = None, **more):
        seen = self.version(slip) if seen is None else seen
        return self.post(
            f"slip/{slip}", {"rating": rating, "session": session, "seen": seen} | more
        )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates compiled: each server would compile all that it shows anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def open_window(
    request: pytest.FixtureRequest, compiled: FileSystemBytecodeCache
) -> Callable[..., Window]:
    """Open a window on a folder, `reviewed` unless told, at a server of its own."""

    def open_one(of: Reviewed | None = None) -> Window:
        folder = of or request.getfixturevalue("reviewed")
        app = create_app(OpenReview(folder.path), TOKEN, PORT)
        app.testing = True
        app.jinja_env.bytecode_cache = compiled
        return Window(app.test_client())

    return open_one


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Window:
    return open_window()
