"""Owns what scanpipe stands on: Tesseract with its models, and poppler.

Says what to install when one is missing, too old or broken.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.errors import MissingToolError, ScanpipeError

TIMEOUT_S = 20.0
"""A tool asked for its version answers within a second, also from a cold network disk."""

OLDEST_TESSERACT = (4, 1)
"""The first with the line recogniser that our language models are made for, settled."""

OLDEST_POPPLER = (20, 9)
"""Since then numbered by year. Another pdftoppm, numbered 3 or 4, lacks options we need."""

PYTHON_MODULES = (
    "babel",
    "click",
    "cv2",
    "numpy",
    "pandas",
    "pdf2image",
    "pikepdf",
    "PIL",
    "pydantic",
    "pymupdf_fonts",
    "pytesseract",
    "rapidfuzz",
    "reportlab",
    "rich",
)


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


def model_package(model: str) -> Package:
    """Return the package that holds the OCR model `model`, such as `nor`."""
    return Package(
        f"tesseract-ocr-{model}",
        f"tesseract-langpack-{model}",
        "tesseract-lang",
        f"run the Tesseract installer again and tick {model!r} under Additional language data",
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


def require(models: Iterable[str]) -> None:
    """Check everything that reading stands on: Tesseract with the OCR `models`, and poppler.

    Raises MissingToolError that names every problem and the packages that mend them.
    """
    failed = [check for check in (*_check_tesseract(models), _check_poppler()) if check.problem]
    if not failed:
        return
    packages = [package for check in failed for package in check.packages]
    advice = [check.advice for check in failed if check.advice]
    lines = [*advice, install_lines(packages), "Then `scanpipe doctor` checks again."]
    raise MissingToolError(
        "\n".join(check.problem for check in failed), "\n".join(filter(None, lines))
    )


def check(forms: Path) -> list[Check]:
    """Look at everything that scanpipe stands on, and at the form files in the folder `forms`."""
    models, form_checks = _check_forms(forms)
    return [
        _check_modules(),
        *_check_tesseract(models),
        _check_poppler(),
        *form_checks,
    ]


def _check_tesseract(models: Iterable[str]) -> list[Check]:
    wanted = list(dict.fromkeys(models))
    packages = (TESSERACT, *map(model_package, wanted))
    check = _check_version("Tesseract", ("tesseract", "--version"), OLDEST_TESSERACT, packages)
    if check.problem:
        return [check]
    try:
        installed = _models()
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


def _models() -> list[str]:
    """Return the names of Tesseract's models; raise MissingToolError if it does not list them."""
    heading, *lines = _output_of("tesseract", "--list-langs").strip().splitlines() or [""]
    if not heading.startswith("List of available languages"):
        raise MissingToolError(f"Tesseract does not list its models but says {heading[:80]!r}.")
    return [line.strip() for line in lines if line.strip()]


def _check_poppler() -> Check:
    return _check_version("poppler", ("pdftoppm", "-v"), OLDEST_POPPLER, (POPPLER,))


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
        done = subprocess.run(
            [path, argument],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MissingToolError(f"{path} did not answer in {TIMEOUT_S:g} seconds.") from None
    except OSError as error:
        raise MissingToolError(f"{path} cannot be started: {error}") from None
    output = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    if done.returncode != 0:
        said = " ".join(output.split())[:80]
        raise MissingToolError(f"{path} failed with code {done.returncode}: {said!r}")
    return output


def _check_modules() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    broken = []
    for name in PYTHON_MODULES:
        try:
            importlib.import_module(name)
        except Exception as error:  # a half-installed package can raise anything
            broken.append(f"{name} ({error})")
    if not broken:
        return Check("Python and its packages", version)
    return Check(
        "Python and its packages",
        problem=f"these packages cannot be imported: {', '.join(broken)}.",
        advice="Install scanpipe again: `make demo`, or `pip install --force-reinstall .`",
    )


def _check_forms(folder: Path) -> tuple[list[str], list[Check]]:
    """Return the OCR models that the forms in `folder` need, and a check per form file."""
    from scanpipe.form import load_form

    paths = sorted(folder.glob("*.toml"))
    if not paths:
        problem = f"there is no form file in {folder}{os.sep}."
        advice = "Go to the folder that holds forms/, or make a form with `scanpipe new ID`."
        return [], [Check("forms", problem=problem, advice=advice)]
    models, checks = [], []
    for path in paths:
        try:
            form = load_form(path)
        except ScanpipeError as error:
            checks.append(Check(str(path), problem=error.message, advice=error.hint))
        else:
            models.append(form.words.tesseract)
            checks.append(Check(str(path), f"{len(form.sessions)} sessions"))
    return models, checks
