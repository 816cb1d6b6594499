"""Where one stands: a folder as an organiser has it, and the command that comes next."""

import datetime
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

import scanpipe.starting.next_step
from scanpipe.form import load_form
from scanpipe.messages import messages_for
from scanpipe.printed import rebuilt, save_printed, with_printing
from scanpipe.printing import print_slips
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reporting import dialect_for, write_run
from scanpipe.shell import quoted
from scanpipe.starting.next_step import MANY, next_step
from scanpipe.starting.telling import told
from scanpipe.starting.whereabouts import look_around
from scanpipe.starting.writing import write_starter
from scanpipe.vocabulary import Reason, Status

T = messages_for("en")
FORM = Path(__file__).parents[2] / "forms" / "hadeland-2016.toml"


@pytest.fixture(autouse=True)
def _nothing_opens_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer as servers are, whatever this one has."""
    monkeypatch.setattr(scanpipe.starting.next_step, "opening", lambda _path: "")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which commands are typed."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command() -> str:
    """The next command to type."""
    _why, step, *_others = next_step(look_around(), T)
    return step


def commands() -> list[str]:
    """The next command, and what else may be done."""
    return next_step(look_around(), T)[1::2]


def said() -> str:
    return "\n".join(told(look_around(), T))


def hadeland(*, printed: str = "") -> None:
    Path("forms").mkdir(exist_ok=True)
    shutil.copy(FORM, "forms")
    if printed:
        path = Path("forms", FORM.name)
        form = load_form(path)
        save_printed(with_printing(None, form, datetime.date.fromisoformat(printed)), path, form)


def scan(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(b"%PDF-1.7 " + name.encode())


def read(scans: Sequence[str], *statuses: Status, event: str = "hadeland-2016") -> Path:
    """Write the tables of a run over `scans`, with a slip of each status on a page."""
    form = load_form(Path("forms") / f"{event}.toml")
    session = form.sessions[0].id
    slips = [
        SlipReading(
            f"bcd-{i}",
            "box.pdf",
            1,
            status,
            reasons(status),
            session=session,
            rating=4,
            read_session=session,
        )
        for i, status in enumerate(statuses, start=1)
    ]
    places = [Path(name) for name in scans]
    files = [path for place in places for path in ([place] if place.is_file() else place.iterdir())]
    inputs = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    pages = [PageReading("box.pdf", 1, PageKind.SLIPS, tuple(slips))]
    provenance = {"inputs": inputs, "options": {"scans": list(scans)}}
    folder = Path("output") / event
    write_run(form, pages, folder, dialect_for(form.words), provenance)
    return folder


def reasons(status: Status) -> tuple[Reason, ...]:
    return (Reason.OVERVOTE,) if status is Status.REVIEW else ()


def decide(folder: Path, slip: str, rating: str) -> None:
    path = folder / "review.csv"
    text = path.read_text(encoding="utf-8-sig")
    header, *rows = text.splitlines()
    place = header.split(";").index("rating")
    cells = [row.split(";") for row in rows]
    for row in cells:
        if row[0] == slip:
            row[place] = rating
    lines = [header, *map(";".join, cells)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")


EXAMPLES = ("conference-general", "hadeland-2016", "workshop-fr")


def examples() -> None:
    """The forms that come with scanpipe, a lock file and the README among them, a month old."""
    Path("forms").mkdir()
    for name in (*(f"{id_}.toml" for id_ in EXAMPLES), "conference-general.svg", "README.md"):
        shutil.copy(FORM.parent / name, "forms")
    path = Path("forms", FORM.name)
    save_printed(rebuilt(load_form(path)), path, load_form(path))
    for each in Path("forms").iterdir():
        age(each, days=30)


def age(path: Path, *, days: float) -> None:
    """Make a file older than it is."""
    then = path.stat().st_mtime - days * 24 * 3600
    os.utime(path, (then, then))


def lock(event: str) -> None:
    """Have slips of a form printed."""
    path = Path("forms", f"{event}.toml")
    form = load_form(path)
    save_printed(with_printing(None, form, datetime.date(2026, 11, 27)), path, form)


def test_among_examples_a_form_of_ones_own_is_made_first_or_one_of_them_printed() -> None:
    examples()
    printing = "scanpipe print conference-general -o conference-general.pdf --copies 60"
    assert commands() == ["scanpipe new", printing]
    assert said().endswith(f"\n  scanpipe new\nOr print an example, to try:\n  {printing}")


def test_examples_never_come_before_a_form_of_ones_own() -> None:
    examples()
    write_starter("fair", Path("forms"))
    assert commands() == ["scanpipe print fair -o fair.pdf --copies 60"]
    lock("fair")
    assert commands() == ["scanpipe run scans --form fair"]
    scan("scans/box.pdf")
    assert commands() == ["scanpipe run scans --form fair"]
    folder = read(["scans"], Status.READ, event="fair")
    assert commands() == [f"scanpipe report {folder}"]
    scan("scans/box2.pdf")
    assert commands() == ["scanpipe run scans --form fair"]


def test_a_form_is_ones_own_however_soon_after_the_examples_it_was_made() -> None:
    examples()
    write_starter("fair", Path("forms"))
    age(Path("forms", "fair.toml"), days=30)
    assert command().startswith("scanpipe print fair ")


def test_an_example_that_was_made_the_form_of_an_event_is_ones_own() -> None:
    examples()
    Path("forms", "workshop-fr.toml").touch()
    assert command().startswith("scanpipe print workshop-fr ")


def test_the_newest_of_several_drafts_is_printed_and_those_older_than_a_printing_are_not() -> None:
    for days, event in ((3, "first"), (2, "second")):
        write_starter(event, Path("forms"))
        age(Path("forms", f"{event}.toml"), days=days)
    assert command().startswith("scanpipe print second ")
    lock("second")
    age(Path("forms", "second.lock.json"), days=1)
    assert command() == "scanpipe run scans --form second"
    Path("forms", "first.toml").touch()
    assert command().startswith("scanpipe print first ")


def test_mistakes_in_ones_own_form_come_before_the_examples() -> None:
    examples()
    Path("forms/fair.toml").write_text('id = "fair"\n', encoding="utf-8")
    assert command() == "scanpipe"
    assert f"correct {Path('forms', 'fair.toml')}" in said()


def test_a_rehearsal_with_an_example_holds_up_no_form_of_ones_own() -> None:
    examples()
    scan("scans/box.pdf")
    folder = read(["scans"], Status.REVIEW)
    assert command() == f"scanpipe review {folder}"
    write_starter("fair", Path("forms"))
    assert command().startswith("scanpipe print fair ")


def test_a_rehearsal_that_is_done_leads_to_a_form_of_ones_own() -> None:
    examples()
    scan("scans/box.pdf")
    folder = read(["scans"], Status.READ)
    (folder / "report.html").touch()
    assert commands() == [f"scanpipe audit {folder}", "scanpipe new"]


def test_an_empty_folder_begins_with_a_new_form() -> None:
    assert command() == "scanpipe new"
    assert said().startswith("There is no form here yet.")


def test_a_form_is_printed_then_scanned_then_read() -> None:
    hadeland()
    assert command() == "scanpipe print hadeland-2016 -o hadeland-2016.pdf --copies 60"
    assert "no slips printed yet" in said()
    hadeland(printed="2016-09-20")
    assert "slips printed September 20, 2016" in said()
    assert command() == "scanpipe run scans"
    scan("scans/box.pdf")
    assert command() == "scanpipe run scans"
    assert "1 scan that is in no table yet\n  " + str(Path("scans", "box.pdf")) in said()


def test_what_was_read_is_reviewed_then_applied_then_done() -> None:
    hadeland()
    scan("scans/box.pdf")
    folder = read(["scans"], Status.REVIEW, Status.READ, Status.READ)
    assert command() == f"scanpipe review {folder}"
    assert f"{folder}: 3 slips; to be looked at by a person: 1" in said()
    decide(folder, "bcd-1", "9")
    assert command() == f"scanpipe review {folder}"
    assert "1 mistake in review.csv" in said()
    decide(folder, "bcd-1", "4")
    assert command() == f"scanpipe apply {folder}"
    folder = read(["scans"], Status.READ)
    assert command() == f"scanpipe report {folder}"
    (folder / "report.html").touch()
    assert commands() == [f"scanpipe audit {folder}"]
    assert f"the result is in {folder / 'report.html'}" in said()
    assert "nothing left to decide" in said()


def test_when_all_is_done_the_report_is_to_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanpipe.starting.next_step, "opening", lambda path: f"open {path}")
    hadeland()
    scan("scans/box.pdf")
    folder = read(["scans"], Status.READ)
    (folder / "report.html").touch()
    assert commands() == [f"open {folder / 'report.html'}", f"scanpipe audit {folder}"]


def test_a_scan_more_is_read_with_all_before_so_that_no_slip_leaves_the_tables() -> None:
    hadeland()
    scan("monday.pdf", "elsewhere/tuesday.pdf")
    read(["monday.pdf", str(Path("elsewhere", "tuesday.pdf"))], Status.READ)
    scan("wednesday.pdf", "scans/late.pdf")
    earlier = f"monday.pdf {Path('elsewhere', 'tuesday.pdf')}"
    assert command() == f"scanpipe run {earlier} wednesday.pdf scans"
    Path("elsewhere/tuesday.pdf").unlink()
    assert command() == "scanpipe run monday.pdf wednesday.pdf scans"
    assert f"leave the tables: {Path('elsewhere', 'tuesday.pdf')}" in said()


def test_a_scan_beside_one_that_was_read_is_named_with_it_and_neither_twice() -> None:
    hadeland()
    scan("scans/monday.pdf")
    read([str(Path("scans", "monday.pdf"))], Status.READ)
    scan("scans/tuesday.pdf")
    assert command() == "scanpipe run scans"


def test_scans_of_another_form_in_the_same_folder_are_left_out() -> None:
    hadeland(printed="2016-09-20")
    write_starter("fair", Path("forms"))
    scan("scans/fair.pdf")
    read(["scans/fair.pdf"], Status.READ, event="fair")
    scan("scans/new box.pdf")
    step = command()
    assert step == f"scanpipe run {quoted(Path('scans', 'new box.pdf'))} --form hadeland-2016"


def test_of_two_forms_that_are_not_read_yet_scans_are_of_the_one_printed_last() -> None:
    for event in ("alpha", "beta"):
        write_starter(event, Path("forms"))
    lock("beta")
    lock("alpha")
    scan("scans/box.pdf")
    assert command() == "scanpipe run scans --form alpha"
    age(Path("forms", "alpha.lock.json"), days=1)
    assert command() == "scanpipe run scans --form beta"


def test_a_scan_is_known_by_what_is_in_it_and_not_by_its_name() -> None:
    hadeland()
    scan("box.pdf")
    folder = read(["box.pdf"], Status.REVIEW)
    Path("box.pdf").rename("renamed.pdf")
    assert command() == f"scanpipe review {folder}"
    scan("more.pdf")
    assert command() == "scanpipe run renamed.pdf more.pdf"
    assert "leave the tables" not in said()


def test_slips_that_were_printed_and_logos_are_no_scans() -> None:
    hadeland()
    print_slips(load_form(Path("forms/hadeland-2016.toml")), Path("slips.pdf"))
    Path("forms/logo.png").touch()
    Path("notes.txt").touch()
    assert look_around().waiting == ()


def test_many_scans_that_lie_about_are_to_be_moved_into_a_folder() -> None:
    hadeland()
    scan(*(f"scan{number}.jpg" for number in range(MANY + 1)))
    assert command() == "scanpipe run scans"
    assert "move the scans into the folder scans" in said()
    assert f"and {MANY + 1 - 5} more" in said()


def test_mistakes_in_a_form_are_listed_and_another_form_goes_on() -> None:
    Path("forms").mkdir()
    Path("forms/bad.toml").write_text('id = "bad"\ntitel = "x"\n', encoding="utf-8")
    assert command() == "scanpipe"
    assert "title: is missing" in said()
    assert "and 2 more" in said()
    assert f"correct {Path('forms', 'bad.toml')}" in said()
    hadeland()
    assert command().startswith("scanpipe print hadeland-2016 ")


def test_one_folder_too_deep_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    hadeland()
    monkeypatch.chdir("forms")
    assert command() == "cd .."


def test_scans_without_a_form_ask_for_one() -> None:
    scan("box.pdf")
    assert command() == "scanpipe new"
    assert "no form that says what is on them" in said()


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"inputs": 3, "options": []}'])
def test_tables_that_cannot_be_read_are_told_and_stop_nothing(content: str) -> None:
    hadeland()
    Path("output/x").mkdir(parents=True)
    Path("output/x/run.json").write_text(content, encoding="utf-8")
    assert "is not a run.json of this version" in said()
    assert command().startswith("scanpipe print hadeland-2016 ")


def test_a_damaged_lock_file_is_to_be_put_right_before_anything_is_read() -> None:
    hadeland()
    scan("scans/box.pdf")
    lock = Path("forms", "hadeland-2016.lock.json")
    lock.write_text("{}", encoding="utf-8")
    assert f"    - {lock} is damaged" in said()
    assert "\n    Put it back from your backup. If there is none, delete it" in said()
    assert "; slips printed\n" in said()
    assert said().endswith(f"Next, put {lock} right as told above, and look again:\n  scanpipe")


def change(old: str, new: str) -> None:
    path = Path("forms", FORM.name)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[slip]", "[look]\nlogo = 'logo.png'\n\n[slip]", "take the line that begins with logo"),
        ("name = ", "name = '" + "W" * 150 + "' # ", "Shorten or change these"),
        (
            'smileys = 5\n\n[slip]\nsize = "a6"',
            'smileys = 7\n\n[slip]\nsize = "a7"',
            "Make the slip at least",
        ),
    ],
)
def test_a_form_whose_slips_cannot_be_printed_is_to_be_mended_and_not_printed(
    old: str, new: str, told: str
) -> None:
    hadeland()
    change(old, new)
    assert "; its slips cannot be printed\n    - " in said()
    assert told in said()
    assert command() == "scanpipe"
    assert f"mend {Path('forms', FORM.name)}" in said()


def test_a_form_that_means_something_else_than_its_printed_slips_is_to_be_corrected() -> None:
    hadeland(printed="2016-09-20")
    change("smileys = 5", "smileys = 4")
    assert "slips were printed with 5 smileys; the form now says 4 smileys" in said()
    assert command() == "scanpipe"
    assert f"correct {Path('forms', FORM.name)}" in said()
