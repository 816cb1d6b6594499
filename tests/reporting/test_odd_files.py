"""What is told of files that are no scans."""

import pytest

from scanpipe.messages import messages_for
from scanpipe.reading.record import Content
from scanpipe.reporting.odd_files import told_contents


@pytest.mark.parametrize("code", ["en", "nb", "nn"])
@pytest.mark.parametrize("content", Content)
def test_of_everything_it_is_said_which_file_it_is_and_what_to_do(content, code):
    (said,) = told_contents([("box.pdf", content)], messages_for(code))
    assert said.startswith("box.pdf: ")
    assert said.count(".") >= 3


def test_many_files_of_a_kind_share_a_sentence():
    found = [(f"scan{i}.pdf", Content.EMPTY) for i in range(8)] + [("a.pdf", Content.WORD)]
    empty, word = told_contents(found, messages_for("en"))
    assert empty.startswith("scan0.pdf, scan1.pdf, scan2.pdf, scan3.pdf, scan4.pdf and 3 more: ")
    assert word.startswith("a.pdf: a Word document, no scan.")
