"""Standard error whose failures never end a run, since it carries only progress and messages."""

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any, TextIO, cast

__all__ = ["Unfailing", "unfailing"]

_GONE = (errno.EPIPE, errno.EIO, errno.EBADF)
"""Errors of a stream whose other end is gone for good: a closed terminal, a closed pipe."""


class Unfailing:
    """A text stream that ignores failures of the stream below.

    Writing to a closed terminal, to a pipe without reader, or to a log on a full disk fails every
    time. The text is lost, and the program continues.

    Args:
        stream: destination of the text; None, as in Python without standard error, discards it.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes the text if possible."""
        with self._dropped():
            if self._stream is not None:
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes the stream if possible."""
        with self._dropped():
            if self._stream is not None:
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
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
        except ValueError:  # stream is closed
            pass

    def _to_nowhere(self) -> None:
        """Sends buffered text to the null device; otherwise the interpreter's exit would fail."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Passes all other attributes to the stream."""
        return getattr(self._stream, name)


def unfailing(stream: TextIO) -> TextIO:
    """Wraps a stream so that text that cannot be written is dropped without an error."""
    return cast(TextIO, stream if isinstance(stream, Unfailing) else Unfailing(stream))
