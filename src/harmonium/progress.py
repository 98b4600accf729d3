"""Progress on standard error: a bar on a terminal or in a notebook, a few lines in a log.

If standard error cannot be written, training continues without progress.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Self, TextIO

from harmonium.extras import need
from harmonium.stream import unfailing

__all__ = ["ABOVE", "Progress"]

ABOVE: ContextVar[Callable[[str], object] | None] = ContextVar("ABOVE", default=None)
"""Function that prints a line above the current progress bar, or None."""

_PAUSE, _LONGEST, _SHARE = 10.0, 600.0, 0.05
"""Seconds between two lines of a log: minimum, maximum, and as a fraction of the time so far."""


class Progress:
    """Context manager that shows the progress of training after every update.

    On a terminal and in a notebook, it is a bar that stays in one place, for the current stage.
    Elsewhere it prints a line when a trial starts (or a stage, without trials), and further lines
    at growing intervals: 10 seconds at first, up to 10 minutes in long runs.

    Args:
        stream: where to write; None for standard error.
        quiet: write nothing.
        words: turns a state into a text; None shows "stage", "epoch" and "epochs".
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        quiet: bool = False,
        words: Callable[[Mapping[str, Any]], str] | None = None,
    ) -> None:
        given = sys.stderr if stream is None else stream
        self.stream = None if quiet or given is None else unfailing(given)
        self.notebook = self.stream is not None and stream is None and _in_notebook()
        self.live = self.notebook or (self.stream is not None and _is_terminal(self.stream))
        self.words = words or _words
        self._bar: Any = None
        self._task: Any = None
        self._stage: tuple[object, ...] = ()
        self._trial: object = None
        self._began = self._written = time.monotonic()

    def __enter__(self) -> Self:
        """Starts; the first stage will be shown when it begins."""
        return self

    def __exit__(self, *error: object) -> None:
        """Removes the bar."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            ABOVE.set(None)

    def begin(self, state: Mapping[str, Any]) -> None:
        """Shows a stage before its first update."""
        self(state)

    def __call__(self, state: Mapping[str, Any]) -> None:
        """Shows the state after an update.

        Args:
            state: "stage", "epoch", "epochs", "update", "updates"; for a run also "trial", and the
                keys that ``words`` needs.
        """
        if self.stream is None:
            return
        if self.live:
            self._show(state)
            return
        now = time.monotonic()
        pause = min(_LONGEST, max(_PAUSE, _SHARE * (now - self._began)))
        trial = state.get("trial", state["stage"])
        if trial != self._trial or now - self._written >= pause:
            self._trial, self._written = trial, now
            self.stream.write(f"{self.words(state)}\n")
            self.stream.flush()

    def _show(self, state: Mapping[str, Any]) -> None:
        if self._bar is None:
            self._bar = _bar(None if self.notebook else self.stream)
            self._bar.start()
            self._bar.console.show_cursor(show=True)  # a killed process cannot restore the cursor
            ABOVE.set(self._print)
        text = self.words(state)
        stage = (state.get("trial"), state["stage"])
        if stage != self._stage:
            if self._task is not None:
                self._bar.remove_task(self._task)
            whole = state["updates"] if state["updates"] > 1 else None  # unknown: a moving bar
            left = "" if whole is None else "left:"
            self._task = self._bar.add_task(text, total=whole, left=left)
            self._stage = stage
        self._bar.update(self._task, completed=state["update"], description=text)

    def _print(self, text: str) -> None:
        """Prints a line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn on a stream."""
    with contextlib.suppress(OSError, ValueError):
        return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    return False


def _in_notebook() -> bool:
    """Whether this is a notebook kernel whose cells can show a bar."""
    return "ipykernel" in sys.modules and bool(need("rich.console").Console().is_jupyter)


def _bar(stream: object) -> Any:  # noqa: ANN401
    """Makes a bar that is removed at its end; in a notebook it is below the cell."""
    rich = need("rich.progress")
    console = need("rich.console").Console(file=stream, highlight=False)
    columns = [
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(bar_width=24),
        rich.TimeElapsedColumn(),
        rich.TextColumn("{task.fields[left]}"),
        rich.TimeRemainingColumn(),
    ]
    return rich.Progress(
        *columns,
        console=console,
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _words(state: Mapping[str, Any]) -> str:
    return f"{state['stage']}, epoch {state['epoch']} of {state['epochs']}"
