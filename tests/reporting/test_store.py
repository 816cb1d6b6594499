import random
import sqlite3

import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import Store
from scanpipe.reporting.store import STORE

SCAN, OTHER = "5e" * 32, "a0" * 32
PAGES = {page: b'{"page": %d}\n' % page + bytes(range(256)) * 40 for page in range(1, 13)}


@pytest.fixture
def place(tmp_path):
    return tmp_path


def store_in(place, circumstances="nor, 5.3.0"):
    return Store(place, circumstances)


@pytest.fixture
def kept(place):
    """A store in which a run has left twelve pages."""
    store = store_in(place)
    store.keep(SCAN, PAGES)
    store.close()
    return place / STORE


@pytest.mark.usefixtures("kept")
def test_what_was_kept_is_there_the_next_time(place):
    store = store_in(place)
    assert store.recall(SCAN, range(1, 13)) == list(PAGES.values())
    assert store.recall(SCAN, [12, 1]) == [PAGES[12], PAGES[1]]
    assert store.count([SCAN, OTHER]) == 12
    store.close()


@pytest.mark.usefixtures("kept")
def test_pages_of_which_one_is_missing_are_not_there(place):
    store = store_in(place)
    assert store.recall(SCAN, range(12, 14)) is None
    assert store.recall(OTHER, [1]) is None
    store.close()


@pytest.mark.usefixtures("kept")
def test_what_was_read_in_other_circumstances_is_dropped(place):
    store_in(place, "nor, 5.4.0").close()
    store = store_in(place)
    assert store.count([SCAN]) == 0
    store.close()


@pytest.mark.usefixtures("kept")
def test_nothing_is_left_once_all_is_done_or_nothing_was_read(place):
    store = store_in(place)
    store.remove()
    store.close()
    assert list(place.iterdir()) == []
    store_in(place).close()
    assert list(place.iterdir()) == []


def test_of_a_scan_that_is_forgotten_no_byte_is_left(place, kept):
    store = store_in(place)
    secret = b"what somebody wrote"
    store.keep(OTHER, {1: secret, 2: secret * 1000})
    assert secret in kept.read_bytes()
    store.forget_all_but([SCAN, "ff" * 32])
    assert (store.count([OTHER]), store.count([SCAN])) == (0, 12)
    store.close()
    assert secret not in kept.read_bytes()


def test_a_page_in_which_a_bit_has_changed_is_read_again(place, kept):
    data = kept.read_bytes()
    at = data.index(b'{"page": 7}') + len(b'{"page": ')
    kept.write_bytes(data[:at] + b"8" + data[at + 1 :])
    store = store_in(place)
    assert store.recall(SCAN, [7]) is None
    assert store.recall(SCAN, [6]) == [PAGES[6]]
    store.close()


def test_however_a_store_is_damaged_it_gives_what_was_kept_or_nothing(place, kept):
    whole, rng = kept.read_bytes(), random.Random(4)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 20, 400])):
            damaged[rng.randrange(rng.choice([100, len(damaged)]))] = rng.randrange(256)
        kept.write_bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        store = store_in(place)
        for page in PAGES:
            assert store.recall(SCAN, [page]) in (None, [PAGES[page]])
        store.keep(SCAN, PAGES)
        assert store.recall(SCAN, PAGES) == list(PAGES.values())
        store.remove()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"NOT NULL", b"NOT N\xaaLL", id="even the complaint is no text"),
        pytest.param(b"\x10\x00\x01\x01\x00", b"\x10\x00\x03\x03\x00", id="of a later SQLite"),
    ],
)
def test_damage_that_sqlite_tells_of_in_other_ways_is_damage(place, kept, old, new):
    data = kept.read_bytes()
    assert old in data
    kept.write_bytes(data.replace(old, new, 1))
    store = store_in(place)
    assert store.recall(SCAN, [1]) is None
    store.keep(SCAN, PAGES)
    assert store.recall(SCAN, [1]) == [PAGES[1]]
    store.close()


def sql(*statements):
    def make(path):
        with sqlite3.connect(path) as other:
            for statement in statements:
                other.execute(statement)
        other.close()

    return make


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.write_text("my shopping list"), id="text"),
        pytest.param(sql("CREATE TABLE pages (a, b)"), id="another table"),
        pytest.param(
            sql(
                "CREATE TABLE t (a)",
                "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; END",
            ),
            id="trigger",
        ),
        pytest.param(sql("CREATE VIEW pages AS SELECT 1 AS page"), id="view"),
    ],
)
def test_a_file_that_is_not_ours_is_replaced(place, make):
    make(place / STORE)
    store = store_in(place)
    assert store.count([SCAN]) == 0
    store.keep(SCAN, PAGES)
    assert store.recall(SCAN, [3]) == [PAGES[3]]
    store.close()


def test_a_full_disk_is_an_error_that_says_what_to_do(place):
    store = store_in(place)
    store._pages.execute("PRAGMA max_page_count = 4")
    with pytest.raises(OutputError, match="full") as caught:
        store.keep(SCAN, PAGES)
    assert "Make room" in caught.value.hint
    store.close()
