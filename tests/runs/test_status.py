"""What a status file may say, and whether the process that wrote it is still there."""

import json
import os
import socket

import pytest

from harmonium.runs import directory
from harmonium.runs.directory import locked, write_json
from harmonium.runs.status import at_work, new_status, read_status, seconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"format": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "a list, not a mapping"),
        ("null", "a NoneType, not a mapping"),
        ("5", "a int, not a mapping"),
        ("NaN", "a float, not a mapping"),
        ("{}", "status is None"),
        ('{"status": ["done"]}', r"status is \['done'\]"),
        ('{"status": "x"}', "status is 'x'"),
        ('{"status": "done", "format": "x"}', "format is 'x'"),
        ('{"status": "done", "format": 99}', "format 99, but .* up to 1; upgrade"),
        ('{"status": "done", "started": 5}', "started is 5"),
        ('{"status": "done", "ended": "soon"}', "ended is 'soon'"),
        ('{"status": "done", "started": "2026-01-01T00:00:00"}', "started is '2026"),
        ('{"status": "done", "reason": {}}', "reason is {}"),
        ('{"status": "done", "host": 1}', "host is 1"),
        ('{"status": "done", "pid": "1"}', "pid is '1'"),
        ('{"status": "done", "run": []}', r"run is \[\]"),
        ('{"status": "done", "created": "x"}', "created is 'x'"),
    ],
)
def test_what_no_run_writes_is_refused(text, words, tmp_path):
    place = tmp_path / "status.json"
    place.write_text(text)
    with pytest.raises(ValueError, match=words) as failure:
        read_status(place)
    assert str(tmp_path) in str(failure.value)


def test_bytes_that_are_no_text_and_files_that_are_too_large(tmp_path, monkeypatch):
    place = tmp_path / "status.json"
    place.write_bytes(b"\xff\xfe\0")
    with pytest.raises(ValueError, match=r"status.json: not JSON"):
        read_status(place)
    monkeypatch.setattr(directory, "LARGEST", 2)
    with pytest.raises(ValueError, match=r"status.json: larger than 0 MiB"):
        read_status(place)


def test_what_a_run_writes_is_read(tmp_path):
    place = tmp_path / "status.json"
    first = new_status({}, "running", reason=None)
    assert read_status(write_json(place, first)) == first
    second = new_status(first, "done", reason=None)
    assert read_status(write_json(place, second)) == second
    assert second["ended"] is not None
    for name in ("run", "created", "started"):
        assert second[name] == first[name]
    old = {"status": "done", "format": 1, "started": "2026-11-25T09:31:33+0000"}
    assert new_status(old, "running", reason=None)["run"] is None, "an old run gets no name later"


def test_the_lock_tells_whether_a_process_is_at_work(tmp_path):
    mine = new_status({}, "running", reason=None)
    assert at_work(tmp_path, mine)
    for other in ({"process": f"{os.getpid()}-before"}, {"process": "9", "host": "elsewhere"}):
        assert not at_work(tmp_path, {**mine, **other})
        with locked(tmp_path):
            assert at_work(tmp_path, {**mine, **other})


def test_without_locks_the_process_is_looked_for(tmp_path, monkeypatch):
    (tmp_path / "lock").touch()
    monkeypatch.setattr(directory, "fcntl", None)
    here = {"process": "another", "host": socket.gethostname()}
    assert at_work(tmp_path, {**here, "pid": os.getpid()})
    number = os.fork()
    if not number:
        os._exit(0)
    os.waitpid(number, 0)
    assert not at_work(tmp_path, {**here, "pid": number})
    assert at_work(tmp_path, {"process": "another", "host": "elsewhere", "pid": number})


def test_a_status_is_plain_json(tmp_path):
    assert json.loads(json.dumps(new_status({}, "failed", reason="x")))["reason"] == "x"


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        ("2026-01-01T10:00:00+00:00", "2026-01-01T11:00:30+01:00", 30.0),
        ("2026-01-01T10:00:00", "2026-01-01T09:00:00", None),  # the clock was set back
        ("2026-01-01T10:00:00+00:00", "2026-01-01T11:00:00", None),  # one without a time zone
        ("2026-01-01T10:00:00", None, None),
        ("yesterday", "2026-01-01T10:00:00", None),
    ],
)
def test_how_long_a_run_took(began, ended, expected):
    assert seconds({"started": began, "ended": ended}) == expected
