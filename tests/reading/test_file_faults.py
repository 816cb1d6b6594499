"""Bad files, one of each kind on disk, and how every page of them ends."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.reading import pipeline, scans
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.scans import find_scans, load_page, open_scan
from scanpipe.simulation.faults import FAULTS, Group, good_stack
from scanpipe.simulation.faults.handling import MANY
from scanpipe.vocabulary import Reason, Status

FILES = [
    name for name, (group, fault) in FAULTS.items() if group is Group.FILE and not fault.meanwhile
]


@pytest.mark.parametrize("name", [name for name in FILES if str(MANY) not in name])
def test_every_page_of_a_bad_file_ends_as_it_should(name: str, ends_of: Callable) -> None:
    fault = FAULTS[name][1]

    found = ends_of(fault)

    assert fault.ends_as_it_should(found), found


def test_a_file_of_very_many_pages_is_opened_at_once_and_read_anywhere(
    form: Form, tmp_path: Path
) -> None:
    name = next(name for name in FILES if str(MANY) in name)
    (path,) = FAULTS[name][1].make(tmp_path, good_stack(form))

    scan = open_scan(path)

    assert (scan.pages, scan.problem) == (MANY, None)
    for page in (1, MANY // 2, MANY):
        assert load_page(scan, page).pixels.min() == 255


def test_bad_files_change_no_other_row(
    form: Form, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = good_stack(form)
    names = ("an empty file", "a PDF cut at 10 %", "a PDF that asks for a password")
    names += ("a PDF whose objects unpack to gigabytes", "a link to nowhere", "a pipe")
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"good {number}.pdf")
        paths[-1].write_bytes(good.pdf(number))
    among = list(paths)
    for number, name in enumerate(name for name in names if name in FAULTS):
        (tmp_path / str(number)).mkdir()
        among[number:number] = FAULTS[name][1].make(tmp_path / str(number), good)

    alone = [
        page for path in paths for page in pipeline.read_pages(kinds_of(form), open_scan(path), [1])
    ]
    crowded = list(pipeline.read_stack(kinds_of(form), pipeline.open_stack(among), workers=1))

    assert [page for page in crowded if page in alone] == alone
    assert [page.slips[0].rating for page in alone] == [1, 2, 3]
    assert len(crowded) > len(alone)
    assert capfd.readouterr().err == ""


# --- files that are lost, or change ---


@pytest.fixture
def box(form: Form, tmp_path: Path) -> Path:
    path = tmp_path / "box.pdf"
    path.write_bytes(good_stack(form).pdf(0, 1, 2))
    return path


def test_a_file_that_vanishes_is_told_from_then_on(box: Path) -> None:
    scan = open_scan(box)
    first = load_page(scan, 1)

    box.unlink()

    assert not isinstance(first, Reason)
    assert load_page(scan, 2) is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("change", [lambda data: data + b"%", lambda data: data[:99]])
def test_a_file_that_changes_is_read_no_further(
    change: Callable[[bytes], bytes], box: Path
) -> None:
    scan = open_scan(box)
    load_page(scan, 1)

    box.write_bytes(change(box.read_bytes()))

    assert load_page(scan, 2) is Reason.FILE_CHANGED


def test_a_page_that_was_read_while_the_file_changed_is_not_believed(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = open_scan(box)
    work = scans.page_content

    def reading_as_it_grows(*args: object) -> object:
        content = work(*args)
        box.write_bytes(box.read_bytes() + b"%")
        return content

    monkeypatch.setattr(scans, "page_content", reading_as_it_grows)

    assert load_page(scan, 1) is Reason.FILE_CHANGED


def test_a_file_that_was_only_touched_is_read_on(box: Path) -> None:
    scan = open_scan(box)

    os.utime(box, (1_000_000_000, 1_000_000_000))

    assert not isinstance(load_page(scan, 2), Reason)


def test_another_file_of_the_same_name_is_another_file(form: Form, box: Path) -> None:
    assert open_scan(box).pages == 3

    box.write_bytes(good_stack(form).pdf(1))

    assert open_scan(box).pages == 1


def test_pages_that_are_gone_from_a_file_are_told_by_a_row(form: Form, tmp_path: Path) -> None:
    """Qpdf mended a PDF cut in half in silence: half the slips were gone without a word."""
    (path,) = FAULTS["a PDF written page by page, cut at 50 %"][1].make(tmp_path, good_stack(form))

    (gone,) = pipeline.read_pages(kinds_of(form), open_scan(path), [2])

    assert (gone.page, gone.slips[0].status) == (2, Status.REJECTED)
    assert gone.slips[0].reasons == (Reason.PAGES_MISSING,)


# --- files one may not look at ---


@pytest.mark.skipif(os.name == "nt", reason="permissions are of another kind there")
def test_a_file_that_one_may_not_read_is_told(form: Form) -> None:
    with tempfile.TemporaryDirectory() as folder:  # in which others may look, unlike pytest's
        Path(folder).chmod(0o755)
        path = Path(folder, "mine.pdf")
        path.write_bytes(good_stack(form).pdf(0))
        path.chmod(0)
        with _without_privileges():
            assert open_scan(path).problem is Reason.UNREADABLE_FILE
        with _without_privileges():
            assert find_scans([path])[0].problem is Reason.UNREADABLE_FILE
        Path(folder).chmod(0)
        with _without_privileges():
            assert find_scans([path])[0].problem is Reason.UNREADABLE_FILE
        Path(folder).chmod(0o755)


@contextlib.contextmanager
def _without_privileges() -> Iterator[None]:
    """Be nobody for a while where the tests run as the administrator, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_one_may_not_look_into_is_told(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "box.pdf").write_bytes(good_stack(form).pdf(0))
    locked = tmp_path / "locked"
    locked.mkdir()
    look = os.scandir

    def scandir(path: object) -> object:
        if Path(os.fsdecode(path)) == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)

    found = find_scans([tmp_path])

    assert [(scan.name, scan.problem) for scan in found] == [
        ("box.pdf", None),
        ("locked", Reason.UNREADABLE_FILE),
    ]


@pytest.mark.parametrize("name", ["x" * 300 + ".pdf", "a\0b.pdf"])
def test_a_name_that_no_file_can_have_is_a_mistake_of_the_command(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no scan"):
        find_scans([tmp_path / name])
