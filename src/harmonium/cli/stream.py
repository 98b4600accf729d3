"""Standard error that never ends a run: progress and remarks are not worth a lost training."""

import contextlib
from typing import Any, TextIO

__all__ = ["Unfailing"]


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
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes, if it can."""
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether somebody may be watching."""
        try:
            return self._stream is not None and self._stream.isatty()
        except (OSError, ValueError):
            return False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """All else is the stream's."""
        return getattr(self._stream, name)
