"""report.html as Chromium prints it on A4."""

import shutil
import subprocess

import pytest

from scanpipe.form import Session
from scanpipe.reporting.report.findings import gather
from scanpipe.reporting.report.page import page_bytes

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "no-first-run")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed"),
]


@pytest.fixture
def printed(write, folder, tmp_path):
    """Print the report of a run; return the lines of each sheet of paper."""

    def make(pages, **options) -> list[list[str]]:
        write(pages, **options)
        html, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
        html.write_bytes(page_bytes(gather(folder.path)))
        flags = [*(f"--{flag}" for flag in FLAGS), f"--user-data-dir={tmp_path / 'browser'}"]
        words = [CHROMIUM, *flags, f"--print-to-pdf={pdf}", html.as_uri()]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
        told = subprocess.run(
            ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True
        )
        sheets = told.stdout.split("\f")[:-1]
        return [[line.strip() for line in each.splitlines() if line.strip()] for each in sheets]

    return make


def test_no_heading_stands_alone_above_a_table_too_long_for_the_rest_of_the_sheet(
    printed, readings, form
) -> None:
    sessions = tuple(Session(id=f"X{i}", name=f"Talk {i:02d} of the day") for i in range(1, 36))
    many = form.model_copy(update={"language": "en", "sessions": sessions})
    pages = [
        readings.page(readings.slip(f"bcd-{i}", session.id, 4))
        for i, session in enumerate(sessions)
    ]
    sheets = printed(pages, of=many)
    heads = ("The result", "The slips", "How sure are we?")
    assert all(any(head in sheet for sheet in sheets) for head in heads)
    assert [sheet[-1] for sheet in sheets if sheet[-1] in heads] == []
    # The table begins below its heading, and goes on below its head on the next sheet.
    assert any(line.startswith("Talk 01") for line in sheets[0])
    assert any(line.startswith("Session") for line in sheets[1])
