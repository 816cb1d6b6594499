"""Owns the figures of a rehearsal: outcomes counted, and what the counts promise."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanpipe.selftest.comparing import NOT_THERE, Fate, Outcome, read_cell, truth_cell


@dataclass(slots=True)
class Tally:
    """Counts of one scenario's outcomes.

    `slips`: slips, and other pages to judge. `asked`: those that are for a person to decide;
    `needless`: other slips that went to review; `named`: of `asked`, those whose reason and
    proposal are as they should be. `confusion`: (truth, read) -> slips.
    """

    slips: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    needless: int = 0
    named: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count `outcomes` too."""
        for outcome in outcomes:
            self.slips += outcome.row is not NOT_THERE
            self.fates[outcome.fate] += 1
            self.asked += outcome.due
            self.needless += outcome.fate is Fate.REVIEW and not outcome.due
            self.named += outcome.due and outcome.named
            self.confusion[truth_cell(outcome), read_cell(outcome)] += 1

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.slips + other.slips,
            self.fates + other.fates,
            self.asked + other.asked,
            self.needless + other.needless,
            self.named + other.named,
            self.confusion + other.confusion,
        )

    def count(self, fate: Fate) -> int:
        """Return how many slips came to `fate`."""
        return self.fates[fate]

    @property
    def wrong(self) -> int:
        """Silent errors and lost slips: what must not happen."""
        return self.count(Fate.SILENT) + self.count(Fate.LOST)

    @property
    def review_rate(self) -> float | None:
        """Share of the slips with one clear answer that went to review; None without any."""
        clear = self.slips - self.asked
        return self.needless / clear if clear else None

    @property
    def bound(self) -> float:
        """What the share of wrong slips stays below with 95 % certainty if none is wrong: 3/n."""
        return min(3 / self.slips, 1.0) if self.slips else 1.0
