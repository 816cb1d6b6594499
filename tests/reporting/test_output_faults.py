"""An output folder that cannot be written, or is not what it seems: nothing is half done."""

import ctypes
import errno
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import apply_review

pytestmark = pytest.mark.usefixtures("clock")

NAMES = ("run.json", "review.csv", "results.csv", "summary.csv", "journal.csv")


@pytest.fixture
def filled(mixed):
    """A run whose review a person has filled in, and that nobody has applied yet."""
    mixed.fill({"bcd-3": {"rating": "4"}}, ",")
    return mixed


@pytest.fixture
def ways(write, readings, filled):
    """The ways of writing the folder."""
    return {
        "apply": lambda: apply_review(filled.path),
        "run": lambda: write([*readings.mixed(), readings.page(readings.overvote("fgh-1"))]),
    }


both = pytest.mark.parametrize("way", ["apply", "run"])


@both
@pytest.mark.parametrize(
    ("nth", "error"),
    [*((nth, errno.ENOSPC) for nth in range(1, 8)), (1, errno.EDQUOT), (5, errno.EIO)],
)
def test_a_disk_full_at_any_file_leaves_all_as_it_was(filled, ways, monkeypatch, way, nth, error):
    before, calls, really = filled.files(), [], os.fsync

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == nth:
            raise OSError(error, os.strerror(error))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    if nth > {"apply": 6, "run": 7}[way]:
        ways[way]()
        return
    with pytest.raises(OutputError, match="cannot be written") as caught:
        ways[way]()
    assert error not in (errno.ENOSPC, errno.EDQUOT) or "Make room" in caught.value.hint
    assert filled.files() == before


@both
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_excel_holds_open_leaves_all_as_it_was(filled, ways, monkeypatch, way, name):
    before, really = filled.files(), Path.open

    def open_if_free(self, mode="r", *rest, **more):
        if self.name == name and "+" in mode:
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_if_free)
    with pytest.raises(OutputError, match=f"{name} cannot be written") as caught:
        ways[way]()
    assert "close it there" in caught.value.hint
    assert filled.files() == before


@both
@pytest.mark.parametrize("name", NAMES)
def test_a_replacement_that_is_refused_leaves_whole_files_that_apply_mends(
    filled, ways, monkeypatch, way, name
):
    before, really = filled.files(), Path.replace

    def replace(self, target):
        if Path(target).name == name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(OutputError, match=f"{name} cannot be replaced"):
            ways[way]()
    copies = {copy.name for copy in filled.copies()}
    between = filled.files()
    ways[way]()
    after = filled.files()
    assert set(between) <= set(before) | set(after)
    assert all(between[each] in (before.get(each), after.get(each)) for each in between)
    assert filled.row("results.csv", "bcd-3")["rating"] == "4"
    assert len(filled.table("journal.csv")) == 2
    assert {copy.name for copy in filled.copies()} == copies
    again = apply_review(filled.path)
    assert again.balance.adds_up
    assert filled.files() == after


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
@both
def test_a_folder_that_may_not_be_written_is_refused(filled, ways, way):
    before = filled.files()
    filled.path.chmod(0o500)
    try:
        if os.access(filled.path, os.W_OK):
            pytest.skip("root may write everywhere")
        with pytest.raises(OutputError, match="cannot be"):
            ways[way]()
    finally:
        filled.path.chmod(0o700)
    assert filled.files() == before


def test_a_folder_that_cannot_be_made_is_refused(write, readings, monkeypatch):
    def refuse(self, *_given, **_more):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="cannot be made: Permission denied") as caught:
        write(readings.mixed())
    assert "another folder" in caught.value.hint


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, so small that it is soon full."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux may make a disk")
    libc, place = ctypes.CDLL(None, use_errno=True), tmp_path / "disk"
    place.mkdir()
    if libc.mount(b"none", bytes(place), b"tmpfs", 0, b"size=160k") != 0:
        pytest.skip(f"no disk can be made here: {os.strerror(ctypes.get_errno())}")
    yield place
    libc.umount2(bytes(place), 2)


def test_a_disk_that_is_really_full_leaves_all_as_it_was(small_disk, write, readings, folder):
    folder.path = small_disk / "out"
    write(readings.mixed(), into=folder.path)
    folder.fill({"bcd-3": {"rating": "4"}}, ",")
    before = folder.files()
    with suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(b"x" * 4096):
            pass
    with pytest.raises(OutputError, match="No space left") as caught:
        apply_review(folder.path)
    assert "Make room" in caught.value.hint
    assert folder.files() == before
    (small_disk / "ballast").unlink()
    apply_review(folder.path)
    assert folder.row("results.csv", "bcd-3")["rating"] == "4"


def test_an_output_folder_that_is_a_file_is_refused(write, readings, tmp_path):
    (tmp_path / "out").write_text("mine")
    for path in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(OutputError, match="cannot be made"):
            write(readings.mixed(), into=path)
    assert (tmp_path / "out").read_text() == "mine"


def link(place, target, *, to_folder=False):
    try:
        place.symlink_to(target, target_is_directory=to_folder)
    except OSError:
        pytest.skip("links may not be made here")


def test_an_output_folder_that_is_a_link_to_nowhere_is_refused(write, readings, tmp_path):
    link(tmp_path / "out", tmp_path / "gone", to_folder=True)
    with pytest.raises(OutputError, match="cannot be made"):
        write(readings.mixed(), into=tmp_path / "out")
    assert not (tmp_path / "gone").exists()


def test_an_output_folder_that_is_a_link_to_a_folder_is_used(write, readings, tmp_path):
    (tmp_path / "real").mkdir()
    link(tmp_path / "out", tmp_path / "real", to_folder=True)
    write(readings.mixed(), into=tmp_path / "out")
    apply_review(tmp_path / "out")
    assert (tmp_path / "real" / "crops" / "bcd-3.png").exists()


@both
def test_pictures_that_would_leave_the_folder_are_refused(filled, ways, tmp_path, way):
    elsewhere = tmp_path / "elsewhere"
    (filled.path / "crops").rename(elsewhere)
    link(filled.path / "crops", elsewhere, to_folder=True)
    before = {path: path.read_bytes() for path in elsewhere.iterdir()}
    tables = filled.tables()
    with pytest.raises(OutputError, match="crops is a link that leads out of the folder"):
        ways[way]()
    assert {path: path.read_bytes() for path in elsewhere.iterdir()} == before
    assert filled.tables() == tables


@pytest.mark.parametrize("target", ["elsewhere.txt", "gone.txt"])
@pytest.mark.parametrize("name", ["results.csv", "summary.csv", "journal.csv", "crops/bcd-3.png"])
def test_a_link_in_a_files_place_is_replaced_and_never_written_through(
    filled, write, readings, tmp_path, name, target
):
    (tmp_path / "elsewhere.txt").write_bytes(b"mine")
    (filled.path / name).unlink()
    link(filled.path / name, tmp_path / target)
    write(readings.mixed())
    assert not (filled.path / name).is_symlink()
    assert (tmp_path / "elsewhere.txt").read_bytes() == b"mine"
    assert not (tmp_path / "gone.txt").exists()


def test_a_review_that_is_a_link_is_read_and_what_it_leads_to_stays(filled, tmp_path):
    filled.review.rename(tmp_path / "shared.csv")
    link(filled.review, tmp_path / "shared.csv")
    shared = (tmp_path / "shared.csv").read_bytes()
    apply_review(filled.path)
    assert filled.row("results.csv", "bcd-3")["rating"] == "4"
    assert (tmp_path / "shared.csv").read_bytes() == shared


@pytest.mark.parametrize(
    "image",
    [
        *("../../secret.png", "/etc/passwd", "crops/../../secret.png", "C:\\secret.png", "crops/"),
        *("\\\\server\\share\\x.png", "crops/x/y.png", "http://x/y.png", "crops/bcd-3.png\n"),
    ],
)
def test_a_picture_outside_the_folder_is_never_followed(filled, ways, tmp_path, image):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"mine")
    path = filled.path / "run.json"
    data = json.loads(path.read_bytes())
    data["readings"][2]["image"] = image
    path.write_text(json.dumps(data), encoding="utf-8")
    before = filled.files()
    for way in ways.values():
        with pytest.raises(OutputError, match="is not where a picture stands"):
            way()
    assert filled.files() == before
    assert secret.read_bytes() == b"mine"


def test_what_stands_under_image_in_review_is_ours_to_write(filled, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"mine")
    filled.fill({row["slip"]: {"image": "../../secret.png"} for row in filled.table("review.csv")})
    apply_review(filled.path)
    assert filled.row("review.csv", "bcd-3")["image"] == "crops/bcd-3.png"
    assert (tmp_path / "secret.png").read_bytes() == b"mine"


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_a_files_place_is_refused(filled, ways, name):
    (filled.path / name).unlink()
    (filled.path / name).mkdir()
    before = filled.files()
    for way in ways.values():
        with pytest.raises(OutputError, match=f"{name} cannot be"):
            way()
    assert filled.files() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders there")
@pytest.mark.parametrize("name", ["review.csv", "run.json", "journal.csv"])
def test_a_pipe_in_a_files_place_is_refused_and_not_waited_for(filled, ways, name):
    (filled.path / name).unlink()
    os.mkfifo(filled.path / name)
    for way in ways.values():
        with pytest.raises(OutputError, match=f"{name} cannot be (read|written): it is no"):
            way()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"readings": []}',
        '{"form": null, "dialect": "x"}',
        "\0" * 400,
        '{"expected": 1e999}',
    ],
)
def test_a_damaged_run_json_stops_a_run_and_is_left_as_it_is(filled, ways, text):
    (filled.path / "run.json").write_text(text, "utf-8")
    before = filled.files()
    for way in ways.values():
        with pytest.raises(OutputError, match=r"run\.json is not a run\.json of this version"):
            way()
    assert filled.files() == before
