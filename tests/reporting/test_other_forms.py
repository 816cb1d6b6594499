"""The tables of forms with words, choices, several rows, comments and serial numbers."""

import json
from dataclasses import replace
from itertools import combinations

import pytest

from scanpipe.errors import ExitCode, ReviewError
from scanpipe.reporting import apply_review, outcome_as_json
from scanpipe.reporting.rows import results_columns
from scanpipe.reporting.summary import summary_columns
from scanpipe.vocabulary import Reason, Status


@pytest.fixture
def say(readings):
    """A slip on which so many things stand to be marked."""

    def say(form, name, session, rating, *reasons, **other):
        status = Status.REVIEW if reasons else Status.READ
        fills = tuple(0.0 for _ in range(form.targets))
        return readings.slip(name, session, rating, status, reasons, fills=fills, **other)

    return say


def test_a_form_of_one_row_of_smileys_keeps_its_columns(form):
    assert results_columns(form) == (
        *("slip", "file", "page", "x_mm", "y_mm", "session", "session_name", "rating", "status"),
        *("reasons", "read_session", "read_rating", "session_text", "session_confidence"),
        *("rating_confidence", "fill_1", "fill_2", "fill_3", "fill_4", "fill_5", "same_as"),
    )
    assert summary_columns(form)[:5] == ("session", "session_name", "slips", "rated", "n_1")
    assert summary_columns(form)[-4:] == ("mean", "blank", "review", "void")


def test_words_stand_beside_their_numbers_and_name_the_columns(write, readings, folder, words, say):
    pages = [readings.page(say(words, "bcd-1", "A", 1), say(words, "bcd-2", "B", 3))]
    assert write(pages, of=words).balance.adds_up
    row = folder.row("results.csv", "bcd-2")
    assert (row["rating"], row["answer"]) == ("3", "Don't know")
    assert [name for name in row if name.startswith("fill")] == ["fill_1", "fill_2", "fill_3"]
    first, _, total = folder.table("summary.csv")
    assert (first["n_Yes"], first["pct_Yes"], total["pct_Don't know"]) == ("1", "100.0", "50.0")
    assert "mean" not in total


@pytest.mark.parametrize(
    ("typed", "answer"), [("NO", "No"), ("2", "No"), ("ok", "Yes"), ("don't know", "Don't know")]
)
def test_a_word_can_be_entered(write, readings, folder, words, say, typed, answer):
    write([readings.page(say(words, "bcd-1", "A", 1, Reason.MARGINAL))], of=words)
    assert folder.row("review.csv", "bcd-1")["read_rating"] == "Yes"
    folder.fill({"bcd-1": {"rating": typed}}, delimiter=",")
    assert apply_review(folder.path).balance.adds_up
    assert folder.row("results.csv", "bcd-1")["answer"] == answer
    last = folder.table("journal.csv")[-2]
    assert (last["what"], last["to"]) == ("rating", answer)


def test_a_wrong_word_is_told_what_is_possible(write, readings, folder, words, say):
    write([readings.page(say(words, "bcd-1", "A", 1, Reason.MARGINAL))], of=words)
    folder.fill({"bcd-1": {"rating": "Perhaps"}}, delimiter=",")
    with pytest.raises(ReviewError) as caught:
        apply_review(folder.path)
    assert "Yes, No, Don't know, 1 to 3, blank, void, ok" in caught.value.problems[0]


def test_choices_are_counted_by_themselves_and_in_pairs(write, readings, folder, sign_up, say):
    ratings = {"bcd-1": 1, "bcd-2": 2, "bcd-3": 2}
    slips = [say(sign_up, name, "all", rating) for name, rating in ratings.items()]
    two = say(sign_up, "bcd-4", "all", None, Reason.UNDERVOTE)
    assert write([readings.page(*slips, two)], of=sign_up).balance.adds_up
    whole, total = folder.table("summary.csv")
    assert (whole["session"], total["session"]) == ("all", "total")
    assert [total[f"n_P{each}"] for each in (1, 2, 3, 4)] == ["3", "1", "2", "0"]
    assert [total[f"pct_P{each}"] for each in (1, 2, 3, 4)] == ["100.0", "33.3", "66.7", "0.0"]
    assert (total["n_P1+P2"], total["n_P1+P3"], total["n_P3+P4"]) == ("1", "2", "0")
    assert folder.row("results.csv", "bcd-2")["answer"] == "P1+P3"


def test_of_three_choices_too_each_pair_is_counted_and_no_combination(
    write, readings, folder, sign_up_for_three, say
):
    form = sign_up_for_three
    made = ("P1+P2+P3", "P1+P2+P10", "P2+P3+P10")
    ratings = [form.answer_names.index(answer) + 1 for answer in made]
    slips = [say(form, f"bcd-{n}", "all", rating) for n, rating in enumerate(ratings, start=1)]
    outcome = write([readings.page(*slips)], of=form)
    assert outcome.balance.adds_up
    total = folder.table("summary.csv")[-1]
    pairs = {name: count for name, count in total.items() if "+" in name}
    ids = [choice.id for choice in form.choices]
    assert [*pairs] == [f"n_{one}+{other}" for one, other in combinations(ids, 2)]
    assert {name: count for name, count in pairs.items() if count != "0"} == {
        **{"n_P1+P2": "2", "n_P1+P3": "1", "n_P1+P10": "1"},
        **{"n_P2+P3": "2", "n_P2+P10": "2", "n_P3+P10": "1"},
    }
    assert folder.row("results.csv", "bcd-2")["answer"] == "P1+P2+P10"
    told = json.loads(outcome_as_json(outcome, ExitCode.DONE))["summary"][-1]
    assert {f"n_{name}": str(count) for name, count in told["pairs"].items()} == pairs


def test_of_two_choices_pairs_are_all_that_can_be_answered(sign_up):
    assert [name for name in summary_columns(sign_up) if "+" in name] == [
        f"n_{answer}" for answer in sign_up.answer_names
    ]


def test_of_one_choice_there_are_no_pairs(sign_up, write, readings, say):
    one = sign_up.model_copy(update={"scale": sign_up.scale.model_copy(update={"choose": 1})})
    assert summary_columns(one)[4:12] == tuple(
        f"{figure}_P{choice}" for figure in ("n", "pct") for choice in (1, 2, 3, 4)
    )
    assert summary_columns(one)[12:] == ("blank", "review", "void")
    outcome = write([readings.page(say(one, "bcd-1", "all", 3))], of=one)
    told = json.loads(outcome_as_json(outcome, ExitCode.DONE))["summary"][-1]
    assert (told["choices"]["P3"]["slips"], "pairs" in told) == (1, False)


def test_choices_can_be_entered_in_any_order_but_only_as_many_as_are_asked_for(
    write, readings, folder, sign_up, say
):
    slips = [say(sign_up, f"bcd-{n}", "all", None, Reason.UNDERVOTE) for n in (1, 2)]
    write([readings.page(*slips)], of=sign_up)
    folder.fill({"bcd-1": {"rating": "p4 P2"}, "bcd-2": {"rating": "P1"}}, delimiter=",")
    with pytest.raises(ReviewError) as caught:
        apply_review(folder.path)
    assert len(caught.value.problems) == 1
    assert "2 of P1, P2, P3, P4, such as P1+P2" in caught.value.problems[0]
    folder.fill({"bcd-1": {"rating": "p4 P2"}, "bcd-2": {"rating": "blank"}}, delimiter=",")
    assert apply_review(folder.path).balance.adds_up
    assert folder.row("results.csv", "bcd-1")["answer"] == "P2+P4"


def test_a_page_of_an_event_without_sessions_is_entered_without_one(
    write, readings, folder, sign_up
):
    write([readings.page(readings.rejected("bcd-7"))], of=sign_up)
    folder.fill({"bcd-7": {"rating": "P1+P2"}}, delimiter=",")
    apply_review(folder.path)
    assert folder.row("results.csv", "bcd-7")["session"] == "all"


def test_each_question_has_its_rows_and_its_total(write, readings, folder, card):
    slips = [
        *readings.rows(card, "bcd-001-1", 5, 4, None),
        *readings.rows(card, "bcd-002-1", 3, "?", 1, session="B"),
    ]
    outcome = write([readings.page(*slips)], of=card)
    assert outcome.balance.adds_up
    assert (outcome.balance.slips, outcome.balance.answers) == (2, 6)
    assert outcome.undecided == 1
    table = folder.table("summary.csv")
    assert [(row["question"], row["session"]) for row in table] == [
        (question, session)
        for question in ("content", "speaker", "room")
        for session in ("A", "B", "total")
    ]
    assert table[0]["question_text"] == "The content"
    assert (table[2]["rated"], table[2]["mean"], table[5]["review"]) == ("2", "4.00", "1")
    assert folder.row("results.csv", "bcd-001-1-2")["question"] == "speaker"
    assert folder.row("review.csv", "bcd-002-1-2")["question"] == "speaker"


def test_void_leaves_the_other_rows_of_the_slip_as_they_are(write, readings, folder, card):
    write([readings.page(*readings.rows(card, "bcd-001-1", 5, "?", 2))], of=card)
    folder.fill({"bcd-001-1-2": {"rating": "void"}}, delimiter=",")
    apply_review(folder.path)
    statuses = [row["status"] for row in folder.table("results.csv")]
    assert statuses == ["read", "void", "read"]


def test_a_slip_does_not_count_for_two_sessions(write, readings, folder, card):
    write([readings.page(*readings.rows(card, "bcd-001-1", 5, "?", 2))], of=card)
    folder.fill({"bcd-001-1-2": {"rating": "4", "session": "B"}}, delimiter=",")
    with pytest.raises(ReviewError) as caught:
        apply_review(folder.path)
    assert "bcd-001-1 would count for A and B" in caught.value.problems[0]
    others = [{"slip": f"bcd-001-1-{row}", "session": "B", "rating": "ok"} for row in (1, 3)]
    folder.fill({"bcd-001-1-2": {"rating": "4", "session": "B"}}, delimiter=",", add=others)
    apply_review(folder.path)
    assert {row["session"] for row in folder.table("results.csv")} == {"B"}


def test_a_row_about_one_session_is_not_entered_for_another(write, readings, folder, all_sessions):
    write([readings.page(*readings.rows(all_sessions, "bcd-001-1", "?", 2))], of=all_sessions)
    folder.fill({"bcd-001-1-1": {"rating": "4", "session": "B"}}, delimiter=",")
    with pytest.raises(ReviewError) as caught:
        apply_review(folder.path)
    assert "this row of the slip is about A" in caught.value.problems[0]
    folder.fill({"bcd-001-1-1": {"rating": "4", "session": ""}}, delimiter=",")
    assert apply_review(folder.path).balance.adds_up
    table = folder.table("summary.csv")
    assert [row["session"] for row in table] == ["A", "B", "total"]
    assert "question" not in table[0]


def test_a_lost_page_of_a_card_is_entered_row_by_row(write, readings, folder, card):
    pages = [
        readings.page(*readings.rows(card, "bcd-001-1", 5, 4, 3)),
        readings.page(*readings.rejected_rows(card)),
    ]
    outcome = write(pages, of=card)
    assert (outcome.undecided, len(outcome.rejected), outcome.balance.slips) == (1, 1, 1)
    row = {"session": "B", "rating": "4"}
    folder.fill({f"bcd-007-0-{each}": row for each in (1, 2, 3)}, delimiter=",")
    outcome = apply_review(folder.path)
    assert outcome.balance.adds_up
    assert (outcome.balance.slips, outcome.balance.answers, outcome.undecided) == (2, 6, 0)


def test_a_further_slip_on_a_lost_page_has_all_rows_as_soon_as_one_is_entered(
    write, readings, folder, card
):
    write([readings.page(*readings.rejected_rows(card))], of=card)
    further = {"slip": "bcd-007-0-2b", "session": "A", "rating": "1"}
    folder.fill({}, delimiter=",", add=[further])
    outcome = apply_review(folder.path)
    assert outcome.balance.adds_up
    assert [row["slip"] for row in folder.table("results.csv")] == [
        *("bcd-007-0-1", "bcd-007-0-2", "bcd-007-0-3"),
        *("bcd-007-0-1b", "bcd-007-0-2b", "bcd-007-0-3b"),
    ]
    entered = folder.row("results.csv", "bcd-007-0-2b")
    assert (entered["question"], entered["rating"]) == ("speaker", "1")
    assert outcome.undecided == 2
    assert [row["question"] for row in folder.table("review.csv")] == [
        "content",
        "speaker",
        "room",
    ] * 2
    once = folder.files()
    apply_review(folder.path)
    assert folder.files() == once


def test_a_slip_scanned_twice_is_one_slip_more_not_one_for_each_row(write, readings, folder, card):
    slip = readings.rows(card, "bcd-001-1", 5, 4, 3)
    outcome = write([readings.page(*slip), readings.page(*slip)], of=card)
    assert (outcome.balance.slips, outcome.balance.answers) == (2, 6)
    assert outcome.undecided == 1
    assert [row["slip"] for row in folder.table("review.csv")] == [
        f"bcd-001-1_2-{row}" for row in (1, 2, 3)
    ]


def test_handed_in_are_slips_not_answers(write, readings, card):
    slips = [*readings.rows(card, "bcd-001-1", 5, 4, 3), *readings.rows(card, "bcd-002-1", 1, 1, 1)]
    assert write([readings.page(*slips)], of=card, expected=2).warnings == ()
    (said,) = write([readings.page(*slips)], of=card, expected=3).warnings
    assert "2 slips read, 3 handed in, 1 missing" in said


def test_a_row_of_a_slip_that_is_gone_is_noticed(write, readings, card):
    first, _, last = readings.rows(card, "bcd-001-1", 5, 4, 3)
    (gap,) = write([readings.page(first, last)], of=card).balance.gaps
    assert "2 answers of slip bcd-001-1, but should have 3" in gap


def test_an_answer_to_a_question_that_the_form_does_not_ask_is_noticed(write, readings, card):
    strange = [replace(row, question="food") for row in readings.rows(card, "bcd-001-1", 5, 4, 3)]
    (gap,) = write([readings.page(*strange)], of=card).balance.gaps
    assert gap.startswith("3 answers in results.csv belong to no question")


def test_scripts_are_told_of_questions_and_choices(write, readings, card, sign_up, say, tmp_path):
    slips = readings.rows(card, "bcd-001-1", 5, 4, 3)
    told = json.loads(outcome_as_json(write([readings.page(*slips)], of=card), ExitCode.DONE))
    assert (told["balance"]["slips"], told["balance"]["answers"]) == (1, 3)
    assert [row["question"] for row in told["summary"]][::3] == ["content", "speaker", "room"]
    page = readings.page(say(sign_up, "bcd-1", "all", 2))
    told = json.loads(
        outcome_as_json(write([page], into=tmp_path / "b", of=sign_up), ExitCode.DONE)
    )
    assert told["answers"][1] == "P1+P3"
    assert told["summary"][-1]["pairs"]["P1+P3"] == 1
    assert told["summary"][-1]["choices"]["P3"] == {"slips": 1, "percent": 100.0}
    assert told["summary"][-1]["mean"] is None
