"""Owns one run from scans to tables: reading and reporting, one after the other."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from scanpipe import tools
from scanpipe.errors import NothingReadableError, OutputError
from scanpipe.form import Form, load_form
from scanpipe.loading import without_collecting
from scanpipe.messages import messages_for
from scanpipe.paperless import is_paperless
from scanpipe.printed import (
    Printed,
    load_printed,
    rebuilt,
    save_printed,
    sessions_of,
    told_at_reading,
    told_lost,
    told_of_earlier,
    with_printing,
)
from scanpipe.reading.contents import content_of
from scanpipe.reading.crews import Crew, LocalCrew
from scanpipe.reading.processes import temporary_files_in
from scanpipe.reading.record import Content, Note, NoteKind, PageReading
from scanpipe.reading.scanfiles import refuse_output_inside
from scanpipe.reading.stack import Stack, open_stack
from scanpipe.vocabulary import Reason

if TYPE_CHECKING:
    from scanpipe.other_forms import Strangers
    from scanpipe.reading.kinds import SlipKinds
    from scanpipe.reporting import Outcome, Provenance, Store

OUTPUT = Path("output")

Progress = Callable[[int, int], None]


def read_scans(
    form_path: Path,
    scans: Sequence[Path],
    *,
    folder: Path | None = None,
    workers: int = 1,
    csv: str | None = None,
    progress: Progress | None = None,
    continued: Progress | None = None,
    waiting: Callable[[], None] | None = None,
    expected: int | None = None,
    dask: str | None = None,
    crops: bool | None = None,
    meanwhile: Callable[[], None] | None = None,
    ready: Sequence[Path] | None = None,
) -> "Outcome":
    """Read `scans`, files or folders of them, by the form and write the tables to `folder`.

    `folder` is output/<form id> if not given, and `csv` (`semicolon` or `comma`) what the form's
    language is used to. `progress` is told the pages done, and all. `expected`: the slips handed
    in, to be compared with those that are read. `dask`: the address of a cluster whose workers
    read instead of `workers` processes here, or `local` for a cluster of so many processes.
    `crops`: whether pictures of the slips in doubt stay in `folder`; None: as in the last run.

    What a run has read before it was stopped is not read again; `continued` is then told how many
    pages that are, and of how many. `waiting` is called now and then while no worker of the cluster
    is connected, on a thread of its own. `meanwhile` is called on a thread of its own while others
    read. `ready`: the files that are read of `scans`, folders to which more will come; what was
    read of them then stays in `folder` for the next time.

    Raises FormError, MissingToolError, UsageError for a scan or a cluster that is not there, and
    OutputError.
    """
    form, known = _form(form_path)
    tell = progress or _in_silence
    folder = folder or OUTPUT / form.id
    for scan in scans:
        refuse_output_inside(scan, folder)
    with ThreadPoolExecutor(1) as aside:
        asked = aside.submit(tools.require, form.models)
        stack = open_stack(scans if ready is None else ready)
        total = stack.page_count
        tell(0, total)
        # Only now what takes long to load.
        with without_collecting():
            from scanpipe import reporting

        found = asked.result()
    printed, told, lost = _printed(form, known, stack)
    dialect = reporting.DIALECTS[csv] if csv else reporting.dialect_for(form.words)
    from scanpipe.reading.kinds import kinds_of

    kinds = kinds_of(form, printed)
    earlier = told_of_earlier(kinds.counting, messages_for(form.language))
    with (
        reporting.alone_in(folder) as place,
        _crew(kinds, workers, dask, place, waiting) as crew,
    ):
        with without_collecting():
            from scanpipe.other_forms import Strangers, told_whose
            from scanpipe.reading import pipeline

        seconds: dict[str, float] = {}
        strangers = Strangers()
        notes: list[Note] = []
        options = {
            "scans": [str(path) for path in scans],
            "form": str(form_path),
            "workers": workers,
            "dask": dask,
            "csv": dialect.name,
            "expected": expected,
            "crops": crops,
        }
        provenance = _provenance(options, found, stack, seconds, notes)
        provenance |= {"printed": printed.model_dump(mode="json"), "changes": told}
        circumstances = pipeline.circumstances(kinds, found)
        with closing(reporting.Store(place, circumstances)) as store:
            read_before = min(store.count(sha256 for _, sha256 in stack.inputs), total)
            if read_before and continued:
                continued(read_before, total)
            read = pipeline.read_stack(kinds, stack, workers, notes, store, place, crew)
            with closing(read), _forgetting_wrong_scans(store):
                own = strangers.among(read)
                if lost:
                    own = _keeping_lock(own, strangers, printed, form_path, form, told)
                pages = _timed(own, read_before, total, tell, seconds, meanwhile)
                outcome = reporting.write_run(
                    kinds.form, pages, folder, dialect, provenance, expected, earlier
                )
                told += tuple(
                    earlier[each.id] for each in outcome.form.sessions if each.id in earlier
                )
            if ready is None:
                store.remove()
            else:
                store.forget_all_but(sha256 for _, sha256 in stack.inputs)
        if any(note.kind is NoteKind.OTHER_FORM for note in notes):
            with temporary_files_in(place):
                told += told_whose(strangers, stack, form_path, scans, messages_for(form.language))
    told += [*_told_left_out(stack, form), *_told_unreadable(stack, form)]
    return replace(outcome, warnings=(*told, *outcome.warnings))


def _keeping_lock(
    pages: Iterator[PageReading],
    strangers: "Strangers",
    printed: Printed,
    form_path: Path,
    form: Form,
    told: list[str],
) -> Iterator[PageReading]:
    """Yield `pages`; then keep what was `printed` in place of the lock file that is lost, and say
    so. A form of which no slip came was named by mistake, and may never have been printed.
    """
    yield from pages
    if not strangers.are_all:
        told.append(told_lost(form, messages_for(form.language)))
        with suppress(OutputError):  # the form may lie where nothing can be written
            save_printed(printed, form_path, form)


def _told_left_out(stack: Stack, form: Form) -> list[str]:
    t = messages_for(form.language)
    return [
        t("{file} holds slips as they were printed, and is no scan: it was left out.", file=path)
        for path in stack.left_out
    ]


def _told_unreadable(stack: Stack, form: Form) -> Iterator[str]:
    """Yield what the files are that could not be opened, and what to do about them."""
    from scanpipe.reporting.odd_files import told_contents

    closed = [
        (each.name, Content.LOCKED) for each in stack.files if each.problem is Reason.ENCRYPTED
    ]
    odd = [
        (each.name, content_of(each.path))
        for each in stack.files
        if each.problem is Reason.UNREADABLE_FILE
    ]
    return told_contents([*closed, *odd], messages_for(form.language))


def _form(form_path: Path) -> tuple[Form, Printed | None]:
    """Return the form, and what was printed of it, None if nobody knows.

    Raises FormError if the form does not mean what it meant then.
    """
    form = load_form(form_path)
    known = load_printed(form_path, form)
    if known:
        sessions_of(known, form)
    return form, known


def _printed(form: Form, known: Printed | None, stack: Stack) -> tuple[Printed, list[str], bool]:
    """Return what was printed of the form, what is to be said of it, and whether nobody knows any
    more what was printed: then it is taken from the form.

    A stack that was made without paper is read as if the form were printed as it is.
    """
    t = messages_for(form.language)
    borrowed = form.words.model_note(t) if form.models else ""
    paperless = bool(stack.files) and all(is_paperless(file.path) for file in stack.files)
    printed = with_printing(known, form, None) if paperless else known or rebuilt(form)
    told = [*([borrowed] if borrowed else []), *told_at_reading(sessions_of(printed, form), t)]
    return printed, told, known is None and not paperless


def _provenance(
    options: Mapping[str, object],
    found: Mapping[str, str],
    stack: Stack,
    seconds: Mapping[str, float],
    notes: Sequence[Note],
) -> "Provenance":
    """Return how the stack is read; `seconds` and `notes` are filled while it is."""
    from scanpipe import reporting
    from scanpipe.reading import pipeline

    return reporting.Provenance(
        options=options,
        software=reporting.software(found),
        pages=stack.page_count,
        thresholds=pipeline.thresholds(),
        inputs=stack.inputs,
        seconds=seconds,
        notes=notes,
    )


def _in_silence(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


@contextmanager
def _crew(
    kinds: "SlipKinds",
    workers: int,
    dask: str | None,
    place: Path,
    waiting: Callable[[], None] | None,
) -> Iterator[Crew]:
    """Have those who read; they keep their temporary files in `place`."""
    crew: Crew
    if dask is None:
        crew = _local_crew(workers, place)
    else:
        crew = _cluster(kinds, workers, dask, place, waiting)
    try:
        yield crew
    finally:
        crew.stop()


def _local_crew(workers: int, place: Path) -> LocalCrew:
    crew = LocalCrew(workers, place)
    crew.begin("scanpipe.reading.pipeline")
    return crew


def _cluster(
    kinds: "SlipKinds",
    workers: int,
    address: str,
    place: Path,
    waiting: Callable[[], None] | None,
) -> Crew:
    from scanpipe.reading import pipeline
    from scanpipe.reading.cluster import ClusterCrew

    return ClusterCrew(address, workers, partial(pipeline.facts, kinds), place, waiting)


@contextmanager
def _forgetting_wrong_scans(store: "Store") -> Iterator[None]:
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
    tell: Progress,
    seconds: dict[str, float],
    meanwhile: Callable[[], None] | None,
) -> Iterator[PageReading]:
    """Yield `pages`, and `tell` of each but those `known`, which need no reading.

    `seconds` holds the time once all have come; `meanwhile` is begun once the first has, when all
    workers are busy, and has ended then too.
    """
    started = time.perf_counter()
    tell(known, total)
    aside = Thread(target=meanwhile, daemon=True)
    for done, page in enumerate(pages, start=1):
        if done == 1:
            aside.start()
        if done > known:
            tell(done, total)
        yield page
    seconds["reading"] = round(time.perf_counter() - started, 3)
    if aside.ident:
        aside.join()
