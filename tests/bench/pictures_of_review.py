"""Makes the README's picture of the review page: the page itself, over the awkward sample.

python tests/bench/pictures_of_review.py -o samples/review-page.png
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from scanpipe.reviewing import ReviewServer
from scanpipe.run import read_scans

ROOT = Path(__file__).parents[2]
SIZE_PX = (1280, 800)
COLOURS = 200
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "hide-scrollbars"),
    *("disable-background-networking", "disable-component-update", "disable-sync"),
)


def picture(folder: Path, home: Path, decide: str) -> Image.Image:
    """Return the page over the run in `folder`, after the first slips got the keys `decide`."""
    with _serving(folder) as address, _browser(home) as browser:
        browser.get(address)
        body = browser.find_element(By.TAG_NAME, "body")
        for key in decide:
            before = body.get_attribute("data-slip")
            browser.switch_to.active_element.send_keys(key)
            WebDriverWait(browser, 10).until(
                lambda _, before=before: body.get_attribute("data-slip") != before
            )
        time.sleep(0.5)  # until the slip's picture is there
        return Image.open(BytesIO(browser.get_screenshot_as_png())).convert("RGB")


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    server = ReviewServer(folder)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.address
    finally:
        server.stop()
        thread.join()


@contextmanager
def _browser(home: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"user-data-dir={home}"):
        options.add_argument(f"--{flag}")
    browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    width, height = SIZE_PX
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        yield browser
    finally:
        browser.quit()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--keys", default="5", help="what the first slips are given")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        sample, form = ROOT / "samples" / "awkward.pdf", ROOT / "forms" / "hadeland-2016.toml"
        read_scans(form, [sample], folder=home / "output")
        page = picture(home / "output", home / "browser", chosen.keys)
    page.quantize(COLOURS).save(chosen.output, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
