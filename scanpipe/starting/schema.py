"""Owns the JSON schema of form files, by which editors complete and check them while one types.

It is made from the model of the form, the limits in it with the words that mistakes are told in.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from scanpipe.form import Form
from scanpipe.form_problems import EXPECTED, MAX_TEXT
from scanpipe.language import LANGUAGES

NAME = "form.schema.json"
"""Stands beside the forms; each says so in its first line."""

Schema = dict[str, Any]

_MEANING = {
    "id": "Short name of the event: on the slips' marks, in commands, and of the output folder",
    "title": "Name of the event, at the top of the slip",
    "date": "Day of the event",
    "place": "Where it is held, printed after the date",
    "language": "Language of the printed words and of the tables",
    "question": "The one question; leave it out if there are [[questions]]",
    "scale": "How people answer; five smileys if left out",
    "scale.smileys": "How many faces stand in the row; the saddest is 1",
    "scale.numbers": "Circles with the numbers from 1 to this one",
    "scale.answers": "A circle for each of these answers, the words under it",
    "scale.choose": "How many of the [[choices]] people mark",
    "scale.low": "Words under the first number",
    "scale.high": "Words under the last number",
    "slip": "The size of the slip, and how it tells its session",
    "slip.size": "A size by name",
    "slip.width_mm": "Width in millimetres; with height_mm, in place of size",
    "slip.height_mm": "Height in millimetres; with width_mm, in place of size",
    "slip.session": "printed: each slip carries its session's name. marked: people mark which "
    "session they were in. rows: one card with a row for each session. none: one question for the "
    "whole event",
    "slip.serial": "Whether each slip has a random number of its own, so that copies are noticed",
    "sessions": "The sessions that people evaluate; also when slips are printed you may move them "
    "and add others",
    "sessions[].id": "Short name, used in the tables and in review.csv",
    "sessions[].name": "Printed on the slips and read from them",
    "sessions[].expected": "How many slips were handed in, if you have counted them",
    "questions": "Several questions about one session, each with a row of its own",
    "questions[].id": "Short name of the question, used in the tables",
    "questions[].text": "The question as it is printed",
    "choices": "What people choose from, with scale.choose",
    "choices[].id": "Short name, used in the tables",
    "choices[].name": "Printed on the slip",
    "comment": "A box to write in; its picture is kept, it is not read",
    "comment.prompt": "What stands above the box",
    "comment.height_mm": "Height of the box in millimetres",
    "look": "What makes the slip your own",
    "look.accent": "One dark colour, for lines and headings",
    "look.logo": "Your logo, PNG or SVG: its path from the form",
    "look.columns": "Columns of slips on a sheet; as many as fit if left out",
    "look.lines": "Lines between the slips of a sheet",
    "words": "Words of the slip in place of the language's own",
    "words.mark_one": "How to mark",
    "words.change_of_mind": "What to do when one changes one's mind",
    "words.session": "What a session is called",
}
"""What each key is for; keys are named as in EXPECTED."""

_NO_SESSION: Schema = {
    "properties": {
        "slip": {"properties": {"session": {"const": "none"}}, "required": ["session"]},
    },
    "required": ["slip"],
}
_NEEDED: Schema = {
    "if": _NO_SESSION,
    "else": {"required": ["sessions"]},
    "anyOf": [{"required": ["question"]}, {"required": ["questions"]}],
}
"""What must be there depends on what else is."""

_NOT_FOR_EDITORS = ("title", "description", "default")
"""What pydantic says of a type: its name in the program, and what docstrings tell developers."""


def schema_text() -> str:
    """Return the schema as JSON, as it stands in the file."""
    return json.dumps(form_schema(), ensure_ascii=False, indent=2) + "\n"


def form_schema() -> Schema:
    """Return the JSON schema (draft 2020-12) of form files."""
    made = Form.model_json_schema(by_alias=True)
    parts = made.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A form of scanpipe: what is printed on the slips of an event",
        **_tidy(made, parts, ""),
        "required": [key for key in made["required"] if key != "sessions"],
        **_NEEDED,
    }


def _tidy(node: Mapping[str, Any], parts: Mapping[str, Any], key: str) -> Schema:
    """Return the schema of `key` in full, without what only Python needs, and described."""
    node = _resolved(node, parts)
    tidy = {name: value for name, value in node.items() if name not in _NOT_FOR_EDITORS}
    default = node.get("default")
    if isinstance(default, str | int | float) and default != "":
        tidy["default"] = default
    if "properties" in node:
        inside = node["properties"].items()
        tidy["properties"] = {
            name: _tidy(each, parts, f"{key}.{name}" if key else name) for name, each in inside
        }
    if "items" in node:
        tidy["items"] = _tidy(node["items"], parts, f"{key}[]")
    return tidy | _limits(node, key) | _described(key)


def _resolved(node: Mapping[str, Any], parts: Mapping[str, Any]) -> Schema:
    """Put what is referred to in place; leave null out, which TOML does not have."""
    found = dict(node)
    options = [each for each in found.pop("anyOf", ()) if each.get("type") != "null"]
    if len(options) == 1:
        found |= options[0]
    elif options:
        found["anyOf"] = options
    reference = found.pop("$ref", None)
    if reference is None:
        return found
    return _resolved(parts[reference.rpartition("/")[2]], parts) | found


def _limits(node: Mapping[str, Any], key: str) -> Schema:
    """Return limits that the model checks with functions of its own."""
    if key == "language":
        return {"enum": [*LANGUAGES]}
    if key == "look.accent":
        return {"pattern": "^#[0-9a-fA-F]{6}$"}
    free = node.get("type") == "string" and not {"pattern", "enum", "const", "format"} & {*node}
    return {"minLength": 1, "maxLength": node.get("maxLength", MAX_TEXT)} if free else {}


def _described(key: str) -> Schema:
    said = [_MEANING.get(key, ""), _capital(EXPECTED.get(key, ""))]
    text = ". ".join(part for part in said if part)
    return {"description": f"{text}."} if text else {}


def _capital(text: str) -> str:
    return re.sub(r"^[a-z]", lambda found: found[0].upper(), text)
