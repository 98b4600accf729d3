"""Downloads against a server of our own that breaks off, lies, or knows no ranges."""

import contextlib
import gzip
import hashlib
import threading
import warnings
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harmonium.catalogue.known import KNOWN
from harmonium.data import download
from harmonium.data.download import get

CONTENTS = {name: name.encode() * 5000 for name in ("one", "two")}
PACKED = {f"/{name}.gz": gzip.compress(value) for name, value in CONTENTS.items()}


class Server(ThreadingHTTPServer):
    """Sends PACKED; `requests` are path and Range header of what was asked for."""

    ranges = True  # whether it knows them
    most: int | None = None  # bytes after which it breaks off
    files = PACKED
    status = 200
    lengths = True
    pace: threading.Event | None = None  # after which it answers
    drip: float | None = None  # seconds between bytes that never end

    def __init__(self):
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.headers.get("Range")
        server = self.server
        server.requests.append((self.path, asked))
        self.close_connection = True
        if server.pace is not None:
            server.pace.wait()
        if server.status != 200:
            return self.send_error(server.status)
        body = server.files.get(self.path)
        if body is None:
            return self.send_error(404)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked and server.ranges:
            if start >= len(body):
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            start = 0
            self.send_response(200)
        if server.lengths:
            self.send_header("Content-Length", str(len(body) - start))
        self.send_header("Connection", "close")
        self.end_headers()
        end = None if server.most is None else start + server.most
        if server.drip is None:
            self.wfile.write(body[start:end])
            return None
        with contextlib.suppress(OSError):  # whoever asked has gone
            while not server.over.wait(server.drip):
                self.wfile.write(b"x")
                self.wfile.flush()
        return None

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setattr(download, "_PAUSE", 0)
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", tmp_path / "system")
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        files = {
            name: hashlib.md5(value, usedforsecurity=False).hexdigest()
            for name, value in CONTENTS.items()
        }
        url = f"http://127.0.0.1:{server.server_port}/"
        toy = replace(KNOWN["mnist"], title="Toy", files=files, url=url)
        monkeypatch.setitem(KNOWN, "toy", toy)
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def whole(folder):
    found = {path.name: gzip.decompress(path.read_bytes()) for path in folder.iterdir()}
    return found == {f"{name}.gz": value for name, value in CONTENTS.items()}


def test_files_are_fetched_once_into_the_cache(server, tmp_path):
    folder = tmp_path / "cache" / "harmonium" / "toy"
    assert get("toy") == str(folder)
    assert whole(folder)
    assert get("toy") == str(folder)
    assert server.requests == [("/one.gz", None), ("/two.gz", None)]


def test_a_given_directory_is_filled_and_files_in_it_are_kept(server, tmp_path):
    get("toy", tmp_path / "here")
    assert whole(tmp_path / "here")
    get("toy", tmp_path / "here")
    assert len(server.requests) == 2


def test_progress_is_told(server, tmp_path):
    told = []
    get("toy", tmp_path, progress=lambda *news: told.append(news))
    sizes = {path[1:]: len(body) for path, body in PACKED.items()}
    assert told[-1] == ("two.gz", sizes["two.gz"], sizes["two.gz"])
    assert ("one.gz", sizes["one.gz"], sizes["one.gz"]) in told


def test_a_broken_connection_is_taken_up_where_it_ended(server, tmp_path):
    size = len(PACKED["/one.gz"])
    server.most = size // 2 + 1
    get("toy", tmp_path / "here")
    assert whole(tmp_path / "here")
    assert server.requests[:2] == [("/one.gz", None), ("/one.gz", f"bytes={server.most}-")]


def test_a_later_call_takes_up_what_an_earlier_one_left(server, tmp_path):
    server.most = 10
    with pytest.raises(ConnectionError, match="the connection broke 5 times"):
        get("toy", tmp_path / "here")
    (part,) = (tmp_path / "here").iterdir()
    assert part.read_bytes() == PACKED["/one.gz"][:50]
    server.most = None
    get("toy", tmp_path / "here")
    assert whole(tmp_path / "here")
    assert ("/one.gz", "bytes=50-") in server.requests


@pytest.mark.parametrize("extra", [0, 7])
def test_a_part_that_was_whole_already_is_checked(server, tmp_path, extra):
    (tmp_path / "one.gz.part").write_bytes(PACKED["/one.gz"] + bytes(extra))
    get("toy", tmp_path)
    assert gzip.decompress((tmp_path / "one.gz").read_bytes()) == CONTENTS["one"]


def test_a_server_without_ranges_sends_all_again(server, tmp_path):
    (tmp_path / "one.gz.part").write_bytes(PACKED["/one.gz"][:20])
    server.ranges = False
    get("toy", tmp_path)
    assert whole(tmp_path)


def test_a_server_that_tells_no_length_is_believed_after_the_check(server, tmp_path):
    server.lengths = False
    get("toy", tmp_path)
    assert whole(tmp_path)


@pytest.mark.parametrize(
    "wrong", [gzip.compress(b"other"), b"<html>", b""], ids=["other", "a page", "nothing"]
)
def test_wrong_bytes_leave_nothing(server, tmp_path, wrong):
    server.files = PACKED | {"/one.gz": wrong}
    with pytest.raises(ValueError, match=r"/one.gz is not the published file, and was removed"):
        get("toy", tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_a_file_that_is_there_but_wrong_is_refused_and_kept(server, tmp_path):
    (tmp_path / "two").write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"two: MD5 .* altered or unknown file.*Toy, two has"):
        get("toy", tmp_path)
    assert (tmp_path / "two").read_bytes() == b"mine"


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (503, 5)])
def test_refusals_name_the_files_to_bring_by_hand(server, tmp_path, status, asked):
    server.status = status
    with pytest.raises(ConnectionError) as caught:
        get("toy", tmp_path)
    url = KNOWN["toy"].url
    for part in (str(status), f"{url}one.gz", f"{url}two.gz", f"put them into {tmp_path}"):
        assert part in str(caught.value)
    assert len(server.requests) == asked


def test_without_a_network_the_message_comes_at_once(server, tmp_path, monkeypatch):
    gone = replace(KNOWN["toy"], url="http://127.0.0.1:9/")
    monkeypatch.setitem(KNOWN, "toy", gone)
    monkeypatch.setattr(download.time, "sleep", lambda _: pytest.fail("it must not wait"))
    with pytest.raises(ConnectionError, match=r"Toy could not be fetched .*refused"):
        get("toy", tmp_path)


def test_an_endless_file_is_cut_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_MOST", 10)
    server.files = {"/one.gz": bytes(1000)}
    with pytest.raises(ValueError, match="one.gz is not the published .*more than 10 bytes came"):
        get("toy", tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_proxies_of_the_environment_are_used(server, tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "toy", replace(KNOWN["toy"], url="http://data.invalid/"))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    server.files = {f"http://data.invalid{path}": body for path, body in PACKED.items()}
    get("toy", tmp_path / "here")
    assert whole(tmp_path / "here")


def test_sets_that_cannot_be_fetched_say_what_to_do(server):
    assert get("digits") == "in sklearn"
    with pytest.raises(ValueError, match="Frey faces cannot be fetched: bring freyfaces.npz: S."):
        get("frey_faces")
    with pytest.raises(ValueError, match="did you mean 'mnist'"):
        get("mnits")


@pytest.mark.parametrize("lengths", [True, False])
def test_a_mirror_that_drips_for_ever_is_given_up_and_what_came_is_kept(
    server, monkeypatch, tmp_path, lengths
):
    monkeypatch.setattr(download, "_TIMEOUT", 0.2)
    server.drip, server.lengths = 0.01, lengths
    with pytest.raises(
        ConnectionError, match=r"bytes came in 0.2 seconds; at least 1024 a second"
    ):
        get("toy", tmp_path)
    assert len(server.requests) == 1
    size = (tmp_path / "one.gz.part").stat().st_size
    assert 0 < size < 1000
    server.over.wait(0.1)
    assert (tmp_path / "one.gz.part").stat().st_size == size


def test_a_mirror_is_given_up_after_an_hour_however_fast(server, monkeypatch, tmp_path):
    monkeypatch.setattr(download, "_TIMEOUT", 0.05)
    monkeypatch.setattr(download, "_PACE", 0)
    monkeypatch.setattr(download, "_LONGEST", 0.1)
    server.drip = 0.01
    with pytest.raises(ConnectionError, match=r"one.gz: not whole after 0.1 seconds"):
        get("toy", tmp_path)


@pytest.mark.parametrize("good", [True, False])
def test_of_several_processes_one_fetches_and_the_others_wait(server, tmp_path, good):
    server.pace = threading.Event()
    if not good:
        server.files = {name: gzip.compress(b"another") for name in PACKED}
    found = []

    def fetch():
        try:
            found.append(get("toy", tmp_path))
        except ValueError as error:
            found.append(str(error))

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        threads = [threading.Thread(target=fetch) for _ in range(3)]
        for thread in threads:
            thread.start()
        server.over.wait(0.3)  # all have come
        server.pace.set()
        for thread in threads:
            thread.join()
    assert [
        str(w.message) for w in said if "another process fetches it; waiting" in str(w.message)
    ]
    if good:
        assert found == [str(tmp_path)] * 3
        assert whole(tmp_path)
        assert [path for path, _ in server.requests] == ["/one.gz", "/two.gz"]
    else:
        assert all("is not the published file" in words for words in found)
        assert list(tmp_path.iterdir()) == []
