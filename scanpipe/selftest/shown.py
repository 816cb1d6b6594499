"""Owns how a rehearsal's figures are shown on the terminal."""

from collections import Counter
from collections.abc import Mapping

from rich import box
from rich.table import Table
from rich.text import Text

from scanpipe.form import Form
from scanpipe.selftest.comparing import Fate
from scanpipe.selftest.tally import Tally
from scanpipe.simulation.scenarios import SCENARIOS, Group

READ_CELLS = ("blank", "review", "lost", "none")
TRUTH_CELLS = ("blank", "two marks", "too few", "corrected", "no slip")


def scenario_table(tallies: Mapping[str, Tally]) -> Table:
    """Return a line for each scenario by name, and one for all of them."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("scenario", no_wrap=True)
    for name in ("slips", *Fate, "review rate", "wrong below (95 %)"):
        table.add_column(str(name), justify="right", no_wrap=True)
    shown: Group | None = None
    for name, tally in tallies.items():
        group = SCENARIOS[name].group
        if group is not shown:
            table.add_row(Text(_heading(group), style="bold"), end_section=False)
            shown = group
        table.add_row(*_cells(name, tally, group))
    table.add_section()
    table.add_row(*_cells("all", sum(tallies.values(), Tally()), None), style="bold")
    return table


def _heading(group: Group) -> str:
    if group.review_at_most is None:
        return group.told
    return f"{group.told}: review at most {group.review_at_most:.1%}"


def _cells(name: str, tally: Tally, group: Group | None) -> list[Text]:
    counts = [_count(tally, fate) for fate in Fate]
    bound = Text("–" if tally.wrong else f"{tally.bound:.2%}")
    return [Text(name), Text(str(tally.slips)), *counts, _rate(tally, group), bound]


def _count(tally: Tally, fate: Fate) -> Text:
    number = tally.count(fate)
    bad = number and fate in (Fate.SILENT, Fate.LOST)
    return Text(str(number), style="bold red" if bad else "")


def _rate(tally: Tally, group: Group | None) -> Text:
    if tally.review_rate is None:
        return Text("–")
    limit = group.review_at_most if group else None
    over = limit is not None and tally.review_rate > limit
    return Text(f"{tally.review_rate:.1%}", style="yellow" if over else "")


def confusion_table(tallies: Mapping[str, Tally], form: Form) -> Table:
    """Return what was on the slips (lines) against what was read (columns), all scenarios."""
    found: Counter[tuple[str, str]] = sum((t.confusion for t in tallies.values()), Counter())
    names = {str(rating): name for rating, name in enumerate(form.answer_names, start=1)}
    seen = {cell for pair in found for cell in pair}
    # Of a choice there may be a hundred combinations.
    ratings = [rating for rating in names if form.is_scale or rating in seen]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="on the slip (down), read (across)")
    table.add_column("")
    columns = [*ratings, *READ_CELLS]
    for column in columns:
        table.add_column(Text(names.get(column, column)), justify="right")
    for truth in (*ratings, *TRUTH_CELLS):
        numbers = [found[truth, read] for read in columns]
        if any(numbers):
            shown = (str(number) if number else "·" for number in numbers)
            table.add_row(Text(names.get(truth, truth)), *shown)
    return table
