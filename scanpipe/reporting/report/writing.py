"""Owns putting the report into the output folder: all of its files, or none."""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from scanpipe.loading import without_collecting
from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.files import (
    make_folder,
    read_if_there,
    refuse_if_in_use,
    refuse_if_leading_out,
    refuse_if_open,
    write_all,
)
from scanpipe.reporting.keeping import copy_of
from scanpipe.reporting.report.charts import FOLDER, chart_files
from scanpipe.reporting.report.findings import Findings, gather
from scanpipe.reporting.report.page import load_templates, page_bytes
from scanpipe.reporting.report.slide import prepare_slides
from scanpipe.reporting.report.workbook import CREATED, workbook_bytes
from scanpipe.reporting.run_file import NAME, no_run
from scanpipe.reporting.workbench import alone_in
from scanpipe.shell import quoted

PAGE, WORKBOOK = "report.html", "report.xlsx"

_PROPERTIES = "docProps/core.xml"
_OURS = f"{CREATED:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>".encode()
"""Excel and LibreOffice write the time of saving in its place."""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The report of a folder. `kept`: copies of what a person had saved in its place; `unapplied`:
    review.csv holds what the report does not; `adds_up`: whether the balance does.
    """

    page: Path
    workbook: Path
    charts: tuple[Path, ...]
    kept: tuple[Path, ...]
    unapplied: bool
    adds_up: bool
    language: str

    @property
    def said(self) -> tuple[str, ...]:
        """Where the report is, and what is odd, in sentences in the form's language."""
        return tuple(_said(self, messages_for(self.language)))


def prepare_report() -> None:
    """Load what `write_report` needs: a second's work that can be done while others read scans.

    It must have ended before `write_report` begins.
    """
    with without_collecting():
        import pandas  # noqa: F401
        import xlsxwriter  # noqa: F401

        prepare_slides()
        load_templates()


def write_report(folder: Path) -> ReportFiles:
    """Write the report of the finished run in `folder`; the tables are left as they are.

    The same run and review give the same bytes. The time that it takes grows as the slips do.

    Raises:
        OutputError: the folder holds no run, a file of the report cannot be written, or a run is
            at work there. Nothing was changed.
    """
    if not (folder / NAME).exists():
        raise no_run(folder)
    with alone_in(folder):
        return _write(folder)


def _write(folder: Path) -> ReportFiles:
    refuse_if_leading_out(folder, FOLDER)
    refuse_if_open(folder / WORKBOOK)
    refuse_if_in_use((folder / PAGE, folder / WORKBOOK))
    findings = gather(folder)
    charts = {folder / name: data for name, data in chart_files(findings).items()}
    files = charts | {
        folder / PAGE: page_bytes(findings),
        folder / WORKBOOK: workbook_bytes(findings),
    }
    kept = _kept(folder / WORKBOOK)
    make_folder(folder / FOLDER)
    write_all(kept | files)
    return _written(folder, findings, tuple(charts), tuple(kept))


def _written(
    folder: Path, findings: Findings, charts: tuple[Path, ...], kept: tuple[Path, ...]
) -> ReportFiles:
    return ReportFiles(
        folder / PAGE,
        folder / WORKBOOK,
        charts,
        kept,
        findings.unapplied,
        findings.balance.adds_up,
        findings.form.language,
    )


def _kept(workbook: Path) -> dict[Path, bytes]:
    """Return a dated copy of a workbook that somebody has saved: it may hold notes of theirs."""
    data = read_if_there(workbook)
    return {} if data is None or _is_as_written(data) else copy_of(workbook, data)


def _is_as_written(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            return _OURS in parts.read(_PROPERTIES)
    except Exception:  # libraries raise many kinds at a damaged file, and all mean the same here
        return False


def _said(files: ReportFiles, t: Messages) -> list[str]:
    said = [
        t(
            "The report is in {page}, and for Excel in {workbook}; pictures for slides are in "
            "{charts}.",
            page=files.page,
            workbook=files.workbook.name,
            charts=files.charts[0].parent.name,
        )
    ]
    if files.unapplied:
        said.append(
            t(
                "review.csv was changed since it was last taken in, and the report does not hold "
                "that: run `scanpipe apply {folder}`.",
                folder=quoted(files.page.parent),
            )
        )
    said += [
        t(
            "{name} had been saved by somebody. It is made anew; what stood there is in {copy}.",
            name=files.workbook.name,
            copy=copy.name,
        )
        for copy in files.kept
    ]
    return said
