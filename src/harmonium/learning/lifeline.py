"""Detects within seconds that another process of a run has ended, even between exchanges.

A process that trains notices the end of another one at its next exchange of gradients. A process
that evaluates or reads data may exchange nothing for minutes. So each process keeps a network
connection to the first one. The system closes it when a process ends for any reason, and leaves it
open if a process is only slow or paused.
"""

import contextlib
import os
import selectors
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

__all__ = ["watching"]

PATIENCE = 3.0
"""Seconds in which a process may detect the end of another one at an exchange."""

_WAIT = 10.0
"""Seconds in which all processes must connect; otherwise there is no detection."""

_LEAVES = b"."
"""Sent by a process that leaves the run normally."""


@contextlib.contextmanager
def watching(
    rank: int, size: int, *, agreed: Callable[[int], int], lost: Callable[[int], Exception]
) -> Iterator[None]:
    """A context in which the main thread gets an exception soon after another process ends.

    Args:
        rank: number of this process.
        size: number of processes.
        agreed: function that sends a number of the first process to all.
        lost: function from the rank of the process that ended to the exception.
    """
    main = threading.current_thread() is threading.main_thread()
    lines = _connected(rank, size, agreed=agreed)
    if not lines or not main or not hasattr(signal, "pthread_kill"):
        _close(lines)
        yield
        return
    watch = _Watch(lines, lost)
    before = signal.signal(signal.SIGUSR2, watch.interrupt)
    threading.Thread(target=watch.look, daemon=True).start()
    try:
        yield
        for line in lines.values():
            with contextlib.suppress(OSError):
                line.send(_LEAVES)
    finally:
        watch.left.set()
        signal.signal(signal.SIGUSR2, before)
        _close(lines)


class _Watch:
    """Monitors the connections to other processes, rank -> connection."""

    def __init__(
        self, lines: Mapping[int, socket.socket], lost: Callable[[int], Exception]
    ) -> None:
        self.left = threading.Event()
        self._lines = lines
        self._lost = lost
        self._ended = 0

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Signal handler, called in the main thread: raises the exception."""
        del number, frame
        if not self.left.is_set():
            raise self._lost(self._ended)

    def look(self) -> None:
        """Runs in a separate thread until all processes have left or one has ended."""
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            for rank, line in self._lines.items():
                selector.register(line, selectors.EVENT_READ, rank)
            while selector.get_map() and not self.left.is_set():
                for key, _ in selector.select(timeout=1.0):
                    if self._received(key.fileobj) == _LEAVES:
                        selector.unregister(key.fileobj)
                        continue
                    self._ended = key.data
                    if not self.left.wait(PATIENCE):
                        main = threading.main_thread().ident
                        signal.pthread_kill(main or 0, signal.SIGUSR2)
                    return

    @staticmethod
    def _received(line: object) -> bytes:
        assert isinstance(line, socket.socket)
        try:
            return line.recv(1)
        except OSError:
            return b""


def _connected(rank: int, size: int, *, agreed: Callable[[int], int]) -> dict[int, socket.socket]:
    """Connections to other processes by their rank; empty if any connection fails."""
    if rank:
        port = agreed(0)
        with contextlib.suppress(OSError):
            host = os.environ.get("MASTER_ADDR", "localhost")
            line = socket.create_connection((host, port), timeout=_WAIT)
            line.sendall(rank.to_bytes(4, "big"))
            line.settimeout(None)
            return {0: line}
        return {}
    lines: dict[int, socket.socket] = {}
    with socket.socket() as door:
        door.bind(("", 0))
        door.listen(size)
        door.settimeout(_WAIT)
        agreed(door.getsockname()[1])
        try:
            while len(lines) < size - 1:
                line, _ = door.accept()
                line.settimeout(_WAIT)
                lines[int.from_bytes(line.recv(4), "big")] = line
                line.settimeout(None)
        except OSError:
            _close(lines)
            return {}
    return lines


def _close(lines: Mapping[int, socket.socket]) -> None:
    for line in lines.values():
        line.close()
