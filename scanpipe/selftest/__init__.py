"""The rehearsal: stacks of every scenario made, read as `run` reads, held against the truth."""

from scanpipe.selftest.rehearsal import Rehearsal, rehearse, scenarios_named
from scanpipe.selftest.shown import confusion_table, scenario_table
from scanpipe.selftest.tally import Tally

__all__ = ["Rehearsal", "Tally", "confusion_table", "rehearse", "scenario_table", "scenarios_named"]
