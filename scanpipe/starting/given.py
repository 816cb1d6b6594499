"""Owns a form that is told by options, all at once: what must be given, what is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.errors import FormError, UsageError
from scanpipe.messages import messages_for
from scanpipe.starting.draft import Data, problems_of
from scanpipe.starting.questions import date_meant, language_meant, proposed, scale_meant
from scanpipe.starting.session_files import sessions_from_file
from scanpipe.starting.sessions import sessions_from_lines
from scanpipe.starting.speech import spoken


@dataclass(frozen=True, slots=True)
class Sessions:
    """Where the sessions come from: `lines`, or the `column` of a `file`; or there are `none`."""

    lines: Sequence[str] = ()
    file: Path | None = None
    column: str | None = None
    none: bool = False


def form_given(
    texts: Mapping[str, str | None],
    sessions: Sessions,
    scale: Mapping[str, str | int | None],
) -> Data:
    """Return the form of what is given, the rest as the questions would propose it.

    `texts` hold id, title, date, place, language and question; `scale` smileys, numbers, answers.

    Raises:
        UsageError: something is missing that nobody can propose, or two things contradict.
        FormError: what is given cannot stand in a form, or has no room on the slip.
    """
    data: Data = {key: text for key, text in texts.items() if text is not None}
    if "date" in data:
        data["date"] = date_meant(data["date"])
    if "language" in data:
        data["language"] = language_meant(data["language"])
    data = proposed(messages_for(spoken()), data | _scale(scale) | _sessions(sessions))
    _refuse_gaps(data)
    problems = problems_of(data)
    if problems:
        raise FormError("the form cannot be made so; nothing was written:", problems)
    return data


def _sessions(sessions: Sessions) -> Data:
    ways = (sessions.lines, sessions.file, sessions.none)
    if sum(map(bool, ways)) > 1:
        raise UsageError("give only one of --session, --sessions and --no-sessions")
    if sessions.column and not sessions.file:
        raise UsageError("--column needs --sessions, the file that has the column")
    if sessions.none:
        return {"slip": {"session": "none"}}
    if sessions.file:
        return {"sessions": sessions_from_file(sessions.file, sessions.column)}
    blocks = sessions_from_lines(sessions.lines)
    return {"sessions": blocks} if blocks else {}


def _scale(scale: Mapping[str, str | int | None]) -> Data:
    said = {key: value for key, value in scale.items() if value is not None}
    if len(said) > 1:
        raise UsageError("give only one of --smileys, --numbers and --answers")
    if "answers" in said:
        # A number among them is a word here, and no scale.
        return {"scale": scale_meant(f"{said['answers']},")}
    return {"scale": said} if said else {}


def _refuse_gaps(data: Data) -> None:
    gaps = [f"--{key}" for key in ("title", "date", "place") if key not in data]
    if "sessions" not in data and "slip" not in data:
        gaps.append("--session (or --sessions, or --no-sessions)")
    if "id" not in data:
        gaps.insert(0, "ID")
    if gaps:
        raise UsageError(
            f"the new form lacks: {', '.join(gaps)}",
            "Give them too, or type only `scanpipe new` in a terminal, and it asks.",
        )
