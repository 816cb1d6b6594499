"""A run that is stopped, in whatever way, and the same command once more."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pikepdf
import pytest

import scanpipe.one_run
import scanpipe.run
from scanpipe.errors import ExitCode, NothingReadableError
from scanpipe.reading import pipeline
from scanpipe.run import read_scans

AWKWARD = Path(__file__).parents[1] / "samples" / "awkward.pdf"
FORM = Path("forms", "hadeland-2016.toml")
PAGES = (21, 22, 23, 13)
"""Slips on one page only: what Tesseract reads may depend on the company."""

ONE_PAGE_AT_A_TIME = """
from scanpipe.cli import main
from scanpipe.reading import pipeline
pipeline.PAGES_AT_A_TIME = 1
main(prog_name="scanpipe")
"""
WORDS = ("run", "box.pdf", "--workers", "1", "--no-report", "-o")


@pytest.fixture
def box(desk) -> Path:
    return boxed(desk)


def boxed(desk) -> Path:
    """Pages of the awkward sample: blank ones, one that is no slip, and a slip to review."""
    with pikepdf.open(AWKWARD) as awkward, pikepdf.new() as pdf:
        pdf.pages.extend(awkward.pages[number - 1] for number in PAGES)
        pdf.save(desk.path / "box.pdf", deterministic_id=True)
    return Path("box.pdf")


@pytest.fixture(scope="module")
def whole(desk_in, tmp_path_factory, without_workers) -> tuple[dict[str, bytes], str]:
    """What a run leaves and says that nobody stops."""
    desk = desk_in(tmp_path_factory.mktemp("whole"))
    boxed(desk)
    with without_workers():
        done = desk.type(*WORDS, "out")
    assert done.exit_code == ExitCode.SOME_UNREADABLE, done.output
    return files_in(desk.path / "out"), done.stdout


@pytest.fixture
def one_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PAGES_AT_A_TIME", 1)


@pytest.fixture
def at_desk(desk) -> Iterator[None]:
    with chdir(desk.path):
        yield


def files_in(folder: Path) -> dict[str, bytes]:
    """Everything in `folder`, run.json without its times."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    if "run.json" in found:
        run = json.loads(found["run.json"])
        del run["seconds"]
        found["run.json"] = json.dumps(run).encode()
    return found


def pages_recorded(folder: Path) -> int:
    store = folder / ".scanpipe" / "readings.sqlite"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as pages,
    ):
        return pages.execute("SELECT count(*) FROM pages").fetchone()[0]
    return 0


def living(marker: str) -> list[int]:
    """The processes that have `marker` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if marker.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    patience = time.monotonic() + seconds
    while not holds() and time.monotonic() < patience:
        time.sleep(0.02)
    return holds()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
@pytest.mark.usefixtures("box")
def test_a_run_killed_twice_ends_like_one_that_was_not(desk, tmp_path, whole) -> None:
    folder, marker = desk.path / "out", f"{tmp_path}-killed"
    environment = os.environ | {"KILLED": marker, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", ONE_PAGE_AT_A_TIME, *WORDS, "out"]

    for recorded in (0, 3):
        with subprocess.Popen(
            command, cwd=desk.path, env=environment, stderr=subprocess.DEVNULL
        ) as run:
            assert wait_until(
                lambda at=recorded: (
                    (folder / ".scanpipe").exists() and pages_recorded(folder) >= at
                ),
                60,
            )
            run.kill()
        assert wait_until(lambda: not living(marker), 5)
        assert not list(folder.glob("*.*sv")) + list(folder.glob("*.json"))

    done = subprocess.run(
        command, cwd=desk.path, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == ExitCode.SOME_UNREADABLE
    assert done.stderr == "Fortsetter: 3 av 4 sider var lest fra før.\n"
    assert (files_in(folder), done.stdout) == whole


def stopping_after(pages: int) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done == pages:
            raise KeyboardInterrupt

    return progress


@pytest.mark.usefixtures("at_desk", "one_page_at_a_time", "in_this_process")
def test_a_run_that_was_stopped_twice_goes_on_where_it_was(box, tmp_path, whole) -> None:
    out = tmp_path / "out"
    for pages in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            read_scans(FORM, [box], folder=out, progress=stopping_after(pages))
    assert [path.name for path in out.rglob("*")] == [".scanpipe", "readings.sqlite"]

    told: list[object] = []
    read_scans(
        FORM,
        [box],
        folder=out,
        progress=lambda *pages: told.append(pages),
        continued=lambda *pages: told.append(f"{pages[0]} of {pages[1]}"),
    )

    assert told == [(0, 4), "2 of 4", (2, 4), (3, 4), (4, 4)]
    assert files_in(out) == whole[0]


@pytest.mark.usefixtures("at_desk", "one_page_at_a_time", "in_this_process")
def test_a_form_that_was_changed_meanwhile_reads_everything_anew(desk, box, tmp_path) -> None:
    with pytest.raises(KeyboardInterrupt):
        read_scans(FORM, [box], folder=tmp_path / "out", progress=stopping_after(1))
    form = (desk.path / FORM).read_text(encoding="utf-8")
    (desk.path / FORM).write_text(form.replace("Samhandling", "Samspill"), encoding="utf-8")

    told: list[object] = []
    with pytest.raises(KeyboardInterrupt):
        read_scans(
            FORM,
            [box],
            folder=tmp_path / "out",
            progress=stopping_after(1),
            continued=told.append,
        )

    assert told == []


@pytest.mark.usefixtures("at_desk", "one_page_at_a_time", "in_this_process")
def test_scans_that_turn_out_to_be_the_wrong_ones_leave_nothing_behind(
    box, tmp_path, monkeypatch
) -> None:
    def refuse(*given: object) -> None:
        next(given[1])
        raise NothingReadableError("no slip was found")

    monkeypatch.setattr(scanpipe.one_run, "write_run", refuse)
    with pytest.raises(NothingReadableError):
        read_scans(FORM, [box], folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_asked_to_end_a_run_says_how_to_go_on(desk, monkeypatch, name) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip("not a signal of this system")
    # Whoever runs the tests in the background, or under nohup, has these ignored.
    usual = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    before = signal.signal(number, usual)

    def ended(*_: object, **__: object) -> None:
        signal.raise_signal(number)
        time.sleep(5)

    monkeypatch.setattr(scanpipe.run, "read_scans", ended)
    try:
        done = desk.type("run", "box.pdf")
        assert done.exit_code == ExitCode.INTERRUPTED
        assert done.stderr == "Stopped.\nThe same command goes on where it stopped.\n"
        assert signal.getsignal(number) == usual
    finally:
        signal.signal(number, before)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="not a signal of this system")
def test_a_run_that_is_to_outlive_its_terminal_does(desk, monkeypatch) -> None:
    def hung_up(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGHUP)
        raise NothingReadableError("went on")

    monkeypatch.setattr(scanpipe.run, "read_scans", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        done = desk.type("run", "box.pdf")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert done.stderr == "went on\n"
