"""Who is let in: this computer's own page, opened by its address, and nobody else."""

import re
import socket
import threading
import urllib.request

import pytest

from scanpipe.errors import OutputError, UsageError
from scanpipe.reviewing import ReviewServer

TOKEN = "a-token-for-tests"  # noqa: S105
OWN = "http://127.0.0.1:4321"


@pytest.mark.parametrize("host", ["evil.example:4321", "127.0.0.1:80", "127.0.0.1", "0.0.0.0:4321"])
def test_another_name_for_this_computer_is_refused(window, host):
    answer = window.client.get(f"/{TOKEN}/end", headers={"Host": host})
    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "a-token-for-test", TOKEN + "x", "æøå"])
def test_an_address_without_the_token_is_refused_whatever_it_names(window, token):
    for path in ("", "end", "slip/bcd-003-1", "picture/bcd-003-1.png", "static/review.js"):
        assert window.client.get(f"{OWN}/{token}/{path}").status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:4321", None])
def test_what_another_page_posts_is_refused(window, reviewed, origin):
    before = reviewed.csv.read_bytes()
    data = {"rating": "1", "seen": window.version("bcd-003-1")}
    assert window.post("slip/bcd-003-1", data, origin=origin).status_code == 403
    assert window.post("apply", origin=origin).status_code == 403
    assert reviewed.csv.read_bytes() == before


def test_what_the_browser_calls_cross_site_is_refused(window):
    headers = {"Origin": OWN, "Sec-Fetch-Site": "cross-site"}
    assert window.client.post(f"{OWN}/{TOKEN}/apply", headers=headers).status_code == 403


def test_nothing_is_changed_by_looking(window, reviewed):
    before = reviewed.csv.read_bytes()
    for path in ("slip/bcd-003-1?rating=1&seen=x", "end", "state", ""):
        window.get(path)
    assert window.get("apply").status_code == 405
    assert reviewed.csv.read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "../run.json",
        "..%2Frun.json",
        "%2e%2e/run.json",
        "bcd-001-1.png",
        "..%5Crun.json",
        "bcd-003-1.png/../../run.json",
        "%00.png",
    ],
)
def test_no_path_leads_anywhere_but_to_the_pictures_of_the_run(window, name):
    for place in ("picture", "earlier", "static", "slip"):
        answer = window.client.get(f"{OWN}/{TOKEN}/{place}/{name}")
        assert answer.status_code in (303, 404)


def test_a_picture_that_is_a_link_is_not_followed(window, reviewed, tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    crop = reviewed.path / "crops" / "bcd-003-1.png"
    crop.unlink()
    try:
        crop.symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")
    assert b"secret" not in window.get("picture/bcd-003-1.png").data


def test_what_people_wrote_is_shown_as_text(window, reviewed):
    text = reviewed.csv.read_text("utf-8-sig")
    reviewed.csv.write_text(
        text.replace("overvote;P2;;;;", "overvote;P2;;<b>9;<script>alert(1)</script>"), "utf-8-sig"
    )
    page = window.get("slip/bcd-003-1", parts=False).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>9" not in page
    assert len(re.findall("<script", page)) == 1  # our own


def test_the_page_may_load_nothing_but_its_own_and_runs_no_script_in_line(window):
    answer = window.get("slip/bcd-003-1", parts=False)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<[^>]* (on\w+|style)=", answer.text)
    addresses = re.findall(r'(?:src|href|action)="([^"]+)"', answer.text)
    assert addresses
    assert all(address.startswith((f"/{TOKEN}/", "#")) for address in addresses)


def test_every_answer_forbids_frames_and_is_kept_nowhere(window):
    for answer in (window.get("end"), window.client.get(f"{OWN}/wrong/"), window.get("nothing")):
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_too_much_is_not_listened_to(window):
    assert window.post("slip/bcd-003-1", {"rating": "x" * 100_000}).status_code == 413


@pytest.fixture
def running(reviewed):
    server = ReviewServer(reviewed.path)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(5)


def test_it_listens_on_this_computer_only_and_answers_through_a_real_socket(running):
    assert running.address.startswith(f"http://127.0.0.1:{running.port}/")
    token = running.address.split("/")[3]
    assert len(token) >= 32
    with urllib.request.urlopen(running.address) as answer:  # noqa: S310
        assert "bcd-003-1" in answer.read().decode()
        assert "Server" not in answer.headers
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as raw:
        request = f"GET /{token}/end HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        raw.sendall(request.encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 403 ")
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with pytest.raises(OSError):  # noqa: PT011
            socket.create_connection((own, running.port), timeout=1)


def test_two_servers_have_different_tokens(reviewed):
    servers = [ReviewServer(reviewed.path) for _ in range(2)]
    assert servers[0].address.split("/")[3] != servers[1].address.split("/")[3]
    for server in servers:
        server.close()


def test_a_port_that_is_taken_is_said(running, reviewed):
    with pytest.raises(UsageError, match="cannot be used"):
        ReviewServer(reviewed.path, running.port)


def test_a_folder_without_a_run_is_said(tmp_path):
    with pytest.raises(OutputError, match=r"holds no run\.json"):
        ReviewServer(tmp_path)
