"""Owns audit.json as the report reads it: what came of checking slips drawn at random."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from scanpipe.errors import OutputError
from scanpipe.reporting.files import read_if_there

NAME = "audit.json"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """`checked` slips were drawn and read again by a person, of which `differing` were misread.

    With `confidence` at most the share `at_most` of all slips is misread; both from 0 to 1.
    """

    checked: Annotated[int, Field(ge=0)]
    differing: Annotated[int, Field(ge=0)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    at_most: Annotated[float, Field(ge=0, le=1)]
    date: datetime.date


_AUDIT = TypeAdapter(AuditResult)


def load_audit(folder: Path) -> AuditResult | None:
    """Return the audit kept in `folder`, None if there was none or nothing is checked yet.

    Raises:
        OutputError: audit.json cannot be read, or is not what scanpipe wrote.
    """
    path = folder / NAME
    data = read_if_there(path)
    if data is None:
        return None
    try:
        audit = _AUDIT.validate_json(data)
    except ValidationError as error:
        fault = error.errors()[0]
        raise OutputError(
            f"{path} is damaged: {'.'.join(map(str, fault['loc']))} {fault['msg']}",
            "Move it away, and make the audit anew.",
        ) from None
    return audit if audit.checked else None
