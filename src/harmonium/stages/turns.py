"""Trials one after the other: each is made at its first task and freed before the next."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harmonium.runs.engine import Task
from harmonium.runs.stages import Stage
from harmonium.stages.trial import Trial

__all__ = ["Turn", "in_turn"]

Begin = Callable[[int], tuple[Trial, list[Task]]]
"""Number of a trial -> the trial (with rows and models) and its tasks."""


class _Turns:
    """Keeps the trial whose turn it is."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._now: tuple[Trial, list[Task]] | None = None

    def at(self, number: int) -> tuple[Trial, list[Task]]:
        if self._now is None or self._now[0].number != number:
            if self._now is not None:
                self._now = None
                gc.collect()  # optimiser and schedules refer to each other, which keeps the rows
            self._now = self._begin(number)
        return self._now


@dataclass(frozen=True)
class Turn:
    """A task for the engine, of a trial that is made only when its turn comes."""

    trial: int
    name: str
    place: int
    """Index of the task among those of its trial."""
    turns: _Turns

    @property
    def workspace(self) -> Trial:
        """The trial; made anew if another trial has had its turn since."""
        return self.turns.at(self.trial)[0]

    @property
    def _task(self) -> Task:
        return self.turns.at(self.trial)[1][self.place]

    def build(self) -> Stage:
        """Makes the stage of the task."""
        return self._task.build()

    def finish(self, stage: Any, /) -> Mapping[str, Mapping[str, Any]]:  # noqa: ANN401
        """Turns the finished stage into results: method -> name -> number."""
        return self._task.finish(stage)


def in_turn(trials: int, begin: Begin) -> list[Turn]:
    """Returns the tasks of all trials; all have the same tasks. Trial 0 is made at once."""
    turns = _Turns(begin)
    names = [task.name for task in turns.at(0)[1]]
    return [
        Turn(number, name, place, turns)
        for number in range(trials)
        for place, name in enumerate(names)
    ]
