"""Tesseract and poppler when they fail: at the start, in the middle, once or for good.

Stand-ins take their places in PATH and do what the real ones do, but for one fault.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from scanpipe import cli, tools
from scanpipe.errors import ExitCode, MissingToolError, OutputError
from scanpipe.form import Form, load_form
from scanpipe.printing import Sheet, print_slips
from scanpipe.reading import scans, session
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pages import see_pages, session_field
from scanpipe.reading.session import match_session, recognise
from scanpipe.vocabulary import Reason, Status

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")

FORM_FILE = Path(__file__).parents[1] / "forms" / "hadeland-2016.toml"
TESSERACT, PDFTOPPM, PDFINFO = (
    shutil.which(name) or name for name in ("tesseract", "pdftoppm", "pdfinfo")
)

Put = Callable[[str, str], None]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stand-ins keep what Tesseract made of a picture: it is slow to start."""
    return tmp_path_factory.mktemp("memory")


@pytest.fixture
def put(tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put a shell script in the place of a program."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("MEMORY", str(memory))
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")

    def script(program: str, text: str) -> None:
        (folder / program).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (folder / program).chmod(0o755)

    return script


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form(FORM_FILE)


@pytest.fixture(scope="module")
def slips(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five unmarked slips as a PDF without images: poppler has to draw it."""
    path = tmp_path_factory.mktemp("slips") / "slips.pdf"
    print_slips(form, path, Sheet.SLIP)
    return path


@pytest.fixture(scope="module")
def fields(form: Form, slips: Path) -> list[np.ndarray]:
    """The session fields of the first two slips."""
    from scanpipe.composing import layout_of
    from scanpipe.marks import mark_code
    from scanpipe.reading.registration import find_slips

    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    found = []
    for number in (1, 2):
        page = scans.load_page(scans.open_scan(slips), number)
        assert isinstance(page, scans.PageImage)
        (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)
        found.append(session_field(page.pixels, slip))
    return found


# --- at the start ---

VERSION = "tesseract 5.3.0"
MODELS = "List of available languages (2):\\neng\\nnor"


def tesseract(version: str = f"echo {VERSION}", models: str = f"printf '{MODELS}'") -> str:
    return f"case $1 in --version) {version};; --list-langs) {models};; esac"


BROKEN_AT_START = {
    "old Tesseract": ("tesseract", tesseract("echo tesseract 3.04"), "too old", "tesseract-ocr"),
    "old poppler": ("pdftoppm", "echo pdftoppm version 0.86 >&2", "too old", "poppler-utils"),
    "no model": ("tesseract", tesseract(models=f"printf '{MODELS[:-5]}'"), "'nor'", "ocr-nor"),
    "no models": ("tesseract", tesseract(models="exit 1"), "code 1", "tesseract-ocr"),
    "hanging Tesseract": ("tesseract", "exec sleep 60", "did not answer", "tesseract-ocr"),
    "hanging child": ("tesseract", "sleep 60; echo", "did not answer", "tesseract-ocr"),
    "hanging poppler": ("pdftoppm", "exec sleep 60", "did not answer", "poppler-utils"),
    "hanging pdfinfo": ("pdfinfo", "exec sleep 60", "did not answer", "poppler-utils"),
    "failing": ("tesseract", "echo no such library >&2; exit 127", "no such library", "ocr"),
    "crashing": ("tesseract", "kill -SEGV $$", "code -11", "tesseract-ocr"),
    "killed": ("pdftoppm", "kill -KILL $$", "code -9", "poppler-utils"),
    "rubbish": ("tesseract", "echo Hello", "'Hello'", "tesseract-ocr"),
    "bad UTF-8": ("pdftoppm", r"printf '\377\376\300'", "does not tell its version", "poppler"),
    "nothing": ("pdfinfo", "exit 0", "does not tell its version", "poppler-utils"),
    "without end": ("tesseract", "exec yes", "prints without end", "tesseract-ocr"),
}


def run(scan: Path, folder: Path) -> Result:
    words = ["run", str(scan), "--form", str(FORM_FILE), "-o", str(folder), "--workers", "1"]
    return CliRunner().invoke(cli.main, [*words, "--no-report"])


@pytest.mark.parametrize("kind", BROKEN_AT_START)
def test_a_run_does_not_start_on_a_broken_program_and_says_what_to_install(
    put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    program, script, *told = BROKEN_AT_START[kind]
    monkeypatch.setattr(tools, "TIMEOUT_S", 1.0 if "hanging" in kind else 20.0)
    put(program, script)
    scan, folder = tmp_path / "scan.png", tmp_path / "tables"
    Image.new("L", (50, 50), "white").save(scan)
    began = time.perf_counter()
    done = run(scan, folder)
    assert done.exit_code == ExitCode.MISSING_TOOL, done.output
    assert [part for part in told if part not in done.output] == []
    assert "scanpipe doctor" in done.output
    assert "Traceback" not in done.output
    assert not folder.exists()
    assert time.perf_counter() - began < 50


def test_what_tesseract_complains_of_is_not_taken_for_a_model(put: Put) -> None:
    put("tesseract", tesseract(models=f"echo 'Warning: slow disk' >&2; printf '{MODELS}'"))
    tools.require(["nor"])


# --- Tesseract in the middle of a run ---


def altered(harm: str, when: str = "true") -> str:
    """Let Tesseract do its work, then `harm` its table `$2.tsv` if `when`; $pages is how many."""
    return (
        'kept="$MEMORY/$(cksum < "$1" | tr " " _)"\n'
        f'[ -e "$kept" ] || {{ {TESSERACT} "$@" && cp "$2.tsv" "$kept"; }} || exit 1\n'
        'cp "$kept" "$2.tsv"\n'
        'pages=$(grep -c "^1\t" "$2.tsv")\n'
        f"if {when}; then {harm}; fi"
    )


MANY = '[ "$pages" -gt 1 ]'
FAILS_ON_MANY = {
    "fails": altered("exit 1", MANY),
    "crashes": altered("kill -SEGV $$", MANY),
    "is killed": altered("kill -KILL $$", MANY),
    "writes nothing": altered('rm "$2.tsv"', MANY),
    "writes an empty table": altered(': > "$2.tsv"', MANY),
    "loses the last page": altered(
        'awk -F"\t" -v n="$pages" \'$2 != n\' "$2.tsv" > "$2.x"; mv "$2.x" "$2.tsv"', MANY
    ),
    "loses the first page and counts anew": altered(
        'awk -F"\t" -v OFS="\t" \'NR == 1 {print} NR > 1 && $2 > 1 {$2 -= 1; print}\' "$2.tsv"'
        ' > "$2.x"; mv "$2.x" "$2.tsv"',
        MANY,
    ),
    "tells of a page too many": altered(
        'printf "1\t%d\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n" $((pages + 1)) >> "$2.tsv"', MANY
    ),
    "counts backwards": altered(
        'awk -F"\t" -v OFS="\t" -v n="$pages" \'NR > 1 {$2 = n + 1 - $2} {print}\' "$2.tsv"'
        ' > "$2.x"; mv "$2.x" "$2.tsv"',
        MANY,
    ),
    "counts from 0": altered(
        'awk -F"\t" -v OFS="\t" \'NR > 1 {$2 -= 1} {print}\' "$2.tsv" > "$2.x"; mv "$2.x" "$2.tsv"',
        MANY,
    ),
}


def assert_own_or_no_text(form: Form, fields: Sequence[np.ndarray]) -> int:
    """Check that no field has another's text; return how many have their own."""
    names = [each.name for each in form.sessions]
    texts = recognise(fields, "nor")
    assert len(texts) == len(fields)
    matches = [match_session(each.text, names).index if each.text else None for each in texts]
    assert [found for place, found in enumerate(matches) if found not in (None, place)] == []
    return sum(found is not None for found in matches)


@pytest.mark.parametrize("kind", FAILS_ON_MANY)
def test_a_batch_that_fails_is_read_in_parts_and_no_text_goes_to_another_slip(
    put: Put, form: Form, fields: list[np.ndarray], kind: str
) -> None:
    put("tesseract", FAILS_ON_MANY[kind])
    assert assert_own_or_no_text(form, fields) == 2


def test_a_tesseract_that_hangs_once_costs_nobody_a_text(
    put: Put, form: Form, fields: list[np.ndarray], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(session, "START_TIMEOUT_S", 2.0)
    monkeypatch.setattr(session, "FIELD_TIMEOUT_S", 0.1)
    once = tmp_path / "once"
    put("tesseract", f"[ -e {once} ] || {{ : > {once}; exec sleep 60; }}\n{altered(':')}")
    assert assert_own_or_no_text(form, fields) == 2


def test_the_time_for_trying_again_is_limited(
    put: Put, form: Form, fields: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "RETRIES_TIMEOUT_S", 0.0)
    put("tesseract", FAILS_ON_MANY["fails"])
    assert assert_own_or_no_text(form, fields) == 0


ROW = "level\\tpage_num\\ttext\\tconf\\n1\\t1\\t\\t-1\\n5\\t{page}\\t{text}\\t{conf}\\n"
BROKEN_FOR_GOOD = {
    "fails": "echo no memory >&2; exit 1",
    "crashes": "kill -SEGV $$",
    "is killed": "kill -KILL $$",
    "hangs": "exec sleep 60",
    "writes nothing": "exit 0",
    "writes an empty file": ': > "$2.tsv"',
    "writes no table": "printf 'Segmentation fault\\n' > \"$2.tsv\"",
    "writes half a table": "printf 'level\\tpage_num\\ttext\\n5\\t1\\n' > \"$2.tsv\"",
    "writes bytes": "printf '\\377\\376\\000\\377' > \"$2.tsv\"",
    "complains in bytes": "printf '\\377\\376' >&2; exit 1",
    "tells of page 99": f"printf '{ROW.format(page=99, text='word', conf=90)}' > \"$2.tsv\"",
    "tells of page 0": f"printf '{ROW.format(page=0, text='word', conf=90)}' > \"$2.tsv\"",
    "is endlessly sure": f"printf '{ROW.format(page=1, text='word', conf='inf')}' > \"$2.tsv\"",
    "is surer than sure": f"printf '{ROW.format(page=1, text='word', conf=900)}' > \"$2.tsv\"",
    "is not sure of a number": f"printf '{ROW.format(page=1, text='word', conf='x')}' > \"$2.tsv\"",
    "never stops writing": f"printf '{ROW.format(page=1, text='w' * 2000, conf=9)}' > \"$2.tsv\"",
}


@pytest.mark.parametrize("kind", BROKEN_FOR_GOOD)
def test_a_tesseract_that_fails_on_everything_ends_the_run_and_is_named(
    put: Put, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(session, "START_TIMEOUT_S", 0.5 if kind == "hangs" else 20.0)
    monkeypatch.setattr(session, "FIELD_TIMEOUT_S", 0.0)
    put("tesseract", BROKEN_FOR_GOOD[kind])
    with pytest.raises(MissingToolError, match="Tesseract does not work any more") as caught:
        recognise([np.full((80, 400), 255, np.uint8)] * 3, "nor")
    assert "doctor" in caught.value.hint


def test_the_run_that_a_broken_tesseract_ends_leaves_no_tables(
    put: Put, slips: Path, tmp_path: Path
) -> None:
    put("tesseract", f'case $1 in --*) exec {TESSERACT} "$@";; esac\nkill -SEGV $$')
    done = run(slips, tmp_path / "tables")
    assert done.exit_code == ExitCode.MISSING_TOOL, done.output
    assert "Tesseract does not work any more" in done.output
    assert not (tmp_path / "tables" / "results.csv").exists()


def test_a_slip_whose_field_tesseract_cannot_take_is_read_by_its_marks_with_a_note(
    put: Put, form: Form, slips: Path
) -> None:
    put("tesseract", altered("exit 1", 'grep -q sesjon "$2.tsv"'))
    (page,) = see_pages(kinds_of(form), scans.open_scan(slips), [2])
    (slip,) = page.reading.slips
    assert (slip.status, slip.session, slip.session_text) == (Status.BLANK, "P1", "")
    assert slip.reasons == (Reason.SESSION_UNREAD,)


def test_a_full_disk_is_not_taken_for_a_broken_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OutputError, match="No space left"):
        recognise([np.full((80, 400), 255, np.uint8)], "nor")


# --- poppler in the middle of a run ---


def on_page_2(harm: str) -> str:
    """Let pdftoppm do its work, but for page 2."""
    return f'case "$*" in *"-f 2"*) {harm};; *) exec {PDFTOPPM} "$@";; esac'


FAILS_ON_PAGE_2 = {
    "fails": "exit 1",
    "crashes": "kill -SEGV $$",
    "is killed": "kill -KILL $$",
    "hangs": "exec sleep 60",
    "draws nothing": "exit 0",
    "prints rubbish": "echo Hello",
    "prints bytes": r"printf '\377\376\300\000'; printf '\377' >&2",
    "draws half a page": f'{PDFTOPPM} "$@" | head -c 100000',
    "draws two pages": f'{PDFTOPPM} "$@"; {PDFTOPPM} "$@"',
    "draws another page": f'{PDFTOPPM} "$@"; {PDFTOPPM} -f 1 -l 1 -gray "{{slips}}"',
    "complains in the middle": f'{PDFTOPPM} "$@"; echo "Syntax Error: lost a stream" >&2',
}


@pytest.mark.parametrize("kind", FAILS_ON_PAGE_2)
def test_a_page_that_poppler_fails_on_is_rejected_and_its_neighbour_read(
    put: Put, slips: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(scans, "RASTERISE_TIMEOUT_S", 2 if kind == "hangs" else 20)
    put("pdftoppm", on_page_2(FAILS_ON_PAGE_2[kind].replace("{slips}", str(slips))))
    scan = scans.open_scan(slips)
    assert scans.load_page(scan, 2) is Reason.DAMAGED_IMAGE
    assert isinstance(scans.load_page(scan, 3), scans.PageImage)


@pytest.mark.parametrize("harm", ["exec sleep 60", "exit 1", "kill -KILL $$", "echo Pages: many"])
def test_a_pdfinfo_that_fails_costs_the_page_and_not_the_run(
    put: Put, slips: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setattr(scans, "RASTERISE_TIMEOUT_S", 1)
    put("pdfinfo", harm)
    began = time.perf_counter()
    assert scans.load_page(scans.open_scan(slips), 1) is Reason.DAMAGED_IMAGE
    assert time.perf_counter() - began < 50


@pytest.mark.parametrize("left", ["pdfinfo", "pdftoppm"])
def test_a_poppler_that_is_taken_away_during_a_run_ends_it(
    slips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    (tmp_path / left).symlink_to({"pdfinfo": PDFINFO, "pdftoppm": PDFTOPPM}[left])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="poppler"):
        scans.load_page(scans.open_scan(slips), 1)
