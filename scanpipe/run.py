"""Owns one run from scans to tables: reading and reporting, one after the other."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scanpipe import tools
from scanpipe.form import load_form
from scanpipe.reading import pipeline
from scanpipe.reading.record import Note, PageReading
from scanpipe.reporting import DIALECTS, Outcome, Provenance, dialect_for, write_run

OUTPUT = Path("output")

Progress = Callable[[int, int], None]


def read_scans(
    form_path: Path,
    scans: Sequence[Path],
    folder: Path | None = None,
    workers: int = 1,
    csv: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Read `scans`, files or folders of them, by the form and write the tables to `folder`.

    `folder` is output/<form id> if not given, and `csv` (`semicolon` or `comma`) what the form's
    language is used to. `progress` is told the pages done, and all. Raises FormError,
    MissingToolError, UsageError for a scan that is not there, and OutputError.
    """
    form = load_form(form_path)
    stack = pipeline.open_stack(scans)
    tools.require([form.words.tesseract])
    dialect = DIALECTS[csv] if csv else dialect_for(form.words)
    seconds: dict[str, float] = {}
    notes: list[Note] = []
    provenance = Provenance(
        options={"form": str(form_path), "workers": workers, "csv": dialect.name},
        thresholds=pipeline.thresholds(),
        inputs=stack.inputs,
        seconds=seconds,
        notes=notes,
    )
    read = pipeline.read_stack(form, stack, workers, notes)
    pages = _timed(read, stack.page_count, progress, seconds)
    return write_run(form, pages, folder or OUTPUT / form.id, dialect, provenance)


def _timed(
    pages: Iterator[PageReading],
    total: int,
    progress: Progress | None,
    seconds: dict[str, float],
) -> Iterator[PageReading]:
    """Yield `pages`, telling `progress` of each; `seconds` holds the time once all have come."""
    started = time.perf_counter()
    if progress:
        progress(0, total)
    for done, page in enumerate(pages, start=1):
        if progress:
            progress(done, total)
        yield page
    seconds["reading"] = round(time.perf_counter() - started, 3)
