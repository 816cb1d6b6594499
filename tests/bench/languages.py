"""Measures how many names in Northern Sámi are read with another language's OCR model.

Slips of sessions with short names, with numbered names and with names that differ only in the marks
on letters are printed, scanned in several ways and cut out as `run` does. What Tesseract makes of
the fields is matched to the names as `run` does, and for comparison by edit distance alone.

    python tests/bench/languages.py --slips 100 --models nor,eng
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
from _readme import table
from fields import fields_of

from scanpipe.form import form_from_data
from scanpipe.reading import session
from scanpipe.reading.decision import printed_session
from scanpipe.reading.measures import FieldText, SessionMatch
from scanpipe.simulation import simulate

NAMES = {
    "short": [
        *("Čájáhus", "Áššit", "Čáhci", "Váŋŋá", "Luohti", "Dáidda", "Mánát", "Šaddu", "Giella"),
        *("Ruoŧŧa", "Duodji", "Vázzin", "Eŋgel", "Čállin", "Boazu", "Báŋku", "Žurnála"),
        *("Áŧestus", "Meahcci", "Skuvla"),
    ],
    "numbered": [
        *(f"Sešuvdna {number}" for number in range(1, 11)),
        *(f"Bargobádji {number}: áŋgir" for number in range(1, 11)),
    ],
    "twins": [
        *("Áigi", "Aigi", "Čállit", "Callit", "Šaldi", "Saldi", "Ruoŧŧa", "Ruotta", "Eŋgel"),
        *("Engel", "Juođa", "Juoda", "Žánra", "Zanra"),
    ],
}
KINDS = (("grey", 300), ("grey", 200), ("grey", 150), ("1bit", 300), ("1bit", 200), ("1bit", 150))

Read = tuple[int, FieldText]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--slips", type=int, default=100, help="of each kind of name and scan")
    parser.add_argument("--models", default="nor")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    head = ("names", "model", "scan", "slips", "read", "as another", "by edit distance alone")
    rows = _rows(given.models.split(","), given.slips, given.seed)
    sys.stdout.write("\n".join(table(head, list(rows), right=4)) + "\n")


def _rows(models: Sequence[str], slips: int, seed: int) -> Iterator[tuple[str, ...]]:
    tasks = [(kind, image, dpi) for kind in NAMES for image, dpi in KINDS]
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(_texts, *task, slips, seed, models) for task in tasks]
        for (kind, image, dpi), future in zip(tasks, futures, strict=True):
            for model, read in future.result().items():
                yield kind, model, f"{image}, {dpi} dpi", *_counted(read, NAMES[kind])


def _texts(
    kind: str, image: str, dpi: int, slips: int, seed: int, models: Sequence[str]
) -> dict[str, list[Read]]:
    """Return by model the session and the text of every slip."""
    cv2.setNumThreads(1)
    sessions = [{"id": f"S{i}", "name": name} for i, name in enumerate(NAMES[kind])]
    form = form_from_data(
        {
            "id": "sami",
            "title": "Konferánsa",
            "date": "2026-02-06",
            "place": "Kárášjohka",
            "language": "se",
            "question": "Mo lei dát sešuvdna?",
            "sessions": sessions,
        },
        "sami",
    )
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "sami.pdf"
        simulate(form, pdf, Path(folder) / "t.csv", slips=slips, seed=seed, image=image, dpi=dpi)
        marked, fields = zip(*fields_of(form, pdf), strict=True)
    return {
        model: list(zip(marked, session.recognise(fields, model), strict=True)) for model in models
    }


def _counted(read: Sequence[Read], names: Sequence[str]) -> tuple[str, str, str, str]:
    matches = [
        (true, session.match_session(text.text, names, own_model=False)) for true, text in read
    ]
    alone = [(true, _by_edits_alone(text.text, names)) for true, text in read]
    right = sum(_sure(match) and match.index == true for true, match in matches)
    wrong = sum(_sure(match) and match.index != true for true, match in matches)
    before = sum(_sure(match) and match.index == true for true, match in alone)
    before_wrong = sum(_sure(match) and match.index != true for true, match in alone)
    return f"{len(read)}", f"{right}", f"{wrong}", f"{before}, {before_wrong} as another"


def _by_edits_alone(text: str, names: Sequence[str]) -> SessionMatch:
    return session._nearest(session._folded(text), [session._folded(name) for name in names])


def _sure(match: SessionMatch) -> bool:
    """Whether the name alone, without a mark, makes the session certain."""
    return printed_session(FieldText("", 0.0), match, match.index, marks=0).certain


if __name__ == "__main__":
    main()
