"""A folder to which a scanner puts files, while it is watched."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import chdir
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scanpipe.watching
from scanpipe.errors import ExitCode, NothingReadableError, OutputError
from scanpipe.form import Form, load_form
from scanpipe.printing import print_slips
from scanpipe.reading import crews
from scanpipe.reading.stack import open_stack
from scanpipe.reporting import Gone, Outcome
from scanpipe.run import read_scans
from scanpipe.vocabulary import Reason
from scanpipe.watching import (
    PATIENCE,
    Sighting,
    Watch,
    is_due,
    ready,
    sighted,
    stamps_in,
)

ROOT = Path(__file__).parents[1]
FORM = Path("forms", "hadeland-2016.toml")
EVERY_S = 10.0
A, B = Path("a.pdf"), Path("b.pdf")

Step = Callable[[], object]


def nothing() -> None:
    """Nothing happens between two looks."""


# What is ready, given what was seen.


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_a_whole_file_is_ready_once_two_looks_have_found_it_the_same(sizes: list[int]) -> None:
    seen: dict[Path, Sighting] = {}
    for look, size in enumerate(sizes):
        seen = sighted(seen, {A: (size, 0)}, look * EVERY_S)
        seen = {path: Sighting(file.stamp, file.since_s, True) for path, file in seen.items()}
        same = look > 0 and sizes[look - 1] == size
        assert ready(seen, look * EVERY_S, EVERY_S) == ([A] if same else [])


def test_two_looks_too_soon_after_another_prove_nothing() -> None:
    seen = {A: Sighting((5, 0), 0, True)}
    assert ready(seen, EVERY_S - 1, EVERY_S) == []
    assert ready(seen, EVERY_S, EVERY_S) == [A]


def test_a_file_that_is_not_whole_gets_longer_and_is_then_taken_as_it_is() -> None:
    seen = {A: Sighting((5, 0), 0, False)}
    assert ready(seen, (PATIENCE - 1) * EVERY_S, EVERY_S) == []
    assert ready(seen, PATIENCE * EVERY_S, EVERY_S) == [A]


def test_a_file_written_in_place_is_seen_by_its_time_alone() -> None:
    seen = sighted({A: Sighting((5, 1), 0, True)}, {A: (5, 2)}, 60)
    assert seen == {A: Sighting((5, 2), 60, False)}


@pytest.mark.parametrize(
    ("files", "tables", "due"),
    [
        ([A], {}, True),
        ([A], {A: (1, 1)}, False),
        ([A], {A: (9, 9)}, True),
        ([], {}, False),
        ([A, B], {A: (1, 1)}, True),
        ([B], {}, True),
        ([B], {A: (1, 1)}, False),
        ([B], {Path("gone.pdf"): (1, 1)}, True),
    ],
    ids=[
        "new",
        "in the tables",
        "changed",
        "nothing ready",
        "one more",
        "another still arrives",
        "one of the tables is being written",
        "one is gone",
    ],
)
def test_reading_is_due_when(
    files: list[Path], tables: dict[Path, tuple[int, int]], due: bool
) -> None:
    seen = {A: Sighting((1, 1), 0, True), B: Sighting((1, 1), 0, True)}
    assert is_due(seen, files, tables) is due


def test_only_scans_are_looked_at_in_the_folder_and_those_in_it(tmp_path) -> None:
    (tmp_path / "monday").mkdir()
    for name in ("a.pdf", "monday/b.TIFF", "notes.txt", ".a.pdf.part", "._a.pdf"):
        (tmp_path / name).write_bytes(b"123")
    assert {path.relative_to(tmp_path) for path in stamps_in(tmp_path)} == {
        Path("a.pdf"),
        Path("monday", "b.TIFF"),
    }


def test_slips_that_were_only_printed_are_not_looked_at(tmp_path) -> None:
    print_slips(load_form(FORM), tmp_path / "slips.pdf")
    (tmp_path / "scan.pdf").write_bytes(b"123")
    assert [path.name for path in stamps_in(tmp_path)] == ["scan.pdf"]


# The loop.


class Share:
    """A folder, and a clock that goes on with each sleep, in which the next step happens."""

    def __init__(self, desk) -> None:
        self.folder = desk.path / "scans"
        self.folder.mkdir()
        self.form: Form = load_form(ROOT / FORM)
        self.at_s = 0.0
        self.said: list[str] = []

    def watch(self, read: Callable[..., object], *steps: Step) -> list[str]:
        """Watch until the last step has happened; return what was told, but for the first."""
        coming = iter(steps)
        self.said.clear()

        def sleep(seconds: float) -> None:
            self.at_s += seconds
            step = next(coming, None)
            if step is None:
                raise KeyboardInterrupt
            step()

        watch = Watch(
            self.form,
            self.folder,
            EVERY_S,
            read,
            self.said.append,
            lambda: self.at_s,
            sleep,
            lambda: datetime(2026, 6, 1, 14, 32, 5),
        )
        with pytest.raises(KeyboardInterrupt):
            watch.run()
        return self.said[1:]

    def put(self, name: str, data: bytes) -> Step:
        return lambda: (self.folder / name).write_bytes(data)


@pytest.fixture
def share(desk) -> Iterator[Share]:
    with chdir(desk.path):
        yield Share(desk)


@pytest.fixture
def pages_read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every page that is read, by file and number; in this process."""
    read: list[tuple[str, int]] = []

    def submit(_crew: object, run: Callable[..., list], *jobs: object) -> Future[list]:
        for job in jobs:  # there is none where a worker is only to start
            read.extend((job.file.name, page) for page in job.pages)
        done: Future[list] = Future()
        done.set_result(run(*jobs))
        return done

    monkeypatch.setattr(crews.Pool, "submit", submit)
    return read


def scan(*pages: int) -> bytes:
    """These pages of the Hadeland sample, a slip on each, as a PDF."""
    out = Path("sample-pages.pdf")
    with pikepdf.open(ROOT / "samples" / "hadeland-2016.pdf") as pdf, pikepdf.new() as new:
        new.pages.extend(pdf.pages[page] for page in pages)
        new.save(out, deterministic_id=True)
    return out.read_bytes()


def tables_in(folder: Path) -> dict[str, bytes]:
    """Everything but what is private and how long it took."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    found.pop(str(Path(".scanpipe", "readings.sqlite")), None)
    run = json.loads(found["run.json"])
    del run["seconds"]
    return found | {"run.json": json.dumps(run).encode()}


def reading_into(share: Share, out: Path) -> Callable[..., Outcome]:
    return lambda files: read_scans(FORM, [share.folder], folder=out, ready=files)


def test_files_that_come_one_by_one_give_the_tables_of_one_run(share, pages_read) -> None:
    first, second, out = scan(-1), scan(-2), Path("out")
    part = len(second) // 3
    said = share.watch(
        reading_into(share, out),
        share.put("scan10.pdf", first),
        nothing,
        share.put("scan2.pdf", second[:part]),
        share.put("scan2.pdf", second[: 2 * part]),
        share.put("scan2.pdf", second),
        nothing,
        nothing,
    )

    assert pages_read == [("scan10.pdf", 1), ("scan2.pdf", 1)]
    assert len(said) == 2
    assert "scan10.pdf" in said[0]
    assert "scan2.pdf" in said[1]
    assert all("14:32:05" in line for line in said)
    read_scans(FORM, [share.folder], folder=Path("whole"))
    assert tables_in(out) == tables_in(Path("whole"))


def test_a_watch_that_goes_on_reads_nothing_twice(share, pages_read) -> None:
    read = reading_into(share, Path("out"))
    share.watch(read, share.put("a.pdf", scan(-1)), nothing)
    share.watch(read, nothing, share.put("b.pdf", scan(-2)), nothing)
    assert pages_read == [("a.pdf", 1), ("b.pdf", 1)]

    (share.folder / "a.pdf").unlink()
    said = share.watch(read, nothing)
    assert "b.pdf" in said[0]
    assert len(pages_read) == 2
    share.put("a.pdf", scan(-1))()
    read_scans(FORM, [share.folder / "a.pdf"], folder=Path("out"))
    assert pages_read[2:] == [("a.pdf", 1)], "what is gone from the folder is not kept"
    assert not Path("out", ".scanpipe").exists()


def test_a_watch_that_goes_on_tells_what_has_left_the_folder_meanwhile(share, pages_read) -> None:
    read = reading_into(share, Path("out"))
    share.watch(read, share.put("a.pdf", scan(-1)), share.put("b.pdf", scan(-2)), nothing, nothing)
    (share.folder / "a.pdf").unlink()
    said = share.watch(read, nothing, share.put("c.pdf", scan(-3)), nothing, nothing)
    assert [line for line in said if "Tabellene hadde" in line] == [said[1]]
    assert "a.pdf (1 lapp)" in said[1]
    assert len(pages_read) == 3


@pytest.mark.usefixtures("always_whole")
def test_a_file_that_is_still_arriving_has_not_left(share) -> None:
    (share.folder / "a.pdf").write_bytes(b"1")
    gone = (Gone("late.pdf", 3), Gone("left.pdf", 2))
    late = share.put("late.pdf", b"1")
    said = share.watch(Reader(outcome(rejected=(), gone=gone)), late)
    assert "left.pdf (2 lapper)" in said[1]
    assert "late.pdf" not in said[1]


def outcome(**given: object) -> object:
    return SimpleNamespace(
        **{"balance": SimpleNamespace(pages=1), "undecided": 0, "gone": ()} | given
    )


class Reader:
    """Takes note of the files it is given, and does what it is told to, once each."""

    def __init__(self, *does: object) -> None:
        self.rounds: list[list[str]] = []
        self._does = list(does)

    def __call__(self, files: list[Path]) -> object:
        self.rounds.append([path.name for path in files])
        does = self._does.pop(0) if self._does else outcome(rejected=())
        if isinstance(does, BaseException):
            raise does
        return does


@pytest.fixture
def always_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanpipe.watching, "_is_whole", lambda _path: True)


@pytest.mark.usefixtures("always_whole")
def test_a_file_that_changes_after_it_was_read_is_read_anew(share) -> None:
    reader = Reader()
    share.watch(reader, share.put("a.pdf", b"1"), nothing, nothing, share.put("a.pdf", b"12"))
    assert reader.rounds == [["a.pdf"]]
    share.watch(
        reader,
        share.put("a.pdf", b"123"),
        nothing,
        share.put("a.pdf", b"1234"),
        share.put("b.pdf", b"1"),
        nothing,
    )
    assert reader.rounds[1:] == [["a.pdf"], ["a.pdf"], ["a.pdf", "b.pdf"]]


@pytest.mark.parametrize("cut", [True, False], ids=["cut off", "no PDF"])
def test_a_file_that_is_not_whole_is_told_once_and_then_left_to_the_tables(share, cut) -> None:
    data = scan(-1, -2)[:-600] if cut else b"no PDF"
    reader = Reader()
    share.watch(reader, share.put("a.pdf", data), *[nothing] * (PATIENCE - 1))
    assert reader.rounds == []

    said = share.watch(reader, *[nothing] * (PATIENCE + 2), share.put("a.pdf", data[:-1]))
    assert reader.rounds == [["a.pdf"]]
    assert len(said) == 2
    assert "a.pdf" in said[0]


def test_pages_that_are_gone_from_a_file_are_told_as_a_run_tells_them(share) -> None:
    (share.folder / "a.pdf").write_bytes(scan(-1, -2)[:-600])
    counted: list[int] = []

    def read(files: list[Path]) -> object:
        counted.append(sum(file.missing for file in open_stack(files).files))
        return outcome(rejected=())

    share.watch(read, *[nothing] * PATIENCE)
    assert counted == [1]


@pytest.mark.usefixtures("always_whole")
def test_what_is_in_the_way_is_told_once_and_tried_again(share) -> None:
    in_use = OutputError("review.csv is open in Excel", "Close it.")
    reader = Reader(in_use, in_use, outcome(rejected=()))
    said = share.watch(reader, share.put("a.pdf", b"1"), *[nothing] * 4)
    assert reader.rounds == [["a.pdf"]] * 3
    assert [line.splitlines()[0] for line in said[:1]] == ["review.csv is open in Excel"]
    assert len(said) == 2


@pytest.mark.usefixtures("always_whole")
def test_what_will_not_pass_ends_the_watch(share) -> None:
    share.put("a.pdf", b"1")()
    with pytest.raises(NothingReadableError):
        share.watch(Reader(NothingReadableError("no slip")), nothing)


@pytest.mark.usefixtures("always_whole")
def test_pages_lost_while_the_share_was_gone_are_read_again(share) -> None:
    lost = SimpleNamespace(file="a.pdf", page=1, reasons=(Reason.UNREADABLE_FILE,))
    reader = Reader(outcome(rejected=(lost,)))
    share.watch(reader, share.put("a.pdf", b"1"), *[nothing] * 4)
    assert reader.rounds == [["a.pdf"]] * 2


@pytest.mark.usefixtures("always_whole")
def test_a_share_that_goes_away_and_comes_back_changes_nothing(share) -> None:
    reader, away = Reader(), share.folder.with_name("away")
    said = share.watch(
        reader,
        share.put("a.pdf", b"1"),
        nothing,
        lambda: share.folder.rename(away),
        nothing,
        lambda: away.rename(share.folder),
        nothing,
    )
    assert reader.rounds == [["a.pdf"]]
    assert len(said) == 2
    assert str(share.folder) in said[1]


@pytest.mark.usefixtures("always_whole")
def test_the_line_after_a_round_tells_what_is_new_and_what_waits(share) -> None:
    put = [share.put(f"s{number}.pdf", b"1") for number in range(5)]
    said = share.watch(
        Reader(), lambda: [each() for each in put], share.put("late.pdf", b"1"), nothing
    )
    assert re.search(r"s0\.pdf, s1\.pdf, s2\.pdf …", said[0])
    assert "late.pdf" in said[0]
    assert "late.pdf" in said[1]


def test_the_command_ends_with_how_to_go_on(desk, monkeypatch) -> None:
    (desk.path / "scans").mkdir()

    def stopped(_watch: Watch) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Watch, "run", stopped)
    done = desk.type("watch", "scans")
    assert done.exit_code == ExitCode.INTERRUPTED
    assert "scanpipe run" in done.stderr


def test_the_command_refuses_to_watch_its_own_tables(desk) -> None:
    done = desk.type("watch", ".")
    assert done.exit_code == ExitCode.USAGE
    assert "-o" in done.stderr
