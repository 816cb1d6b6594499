import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scanpipe.reading import crews, nursery, workers
from scanpipe.reading.crews import LocalCrew
from scanpipe.reading.nursery import READERS
from scanpipe.reading.processes import ONE_THREAD, worker_to_be
from scanpipe.reading.workers import Task, in_order

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and /proc are POSIX's")

KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"
HANGING = "__import__('threading').Event().wait()"

# Jobs are expressions, with parts between semicolons: a worker can look `eval` up by its name.
TASK = Task(eval, lambda job: job.split("+"), lambda part: f"lost {part[:9]}")


def done(*jobs, count=2, folder=None, **limits):
    return list(in_order(jobs, TASK, LocalCrew(count, folder), **limits))


def test_results_come_in_the_order_of_the_jobs():
    jobs = [f"[{i}]+[{i} * 10]" for i in range(20)]
    assert done(*jobs, count=3) == [n for i in range(20) for n in (i, i * 10)]


def test_a_worker_that_is_killed_costs_only_what_killed_it():
    jobs = ["[0]+[1]", "[2]+[3]", f"[4]+{KILLED}+[5]", "[6]", "[7]+[8]", "[9]"]
    expected = [0, 1, 2, 3, 4, f"lost {KILLED[:9]}", 5, 6, 7, 8, 9]
    assert done(*jobs) == expected


def test_what_kills_a_worker_is_found_by_dividing_further_and_further():
    def halves(job):
        parts = job.split("+")
        middle = (len(parts) + 1) // 2
        return ["+".join(part) for part in (parts[:middle], parts[middle:]) if part]

    job = f"[0]+[1]+[2]+{KILLED}+[4]+[5]"
    assert list(in_order([job], replace(TASK, parts=halves), LocalCrew(1))) == [
        *(0, 1, 2),
        f"lost {KILLED[:9]}",
        *(4, 5),
    ]


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
    results = in_order(["[1]", *[HANGING] * 8], TASK, LocalCrew(1))
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
        list(in_order(jobs(), TASK, LocalCrew(2)))
    assert multiprocessing.active_children() == []


def test_what_workers_leave_behind_is_removed(tmp_path):
    (folder,) = done("[__import__('tempfile').mkdtemp()]", folder=tmp_path)
    assert Path(folder).parents[1] == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_workers_use_a_private_one_of_the_system():
    (folder,) = done("[__import__('tempfile').mkdtemp()]")
    assert "scanpipe-" in folder
    assert not Path(folder).exists()


def test_what_is_known_is_not_done_again_and_everything_else_is_told():
    told = []
    task = replace(
        TASK,
        known=lambda job: ["known"] if job == "[1]" else None,
        done=lambda job, results: told.append((job, results)),
    )
    assert list(in_order(["[0]", "[1]", "[2]"], task, LocalCrew(1))) == [0, "known", 2]
    assert told == [("[0]", [0]), ("[2]", [2])]


def test_with_everything_known_no_worker_is_started():
    task = replace(TASK, known=lambda job: [job])
    assert list(in_order([HANGING] * 20, task, LocalCrew(1))) == [HANGING] * 20


def test_workers_have_one_thread_and_their_parent_as_many_as_before(monkeypatch):
    for name in ONE_THREAD:
        monkeypatch.setenv(name, "7")
    before = dict(os.environ)
    (seen,) = done("[dict(__import__('os').environ)]", count=1)
    assert {name: seen[name] for name in ONE_THREAD} == ONE_THREAD
    assert dict(os.environ) == before


START_METHODS = [
    "spawn",
    pytest.param(
        "forkserver",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="a fork server is Linux's"),
    ),
]


@pytest.fixture(params=START_METHODS)
def start_method(request, monkeypatch):
    """Start workers as on Linux, and as elsewhere."""
    if request.param == "spawn":
        monkeypatch.setattr(nursery, "START_METHOD", "spawn")
        monkeypatch.setattr(crews, "NURSERY", nursery.Nursery())


@pytest.mark.usefixtures("start_method")
def test_a_worker_has_loaded_what_it_needs_before_there_is_work_and_not_pandas():
    """Pytesseract would load pandas, for nothing."""
    crew = LocalCrew(1, ahead=READERS)
    crew.begin()
    loaded = (
        "set(__import__('sys').modules) & {'scanpipe.reading.pipeline', 'pytesseract', 'pandas'}"
    )
    assert set(in_order([loaded], TASK, crew)) == {"scanpipe.reading.pipeline", "pytesseract"}


@pytest.mark.usefixtures("start_method")
def test_workers_are_replaced_however_they_are_started():
    jobs = ["[0]+[1]", f"[2]+{KILLED}+[3]", "[4]"]
    assert done(*jobs) == [0, 1, 2, f"lost {KILLED[:9]}", 3, 4]


SERVED = """
import os, resource
from scanpipe.reading.crews import LocalCrew
from scanpipe.reading.workers import Task, in_order
task = Task(eval, None, None)
busy = "[[sum(range(20_000_000)), __import__('os').getppid()]]"
first, second = LocalCrew(1), LocalCrew(1)
((_, server),) = in_order([busy], task, first)
os.kill(server, 0)
((_, same),) = in_order([busy], task, second)
print(server == same, os.path.exists(f"/proc/{server}"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > 0.2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a fork server is Linux's")
def test_the_fork_server_ends_with_the_last_crew_and_what_it_used_is_counted():
    """Else time(1) would see nothing of the work, and the server outlive the command."""
    done = subprocess.run([sys.executable, "-c", SERVED], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False", "True"], done.stderr


@pytest.mark.parametrize("temporary", ["x" * 120, "not-there"])
def test_workers_start_where_the_folder_for_temporary_files_is_of_no_use(tmp_path, temporary):
    """The socket of a fork server lies in it, and a socket's name must be short."""
    folder = tmp_path / temporary
    if temporary != "not-there":
        folder.mkdir()
    code = (
        "from scanpipe.reading.crews import LocalCrew\n"
        "from scanpipe.reading.workers import Task, in_order\n"
        "print(list(in_order(['[1]'], Task(eval, None, None), LocalCrew(1))))"
    )
    env = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout == "[1]\n", done.stderr


SLEEPER = "[__import__('subprocess').Popen(['sleep', '600']).pid]"


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def until_gone(*pids):
    patience = time.monotonic() + 5
    while any(map(is_alive, pids)) and time.monotonic() < patience:
        time.sleep(0.02)
    return not any(map(is_alive, pids))


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@linux
def test_what_a_worker_has_started_ends_with_it():
    results = in_order([SLEEPER, HANGING], TASK, LocalCrew(1))
    sleeper = next(results)
    assert is_alive(sleeper)
    results.close()
    assert until_gone(sleeper)


ORPHANS = f"""
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, under which tests may run, ignores it
from scanpipe.reading.crews import LocalCrew
from scanpipe.reading.workers import Task, in_order
task = Task(eval, None, None)
jobs = ["[__import__('os').getpid()]", {SLEEPER!r}, {HANGING!r}, {HANGING!r}]
for pid in in_order(jobs, task, LocalCrew(1)):
    print(pid, flush=True)
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_workers_and_what_they_have_started_do_not_outlive_a_parent_that_is_killed(number):
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        try:
            worker, sleeper = (int(parent.stdout.readline()) for _ in range(2))
            assert is_alive(worker)
            assert is_alive(sleeper)
            parent.send_signal(number)
            assert until_gone(worker, sleeper)
        finally:
            parent.kill()


@posix
def test_a_signal_that_comes_while_a_worker_is_begun_is_heard_afterwards():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with worker_to_be():
            signal.raise_signal(signal.SIGTERM)
            assert heard == []
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_script_that_every_process_would_run_anew_is_told_how_to_begin(tmp_path):
    """It ended in BrokenProcessPool, of which nobody could tell what it meant."""
    script = tmp_path / "mine.py"
    script.write_text(
        "from scanpipe.reading.crews import LocalCrew\n"
        "from scanpipe.reading.workers import Task, in_order\n"
        "task = Task(eval, lambda job: [job], lambda part: 0)\n"
        "print(list(in_order(['[1]'], task, LocalCrew(1))))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, encoding="utf-8", check=False
    )
    assert "WorkersError" in done.stderr.splitlines()[-2] + done.stderr.splitlines()[-1]
    assert done.stdout == ""
