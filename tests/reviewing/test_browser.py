"""The review page in a real Chromium, by keyboard alone, against the server as people start it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scanpipe.form import form_from_data
from scanpipe.reviewing import ReviewServer
from scanpipe.vocabulary import Reason

webdriver = pytest.importorskip("selenium.webdriver", reason="Selenium is not installed")

from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
    *("disable-background-networking", "disable-component-update", "disable-sync"),
)
PATIENCE_S = 20

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
    pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    # What drives it is loaded only where these tests run: it takes half a second.
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('browser')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(DRIVER))
    yield driver
    driver.quit()


class Page:
    """The page in the browser, and the keys that a person presses."""

    def __init__(self, browser):
        self.browser = browser

    @property
    def body(self):
        return self.browser.find_element(By.TAG_NAME, "body")

    @property
    def slip(self) -> str:
        return self.body.get_attribute("data-slip")

    def wait(self, until):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(
            self.browser, PATIENCE_S, 0.05, ignored_exceptions=[WebDriverException]
        ).until(lambda _: until())

    def open(self, address):
        self.browser.get(address)
        self.ready()

    def ready(self):
        self.wait(lambda: not self.browser.find_element(By.ID, "keys").get_attribute("hidden"))

    def reload(self):
        self.browser.refresh()
        self.ready()

    def press(self, *keys):
        """Type without pointing anywhere: the keys go where the page has put the focus."""
        self.browser.switch_to.active_element.send_keys(*keys)

    def decide(self, *keys):
        before = self.slip
        self.press(*keys)
        self.wait(lambda: self.slip != before)

    def text(self, name="main"):
        return self.browser.find_element(By.ID, name).text

    @property
    def said(self) -> str:
        """What a screen reader is given to tell."""
        return self.browser.find_element(By.ID, "said").get_attribute("textContent")

    def sized(self, width_px, height_px):
        size = {"width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def complaints(self):
        return [entry["message"] for entry in self.browser.get_log("browser")]


@pytest.fixture
def page(browser):
    return Page(browser)


@contextmanager
def serving(folder) -> Iterator[tuple[subprocess.Popen, str]]:
    words = [sys.executable, "-m", "scanpipe", "review", str(folder.path), "--no-open"]
    speech = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    # Whoever runs the tests in the background has Ctrl-C ignored, and so would the server.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env=speech
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with started as process:
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/\S+", said)
        assert address, said + process.stdout.read()
        try:
            yield process, address[0]
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture
def ten(folder_of, made_of):
    """Ten slips with doubtful marks; every fifth has no session."""
    slips = [
        made_of.slip(f"bcd-{each:03d}-1", "F" if each % 5 else None, 1 + each % 5, Reason.MARGINAL)
        for each in range(1, 11)
    ]
    return folder_of(made_of.pages_of(*slips))


def test_ten_slips_are_reviewed_by_keyboard_through_a_reload_and_a_kill(ten, page, capsys):
    started = time.perf_counter()
    with serving(ten) as (process, address):
        page.open(address)
        page.decide("4")
        page.decide("b")
        page.decide(Keys.ENTER)
        page.reload()
        assert page.slip == "bcd-004-1"
        page.decide("v")
        # No session was read: its field has the focus already.
        page.press("pers", Keys.ENTER)
        page.decide("2")
        process.kill()
        process.wait()
        page.press("1")
        page.wait(lambda: "Not saved" in page.text())
        assert page.slip == "bcd-006-1"
    with serving(ten) as (process, address):
        page.open(address)
        assert page.slip == "bcd-006-1"
        page.decide("1")
        page.press(Keys.ARROW_LEFT)
        page.wait(lambda: page.slip == "bcd-006-1")
        page.press("u")
        page.wait(
            lambda: (
                "Undone" in page.browser.find_element(By.ID, "said").get_attribute("textContent")
            )
        )
        assert ten.entered()["bcd-006-1"] == ("", "")
        page.decide("5")
        page.decide("2")
        page.decide("3")
        page.press("s", "P2", Keys.ENTER)  # a session can be changed anywhere
        page.decide("4")
        page.press(Keys.ESCAPE)
        page.press("1")  # the smiley first: then the session is asked for
        page.wait(lambda: "session" in page.said)
        page.decide("P1", Keys.ENTER)
        assert "Everything is decided" in page.text()
        page.press(Keys.ENTER)
        page.wait(lambda: "The tables hold all decisions" in page.text())
        took_s = time.perf_counter() - started
        process.send_signal(signal.SIGINT)
        assert "review page is closed" in process.communicate(timeout=60)[0]
        assert process.returncode == 0
    assert list(ten.entered().values()) == [
        *(("", "4"), ("", "blank"), ("", "ok"), ("", "void"), ("P3", "2")),
        *(("", "5"), ("", "2"), ("", "3"), ("P2", "4"), ("P1", "1")),
    ]
    assert {row["status"] for row in ten.rows().values()} == {"corrected", "void"}
    with capsys.disabled():
        print(  # noqa: T201
            f"\nreviewed by keyboard: {took_s / 10:.2f} s a slip, two starts included"
        )


CONTRAST = """
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (part) => {
  for (let each = part; each; each = each.parentElement) {
    const colour = numbers(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const own = (part) => [...part.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
return [...document.body.querySelectorAll("*")].filter((part) => own(part) && part.offsetParent)
  .map((part) => {
    const [a, b] = [light(numbers(getComputedStyle(part).color)), light(ground(part))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return [part.textContent.trim().slice(0, 30), ratio];
  }).filter(([, ratio]) => ratio < 4.5);
"""


@contextmanager
def serving_here(folder) -> Iterator[str]:
    """Serve a folder in this process, which starts sooner than a command."""
    server = ReviewServer(folder.path)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.address
    server.stop()
    thread.join(5)


@pytest.fixture
def mixed_page(reviewed, page):
    """The page over a folder with all kinds of doubt."""
    with serving_here(reviewed) as address:
        page.complaints()  # those of earlier tests
        page.open(address)
        yield page


def test_everything_has_a_name_for_screen_readers_and_enough_contrast(mixed_page):
    for slip in ("bcd-003-1", "bcd-005-1", "bcd-006-1", "bcd-007-0"):
        mixed_page.open(re.sub(r"slip/.*", f"slip/{slip}", mixed_page.browser.current_url))
        controls = mixed_page.browser.find_elements(
            By.CSS_SELECTOR, "button, a, img, input:not([type=hidden]), progress, [role]"
        )
        shown = [each for each in controls if each.is_displayed()]
        nameless = [each.tag_name for each in shown if not each.accessible_name]
        assert len(shown) > 15
        assert [tag for tag in nameless if tag not in ("p", "ul")] == []
        assert mixed_page.browser.execute_script(CONTRAST) == []
    assert mixed_page.browser.find_element(By.TAG_NAME, "html").get_attribute("lang") in (
        "en",
        "nb",
    )


def test_nothing_runs_out_of_a_narrow_or_a_wide_window(mixed_page):
    try:
        for width_px, height_px in ((320, 640), (3840, 2160)):
            mixed_page.sized(width_px, height_px)
            mixed_page.reload()
            wide = mixed_page.browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width_px
            faces = mixed_page.browser.find_elements(By.CSS_SELECTOR, ".face-button")
            assert len({face.rect["y"] for face in faces}) == 1
            assert all(face.rect["height"] >= 44 and face.rect["width"] >= 44 for face in faces)
            if height_px > 2000:
                assert faces[0].rect["y"] + faces[0].rect["height"] < height_px
    finally:
        mixed_page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def signing_up(folder_of, made_of):
    """Two slips on which two of five are to be chosen."""
    choices = [{"id": f"P{each}", "name": f"Workshop {each}"} for each in range(1, 6)]
    form = form_from_data(
        {
            **{"id": "fair", "title": "Fair", "date": "2024-05-02", "place": "Here"},
            **{"language": "sv", "question": "Which two?", "slip": {"session": "none"}},
            **{"scale": {"choose": 2}, "choices": choices},
        },
        "a test",
    )
    names = ("bcd-001-1", "bcd-002-1")
    slips = [made_of.slip(name, "all", None, Reason.UNDERVOTE) for name in names]
    return folder_of(made_of.pages_of(*slips), of=form)


def test_choices_are_ticked_by_keys_and_saved_with_the_last(signing_up, page):
    with serving_here(signing_up) as address:
        page.open(address)
        page.press("3")
        page.press("3")  # not that one
        assert signing_up.entered()["bcd-001-1"] == ("", "")
        page.press("5")
        page.decide("1")
        assert signing_up.entered()["bcd-001-1"] == ("", "P1+P5")
        page.press(Keys.ARROW_LEFT)
        page.wait(lambda: page.slip == "bcd-001-1")
        page.press("2")  # a third
        page.wait(lambda: "Take one away first." in page.text())
        assert signing_up.entered()["bcd-001-1"] == ("", "P1+P5")
        page.press("5")
        page.decide("2")
        assert signing_up.entered()["bcd-001-1"] == ("", "P1+P2")
        page.decide("b")
        assert page.browser.execute_script(CONTRAST) == []


def test_what_another_does_is_seen_without_a_reload(mixed_page, reviewed):
    text = reviewed.csv.read_text("utf-8-sig").replace("overvote;P2;;;", "overvote;P2;;;3")
    reviewed.csv.write_text(text, "utf-8-sig")
    mixed_page.browser.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    mixed_page.wait(lambda: "1 of 5 decided" in mixed_page.text("side"))
    mixed_page.wait(lambda: "decided elsewhere" in mixed_page.text())
    pressed = mixed_page.browser.find_element(By.CSS_SELECTOR, "[aria-pressed=true].face-button")
    assert pressed.get_attribute("value") == "3"


def test_the_whole_review_loads_nothing_from_anywhere_else_and_breaks_no_rule(mixed_page):
    mixed_page.decide("1")
    mixed_page.decide(Keys.ENTER)
    origin = re.match(r"http://[^/]+", mixed_page.browser.current_url)[0]
    loaded = mixed_page.browser.execute_script(
        "return performance.getEntriesByType('resource').map((each) => each.name)"
    )
    assert len(loaded) > 5
    assert [name for name in loaded if not name.startswith(origin)] == []
    assert [text for text in mixed_page.complaints() if "earlier/" not in text] == []


def test_with_the_keys_switched_off_a_letter_decides_nothing(mixed_page, reviewed):
    keys = mixed_page.browser.find_element(By.ID, "keys")
    keys.click()
    mixed_page.press("v", "1", "b")
    assert mixed_page.slip == "bcd-003-1"
    keys.click()
    assert reviewed.entered()["bcd-003-1"] == ("", "")
    mixed_page.browser.find_element(By.ID, "heading").click()
    mixed_page.browser.execute_script("document.getElementById('heading').focus()")
    mixed_page.decide("v")
    assert reviewed.entered()["bcd-003-1"] == ("", "void")


def test_a_slip_that_was_read_wrong_is_looked_up_and_corrected_by_keyboard(mixed_page, reviewed):
    mixed_page.press("f", "stack.pdf 1", Keys.ENTER)
    mixed_page.wait(lambda: "found" in mixed_page.text())
    mixed_page.browser.find_element(By.LINK_TEXT, "bcd-002-1").click()
    mixed_page.wait(lambda: mixed_page.slip == "bcd-002-1")
    mixed_page.press("5")
    mixed_page.wait(lambda: reviewed.entered().get("bcd-002-1") == ("", "5"))
    mixed_page.wait(lambda: "entered it all the same" in mixed_page.text())
    mixed_page.press("u")
    mixed_page.wait(lambda: reviewed.entered()["bcd-002-1"] == ("", ""))
