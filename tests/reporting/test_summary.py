from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.form import Form, Session
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.rows import Row
from scanpipe.reporting.summary import SummaryRow, summarise
from scanpipe.vocabulary import Status

PUBLISHED = """\
session;session_name;slips;rated;n_1;n_2;n_3;n_4;n_5;pct_1;pct_2;pct_3;pct_4;pct_5;mean;blank;review;void
F;Fellessesjon: Innovasjon;114;114;1;0;11;40;62;0,9;0,0;9,6;35,1;54,4;4,42;0;0;0
P1;Parallellsesjon 1: Arbeidsglede og trivsel;61;61;0;1;8;30;22;0,0;1,6;13,1;49,2;36,1;4,20;0;0;0
P2;Parallellsesjon 2: Medbestemmelse hos oss;28;28;0;0;7;15;6;0,0;0,0;25,0;53,6;21,4;3,96;0;0;0
P3;Parallellsesjon 3: Personalmøte som utviklingsarena;\
55;55;1;1;4;18;31;1,8;1,8;7,3;32,7;56,4;4,40;0;0;0
P4;Parallellsesjon 4: Samhandling i praksis;34;34;0;0;1;18;15;0,0;0,0;2,9;52,9;44,1;4,41;0;0;0
total;Til sammen;292;292;2;2;31;121;136;0,7;0,7;10,6;41,4;46,6;4,33;0;0;0
"""


def test_the_published_counts_give_the_published_percentages(write, readings, folder):
    outcome = write(readings.hadeland())
    text = (folder.path / "summary.csv").read_bytes().decode("utf-8-sig")
    assert text == PUBLISHED.replace("\n", "\r\n")
    assert outcome.balance.adds_up
    assert outcome.balance.slips == outcome.balance.pages == 292


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=7).map(tuple))
def test_figures_are_the_exact_fractions_with_halves_rounded_up(ratings):
    row = SummaryRow("F", "F", ratings, 0, 0, 0)
    if not row.rated:
        assert row.mean is None
        assert set(row.percents) == {None}
        return
    exact = [Fraction(100 * count, row.rated) for count in ratings]
    mean = Fraction(sum(i * count for i, count in enumerate(ratings, 1)), row.rated)
    for said, true, unit in [
        *((said, true, Fraction(1, 10)) for said, true in zip(row.percents, exact, strict=True)),
        (row.mean, mean, Fraction(1, 100)),
    ]:
        assert -unit / 2 < Fraction(said) - true <= unit / 2


def test_a_half_is_rounded_up_where_floats_round_it_down():
    row = SummaryRow("F", "F", (1, 799), 0, 0, 0)  # 0.125 %
    assert row.percents[0] == Decimal("0.1")
    row = SummaryRow("F", "F", (1, 399), 0, 0, 0)  # 0.25 %, which floats make 0.2
    assert f"{row.percents[0]:.1f}" == "0.3"


statuses = st.sampled_from(Status)
FORM = Form(
    id="small",
    title="Small",
    date=date(2024, 5, 2),
    place="Here",
    language="en",
    question="How was it?",
    sessions=(Session(id="A", name="First"), Session(id="B", name="Second")),
)
outcomes = st.tuples(statuses, st.sampled_from(("A", "B", None)), st.integers(1, 5))


@settings(max_examples=40)
@given(st.lists(outcomes, max_size=60))
def test_every_slip_is_counted_once_in_its_session_and_once_in_the_total(drawn):
    rows = [
        Row(
            SlipReading(f"bcd-{i}", "stack.pdf", 1, status, ()),
            "",
            status,
            session,
            rating if status in (Status.READ, Status.CORRECTED) else None,
        )
        for i, (status, session, rating) in enumerate(drawn)
    ]
    *sessions, total = summarise(FORM, rows)
    slips = [row for row in rows if row.status is not Status.REJECTED]
    assert [row.session for row in sessions] == ["A", "B"]
    assert total.slips == len(slips)
    for row in sessions:
        assert row.slips == sum(slip.session == row.session for slip in slips)
    assert total.void == sum(slip.status is Status.VOID for slip in slips)
    assert total.rated == sum(slip.rating is not None for slip in slips)


def test_a_slip_corrected_to_blank_counts_as_blank(form, readings):
    row = Row(readings.slip("bcd-1"), "", Status.CORRECTED, "F", None)
    first = summarise(form, [row])[0]
    assert (first.slips, first.rated, first.blank) == (1, 0, 1)


def test_a_session_without_ratings_has_empty_figures(write, readings, folder):
    write([readings.page(readings.blank("bcd-1", "P2"))])
    row = folder.table("summary.csv")[2]
    assert (row["slips"], row["rated"], row["n_1"], row["blank"]) == ("1", "0", "0", "1")
    assert (row["pct_1"], row["pct_5"], row["mean"]) == ("", "", "")


def test_a_stack_without_slips_has_a_summary_of_noughts(write, readings, folder):
    outcome = write([readings.back()])
    assert [row["slips"] for row in folder.table("summary.csv")] == ["0"] * 6
    assert outcome.balance.adds_up
