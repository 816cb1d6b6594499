"""Feeds scanpipe every kind of bad input and prints what happened.

    python tests/bench/faults.py                  # a summary, for the README
    python tests/bench/faults.py --all            # a line for each kind
    python tests/bench/faults.py --only "PDF cut" # some of them
    python tests/bench/faults.py --readme README.md

Each kind is read in a process of its own, with one worker, as `run` reads it; the seconds include
starting the worker, the megabytes are those of all its processes together. Ends with 1 when a
kind ends otherwise than it should, when a refused one takes too long, or when one takes too much
memory.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.form import load_form
from scanpipe.selftest.trying import try_fault
from scanpipe.simulation.faults import FAULTS, Group, good_stack
from scanpipe.simulation.faults.fault import BLANK, BLANK_BACK, READ, REVIEW
from scanpipe.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FORM = ROOT / "forms" / "hadeland-2016.toml"
BEGIN, END = "<!-- measured faults: begin -->", "<!-- measured faults: end -->"

REFUSED_WITHIN_S = 5.0
MOST_MB = 1000.0
GIVEN_UP_AFTER_S = 300.0
LOOK_EVERY_S = 0.02
SLOW = "took too long"

CAME_THROUGH = {READ, BLANK, BLANK_BACK, REVIEW}
LOOKED_AT = CAME_THROUGH | {Reason.NO_SLIP.value}
"""Ends of pages that were read like any other, which takes the time that their pixels take."""


@dataclass(frozen=True)
class Trial:
    """What became of one kind: how each of its pages ended, or what went wrong instead."""

    name: str
    ends: tuple[str, ...]
    seconds: float
    megabytes: float
    trouble: str = ""

    @property
    def refused(self) -> bool:
        """Whether no page of it was looked at for slips."""
        return not any(LOOKED_AT & set(end.split("+")) for end in self.ends)

    @property
    def complaint(self) -> str:
        """What is wrong with how it ended; empty when nothing is."""
        if self.trouble:
            return self.trouble
        if not FAULTS[self.name][1].ends_as_it_should(self.ends):
            return "ended wrongly"
        if self.refused and self.seconds > REFUSED_WITHIN_S:
            return SLOW
        return "took too much memory" if self.megabytes > MOST_MB else ""

    @property
    def happened(self) -> str:
        """How its pages ended, those in a row that ended alike in one."""
        counted = Counter(self.ends)
        told = [f"{count} × {end}" if count > 1 else end for end, count in counted.items()]
        return ", ".join(filter(None, [*told, self.complaint and f"**{self.complaint}**"]))


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="a line for each kind")
    parser.add_argument("--only", default="", help="only kinds with this in their name")
    parser.add_argument("--readme", type=Path, help="put the summary into this file")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.one:
        return one(args.one, args.folder)
    trials = [patiently_tried(name) for name in FAULTS if args.only in name]
    wrong = [trial for trial in trials if trial.complaint]
    summary = "\n".join(summary_of(trials))
    if args.readme:
        put_into(args.readme, summary)
    lines = table_of(trials) if args.all else [summary, *(table_of(wrong) if wrong else ())]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


def one(name: str, folder: Path) -> int:
    """Try one kind in this process; print how its pages ended and how long that took."""
    form = load_form(FORM)
    good = good_stack(form)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    started = time.monotonic()
    ends = try_fault(form, FAULTS[name][1], good, folder, workers=1)
    sys.stdout.write(json.dumps({"ends": ends, "seconds": time.monotonic() - started}) + "\n")
    return 0


def patiently_tried(name: str) -> Trial:
    """Try one kind again when it was slow: the computer may have been busy."""
    trial = tried(name)
    for _ in range(2):
        if trial.complaint != SLOW:
            break
        trial = min(trial, tried(name), key=lambda each: each.seconds)
    return trial


def tried(name: str) -> Trial:
    """Try one kind in a process of its own and look at its memory meanwhile."""
    sys.stderr.write(f"{name}\n")
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, __file__, "--one", name, "--folder", folder]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watch = MemoryWatch(process.pid)
        try:
            said, errors = process.communicate(timeout=GIVEN_UP_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return Trial(name, (), GIVEN_UP_AFTER_S, watch.stop(), "hung")
        megabytes = watch.stop()
    if process.returncode != 0 or "Traceback" in errors:
        last = (errors.strip().splitlines() or ["no word"])[-1]
        return Trial(name, (), 0.0, megabytes, f"ended with {process.returncode}: {last}")
    found = json.loads(said.splitlines()[-1])
    return Trial(name, tuple(found["ends"]), found["seconds"], megabytes)


class MemoryWatch:
    """Looks again and again at how much memory a process and all below it use together.

    Only Linux tells; elsewhere it sees nothing.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_kb = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        while not self.over.wait(LOOK_EVERY_S):
            self.peak_kb = max(self.peak_kb, sum(map(resident_kb, family_of(self.pid))))

    def stop(self) -> float:
        """Return the most that was seen, in MB."""
        self.over.set()
        self.thread.join()
        return self.peak_kb * 1024 / 1e6


def family_of(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        try:
            children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
        except OSError:
            continue
        for child in children.split():
            yield from family_of(int(child))


def resident_kb(pid: int) -> int:
    """Return the memory of a process, that which it shares with others divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def table_of(trials: Sequence[Trial]) -> Iterator[str]:
    yield "| fault | what happened | seconds | MB |"
    yield "| --- | --- | ---: | ---: |"
    for trial in trials:
        yield f"| {trial.name} | {trial.happened} | {trial.seconds:.1f} | {trial.megabytes:.0f} |"


def summary_of(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the README's part: a line for each group of kinds."""
    yield f"{len(trials)} kinds of bad input were made as files and read as `run` reads them."
    yield "*Read* takes in blank backs and slips for a person to look at; *wrong* is any other end"
    yield "than the right one, a traceback, a refusal that takes over 5 s, or more than 1 GB. The"
    yield "table is made by `python tests/bench/faults.py --readme README.md`; `--all` shows each"
    yield "kind."
    yield ""
    heading = "what is bad | kinds | read | partly | rejected | wrong | slowest refusal | memory"
    yield f"| {heading} |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for group in Group:
        some = [trial for trial in trials if FAULTS[trial.name][0] is group]
        if some:
            yield row_of(group.value, some)
    yield row_of("**all**", trials)
    reasons = Counter(
        end for trial in trials for end in ends_in(trial) if end not in CAME_THROUGH and end
    )
    yield ""
    yield "Kinds in which pages were rejected, by reason: " + ", ".join(
        f"`{reason}` {count}" for reason, count in reasons.most_common()
    )


def row_of(name: str, trials: Sequence[Trial]) -> str:
    refused = [trial for trial in trials if trial.refused]
    rejected = [trial for trial in trials if not CAME_THROUGH & ends_in(trial)]
    whole = [trial for trial in trials if ends_in(trial) <= CAME_THROUGH and trial.ends]
    slowest = f"{max(trial.seconds for trial in refused):.1f} s" if refused else "–"
    most = max((trial.megabytes for trial in trials), default=0.0)
    partly = len(trials) - len(rejected) - len(whole)
    wrong = sum(bool(trial.complaint) for trial in trials)
    cells = [name, len(trials), len(whole), partly, len(rejected), wrong]
    return "| " + " | ".join(map(str, [*cells, slowest, f"{most:.0f} MB"])) + " |"


def ends_in(trial: Trial) -> set[str]:
    """Return the ends of all slips and pages of a kind."""
    return set("+".join(trial.ends).split("+"))


def put_into(readme: Path, summary: str) -> None:
    """Replace what stands between the markers of `readme`."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{readme} lacks the lines {BEGIN} and {END}")
    readme.write_text(f"{before}{BEGIN}\n{summary}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
