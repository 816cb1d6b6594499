"""Measures scanpipe beside what else one might read slips with, on one stack, in one sitting.

    python tests/bench/peers.py                       200 slips, 300 dpi grey; about 10 minutes
    python tests/bench/peers.py --slips 50 --rounds 1 a rough one, soon
    python tests/bench/peers.py --only markshark      only those whose name begins so, and scanpipe
    python tests/bench/peers.py --readme README.md    put the table into the README

Each peer is installed into an environment of its own in `--work`, and is given a template for the
slip, the settings with which it reads most (see the modules _peer_*.py), and the resolution that
suits it best: both peers are quickest at 75 dpi, and read no worse. markshark lays a scan on its
template by the numbers in the registration marks, so it needs the slips of each session by
themselves, with a template for each; with one template for all it goes astray. Each is run in
every round, in turn; CPU, with all processes, and time are the medians, and take in its start.
Peers know no sessions: they are only asked for the rating, while scanpipe and the script of a
weekend must have both right.

- right: the rating as the pen made it (blank for a blank slip)
- flagged: put aside for a person, or left empty
- silent: anything else: wrong, and nothing tells
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import pikepdf
from _measuring import PYTHON, ROOT, SCANPIPE, Cost, measured
from _readme import put_between, table
from _stacks import FORM, Stack, stack, truth_of

from scanpipe.composing import layout_of
from scanpipe.form import load_form

MARK = "measured peers"
ROUNDS = 3
HERE = Path(__file__).parent
OWN = "scanpipe"

Answers = dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Peer:
    """A way to read a stack. `module` is run by the Python in which `package` is installed, or by
    ours if there is none; `told`: it is given each session's slips by themselves.
    """

    name: str
    session: str
    dpi: int
    module: str = ""
    package: str = ""
    told: bool = False


MARKSHARK = Peer("markshark", "not asked for", 75, "_peer_markshark.py", "markshark==1.2.0")
MARKSENSE = Peer("marksense", "not asked for", 75, "_peer_marksense.py", "marksense==0.2.0")
TOLD = replace(MARKSHARK, name="markshark, told the session", session="told", told=True)
PEERS = (
    Peer(OWN, "read", 300),
    TOLD,
    replace(TOLD, name=f"{TOLD.name}, at its usual dpi", dpi=150),
    MARKSHARK,
    MARKSENSE,
    replace(MARKSENSE, name="marksense, at its usual dpi", dpi=200),
    Peer("a script of one weekend", "read", 200, "_peer_weekend.py"),
)


@dataclass(frozen=True)
class Found:
    """What a peer took, and what became of the slips."""

    peer: Peer
    cpu_ms: float
    wall_ms: float
    fates: Counter[str]


class Bench:
    """One sitting: the stack, and what each peer is told of it."""

    def __init__(self, work: Path, made: Stack) -> None:
        self.work = work
        self.stack = made
        self.truth = truth_of(made)
        self.form = load_form(FORM)

    def read(self, peer: Peer) -> tuple[Cost, Answers]:
        """Have a peer read the stack; return what it took, and its answers by page."""
        folder = self.work / "run" / peer.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if peer.name == OWN:
            words = ("run", self.stack.pdf, "--form", FORM, "-o", folder / "tables")
            cost = measured(*SCANPIPE, *words, "--csv", "comma", log=folder / "log")
            return cost, dict(own_answers(folder / "tables" / "results.csv"))
        job = folder / "job.json"
        answers = folder / "answers.json"
        told = self.slip() | {
            "folder": str(folder),
            "answers": str(answers),
            "parts": self.parts(peer, folder),
            "dpi": peer.dpi,
        }
        job.write_text(json.dumps(told), encoding="utf-8")
        python = python_of(self.work, peer.package)
        cost = measured(python, HERE / peer.module, job, log=folder / "log")
        return cost, {each["page"]: each for each in json.loads(answers.read_text("utf-8"))}

    def slip(self) -> dict[str, Any]:
        """Return where everything stands on a slip, in mm from its top left corner."""
        layout = layout_of(self.form)
        field = layout.session.inset(1.2)
        return {
            "slip_mm": [layout.width_mm, layout.height_mm],
            "faces_mm": [[face.centre.x_mm, face.centre.y_mm] for face in layout.faces],
            "field_mm": [field.x_mm, field.y_mm, field.right_mm, field.bottom_mm],
            "sessions": {each.id: each.name for each in self.form.sessions},
            "language": self.form.words.tesseract,
        }

    def parts(self, peer: Peer, folder: Path) -> list[dict[str, Any]]:
        """Return what a peer reads, a PDF and a blank slip for each part, and its pages from 1."""
        blank = folder / "blank.pdf"
        measured(*SCANPIPE, "print", FORM, "-o", blank, "--sheet", "slip", "--copies", 1)
        if not peer.told:
            template = pages_of(blank, [1], folder / "template.pdf")
            pages = list(range(1, self.stack.slips + 1))
            return [{"pdf": str(self.stack.pdf), "template": template, "pages": pages}]
        found = []
        for place, session in enumerate(self.form.sessions, start=1):
            pages = [int(row["page"]) for row in self.truth if row["session"] == session.id]
            template = pages_of(blank, [place], folder / f"template-{session.id}.pdf")
            if pages:
                pdf = pages_of(self.stack.pdf, pages, folder / f"slips-{session.id}.pdf")
                found.append({"pdf": pdf, "template": template, "pages": pages})
        return found

    def fates(self, peer: Peer, answers: Answers) -> Counter[str]:
        """Count what became of the slips."""
        asked = "session" if peer.session == "read" else ""
        return Counter(fate(row, answers.get(int(row["page"])), asked) for row in self.truth)


def fate(row: dict[str, str], answer: dict[str, Any] | None, asked: str) -> str:
    """Return what became of a slip; `asked` is `session` if that must be right too."""
    if answer is None or answer["flagged"]:
        return "flagged"
    if asked and answer[asked] != row[asked]:
        return "silent"
    if not answer["rating"]:
        certain = row["expected"] == "blank" and answer.get("blank", True)
        return "right" if certain else "silent" if answer.get("blank") else "flagged"
    right = row["expected"] == "read" and answer["rating"] == row["rating"]
    return "right" if right else "silent"


def own_answers(results: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield scanpipe's answers by page; it says blank of a slip only when it is certain."""
    with results.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield (
                int(row["page"]),
                {
                    "session": row["session"],
                    "rating": row["rating"],
                    "blank": row["status"] == "blank",
                    "flagged": row["status"] in ("review", "rejected"),
                },
            )


def pages_of(pdf: Path, pages: Sequence[int], target: Path) -> str:
    """Write some pages of a PDF, counted from 1, to another, and return its name."""
    with pikepdf.open(pdf) as whole, pikepdf.new() as some:
        some.pages.extend(whole.pages[page - 1] for page in pages)
        some.save(target)
    return str(target)


def python_of(work: Path, package: str) -> Path:
    """Return the Python in which `package` is installed, made if it is not there yet."""
    if not package:
        return Path(PYTHON)
    place = work / package.partition("==")[0]
    python = place / "bin" / "python"
    if not (place / "installed").exists():
        subprocess.run([PYTHON, "-m", "venv", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
        (place / "installed").write_text(package, encoding="utf-8")
    return python


def contest(bench: Bench, peers: Sequence[Peer], rounds: int) -> list[Found]:
    """Have all peers read the stack in every round, in turn."""
    costs: dict[str, list[Cost]] = {peer.name: [] for peer in peers}
    fates: dict[str, Counter[str]] = {}
    for round_ in range(rounds):
        for peer in peers if round_ % 2 == 0 else reversed(peers):
            cost, answers = bench.read(peer)
            costs[peer.name].append(cost)
            fates[peer.name] = bench.fates(peer, answers)
            told = f"{cost.cpu_s:.1f} s of CPU, {cost.wall_s:.1f} s, {dict(fates[peer.name])}"
            say(f"{peer.name}: {told}")
    each_ms = 1000 / bench.stack.slips
    return [
        Found(
            peer,
            each_ms * median(cost.cpu_s for cost in costs[peer.name]),
            each_ms * median(cost.wall_s for cost in costs[peer.name]),
            fates[peer.name],
        )
        for peer in peers
    ]


def lines_of(bench: Bench, found: Sequence[Found], asked: str) -> list[str]:
    """Return the Markdown of all that was found."""
    least_ms = next((each.cpu_ms for each in found if each.peer.name == OWN), None)
    head = ["read with", "dpi", "session", "CPU, ms a slip", "against scanpipe", "time, ms a slip"]
    rows = [
        [each.peer.name, str(each.peer.dpi), each.peer.session, f"{each.cpu_ms:.0f}"]
        + [f"{each.cpu_ms / least_ms:.1f} ×" if least_ms else "–", f"{each.wall_ms:.0f}"]
        + [str(each.fates[kind]) for kind in ("right", "silent", "flagged")]
        for each in found
    ]
    due = sum(row["expected"] == "review" for row in bench.truth)
    packages = sorted({each.peer.package for each in found if each.peer.package})
    return [
        f"{bench.stack.slips:,} simulated slips, grey at 300 dpi, {due} of them with two marks, "
        "which must be flagged:",
        "",
        *table([*head, "right", "silent", "flagged"], rows, right=6),
        "",
        f"Made by `{asked}` on {os.cpu_count()} processors, with "
        f"{' and '.join(packages).replace('==', ' ') or 'no peers'}.",
    ]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--slips", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is run")
    parser.add_argument("--only", action="append", help="beginning of a peer's name")
    parser.add_argument("--work", type=Path, default=ROOT / "output" / "peers", help="for peers")
    parser.add_argument("--keep", type=Path, default=ROOT / "output" / "speed", help="for stacks")
    parser.add_argument("--readme", type=Path, help="file to put the table into")
    return parser.parse_args(arguments)


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    wanted = (OWN, *(chosen.only or [""]))
    peers = [peer for peer in PEERS if peer.name.startswith(wanted)]
    for peer in peers:
        python_of(chosen.work, peer.package)
    bench = Bench(chosen.work, stack(chosen.keep, chosen.slips))
    found = contest(bench, peers, chosen.rounds)
    rounds = f" --rounds {chosen.rounds}" if chosen.rounds != ROUNDS else ""
    asked = f"python tests/bench/peers.py --slips {chosen.slips}{rounds} --readme README.md"
    lines = lines_of(bench, found, asked)
    say("", *lines)
    if chosen.readme:
        put_between(chosen.readme, MARK, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
