"""Owns audit.json as the report reads it: what came of checking slips drawn at random."""

import datetime
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from scanpipe.errors import OutputError
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.run_file import Run
from scanpipe.reporting.sampled import digest_of, sampled

NAME = "audit.json"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """`checked` slips were drawn and read again by a person, of which `differing` were misread.

    With `confidence` at most the share `at_most` of all slips is misread; both from 0 to 1.
    `reading`: the digest of what was drawn from; `is_earlier`: that is not what the run holds now,
    so that the result need not hold for it.
    """

    checked: Annotated[int, Field(ge=0)]
    differing: Annotated[int, Field(ge=0)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    at_most: Annotated[float, Field(ge=0, le=1)]
    date: datetime.date
    reading: str = ""
    is_earlier: bool = True


_AUDIT = TypeAdapter(AuditResult)


def load_audit(folder: Path, run: Run) -> AuditResult | None:
    """Return the audit kept in `folder`, None if there was none or nothing is checked yet.

    It is of an earlier reading unless `run` holds the very readings that it was drawn from: scans
    may have come, been taken away or been read anew since. What a person corrects changes nothing
    there: an audit tells how well the machine reads. One that does not tell what it was drawn from
    is taken for one of an earlier reading, as slips may have come that it could not draw.

    Raises:
        OutputError: audit.json cannot be read, or is not what scanpipe wrote.
    """
    path = folder / NAME
    data = read_if_there(path)
    if data is None:
        return None
    audit = _parsed(data, path)
    if not audit.checked:
        return None
    now = digest_of(sampled(run.rows).values(), run.form)
    return replace(audit, is_earlier=audit.reading != now)


def _parsed(data: bytes, path: Path) -> AuditResult:
    try:
        return _AUDIT.validate_json(data)
    except ValidationError as error:
        fault = error.errors()[0]
        raise OutputError(
            f"{path} is damaged: {'.'.join(map(str, fault['loc']))} {fault['msg']}",
            "Move it away, and make the audit anew.",
        ) from None
