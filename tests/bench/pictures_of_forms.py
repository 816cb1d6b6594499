"""Draws the slip of every form in forms/ into forms/<id>.png, for forms/README.md.

python tests/bench/pictures_of_forms.py
"""

import tempfile
from pathlib import Path

from PIL import Image

from scanpipe.form import load_form
from scanpipe.printing import preview

FORMS = Path(__file__).parents[2] / "forms"
WIDTH_PX = 900
COLOURS = 24
"""Black, greys of its edges, and an accent: anything more only makes the file larger."""


def main() -> None:
    for path in sorted(FORMS.glob("*.toml")):
        form = load_form(path)
        with tempfile.TemporaryDirectory() as scratch:
            slip = Image.open(preview(form, Path(scratch), logo_folder=FORMS)[0])
            height = round(WIDTH_PX * slip.height / slip.width)
            small = slip.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
        target = path.with_suffix(".png")
        small.quantize(COLOURS).save(target, optimize=True)
        print(f"{target.name}: {target.stat().st_size // 1024} kB")  # noqa: T201


if __name__ == "__main__":
    main()
