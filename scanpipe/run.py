"""Owns one run from scans to tables: reading and reporting, one after the other."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from scanpipe import tools
from scanpipe.errors import NothingReadableError
from scanpipe.form import load_form
from scanpipe.reading import pipeline
from scanpipe.reading.record import Note, PageReading
from scanpipe.reporting import (
    DIALECTS,
    Outcome,
    Provenance,
    Store,
    alone_in,
    dialect_for,
    software,
    write_run,
)

OUTPUT = Path("output")

Progress = Callable[[int, int], None]


def read_scans(
    form_path: Path,
    scans: Sequence[Path],
    folder: Path | None = None,
    workers: int = 1,
    csv: str | None = None,
    progress: Progress | None = None,
    continued: Progress | None = None,
    expected: int | None = None,
) -> Outcome:
    """Read `scans`, files or folders of them, by the form and write the tables to `folder`.

    `folder` is output/<form id> if not given, and `csv` (`semicolon` or `comma`) what the form's
    language is used to. `progress` is told the pages done, and all. `expected`: the slips handed
    in, to be compared with those that are read.

    What a run has read before it was stopped is not read again; `continued` is then told how many
    pages that are, and of how many. Raises FormError, MissingToolError, UsageError for a scan
    that is not there, and OutputError.
    """
    form = load_form(form_path)
    stack = pipeline.open_stack(scans)
    found = tools.require([form.words.tesseract])
    dialect = DIALECTS[csv] if csv else dialect_for(form.words)
    seconds: dict[str, float] = {}
    notes: list[Note] = []
    provenance = Provenance(
        options={
            "scans": [str(path) for path in scans],
            "form": str(form_path),
            "workers": workers,
            "csv": dialect.name,
            "expected": expected,
        },
        software=software(found),
        pages=stack.page_count,
        thresholds=pipeline.thresholds(),
        inputs=stack.inputs,
        seconds=seconds,
        notes=notes,
    )
    folder = folder or OUTPUT / form.id
    circumstances = pipeline.circumstances(form, found)
    with alone_in(folder) as place, closing(Store(place, circumstances)) as store:
        known = min(store.count(sha256 for _, sha256 in stack.inputs), stack.page_count)
        if known and continued:
            continued(known, stack.page_count)
        read = pipeline.read_stack(form, stack, workers, notes, store, place)
        with closing(read), _forgetting_wrong_scans(store):
            pages = _timed(read, known, stack.page_count, progress, seconds)
            outcome = write_run(form, pages, folder, dialect, provenance, expected)
        store.remove()
    return outcome


@contextmanager
def _forgetting_wrong_scans(store: Store) -> Iterator[None]:
    """Leave no readings behind when the run ends because they are not of this event."""
    try:
        yield
    except NothingReadableError:
        store.remove()
        raise


def _timed(
    pages: Iterator[PageReading],
    known: int,
    total: int,
    progress: Progress | None,
    seconds: dict[str, float],
) -> Iterator[PageReading]:
    """Yield `pages`, telling `progress` of each but those `known`, which need no reading.

    `seconds` holds the time once all have come.
    """
    started = time.perf_counter()
    if progress:
        progress(known, total)
    for done, page in enumerate(pages, start=1):
        if progress and done > known:
            progress(done, total)
        yield page
    seconds["reading"] = round(time.perf_counter() - started, 3)
