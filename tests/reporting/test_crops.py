"""Pictures of runs that were killed; `Killed` stands for a kill, after which nothing is done."""

import json
import shutil

import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import apply_review, crops, output_files


class Killed(BaseException):
    pass


@pytest.fixture
def kill(monkeypatch):
    """Let nothing be cleared up when a run breaks off, as after a kill."""
    monkeypatch.setattr(crops.Crops, "take_back", lambda *_: None)


def pictures(folder):
    return {name for name in folder.files() if name.startswith("crops/")}


def private(folder):
    return {name for name in folder.files() if name.startswith(".scanpipe/")}


def killed_after(*pages):
    yield from pages
    raise Killed


@pytest.fixture
def earlier(write, readings, folder):
    """A finished run, whose review.csv names pictures, one of them a person's own."""
    write(readings.mixed())
    (folder.path / "crops" / "mine.png").write_bytes(b"mine")
    return pictures(folder)


def killed_run(write, *pages):
    with pytest.raises(Killed):
        write(killed_after(*pages))


@pytest.mark.usefixtures("kill")
def test_what_a_killed_run_has_written_is_gone_after_the_next(write, readings, folder, earlier):
    killed_run(write, readings.page(readings.overvote("fgh-1"), readings.overvote("fgh-2")))
    assert pictures(folder) == earlier | {"crops/fgh-1.png", "crops/fgh-2.png"}
    write(readings.mixed())
    assert pictures(folder) == earlier
    assert private(folder) == set()


@pytest.mark.usefixtures("kill")
def test_what_a_finished_run_names_stays_until_the_next_has_finished(
    write, readings, folder, earlier
):
    for _ in range(2):
        killed_run(write, readings.page(readings.overvote("fgh-1")))
        assert pictures(folder) > earlier
    write([readings.page(readings.overvote("bcd-3"))])
    assert pictures(folder) == {"crops/bcd-3.png", "crops/mine.png"}


@pytest.mark.parametrize("replaced", range(6))
@pytest.mark.usefixtures("kill")
def test_after_a_kill_amid_the_tables_the_next_run_writes_what_it_would_have_written(
    write, readings, folder, earlier, monkeypatch, tmp_path, replaced
):
    """The new run names bcd-3 of the old pictures, and a new one."""
    new = [readings.page(readings.overvote("bcd-3"), readings.overvote("fgh-1"))]
    whole = type(folder)(tmp_path / "whole")
    shutil.copytree(folder.path, whole.path)
    write(new, into=whole.path)
    write_all = output_files.write_all

    def write_some(files):
        write_all(dict(list(files.items())[:replaced]))
        raise Killed

    monkeypatch.setattr(output_files, "write_all", write_some)
    with pytest.raises(Killed):
        write(new)
    assert pictures(folder) == earlier | {"crops/fgh-1.png"}
    monkeypatch.setattr(output_files, "write_all", write_all)
    write(new)
    after = folder.files()
    # Between run.json and review.csv a kill makes the old review.csv look like a person's: kept.
    assert whole.files().items() <= after.items()
    assert [name for name in after.keys() - whole.files().keys() if name[:6] != "review"] == []


@pytest.mark.usefixtures("earlier")
def test_tables_that_fail_half_way_keep_the_pictures_they_name(
    write, readings, folder, monkeypatch
):
    write_all = output_files.write_all

    def write_one(files):
        write_all(dict(list(files.items())[:1]))
        raise OutputError("review.csv cannot be replaced")

    monkeypatch.setattr(output_files, "write_all", write_one)
    with pytest.raises(OutputError):
        write([readings.page(readings.overvote("fgh-1"))])
    assert "crops/fgh-1.png" in pictures(folder)


def test_a_list_of_pictures_from_elsewhere_removes_nothing_but_pictures(
    write, readings, folder, earlier
):
    (folder.path / ".scanpipe").mkdir()
    named = "crops/bcd-3.png\n../run.json\ncrops/../run.json\nrun.json\ncrops/Kari.png\n\xff\n/x\n"
    (folder.path / ".scanpipe" / crops.LISTED).write_bytes(named.encode("latin-1"))
    (folder.path / "crops" / "Kari.png").write_bytes(b"mine")
    write(readings.mixed())
    assert pictures(folder) == earlier | {"crops/Kari.png"}
    assert "run.json" in folder.files()


def without_pictures(write, pages, crops=False):
    return write(pages, options={"crops": crops})


def in_force(folder):
    return json.loads((folder.path / "run.json").read_bytes())["options"]["crops"]


def test_no_picture_is_left_if_none_is_wanted(write, readings, folder):
    without_pictures(write, readings.mixed())
    assert not (folder.path / "crops").exists()
    assert [row["image"] for row in folder.table("review.csv")] == [""] * 4
    assert in_force(folder) is False


def test_the_pictures_of_an_earlier_run_go_too_but_not_a_persons_own(
    write, readings, folder, earlier
):
    assert "crops/bcd-3.png" in earlier
    without_pictures(write, readings.mixed())
    assert pictures(folder) == {"crops/mine.png"}
    (folder.path / "crops" / "mine.png").unlink()
    without_pictures(write, readings.mixed())
    assert not (folder.path / "crops").exists()


def test_a_run_that_is_not_asked_does_as_the_one_before(write, readings, folder):
    without_pictures(write, readings.mixed())
    without_pictures(write, readings.mixed(), crops=None)
    folder.fill({"bcd-3": {"rating": "4"}})
    assert apply_review(folder.path).undecided == 3
    assert pictures(folder) == set()
    assert in_force(folder) is False
    without_pictures(write, readings.mixed(), crops=True)
    assert "crops/bcd-3.png" in pictures(folder)
    assert folder.row("review.csv", "bcd-3")["rating"] == "4"
    without_pictures(write, readings.mixed(), crops=None)
    assert in_force(folder) is True
