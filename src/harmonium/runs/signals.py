"""Ctrl-C, SIGTERM and SIGHUP: finish the update, save and stop; a second signal stops at once."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

__all__ = ["Interrupted", "Interruption", "interruptible"]


class Interrupted(KeyboardInterrupt):
    """The run was asked to stop by a signal; everything is saved."""


@dataclass
class Interruption:
    """Name of the signal that asked to stop; empty if there was none."""

    asked: str = ""


@contextlib.contextmanager
def interruptible(*, patient: bool = False) -> Iterator[Interruption]:
    """Context in which the first signal only requests a stop; it acts in the main thread only.

    A second signal raises KeyboardInterrupt, unless ``patient``: a launcher of several processes
    may pass the same signal on twice. SIGHUP, which a closing terminal may send twice, never
    raises, and is left alone where it is ignored, as under ``nohup``. The previous handlers are
    restored at the end.
    """
    interruption = Interruption()

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        name = signal.Signals(number).name
        if interruption.asked and (patient or _HANG_UP in (name, interruption.asked)):
            return
        if interruption.asked:
            raise KeyboardInterrupt
        interruption.asked = name
        with contextlib.suppress(OSError, ValueError, AttributeError):  # terminal may be closed
            sys.stderr.write(f"{name}: stopping after this update; again to stop at once\n")

    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {s: signal.signal(s, ask) for s in _asking()}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_HANG_UP = "SIGHUP"


def _asking() -> list[signal.Signals]:
    signals = [signal.SIGINT, signal.SIGTERM]
    hang_up = getattr(signal, _HANG_UP, None)  # Windows has no SIGHUP
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        signals.append(hang_up)
    return signals
