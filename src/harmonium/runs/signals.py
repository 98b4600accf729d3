"""Ctrl-C and SIGTERM: finish the update, save, stop; a second one stops at once."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

__all__ = ["Interrupted", "Interruption", "interruptible"]


class Interrupted(KeyboardInterrupt):
    """The run was asked to stop, and everything is saved."""


@dataclass
class Interruption:
    """Which signal asked to stop; empty: none."""

    asked: str = ""


@contextmanager
def interruptible(*, patient: bool = False) -> Iterator[Interruption]:
    """Within it the first signal only asks; outside of the main thread there are no signals.

    The second one raises KeyboardInterrupt, unless ``patient``: a launcher of several processes
    passes on one signal twice. The handlers that were there come back at the end.
    """
    found = Interruption()

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        if found.asked and patient:
            return
        if found.asked:
            raise KeyboardInterrupt
        found.asked = signal.Signals(number).name
        sys.stderr.write(f"{found.asked}: stopping after this update; again to stop at once\n")

    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
