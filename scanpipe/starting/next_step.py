"""Owns the next command to type, by what stands in an organiser's folder."""

from collections.abc import Sequence
from pathlib import Path

from scanpipe.messages import Messages, later
from scanpipe.printed import lock_path
from scanpipe.shell import opening, quoted
from scanpipe.starting.whereabouts import FORMS, SCANS, Fault, FormThere, TablesThere, Whereabouts

MANY = 8
"""Scans that lie about in the folder; a command that names more of them is no use."""

PRINT_NEXT = later(
    "Next, print the slips (at 100 %, not “fit to page”); after --copies stands how many:"
)


def next_step(where: Whereabouts, t: Messages) -> list[str]:
    """Return what to do next, in a sentence, and the command for it; the most urgent comes first.

    The command is to be typed as it stands. Where there is a choice, a sentence and a command
    follow for what else may be done.
    """
    for there in where.forms:
        if there.fault is Fault.LOCK:
            return _mending(there, t)
    forms = [each for each in where.forms if each.form]
    if where.waiting and forms:
        likeliest = _likeliest(forms, where)
        return _mending(likeliest, t) if likeliest.fault else _reading(where, likeliest, t)
    examples = {each.form.id for each in forms if each.form and each.example}
    tables = sorted(where.tables, key=lambda each: -each.changed_ns)
    own = [each for each in tables if each.form_id not in examples]
    mine = [each for each in where.forms if not each.example]
    return (
        _deciding(own, t)
        or _printing(where, mine, t)
        or _deciding(tables, t)
        or _ending(where, forms, t)
    )


def _deciding(tables: Sequence[TablesThere], t: Messages) -> list[str]:
    """Return the step for the first of `tables` in which something is open, none if all is done."""
    for each in tables:
        folder = quoted(each.folder)
        if each.left or each.mistakes:
            why = t("Next, decide in the browser what the computer could not:")
            return [why, f"scanpipe review {folder}"]
        if not each.applied:
            why = t("Next, take what you decided into the tables:")
            return [why, f"scanpipe apply {folder}"]
    return []


def _ending(where: Whereabouts, forms: Sequence[FormThere], t: Messages) -> list[str]:
    """Return the step where nothing waits, and no form of one's own is to be printed or read."""
    if forms:
        return _finished(where, forms, t) if where.tables else _first_of_ones_own(forms, t)
    return _mending(where.forms[0], t) if where.forms else _beginning(where, t)


def _mending(there: FormThere, t: Messages) -> list[str]:
    """Return the step for a form that can be neither printed nor read as it is."""
    path = there.path
    if there.fault is Fault.LOCK and there.form:
        path = lock_path(path, there.form)
        return [t("Next, put {path} right as told above, and look again:", path=path), "scanpipe"]
    if there.fault is Fault.UNFIT:
        why = t("Next, mend {path} so that its slips can be printed, and look again:", path=path)
        return [why, "scanpipe"]
    return [t("Next, correct {path} in a text editor, and look again:", path=path), "scanpipe"]


def _printing(where: Whereabouts, mine: Sequence[FormThere], t: Messages) -> list[str]:
    """Return the step for the form of one's own that is worked with, none if there is none.

    A draft is one only while it is newer than what was printed last: others are left lying.
    """
    read = {each.form_id for each in where.tables}
    unread = [each for each in mine if not each.form or each.form.id not in read]
    since_ns = max((each.locked_ns for each in mine), default=0)
    drafts = [each for each in unread if not each.has_slips and each.changed_ns > since_ns]
    if drafts:
        newest = max(drafts, key=lambda each: each.changed_ns)
        return _mending(newest, t) if newest.fault else [t(PRINT_NEXT), _print_command(newest)]
    printed = [each for each in unread if each.has_slips]
    if not printed:
        return []
    last = max(printed, key=lambda each: each.locked_ns)
    if last.fault:
        return _mending(last, t)
    why = t(
        "Next, after the event: put the scans of the slips into {folder}, and type:", folder=SCANS
    )
    return [why, f"scanpipe run {SCANS}{_which(where, last)}"]


def _print_command(there: FormThere) -> str:
    pdf = quoted(Path(f"{there.path.stem}.pdf"))
    return f"scanpipe print {_name(there)} -o {pdf} --copies 60"


def _first_of_ones_own(forms: Sequence[FormThere], t: Messages) -> list[str]:
    """Return the step where only examples are there: a form of one's own, or one of them to try."""
    step = [
        t("The forms here are examples. Next, make one for your event, by a few questions:"),
        "scanpipe new",
    ]
    sound = [each for each in forms if not each.fault]
    return [*step, t("Or print an example, to try:"), _print_command(sound[0])] if sound else step


def _beginning(where: Whereabouts, t: Messages) -> list[str]:
    if Path.cwd().name == FORMS.name and any(Path().glob("*.toml")):
        return [t("This is the folder of the forms. Commands are typed one folder up:"), "cd .."]
    if where.waiting:
        why = t("There are scans here, but no form that says what is on them. Make it first:")
        return [why, "scanpipe new"]
    if where.tables:
        return _finished(where, (), t)
    return [
        t("There is no form here yet. Begin with a few questions about your event:"),
        "scanpipe new",
    ]


def _finished(where: Whereabouts, forms: Sequence[FormThere], t: Messages) -> list[str]:
    usable = [each for each in where.tables if not each.problem] or [*where.tables]
    folder = max(usable, key=lambda each: each.changed_ns).folder
    report = folder / "report.html"
    if not report.is_file():
        return [t("All is read. Next, write the report:"), f"scanpipe report {quoted(folder)}"]
    auditing = f"scanpipe audit {quoted(folder)}"
    if not opening(report):
        why = t("All is done; the result is in {report}. To check how sure it is:", report=report)
        step = [why, auditing]
    else:
        step = [t("All is done. Next, open the report:"), opening(report)]
        step += [t("Or check how sure the result is:"), auditing]
    if forms and all(each.example for each in forms):
        step += [t("Or make the form of your own event:"), "scanpipe new"]
    return step


def _likeliest(forms: list[FormThere], where: Whereabouts) -> FormThere:
    """Return the form whose scans these may be: one's own, printed, not read, the last printed."""
    read = {each.form_id for each in where.tables}

    def rank(there: FormThere) -> tuple[bool, bool, bool, bool, int]:
        unread = there.form is not None and there.form.id not in read
        return not there.example, there.has_slips, unread, not there.fault, there.locked_ns

    return max(forms, key=rank)


def _reading(where: Whereabouts, there: FormThere, t: Messages) -> list[str]:
    before = where.tables_of(there.form.id) if there.form else None
    earlier = [Path(scan) for scan in (before.scans if before else ())]
    gone = _gone(where, before)
    words = _scan_words(where, before, [path for path in earlier if path.exists()])
    why = t("Next, read the scans:")
    if len(where.forms) > 1:
        why = t("Next, read the scans (if they are of another form, name that one):")
    if earlier:
        why = t("Next, read all scans of the event together, so that none leaves the tables:")
    if gone:
        why = t(
            "Next, read all scans of the event together. Add those that were read before and are "
            "not where they were, or their slips leave the tables: {names}",
            names=", ".join(gone),
        )
    loose = [word for word in words if word in where.waiting and SCANS not in word.parents]
    if len(loose) > MANY:
        why = t("Next, move the scans into the folder {folder}, and read them:", folder=SCANS)
        words = [word for word in words if word not in loose]
        words += [] if SCANS in words else [SCANS]
    listed = " ".join(map(quoted, words))
    return [why, f"scanpipe run {listed}{_which(where, there)}"]


def _gone(where: Whereabouts, before: TablesThere | None) -> list[str]:
    """Return what was read before and is nowhere to be found, under another name either."""
    here = {sha256 for _, sha256 in where.known}
    if before is None or before.sha256s <= here:
        return []
    return [scan for scan in before.scans if not Path(scan).exists()]


def _scan_words(where: Whereabouts, before: TablesThere | None, earlier: list[Path]) -> list[Path]:
    """Return what to name after `run`: what was read `earlier` for the form, what waits,
    and files that were read under another name.
    """
    mine = before.sha256s if before else frozenset()
    words = [*earlier]
    others = any(SCANS in path.parents and sha256 not in mine for path, sha256 in where.known)
    renamed = [path for path, sha256 in where.known if sha256 in mine]
    for path in (*renamed, *where.waiting):
        if not any(word in (path, *path.parents) for word in words):
            words.append(SCANS if SCANS in path.parents and not others else path)
    # What is named twice would be read as a scan of the same slips once more.
    return [word for word in words if not any(other in word.parents for other in words)]


def _which(where: Whereabouts, there: FormThere) -> str:
    """Return the option that says which form, where there are several."""
    return f" --form {_name(there)}" if len(where.forms) > 1 else ""


def _name(there: FormThere) -> str:
    """Return what a command calls a form: its name in forms/, or its path if that has a dot."""
    return quoted(there.path if "." in there.path.stem else Path(there.path.stem))
