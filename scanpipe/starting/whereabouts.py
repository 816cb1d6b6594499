"""Owns what stands in an organiser's folder: forms, printed slips, scans, tables. Only looks."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import Any

from scanpipe.errors import FormError, ScanpipeError
from scanpipe.form import Form, load_form
from scanpipe.printed import load_printed, lock_path, sessions_of

FORMS, SCANS, OUTPUT = Path("forms"), Path("scans"), Path("output")

EXAMPLES_TOLD_OF = "README.md"
"""Stands in forms/ where the examples do that come with scanpipe."""

TOGETHER_NS = 600 * 10**9
"""Files that were unpacked, or copied, together are not further apart in time."""

_BY_NEW = b"#:schema"
"""How every form begins that `scanpipe new` has written; no example does."""


class Fault(Enum):
    """Why a form can be neither printed nor read as it is."""

    MISTAKES = auto()
    """Of the form file itself."""
    LOCK = auto()
    """Its lock file cannot be used."""
    CHANGED = auto()
    """It no longer means what it meant when slips were printed."""
    UNFIT = auto()
    """What it says does not go on its slips, of which none is printed yet."""


@dataclass(frozen=True, slots=True)
class FormThere:
    """A form file: `form`, None if it has mistakes. `fault`: what keeps it from being used, told
    by `problems`; `hint`: what to do about it. `printed`: when slips of it were last printed, None
    if nobody knows; `has_slips`: whether slips were printed at all. `changed_ns`: when the file was
    last changed; `locked_ns`: its lock file, 0 if there is none. `example`: it came with scanpipe,
    and nobody has made it the form of an event.
    """

    path: Path
    form: Form | None = None
    problems: tuple[str, ...] = ()
    has_slips: bool = False
    printed: date | None = None
    fault: Fault | None = None
    hint: str = ""
    changed_ns: int = 0
    locked_ns: int = 0
    example: bool = False


@dataclass(frozen=True, slots=True)
class TablesThere:
    """An output folder: how many `slips` are in its tables, and how many wait for a person
    (`left`). `applied`: whether the tables hold all that was decided; `mistakes`: how many entries
    in review.csv cannot be taken. `scans`: what was last read; `sha256s`: of every file of it.
    `problem`: why the folder cannot be looked into. `changed_ns`: when it was last written to.
    """

    folder: Path
    form_id: str = ""
    slips: int = 0
    left: int = 0
    mistakes: int = 0
    applied: bool = True
    scans: tuple[str, ...] = ()
    sha256s: frozenset[str] = frozenset()
    problem: str = ""
    changed_ns: int = 0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """All that is in a folder. `waiting`: scans that are in no table; `known`: those that are,
    with their SHA-256. Paths are those that a command typed in the folder would name.
    """

    forms: tuple[FormThere, ...] = ()
    tables: tuple[TablesThere, ...] = ()
    waiting: tuple[Path, ...] = ()
    known: tuple[tuple[Path, str], ...] = ()

    def tables_of(self, form_id: str) -> TablesThere | None:
        """Return the tables of a form, in the folder that `run` takes of itself."""
        usual = OUTPUT / form_id
        return next((each for each in self.tables if each.folder == usual), None)


def look_around() -> Whereabouts:
    """Return what stands in the current folder. Never raises for what somebody put there."""
    forms = _told_from_examples([_dated(_form(path)) for path in sorted(FORMS.glob("*.toml"))])
    tables = tuple(
        replace(_tables(path.parent), changed_ns=_changed_ns(path))
        for path in sorted(OUTPUT.glob("*/run.json"))
    )
    read = frozenset().union(*(each.sha256s for each in tables))
    logos = {FORMS / each.form.look.logo for each in forms if each.form and each.form.look.logo}
    found = [(path, _sha256(path)) for path in _scans() if path not in logos]
    return Whereabouts(
        forms,
        tables,
        tuple(path for path, sha256 in found if sha256 not in read),
        tuple((path, sha256) for path, sha256 in found if sha256 in read),
    )


def _dated(there: FormThere) -> FormThere:
    lock = lock_path(there.path, there.form) if there.form else None
    return replace(
        there,
        changed_ns=_changed_ns(there.path),
        locked_ns=_changed_ns(lock) if lock else 0,
    )


def _told_from_examples(forms: list[FormThere]) -> tuple[FormThere, ...]:
    """Return `forms`, the examples among them marked: those as old as what came with scanpipe."""
    told_of = FORMS / EXAMPLES_TOLD_OF
    if not told_of.is_file():
        return tuple(forms)
    came_ns = min([_changed_ns(told_of), *(each.changed_ns for each in forms)])
    return tuple(
        replace(
            each,
            example=each.printed is None
            and each.changed_ns - came_ns < TOGETHER_NS
            and not _is_by_new(each.path),
        )
        for each in forms
    )


def _is_by_new(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_BY_NEW)) == _BY_NEW
    except OSError:
        return False


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _form(path: Path) -> FormThere:
    try:
        form = load_form(path)
    except FormError as error:
        return FormThere(path, problems=_said(error), fault=Fault.MISTAKES)
    fault = Fault.LOCK
    try:
        printed = load_printed(path, form)
        if printed is None:
            return _unprinted(path, form)
        fault = Fault.CHANGED
        sessions_of(printed, form)
    except FormError as error:
        return FormThere(path, form, _said(error), has_slips=True, fault=fault, hint=error.hint)
    days = [each.date for each in printed.printings if each.date]
    return FormThere(path, form, has_slips=True, printed=max(days, default=None))


def _unprinted(path: Path, form: Form) -> FormThere:
    from scanpipe.printing import check_fits

    try:
        check_fits(form, path.parent)
    except FormError as error:
        return FormThere(path, form, _said(error), fault=Fault.UNFIT, hint=error.hint)
    return FormThere(path, form)


def _said(error: FormError) -> tuple[str, ...]:
    return error.problems or (error.message,)


def _json(path: Path) -> Mapping[str, Any]:
    """Return what the JSON file at `path` holds, nothing if there is none that can be read."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _tables(folder: Path) -> TablesThere:
    from scanpipe.reporting.merging import take
    from scanpipe.reporting.output_files import REVIEW
    from scanpipe.reporting.run_file import load_run
    from scanpipe.reporting.standing import standing

    run = None
    try:
        run = load_run(folder)
        if run is None:
            return TablesThere(folder)
        stands = standing(run, take(folder / REVIEW, run))
    except ScanpipeError as error:
        # Which scans were read may be known all the same.
        said = run.provenance if run else _json(folder / "run.json")
        given, sha256s = _scans_of(said)
        return TablesThere(folder, scans=given, sha256s=sha256s, problem=error.message)
    given, sha256s = _scans_of(run.provenance)
    return TablesThere(
        folder,
        run.form.id,
        stands.summary[-1].slips,
        len(stands.left),
        len(stands.problems),
        stands.applied,
        given,
        sha256s,
    )


def _scans_of(said: Mapping[str, Any]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return which scans a run was given, and the SHA-256 of their files, as run.json says."""
    inputs = said.get("inputs")
    pairs = inputs if isinstance(inputs, list) else []
    sha256s = frozenset(str(each[1]) for each in pairs if isinstance(each, list) and each[1:])
    options = said.get("options")
    scans = options.get("scans") if isinstance(options, dict) else None
    return tuple(map(str, scans)) if isinstance(scans, list) else (), sha256s


def _scans() -> Iterator[Path]:
    """Yield the scans in the current folder itself, and in scans/ and the folders in it."""
    from scanpipe.reading.scanfolders import SCAN_SUFFIXES, files_in, is_own_print, natural_order

    here = (path for path in Path().iterdir() if path.suffix.lower() in SCAN_SUFFIXES)
    for path in (*sorted(here), *sorted(files_in(SCANS)[0], key=natural_order)):
        if path.is_file() and not is_own_print(path):
            yield path


def _sha256(path: Path) -> str:
    """Return the SHA-256 of a file, "" if it cannot be read: then it is still to be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
