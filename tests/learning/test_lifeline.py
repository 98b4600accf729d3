"""A process that ends is noticed while nothing is exchanged; one that leaves is not missed."""

import os
import queue
import signal
import threading
import time

import pytest

from harmonium.learning import lifeline
from harmonium.learning.lifeline import watching

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes begin by fork")


class Lost(Exception):
    """A process has ended."""


def pair(first, second):
    """Runs ``second`` in a process of its own; what ``first`` raised, and the other's number."""
    ports = os.pipe()

    def agreed(port):
        if port:
            os.write(ports[1], port.to_bytes(4, "big"))
            return port
        return int.from_bytes(os.read(ports[0], 4), "big")

    number = os.fork()
    if not number:
        try:
            with watching(1, 2, agreed=agreed, lost=lambda rank: Lost(f"process {rank}")):
                second()
        except BaseException:
            os._exit(3)
        os._exit(0)
    found = None
    try:
        with watching(0, 2, agreed=agreed, lost=lambda rank: Lost(f"process {rank}")):
            first(number)
    except Lost as error:
        found = error
    _, status = os.waitpid(number, 0)
    for end in ports:
        os.close(end)
    return found, status


def busy(_number=None):
    """Computes, and exchanges nothing, for a minute at most."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sum(range(1000))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(lifeline, "PATIENCE", 0.1)


def test_a_process_that_is_killed_is_noticed():
    def first(number):
        os.kill(number, signal.SIGKILL)
        busy()

    before = signal.getsignal(signal.SIGUSR2)
    found, _ = pair(first, busy)
    assert str(found) == "process 1"
    assert signal.getsignal(signal.SIGUSR2) is before


def test_the_first_that_fails_is_noticed_too():
    def first(number):
        raise Lost("of its own accord")

    found, status = pair(first, busy)
    assert str(found) == "of its own accord"
    assert os.waitstatus_to_exitcode(status) == 3


def test_who_leaves_or_is_paused_is_not_missed():
    def first(number):
        os.kill(number, signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(number, signal.SIGCONT)

    found, status = pair(first, lambda: None)
    assert (found, status) == (None, 0)
    found, status = pair(lambda number: time.sleep(1.5), lambda: None)
    assert (found, status) == (None, 0)


def test_where_nobody_can_connect_nobody_watches(monkeypatch):
    monkeypatch.setattr(lifeline, "_WAIT", 0.1)
    with watching(0, 2, agreed=lambda port: port, lost=lambda rank: Lost()):
        pass
    with watching(1, 2, agreed=lambda port: 1, lost=lambda rank: Lost()):
        pass


def test_another_thread_is_left_alone():
    seen = queue.Queue()

    def work():
        with watching(1, 2, agreed=lambda port: 1, lost=lambda rank: Lost()):
            seen.put("worked")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen.get_nowait() == "worked"
