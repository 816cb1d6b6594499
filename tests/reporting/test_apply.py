import pytest

from scanpipe.errors import OutputError, ReviewError
from scanpipe.reporting import apply_review
from scanpipe.vocabulary import Status

HEADER = [
    *("slip", "image", "reasons", "read_session", "read_rating"),
    *("session", "rating", "note", "same_as"),
]
TABLES = ("results.csv", "summary.csv", "review.csv", "run.json")


def test_review_asks_about_what_the_machine_could_not_settle(mixed):
    rows = mixed.table("review.csv")
    assert list(rows[0]) == HEADER
    assert [row["slip"] for row in rows] == ["bcd-3", "bcd-4", "bcd-5", "bcd-7"]
    assert list(rows[1].values()) == [
        *("bcd-4", "crops/bcd-4.png", "marginal", "F", "2"),
        *("", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(";", "cp1252"), (",", "utf-8"), ("\t", "utf-16"), (";", "utf-8-sig")],
    ids=["Excel", "LibreOffice", "Excel Unicode text", "Excel UTF-8"],
)
def test_entries_are_taken_as_spreadsheets_save_them(mixed, delimiter, encoding):
    entries = {
        "bcd-3": {"rating": "4", "note": "rettet på øyemål"},
        "bcd-4": {"rating": "OK"},
        "bcd-5": {
            "rating": "5,0",
            "session": "parallellsesjon 3:  Personalmøte som utviklingsarena",
        },
        "bcd-7": {"rating": "void"},
    }
    mixed.fill(entries, delimiter, encoding, columns=[*reversed(HEADER), "", ""])
    outcome = apply_review(mixed.path)
    rows = {row["slip"]: row for row in mixed.table("results.csv")}
    kept = {slip: (row["status"], row["session"], row["rating"]) for slip, row in rows.items()}
    assert kept["bcd-3"] == ("corrected", "P2", "4")
    assert kept["bcd-4"] == ("corrected", "F", "2")
    assert kept["bcd-5"] == ("corrected", "P3", "5")
    assert kept["bcd-7"] == ("void", "", "")
    assert kept["bcd-1"] == ("read", "F", "5")
    assert rows["bcd-5"]["session_name"].startswith("Parallellsesjon 3: Personalmøte")
    assert mixed.row("review.csv", "bcd-3")["note"] == "rettet på øyemål"
    assert (outcome.undecided, outcome.rejected) == (0, ())
    assert outcome.balance.adds_up
    assert outcome.summary[-1].rated == 5


def test_what_the_machine_read_is_kept(mixed):
    mixed.fill({"bcd-4": {"rating": "5", "session": "P1"}})
    apply_review(mixed.path)
    row = mixed.row("results.csv", "bcd-4")
    assert (row["session"], row["rating"]) == ("P1", "5")
    assert (row["read_session"], row["read_rating"], row["reasons"]) == ("F", "2", "marginal")


@pytest.mark.parametrize("typed", ["4", " 4 ", "4.0", "4,00", "4,", "\u00a04"])
def test_a_rating_is_taken_as_spreadsheets_spell_it(mixed, typed):
    mixed.fill({"bcd-3": {"rating": typed}})
    apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-3")["rating"] == "4"


def test_twice_gives_the_same_bytes_in_every_file(mixed):
    note = '=1+1, \'så;\r\n"ja"'
    mixed.fill({"bcd-3": {"rating": "1", "note": note}, "bcd-4": {"session": "P4"}}, ",", "utf-16")
    apply_review(mixed.path)
    once = mixed.files()
    apply_review(mixed.path)
    assert mixed.files() == once
    assert set(TABLES) < set(once)


def test_an_empty_rating_is_undecided_and_keeps_what_was_typed_beside_it(mixed):
    mixed.fill({"bcd-5": {"session": "P2", "note": "spør Kari"}})
    outcome = apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-5")["status"] == "review"
    row = mixed.row("review.csv", "bcd-5")
    assert (row["session"], row["rating"], row["note"]) == ("P2", "", "spør Kari")
    assert outcome.undecided == 4
    assert (outcome.summary[-1].rated, outcome.summary[-1].review) == (2, 3)


def test_a_rating_taken_away_again_is_undecided_again(mixed):
    before = mixed.tables()
    mixed.fill({"bcd-4": {"rating": "3"}})
    apply_review(mixed.path)
    assert mixed.tables() != before
    mixed.fill({"bcd-4": {"rating": ""}})
    apply_review(mixed.path)
    assert mixed.tables() == before


def test_blank_counts_as_blank(mixed):
    mixed.fill({"bcd-3": {"rating": "Blank"}})
    outcome = apply_review(mixed.path)
    row = mixed.row("results.csv", "bcd-3")
    assert (row["status"], row["rating"]) == ("corrected", "")
    assert (outcome.summary[2].blank, outcome.summary[2].rated) == (1, 0)


def test_ok_accepts_a_blank_slip_whose_session_was_unread(write, readings, folder):
    write([readings.page(readings.no_session("bcd-1", rating=None))])
    folder.fill({"bcd-1": {"session": "p1", "rating": "ok"}})
    assert apply_review(folder.path).summary[1].blank == 1


def test_a_lost_page_can_be_entered_from_its_picture(mixed):
    mixed.fill({"bcd-7": {"session": "P4", "rating": "3"}})
    outcome = apply_review(mixed.path)
    assert outcome.balance.adds_up
    assert (outcome.balance.slips, outcome.balance.unreadable) == (7, 1)
    assert outcome.balance.statuses[Status.REJECTED] == 0
    assert outcome.summary[4].ratings == (0, 0, 1, 0, 0)


def test_a_slip_that_the_machine_was_sure_of_is_corrected_by_adding_its_row(mixed):
    mixed.fill({}, add=[{"slip": "bcd-1", "rating": "2"}])
    outcome = apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-1")["rating"] == "2"
    assert mixed.table("review.csv")[-1] == dict(
        zip(HEADER, ["bcd-1", "", "", "F", "5", "", "2", "", ""], strict=True)
    )
    assert outcome.summary[0].ratings == (0, 1, 0, 0, 0)


def test_rows_may_stand_in_any_order_and_be_left_out(mixed):
    expected = mixed.tables()
    lines = mixed.review.read_bytes().decode("utf-8-sig").splitlines()
    mixed.review.write_text("\n".join([lines[0], lines[3], "", ";;;;;;;", lines[1]]), "utf-8")
    apply_review(mixed.path)
    assert mixed.tables() == expected


def test_columns_that_a_person_added_are_kept(mixed):
    mixed.fill({"bcd-4": {"Hvem": "Åse", "rating": "4"}}, columns=["Hvem", *HEADER])
    apply_review(mixed.path)
    once = mixed.files()
    assert list(mixed.table("review.csv")[0]) == [*HEADER, "Hvem"]
    assert mixed.row("review.csv", "bcd-4")["Hvem"] == "Åse"
    apply_review(mixed.path)
    assert mixed.files() == once


def test_every_wrong_cell_is_listed_and_nothing_is_changed(mixed):
    mixed.fill(
        {
            "bcd-3": {"rating": "9"},
            "bcd-4": {"session": "Lunsj", "rating": "fire"},
            "bcd-5": {"rating": "4"},
            "bcd-7": {"session": "F", "rating": "ok"},
        },
        add=[
            {"slip": "xyz-9", "rating": "4"},
            {"slip": "bcd-3", "rating": "3"},
            {"rating": "3"},
            {"slip": "bcd-1", "session": "P4"},
        ],
    )
    before = mixed.files()
    with pytest.raises(ReviewError) as caught:
        apply_review(mixed.path)
    assert mixed.files() == before
    assert "Nothing was changed" in caught.value.hint
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "row 2, column rating",
        "row 3, column rating",
        "row 3, column session",
        "row 4, column session",
        "row 5, column rating",
        "row 6, column slip",
        "row 7, column slip",
        "row 8, column slip",
        "row 9, column rating",
    ]
    text = str(caught.value)
    assert "'9' is none of: 1 to 5, blank, void, ok" in text
    assert "'Lunsj' is not a session of the form; expected one of: F, P1, P2, P3, P4" in text
    assert "row 4, column session: is empty, and none was read" in text


def test_the_same_entry_twice_is_no_contradiction(mixed):
    mixed.fill(
        {"bcd-3": {"rating": "3"}}, add=[{"slip": "bcd-3", "rating": "3"}, {"slip": "bcd-3"}]
    )
    apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-3")["rating"] == "3"


def test_an_added_row_may_decide_for_an_empty_one(mixed):
    mixed.fill({}, add=[{"slip": "bcd-3", "rating": "3"}])
    apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-3")["rating"] == "3"


def test_missing_and_double_columns_are_named(mixed):
    mixed.review.write_text("slip;rating;Rating;note\nbcd-3;3;4;\n", "utf-8")
    before = mixed.files()
    with pytest.raises(ReviewError) as caught:
        apply_review(mixed.path)
    assert caught.value.problems == (
        "row 1, column session: there is no such column",
        "row 1, column rating: there are several columns of this name",
    )
    assert mixed.files() == before


def test_broken_quotes_are_told_with_their_row(mixed):
    mixed.review.write_text('slip;session;rating\nbcd-3;"F;3\nbcd-4;F;3\n', "utf-8")
    with pytest.raises(ReviewError, match="row 2: quotes do not match"):
        apply_review(mixed.path)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"holds no run\.json"):
        apply_review(tmp_path)


def test_a_missing_review_is_refused(mixed):
    mixed.review.unlink()
    with pytest.raises(OutputError, match=r"there is no .*review\.csv"):
        apply_review(mixed.path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 3}', "\ufeff{"])
def test_a_damaged_run_json_is_refused(mixed, text):
    (mixed.path / "run.json").write_text(text, "utf-8")
    with pytest.raises(OutputError, match=r"run\.json is not a run\.json"):
        apply_review(mixed.path)


def test_results_saved_by_excel_are_no_matter(mixed):
    expected = mixed.files()
    (mixed.path / "results.csv").write_bytes(b"slip;rating\r\n1,00E+12;9\r\n")
    apply_review(mixed.path)
    assert mixed.files() == expected
