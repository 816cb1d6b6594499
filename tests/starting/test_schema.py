"""The schema that editors check forms by: current, described throughout, right about real forms."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scanpipe.form_problems import EXPECTED
from scanpipe.starting.form_text import starter_form
from scanpipe.starting.schema import NAME, form_schema, schema_text

FORMS = Path(__file__).parents[2] / "forms"

MINIMAL = """
id = "x"
title = "Fair"
date = 2027-09-03
place = "Oslo"
language = "nb"
"""
ASKED = 'question = "How?"\n'
SESSION = '[[sessions]]\nid = "S1"\nname = "Opening"\n'


def faults(form: str) -> list[str]:
    """What an editor underlines; it hands dates to the schema as text."""
    data = tomllib.loads(form)
    if "date" in data:
        data["date"] = data["date"].isoformat()
    found = Draft202012Validator(form_schema()).iter_errors(data)
    return [".".join(map(str, error.absolute_path)) or error.validator for error in found]


def keys(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, part
        yield from keys(part, here)
        if "items" in part:
            yield from keys(part["items"], f"{here}[]")


def test_the_committed_schema_is_current() -> None:
    committed = (FORMS / NAME).read_text(encoding="utf-8")
    assert committed == schema_text(), "type `make schema`"


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_forms_that_come_with_it_pass(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_starter_passes() -> None:
    assert faults(starter_form("x")) == []


def test_the_schema_itself_is_one() -> None:
    Draft202012Validator.check_schema(form_schema())


def test_every_key_is_described_with_what_it_may_hold() -> None:
    described = dict(keys(form_schema()))
    assert {key for key in EXPECTED if not key.endswith("[]")} == set(described)
    without = [key for key, part in described.items() if not part.get("description")]
    assert without == []
    assert EXPECTED["place"][1:] in described["place"]["description"]


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (MINIMAL + ASKED + SESSION.replace("S1", "S 1"), "sessions.0.id"),
        (MINIMAL.replace('"nb"', '"xx"') + ASKED + SESSION, "language"),
        (MINIMAL + ASKED + "[scale]\nsmileys = 9\n" + SESSION, "scale.smileys"),
        (MINIMAL + ASKED + '[slip]\nsize = "a8"\n' + SESSION, "slip.size"),
        (MINIMAL + ASKED + 'titel = "x"\n' + SESSION, "additionalProperties"),
        (MINIMAL + ASKED, "required"),
        (MINIMAL + SESSION, "anyOf"),
        (MINIMAL.replace('title = "Fair"', "") + ASKED + SESSION, "required"),
    ],
)
def test_a_mistake_is_found_where_it_is(form: str, fault: str) -> None:
    assert faults(form) == [fault]


def test_slips_of_the_whole_event_need_no_sessions() -> None:
    assert faults(MINIMAL + ASKED + '[slip]\nsession = "none"\n') == []


def test_a_new_form_and_its_schema_say_that_sessions_may_be_moved_after_printing() -> None:
    assert "You may move them and add others, also when slips are printed" in starter_form("fair")
    said = form_schema()["properties"]["sessions"]["description"]
    assert "also when slips are printed you may move them and add others" in said
