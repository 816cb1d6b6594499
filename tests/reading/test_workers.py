import multiprocessing
import time
from pathlib import Path

import pytest

from scanpipe.reading import workers
from scanpipe.reading.workers import Task, in_order

KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"
HANGING = "__import__('threading').Event().wait()"

# Jobs are expressions, with parts between semicolons: a worker can look `eval` up by its name.
TASK = Task(eval, lambda job: job.split("+"), lambda part: f"lost {part[:9]}")


def done(*jobs, count=2, **limits):
    return list(in_order(jobs, TASK, count, **limits))


@pytest.mark.parametrize("count", [1, 3])
def test_results_come_in_the_order_of_the_jobs(count):
    jobs = [f"[{i}]+[{i} * 10]" for i in range(20)]
    assert done(*jobs, count=count) == [n for i in range(20) for n in (i, i * 10)]


def test_a_worker_that_is_killed_costs_only_what_killed_it():
    jobs = ["[0]+[1]", "[2]+[3]", f"[4]+{KILLED}+[5]", "[6]", "[7]+[8]", "[9]"]
    expected = [0, 1, 2, 3, 4, f"lost {KILLED[:9]}", 5, 6, 7, 8, 9]
    assert done(*jobs) == expected


def test_a_worker_that_never_comes_back_costs_only_what_it_hung_on(monkeypatch):
    monkeypatch.setattr(workers, "PART_LIMIT_S", 1.5)
    assert done("[0]", f"[1]+{HANGING}", "[2]", job_limit_s=4) == [
        0,
        1,
        f"lost {HANGING[:9]}",
        2,
    ]


def test_what_a_job_raises_is_raised_and_the_workers_end():
    with pytest.raises(ZeroDivisionError):
        done("[1]", "1 / 0", HANGING)
    assert multiprocessing.active_children() == []


def test_stopping_early_does_not_wait_for_what_is_under_way():
    results = in_order(["[1]", *[HANGING] * 8], TASK, 1)
    assert next(results) == 1
    before = time.monotonic()
    results.close()
    assert time.monotonic() - before < 2
    assert multiprocessing.active_children() == []


def test_ctrl_c_ends_the_workers():
    def jobs():
        yield HANGING
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_order(jobs(), TASK, 2))
    assert multiprocessing.active_children() == []


def test_what_workers_leave_behind_is_removed():
    (folder,) = done("[__import__('tempfile').mkdtemp()]")
    assert "scanpipe-" in folder
    assert not Path(folder).exists()
