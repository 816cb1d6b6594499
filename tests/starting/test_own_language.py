"""Mistakes in a form, told to an organiser on a Norwegian computer."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli
from scanpipe.cli import starting
from scanpipe.form_problems import EXPECTED
from scanpipe.messages import Sentence, messages_for, retold

FORM = """\
id = "fair"
title = "Fair"
date = 2026-04-06
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
name = "Music"
"""
ENGLISH = re.compile(r"\b(expected|found|missing|the|with|line|too long|characters)\b")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "nb_NO.UTF-8")
    (tmp_path / "forms").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("smileys = 5", "smileys = 50", "ventet et helt tall fra 2 til 7; fant 50"),
        ('title = "Fair"\n', "", "title: mangler; ventet en tekst"),
        ("place =", "plase =", "er ikke en nøkkel som skjemaer har her; mente du place?"),
        ('"en"', '"engelsk"', "language: ventet en av "),
        ("2026-04-06", '"i dag"', "ventet en dato som år-måned-dag"),
        ('"fair"', '"blåbær"', "id: ventet bare bokstaver fra a til z"),
        ('id = "A"', 'id = "01"', "ventet en kode som Excel lar stå"),
        ('id = "B"', 'id = "a"', "sessions[2].id: ventet at hver sesjon har sitt eget"),
        ('"Opening"', '"開会"', "ventet et navn med latinske bokstaver"),
        ('"Opening"', f'"{"Lang og " * 20}"', "mm for lang for de"),
        ('"Opening"', '"Opening', 'linje 11 lar seg ikke forstå: name = "Opening'),
        ('question = "How was it?"\n', "", "question: mangler; ventet en tekst"),
    ],
)
def test_a_mistake_in_a_form_is_told_in_norwegian_where_one_asks_how_things_stand(
    desk: Path, right: str, wrong: str, told: str
) -> None:
    assert right in FORM
    (desk / "forms" / "fair.toml").write_text(FORM.replace(right, wrong), encoding="utf-8")
    said = CliRunner().invoke(cli.main, []).output
    assert told in said
    mistakes = [line for line in said.splitlines() if line.startswith("    ")]
    assert mistakes
    assert [line for line in mistakes if ENGLISH.search(line)] == []


def test_a_session_that_cannot_be_is_refused_in_norwegian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "can_ask", lambda: True)
    monkeypatch.setattr(starting, "_show_slips", lambda _path: None)
    answers = ["Årets møte", "", "2027-09-23", "Oslo", "nb"]
    answers += ["Åpning", "開会", "", "Velkommen", "", "", ""]
    said = CliRunner().invoke(cli.main, ["new"], input="\n".join(answers) + "\n").output
    assert "sessions[2].name: ventet et navn med latinske bokstaver" in said
    assert 'fant "開会"' in said
    assert "expected" not in said


def test_all_that_a_form_may_hold_is_told_in_norwegian() -> None:
    t = messages_for("nb")
    assert all(isinstance(text, Sentence) for text in EXPECTED.values())
    assert [key for key, text in EXPECTED.items() if ENGLISH.search(str(retold(text, t)))] == []
