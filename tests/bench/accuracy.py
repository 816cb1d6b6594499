"""Measures reading on simulated slips of every scenario, and writes the README's table.

    python tests/bench/accuracy.py                      10,000 slips; go on where it stopped
    python tests/bench/accuracy.py --small              a fixed small part; exit code 1 if wrong
    python tests/bench/accuracy.py --readme README.md   put the table into the README

What became of each chunk of slips is appended to a file of JSON lines as soon as it is known.
A chunk that is there is not measured again: delete the file once reading has changed.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scanpipe.form import Form, load_form
from scanpipe.selftest.comparing import Fate
from scanpipe.selftest.rehearsal import (
    Rehearsal,
    Sitting,
    make,
    maker,
    rehearse_stack,
    scenarios_named,
)
from scanpipe.selftest.tally import Tally
from scanpipe.simulation.scenarios import SCENARIOS, Group, Scenario
from scanpipe.simulation.sittings import sittings_for, slips_a_sitting

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- measured figures: begin -->", "<!-- measured figures: end -->"

CHUNK_SLIPS = 60
SMALL_SLIPS, SMALL_SEED = 1, 2016
"""Slips of each scenario in the small part, which is read as one stack."""

LONG = frozenset(
    {"colour-white", "colour-pink", "colour-blue", "glass", "uncut-sheet"}
    | {"blank-600-dpi", "blank-uncut-sheet", "blank-glass"}
    | {"heavy-dirt", "blank-heavy-dirt", "copied-twice", "blank-copied-twice-1bit"}
    | {f"blank-colour-{paper}" for paper in ("white", "yellow", "pink", "blue")}
    | {f"blank-{like}" for like in ("grey-300", "skewed", "any-way-up", "150-dpi", "white-lid")}
    | {f"blank-{like}" for like in ("grey-lid", "fit-to-page", "wrong-dpi", "no-dpi", "phone")}
    | {f"blank-{like}" for like in ("grey-200", "1bit", "1bit-300-dpi", "dirt", "torn-corner")}
    | {f"blank-{like}" for like in ("1bit-dark", "black-lid", "duplex", "low-contrast", "jpeg-30")}
)
"""Scenarios that take longest to make, or are much like others, of which the small part has none.
Slips on the glass are among the awkward sample.
"""

Line = dict[str, Any]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--form", type=Path, default=ROOT / "forms" / "hadeland-2016.toml")
    parser.add_argument("--slips", type=int, default=10_000, help="slips in all, at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", action="append", choices=list(SCENARIOS), default=[])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--results", type=Path, default=ROOT / "output" / "accuracy.jsonl")
    parser.add_argument("--strokes", type=Path, help="folder of strokes to draw marks from")
    parser.add_argument("--pictures", type=Path, help="folder for pages that went wrong")
    parser.add_argument("--readme", type=Path, help="file to put the table into")
    parser.add_argument("--small", action="store_true", help="only a fixed small part")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    args = options(arguments)
    form = load_form(args.form)
    scenarios = [SCENARIOS[name] for name in args.scenario] or list(SCENARIOS.values())
    started = time.monotonic()
    lines = small(form, args) if args.small else measured(form, scenarios, args)
    tallies = tallied(lines)
    asked = "--small" if args.small else f"--slips {args.slips} --seed {args.seed}"
    table = "\n".join(readme_part(tallies, odd_slips(lines), asked))
    if args.readme:
        put_into(args.readme, table)
    say(table, f"{time.monotonic() - started:.0f} s", *map(json.dumps, odd_slips(lines)))
    return 1 if in_all(tallies).wrong else 0


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def small(form: Form, args: argparse.Namespace) -> list[Line]:
    """Measure the fixed small part: a few slips of every scenario, in one stack."""
    wanted = [
        Sitting(scenario.name, SMALL_SEED, number)
        for scenario in scenarios_named(None)
        if scenario.name not in LONG
        for number in range(sittings_for(scenario, form, SMALL_SLIPS))
    ]
    with maker(args.workers) as pool:
        found = rehearse_stack(form, wanted, pool, args.workers, args.strokes)
    keep_pictures(form, found, args)
    by_scenario: dict[str, list[Rehearsal]] = defaultdict(list)
    for each in found:
        by_scenario[each.sitting.scenario].append(each)
    return [line_of({"scenario": name}, some) for name, some in by_scenario.items()]


def measured(form: Form, scenarios: Sequence[Scenario], args: argparse.Namespace) -> list[Line]:
    """Measure what is not in the results yet; return all lines that were wanted."""
    args.results.parent.mkdir(parents=True, exist_ok=True)
    known = {key_of(line): line for line in stored(args.results)}
    wanted = list(chunks(form, scenarios, args))
    with maker(args.workers) as pool:
        for done, key in enumerate(wanted):
            if key_of(key) in known:
                continue
            begin, end = key["sittings"]
            sittings = [Sitting(key["scenario"], key["seed"], n) for n in range(begin, end)]
            found = rehearse_stack(form, sittings, pool, args.workers, args.strokes)
            keep_pictures(form, found, args)
            line = known[key_of(key)] = line_of(key, found)
            with args.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            told = f"{done + 1}/{len(wanted)} {key['scenario']}: {line['fates']}"
            sys.stderr.write(told + "\n")
    return [known[key_of(key)] for key in wanted]


def chunks(form: Form, scenarios: Sequence[Scenario], args: argparse.Namespace) -> Iterator[Line]:
    """Yield what identifies each chunk: some sittings of one scenario."""
    each = args.slips / sum(scenario.share for scenario in scenarios)
    for scenario in scenarios:
        total = sittings_for(scenario, form, each)
        step = max(CHUNK_SLIPS // slips_a_sitting(scenario, form), 1)
        for begin in range(0, total, step):
            yield {
                "form": form.id,
                "strokes": args.strokes.name if args.strokes else "",
                "seed": args.seed,
                "scenario": scenario.name,
                "sittings": [begin, min(begin + step, total)],
            }


def key_of(line: Line) -> str:
    return json.dumps([line[part] for part in ("form", "strokes", "seed", "scenario", "sittings")])


def stored(results: Path) -> Iterator[Line]:
    """Yield the lines of `results`; one that was cut short by a stop is not there."""
    if not results.exists():
        return
    for text in results.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(text)
        except json.JSONDecodeError:
            continue


def line_of(key: Line, found: Sequence[Rehearsal]) -> Line:
    """Return a line of results: the counts, and the slips that were not read right."""
    tally = Tally()
    tally.add(each.outcome for each in found)
    return key | {
        "slips": tally.slips,
        "fates": {str(fate): count for fate, count in tally.fates.items()},
        "asked": tally.asked,
        "needless": tally.needless,
        "named": tally.named,
        "odd": [odd_of(each) for each in found if is_odd(each)],
    }


def is_odd(each: Rehearsal) -> bool:
    """Tell what a person should look at: wrong, sent to review without need, or misnamed."""
    outcome = each.outcome
    wrong = outcome.fate in (Fate.SILENT, Fate.LOST)
    return wrong or (outcome.fate is Fate.REVIEW and not (outcome.due and outcome.named))


def odd_of(each: Rehearsal) -> Line:
    row, reading = each.outcome.row, each.outcome.reading
    told: Line = {
        "fate": each.outcome.fate,
        "due": each.outcome.due,
        "scenario": each.sitting.scenario,
        "seed": each.sitting.seed,
        "number": each.sitting.number,
        "truth": f"{row.session} {row.rating} {row.kind} {row.note}".strip(),
    }
    if reading is not None:
        told |= {
            "status": reading.status,
            "read": [reading.session, reading.rating, reading.read_session, reading.read_rating],
            "reasons": list(reading.reasons),
            "fills": [round(fill, 4) for fill in reading.fills],
            "text": reading.session_text,
        }
    return told


def keep_pictures(form: Form, found: Sequence[Rehearsal], args: argparse.Namespace) -> None:
    """Save the pages of slips that were not read right, made once more."""
    if args.pictures is None:
        return
    args.pictures.mkdir(parents=True, exist_ok=True)
    for each in found:
        if not is_odd(each):
            continue
        sitting, reading = each.sitting, each.outcome.reading
        name = f"{each.outcome.fate}-{sitting.scenario}-{sitting.seed}-{sitting.number}"
        if reading is not None and reading.picture is not None:
            (args.pictures / f"{name}-{reading.slip[-1]}.png").write_bytes(reading.picture)
        for part, page in enumerate(make(form, sitting, args.strokes)):
            path = args.pictures / f"{name}-page{part}{page.packed.suffix}"
            path.write_bytes(page.packed.data)


def tallied(lines: Sequence[Line]) -> dict[str, Tally]:
    """Return the tally of each scenario, in the order of the scenarios."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for line in lines:
        counts = (line["asked"], line["needless"], line["named"])
        tallies[line["scenario"]] += Tally(line["slips"], Counter(line["fates"]), *counts)
    return {name: tallies[name] for name in SCENARIOS if name in tallies}


def in_all(tallies: dict[str, Tally]) -> Tally:
    """Return the sum over all scenarios in which the marks can still be seen."""
    readable = (tally for name, tally in tallies.items() if SCENARIOS[name].group.readable)
    return sum(readable, Tally())


def odd_slips(lines: Sequence[Line]) -> list[Line]:
    return [item for line in lines for item in line["odd"]]


def readme_part(tallies: dict[str, Tally], odd: Sequence[Line], asked: str) -> Iterator[str]:
    """Yield the lines of the README's part on accuracy; `asked`: the options that gave them."""
    whole = in_all(tallies)
    silent, lost = whole.count(Fate.SILENT), whole.count(Fate.LOST)
    yield "## How well it reads"
    yield ""
    yield f"On {whole.slips:,} simulated slips and other pages, read as `run` reads them, there"
    yield f"were **{silent} silent errors**, confident answers that are wrong, and **{lost} slips"
    yield "were lost**."
    if not whole.wrong:
        yield f"With 95 % certainty it happens to fewer than {whole.bound:.3%} of such slips (3/n)."
    yield "*Asked* are slips that are for a person to decide, with two marks or a correction: all"
    yield "of them must go to review. *Review* is the share of all others that went there too."
    yield "*Wrong below* is that 95 % bound, for each kind. The table is made by"
    yield f"`python tests/bench/accuracy.py {asked} --readme README.md`;"
    yield "`scanpipe selftest` does the same with your own form."
    for group in Group:
        rows = {name: tally for name, tally in tallies.items() if SCENARIOS[name].group is group}
        if rows:
            yield ""
            yield from group_table(group, rows)
    if any(not SCENARIOS[name].group.readable for name in tallies):
        yield ""
        yield "The last table is not in the sum: a pencil is gone from a scan whose threshold is"
        yield "darker than it, and no program can tell such a slip from a blank one. Scan in grey."
    worst = Counter(
        (item["scenario"], "|".join(item.get("reasons", [])))
        for item in odd
        if item["fate"] == Fate.REVIEW and not item["due"]
    )
    if worst:
        yield ""
        yield "Where a person is asked most often without need: " + "; ".join(
            f"{scenario} ({count}, `{reasons}`)"
            for (scenario, reasons), count in worst.most_common(6)
        )


def group_table(group: Group, rows: dict[str, Tally]) -> Iterator[str]:
    """Yield a table with a line for each scenario of `group`, and one for all of them."""
    limit = group.review_at_most
    bar = "" if limit is None else f" (review at most {limit:.1%})"
    yield f"| {group.told}{bar} | slips | right | asked | review | silent | lost | wrong below |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    clean = {
        name: tally for name, tally in rows.items() if group is Group.BLANK and spotless(tally)
    }
    for name, tally in rows.items():
        if name not in clean:
            yield row_of(name, tally, limit)
    if clean:
        yield row_of(f"{len(clean)} kinds without any review", sum(clean.values(), Tally()), limit)
    if len(rows) > 1:
        yield row_of("**all of these**", sum(rows.values(), Tally()), limit)


def spotless(tally: Tally) -> bool:
    return not tally.wrong and not tally.needless


def row_of(name: str, tally: Tally, limit: float | None) -> str:
    right = tally.count(Fate.RIGHT) + tally.count(Fate.BLANK)
    rate = tally.review_rate
    review = "–" if rate is None else f"{rate:.2%}"
    if rate is not None and limit is not None and rate > limit:
        review = f"**{review}**"
    bound = "–" if tally.wrong else f"{tally.bound:.2%}"
    wrong = [tally.count(Fate.SILENT), tally.count(Fate.LOST)]
    cells = [name, tally.slips, right, tally.asked, review, *wrong, bound]
    return "| " + " | ".join(map(str, cells)) + " |"


def put_into(readme: Path, table: str) -> None:
    """Replace what stands between the markers of `readme`."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{readme} lacks the lines {BEGIN} and {END}")
    readme.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
