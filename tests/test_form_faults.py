"""Form files as they should not be, from the file on disk to what the organiser is told."""

import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli
from scanpipe.errors import ExitCode
from scanpipe.form import MAX_BYTES, load_form
from scanpipe.form_problems import MAX_SESSIONS
from scanpipe.lettering import REGULAR
from scanpipe.printing.fonts import font, unprintable

LIMIT_S = 60.0
"""What takes longer hangs; how long things take is for tests/bench to say."""

GOOD = """\
id = "fair-2024"
title = "Spring fair"
date = 2024-04-06
place = "Town hall"
language = "en"
question = "How was it?"
[scale]
smileys = 5
[[sessions]]
id = "A"
name = "Opening"
[[sessions]]
id = "B"
name = "Closing"
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def head() -> str:
    return GOOD.partition("[[sessions]]")[0]


def sessions(count: int, name: str = "Session {}", session_id: str = "S{}") -> str:
    return head() + "".join(
        f'[[sessions]]\nid = "{session_id.format(n)}"\nname = "{name.format(n)}"\n'
        for n in range(1, count + 1)
    )


def refusal(path: Path) -> str:
    """Print the slips of a form, and return what is said; nothing else may come of it."""
    slips = path.parent / "slips.pdf"
    began = time.perf_counter()
    done = CliRunner().invoke(cli.main, ["print", str(path), "-o", str(slips)])
    assert time.perf_counter() - began < LIMIT_S
    assert done.exit_code == ExitCode.FORM, done.output
    assert "Traceback" not in done.output
    assert "fault in scanpipe" not in done.output
    assert all(sign.isprintable() or sign == "\n" for sign in done.output)
    assert not slips.exists()
    return done.output


TYPES = {
    "a number for a title": ('"Spring fair"', "1", "title: expected a text", "found 1"),
    "a date for a place": ('"Town hall"', "2024-04-06", "place: expected a text", "2024-04-06"),
    "a text for the smileys": ("= 5", '= "five"', "scale.smileys: expected a whole", '"five"'),
    "a fraction of a smiley": ("= 5", "= 4.5", "scale.smileys: expected a whole", "found 4.5"),
    "no smileys": ("= 5", "= 0", "scale.smileys: expected a whole", "2 to 7; found 0"),
    "one smiley": ("= 5", "= 1", "scale.smileys: expected a whole", "2 to 7; found 1"),
    "twelve smileys": ("= 5", "= 12", "scale.smileys: expected a whole", "2 to 7; found 12"),
    "minus five smileys": ("= 5", "= -5", "scale.smileys: expected a whole", "found -5"),
    "a list for an id": ('"fair-2024"', '["a"]', "id: expected letters", "found a list of 1"),
    "a block for a question": ('"How was it?"', "{a = 1}", "question: expected", "a block of keys"),
    "yes for a language": ('"en"', "true", "language: expected one of", "found true"),
    "a time for a date": ("2024-04-06", "10:00:00", "date: expected a date", "found 10:00:00"),
    "a date and time": ("2024-04-06", "2024-04-06T10:00:00Z", "date: ", "without a time"),
    "a day that is not": ("2024-04-06", '"2024-02-30"', "date: expected", '"2024-02-30"'),
    "a number for a date": ("2024-04-06", "20240406", "date: expected", "found 20240406"),
    "a number of 6000 digits": ("2024-04-06", f"0x{'f' * 6000}", "date: ", "thousands of digits"),
    "no number at all": ("= 5", "= nan", "scale.smileys: expected", "found nan"),
    "an unknown key": ("[scale]", 'colour = "red"\n[scale]', "colour: is not a key", "expected"),
    "a mistyped key": ("title =", "titel =", "titel: is not a key", "did you mean title?"),
    "a key in the wrong block": ("= 5", '= 5\ntitle = "x"', "scale.title: ", "higher up"),
    "a session as a text": ("[scale]", 'sessions = ["A"]\n[scale]', "cannot be understood", "line"),
    "an accent in an id": ('"fair-2024"', '"vår"', "id: expected letters without", '"vår"'),
    "a path for an id": ('"fair-2024"', '"../../etc"', "id: expected letters", '"../../etc"'),
    "a link for an id": ('"fair-2024"', r'"C:\\x"', "id: expected letters", "C:"),
    "a name of 201 letters": ('"Opening"', f'"{"n" * 201}"', "sessions[1].name: ", "found 201"),
    "a name of spaces": ('"Opening"', '"   "', "sessions[1].name: expected 1 to 200", "found 0"),
    "a name without letters": ('"Opening"', '"=-+@"', "sessions[1].name: ", '"=-+@"'),
    "a line break in a name": ('"Opening"', r'"Ope\nning"', "sessions[1].name: ", r"Ope\u000an"),
    "a control sign in a name": ('"Opening"', r'"\u001b[31mRed"', "sessions[1].name: ", r"\u001b"),
    "a zero byte in a name": ('"Opening"', r'"Open\u0000"', "sessions[1].name: ", r"\u0000"),
    "a line separator": ('"Opening"', r'"One\u2028two"', "sessions[1].name: expected one", "u2028"),
    "half a character": ('"Opening"', r'"\uD800"', "cannot be understood", "line 11"),
    "a character of no one": ('"Opening"', r'"A\uE000"', "sessions[1].name: ", "U+E000"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_what_a_key_may_not_hold_is_told_with_the_key_what_was_expected_and_found(
    tmp_path: Path, kind: str
) -> None:
    old, new, *told = TYPES[kind]
    path = tmp_path / "form.toml"
    path.write_text(changed(old, new), encoding="utf-8")
    said = refusal(path)
    assert [part for part in told if part not in said] == []


ALIKE = {
    "the same": "Opening",
    "another case": "OPENING",
    "more spaces": "  Opening\u00a0",
    "a soft hyphen": "Open\u00ading",
    "wide letters": "Ｏｐｅｎｉｎｇ",
    "Cyrillic letters": "Орening",
    "an id that is it": None,
}


@pytest.mark.parametrize("kind", ALIKE)
def test_two_sessions_that_nobody_can_tell_apart_are_refused(tmp_path: Path, kind: str) -> None:
    name = ALIKE[kind]
    path = tmp_path / "form.toml"
    text = changed('"B"', '"opening"') if name is None else changed('"Closing"', f'"{name}"')
    path.write_text(text, encoding="utf-8")
    said = refusal(path)
    assert "sessions[2].id: " in said if name is None else "sessions[2].name: " in said
    assert "sessions[1]" in said


@pytest.mark.parametrize(
    ("one", "other"), [("Åpning", "A\u030apning"), ("Q – A", "Q - A"), ("“Ja”", '\\"Ja\\"')]
)
def test_two_ways_of_typing_one_name_are_refused(tmp_path: Path, one: str, other: str) -> None:
    path = tmp_path / "form.toml"
    text = changed('"Opening"', f'"{one}"').replace('"Closing"', f'"{other}"')
    path.write_text(text, encoding="utf-8")
    assert "sessions[2].name: expected every session to have its own" in refusal(path)


@pytest.mark.parametrize("name", ["Открытие", "Άνοιγμα", "开幕式", "الافتتاح", "פתיחה", "พิธีเปิด"])
def test_a_session_that_ocr_cannot_read_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "form.toml"
    path.write_text(changed("Opening", name), encoding="utf-8")
    said = refusal(path)
    assert "sessions[1].name: expected a name in Latin letters" in said
    assert name[0] in said


@pytest.mark.parametrize(
    ("key", "old", "text"),
    [
        ("title", "Spring fair", "春のお祭り"),
        ("place", "Town hall", "قاعة المدينة"),
        ("question", "How was it?", "How was it? 🎉"),
        ("title", "Spring fair", "Spring \u0301fair"),
    ],
)
def test_what_the_type_cannot_print_is_told_sign_by_sign(
    tmp_path: Path, key: str, old: str, text: str
) -> None:
    path = tmp_path / "form.toml"
    path.write_text(changed(old, text), encoding="utf-8")
    said = refusal(path)
    assert f"{key}: the slips' type has no" in said
    assert unprintable(text)[0] in said.partition("has no")[2].partition("(in")[0]


def test_every_sign_that_a_form_may_hold_has_a_shape_in_the_type() -> None:
    face = font(REGULAR).face
    kept = [
        code for code in face.charToGlyph if unicodedata.category(chr(code)) not in ("Cf", "Cn")
    ]
    printed = [code for code in kept if not unprintable(chr(code))]
    assert len(printed) > 1000
    assert [hex(code) for code in printed if not face.charToGlyph[code]] == []
    assert [hex(code) for code in printed if not face.charWidths.get(code)] == []


def test_a_name_too_long_for_its_slip_is_told_with_how_much_fits(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(changed("Closing", "Wide words " * 14), encoding="utf-8")
    said = refusal(path)
    assert "sessions[2].name: " in said
    assert "mm too long" in said
    assert "characters fit" in said


@pytest.mark.parametrize(
    "name",
    [
        "=HYPERLINK(0)",
        "+1 workshop",
        "-2 degrees",
        "@home",
        "<script>alert(1)</script>",
        'Say \\"yes\\"',
        "A; B, C",
        "'quoted'",
        "100 % & more",
    ],
)
def test_a_name_that_other_programs_stumble_on_is_printed_as_it_stands(
    tmp_path: Path, name: str
) -> None:
    path, slips = tmp_path / "form.toml", tmp_path / "slips.pdf"
    path.write_text(changed("Opening", name), encoding="utf-8")
    done = CliRunner().invoke(cli.main, ["print", str(path), "-o", str(slips)])
    assert done.exit_code == ExitCode.DONE, done.output
    assert load_form(path).sessions[0].name == name.replace("\\", "")


COUNTS = {
    "none": (head(), "sessions: is missing; expected a block"),
    "an empty list": ("sessions = []\n" + head(), "sessions: expected a block"),
    "single brackets": (head() + '[sessions]\nid = "A"\n', "double brackets"),
    "one without anything": (GOOD + "[[sessions]]\n", "sessions[3].name: is missing"),
    "147": (sessions(147), f"at most {MAX_SESSIONS}; found a list of 147"),
    "10,000": (sessions(10_000), f"at most {MAX_SESSIONS}; found a list of 10000"),
    "1,000 of one name": (sessions(1_000, "Session", "S"), "and 1899 more"),
    "1,000 wrong ones": (sessions(1_000, "", "ø{}"), "and 1900 more"),
}


@pytest.mark.parametrize("kind", COUNTS)
def test_too_few_and_too_many_sessions_are_told_in_short(tmp_path: Path, kind: str) -> None:
    text, told = COUNTS[kind]
    path = tmp_path / "form.toml"
    path.write_text(text, encoding="utf-8")
    said = refusal(path)
    assert told in said
    assert len(said.splitlines()) <= 110


def test_the_most_sessions_there_can_be_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(sessions(MAX_SESSIONS), encoding="utf-8")
    assert len(load_form(path).sessions) == MAX_SESSIONS


BYTES = {
    "empty": (b"", "title: is missing"),
    "not TOML": (b"Dear all,\nhere are the sessions.\n", "cannot be understood"),
    "JSON": (b'{"id": "fair"}', "cannot be understood"),
    "a Word file": (b"PK\x03\x04\x14\x00\x06\x00\xff\xfe", "UTF-8"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "UTF-8"),
    "Windows letters": (changed("Town", "Rådhus").encode("cp1252"), "UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-8"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), "cannot be understood"),
    "UTF-32": (GOOD.encode("utf-32"), "UTF-8"),
    "zero bytes": (bytes(5000), "cannot be understood"),
    "a zero byte within": (GOOD.encode() + b"\0", "cannot be understood"),
    "a key twice": (GOOD.replace("[scale]", 'id = "x"\n[scale]').encode(), "cannot be understood"),
    "cut off": (GOOD[: GOOD.index("Closing") + 3].encode(), "line 14"),
    "brackets without end": (b"x = " + b"[" * 100_000, "brackets in brackets"),
    "blocks in blocks": (b"x = " + b"{a=" * 100_000, "brackets in brackets"),
    "a key of 100,000 parts": (b"a" + b".a" * 100_000 + b" = 1\n", "found 100000"),
    "a number of 5000 digits": (b"x = " + b"9" * 5000, "number is too long"),
    "an endless text": (b'x = "' + b"a" * 400_000, "cannot be understood"),
    "5,000 unknown keys": (b"".join(b"k%d=1\n" % n for n in range(5_000)), "more"),
    "5,000 unknown blocks": (b"".join(b"[b%d.c.d.e]\n" % n for n in range(5_000)), "more"),
}


@pytest.mark.parametrize("kind", BYTES)
def test_a_file_that_is_no_form_is_told_to_be_none(tmp_path: Path, kind: str) -> None:
    content, told = BYTES[kind]
    path = tmp_path / "form.toml"
    path.write_bytes(content)
    assert told in refusal(path)


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert f"larger than {MAX_BYTES // 1024} kB" in refusal(path)


def test_a_mark_at_the_start_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_form(path).id == "fair-2024"


def folder(path: Path) -> str:
    path.mkdir()
    return "is a folder"


def dangling(path: Path) -> str:
    path.symlink_to(path.parent / "gone.toml")
    return "is a link to"


def circle(path: Path) -> str:
    path.symlink_to(path)
    return "is a link to"


def locked(path: Path) -> str:
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    return "cannot be read: Permission denied"


def gone(path: Path) -> str:
    (path.parent / "other.toml").write_text(GOOD, encoding="utf-8")
    return "there is no form file"


@pytest.mark.parametrize("put", [folder, dangling, circle, locked, gone])
def test_what_is_not_a_file_to_read_is_told(tmp_path: Path, put: Callable[[Path], str]) -> None:
    path = tmp_path / "form.toml"
    try:
        told = put(path)
    except OSError:
        pytest.skip("this system makes no such thing")
    assert told in refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    os.mkfifo(path)
    words = [sys.executable, "-m", "scanpipe", "print", str(path), "-o", str(tmp_path / "x.pdf")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == ExitCode.FORM
    assert "is a pipe or a device" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no limit on memory")
def test_a_file_that_is_hard_to_read_is_refused_with_little_memory(tmp_path: Path) -> None:
    dotted = b"a" + b".a" * 100_000 + b" = 1\n"
    blocks = b"".join(b"[b%d.c.d.e.f.g]\n" % n for n in range(MAX_BYTES // 18))
    for name, content in (("dotted", dotted), ("blocks", blocks)):
        (tmp_path / name).write_bytes(content)
    code = """
import resource, sys
from pathlib import Path
from scanpipe.errors import FormError
from scanpipe.form import load_form
resource.setrlimit(resource.RLIMIT_DATA, (1_000_000_000, 1_000_000_000))
for name in ("dotted", "blocks"):
    try:
        load_form(Path(sys.argv[1]) / name)
    except FormError:
        print("refused")
"""
    words = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["refused", "refused"], done.stderr
