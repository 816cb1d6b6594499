"""Owns the beginning of a run: its folder, and those who read, who take a second to come."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scanpipe.form import load_form
from scanpipe.loading import without_collecting
from scanpipe.reading.crews import LocalCrew
from scanpipe.reading.nursery import READERS
from scanpipe.reading.scanfolders import refuse_output_inside
from scanpipe.reading.stack import open_stack

if TYPE_CHECKING:
    from scanpipe.one_run import Progress
    from scanpipe.reporting import Outcome

OUTPUT = Path("output")


def read_scans(
    form_path: Path,
    scans: Sequence[Path],
    *,
    folder: Path | None = None,
    workers: int = 1,
    csv: str | None = None,
    progress: "Progress | None" = None,
    continued: "Progress | None" = None,
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
    form = load_form(form_path)
    folder = folder or OUTPUT / form.id
    for scan in scans:
        refuse_output_inside(scan, folder)
    stack = open_stack(scans if ready is None else ready)
    if progress:
        progress(0, stack.page_count)
    # Only now what takes long to load.
    with without_collecting():
        from scanpipe.reporting import alone_in

    with alone_in(folder) as place, _crew_here(0 if dask else workers, place) as crew:
        with without_collecting():
            from scanpipe.one_run import Order, carry_out

        return carry_out(
            Order(form_path, scans, ready, folder, workers, csv, expected, dask, crops),
            form,
            stack,
            place,
            crew,
            progress=progress,
            continued=continued,
            waiting=waiting,
            meanwhile=meanwhile,
        )


@contextmanager
def _crew_here(workers: int, place: Path) -> Iterator[LocalCrew | None]:
    """Have so many processes begin, and stop them at the end; None for none.

    They keep their temporary files in `place`, and load what they need while their parent does.
    """
    if not workers:
        yield None
        return
    crew = LocalCrew(workers, place, READERS)
    try:
        crew.begin()
        yield crew
    finally:
        crew.stop()
