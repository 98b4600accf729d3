"""Catch: the smallest game of pixels; a ball falls, a paddle must be below it."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmonium.errors import DataError

__all__ = ["Catch", "catch_world"]

MOVES = ("left", "stay", "right")


class _Space:
    """The numbers 0 to n - 1, as gymnasium's Discrete."""

    def __init__(self, n: int) -> None:
        self.n = n


class Catch:
    """A ball falls down a board, one row a step, and a paddle on the lowest row may catch it.

    The ball starts in the middle of a random column of the top row and may drift: with ``drift``
    it moves sideways by -1, 0 or 1 a row, the same all the way, and bounces off the walls. The
    reward is 1 for a catch and -1 for a miss, at the end. A perfect player always catches, as the
    paddle crosses the board in the time that the ball falls. (The game of ``bsuite``, Osband et
    al., 2020, https://arxiv.org/abs/1908.03568.)

    It has the methods of an environment of gymnasium.

    Args:
        size: rows and columns of the board.
        drift: whether the ball moves sideways.

    >>> world = Catch()
    >>> board, _ = world.reset(seed=0)
    >>> board.shape, int((board > 0).sum())
    ((10, 10), 2)
    """

    def __init__(self, *, size: int = 10, drift: bool = True) -> None:
        if size < 3:
            raise DataError(f"size is {size}: the board needs at least 3 rows and columns")
        self.size, self.drift = size, drift
        self.action_space = _Space(len(MOVES))
        self._ball, self._slope, self._paddle = [0, 0], 0, size // 2

    @property
    def unwrapped(self) -> Catch:
        """The world itself."""
        return self

    def get_action_meanings(self) -> list[str]:
        """Names of the moves of the paddle."""
        return [*MOVES]

    def reset(self, *, seed: int) -> tuple[Any, dict[str, Any]]:
        """Begins a game: the board ``(size, size)`` of bytes, and nothing else."""
        draws = np.random.default_rng(seed)
        self._ball = [0, int(draws.integers(self.size))]
        self._slope = int(draws.integers(-1, 2)) if self.drift else 0
        self._paddle = self.size // 2
        return self._board(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Moves paddle and ball: the board, reward, end, False, and nothing else."""
        last = self.size - 1
        self._paddle = min(max(self._paddle + action - 1, 0), last)
        row, column = self._ball
        if not 0 <= column + self._slope <= last:
            self._slope = -self._slope
        self._ball = [row + 1, column + self._slope]
        ended = self._ball[0] == last
        caught = self._ball[1] == self._paddle
        return self._board(), (1.0 if caught else -1.0) if ended else 0.0, ended, False, {}

    def render(self) -> Any:  # noqa: ANN401
        """The board in grey, ``(16 size, 16 size, 3)``."""
        return np.repeat(self._board().repeat(16, 0).repeat(16, 1)[..., None], 3, 2)

    def close(self) -> None:
        """Nothing is held open."""

    def _board(self) -> Any:  # noqa: ANN401
        board = np.zeros((self.size, self.size), np.uint8)
        board[tuple(self._ball)] = 255
        board[-1, self._paddle] = 255
        return board


def catch_world(**settings: Any) -> Catch:  # noqa: ANN401
    """Makes the game.

    Raises:
        ValueError: it has no such setting.
    """
    unknown = settings.keys() - {"size", "drift"}
    if unknown:
        raise DataError(f"catch has no setting {sorted(unknown)[0]!r}: it has size and drift")
    return Catch(**settings)
