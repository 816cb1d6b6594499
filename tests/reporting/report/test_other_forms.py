"""Reports of forms with numbers, words, choices, several rows, and slips without a session."""

import re
from io import BytesIO

import openpyxl
import pytest

from scanpipe.form import form_from_data
from scanpipe.reporting.report import charts, slide
from scanpipe.reporting.report.findings import gather
from scanpipe.reporting.report.workbook import workbook_bytes
from scanpipe.vocabulary import Reason, Status

SESSIONS = [{"id": "A", "name": "Morning"}, {"id": "B", "name": "Evening"}]
QUESTIONS = [{"id": "content", "text": "The content?"}, {"id": "con", "text": "The room?"}]
CHOICES = [{"id": f"P{i}", "name": f"Course {i}"} for i in range(1, 5)]
PAIRS = ["P1+P2", "P1+P3", "P1+P4", "P2+P3", "P2+P4", "P3+P4"]


@pytest.fixture
def make():
    def make(**keys):
        data = {
            **{"id": "event", "title": "A day", "date": "2026-11-21", "place": "Here"},
            **{"language": "en", "sessions": SESSIONS, "question": "How was it?"},
        } | keys
        if data.get("slip", {}).get("session") == "none":
            del data["sessions"]
        if "questions" in data:
            del data["question"]
        return form_from_data(data, "event")

    return make


@pytest.fixture
def say(readings):
    """A page with one slip: a rating for each row, None for blank, 0 for one to review."""

    def say(form, number, session, *ratings, **other):
        slips = []
        for place, (row, rating) in enumerate(zip(form.rows, ratings, strict=True), start=1):
            ending = f"-{place}" if len(form.rows) > 1 else ""
            status = {None: Status.BLANK, 0: Status.REVIEW}.get(rating, Status.READ)
            slips.append(
                readings.slip(
                    f"bcd-{number:03d}-1{ending}",
                    row.id if form.slip.session == "rows" else session,
                    rating or None,
                    status,
                    (Reason.OVERVOTE,) if rating == 0 else (),
                    fills=(0.0,) * form.targets,
                    page=number,
                    question=row.id if form.questions else None,
                    **other,
                )
            )
        return readings.page(*slips, number=number)

    return say


@pytest.fixture
def several(make, say):
    """Two questions about each of two sessions: three slips, one of them undecided in one row."""
    form = make(questions=QUESTIONS)
    pages = [say(form, 1, "A", 5, 4), say(form, 2, "A", 0, 2), say(form, 3, "B", 1, None)]
    return form, pages


def test_each_question_has_a_section_under_its_own_words(look, several) -> None:
    form, pages = several
    page = look(pages, of=form)
    heads = [head.text for head in page.tree.findall(".//h2")]
    assert heads == [
        *("The result", "The result as a picture", "The content?", "The room?"),
        *("The slips", "How sure are we?"),
    ]
    overview, content, room = (page.rows(table) for table in range(3))
    assert [row[0] for row in overview] == ["The content?", "The room?"]
    assert overview[0][1:] == ["50.0%", "0.0%", "0.0%", "0.0%", "50.0%", "2", "3.00", "2.00"]
    assert [row[0] for row in content] == ["Morning", "Evening", "Total"]
    assert room[-1][-3:] == ["2", "3.00", "1.00"]
    assert len(page.tree.findall(".//figure")) == 3
    ids = [each.get("id") for each in page.tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_of_several_rows_slips_are_counted_not_answers(look, several) -> None:
    form, pages = several
    page = look(pages, of=form, expected=4)
    assert "Preliminary: 1 slip or page is still to be decided." in page.text
    assert "At most 1 slip is still undecided." in page.text
    slips, answers = page.rows(3), page.rows(4)
    assert slips[-1] == ["Total", "4", "75.0%", "3"]
    assert [row[1:] for row in answers if row[0] == "Total"] == [["2", "0", "1", "0"]]
    assert "Slips: 3, with 6 answers" in page.text


def test_an_undecided_answer_is_open_in_its_own_question_only(write, folder, several) -> None:
    form, pages = several
    write(pages, of=form)
    found = gather(folder.path)
    open_ = [[line.tally.undecided for line in topic.lines] for topic in found.topics]
    assert open_ == [[1, 0, 1], [0, 0, 0]]


def test_an_unreadable_page_may_hold_a_slip_with_an_answer_to_every_question(
    write, folder, several, readings
) -> None:
    form, pages = several
    write([*pages, readings.page(readings.rejected("bcd-009", page=9))], of=form)
    found = gather(folder.path)
    open_ = [[line.tally.undecided for line in topic.lines] for topic in found.topics]
    assert open_ == [[2, 1, 2], [1, 1, 1]]
    assert found.open_slips.total == 2


def test_on_a_card_an_unreadable_page_is_open_in_every_session(
    write, folder, make, say, readings, look
) -> None:
    form = make(slip={"session": "rows"})
    pages = [say(form, 1, None, 5, 0), readings.page(readings.rejected("bcd-009", page=9))]
    write(pages, of=form, expected=2)
    (topic,) = gather(folder.path).topics
    assert [line.tally.undecided for line in topic.lines] == [1, 2, 3]
    assert topic.total.arrived == 1
    page = look(pages, of=form, expected=2)
    assert "1 slip was read, with a row for every session." in page.text
    assert page.rows(1)[-1][:4] == ["Total", "2", "50.0%", "2"]


def test_of_a_whole_event_each_question_with_few_slips_is_named(look, make, say) -> None:
    form = make(questions=QUESTIONS, slip={"session": "none"})
    page = look([say(form, 1, "all", 5, 4), say(form, 2, "all", 3, None)], of=form)
    notes = [note.text for note in page.tree.findall(".//ul[@class='few']/li")]
    assert notes == [
        "The content?: only 2 slips are rated, so that a single one is 50.0% of them.",
        "The room?: only 1 slip is rated, so the percentages say little.",
    ]
    assert len(page.tree.findall(".//figure")) == 1


def test_in_northern_sami_the_date_is_written_out(look, make, say) -> None:
    form = make(language="se")
    assert "skábmamánu 21." in look([say(form, 1, "A", 5)], of=form).text


@pytest.fixture
def charted(monkeypatch, write, folder):
    """The names of the charts of a run, none of them drawn."""

    def names(pages, form):
        write(pages, of=form)
        for kind in ("_rows", "_whole", "_together"):
            monkeypatch.setattr(charts._Charts, kind, lambda *_: Blank())
        return sorted({path.rpartition(".")[0] for path in charts.chart_files(gather(folder.path))})

    class Blank:
        def pictures(self, _title):
            return {".png": b"", ".svg": b""}

    return names


def test_charts_are_named_by_their_questions_as_windows_allows(charted, several) -> None:
    form, pages = several
    assert charted(pages, form) == ["charts/con_", "charts/content", "charts/total"]


def test_charts_of_choices_tell_what_was_chosen_together(charted, make, say) -> None:
    form = make(scale={"choose": 2}, choices=CHOICES, slip={"session": "none"})
    assert charted([say(form, 1, "all", 1)], form) == ["charts/together", "charts/total"]


@pytest.fixture
def numbers(make, say):
    scale = {"numbers": 10, "low": "not at all", "high": "very much"}
    form = make(scale=scale, slip={"session": "none"})
    return form, [say(form, i, "all", rating) for i, rating in enumerate([2, 9, 10, 10], start=1)]


def test_numbers_of_a_whole_event_have_upright_bars_mean_and_words_at_the_ends(
    look, numbers
) -> None:
    form, pages = numbers
    page = look(pages, of=form)
    assert "Session" not in page.text
    key = [each.text for each in page.tree.findall(".//dl/div/dd")]
    assert key == ["4", "7.75", "3.34"]
    assert page.rows(0)[0] == [
        *("Percent", "0.0", "25.0", "0.0", "0.0", "0.0", "0.0", "0.0", "0.0", "25.0", "50.0"),
    ]
    assert "1 = not at all, 10 = very much" in page.text
    (bars,) = page.tree.findall(".//figure/div/div[@class='columns']")
    heights = [bar.find("i").get("style").partition(";")[0] for bar in bars]
    assert heights[0] == "height:0.00%"
    assert heights[8:] == ["height:50.00%", "height:100.00%"]
    assert "10 of 10, very much: 50.0%" in bars.get("aria-label")


@pytest.mark.parametrize("ratings", [(7, 7), (6, 7, 7), (10, 10), (1, 1)])
def test_the_mean_is_pointed_at_from_below_the_numbers_and_hides_none(
    monkeypatch, make, say, write, folder, ratings
) -> None:
    pointed, below_numbers = [], []

    class Noted(slide.Slide):
        def pointer(self, _x_in, y_in, *_):
            pointed.append(y_in)

        def write(self, _x_in, y_in, text, size_pt=14, **options):
            if options.get("up") == "top" and text.isdecimal():
                below_numbers.append(y_in + size_pt / 72)

    form = make(scale={"numbers": 10}, slip={"session": "none"})
    write([say(form, i, "all", rating) for i, rating in enumerate(ratings, start=1)], of=form)
    monkeypatch.setattr(slide, "Slide", Noted)
    charts.chart_files(gather(folder.path))
    assert len(below_numbers) == 10
    assert len(pointed) == 1
    assert pointed[0] > max(below_numbers)


def test_words_have_no_mean(look, make, say) -> None:
    form = make(scale={"answers": ["Yes", "No", "Don't know"]})
    page = look([say(form, 1, "A", 1), say(form, 2, "B", 3), say(form, 3, "B", 0)], of=form)
    head = page.tree.find(".//table/thead/tr")
    assert [" ".join(cell.itertext()) for cell in head] == [
        *("Session", "Yes", "No", "Don't know", "Slips"),
    ]
    assert page.rows(0)[-1] == ["Total", "50.0%", "0.0%", "50.0%", "2"]
    told = " ".join(page.tree.find(".//main").itertext())
    assert not re.search(r"\bmeans?\b", told, re.IGNORECASE)
    assert len(page.tree.findall(".//figure/div/svg")) == 3


def test_choices_are_counted_and_the_pairs_come_most_chosen_first(look, make, say) -> None:
    form = make(scale={"choose": 2}, choices=CHOICES, slip={"session": "none"})
    made = ["P1+P2", "P1+P4", "P1+P4", "P3+P4"]
    pages = [say(form, i, "all", PAIRS.index(pair) + 1) for i, pair in enumerate(made, start=1)]
    page = look([*pages, say(form, 9, "all", 0)], of=form)
    chosen, together = page.rows(0), page.rows(1)
    assert [row[2:] for row in chosen] == [
        *(["3", "75.0%"], ["1", "25.0%"], ["1", "25.0%"], ["3", "75.0%"]),
    ]
    assert [(row[0], row[2], row[4]) for row in together] == [
        *(("P1 + P4", "2", "40.0–60.0"), ("P1 + P2", "1", "20.0–40.0")),
        ("P3 + P4", "1", "20.0–40.0"),
    ]
    assert page.rows(-1)[0] == ["Total", "60.0–80.0", "20.0–40.0", "20.0–40.0", "60.0–80.0"]
    assert "may still change" in page.text


@pytest.fixture
def book(write, folder):
    def book(pages, form):
        write(pages, of=form)
        return openpyxl.load_workbook(BytesIO(workbook_bytes(gather(folder.path))))

    return book


def test_the_workbook_has_a_sheet_and_a_chart_for_each_question(book, several) -> None:
    form, pages = several
    found = book(pages, form)
    assert found.sheetnames[:4] == ["Result", "1 content", "2 con", "Counts"]
    sheet = found["2 con"]
    assert (sheet["A1"].value, sheet["A3"].value, sheet["A6"].value) == (
        *("The room?", "Session", "Total"),
    )
    (chart,) = sheet._charts
    assert [series.val.numRef.f for series in chart.series][-1] == "'2 con'!$F$4:$F$6"
    counts = [[cell.value for cell in row[:2]] for row in found["Counts"].iter_rows()]
    assert counts[:2] == [["Question", "Session"], ["The content?", "Morning"]]


def test_the_workbook_of_choices_has_pairs_as_list_and_as_square(book, make, say) -> None:
    form = make(scale={"choose": 2}, choices=CHOICES)
    found = book([say(form, 1, "A", 6), say(form, 2, "B", 6)], form)
    assert found.sheetnames[:4] == ["Result", "Together", "Pairs", "By session"]
    assert [cell.value for cell in found["Together"][2]][:4] == [
        *("P3 + P4", "Course 3 + Course 4", 2, 1),
    ]
    assert [cell.value for cell in found["Pairs"][4]] == ["P3", 0, 0, None, 2]
    assert len(found["Together"]._charts) == 1


def test_numbers_have_their_own_chart_in_excel(book, numbers) -> None:
    form, pages = numbers
    result = book(pages, form)["Result"]
    assert [cell.value for cell in result[11]] == ["10", 2, 0.5]
    (chart,) = result._charts
    assert chart.series[0].val.numRef.f == "Result!$C$2:$C$11"
