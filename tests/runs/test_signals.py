"""The first signal asks, the second stops; handlers come back; other threads have none."""

import errno
import os
import signal
import sys
import threading

import pytest

from harmonium.runs.signals import Interrupted, interruptible


def test_a_terminal_that_closes_asks_and_never_stops_at_once(capsys):
    """It sends its signal more than once, and what is written then cannot be read."""
    with interruptible() as found:
        os.kill(os.getpid(), signal.SIGHUP)
        assert found.asked == "SIGHUP"
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
    with interruptible() as found:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
        assert found.asked == "SIGTERM"


def test_under_nohup_a_terminal_may_close():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible() as found:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not found.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_is_gone_does_not_stop_the_saving(monkeypatch):
    class Gone:
        def write(self, text):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    with interruptible() as found:
        os.kill(os.getpid(), signal.SIGINT)
        assert found.asked == "SIGINT"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_asks_and_the_second_stops(number, capsys):
    before = signal.getsignal(number)
    with interruptible() as found:
        assert not found.asked
        os.kill(os.getpid(), number)
        assert found.asked == number.name
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
    assert (
        capsys.readouterr().err
        == f"{number.name}: stopping after this update; again to stop at once\n"
    )


def test_handlers_come_back_after_an_error():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(LookupError), interruptible():
        raise LookupError
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_is_left_alone():
    seen = []

    def work():
        with interruptible() as found:
            seen.append(found.asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [""]


def test_whoever_catches_ctrl_c_catches_this():
    assert issubclass(Interrupted, KeyboardInterrupt)
