"""Owns what several commands take: forms, files, folders, processors."""

from pathlib import Path

import click

from scanpipe.errors import OutputError
from scanpipe.shell import quoted

FORMS = Path("forms")
_TABLES = "run.json"

FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OLD_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


QUIET = click.option("--quiet", is_flag=True, help="Say nothing but what is wrong.")


def form_path(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Path | None:
    """Return the form file that `value` means: a path, or the id of a form in forms/."""
    if value is None:
        return None
    path = Path(value)
    return path if path.suffix or path.is_file() else FORMS / f"{value}.toml"


def tables_in(ctx: click.Context, _param: click.Parameter, folder: Path) -> Path:
    """Return `folder`; raise OutputError with the right commands if it is the one above tables."""
    if ctx.resilient_parsing or (folder / _TABLES).exists():
        return folder
    below = sorted(path.parent for path in folder.glob(f"*/{_TABLES}"))
    if not below:
        return folder
    commands = "\n".join(f"  scanpipe {ctx.info_name} {quoted(each)}" for each in below)
    raise OutputError(f"{folder} holds no {_TABLES}, but folders with one:", commands)
