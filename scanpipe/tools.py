"""Owns what scanpipe stands on: Tesseract with its models, and poppler.

Says what to install when one is missing, too old or broken.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.errors import MissingToolError

TIMEOUT_S = 20.0
"""A tool asked for its version answers within a second, also from a cold network disk."""

MOST_SAID_BYTES = 200_000
"""Tesseract with every model there is lists 170 names."""

OLDEST_TESSERACT = (4, 1)
"""The first with the line recogniser that our language models are made for, settled."""

OLDEST_POPPLER = (20, 9)
"""Since then numbered by year. Another pdftoppm, numbered 3 or 4, lacks options we need."""


@dataclass(frozen=True, slots=True)
class Package:
    """What to install, as each package manager calls it; `windows` is a whole instruction."""

    apt: str
    dnf: str
    brew: str
    windows: str


TESSERACT = Package(
    "tesseract-ocr", "tesseract", "tesseract", "winget install UB-Mannheim.TesseractOCR"
)
POPPLER = Package(
    "poppler-utils", "poppler-utils", "poppler", "winget install oschwartz10612.Poppler"
)


_MODEL_NAMES = {
    "dan": "Danish",
    "deu": "German",
    "eng": "English",
    "fra": "French",
    "nor": "Norwegian",
    "pol": "Polish",
    "swe": "Swedish",
}
"""The models as the Windows installer lists them."""


def model_package(model: str) -> Package:
    """Return the package that holds the OCR model `model`, such as `nor`."""
    return Package(
        f"tesseract-ocr-{model}",
        f"tesseract-langpack-{model}",
        "tesseract-lang",
        f"run the Tesseract installer again and tick {_MODEL_NAMES.get(model, repr(model))} under "
        "Additional language data",
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was `found`, or the `problem` and what to do about it."""

    what: str
    found: str = ""
    problem: str = ""
    packages: tuple[Package, ...] = ()
    advice: str = ""

    @property
    def todo(self) -> str:
        """What to do about the problem; empty when there is none."""
        return "\n".join(part for part in (self.advice, install_lines(self.packages)) if part)


def install_lines(packages: Sequence[Package]) -> str:
    """Return a line per package manager that installs all of `packages`."""
    if not packages:
        return ""

    def listed(name: Callable[[Package], str], between: str = " ") -> str:
        return between.join(dict.fromkeys(map(name, packages)))

    return (
        f"  Debian, Ubuntu: sudo apt install {listed(lambda package: package.apt)}\n"
        f"  Fedora:         sudo dnf install {listed(lambda package: package.dnf)}\n"
        f"  macOS:          brew install {listed(lambda package: package.brew)}\n"
        f"  Windows:        {listed(lambda package: package.windows, '; ')}; new terminal"
    )


def find(program: str) -> str | None:
    """Return the path of `program`, or None.

    The Windows installer of Tesseract leaves PATH as it is, so its folders are looked at too.
    """
    found = shutil.which(program)
    if found or sys.platform != "win32":
        return found
    bases = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    folders = [
        Path(base, *middle, "Tesseract-OCR")
        for base in bases
        if base
        for middle in ((), ("Programs",))
    ]
    return shutil.which(program, path=os.pathsep.join(map(str, folders)))


def require(models: Iterable[str]) -> dict[str, str]:
    """Check everything that reading stands on: Tesseract with the OCR `models`, and poppler.

    Returns the version of each. Raises MissingToolError that names every problem and the
    packages that mend them.
    """
    checks = (*check_tesseract(models), check_poppler())
    failed = [check for check in checks if check.problem]
    if not failed:
        return {check.what: check.found for check in checks}
    packages = [package for check in failed for package in check.packages]
    advice = [check.advice for check in failed if check.advice]
    lines = [*advice, install_lines(packages), "Then `scanpipe doctor` checks again."]
    raise MissingToolError(
        "\n".join(check.problem for check in failed), "\n".join(filter(None, lines))
    )


def check_tesseract(models: Iterable[str]) -> list[Check]:
    """Look at Tesseract, and whether it has the `models`."""
    wanted = list(dict.fromkeys(models))
    packages = (TESSERACT, *map(model_package, wanted))
    check = _check_version("Tesseract", ("tesseract", "--version"), OLDEST_TESSERACT, packages)
    if check.problem:
        return [check]
    try:
        installed = installed_models()
    except MissingToolError as error:
        return [Check("Tesseract", problem=error.message, packages=packages)]
    return [check, *(_check_model(model, installed) for model in wanted)]


def _check_model(model: str, installed: Sequence[str]) -> Check:
    what = f"Tesseract's model {model!r}"
    if model in installed:
        return Check(what, "installed")
    return Check(
        what,
        problem=f"Tesseract has no model {model!r}; it has: {', '.join(installed) or 'none'}.",
        packages=(model_package(model),),
    )


def installed_models() -> list[str]:
    """Return the names of Tesseract's models; raise MissingToolError if it does not list them."""
    output = _output_of("tesseract", "--list-langs").strip()
    _, heading, rest = output.partition("List of available languages")
    if not heading:
        raise MissingToolError(f"Tesseract does not list its models but says {output[:80]!r}.")
    return [line.strip() for line in rest.splitlines()[1:] if line.strip()]


def check_poppler() -> Check:
    """Check the two programs of poppler's that pages are drawn with."""
    checks = [
        _check_version("poppler", (program, "-v"), OLDEST_POPPLER, (POPPLER,))
        for program in ("pdftoppm", "pdfinfo")
    ]
    return next((check for check in checks if check.problem), checks[0])


def _check_version(
    what: str, command: tuple[str, str], oldest: tuple[int, int], packages: tuple[Package, ...]
) -> Check:
    program = command[0]
    try:
        output = _output_of(*command)
    except MissingToolError as error:
        return Check(what, problem=error.message, packages=packages)
    match = re.search(rf"^{program}(?: version)? v?(\d+)\.(\d+)\S*", output, re.MULTILINE)
    if match is None:
        problem = f"{program} does not tell its version but says {output.strip()[:80]!r}."
        return Check(what, problem=problem, packages=packages)
    version = match[0].split()[-1]
    if (int(match[1]), int(match[2])) < oldest:
        needed = ".".join(f"{number:02d}" if number > 8 else str(number) for number in oldest)
        problem = f"{program} {version} is too old, or another program; {needed} is needed."
        return Check(what, problem=problem, packages=packages)
    return Check(what, version)


def _output_of(program: str, argument: str) -> str:
    """Return what `program` prints; raise MissingToolError if it is not there or does not work."""
    path = find(program)
    if path is None:
        raise MissingToolError(f"{program} was not found.")
    try:
        process = subprocess.Popen(
            [path, argument],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise MissingToolError(f"{path} cannot be started: {error}") from None
    said = _heard(process)
    if said is None:
        raise MissingToolError(f"{path} did not answer in {TIMEOUT_S:g} seconds.")
    output = said.decode("utf-8", "replace")
    if len(said) > MOST_SAID_BYTES:
        raise MissingToolError(
            f"{path} prints without end: {' '.join(output[:200].split())[:80]!r}"
        )
    if process.returncode != 0:
        told = " ".join(output.split())[:80]
        raise MissingToolError(f"{path} failed with code {process.returncode}: {told!r}")
    return output


def _heard(process: subprocess.Popen[bytes]) -> bytes | None:
    """Return what `process` prints until it ends, and one byte too many if it prints without end.

    None when it does not end in time. What it started itself may live on and hold the pipe, so
    a thread waits for that, not the program; and it keeps no more than it was asked for.
    """
    heard: list[bytes] = []
    pipe = process.stdout
    assert pipe is not None  # noqa: S101  # it was asked for
    listener = threading.Thread(
        target=lambda: heard.append(pipe.read(MOST_SAID_BYTES + 1)), daemon=True
    )
    listener.start()
    listener.join(TIMEOUT_S)
    if heard and len(heard[0]) <= MOST_SAID_BYTES:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TIMEOUT_S)
            pipe.close()
            return heard[0]
    process.kill()
    process.wait()
    return heard[0] if heard and len(heard[0]) > MOST_SAID_BYTES else None
