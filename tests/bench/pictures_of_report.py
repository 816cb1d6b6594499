"""Makes the README's pictures of the report: of the Hadeland sample, read, and beside the table
that its organiser made by hand.

python tests/bench/pictures_of_report.py -o samples
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.numbers import format_percent
from jinja2 import Environment
from PIL import Image

from scanpipe.form import Form, load_form
from scanpipe.reporting.report import write_report
from scanpipe.run import read_scans
from scanpipe.simulation import load_counts

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
REPORT, BESIDE = "report.png", "report-beside-the-table-by-hand.png"
WIDTH_PX, HEIGHT_PX = 1000, 2400
HEIGHT_BESIDE_PX = 1255
COLOURS = 128
WHITE_PX = 24
"""What is left of the page below its last line."""

FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "hide-scrollbars", "no-first-run"),
    *("disable-background-networking", "disable-component-update", "disable-sync"),
    *("allow-file-access-from-files", "force-device-scale-factor=1"),
)

# The organiser's own table is a plain one from a word processor: percent, and one row of sums.
BY_HAND = Environment(autoescape=True).from_string("""<!DOCTYPE html>
<meta charset="utf-8">
<style>
body { margin: 0; background: #fff; width: 1720px; display: flex; gap: 40px }
.hand { flex: 0 0 700px; padding: 48px 0 0 28px; font: 18px Georgia, "Liberation Serif", serif }
.hand table { border-collapse: collapse; width: 100% }
.hand td, .hand th { border: 1px solid #444; padding: 9px 7px; text-align: right }
.hand td { white-space: nowrap } .hand th { font-weight: 400 }
.hand th:first-child { text-align: left } .hand tr:last-child > * { font-weight: 700 }
.hand p { font: 15px sans-serif; color: #545a66; margin: 0 0 14px }
iframe { border: 0; border-left: 1px solid #bbb; width: 960px; height: {{ height }}px }
</style>
<div class="hand"><p>{{ caption }}</p>
<table><tr><th>{{ heads[0] }}</th>{% for head in heads[1:] %}<th>{{ head }}</th>{% endfor %}</tr>
{% for row in rows %}
<tr><th>{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</table></div>
<iframe src="{{ report }}"></iframe>
""")


def by_hand(form: Form) -> Iterator[list[str]]:
    """Yield the rows of the published table, worked out from the counts of the sample."""
    counts = load_counts(SAMPLES / "hadeland-2016-counts.csv", form)
    rows = [
        (session.name, each.ratings) for session, each in zip(form.sessions, counts, strict=True)
    ]
    total = tuple(map(sum, zip(*(row for _, row in rows), strict=True)))
    for name, row in [*rows, (form.words.total, total)]:
        shares = (format_percent(count / sum(row), "0.0 %", form.language) for count in row)
        yield [name, *shares]


def picture(page: Path, width_px: int, home: Path) -> Image.Image:
    """Return the page as Chromium shows it, down to its last line."""
    shot = home / "shot.png"
    flags = [f"--{flag}" for flag in (*FLAGS, f"user-data-dir={home / 'browser'}")]
    size = f"--window-size={width_px},{HEIGHT_PX}"
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    words = [chromium, *flags, size, f"--screenshot={shot}", page.as_uri()]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return _without_white(Image.open(BytesIO(shot.read_bytes())).convert("RGB"))


def _without_white(image: Image.Image) -> Image.Image:
    """Return the image without the empty part of the page below its last line."""
    box = image.convert("L").point(lambda grey: 255 - grey).getbbox()
    last_px = box[3] if box else image.height
    return image.crop((0, 0, image.width, min(image.height, last_px + WHITE_PX)))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=SAMPLES, help="folder")
    parser.add_argument("--run", type=Path, help="a folder in which the sample was read already")
    chosen = parser.parse_args(arguments)
    form_path = ROOT / "forms" / "hadeland-2016.toml"
    form = load_form(form_path)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        folder = home / "output"
        if chosen.run:
            shutil.copytree(chosen.run, folder)
        else:
            read_scans(form_path, [SAMPLES / "hadeland-2016.pdf"], folder=folder)
        report = write_report(folder).page
        whole = picture(report, WIDTH_PX, home)
        side = home / "side.html"
        heads = [form.words.session, *map(str, range(1, form.scale.smileys + 1))]
        caption = "The table that the organiser made by hand, as it was published"
        rows = list(by_hand(form))
        side.write_text(
            BY_HAND.render(
                caption=caption,
                heads=heads,
                rows=rows,
                report=report.as_uri(),
                height=HEIGHT_BESIDE_PX,
            ),
            encoding="utf-8",
        )
        beside = picture(side, 1720, home)
        for name, image in ((REPORT, whole), (BESIDE, beside)):
            image.quantize(COLOURS).save(chosen.output / name, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
