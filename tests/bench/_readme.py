"""Owns tables in Markdown, and the places in the README that scripts fill."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> list[str]:
    """Return the lines of a table, its last `right` columns flush right."""
    lines = ["---"] * (len(head) - right) + ["---:"] * right
    return ["| " + " | ".join(cells) + " |" for cells in (head, lines, *rows)]


def put_between(readme: Path, mark: str, lines: Sequence[str]) -> None:
    """Replace what stands between the two comments in `readme` that name `mark`."""
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{readme} lacks the lines {begin} and {end}")
    text = "\n".join([begin, *lines, end])
    readme.write_text(f"{before}{text}{after}", encoding="utf-8")
