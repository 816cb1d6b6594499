"""The review page: what a person must decide, in the browser, over the same review.csv.

In the same pages an audit shows slips drawn at random, without what was read on them.
"""

from scanpipe.reviewing.server import AuditServer, PageServer, ReviewServer

__all__ = ["AuditServer", "PageServer", "ReviewServer"]
