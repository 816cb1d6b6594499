"""Who may import whom, who may write, who may speak; and that the README tells everything."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from scanpipe.cli import main
from scanpipe.errors import ExitCode
from scanpipe.vocabulary import Reason, Status

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scanpipe"

ORDER = (
    "__init__",
    "errors",
    "aside",
    "vocabulary",
    "loading",
    "shell",
    "paperless",
    "machine",
    "messages",
    "language",
    "form_agreement",
    "form_problems",
    "form_parts",
    "form",
    "smiley",
    "circle",
    "marks",
    "layout",
    "lettering",
    "placing",
    "composing",
    "printed",
    "tools",
    "doctor",
    "printing",
    "reading",
    "reporting",
    "reviewing",
    "simulation",
    "selftest",
    "other_forms",
    "one_run",
    "run",
    "watching",
    "starting",
    "cli",
    "__main__",
)
"""The way the paper goes: nothing imports what stands below it."""

ROOMS = ("printing", "reading", "reporting", "reviewing", "simulation", "selftest")
STAGES = ("scans", "registration", "ink", "session", "decision")
DOORS = {
    "reading": ("scanpipe.printing.wording",),
    "reporting": ("scanpipe.reading.record",),
    "reviewing": (
        "scanpipe.reading.kinds",
        "scanpipe.reading.pages",
        "scanpipe.reading.record",
        "scanpipe.reading.scans",
        "scanpipe.reading.stack",
        "scanpipe.reporting.answers",
        "scanpipe.reporting.auditing",
        "scanpipe.reporting.deciding",
        "scanpipe.reporting.percents",
        "scanpipe.reporting.reasons",
        "scanpipe.reporting.run_file",
        "scanpipe.reporting.slip_names",
        "scanpipe.reporting.standing",
        "scanpipe.reporting.summary",
    ),
    "simulation": ("scanpipe.printing", "scanpipe.reading.scans"),
    "selftest": (
        "scanpipe.reading.kinds",
        "scanpipe.reading.pipeline",
        "scanpipe.reading.record",
        "scanpipe.simulation",
    ),
}
"""What a room may take from another."""

ONLY_IN = {
    "click": {"cli"},
    "pytesseract": {"reading.session"},
    "pdf2image": {"reading.scans"},
}
MAY_WRITE = ("aside", "printed", "printing", "reporting", "simulation", "starting")
ONLY_FOR_A_WHILE = {
    "reading.copies": ["os.link(other, path)"],
    "reading.session": ["first.save(path, save_all=True, append_images=more, dpi=(200, 200))"],
}
"""What others write into a temporary folder, which is gone when they have ended."""

WRITING_MODE = re.compile(r"[wxa][bt+]{0,2}|r[bt]?\+[bt]?")
WRITING = re.compile(
    r"os\.(replace|renames?|link|symlink)|shutil\.(copy\w*|move)|cv2\.imwrite|np\.save\w*"
    r"|.*\.(write_text|write_bytes|symlink_to|hardlink_to|touch|save)"
)
"""Calls that put a file in place whatever they are given."""

NOT_IN_DECISION = {"cv2", "numpy", "PIL", "pathlib", "io", "os", "tempfile"}
TOP_LEVEL = {"scanpipe", "forms", "samples", "output", "tests", ".ci"}
TOP_LEVEL_FILES = {"pyproject.toml", "README.md", "Makefile", "LICENSE", ".gitignore"}

SOURCES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"))


def room_of(module: str) -> str:
    """Return the first part of a module's name: `reading` for reading.scans."""
    return module.removeprefix("scanpipe.").split(".")[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of everything imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports give the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imports_of(module: str) -> tuple[str, ...]:
    return tuple(imports(tree_of(module)))


def own_imports(module: str) -> list[str]:
    return [name for name in imports_of(module) if name.startswith("scanpipe.")]


def offences(modules: Iterable[str], of: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Return what each of these modules does that it may not, for those that do; there are some."""
    looked_at = {module: of(module) for module in modules}
    assert looked_at
    return {module: found for module, found in looked_at.items() if found}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def writes(tree: ast.AST) -> list[str]:
    """Return the calls that put a file in place.

    Not what tempfile makes, which is gone in the end, nor what a function of another library
    writes by its own name.
    """
    return [ast.unparse(call) for call in calls(tree) if _writes(call)]


def _writes(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if WRITING.fullmatch(name):
        return True
    if name.endswith((".replace", ".rename")):  # of a path: in a text two things are replaced
        simple = not call.keywords and not any(isinstance(arg, ast.Starred) for arg in call.args)
        return simple and len(call.args) == 1
    if not re.search(r"(^|\.)(open|ZipFile)$", name):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return "os.O_CREAT" in ast.unparse(call) or any(
        isinstance(each.value, str) and WRITING_MODE.fullmatch(each.value)
        for arg in given
        for each in ast.walk(arg)
        if isinstance(each, ast.Constant)
    )


def speaks(tree: ast.AST) -> list[str]:
    """Return the calls that print or end the process."""
    endings = ("print", "exit", "quit", "sys.exit", "os._exit", "SystemExit")
    return [ast.unparse(call) for call in calls(tree) if ast.unparse(call.func) in endings]


def test_every_module_has_its_place_in_the_house() -> None:
    assert {room_of(module) for module in SOURCES} <= set(ORDER)


def test_nothing_imports_what_stands_below_it() -> None:
    def below(module: str) -> list[str]:
        place = ORDER.index(room_of(module))
        return [
            name
            for name in own_imports(module)
            if room_of(name) in ORDER and ORDER.index(room_of(name)) > place
        ]

    assert offences(SOURCES, below) == {}


def test_rooms_meet_only_at_their_doors() -> None:
    def foreign(module: str) -> list[str]:
        room = room_of(module)
        return [
            name
            for name in own_imports(module)
            if room_of(name) in ROOMS
            and room_of(name) != room
            and not name.startswith(DOORS.get(room, ()) or "nothing")
        ]

    assert offences((name for name in SOURCES if room_of(name) in ROOMS), foreign) == {}


def test_only_the_conductors_know_the_stages_of_reading() -> None:
    stages = tuple(f"scanpipe.reading.{stage}" for stage in STAGES)
    conductors = (".pipeline", ".pages", ".looking", ".answers", ".ahead")

    def others(module: str) -> list[str]:
        return [
            name
            for name in own_imports(module)
            if name.startswith(stages) and not name.startswith(f"scanpipe.{module}.")
        ]

    modules = [name for name in SOURCES if room_of(name) == "reading"]
    assert offences((name for name in modules if not name.endswith(conductors)), others) == {}


def test_deciding_sees_no_images_and_no_files() -> None:
    used = {name.split(".")[0] for name in imports_of("reading.decision")}
    assert used & NOT_IN_DECISION == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_with_one_owner_is_imported_nowhere_else(library: str) -> None:
    users = {
        room_of(module) if room_of(module) in ONLY_IN[library] else module
        for module in SOURCES
        if any(name.split(".")[0] == library for name in imports_of(module))
    }
    assert users == ONLY_IN[library]


def test_files_are_written_only_by_the_rooms_that_own_them() -> None:
    others = (name for name in SOURCES if room_of(name) not in MAY_WRITE)
    assert offences(others, lambda module: writes(tree_of(module))) == ONLY_FOR_A_WHILE


def test_only_the_command_line_prints_and_exits() -> None:
    others = (name for name in SOURCES if room_of(name) != "cli")
    assert offences(others, lambda module: speaks(tree_of(module))) == {}


@pytest.mark.parametrize(
    ("finds", "source", "count"),
    [
        (writes, "path.open('w'); open(p, 'ab'); p.open(mode='r+b'); os.replace(a, b)", 4),
        (writes, "p.write_text(''); p.write_bytes(b''); p.open('xb')", 3),
        (writes, "p.replace(q); p.rename(q); p.touch(); p.symlink_to(q); shutil.move(p, q)", 5),
        (writes, "image.save(p); cv2.imwrite(p, a); np.savez(p, a); ZipFile(p, 'w')", 4),
        (writes, "os.open(p, os.O_CREAT | os.O_WRONLY); p.open('w' if new else 'a')", 2),
        (writes, "open(p); p.open('rb'); open('data.csv'); Image.open('raw'); ZipFile(p)", 0),
        (writes, "text.replace('a', 'b'); replace(row, x=1); day.replace(year=1)", 0),
        (speaks, "print(1); sys.exit(2); exit(); console.print(1)", 3),
    ],
)
def test_the_rules_themselves_notice(
    finds: Callable[[ast.AST], list[str]], source: str, count: int
) -> None:
    assert len(finds(ast.parse(source))) == count


def test_every_module_opens_with_what_it_owns() -> None:
    assert [module for module in SOURCES if not ast.get_docstring(tree_of(module))] == []


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def all_commands() -> tuple[str, str]:
    """Return the README's table of all commands, and what it says of them all below."""
    section = readme().split("\n## All commands\n")[1].split("\n#")[0]
    table, end, below = section.rpartition("|\n")
    return table + end, below


def row_of(command: str) -> str:
    """Return what the README's table of all commands says of one."""
    table, _ = all_commands()
    (row,) = re.findall(rf"^\| `scanpipe {command}\b[^`]*` \| (.*) \|$", table, re.MULTILINE)
    return str(row)


@pytest.mark.parametrize("name", main.commands)
def test_the_readme_tells_of_every_command_and_option_where_the_command_is(name: str) -> None:
    options = [param for param in main.commands[name].params if isinstance(param, click.Option)]
    spelled = {
        opt
        for param in options
        for opt in (*param.opts, *param.secondary_opts)
        if opt.startswith("--")
    }
    told = set(re.findall(r"`(--[a-z-]+)", row_of(name)))
    if "--quiet" in spelled:
        _, below = all_commands()
        told |= {"--quiet"} if f"`{name}`" in below.split(" leaves out")[0] else set()
    assert spelled - told == set()
    assert told - spelled == set()


@pytest.mark.parametrize("code", ExitCode)
def test_the_readme_tells_of_every_exit_code(code: ExitCode) -> None:
    assert re.search(rf"^\| {code:d} \| \S", readme(), re.MULTILINE)


@pytest.mark.parametrize("word", [*Status, *Reason])
def test_the_readme_explains_every_status_and_reason(word: str) -> None:
    assert f"`{word}`" in readme()


def test_what_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)", readme())
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "forms/README.md"])
def test_a_section_stands_above_or_below_as_the_link_to_it_says(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    heads = {
        re.sub(r"[^\w\- ]", "", head[1].lower()).replace(" ", "-"): head.start()
        for head in re.finditer(r"^#+ (.+)$", text, re.MULTILINE)
    }
    links = [*re.finditer(r"\[(above|below)\]\(#([^)]+)\)", text)]
    assert links
    wrong = [link[0] for link in links if (heads[link[2]] < link.start()) != (link[1] == "above")]
    assert wrong == []


def test_the_top_level_stays_as_it_was_drawn() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    parts = [Path(line).parts for line in listing.stdout.splitlines()]
    assert {part[0] for part in parts if len(part) > 1} == TOP_LEVEL
    assert {part[0] for part in parts if len(part) == 1} == TOP_LEVEL_FILES
