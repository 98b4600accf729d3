"""How far a run is, on standard error: one line that moves, or few lines in a log."""

import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from harmonium.cli.output import CLEAR

__all__ = ["Progress"]

_BLINK, _PAUSE = 0.1, 10.0  # seconds between two looks: on a terminal, in a log
_WIDTH = 24


class Progress:
    """Called after every update with "trial", "stage", "epoch", "epochs", "update", "updates".

    On a terminal it rewrites one line. Elsewhere it writes a line when a stage begins, and then
    at most one per epoch and one in ten seconds.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.live = self.stream.isatty()
        self._place: tuple[object, ...] = ()
        self._shown = 0.0

    def __call__(self, state: Mapping[str, Any]) -> None:
        """After an update."""
        now = time.monotonic()
        place = (state["trial"], state["stage"])
        last = state["update"] == state["updates"]
        if self.live:
            if last or place != self._place or now - self._shown >= _BLINK:
                self.stream.write(f"{CLEAR}{self._bar(state)}{state['updates']} updates")
                self._shown = now
                if last:
                    self.stream.write("\n")
        elif place != self._place or (self._epoch_ends(state) and now - self._shown >= _PAUSE):
            self.stream.write(f"{_words(state)}\n")
            self._shown = now
        self._place = place
        self.stream.flush()

    def close(self) -> None:
        """Leaves the line as it is."""
        if self.live:
            self.stream.write("\n")
            self.stream.flush()

    @staticmethod
    def _epoch_ends(state: Mapping[str, Any]) -> bool:
        each = max(1, state["updates"] // max(1, state["epochs"]))
        return state["update"] % each == 0

    @staticmethod
    def _bar(state: Mapping[str, Any]) -> str:
        done = round(_WIDTH * state["update"] / max(1, state["updates"]))
        return f"{_words(state)} [{'=' * done}{' ' * (_WIDTH - done)}] {state['update']} of "


def _words(state: Mapping[str, Any]) -> str:
    return f"trial {state['trial']}, {state['stage']}, epoch {state['epoch']} of {state['epochs']}"
