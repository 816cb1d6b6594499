"""Owns the list of what a run was made with, so that it can be made again years later."""

import platform
from collections.abc import Mapping
from importlib import metadata

from scanpipe import __version__

PACKAGES = (
    *("numpy", "opencv-python-headless", "pandas", "pdf2image", "pikepdf", "Pillow"),
    *("pytesseract", "rapidfuzz", "zxing-cpp"),
)
"""The packages whose release may change what is read, or how it is summed up."""


def software(tools: Mapping[str, str]) -> dict[str, str]:
    """Return the version of everything that has a part in the figures.

    `tools`: what was found of Tesseract, its language models, and poppler.
    """
    return {
        "scanpipe": __version__,
        "Python": platform.python_version(),
        "system": platform.platform(),
        **tools,
        **{package: _version(package) for package in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # OpenCV also comes under other names
        return "unknown"
