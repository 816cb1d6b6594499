"""Owns what people write above the columns of a programme, and which row of a table is that."""

from collections.abc import Sequence

Rows = list[tuple[int, list[str]]]
"""Cells of a table, all rows of the same length; each with its number, empty rows left out."""

NAME_HEADS = frozenset(
    (
        *("name", "names", "session", "sessions", "title", "titles", "topic", "topics"),
        *("talk", "talks", "lecture", "lectures", "subject"),
        *("navn", "namn", "økt", "økter", "sesjon", "sesjoner", "sesjonar", "tittel", "titler"),
        *("titlar", "tema", "temaer", "emne", "emner", "foredrag", "førelesing", "forelesning"),
        *("namma", "sešuvdna", "bajilčála", "fáddá", "logaldallan"),
        *("föredrag", "föreläsning", "ämne", "titel", "thema", "vortrag", "vorträge", "sitzung"),
        *("veranstaltung", "nom", "titre", "thème", "sujet", "séance", "conférence", "exposé"),
        *("nazwa", "tytuł", "temat", "sesja", "wykład", "prelekcja"),
    )
)
CODE_HEADS = frozenset(("id", "code", "no", "nr", "number", "kode", "kod", "nummer", "#"))
"""What people write above a column of names, or of short codes."""

OTHER_HEADS = frozenset(
    ("rom", "room", "sal", "raum", "tid", "time", "zeit", "kl", "dag", "day", "tag", "jour")
)
"""Heads that are as short as codes are, of columns that hold none."""

MAX_TITLE_ROWS = 5
"""More rows with a single cell are no title above a table, but a list."""


def folded(cells: Sequence[str]) -> list[str]:
    """Return `cells` as heads are compared."""
    return [cell.strip().casefold() for cell in cells]


def without_title(rows: Rows) -> Rows:
    """Return `rows` from the first with two filled cells on, if those above are only a title.

    They are one if the rows below are a table: most of them have two filled cells as well.
    """
    wide = [_filled(cells) > 1 for _, cells in rows]
    first = wide.index(True) if True in wide else 0
    if not 0 < first <= MAX_TITLE_ROWS or NAME_HEADS.intersection(folded(_all(rows[:first]))):
        return rows
    below = wide[first:]
    return rows[first:] if len(below) > 1 and sum(below) * 2 > len(below) else rows


def is_header(cells: Sequence[str], column: str | None) -> bool:
    """Tell whether `cells`, the first row of a table, only say what the columns are.

    One known head is enough. Where the user has chosen a `column`, its head need not be known; but
    a row with a time or a number in it is part of the programme.
    """
    heads = folded(cells)
    if (NAME_HEADS | CODE_HEADS).intersection(heads) or (column and folded([column])[0] in heads):
        return True
    has_digits = any(sign.isdigit() for cell in cells for sign in cell)
    return column is not None and _filled(cells) > 1 and not has_digits


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, cells)))


def _all(rows: Rows) -> list[str]:
    return [cell for _, cells in rows for cell in cells]
