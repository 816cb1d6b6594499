"""`scanpipe new` as a person and a script type it: asked, told by options, refused."""

import os
import re
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanpipe import cli
from scanpipe.cli import starting
from scanpipe.errors import ExitCode
from scanpipe.form import load_form

EVENT = ("--title", "Summer fair", "--date", "2027-06-01", "--place", "Town hall")
SINCE_DATE = ("2027-02-28", "Oslo", "en")
"""Answers, from the date to the language."""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder on an English computer."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en_GB.UTF-8")
    return tmp_path


def type_(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(cli.main, ["new", *words], input=answers)


@pytest.fixture
def _at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "can_ask", lambda: True)
    monkeypatch.setattr(starting, "_show_slips", lambda _path: None)


@pytest.mark.usefixtures("_at_a_terminal")
def test_what_is_answered_becomes_the_form() -> None:
    answers = [
        *("Årets møte", "", "23.9.2027", "Sanner hotell", "nb"),
        *("P1; Arbeidsglede", "Avslutning", "", "", "1-10"),
    ]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    form = load_form(Path("forms/arets-mote.toml"))
    assert (form.title, form.place, form.language) == ("Årets møte", "Sanner hotell", "nb")
    assert form.date.isoformat() == "2027-09-23"
    assert [(each.id, each.name) for each in form.sessions] == [
        ("P1", "Arbeidsglede"),
        ("S2", "Avslutning"),
    ]
    assert form.question == "Hvordan opplevde du denne sesjonen?"
    assert form.scale.numbers == 10
    assert "scanpipe print arets-mote -o arets-mote.pdf" in done.output


@pytest.mark.usefixtures("_at_a_terminal")
def test_a_wrong_answer_is_asked_again_with_what_was_expected_and_found() -> None:
    Path("forms").mkdir()
    Path("forms/fair.toml").touch()
    answers = [
        *("", "Fair", "", "a b", "fair-2"),
        *("soon", "2027-02-30", "2027-02-28", "Oslo", "klingon", "en"),
        *("Same", "same", "", "Only", "", "1", "8", "5"),
    ]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    for told in (
        "expected 1 to 200 characters; found 0",
        "fair.toml is there already",
        "'a b' cannot be the id of a form",
        'found "soon"',
        'found "2027-02-30"',
        'found "klingon"',
        "expected every session to have its own",
        "expected a whole number from 2 to 7; found 1",
        "expected a whole number from 2 to 7; found 8",
    ):
        assert told in done.output
    sessions = load_form(Path("forms/fair-2.toml")).sessions
    assert [each.name for each in sessions] == ["Same", "Only"]


@pytest.mark.usefixtures("_at_a_terminal")
def test_what_is_wrong_with_a_date_or_a_language_is_told_in_the_language_of_the_dialogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "nb_NO.UTF-8")
    answers = ["Stevne", "", "snart", "28.2.2027", "Oslo", "klingon", "tysk", "", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    assert 'ventet en dato som år-måned-dag, for eksempel 2026-09-23; fant "snart"' in done.output
    assert re.search(r'ventet et av disse språkene, .* sv svenska, .*; fant "klingon"', done.output)
    assert "expected" not in done.output
    assert load_form(Path("forms/stevne.toml")).language == "de"


@pytest.mark.usefixtures("_at_a_terminal")
def test_an_id_that_is_none_is_told_once() -> None:
    done = type_(answers="\n".join(["Fair", "a b", "fair", *SINCE_DATE, *["", "", "", ""]]))
    assert done.exit_code == ExitCode.DONE, done.output
    refused = [line for line in done.output.splitlines() if "'a b'" in line or "id: " in line]
    assert len(refused) == 1
    assert "Such as a-b." in refused[0]


@pytest.mark.usefixtures("_at_a_terminal")
def test_of_a_list_with_one_session_too_long_only_that_one_is_asked_again() -> None:
    pasted = ["P1; Opening", "P2; " + "W" * 150, "Closing", ""]
    # The second Enter after a paste is no answer to what is asked then.
    answers = ["Fair", "", *SINCE_DATE, *pasted, "", "Workshop", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    assert "sessions[2].name" in done.output
    assert "Another line for P2" in done.output
    form = load_form(Path("forms/fair.toml"))
    assert [(each.id, each.name) for each in form.sessions] == [
        ("P1", "Opening"),
        ("P2", "Workshop"),
        ("S3", "Closing"),
    ]


@pytest.mark.usefixtures("_at_a_terminal")
def test_a_session_that_cannot_be_may_be_left_out_or_given_another_code() -> None:
    pasted = ["P1; Opening", "P1; Workshop", "N" * 150, "Closing", ""]
    answers = ["Fair", "", *SINCE_DATE, *pasted, "P2; Workshop", "-", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    form = load_form(Path("forms/fair.toml"))
    assert [(each.id, each.name) for each in form.sessions] == [
        ("P1", "Opening"),
        ("P2", "Workshop"),
        ("S4", "Closing"),
    ]


@pytest.mark.usefixtures("_at_a_terminal")
@pytest.mark.parametrize("refused", [["no such.csv"], ["X" * (150 + i) for i in range(6)] + [""]])
def test_after_a_refused_list_enter_alone_asks_again_and_means_nothing(refused: list[str]) -> None:
    answers = ["Fair", "", *SINCE_DATE, *refused, "", "Opening", "", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    assert "only - if there are none" in done.output
    assert [each.name for each in load_form(Path("forms/fair.toml")).sessions] == ["Opening"]


@pytest.mark.usefixtures("_at_a_terminal")
def test_after_a_refused_list_there_may_still_be_no_sessions() -> None:
    answers = ["Fair", "", *SINCE_DATE, "no such.csv", "-", "", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    assert load_form(Path("forms/fair.toml")).slip.session == "none"


@pytest.mark.usefixtures("_at_a_terminal")
def test_sessions_may_come_from_a_file_whose_column_is_asked_for() -> None:
    Path("my list.csv").write_text("Time;What;Hall\n9:00;Opening;A\n", encoding="utf-8")
    answers = ["Fair", "", "2027-02-28", "Oslo", "en", '"my list.csv"', "Z", "what", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    assert "B  What" in done.output
    assert [each.name for each in load_form(Path("forms/fair.toml")).sessions] == ["Opening"]


@pytest.mark.usefixtures("_at_a_terminal")
def test_no_sessions_make_one_question_for_the_whole_event() -> None:
    answers = ["Fair", "", "2027-02-28", "Oslo", "en", "", "", ""]
    done = type_(answers="\n".join(answers) + "\n")
    assert done.exit_code == ExitCode.DONE, done.output
    form = load_form(Path("forms/fair.toml"))
    assert (form.slip.session, form.question) == ("none", "How did you like the event?")


@pytest.mark.usefixtures("_at_a_terminal")
def test_whoever_breaks_off_leaves_nothing_behind(desk: Path) -> None:
    done = type_(answers="Fair\n")
    assert done.exit_code == ExitCode.INTERRUPTED
    assert list(desk.iterdir()) == []


@pytest.mark.usefixtures("_at_a_terminal")
def test_a_form_that_is_there_is_told_of_before_anything_is_asked() -> None:
    Path("forms").mkdir()
    Path("forms/fair.toml").write_text("mine", encoding="utf-8")
    done = type_("fair")
    assert done.exit_code == ExitCode.OUTPUT
    assert "Name of the event" not in done.output
    assert Path("forms/fair.toml").read_text(encoding="utf-8") == "mine"


def test_options_do_the_same_for_scripts() -> None:
    done = type_(
        "fair", *EVENT, "--language", "nynorsk", "--session", "A1; Opning", "--session", "Slutt"
    )
    assert done.exit_code == ExitCode.DONE, done.output
    form = load_form(Path("forms/fair.toml"))
    assert [(each.id, each.name) for each in form.sessions] == [("A1", "Opning"), ("S2", "Slutt")]
    assert (form.language, form.scale.smileys) == ("nn", 5)
    assert form.question == "Korleis opplevde du denne sesjonen?"
    assert "A1   Opning" in done.output


@pytest.mark.parametrize(
    ("words", "scale"),
    [
        (("--smileys", "3"), {"smileys": 3}),
        (("--numbers", "7"), {"numbers": 7}),
        (("--answers", "Yes,No"), {"answers": ("Yes", "No")}),
    ],
)
def test_every_scale_has_an_option(words: tuple[str, ...], scale: dict[str, object]) -> None:
    done = type_(*EVENT, "--no-sessions", *words)
    assert done.exit_code == ExitCode.DONE, done.output
    form = load_form(Path("forms/summer-fair.toml"))
    assert form.scale.model_dump(exclude_none=True) == scale


def test_sessions_come_from_a_column_of_a_file() -> None:
    Path("p.csv").write_text("Time;What\n9:00;Opening\n10:00;Closing\n", encoding="utf-8")
    unclear = type_("fair", *EVENT, "--sessions", "p.csv")
    assert unclear.exit_code == ExitCode.USAGE
    assert "B  What" in unclear.stderr
    done = type_("fair", *EVENT, "--sessions", "p.csv", "--column", "What")
    assert done.exit_code == ExitCode.DONE, done.output
    assert len(load_form(Path("forms/fair.toml")).sessions) == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), ExitCode.USAGE, "Nobody can be asked here"),
        (("x y",), ExitCode.USAGE, "Such as x-y."),
        (("x", "--title", "Fair"), ExitCode.USAGE, "--date, --place, --session"),
        (("--title", "???", *EVENT[2:], "--no-sessions"), ExitCode.USAGE, "lacks: ID"),
        (("x", *EVENT, "--no-sessions", "--session", "A"), ExitCode.USAGE, "only one of"),
        (("x", *EVENT, "--session", "A", "--column", "B"), ExitCode.USAGE, "--sessions"),
        (("x", *EVENT, "--session", "A", "--smileys", "3", "--numbers", "3"), 2, "only one of"),
        (("x", *EVENT, "--session", "A", "--smileys", "9"), ExitCode.FORM, "scale.smileys"),
        (("x", *EVENT, "--session", "A", "--session", "a"), ExitCode.FORM, "sessions[2].name"),
        (("x", *EVENT, "--session", "A" * 150), ExitCode.FORM, "fit"),
        (("x", *EVENT, "--answers", "Yes", "--session", "A"), ExitCode.FORM, "scale.answers"),
        (("x", *EVENT, "--sessions", "no.csv"), ExitCode.USAGE, "no.csv"),
    ],
)
def test_what_does_not_make_a_form_is_refused_and_nothing_is_written(
    words: tuple[str, ...], code: int, told: str
) -> None:
    done = type_(*words)
    assert done.exit_code == code
    assert told in done.stderr
    assert not Path("forms").exists()


@pytest.mark.usefixtures("_at_a_terminal")
def test_with_yes_nobody_is_asked() -> None:
    done = type_("fair", "--yes")
    assert done.exit_code == ExitCode.DONE
    assert "# Marks the slips as this event's." in Path("forms/fair.toml").read_text("utf-8")


def test_alone_the_command_says_where_one_stands() -> None:
    done = CliRunner().invoke(cli.main, [])
    assert done.exit_code == ExitCode.DONE
    assert done.output.endswith("\n  scanpipe new\n")


def test_a_norwegian_computer_is_answered_in_norwegian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    assert "arrangement" in CliRunner().invoke(cli.main, []).output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_list_pasted_from_word_is_taken_whole_with_its_empty_lines(desk: Path) -> None:
    import pty

    process, terminal = pty.fork()
    if not process:
        os.execv(sys.executable, [sys.executable, "-m", "scanpipe", "new"])  # noqa: S606
    shown = ""

    def wait_for(what: str) -> None:
        nonlocal shown
        patience = time.monotonic() + 60
        while what not in shown:
            assert time.monotonic() < patience, shown
            shown += os.read(terminal, 4096).decode(errors="replace")
        shown = shown.partition(what)[2]

    try:
        wait_for("as people know it")
        os.write(terminal, b"Fair\n\n2027-06-01\nOslo\nen\n")
        wait_for("Sessions")
        os.write(terminal, "Opening\n\n• Workshop\nP1\tClosing\n\n".encode())
        wait_for("[How did you like this session?]")
        os.write(terminal, b"\n\n")
        wait_for("output/fair/preview/slip-S1.png")
        wait_for("scanpipe print fair")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    names = [each.name for each in load_form(desk / "forms" / "fair.toml").sessions]
    assert names == ["Opening", "Workshop", "Closing"]
    assert (desk / "output/fair/preview/slip-S1.png").stat().st_size > 1000
