"""Q-learning: an agent plays, and learns the values of its actions from what it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, Positive, Share, Size
from harmonium.describe.component import Component, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.data import World
    from harmonium.learning import Descent, Play, Training
    from harmonium.models import Agent
    from harmonium.stages.trial import Trial
    from harmonium.watch import Watch

__all__ = ["QLearning"]


@dataclass(frozen=True)
class QLearning(Single):
    """An agent plays, and learns the values of its actions from what it remembers.

    This is the deep Q-network of Mnih et al. (2013, 2015), with the additions of double and
    dueling nets.

    Args:
        epochs: of ``updates`` updates each.
        updates: per epoch.
        batch_size: remembered transitions per update.
        steps: actions before every update.
        memory: number of remembered frames.
        warm_up: random actions before the first update.
        exploration: share of random actions at first.
        last_exploration: their share later.
        exploration_steps: steps over which it falls.
        discount: weight of a reward one step later.
        return_steps: steps whose rewards are added, before the value of the observation after
            them; with more than one, late rewards are learned from sooner.
        renewal: updates after which the target net is renewed.
        double: whether the net itself, not the target net, chooses the best next action.
        clip_reward: cut rewards to [-1, 1], for games whose scores have different sizes.
        trials: episodes without exploration after every epoch, whose mean return is
            train/greedy_return; 0 for none.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch, such as on train/greedy_return.
        clip: largest norm of the gradient; null for no limit.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "acts"), data=("play",))

    epochs: Count
    updates: Count = 1000
    batch_size: Count = 64
    steps: Count = 1
    memory: Count = 20_000
    warm_up: Count = 1000
    exploration: Share = 1.0
    last_exploration: Share = 0.05
    exploration_steps: Count = 10_000
    discount: Share = 0.99
    return_steps: Count = 1
    renewal: Count = 500
    double: bool = True
    clip_reward: bool = False
    trials: Size = 10
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = ()
    early_stopping: EarlyStopping | None = None
    clip: Positive | None = 10.0

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last agent.

        Raises:
            ValueError: the data are transformed; what an agent sees while it plays is not.
        """
        from harmonium import learning
        from harmonium.data import Actions
        from harmonium.describe import build
        from harmonium.errors import UsageError
        from harmonium.nets.dropout import set_source
        from harmonium.stages.training import training_of
        from harmonium.stages.trial import some
        from harmonium.watch import PlayWatch

        model: Agent = trial.able(*self.needs.model)
        if trial.chain.steps:
            raise UsageError(
                f"{name}: data.transforms change the rows, but not what an agent sees while it "
                "plays: leave them out"
            )
        kind = trial.data.columns["action"]
        assert isinstance(kind, Actions)
        world = kind.world
        play = self._play(world, model, source=trial.source(name))
        rows = some(model.reads(trial.data.train))
        model.check(rows.batch(slice(1)))

        def tried() -> float:
            same = trial.source(f"{name}, trials")
            returns = learning.returns_of(world, model.act, episodes=self.trials, source=same)
            return float(returns.mean())

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            set_source(model.net, source)
            objective = learning.objectives.TemporalDifference(
                model.net, renewal=self.renewal, double=self.double
            )
            optimiser = build(self.optimiser, model.net.parameters())
            learner = learning.Descent(model.net, optimiser, objective, clip=self.clip)
            watch = PlayWatch(model, play, rows=rows, tried=tried if self.trials else None)
            return learner, [watch]

        return training_of(trial, self, name=name, rows=play, begin=begin)

    def _play(self, world: World, model: Agent, *, source: Generator) -> Play:
        from harmonium.data import Player
        from harmonium.learning import Exploration, Play, ReplayMemory

        player = Player(world, source)
        return Play(
            player,
            ReplayMemory(
                self.memory,
                player.frame,
                frames=world.frames,
                return_steps=self.return_steps,
                discount=self.discount,
            ),
            model.act,
            size=self.batch_size,
            updates=self.updates,
            steps=self.steps,
            warm_up=self.warm_up,
            exploration=Exploration(
                self.exploration, self.last_exploration, steps=self.exploration_steps
            ),
            source=source,
            clip_reward=self.clip_reward,
        )
