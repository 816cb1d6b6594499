"""Measures what a run costs against what cannot be spared, in one sitting on one machine.

    python tests/bench/speed.py                       the table, 1,000 slips of 300 dpi
    python tests/bench/speed.py --slips 50            a rough one, soon
    python tests/bench/speed.py --rows grey,1bit      only these rows
    python tests/bench/speed.py --big                 also the cost of a slip among 20,000
    python tests/bench/speed.py --before OLD.json     beside the figures of an earlier time
    python tests/bench/speed.py --readme README.md    put the table into the README

Absolute times mean little on a machine that has other things to do. So every figure is a ratio;
both sides of it are measured by turns, first the one, then the other, then the other way round;
and the ratio is the median of those of the rounds. `pdftoppm` writes its pages to nowhere, for
writing 2.5 MB a page would only make it slower.

The stacks are simulated, which takes longer than reading them, and are kept in `--keep`. For the
cost of a slip among many, both stacks are of 100 dpi: 20,000 slips of 300 dpi would take two hours
to make, and what grows with the stack weighs more beside slips that are read quickly.

Memory is the sum of PSS in /proc/*/smaps_rollup over all processes of the run, ten times a second,
in a run of its own. POSIX only; memory and the kinds of processes on Linux only.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from _measuring import ROOT
from _readme import put_between, table
from _speed_rows import BIG, IMAGES, ROUNDS, ROWS, Bench, Row

MARK = "measured speed"
USUAL = [key for key in ROWS if key != BIG]


def lines_of(
    bench: Bench, rows: Mapping[str, Row], before: Mapping[str, Row], command: str
) -> list[str]:
    """Return the Markdown of all that was found; `before`: the rows of an earlier time."""
    head = ["figure", *(["before"] if before else []), "measured", "goal", "beyond"]
    cells = []
    for key, row in rows.items():
        then = [before[key].value if key in before else "–"] if before else []
        cells.append([row.figure, *then, row.value, row.goal, row.beyond])
    lines = [
        f"Measured on {bench.slips:,} simulated slips, A6 at 300 dpi:",
        "",
        *table(head, cells),
    ]
    if bench.profiles:
        kinds = list(next(iter(bench.profiles.values())))
        parts = [
            [IMAGES[image], *(f"{ms:.1f}" for ms in found.values())]
            for image, found in bench.profiles.items()
        ]
        lines += ["", "Where the CPU of a run goes, ms a slip:", ""]
        lines += table(["stack", *kinds], parts, right=len(kinds))
    return [*lines, "", f"Made by `{command}` on {os.cpu_count()} processors."]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--slips", type=int, default=1000)
    parser.add_argument("--rows", help=f"some of {','.join(ROWS)}, with commas between")
    parser.add_argument("--big", action="store_true", help="also the stack twenty times as large")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often a ratio is measured")
    parser.add_argument("--keep", type=Path, default=ROOT / "output" / "speed", help="for stacks")
    parser.add_argument("--before", type=Path, help="speed.json of an earlier time")
    parser.add_argument("--readme", type=Path, help="file to put the table into")
    chosen = parser.parse_args(arguments)
    chosen.rows = chosen.rows.split(",") if chosen.rows else list(USUAL)
    if unknown := set(chosen.rows) - set(ROWS):
        parser.error(f"no such rows: {', '.join(unknown)}")
    if chosen.big and BIG not in chosen.rows:
        chosen.rows.append(BIG)
    return chosen


def asked(chosen: argparse.Namespace) -> str:
    """Return the command that measures the same once more."""
    words = ["python tests/bench/speed.py", f"--slips {chosen.slips}"]
    usual = [key for key in chosen.rows if key != BIG] == USUAL
    words += [f"--rounds {chosen.rounds}"] if chosen.rounds != ROUNDS else []
    words += [] if usual else [f"--rows {','.join(chosen.rows)}"]
    return " ".join([*words, "--big"] if usual and BIG in chosen.rows else words)


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    bench = Bench(chosen.keep, chosen.slips, chosen.rounds)
    before = {}
    if chosen.before:
        stored = json.loads(chosen.before.read_text(encoding="utf-8"))
        before = {key: Row(**row) for key, row in stored["rows"].items()}
    rows: dict[str, Row] = {}
    for key in [key for key in ROWS if key in chosen.rows]:
        rows[key] = ROWS[key](bench)
        say(f"{rows[key].figure}: {rows[key].value}")
    found = {"rows": {key: asdict(row) for key, row in rows.items()}, "profiles": bench.profiles}
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (chosen.keep / "speed.json").write_text(text, encoding="utf-8")
    lines = lines_of(bench, rows, before, f"{asked(chosen)} --readme README.md")
    say("", *lines)
    if chosen.readme:
        put_between(chosen.readme, MARK, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
