"""The lock file: what is written is what is read, and nothing else is taken for it."""

import json
import os
from pathlib import Path

import pytest

from scanpipe.errors import FormError, OutputError
from scanpipe.form import load_form
from scanpipe.printed import load_printed, lock_path, rebuilt, save_printed
from scanpipe.printed.model import digest_of

FORMS = Path(__file__).parents[2] / "forms"

TWO = {"A": "Åpning – «først»", "B": "Closing"}


def refused(event) -> FormError:
    with pytest.raises(FormError) as caught:
        load_printed(event.path, event.form)
    assert str(event.lock) in caught.value.message
    return caught.value


def rewritten(event, **changes: object) -> None:
    """Change the lock file and seal it again, as another version of scanpipe would write it."""
    data = json.loads(event.lock.read_text(encoding="utf-8")) | changes
    data.pop("hash")
    text = json.dumps(data | {"hash": digest_of(data)})
    event.lock.write_text(text, encoding="utf-8")


def test_without_a_lock_file_nothing_is_known(event) -> None:
    event.write(TWO)
    assert load_printed(event.path, event.form) is None


@pytest.mark.parametrize(
    ("scale", "slip", "more"),
    [
        ("smileys = 7", 'size = "a5"', '[comment]\nprompt = "Anything else?"\n'),
        ("numbers = 10", 'size = "a5"\nsession = "marked"', ""),
        ('answers = ["Yes", "No"]', 'size = "a5"\nsession = "rows"', ""),
    ],
)
def test_every_layout_is_read_back_just_as_it_was_printed(event, scale, slip, more) -> None:
    form = event.write(TWO, scale=f"[scale]\n{scale}\n", slip=f"[slip]\n{slip}\n", more=more)
    event.print()
    first = event.printed
    save_printed(first, event.path, form)
    assert event.printed == first
    assert hash(event.printed.layouts[0]) == hash(first.layouts[0])
    assert first.digest == event.printed.digest


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_printed_of_each_form_of_ours_can_be_kept(path, tmp_path) -> None:
    form = load_form(path)
    printed = rebuilt(form)
    save_printed(printed, tmp_path / path.name, form)
    assert load_printed(tmp_path / path.name, form) == printed


def test_the_file_is_named_after_the_form_and_can_be_read_by_people(event) -> None:
    event.write(TWO)
    event.print()
    text = event.lock.read_text(encoding="utf-8")
    assert lock_path(event.path, event.form) == event.lock
    assert "Åpning – «først»" in text
    assert '"date": "2024-04-01"' in text
    assert list(json.loads(text)) == [
        "about",
        "version",
        "form",
        "printings",
        "slips",
        "answers",
        "layouts",
        "hash",
    ]


def test_other_line_ends_and_indents_do_no_harm(event) -> None:
    event.write(TWO)
    printed = event.print()
    data = json.loads(event.lock.read_text(encoding="utf-8"))
    text = json.dumps(dict(reversed(data.items())), indent=7).replace("\n", "\r\n")
    event.lock.write_text(text, encoding="utf-8-sig", newline="")
    assert event.printed == printed


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b'"name": "Closing"', b'"name": "Opening"'),
        lambda data: data.replace(b'"slot": 1', b'"slot": 2'),
        lambda data: data.replace(b'"smileys"', b'"numbers"'),
        lambda data: data.replace(b'"hash"', b'"hush"'),
        lambda data: data[: len(data) // 2],
        lambda data: data.decode().encode("latin-1", "replace"),
        lambda _: b"",
        lambda _: b"null",
        lambda _: b"[" * 100_000,
    ],
)
def test_a_damaged_or_edited_lock_is_refused_with_what_to_do(event, damage) -> None:
    event.write(TWO)
    event.print()
    event.lock.write_bytes(damage(event.lock.read_bytes()))
    assert "damaged" in refused(event).message
    assert "backup" in refused(event).hint
    assert "delete it" in refused(event).hint


def test_a_lock_by_a_newer_scanpipe_is_left_to_that(event) -> None:
    event.write(TWO)
    event.print()
    rewritten(event, version=2)
    assert "version 2" in refused(event).message
    assert "newest scanpipe" in refused(event).hint


def test_what_a_layout_has_that_this_scanpipe_does_not_know_is_not_passed_over(event) -> None:
    event.write(TWO)
    event.print()
    layout = json.loads(event.lock.read_text(encoding="utf-8"))["layouts"][0]
    rewritten(event, layouts=[layout | {"second_page": {"x_mm": 3.0}}])
    assert "second_page" in refused(event).message
    rewritten(event, layouts=[{"width_mm": 148}])
    assert "layouts.0." in refused(event).message


@pytest.mark.parametrize(
    "slips", [[], [{"slot": 1, "layout": 0}, {"slot": 1, "layout": 0}], [{"slot": 0, "layout": 9}]]
)
def test_slips_that_make_no_sense_are_refused(event, slips) -> None:
    event.write(TWO)
    event.print()
    rewritten(event, slips=slips)
    assert "another version" in refused(event).message


def test_another_forms_lock_is_refused_and_not_called_damaged(event) -> None:
    event.write(TWO)
    event.print()
    rewritten(event, form="fair-2023")
    assert "another form, fair-2023, not of fair-2024" in refused(event).message


def test_what_is_no_plain_file_is_refused(event) -> None:
    event.write(TWO)
    event.lock.mkdir()
    assert "no plain file" in refused(event).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_waited_for(event) -> None:
    event.write(TWO)
    os.mkfifo(event.lock)
    assert "no plain file" in refused(event).message


def test_a_lock_that_cannot_be_replaced_stays_whole(event, monkeypatch) -> None:
    event.write(TWO)
    event.print()
    before = event.lock.read_bytes()
    event.write({**TWO, "C": "Coffee"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as caught:
        event.print()
    assert "No space left" in caught.value.message
    assert event.lock.read_bytes() == before
    assert sorted(path.name for path in event.path.parent.iterdir()) == [
        "fair-2024.lock.json",
        "fair-2024.toml",
    ]


def test_a_damaged_lock_can_be_written_over(event) -> None:
    event.write(TWO)
    printed = event.print()
    event.lock.write_bytes(b"\xff")
    save_printed(printed, event.path, event.form)
    assert event.printed == printed
