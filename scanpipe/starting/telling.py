"""Owns what is told of an organiser's folder: what is there, part by part."""

from collections.abc import Iterator

from babel.dates import format_date

from scanpipe.messages import Messages, retold
from scanpipe.starting.next_step import next_step
from scanpipe.starting.whereabouts import Fault, FormThere, TablesThere, Whereabouts

MISTAKES_TOLD = 5
FILES_TOLD = 5


def told(where: Whereabouts, t: Messages) -> list[str]:
    """Return the lines to show: what is there, part by part, and last the next command."""
    steps = next_step(where, t)
    step = [
        line
        for why, command in zip(steps[::2], steps[1::2], strict=True)
        for line in (why, f"  {command}")
    ]
    parts = [_forms(where, t), _waiting(where, t), _tables(where, t), step]
    return "\n\n".join("\n".join(lines) for lines in parts if lines).splitlines()


def _forms(where: Whereabouts, t: Messages) -> list[str]:
    if not where.forms:
        return []
    return [t("Forms"), *(line for each in where.forms for line in _form(each, t))]


def _form(there: FormThere, t: Messages) -> Iterator[str]:
    if there.form:
        day = format_date(there.form.date, "long", locale=t.code)
        yield f"  {there.path}: {there.form.title}, {day}; {_printed(there, t)}"
    else:
        count = t.plural("{count} mistake", "{count} mistakes", len(there.problems))
        yield f"  {there.path}: {count}"
    yield from (f"    - {retold(problem, t)}" for problem in there.problems[:MISTAKES_TOLD])
    more = len(there.problems) - MISTAKES_TOLD
    if more > 0:
        yield "    " + t("and {count} more", count=more)
    if there.hint:
        yield f"    {retold(there.hint, t)}"


def _printed(there: FormThere, t: Messages) -> str:
    if there.fault is Fault.UNFIT:
        return t("its slips cannot be printed")
    if there.printed:
        return t("slips printed {date}", date=format_date(there.printed, "long", locale=t.code))
    return t("slips printed") if there.has_slips else t("no slips printed yet")


def _waiting(where: Whereabouts, t: Messages) -> list[str]:
    if not where.waiting:
        return []
    files = [f"  {path}" for path in where.waiting[:FILES_TOLD]]
    more = len(where.waiting) - FILES_TOLD
    return [
        t.plural(
            "{count} scan that is in no table yet",
            "{count} scans that are in no table yet",
            len(where.waiting),
        ),
        *files,
        *(["  " + t("and {count} more", count=more)] if more > 0 else ()),
    ]


def _tables(where: Whereabouts, t: Messages) -> list[str]:
    if not where.tables:
        return []
    return [t("Tables"), *(f"  {each.folder}: {_state(each, t)}" for each in where.tables)]


def _state(tables: TablesThere, t: Messages) -> str:
    if tables.problem:
        return tables.problem
    said = [t.plural("{count} slip", "{count} slips", tables.slips)]
    if tables.mistakes:
        said.append(
            t.plural(
                "{count} mistake in review.csv", "{count} mistakes in review.csv", tables.mistakes
            )
        )
    if tables.left:
        said.append(t("to be looked at by a person: {count}", count=tables.left))
    if not tables.applied:
        said.append(t("what you decided is not in the tables yet"))
    return "; ".join(said if len(said) > 1 else [*said, t("nothing left to decide")])
