"""Standard error that never ends a run: progress and remarks are not worth a lost training."""

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any, TextIO, cast

__all__ = ["Unfailing", "unfailing"]

_GONE = (errno.EPIPE, errno.EIO, errno.EBADF)
"""Errors of a stream whose other end will not come back: a closed terminal, a closed pipe."""


class Unfailing:
    """A stream of text that goes on where the one below it fails.

    A terminal that was closed, a pipe whose reader is gone, or a log on a full disk fails with
    every write. What is written then is lost, and nothing else.

    Args:
        stream: where the text goes; None, as Python has it without a standard error: nowhere.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes, if it can."""
        with self._dropped():
            if self._stream is not None:
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes, if it can."""
        with self._dropped():
            if self._stream is not None:
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether somebody may be watching."""
        try:
            return self._stream is not None and self._stream.isatty()
        except (OSError, ValueError):
            return False

    @contextlib.contextmanager
    def _dropped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _GONE:
                self._to_nowhere()
        except ValueError:  # it is closed
            pass

    def _to_nowhere(self) -> None:
        """Otherwise what is buffered would make the interpreter's end fail."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """All else is the stream's."""
        return getattr(self._stream, name)


def unfailing(stream: TextIO) -> TextIO:
    """A stream for remarks: what cannot be written is dropped, and nothing is raised."""
    return cast(TextIO, stream if isinstance(stream, Unfailing) else Unfailing(stream))
