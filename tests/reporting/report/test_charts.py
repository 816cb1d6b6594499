"""The charts for slides: PNG and SVG of the same picture, the same bytes each time."""

import os
import re
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from scanpipe.form import Session
from scanpipe.messages import messages_for
from scanpipe.reporting.report import slide
from scanpipe.reporting.report.charts import chart_files
from scanpipe.reporting.report.colours import smiley_colours
from scanpipe.reporting.report.faces import faces_of
from scanpipe.reporting.report.findings import gather

FILES = ["charts/sessions.png", "charts/sessions.svg", "charts/total.png", "charts/total.svg"]


@pytest.fixture
def drawn(write, folder):
    def draw(stack, **options):
        write(stack, **options)
        return chart_files(gather(folder.path))

    return draw


@pytest.fixture(scope="module")
def usual(mixed_once) -> dict[str, bytes]:
    """The charts of the folder with a page of every kind."""
    return chart_files(gather(mixed_once))


def test_each_chart_is_there_as_png_and_as_svg_in_the_smileys_colours(usual) -> None:
    assert sorted(usual) == FILES
    for name, data in usual.items():
        if name.endswith(".svg"):
            assert b"<svg " in data
            assert data.endswith(b"</svg>\n")
            assert not re.search(rb"<dc:date>|\d{4}-\d\d-\d\dT", data)
            continue
        with Image.open(BytesIO(data)) as picture:
            assert picture.size == (1920, 1080)
            colours = {pixel[:3] for _, pixel in picture.convert("RGB").getcolors(1 << 24)}
        for colour in smiley_colours(5):
            assert tuple(bytes.fromhex(colour.fill[1:])) in colours


def test_the_same_slide_is_the_same_bytes_each_time() -> None:
    def draw() -> dict[str, bytes]:
        with slide.drawing():
            drawn = slide.Slide(1.0)
            drawn.write(1, 0.5, "Øre $5")
            drawn.face(2, 0.5, 0.3, faces_of(2, messages_for("en"))[0])
            return drawn.pictures("A title")

    assert draw() == draw()


OF_MY_OWN = """\
savefig.bbox: tight
font.size: 40
text.color: red
text.usetex: True
lines.linewidth: 9
patch.linewidth: 9
path.sketch: 3, 100, 2
svg.fonttype: none
"""


def test_charts_are_the_same_whatever_a_person_has_set_for_matplotlib(
    usual, mixed_once, tmp_path
) -> None:
    (tmp_path / "matplotlibrc").write_text(OF_MY_OWN)
    code = (
        "import sys; from pathlib import Path; "
        "from scanpipe.reporting.report import charts, findings, slide; slide.prepare_slides(); "
        "found = charts.chart_files(findings.gather(Path(sys.argv[1]))); "
        "Path(sys.argv[2]).mkdir(); "
        "[Path(sys.argv[2], Path(name).name).write_bytes(found[name]) for name in found]; "
        "sys.exit('loads what opens windows' if 'matplotlib.pyplot' in sys.modules else 0)"
    )
    mine = tmp_path / "mine"
    words = [sys.executable, "-c", code, mixed_once, mine]
    env = os.environ | {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")}
    subprocess.run(words, check=True, env=env)
    assert {f"charts/{path.name}": path.read_bytes() for path in mine.iterdir()} == usual


@pytest.fixture
def written(monkeypatch):
    """What is written on slides, in place of drawing them."""
    texts: list[str] = []

    class Written:
        def __init__(self, height_in: float = 7.5) -> None:
            self.height_in = height_in

        def write(self, x_in, y_in, text, *_, **__):
            assert 0 <= x_in <= slide.WIDTH_IN
            assert 0 <= y_in <= self.height_in
            texts.append(text)

        def box(self, x_in, y_in, width_in, height_in, _fill):
            assert min(x_in, y_in, width_in, height_in) >= 0
            assert x_in + width_in <= slide.WIDTH_IN
            assert y_in + height_in <= self.height_in

        def face(self, *_):
            pass

        def line(self, *_):
            pass

        def pictures(self, title):
            return {".png": title.encode()}

    monkeypatch.setattr(slide, "Slide", Written)
    return texts


def test_a_slide_of_undecided_slips_says_so(drawn, readings, written, form) -> None:
    english = form.model_copy(update={"language": "en"})
    drawn(readings.mixed(), of=english)
    assert written.count("Preliminary: 4 slips or pages are still to be decided.") == 2


def test_many_sessions_with_long_names_and_no_slip_hold_on_the_slide(
    drawn, readings, written, form
) -> None:
    long = "Parallellsesjon om arbeidsglede, trivsel og medbestemmelse i " * 3
    more = tuple(Session(id=f"X{i}", name=f"{long}{i}") for i in range(100))
    wide = form.model_copy(update={"sessions": more, "title": long})
    drawn([readings.page(readings.slip("bcd-1", "X3", 5))], of=wide)
    assert "100,0" in written


@pytest.mark.filterwarnings("error")
def test_letters_that_the_font_lacks_and_signs_of_formulas_do_no_harm(
    drawn, readings, form, capfd
) -> None:
    odd = form.model_copy(update={"title": "$\\frac{1}{2$ ^_ 会議 🙂", "place": "a$b$c"})
    assert sorted(drawn(readings.mixed(), of=odd)) == FILES
    assert capfd.readouterr().err == ""


def test_a_chart_of_very_many_sessions_is_coarser_rather_than_huge() -> None:
    with slide.drawing():
        (png, _) = slide.Slide(400).pictures("tall").values()
    with Image.open(BytesIO(png)) as picture:
        assert picture.height <= slide.TALLEST_PX


def test_smileys_are_named_in_words() -> None:
    names = [face.name for face in faces_of(3, messages_for("en"))]
    assert names == ["Smiley 1 of 3, the saddest", "Smiley 2 of 3", "Smiley 3 of 3, the happiest"]
