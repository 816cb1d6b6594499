"""Hand-built readings, and review.csv as spreadsheets save it."""

import csv
import datetime
import io
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from scanpipe.form import form_from_data, load_form
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reporting import dialect_for, journal, keeping, write_run
from scanpipe.vocabulary import Reason, Status

ROOT = Path(__file__).parents[2]

COUNTS = {
    "F": (1, 0, 11, 40, 62),
    "P1": (0, 1, 8, 30, 22),
    "P2": (0, 0, 7, 15, 6),
    "P3": (1, 1, 4, 18, 31),
    "P4": (0, 0, 1, 18, 15),
}


class Readings:
    """Makes readings; slips are named bcd-1, bcd-2 and so on unless told."""

    counts = COUNTS

    def slip(self, name, session="F", rating=4, status=Status.READ, reasons=(), **other):
        asked = status in (Status.REVIEW, Status.REJECTED)
        values = {
            "file": "stack.pdf",
            "page": 1,
            "x_mm": 74.0,
            "y_mm": 52.5,
            "session": session,
            "rating": None if asked else rating,
            "read_session": session,
            "read_rating": rating,
            "session_text": "Fellessesjon: Innovasjon",
            "session_confidence": 0.98765,
            "rating_confidence": 1.0,
            "fills": tuple(0.0312 if i == rating else 0.00004 for i in range(1, 6)),
            "picture": b"\x89PNG " + name.encode() if asked else None,
        }
        return SlipReading(name, status=status, reasons=reasons, **values | other)

    def blank(self, name, session="F"):
        return self.slip(name, session, None, Status.BLANK)

    def overvote(self, name, session="F"):
        return self.slip(name, session, None, Status.REVIEW, (Reason.OVERVOTE,))

    def marginal(self, name, session="F", rating=2):
        return self.slip(name, session, rating, Status.REVIEW, (Reason.MARGINAL,))

    def no_session(self, name, rating=5):
        reasons = (Reason.SESSION_UNREAD,)
        return self.slip(name, None, rating, Status.REVIEW, reasons, session_text="=F:el|")

    def rejected(self, name, file="stack.pdf", page=7):
        return SlipReading(name, file, page, Status.REJECTED, (Reason.NO_SLIP,), picture=b"page")

    def page(self, *slips, kind=PageKind.SLIPS, file="stack.pdf", number=1):
        if slips and slips[0].status is Status.REJECTED:
            kind = PageKind.UNREADABLE
        return PageReading(file, number, kind, slips)

    def rows(self, form, slip, *ratings, **other):
        """A slip with several rows: a rating in each, None for blank, "?" for two marks."""
        found = []
        for number, (about, rating) in enumerate(zip(form.rows, ratings, strict=True), start=1):
            session = "A" if form.questions else about.id
            given = {"row": number, "question": about.id if form.questions else None, **other}
            name, session = f"{slip}-{number}", given.pop("session", session)
            if rating == "?":
                status, reasons = Status.REVIEW, (Reason.OVERVOTE,)
                found.append(self.slip(name, session, None, status, reasons, **given))
            else:
                status = Status.BLANK if rating is None else Status.READ
                found.append(self.slip(name, session, rating, status, **given))
        return found

    def rejected_rows(self, form, page="bcd-007-0", number=7):
        """A page of such slips that could not be read."""
        return [
            replace(
                self.rejected(f"{page}-{row}", page=number),
                row=row,
                question=about.id if form.questions else None,
                read_session=None if form.questions else about.id,
            )
            for row, about in enumerate(form.rows, start=1)
        ]

    def back(self):
        return self.page(kind=PageKind.BLANK_BACK)

    def hadeland(self):
        """The 292 slips of the published table, each on a page of its own."""
        ratings = [
            (session, rating)
            for session, counts in COUNTS.items()
            for rating, count in enumerate(counts, start=1)
            for _ in range(count)
        ]
        for number, (session, rating) in enumerate(ratings, start=1):
            yield self.page(self.slip(f"bcd-{number:03d}", session, rating, page=number))

    def mixed(self):
        """One page of every kind: two settled slips, three to review, a back, a lost page."""
        yield self.page(self.slip("bcd-1", "F", 5), self.slip("bcd-2", "P1", 3))
        yield self.page(self.overvote("bcd-3", "P2"), self.marginal("bcd-4", "F"))
        yield self.back()
        yield self.page(self.no_session("bcd-5"), self.blank("bcd-6", "P4"))
        yield self.page(self.rejected("bcd-7"))


@dataclass
class Folder:
    """An output folder and what an organiser does with its review.csv."""

    path: Path

    @property
    def review(self) -> Path:
        return self.path / "review.csv"

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}

    def tables(self) -> dict[str, bytes]:
        """What people look at first, without what is remembered of how it came about."""
        names = ("results.csv", "summary.csv", "review.csv")
        return {name: (self.path / name).read_bytes() for name in names}

    def copies(self, of="review") -> list[Path]:
        return sorted(self.path.glob(f"{of} 20*.csv"))

    def table(self, name) -> list[dict[str, str]]:
        """The table as an independent reader sees it."""
        text = (self.path / name).read_bytes().decode("utf-8-sig")
        delimiter = ";" if ";" in text.splitlines()[0] else ","
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))

    def row(self, name, slip) -> dict[str, str]:
        (row,) = (row for row in self.table(name) if row["slip"] == slip)
        return row

    def fill(self, entries, delimiter=";", encoding="utf-8-sig", columns=None, add=()):
        """Save review.csv anew with `entries` (slip -> cells) typed in and the rows `add` added."""
        rows = self.table("review.csv")
        for row in rows:
            row.update(entries.get(row["slip"], {}))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns or list(rows[0]), "", "ignore", delimiter=delimiter)
        writer.writeheader()
        writer.writerows([*rows, *add])
        self.review.write_bytes(text.getvalue().encode(encoding))


@pytest.fixture
def readings():
    return Readings()


@pytest.fixture(scope="session")
def form():
    return load_form(ROOT / "forms" / "hadeland-2016.toml")


EVENT = {
    "id": "fair",
    "title": "Fair",
    "date": "2024-05-02",
    "place": "Here",
    "language": "en",
    "question": "How was it?",
    "sessions": [{"id": "A", "name": "First"}, {"id": "B", "name": "Second"}],
}


def event(**blocks):
    """A form of the event with other blocks; those that are None are left out."""
    data = {key: value for key, value in (EVENT | blocks).items() if value is not None}
    return form_from_data(data, "a test")


@pytest.fixture
def words():
    """Slips with words to mark."""
    return event(scale={"answers": ["Yes", "No", "Don't know"]})


@pytest.fixture
def sign_up():
    """The slip on which two of four are chosen."""
    choices = [{"id": f"P{each}", "name": f"Workshop {each}"} for each in (1, 2, 3, 4)]
    scale, slip = {"choose": 2}, {"session": "none"}
    return event(scale=scale, slip=slip, choices=choices, sessions=None)


@pytest.fixture
def sign_up_for_three():
    """The slip on which three of ten are chosen."""
    choices = [{"id": f"P{each}", "name": f"Workshop {each}"} for each in range(1, 11)]
    scale, slip = {"choose": 3}, {"session": "none"}
    return event(scale=scale, slip=slip, choices=choices, sessions=None)


@pytest.fixture
def card():
    """Slips with three questions about a session."""
    asked = ("content", "The content"), ("speaker", "The speaker"), ("room", "The room")
    questions = [{"id": id_, "text": text} for id_, text in asked]
    return event(question=None, questions=questions)


@pytest.fixture
def all_sessions():
    """The card with a row for each session."""
    return event(slip={"session": "rows"})


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "output" / "hadeland-2016")


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set; on a winter's day in Oslo."""
    zone = datetime.timezone(datetime.timedelta(hours=1))
    hands = SimpleNamespace(time=datetime.datetime(2026, 11, 21, 14, 30, 5, tzinfo=zone))
    for module in (journal, keeping):
        monkeypatch.setattr(module, "now", lambda: hands.time)
    return hands


@pytest.fixture(scope="session")
def mixed_once(form, tmp_path_factory):
    """The folder that `mixed` is a copy of."""
    path = tmp_path_factory.mktemp("mixed") / form.id
    write_run(form, Readings().mixed(), path, dialect_for(form.words), {})
    return path


@pytest.fixture
def mixed(mixed_once, folder):
    """The folder with a page of every kind, as a run has left it."""
    shutil.copytree(mixed_once, folder.path)
    return folder


@pytest.fixture
def write(form, folder):
    """Write a run of `pages` into the folder."""

    def write(stack, /, into=None, of=None, expected=None, dialect=None, **provenance):
        form_ = of or form
        dialect_ = dialect or dialect_for(form_.words)
        return write_run(form_, stack, into or folder.path, dialect_, provenance, expected)

    return write
