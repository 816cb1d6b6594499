"""Kills `scanpipe run` at random moments of its work, lets it go on, and looks for what is amiss.

    python tests/bench/kills.py --kills 100 --seed 1

A small stack is read with two workers, again and again: killed (SIGKILL) once to four times at
moments spread evenly over the time that a whole run takes, and then left to finish. Every second
folder holds the tables of an earlier run of another stack. Ends with 1 if no run went on from
where it was killed, or if anything is amiss:

- a table or run.json that is neither whole as it stood before nor whole as it is to be
- a process that still lives some seconds after its parent was killed
- a file that is left over in the folder when the last run has ended, or was put anywhere else
- a table, picture or run.json (but for its times) that a run never stopped would not have written
"""
# ruff: noqa: T201

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

ROOT = Path(__file__).parents[2]
FORM = ROOT / "forms" / "hadeland-2016.toml"
PATIENCE_S = 3.0
"""A process that is still there so long after its parent was killed is an orphan."""

SLOWEST_S = 300
PAGES_IN_FILE = 2

Files = dict[str, bytes]


@dataclass
class Bench:
    """A private folder with two stacks, and the runs that are made there."""

    home: Path
    workers: int
    marker: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def temporary(self) -> Path:
        """Where a program puts temporary files unless it is told otherwise."""
        return self.home / "tmp"

    def scanpipe(self, *words: object) -> subprocess.Popen[bytes]:
        """Start the command; every process that comes of it carries the marker."""
        environment = os.environ | {
            "KILLS": self.marker,
            "TMPDIR": str(self.temporary),
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "scanpipe", *map(str, words)],
            cwd=self.home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, stack: str, folder: str) -> subprocess.Popen[bytes]:
        return self.scanpipe(
            *("run", f"{stack}-scans", "--form", FORM, "-o", folder, "--workers", self.workers)
        )

    def processes(self) -> list[int]:
        """Return the living processes that carry the marker."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if self.marker.encode() in entry.read_bytes():
                    found.append(int(entry.parent.name))
            except OSError:
                continue  # ended meanwhile, or not ours to look at
        return found

    def wait_for_the_last(self) -> float | None:
        """Return the seconds until all processes have ended, None if they do not."""
        started = time.monotonic()
        while self.processes():
            if time.monotonic() - started > PATIENCE_S:
                return None
            time.sleep(0.02)
        return time.monotonic() - started


def files_in(folder: Path) -> Files:
    """Return everything in `folder`, run.json without its times."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {name: _timeless(data) if name == "run.json" else data for name, data in found.items()}


def _timeless(data: bytes) -> bytes:
    try:
        run = json.loads(data)
    except ValueError:
        return data
    return json.dumps({name: value for name, value in run.items() if name != "seconds"}).encode()


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Return the exit code and what was said, once `process` has ended of itself."""
    said, _ = process.communicate(timeout=SLOWEST_S)
    return process.returncode, said.decode()


def prepare(bench: Bench, pages: int) -> tuple[dict[str, Files], float, int]:
    """Make the stacks and read them undisturbed; return the files, and the second's time and code.

    The first stack is that of the earlier run, the second that of the runs to be killed. They are
    the last `pages` of awkward ones, where most of what needs a picture is, a few to a file: what
    a run has read is recorded when so many have come.
    """
    bench.temporary.mkdir()
    whole: dict[str, Files] = {}
    for seed, stack in enumerate(("earlier", "stack"), start=1):
        words = ("--awkward", "--truth", "truth.csv", "--seed", seed, "--dpi", 100)
        code, said = finished(bench.scanpipe("simulate", FORM, "-o", "all.pdf", *words))
        if code:
            raise SystemExit(said)
        split(bench.home / "all.pdf", pages, bench.home / f"{stack}-scans")
        started = time.monotonic()
        code, said = finished(bench.run(stack, stack))
        whole[stack] = files_in(bench.home / stack)
        if "summary.csv" not in whole[stack]:
            raise SystemExit(said)
    return whole, time.monotonic() - started, code


def split(scan: Path, pages: int, folder: Path) -> None:
    """Write the last `pages` of a PDF into `folder`, PAGES_IN_FILE to a file."""
    folder.mkdir()
    with pikepdf.open(scan) as pdf:
        last = list(pdf.pages)[-pages:]
        for first in range(0, pages, PAGES_IN_FILE):
            with pikepdf.new() as some:
                some.pages.extend(last[first : first + PAGES_IN_FILE])
                some.save(folder / f"{first:03d}.pdf")


def is_partial(name: str, data: bytes, whole: dict[str, Files]) -> bool:
    """Whether a file that a kill has left under its own name is not whole."""
    hidden = any(part.startswith(".") for part in Path(name).parts)
    return not hidden and data not in (files.get(name) for files in whole.values())


def trial(
    bench: Bench, whole: dict[str, Files], kill_after_s: list[float], code: int, *, over: bool
) -> Counter[str]:
    """Kill runs into one folder so many seconds after their starts, then let one finish."""
    folder = bench.home / "out"
    shutil.rmtree(folder, ignore_errors=True)
    if over:
        shutil.copytree(bench.home / "earlier", folder)
    found: Counter[str] = Counter()
    for moment_s in kill_after_s:
        process = bench.run("stack", "out")
        try:
            process.communicate(timeout=moment_s)
        except subprocess.TimeoutExpired:
            process.kill()
            found["kills"] += 1
        else:
            found["runs that were quicker than the kill"] += 1
        found["orphans"] += bench.wait_for_the_last() is None
        process.communicate()
        left = files_in(folder) if folder.exists() else {}
        found["partial files"] += sum(is_partial(*item, whole) for item in left.items())
        found["kills that left a temporary file"] += any(
            name.endswith(".tmp") or name.startswith(".scanpipe/scanpipe-") for name in left
        )
    ended, said = finished(bench.run("stack", "out"))
    found["last runs"] += 1
    found["last runs that went on"] += "had been read before" in said
    found["wrong exit codes, tracebacks"] += ended != code or "Traceback" in said
    after = files_in(folder)
    found["files left over"] += len(after.keys() - whole["stack"].keys())
    found["files elsewhere"] += len(list(bench.temporary.iterdir()))
    found["files with other bytes"] += sum(
        after.get(name) != data for name, data in whole["stack"].items()
    )
    return found


AMISS = (
    "partial files",
    "orphans",
    "wrong exit codes, tracebacks",
    "files left over",
    "files elsewhere",
    "files with other bytes",
)
TOLD = (
    "kills",
    "kills that left a temporary file",
    "runs that were quicker than the kill",
    "last runs",
    "last runs that went on",
    *AMISS,
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pages", type=int, default=12, help="of the stack, at most 24")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng, found = random.Random(asked.seed), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="kills-") as home:
        bench = Bench(Path(home), asked.workers)
        whole, whole_s, code = prepare(bench, asked.pages)
        turn = 0
        while found["kills"] < asked.kills:
            times = min(rng.randint(1, 4), asked.kills - found["kills"])
            moments_s = [rng.uniform(0, whole_s) for _ in range(times)]
            found += trial(bench, whole, moments_s, code, over=turn % 2 == 1)
            turn += 1
            print(f"{found['kills']} kills", file=sys.stderr)
    for what in TOLD:
        print(f"| {what} | {found[what]} |")
    print(f"| seconds that a run takes | {whole_s:.1f} |")
    return int(any(found[what] for what in AMISS) or not found["last runs that went on"])


if __name__ == "__main__":
    sys.exit(main())
