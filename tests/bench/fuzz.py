"""Feeds form files, review files and scans with a fuzzer that looks for what no test thought of.

    pip install atheris                                 Linux only; never needed by the suite
    python tests/bench/fuzz.py form --seconds 300
    python tests/bench/fuzz.py review --seconds 300
    python tests/bench/fuzz.py scan --seconds 300
    python tests/bench/fuzz.py scan --again FILE...     look at findings once more

Nothing but a value or a ScanpipeError may come out, in time, and no scan may be read with
confidence as anything but what is on its slip. Inputs that do otherwise are kept in a folder, one
for each place in the code; the fuzzer goes on.
"""

import argparse
import hashlib
import io
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("This needs the package atheris: pip install atheris (Linux)")

with atheris.instrument_imports(include=["scanpipe", "tomllib"], enable_loader_override=False):
    import cv2
    import numpy as np
    import pikepdf
    from PIL import Image

    from scanpipe.composing import layout_of
    from scanpipe.errors import FormError, ReviewError, ScanpipeError
    from scanpipe.form import form_from_data, load_form
    from scanpipe.marks import mark_code
    from scanpipe.printing.wording import check_fits, lines_on_slip
    from scanpipe.reading import decision, ink, scans
    from scanpipe.reading.measures import FieldText, Placement, SessionMatch
    from scanpipe.reading.pages import PX_PER_MM
    from scanpipe.reading.record import SlipReading
    from scanpipe.reading.registration import find_slips, rectify
    from scanpipe.reporting.corrections import corrected
    from scanpipe.reporting.review import read_review
    from scanpipe.reporting.rows import as_read
    from scanpipe.simulation.files import add_page, save_pdf
    from scanpipe.simulation.hands import mark
    from scanpipe.simulation.paper import make_slip
    from scanpipe.simulation.scanner import SCANNERS, scan
    from scanpipe.simulation.strokes import Kind
    from scanpipe.vocabulary import Reason, Status

ROOT = Path(__file__).parents[2]
FORM = load_form(ROOT / "forms" / "hadeland-2016.toml")
LAYOUT, CODE = layout_of(FORM), mark_code(FORM.id, len(FORM.sessions))
SESSION, RATING = 2, 4
"""What is on the slip of every scan to start from; the session by its place in the form."""

SLOW_S = 5.0
MEMORY_MB = 1500
MOST_BYTES = {"form": 8_000, "review": 8_000, "scan": 70_000}

WORDS = {
    "form": [
        *("id = ", "title = ", "date = 2026-05-04", "place = ", "language = ", "question = "),
        *("[[sessions]]", "[scale]", "smileys = ", "[slip]", "width_mm = ", "height_mm = "),
        *('"""', "'''", "\\\\u0000", "\\\\U0010ffff", "0x", "1e999", "nan", "-inf", "{a.b.c = 1}"),
    ],
    "review": [
        *("slip", "session", "rating", "note", "image", "same_as", "void", "blank", "ok", "P1"),
        *(";", "\\x09", "\\x0d\\x0a", '\\"', "\\xef\\xbb\\xbf", "\\xff\\xfe", "'=", "5,0", "1E5"),
    ],
    "scan": [
        *("/Filter", "/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/Width"),
        *("/Height", "/Rotate 90", "/CropBox", "/MediaBox", "/Length", "/SMask", "/Kids", "/Count"),
        *("/Parent", "/ColorSpace", "/Indexed", "/ICCBased", "endstream", "endobj", "xref", "IHDR"),
    ],
}
"""What the fuzzer may put in whole: chance would take long to spell it."""


class WrongAnswerError(Exception):
    """An input was taken, and what came of it is not so."""


def check_form(data: bytes, path: Path) -> None:
    """Load a form file, and go as far as its slips' texts."""
    path.write_bytes(data)
    try:
        form = load_form(path)
    except FormError as error:
        if any("\n" in problem for problem in error.problems):
            raise WrongAnswerError("a problem of more than one line") from error
        return
    if form_from_data(form.model_dump(mode="json"), "again") != form:
        raise WrongAnswerError("the form does not survive JSON")
    check_fits(form)
    for index in range(len(form.sessions)):
        if not lines_on_slip(form, index):
            raise WrongAnswerError("an empty slip")


_ROWS = [
    as_read(
        SlipReading(f"abcdef-{page:03d}-1", "box.pdf", page, status, reasons, fills=(0.0,) * 5), ""
    )
    for page, (status, reasons) in enumerate(
        [(Status.REVIEW, (Reason.OVERVOTE,)), (Status.REJECTED, ()), (Status.READ, ())], start=1
    )
]


def check_review(data: bytes, path: Path) -> None:
    """Read a review file and take its entries."""
    try:
        rows = corrected(_ROWS, read_review(data, path), FORM, path)
    except ReviewError as error:
        if not error.problems:
            raise WrongAnswerError("refused without a reason") from error
        return
    if [row.reading for row in rows] != [row.reading for row in _ROWS]:
        raise WrongAnswerError("a row is gone")
    known = {session.id for session in FORM.sessions}
    for row in rows:
        if row.session not in known | {None} or row.rating not in (None, 1, 2, 3, 4, 5):
            raise WrongAnswerError(f"{row.session} {row.rating}")


def check_scan(data: bytes, path: Path) -> None:
    """Read a scan as far as its ratings: its session is known from the marks alone."""
    path.write_bytes(data)
    for file in scans.find_scans([path]):
        if file.problem is not None:
            continue
        for number in range(1, min(file.pages, 3) + 1):
            page = scans.load_page(file, number)
            if not isinstance(page, Reason):
                _apart(_check_page, page)


def _apart(check: Callable[[scans.PageImage], None], page: scans.PageImage) -> None:
    """Do `check` in a process of its own: under the fuzzer, numpy gives no memory back."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        told = ""
        try:
            check(page)
        except WrongAnswerError as error:
            told = str(error)
        except Exception as error:
            told = f"{_place_of(error)}\n{traceback.format_exc()}"
        finally:
            os.write(theirs, told.encode()[:4000])
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if told or status:
        raise WrongAnswerError(told or f"died: {status}")


def _check_page(page: scans.PageImage) -> None:
    for found in find_slips(page.pixels, page.px_per_mm, [LAYOUT] * CODE.sessions, CODE):
        upright = rectify(page.pixels, found, PX_PER_MM)
        measured, _, _ = ink.measure_and_show_ink(upright, LAYOUT, PX_PER_MM)
        verdict = decision.judge(
            measured,
            Placement(len(found.marks), found.residual_mm, found.px_per_mm),
            decision.printed_session(
                FieldText("", 0.0),
                SessionMatch(0, 0.0, 0.0),
                found.session_index,
                len(found.marks),
            ),
        )
        said = (verdict.status, verdict.session, verdict.rating)
        if verdict.status is not Status.REVIEW and said != (Status.READ, SESSION, RATING):
            raise WrongAnswerError(f"read as {said}")


def form_seeds() -> Iterator[bytes]:
    """Yield form files to start from."""
    good = (ROOT / "forms" / "hadeland-2016.toml").read_bytes()
    yield from (good, b"\xef\xbb\xbf" + good, good.decode().encode("utf-16"))
    yield (
        b'id="f"\ntitle="T"\ndate=2026-05-04\nplace="P"\nlanguage="en"\nquestion="Q?"\n'
        b'[scale]\nsmileys=2\n[slip]\nwidth_mm=120\nheight_mm=1e2\n[[sessions]]\nid="A"\n'
        b'name="Opening"\n'
    )


def review_seeds() -> Iterator[bytes]:
    """Yield review files to start from, as spreadsheets save them."""
    rows = ["slip;image;reasons;read_session;read_rating;session;rating;note;same_as"]
    rows += [f"abcdef-{page:03d}-1;a.png;overvote;;;P{page};{page};;" for page in (1, 2)]
    text = "\r\n".join([*rows, 'abcdef-003-1;;;;;;void;"a ""note""";', ""])
    yield text.encode("utf-8-sig")
    yield text.replace(";", ",").encode("cp1252")
    yield text.replace(";", "\t").encode("utf-16")


def scan_seeds() -> Iterator[bytes]:
    """Yield scans of one marked slip in every kind of file that scanners write."""
    rng = np.random.default_rng(1)
    paper = make_slip(FORM, SESSION, [mark(RATING, rng, kind=Kind.CROSS)], rng, dpi=200)
    grey = scan(paper, replace(SCANNERS["office_grey"], turns=(0,)), rng)
    picture = Image.fromarray(grey).resize((grey.shape[1] // 2, grey.shape[0] // 2))
    two = picture.convert("1", dither=Image.Dither.NONE)
    ways: list[tuple[Image.Image, dict[str, object]]] = [
        (picture, {"format": "JPEG", "quality": 60}),
        (picture, {"format": "JPEG", "quality": 50, "progressive": True}),
        (two, {"format": "PNG"}),
        (picture.quantize(8), {"format": "PNG"}),
        (two, {"format": "TIFF", "compression": "group4"}),
        (two, {"format": "TIFF", "compression": "tiff_lzw"}),
        (two, {"format": "PDF"}),
        (picture, {"format": "PDF", "quality": 60}),
        (picture, {"format": "WEBP", "quality": 50}),
        (two, {"format": "GIF"}),
    ]
    for image, options in ways:
        packed = io.BytesIO()
        image.save(packed, dpi=(100, 100), **options)
        yield packed.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        for quality in (60, None):
            pdf = pikepdf.new()
            add_page(pdf, np.asarray(picture if quality else two.convert("L")), 100, quality)
            path = Path(folder) / f"{quality}.pdf"
            save_pdf(pdf, path)
            yield path.read_bytes()


def harmed(data: bytes, rng: random.Random) -> bytes:
    """Return a file with a few bytes changed, lost or doubled, as a bad disk or transfer does."""
    harm = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(harm) + 1)
        length = min(rng.choice((1, 1, 2, 8, 64, 1024)), len(harm) - at)
        match rng.randrange(5):
            case 0:
                harm[at : at + length] = rng.randbytes(length)
            case 1:
                harm[at : at + length] = bytes([rng.choice((0, 255))]) * length
            case 2:
                del harm[at : at + length]
            case 3:
                harm[at:at] = harm[at : at + length]
            case _:
                harm[at:at] = rng.randbytes(length)
    return bytes(harm)


def mutator(seeds: list[bytes]) -> Callable[[bytes, int, int], bytes]:
    """Return what makes new inputs: libFuzzer's own ways, and harm to what was whole.

    libFuzzer alone soon has nothing but files that no program opens.
    """

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.3:
            return bytes(atheris.Mutate(data, max_size))
        return harmed(rng.choice(seeds), rng)[:max_size]

    return mutate


TARGETS: dict[str, tuple[Callable[[bytes, Path], None], Callable[[], Iterator[bytes]]]] = {
    "form": (check_form, form_seeds),
    "review": (check_review, review_seeds),
    "scan": (check_scan, scan_seeds),
}


class Watch:
    """Runs a check on one input after another and keeps what goes wrong."""

    def __init__(self, check: Callable[[bytes, Path], None], folder: Path, scratch: Path) -> None:
        self.check = check
        self.folder = folder
        self.scratch = scratch
        self.runs = 0
        self.places: set[str] = set()

    def __call__(self, data: bytes) -> None:
        self.runs += 1
        # A path of its own: an open PDF is remembered by its path.
        path = self.scratch / f"{self.runs}"
        began = time.perf_counter()
        try:
            self.check(data, path)
        except ScanpipeError:
            pass
        except Exception as error:
            self.keep(data, _place_of(error), traceback.format_exc())
        finally:
            path.unlink(missing_ok=True)
        took_s = time.perf_counter() - began
        if took_s > SLOW_S:
            self.keep(data, "slow", f"{took_s:.1f} s")

    def keep(self, data: bytes, place: str, told: str) -> None:
        """Keep the first input that goes wrong at a place, with what was told of it."""
        if place in self.places:
            return
        self.places.add(place)
        name = hashlib.sha256(place.encode()).hexdigest()[:10]
        (self.folder / name).write_bytes(data)
        (self.folder / f"{name}.txt").write_text(f"{place}\n\n{told}", encoding="utf-8")
        sys.stderr.write(f"FOUND {place} -> {self.folder / name}\n")


def _place_of(error: Exception) -> str:
    if isinstance(error, WrongAnswerError):
        return f"wrong answer: {str(error).splitlines()[0]}"
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "scanpipe" in f.filename]
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--folder", type=Path, default=ROOT / "output" / "fuzz")
    parser.add_argument("--again", type=Path, nargs="+", help="only look at these inputs")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    given = options(arguments)
    check, seeds = TARGETS[given.target]
    corpus, found = (given.folder / given.target / name for name in ("corpus", "found"))
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scanpipe-fuzz-") as scratch:
        watch = Watch(check, found, Path(scratch))
        whole = list(seeds())
        for number, seed in enumerate(whole):
            (corpus / f"seed-{number}").write_bytes(seed)
        if given.again:
            for path in given.again:
                watch(path.read_bytes())
            return
        _fuzz(watch, given, corpus, whole)


def _fuzz(watch: Watch, given: argparse.Namespace, corpus: Path, whole: list[bytes]) -> None:
    words = given.folder / given.target / "words"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in WORDS[given.target]))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    cv2.setNumThreads(1)
    flags = [
        f"-max_total_time={given.seconds}",
        f"-max_len={MOST_BYTES[given.target]}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-seed={given.seed}",
        f"-dict={words}",
        f"-artifact_prefix={given.folder / given.target / 'found'}{os.sep}",
        "-timeout=60",
        "-len_control=0",
        "-print_final_stats=1",
    ]
    how = {"custom_mutator": mutator(whole)} if given.target == "scan" else {}
    atheris.Setup([sys.argv[0], *flags, str(corpus)], watch, **how)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    return word if "\\" in word else word.replace('"', '\\"')


if __name__ == "__main__":
    main(sys.argv[1:])
