import json
import operator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.reading.condition import NOTHING_SEEN, PageCondition, SlipCondition
from scanpipe.reading.fingerprint import Fingerprint, outline_of, points_of
from scanpipe.reading.memory import pack, unpack
from scanpipe.reading.pages import SeenPage, page_name
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reading.scanfiles import ScanFile
from scanpipe.vocabulary import Reason, Status

FILE = ScanFile(Path("box.pdf"), "box.pdf", "5e" * 32, True, 3)
NAME = page_name(FILE, 2)

numbers = st.floats(allow_nan=False, width=64)
maybe_numbers = st.none() | numbers
texts = st.text(st.characters(), max_size=30)
ratings = st.none() | st.integers(1, 7)
sessions = st.none() | st.sampled_from(["F", "P1"])

readings = st.builds(
    SlipReading,
    slip=st.integers(0, 12).map(lambda place: f"{NAME}-{place}"),
    file=st.just("box.pdf"),
    page=st.just(2),
    status=st.sampled_from(Status),
    reasons=st.lists(st.sampled_from(Reason), max_size=3).map(tuple),
    x_mm=maybe_numbers,
    y_mm=maybe_numbers,
    session=sessions,
    rating=ratings,
    read_session=sessions,
    read_rating=ratings,
    session_text=texts,
    session_confidence=maybe_numbers,
    rating_confidence=maybe_numbers,
    fills=st.lists(numbers, max_size=7).map(tuple),
    picture=st.none() | st.binary(max_size=60),
)
points = st.lists(st.tuples(st.integers(-9, 2000), st.integers(0, 2000)), max_size=8)
grids = st.integers(0, 1 << 20_000)
prints = st.builds(
    Fingerprint,
    session=st.integers(0, 40),
    outline=points.map(lambda places: outline_of(np.array(places, np.int16).reshape(-1, 2))),
    asked=st.integers(0, 900),
    box=st.tuples(numbers, numbers, numbers, numbers),
    ink_mm2=numbers,
    cells=grids,
    about=grids,
)
conditions = st.builds(
    PageCondition,
    specks_per_cm2=numbers,
    standing_mm=st.lists(numbers, max_size=3).map(tuple),
    lying_mm=st.lists(numbers, max_size=3).map(tuple),
    slips=st.lists(
        st.builds(
            SlipCondition,
            numbers,
            maybe_numbers,
            numbers,
            st.booleans(),
            numbers,
            numbers,
            numbers,
            st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
seen_pages = st.builds(
    SeenPage,
    reading=st.builds(
        PageReading,
        file=st.just("box.pdf"),
        page=st.just(2),
        kind=st.sampled_from(PageKind),
        slips=st.lists(readings, max_size=3).map(tuple),
    ),
    prints=st.lists(st.none() | prints, max_size=3).map(tuple),
    condition=conditions,
)


def parts(print_: Fingerprint | None) -> object:
    """A fingerprint as something that can be compared."""
    if print_ is None:
        return None
    values = {field.name: getattr(print_, field.name) for field in fields(print_)}
    return values | {"points": print_.points.tolist()}


@given(st.lists(st.tuples(*[st.integers(-(2**15), 2**15 - 1)] * 2)))
def test_an_outline_comes_out_as_it_was_packed(places: list[tuple[int, int]]) -> None:
    points = np.array(places, np.int16).reshape(-1, 2)
    again = points_of(outline_of(points))
    assert again.dtype == np.int16
    assert again.tolist() == points.tolist()


@settings(max_examples=60, deadline=None)
@given(seen_pages)
def test_what_is_packed_comes_out_as_it_was(seen: SeenPage) -> None:
    again = unpack(pack(seen), FILE, 2)

    assert again.reading == seen.reading
    assert again.condition == seen.condition
    assert [parts(one) for one in again.prints] == [parts(one) for one in seen.prints]


def packed(**changes: object) -> bytes:
    slip = SlipReading(f"{NAME}-1", "box.pdf", 2, Status.READ, (), 1.5, 2.5, "F", 4, picture=b"PNG")
    reading = PageReading("box.pdf", 2, PageKind.SLIPS, (slip,))
    data = pack(SeenPage(reading, (None,), PageCondition(0.0, (), (), ())))
    head, _, blobs = data.partition(b"\n")
    found = json.loads(head)
    found["reading"] |= changes
    return json.dumps(found).encode() + b"\n" + blobs


def test_numbers_of_numpy_become_numbers() -> None:
    slips = (SlipReading("x", "f", 1, Status.READ, (), np.float32(0.5), np.float64(0.1)),)
    reading = PageReading("f", 1, PageKind.SLIPS, slips)
    condition = PageCondition(np.float64(0.25), (), (), ())

    head = json.loads(pack(SeenPage(reading, (), condition)).partition(b"\n")[0])

    assert [head["reading"]["slips"][0][axis] for axis in ("x_mm", "y_mm")] == [0.5, 0.1]
    assert head["condition"]["specks_per_cm2"] == 0.25


def test_a_file_that_was_renamed_gives_its_new_name() -> None:
    renamed = ScanFile(Path("x.pdf"), "x.pdf", FILE.sha256, True, 3)

    page = unpack(packed(), renamed, 2).reading

    assert (page.file, page.slips[0].file) == ("x.pdf", "x.pdf")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        packed()[:-1],
        packed() + b"more",
        packed(kind="confetti"),
        packed(slips=None),
        packed(slips=[{}]),
        packed(page=3),
        packed(slips=[{"slip": "../../etc/x", "page": 2, "status": "read", "reasons": []}]),
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_no_page_of_ours_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(data, FILE, 2)


def test_a_slip_that_would_lie_outside_the_folder_is_no_page_of_ours() -> None:
    slip = {"slip": "../x", "page": 2, "status": "read", "reasons": []}
    slip |= {"picture": None, "comment": None}
    data = packed(slips=[slip]).partition(b"\n")[0]

    with pytest.raises(ValueError, match="expected those of"):
        unpack(data + b"\n", FILE, 2)


def test_what_many_slips_have_in_common_is_held_once() -> None:
    figures = {"lost": (0.0, 0.0, 0.0, 0.0, 0.0), "residual_mm": (0.031,)}
    slip = SlipReading(f"{NAME}-1", "box.pdf", 2, Status.READ, (), figures=figures)
    seen = SeenPage(PageReading("box.pdf", 2, PageKind.SLIPS, (slip,)), (), NOTHING_SEEN)
    one, other = (unpack(pack(seen), FILE, 2).reading.slips[0].figures for _ in range(2))
    assert one == other == figures
    assert one["lost"] is other["lost"]
    assert all(map(operator.is_, one, other))
