"""Reports of small runs, written once, to be looked at."""

import datetime
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from scanpipe.reporting import auditing
from scanpipe.reporting.auditing import Answer, OpenAudit
from scanpipe.reporting.report import write_report, writing
from scanpipe.reporting.report.findings import gather
from scanpipe.reporting.report.page import page_bytes
from scanpipe.reporting.run_file import load_run

VOID_TAGS = {"meta", "br", "img", "input", "link", "hr"}


class Page(HTMLParser):
    """report.html as a tree, read by a parser that complains of tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self._builder = ET.TreeBuilder()
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []
        self.tree = self._builder.close()

    def handle_starttag(self, tag, attrs):
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID_TAGS:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        self._builder.end(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        self._builder.end(tag)

    def handle_data(self, data):
        self._builder.data(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.tree.itertext()).split())

    def rows(self, table: int) -> list[list[str]]:
        """The body of a table, by its number from 0, as a person sees it."""
        body = self.tree.findall(".//table")[table].find("tbody")
        return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in body]


@pytest.fixture
def page(folder):
    """Read the report.html that lies in the folder."""

    def read() -> Page:
        return Page((folder.path / "report.html").read_text(encoding="utf-8"))

    return read


@pytest.fixture
def look(write, folder):
    """Write a run, and return the page that tells of it."""

    def make(stack, /, **options) -> Page:
        write(stack, **options)
        return Page(page_bytes(gather(folder.path)).decode())

    return make


@pytest.fixture
def check(folder, monkeypatch):
    """Have a person check slips drawn at random, of which so many say something else."""
    monkeypatch.setattr(auditing, "now", lambda: datetime.datetime(2026, 11, 21, 14, 30))

    def make(slips, differing=0) -> None:
        audit = OpenAudit(folder.path, load_run(folder.path), slips, 7)
        audit.begin()
        for place, name in enumerate(audit.audit.drawn):
            reading = audit.readings[name]
            rating = "void" if place < differing else str(reading.rating or "blank")
            assert audit.answer(name, Answer(reading.session, rating))

    return make


@pytest.fixture
def no_charts(monkeypatch):
    """Charts take longest, and most tests are about something else."""
    pictures = {"charts/sessions.png": b"picture", "charts/sessions.svg": b"<svg/>"}
    monkeypatch.setattr(writing, "chart_files", lambda _: pictures)


@pytest.fixture
def report(write, folder):
    """Write a run, and its report; return where it stands."""

    def make(stack, /, **options):
        write(stack, **options)
        return write_report(folder.path)

    return make
