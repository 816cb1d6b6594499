"""A scanned stack without paper: pens and scanners."""

from scanpipe.simulation.counts import Counts, SessionCounts, load_counts
from scanpipe.simulation.stack import simulate

__all__ = ["Counts", "SessionCounts", "load_counts", "simulate"]
