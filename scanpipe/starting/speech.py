"""Owns the organiser's own language, where no form says one yet: that of the computer."""

import os
import re
import sys
from collections.abc import Mapping

from scanpipe.language import LANGUAGES

NORWEGIAN = {"no": "nb"}
"""Older systems call Bokmål plainly Norwegian."""

SPOKEN = ("nb", "nn", "en")
"""What scanpipe itself says something in; whoever has set another language is told in English."""


def own_language(environ: Mapping[str, str] | None = None) -> str:
    """Return the language of the computer (ISO 639-1), English if forms do not know it.

    POSIX: the first of LC_ALL, LC_MESSAGES and LANG that is set counts. Windows sets none of them
    and is asked itself.
    """
    given = os.environ if environ is None else environ
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(given.get, names)), None) or _of_windows()
    found = re.match(r"[a-z]{2,3}(?=[_.@-]|$)", locale.lower())
    code = NORWEGIAN.get(found[0], found[0]) if found else ""
    return code if code in LANGUAGES else "en"


def spoken(environ: Mapping[str, str] | None = None) -> str:
    """Return the language in which to speak to the organiser before there is a form."""
    code = own_language(environ)
    return code if code in SPOKEN else "en"


def _of_windows() -> str:
    if sys.platform == "win32":
        import ctypes
        from locale import windows_locale

        return windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""
