"""Progress of a run on standard error: a bar on a terminal, a few lines in a log.

Progress is a remark: where standard error cannot be written, training continues without it.
"""

import contextlib
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Self, TextIO

from harmonium.cli.output import ABOVE, unfailing
from harmonium.extras import need
from harmonium.runs.words import stage_name

__all__ = ["Progress"]

_PAUSE, _LONGEST, _SHARE = 10.0, 600.0, 0.05
"""Seconds between two lines of a log: at least, at most, and as a share of the time so far."""


class Progress:
    """Shows the state that a run passes on after every update; a context manager.

    On a terminal it is a bar that stays in one place, for the stage that is running. Elsewhere it
    is a line when a trial starts, and lines that follow each other ever more slowly: after 10
    seconds at first, after 10 minutes in long runs.

    Args:
        stream: where to write; None: standard error.
        quiet: writes nothing.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        given = sys.stderr if stream is None else stream
        self.stream = None if quiet or given is None else unfailing(given)
        self.live = self.stream is not None and _is_terminal(self.stream)
        self._bar: Any = None
        self._task: Any = None
        self._stage: tuple[object, ...] = ()
        self._trial: object = None
        self._began = self._written = time.monotonic()

    def __enter__(self) -> Self:
        """Shows nothing before the first stage starts."""
        return self

    def __exit__(self, *error: object) -> None:
        """Removes the bar."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            ABOVE.set(None)

    def begin(self, state: Mapping[str, Any]) -> None:
        """Before the first update of a stage."""
        self(state)

    def __call__(self, state: Mapping[str, Any]) -> None:
        """After an update.

        Args:
            state: "trial", "trials", "stage", "findings", "epoch", "epochs", "update", "updates".
        """
        if self.stream is None:
            return
        if self.live:
            self._show(state)
            return
        now = time.monotonic()
        pause = min(_LONGEST, max(_PAUSE, _SHARE * (now - self._began)))
        if state["trial"] != self._trial or now - self._written >= pause:
            self._trial, self._written = state["trial"], now
            self.stream.write(f"{_words(state)}{_findings(state)}\n")
            self.stream.flush()

    def _show(self, state: Mapping[str, Any]) -> None:
        if self._bar is None:
            self._bar = _bar(self.stream)
            self._bar.start()
            self._bar.console.show_cursor(show=True)  # a killed process could not bring it back
            ABOVE.set(self._print)
        text = f"{_words(state)}{_findings(state)}"
        stage = (state["trial"], state["stage"])
        if stage != self._stage:
            if self._task is not None:
                self._bar.remove_task(self._task)
            whole = state["updates"] if state["updates"] > 1 else None  # unknown: a moving bar
            left = "" if whole is None else "left:"
            self._task = self._bar.add_task(text, total=whole, left=left)
            self._stage = stage
        self._bar.update(self._task, completed=state["update"], description=text)

    def _print(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn there."""
    with contextlib.suppress(OSError, ValueError):
        return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    return False


def _bar(stream: object) -> Any:  # noqa: ANN401
    """A bar that leaves nothing behind."""
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
    """Trial, stage and epoch; what takes one step has no epochs."""
    trial = f"trial {state['trial'] + 1} of {state['trials']}: " if state["trials"] > 1 else ""
    epoch = f", epoch {state['epoch']} of {state['epochs']}" if state["updates"] > 1 else ""
    return f"{trial}{stage_name(state['stage'])}{epoch}"


def _findings(state: Mapping[str, Any]) -> str:
    """The number of findings so far, of a run that reports them at its end."""
    count = state["findings"] if state["trials"] > 1 else 0
    return f" ({count} warning{'s' if count > 1 else ''} so far)" if count else ""
