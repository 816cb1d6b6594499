"""What the whole job needs: a desk with one form, the command line, and each sample read once."""

import csv
import gc
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, chdir, contextmanager
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from scanpipe import cli, tools
from scanpipe.reading import crews
from scanpipe.reading.nursery import loading_early
from scanpipe.reading.processes import ONE_THREAD

# A suite that is green once stays so: more of the same examples would tell little more each time.
# `pytest -m hypothesis --hypothesis-profile=explore` tries examples that it has not tried before.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=30)
settings.register_profile("explore", derandomize=False, deadline=None, max_examples=100)
settings.load_profile("steady")

# The suite fills the cores by itself. Libraries look at these when they are loaded.
os.environ.update(ONE_THREAD | {"OPENCV_FOR_THREADS_NUM": "1"})

# What the tests start finds the package compiled, as it is for those who have it installed; and
# each process of the suite the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
}
"""Has glibc keep what a page took for the next page: a sixth less to do for whoever draws many."""

# It is for the processes of `pytest -n`, which have it by now, and not for what they start.
for name in KEEP_MEMORY:
    os.environ.pop(name, None)

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"

Line = dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one process more than there are cores: some tests wait for what others do."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Start the processes of `pytest -n` with memory that they keep."""
    os.environ.update(KEEP_MEMORY)


def table(path: Path) -> list[Line]:
    """Read a CSV file as a program does that knows nothing of scanpipe."""
    text = path.read_bytes().decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def millimetres(line: Line) -> tuple[float, float]:
    return tuple(float(line[axis].replace(",", ".")) for axis in ("x_mm", "y_mm"))


FIRST = (("test_end_to_end.py",), ("test_selftest.py", "test_cluster.py"))
"""What two processes of the suite begin with: begun late, what takes long in one piece would be all
that is left; and what is dear to share would be taken apart, and made by every process.
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what stays to the end, the tests themselves and all libraries, and
    seldom among what tests leave behind: Python goes through all that has come since each time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""How many share the suite with `pytest -n`, and which of them this is, from 0."""


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Begin in each folder at another place than the other processes do.

    Where nothing is compiled yet, all would compile each file at the same time.
    """
    report = yield
    if PROCESSES > 1 and isinstance(collector, pytest.Dir):
        begin = len(report.result) * PROCESS // PROCESSES
        report.result = [*report.result[begin:], *report.result[:begin]]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put FIRST at the head of what each process of `pytest -n` is given, an even part of `items`.

    Idle processes take from the end.
    """
    if PROCESSES > 1:
        items.sort(key=lambda item: item.path)
    heads: list[list[pytest.Item]] = [[] for _ in range(PROCESSES)]
    for number, names in enumerate(FIRST):
        for name in names:
            heads[number % PROCESSES] += [item for item in items if item.path.name == name]
    begun_early = {item for head in heads for item in head}
    others = [item for item in items if item not in begun_early]
    left = len(items)
    items.clear()
    for number, head in enumerate(heads):
        part = left // (PROCESSES - number)
        room = max(part - len(head), 0)
        items += [*head, *others[:room]]
        del others[:room]
        left -= part
    items += others


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give each process of `pytest -n` one part of the suite, of which idle ones take the end.

    Then what a module shares is made once, or twice, and nobody runs out of tests.
    """
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _workers_come_from_one_place() -> Iterator[None]:
    """Have the workers of all runs in this process share what one run's workers share."""
    with loading_early():
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_waits_for_the_disk() -> Iterator[None]:
    """Files are whole without it, too, unless the power fails. That it is done is seen by tests
    in which it fails.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


INSTALLED = {name: tools.find(name) for name in ("tesseract", "pdftoppm", "pdfinfo")}


@pytest.fixture(scope="session", autouse=True)
def _what_is_installed_is_asked_once() -> Iterator[None]:
    """Have programs asked once for their version, and what they make of the same file: each run
    asks four of them, and Tesseract has most to do before it looks at anything.

    Stand-ins for them lie elsewhere and are always asked, as are all by commands that run in a
    process of their own.
    """
    from scanpipe.reading import session

    session.prepare()
    import pdf2image
    import pytesseract

    said: dict[tuple[object, ...], Any] = {}

    def once(program: str, key: tuple[object, ...], ask: Callable[[], Any]) -> Any:
        if tools.find(program) != INSTALLED.get(program):
            return ask()
        if key not in said:
            said[key] = ask()
        return said[key]

    def version(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(program: str, *how: str, **others: Any) -> Any:
            return once(program, (ask, program, *how), lambda: ask(program, *how, **others))

        return asked

    def of_file(program: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(path: str, *how: str, **others: Any) -> Any:
            is_file = Path(path).is_file()
            content = hashlib.sha256(Path(path).read_bytes()).digest() if is_file else object()
            key = (ask, content, *filter(None, how))
            return once(program, key, lambda: ask(path, *how, **others))

        return asked

    poppler = pdf2image.pdf2image
    counted = of_file("pdfinfo", pdf2image.pdfinfo_from_path)
    read = of_file("tesseract", pytesseract.run_and_get_output)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools, "_output_of", version(tools._output_of))
        patch.setattr(poppler, "_get_poppler_version", version(poppler._get_poppler_version))
        patch.setattr(poppler, "pdfinfo_from_path", counted)
        patch.setattr(pdf2image, "pdfinfo_from_path", counted)
        patch.setattr(pytesseract, "run_and_get_output", read)
        yield


@dataclass(frozen=True)
class Folder:
    """An output folder, what the terminal said about it, and what is really on the scans."""

    path: Path
    said: str
    exit_code: int
    truth: tuple[Line, ...] = ()

    @property
    def results(self) -> list[Line]:
        return table(self.path / "results.csv")

    @property
    def review(self) -> list[Line]:
        return table(self.path / "review.csv")

    @property
    def summary(self) -> dict[str, Line]:
        return {line["session"]: line for line in table(self.path / "summary.csv")}

    @property
    def counts(self) -> dict[str, object]:
        return json.loads((self.path / "run.json").read_bytes())["counts"]

    def on_page(self, page: str) -> list[Line]:
        return [line for line in self.results if line["page"] == page]

    def true(self, note: str = "", **cells: str) -> list[Line]:
        """What the truth says about the slips and pages of this note; there are some."""
        found = [
            line for line in self.truth if note in line["note"] and cells.items() <= line.items()
        ]
        assert found, f"no {note} {cells} among the sample"
        return found

    def pairs(self, note: str = "", **cells: str) -> Iterator[tuple[Line, Line]]:
        """Every true slip of this note, and the one row that stands where it lies."""
        for true in self.true(note, **cells):
            yield true, self.at(true)

    def at(self, true: Line) -> Line:
        x_mm, y_mm = millimetres(true)
        near = []
        for line in self.on_page(true["page"]):
            found = millimetres(line)
            if hypot(found[0] - x_mm, found[1] - y_mm) < 1.5:
                near.append(line)
        assert len(near) == 1, f"{len(near)} rows at {true}"
        return near[0]

    def bytes_of(self, *names: str) -> dict[str, bytes]:
        return {name: (self.path / name).read_bytes() for name in names}

    def everything(self) -> dict[str, bytes]:
        files = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in files}

    def save_as_excel(self, entries: dict[str, Line], added: Iterable[Line] = ()) -> None:
        """Type `entries` (slip -> cells) into review.csv and save it as Excel in Norway does."""
        lines = self.review
        for line in lines:
            line.update(entries.get(line["slip"], {}))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(lines[0]), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([*lines, *(dict.fromkeys(lines[0], "") | line for line in added)])
        (self.path / "review.csv").write_bytes(text.getvalue().encode("cp1252"))


@dataclass(frozen=True)
class Desk:
    """An organiser's folder: forms/ with one form in it, and whatever is put beside."""

    path: Path

    @property
    def output(self) -> Path:
        return self.path / "output" / "hadeland-2016"

    def type(self, *words: object) -> Result:
        """Run the command in this process; tables without a report, which has its own tests."""
        tables_only = ["--no-report"] if words[0] in ("run", "apply") else []
        with chdir(self.path):
            return CliRunner().invoke(cli.main, [*map(str, words), *tables_only])

    def run(self, *words: object) -> Folder:
        """Run `scanpipe run` into output/hadeland-2016 and return that folder."""
        done = self.type("run", *words)
        return Folder(self.output, done.output, done.exit_code)


def _desk(path: Path) -> Desk:
    (path / "forms").mkdir()
    for name in ("hadeland-2016.toml", "hadeland-2016.lock.json"):
        shutil.copy(ROOT / "forms" / name, path / "forms")
    return Desk(path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _desk(tmp_path)


@pytest.fixture(scope="session")
def desk_in() -> Callable[[Path], Desk]:
    """Set up a desk in a folder, for what the tests of a module share."""
    return _desk


@pytest.fixture(scope="session")
def without_workers() -> Callable[[], AbstractContextManager[None]]:
    """A while in which jobs are done where they are handed in: no process starts for them."""

    def submit(_crew: object, run: Callable[..., object], *given: object) -> Future[object]:
        done: Future[object] = Future()
        done.set_result(run(*given))
        return done

    @contextmanager
    def patched() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(crews.Pool, "submit", submit)
            yield

    return patched


@pytest.fixture
def in_this_process(without_workers: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Have pages read without a worker to start and to wait for."""
    with without_workers():
        yield


@pytest.fixture(scope="session")
def hadeland(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The Hadeland sample as read by the command in a process of its own, with defaults."""

    def read(desk: Desk) -> Folder:
        words = [sys.executable, "-m", "scanpipe", "run", str(SAMPLES / "hadeland-2016.pdf")]
        speech = os.environ | {"PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            words, cwd=desk.path, capture_output=True, encoding="utf-8", env=speech, check=False
        )
        return Folder(desk.output, done.stdout + done.stderr, done.returncode)

    return _read_once("hadeland-2016", read, tmp_path_factory)


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The awkward sample, read with two workers. For looking at only: take a copy to change."""

    def read(desk: Desk) -> Folder:
        return desk.run(SAMPLES / "awkward.pdf", "--workers", 2)

    return _read_once("awkward", read, tmp_path_factory)


def _read_once(
    sample: str, read: Callable[[Desk], Folder], tmp_path_factory: pytest.TempPathFactory
) -> Folder:
    """Read a sample; with `pytest -n` the first worker that needs it does, the others wait."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, done = shared / sample, shared / f"{sample}.json"
    try:
        home.mkdir()
    except FileExistsError:
        _wait_for(done)
    else:
        folder = read(_desk(home))
        (home / "said.json").write_text(json.dumps([folder.said, folder.exit_code]))
        (home / "said.json").rename(done)
    said, exit_code = json.loads(done.read_text())
    truth = tuple(table(SAMPLES / f"{sample}-truth.csv"))
    return Folder(Desk(home).output, said, exit_code, truth)


def _wait_for(path: Path) -> None:
    patience = time.monotonic() + 600
    while not path.exists():
        assert time.monotonic() < patience, f"the worker that reads {path.stem} gave up"
        time.sleep(0.1)


@pytest.fixture
def my_awkward(awkward: Folder, desk: Desk) -> Folder:
    """A copy of the awkward sample's output, to fill in and to apply."""
    shutil.copytree(awkward.path, desk.output)
    return Folder(desk.output, awkward.said, awkward.exit_code, awkward.truth)
