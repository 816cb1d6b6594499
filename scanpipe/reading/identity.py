"""Owns the question whether a page would be read the same, again or elsewhere."""

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import PIL
import rapidfuzz

from scanpipe import __version__
from scanpipe.reading.kinds import SlipKinds


def digest_of(kinds: SlipKinds, settings: Mapping[str, float], tools: Mapping[str, str]) -> str:
    """Return a SHA-256 of all that a reading depends on besides its scan.

    `tools`: versions of the programs outside Python.
    """
    return _digest(facts_of(kinds, settings, tools))


def facts_of(
    kinds: SlipKinds, settings: Mapping[str, float], tools: Mapping[str, str]
) -> dict[str, str]:
    """Return by name all that a reading depends on besides its scan: a version, or a digest."""
    # How many slips were handed in changes nothing on them.
    uncounted = kinds.form.model_dump(mode="json", exclude={"sessions": {"__all__": {"expected"}}})
    return {
        "scanpipe": f"{__version__} ({_sources()[:16]})",
        "form": _digest(uncounted),
        "printed": kinds.printed.digest,
        "settings": _digest(dict(settings)),
        "system": f"{sys.platform} {platform.machine()}",
        **{module.__name__: module.__version__ for module in (cv2, np, pikepdf, PIL, rapidfuzz)},
        **{name: metadata.version(name) for name in ("pymupdf-fonts", "zxing-cpp")},
        **tools,
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@cache
def _sources() -> str:
    """Return a SHA-256 of our own code: one that was mended may read what it could not before."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()
