"""Owns the texts that people read in their own language: message catalogues, one per language.

The sentences stand in the code in English, as arguments of `t(...)`, `t.plural(...)` or, where the
language is known only later, `later(...)`. `make catalogues` collects them into
catalogues/<code>.po, where they are translated. A language without a catalogue is told in English.
"""

import gettext
from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"


def later(message: str) -> str:
    """Return `message` as it stands: mark it for the catalogues, to be translated when told."""
    return message


class Sentence(str):
    """A text in English that remembers its message and the values in it: whoever speaks another
    language tells it so. Values may be such texts themselves.
    """

    _message: str
    _values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> "Sentence":
        """Return `message`, marked by `later`, with `{names}` in it replaced by `values`."""
        made = super().__new__(cls, message.format(**values))
        made._message, made._values = message, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _sentence, (self._message, self._values)

    def told(self, t: "Messages") -> str:
        """Return it in the language of `t`."""
        return t(self._message, **{key: retold(each, t) for key, each in self._values.items()})


def _sentence(message: str, values: dict[str, object]) -> Sentence:
    return Sentence(message, **values)


def retold(text: object, t: "Messages") -> object:
    """Return `text` in the language of `t` if it can be told so, else as it stands."""
    return text.told(t) if isinstance(text, Sentence) else text


class Messages:
    """The sentences of one language; `code` is what the sentences really are in."""

    def __init__(self, code: str, catalogue: gettext.NullTranslations) -> None:
        self.code = code
        self._catalogue = catalogue

    def __call__(self, message: str, /, **values: object) -> str:
        """Return `message` in this language, `{names}` in it replaced by `values`."""
        return self._catalogue.gettext(message).format(**values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return `one` or `many`, as `count` asks for in this language; `{count}` is given."""
        chosen = self._catalogue.ngettext(one, many, count)
        return chosen.format(**({"count": count} | values))


@cache
def messages_for(language: str) -> Messages:
    """Return the sentences of `language` (ISO 639-1), in English if there is no catalogue of it."""
    file = resources.files("scanpipe") / "catalogues" / f"{language}.po"
    if not file.is_file():
        return Messages(SOURCE_LANGUAGE, gettext.NullTranslations())
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Messages(language, gettext.GNUTranslations(compiled))
