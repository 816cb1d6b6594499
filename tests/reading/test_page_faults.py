"""Pages without a whole slip on them, scanned into a file on disk, and how each ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanpipe.form import Form
from scanpipe.reading import pipeline
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.scans import open_scan
from scanpipe.simulation.faults import FAULTS, Group, good_stack
from scanpipe.vocabulary import Reason, Status

PAGES = [name for name, (group, _) in FAULTS.items() if group is Group.PAGE]
OLDER = "a slip of an older version of the form"


@pytest.mark.parametrize("name", [name for name in PAGES if name != OLDER])
def test_a_page_without_a_whole_slip_ends_as_it_should(name: str, ends_of: Callable) -> None:
    fault = FAULTS[name][1]

    found = ends_of(fault)

    assert fault.ends_as_it_should(found), found


def test_a_slip_whose_session_has_moved_in_the_form_is_not_taken_for_another(
    form: Form, tmp_path: Path
) -> None:
    """Its marks say the session that stands there now, its words the one that stood there."""
    (path,) = FAULTS[OLDER][1].make(tmp_path, good_stack(form))

    ((slip,),) = (page.slips for page in pipeline.read_pages(kinds_of(form), open_scan(path), [1]))

    assert (slip.status, slip.reasons) == (Status.REVIEW, (Reason.SESSION_CONFLICT,))


def test_the_faults_are_many_and_each_has_its_own_name() -> None:
    assert len(FAULTS) >= 100
    assert all(name == fault.name for name, (_, fault) in FAULTS.items())


def test_an_end_that_was_not_expected_is_noticed() -> None:
    fault = FAULTS["a PDF written page by page, cut at 50 %"][1]

    assert fault.ends_as_it_should(["read", "pages_missing"])
    for wrong in (["read"], ["read", "blank_back"], ["wrong", "pages_missing"], []):
        assert not fault.ends_as_it_should(wrong)
