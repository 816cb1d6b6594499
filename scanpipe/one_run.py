"""Owns one run from scans to tables: reading and reporting, one after the other."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Thread

from scanpipe import tools
from scanpipe.errors import NothingReadableError, OutputError
from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.other_forms import Strangers, told_whose
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
from scanpipe.reading import pipeline
from scanpipe.reading.contents import content_of
from scanpipe.reading.crews import Crew
from scanpipe.reading.kinds import SlipKinds, kinds_of
from scanpipe.reading.processes import temporary_files_in
from scanpipe.reading.record import Content, Note, NoteKind, PageReading
from scanpipe.reading.stack import Stack
from scanpipe.reporting import (
    DIALECTS,
    Outcome,
    Provenance,
    Store,
    dialect_for,
    software,
    write_run,
)
from scanpipe.reporting.odd_files import told_contents
from scanpipe.vocabulary import Reason

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and how, in the words of `read_scans`."""

    form_path: Path
    scans: Sequence[Path]
    ready: Sequence[Path] | None
    folder: Path
    workers: int
    csv: str | None
    expected: int | None
    dask: str | None
    crops: bool | None

    def options(self, csv: str) -> dict[str, object]:
        """Return what was asked for, and which CSV files that gives, for the record of the run."""
        return {
            "scans": [str(path) for path in self.scans],
            "form": str(self.form_path),
            "workers": self.workers,
            "dask": self.dask,
            "csv": csv,
            "expected": self.expected,
            "crops": self.crops,
        }


def carry_out(
    order: Order,
    form: Form,
    stack: Stack,
    place: Path,
    crew: Crew | None,
    *,
    progress: Progress | None,
    continued: Progress | None,
    waiting: Callable[[], None] | None,
    meanwhile: Callable[[], None] | None,
) -> Outcome:
    """Have `crew`, or the cluster's, read the `stack` by `form`, and write the tables.

    Temporary files, and what is read, lie in `place`. See `read_scans`.
    """
    tell = progress or _in_silence
    t, total = messages_for(form.language), stack.page_count
    with ThreadPoolExecutor(1) as aside:
        asked = aside.submit(tools.require, form.models)
        known = _known(order.form_path, form)
        found = asked.result()
    printed, told, lost = _printed(form, known, stack)
    dialect = DIALECTS[order.csv] if order.csv else dialect_for(form.words)
    kinds = kinds_of(form, printed)
    earlier = told_of_earlier(kinds.counting, t)
    seconds: dict[str, float] = {}
    strangers = Strangers()
    notes: list[Note] = []
    provenance = _provenance(order.options(dialect.name), found, stack, seconds, notes)
    provenance |= {"printed": printed.model_dump(mode="json"), "changes": told}
    circumstances = pipeline.circumstances(kinds, found)
    with (
        nullcontext(crew) if crew else _cluster(kinds, order, place, waiting) as readers,
        closing(Store(place, circumstances)) as store,
    ):
        read_before = min(store.count(sha256 for _, sha256 in stack.inputs), total)
        if read_before and continued:
            continued(read_before, total)
        read = pipeline.read_stack(kinds, stack, order.workers, notes, store, place, readers)
        with closing(read), _forgetting_wrong_scans(store):
            own = strangers.among(read)
            if lost:
                own = _keeping_lock(own, strangers, printed, order.form_path, form, told)
            pages = _timed(own, read_before, total, tell, seconds, meanwhile)
            outcome = write_run(
                kinds.form, pages, order.folder, dialect, provenance, order.expected, earlier
            )
            told += [earlier[each.id] for each in outcome.form.sessions if each.id in earlier]
        if order.ready is None:
            store.remove()
        else:
            store.forget_all_but(sha256 for _, sha256 in stack.inputs)
    if any(note.kind is NoteKind.OTHER_FORM for note in notes):
        with temporary_files_in(place):
            told += told_whose(strangers, stack, order.form_path, order.scans, t)
    told += [*_told_left_out(stack, form), *_told_unreadable(stack, form)]
    return replace(outcome, warnings=(*told, *outcome.warnings))


def _keeping_lock(
    pages: Iterator[PageReading],
    strangers: Strangers,
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
    closed = [
        (each.name, Content.LOCKED) for each in stack.files if each.problem is Reason.ENCRYPTED
    ]
    odd = [
        (each.name, content_of(each.path))
        for each in stack.files
        if each.problem is Reason.UNREADABLE_FILE
    ]
    return told_contents([*closed, *odd], messages_for(form.language))


def _known(form_path: Path, form: Form) -> Printed | None:
    """Return what was printed of the form, None if nobody knows.

    Raises FormError if the form does not mean what it meant then.
    """
    known = load_printed(form_path, form)
    if known:
        sessions_of(known, form)
    return known


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
) -> Provenance:
    """Return how the stack is read; `seconds` and `notes` are filled while it is."""
    return Provenance(
        options=options,
        software=software(found),
        pages=stack.page_count,
        thresholds=pipeline.thresholds(),
        inputs=stack.inputs,
        seconds=seconds,
        notes=notes,
    )


def _in_silence(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


@contextmanager
def _cluster(
    kinds: SlipKinds, order: Order, place: Path, waiting: Callable[[], None] | None
) -> Iterator[Crew]:
    """Have the workers of a Dask cluster, and let go of them at the end."""
    from scanpipe.reading.cluster import ClusterCrew

    facts = partial(pipeline.facts, kinds)
    crew = ClusterCrew(order.dask or "", order.workers, facts, place, waiting)
    try:
        yield crew
    finally:
        crew.stop()


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
