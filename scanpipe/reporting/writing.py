"""Owns the output folder's two transactions: a run's files written, corrections taken back."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from scanpipe.errors import NothingReadableError, OutputError
from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.reading.record import Note, PageReading
from scanpipe.reporting import run_file
from scanpipe.reporting.balance import Arrivals
from scanpipe.reporting.collecting import collect
from scanpipe.reporting.crops import FOLDERS, Crops
from scanpipe.reporting.dialect import Dialect
from scanpipe.reporting.files import (
    make_folder,
    refuse_if_in_use,
    refuse_if_leading_out,
    refuse_if_open,
)
from scanpipe.reporting.leaving import gone_from, told_gone
from scanpipe.reporting.merging import (
    as_decided,
    refuse_wrong_entries,
    take,
    without_strangers,
)
from scanpipe.reporting.outcome import Outcome
from scanpipe.reporting.output_files import (
    RESULTS,
    REVIEW,
    SUMMARY,
    output_paths,
    write_output,
)
from scanpipe.reporting.run_file import Run, load_run, no_run
from scanpipe.reporting.unseen import without_unseen
from scanpipe.reporting.workbench import alone_in


def write_run(
    form: Form,
    pages: Iterable[PageReading],
    folder: Path,
    dialect: Dialect,
    provenance: Mapping[str, object],
    expected: int | None = None,
    earlier: Mapping[str, str] | None = None,
) -> Outcome:
    """Write the tables of a stack into `folder`, keeping what was entered in its review.csv.

    `pages` are taken one by one. `provenance` (version, options, thresholds, hashes, timings,
    notes on the stack) goes into run.json as it is when the last page has come. Pictures are kept
    unless its option `crops` is False, or is None and was False in the earlier run. `expected`:
    the slips handed in, None if nobody counted them. `earlier`: of the form's sessions that
    stand only on slips printed earlier their ids, and what is to be said of each; those of which
    no slip came are left out.

    Raises:
        OutputError: the folder cannot be written, holds something else, or corrections that
            these pages do not bear out. ReviewError: its review.csv has wrong entries.
            NothingReadableError: it holds slips, and these pages none. In every case the files
            of an earlier run stand as they stood.
    """
    make_folder(folder)
    _refuse_what_cannot_be_written(folder)
    before, path = _earlier_run(folder, form), folder / REVIEW
    refuse_wrong_entries(take(path, before, form).review, before, form, path)
    wanted = _keeps_pictures(provenance, before)
    crops = Crops(folder, before.images if before else frozenset(), wanted=wanted)
    try:
        arrivals, rows = collect(pages, crops, form)
        _refuse_to_empty(before, arrivals, folder)
        # Reading takes minutes, in which somebody may have saved review.csv once more.
        refuse_if_open(path)
        taken = take(path, before, form)
        review = without_strangers(taken.review, rows, before, path)
        form = without_unseen(form, earlier or {}, rows, review)
        run = Run(
            form,
            dialect,
            arrivals,
            rows,
            _as_kept(provenance, wanted) | _with_changes(provenance, earlier or {}, form),
            _notes(provenance),
            as_decided(review, rows, before, form, path),
            journal=before.journal if before else (),
            expected=expected,
        )
        crops.give_up_all_but(run.images)
        outcome = write_output(run, before, taken, folder)
    except BaseException:
        crops.take_back(_pictures_in(folder))
        raise
    crops.remove_given_up(run.images)
    return _telling_of_gone(outcome, before, run)


def _telling_of_gone(outcome: Outcome, before: Run | None, run: Run) -> Outcome:
    gone = gone_from(before, run)
    said = told_gone(gone, messages_for(run.form.language))
    return replace(outcome, gone=gone, warnings=(said, *outcome.warnings)) if said else outcome


def _keeps_pictures(provenance: Mapping[str, object], before: Run | None) -> bool:
    """Tell whether a run keeps pictures: as asked, else as the run `before`, else yes."""
    asked = _options(provenance).get("crops")
    if asked is None and before is not None:
        asked = _options(before.provenance).get("crops")
    return asked is not False


def _options(provenance: Mapping[str, object]) -> Mapping[str, object]:
    options = provenance.get("options")
    return options if isinstance(options, Mapping) else {}


def _as_kept(provenance: Mapping[str, object], wanted: bool) -> dict[str, object]:
    """Return `provenance` with the option `crops` as it was in force, whoever chose it."""
    options = _options(provenance)
    if wanted and "crops" not in options:
        return dict(provenance)
    return {**provenance, "options": {**options, "crops": wanted}}


def _with_changes(
    provenance: Mapping[str, object], earlier: Mapping[str, str], form: Form
) -> dict[str, object]:
    """Return the changes since printing with what is said of the `earlier` sessions in `form`."""
    told = [earlier[each.id] for each in form.sessions if each.id in earlier]
    before = provenance.get("changes", ())
    return {"changes": (*before, *told)} if told and isinstance(before, Sequence) else {}


def _pictures_in(folder: Path) -> Set[str]:
    """Return what run.json names: it may have been replaced before something went wrong."""
    run = load_run(folder)
    return run.images if run else frozenset()


def _refuse_to_empty(before: Run | None, arrivals: Arrivals, folder: Path) -> None:
    """Keep a table with slips in it from being replaced by one without."""
    if before and before.arrivals.pages_with_slips and not arrivals.pages_with_slips:
        raise NothingReadableError(
            f"no slip was found on any of the {arrivals.pages} pages; the tables in {folder} "
            "stand as they stood",
            "Check that these are the right scans, or choose another folder with -o.",
        )


def apply_review(folder: Path) -> Outcome:
    """Take review.csv in `folder` back into its tables; twice gives the same bytes.

    Raises:
        OutputError: the folder holds no run, cannot be written, or a run is at work in it.
        ReviewError: review.csv has wrong entries. Nothing was changed.
    """
    if not (folder / run_file.NAME).exists():
        raise no_run(folder)
    with alone_in(folder):
        return _apply(folder)


def _apply(folder: Path) -> Outcome:
    before, path = load_run(folder), folder / REVIEW
    if before is None:
        raise no_run(folder)
    _refuse_what_cannot_be_written(folder)
    taken = take(path, before)
    if taken.data is None:
        raise OutputError(f"there is no {path}", "Put it back, or read the scans once more.")
    return write_output(replace(before, review=taken.review), before, taken, folder)


def _refuse_what_cannot_be_written(folder: Path) -> None:
    for place in FOLDERS:
        refuse_if_leading_out(folder, place)
    refuse_if_open(folder / REVIEW)
    refuse_if_in_use(output_paths(folder))


def _notes(provenance: Mapping[str, object]) -> tuple[Note, ...]:
    notes = provenance.get("notes", ())
    return tuple(notes) if isinstance(notes, Sequence) else ()


def _earlier_run(folder: Path, form: Form) -> Run | None:
    """Return the run in `folder`, if any; raise OutputError if its files are of another kind."""
    run = load_run(folder)
    if run is None:
        for name in (RESULTS, SUMMARY):
            if (folder / name).exists():
                raise OutputError(
                    f"{folder / name} is there, but no {run_file.NAME}: it may not be scanpipe's",
                    "Move it away, or choose another folder with -o.",
                )
    elif run.form.id != form.id:
        raise OutputError(
            f"{folder} holds the slips of the form {run.form.id!r}, not of {form.id!r}",
            "Choose another folder with -o.",
        )
    return run
