"""Puts slips that accuracy.py sent to review without need on one picture, for the README.

python tests/bench/accuracy.py --pictures output/odd
python tests/bench/contact_sheet.py output/odd blank-dirt -o samples/asked-without-need.png
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

COLUMNS = 3
TILE_PX = (420, 298)
GAP_PX = 10


def sheet(pictures: Sequence[Path]) -> Image.Image:
    """Return the pictures side by side, each made as small as a tile."""
    width, height = (side + GAP_PX for side in TILE_PX)
    lines = -(-len(pictures) // COLUMNS)
    page = Image.new("L", (COLUMNS * width + GAP_PX, lines * height + GAP_PX), 150)
    for place, path in enumerate(pictures):
        with Image.open(path) as picture:
            tile = picture.convert("L").resize(TILE_PX, Image.Resampling.LANCZOS)
        ImageDraw.Draw(tile).rectangle((0, 0, TILE_PX[0] - 1, TILE_PX[1] - 1), outline=90)
        across, down = place % COLUMNS, place // COLUMNS
        page.paste(tile, (GAP_PX + across * width, GAP_PX + down * height))
    return page


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="what --pictures of accuracy.py was given")
    parser.add_argument("scenario")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--most", type=int, default=6, help="slips on the picture")
    chosen = parser.parse_args(arguments)
    found = sorted(chosen.folder.glob(f"review-{chosen.scenario}-*.png"))[: chosen.most]
    if not found:
        raise SystemExit(f"{chosen.folder} has no slip of {chosen.scenario} that went to review")
    sheet(found).save(chosen.output, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
