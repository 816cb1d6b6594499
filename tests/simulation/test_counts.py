from pathlib import Path

import numpy as np
import pytest

from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.simulation.counts import SessionCounts, load_counts, plausible_counts


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_either_delimiter_is_read(
    delimiter: str, encoding: str, tmp_path: Path, form: Form
) -> None:
    text = "session,n_1,n_2,n_3,n_4,n_5\nB,0,0,1,2,3\nA,4,,0,0,0\n".replace(",", delimiter)

    counts = load_counts(written(tmp_path, text, encoding), form)
    assert counts == (SessionCounts((4, 0, 0, 0, 0)), SessionCounts((0, 0, 1, 2, 3)))


def test_blanks_overvotes_and_missing_sessions(tmp_path: Path, form: Form) -> None:
    text = "overvote,session,n_1,n_2,n_3,n_4,n_5,blank\n2,A,1,0,0,0,0,3\n"

    counts = load_counts(written(tmp_path, text), form)
    assert counts == (SessionCounts((1, 0, 0, 0, 0), 3, 2), SessionCounts((0, 0, 0, 0, 0)))
    assert [session.slips for session in counts] == [6, 0]


def test_every_problem_is_named(tmp_path: Path, form: Form) -> None:
    text = "session,n_1,n_2,n_3,n_4,n_5\nX,0,0,0,0,0\nA,many,0,-1,0,0\nA,0,0,0,0,0\n"

    with pytest.raises(UsageError) as caught:
        load_counts(written(tmp_path, text), form)
    for words in ("row 2", "'X'", "row 3, n_1", "'many'", "row 3, n_3", "row 4", "twice"):
        assert words in caught.value.message


@pytest.mark.parametrize("text", ["", "session,n_1,n_2\nA,1,2\n"])
def test_missing_columns_are_named(text: str, tmp_path: Path, form: Form) -> None:
    with pytest.raises(UsageError, match="n_5 is missing"):
        load_counts(written(tmp_path, text), form)


def test_a_missing_file_is_named(tmp_path: Path, form: Form) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv"):
        load_counts(tmp_path / "nowhere.csv", form)


@pytest.mark.parametrize("slips", [1, 7, 500])
def test_plausible_counts_add_up(slips: int, form: Form) -> None:
    counts = plausible_counts(form, slips, np.random.default_rng(1))

    assert sum(session.slips for session in counts) == slips
