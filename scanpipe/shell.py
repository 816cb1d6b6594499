"""Owns how words are told that somebody is to type: so that a terminal takes each as one."""

import shlex
import shutil
import sys
from pathlib import Path

_APART_ON_WINDOWS = frozenset(" &()[]{}^=;!'+,`~$@")
"""What cmd or PowerShell take for more than a letter."""


def quoted(path: Path) -> str:
    """Return `path` as it is typed: in quotes if there is a space or the like in it."""
    if sys.platform == "win32":
        text = str(path)
        return f'"{text}"' if _APART_ON_WINDOWS & set(text) else text
    return shlex.quote(str(path))


def opening(path: Path) -> str:
    """Return the command that opens `path` as a double click does, "" where there is none."""
    if sys.platform == "win32":
        return f"explorer {quoted(path)}"
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    return f"{opener} {quoted(path)}" if shutil.which(opener) else ""
