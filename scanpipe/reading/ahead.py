"""Loads what a worker needs, and does no more: a fork server imports this once for all workers."""

import gc

from scanpipe.loading import without_collecting
from scanpipe.reading.nursery import tidy_up_after_parent

tidy_up_after_parent()

with without_collecting():
    from scanpipe.reading import known, pipeline, session

    known.prepare()
    session.prepare()

__all__ = ["pipeline"]

# What is loaded stays: collecting would look at all of it, and copy what forked workers share.
gc.freeze()
