"""A study on disk: one folder for each attempt, written before and after its run.

Nothing is kept in memory alone, so a study that was killed goes on where it was: the attempt that
was running is resumed from its last checkpoint, with the same settings.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.runs.directory import read_json, write_json
from harmonium.search.space import Space
from harmonium.stages.trial import derived

__all__ = ["Attempt", "Study"]

_TRIES = 20
"""Proposals before a space is taken to be used up."""

Status = Literal["running", "done", "failed", "stopped"]


@dataclass(frozen=True)
class Attempt:
    """One run of the search.

    Args:
        number: from 1; 0 is the recipe as it was given.
        values: path of a setting -> its value.
        parameters: the same in the form of Optuna.
        status: running; done; failed, with the reason; or stopped early by ``prune``.
        figure: result on validation rows, if it is done.
        reason: why it failed or was stopped.
        run: directory of the run, relative to that of the study.
        seconds: time that it took.
        by_epoch: epoch -> the figure on validation rows, where it is measured every epoch.
    """

    number: int
    values: dict[str, Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    status: Status = "running"
    figure: float | None = None
    reason: str = ""
    run: str = ""
    seconds: float = 0.0
    by_epoch: dict[str, float] = field(default_factory=dict)


class Study:
    """The attempts of a search, in one directory.

    Args:
        path: the directory.
        about: recipe, overrides, space, figure, direction and seed; as in ``study.json``.
    """

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        self.path, self.about = path, dict(about)
        self.space = Space(about["space"])

    @classmethod
    def create(cls, path: Path, about: Mapping[str, Any]) -> "Study":
        """Makes the directory of a new study.

        Raises:
            FileExistsError: the directory holds a study already.
            OSError: it cannot be written.
        """
        if (path / "study.json").exists():
            raise FileExistsError(f"{path} holds a study: go on with --resume, or name another")
        (path / "attempts").mkdir(parents=True, exist_ok=True)
        study = cls(path, about)
        write_json(path / "study.json", study.about)
        return study

    @classmethod
    def open(cls, path: Path) -> "Study":
        """Opens the study in a directory.

        Raises:
            FileNotFoundError: there is none.
            ValueError: its file is damaged.
        """
        if not (path / "study.json").is_file():
            raise FileNotFoundError(f"{path}: no study here (no study.json)")
        about = read_json(path / "study.json")
        if "space" not in about or "direction" not in about:
            raise UsageError(f"{path / 'study.json'}: damaged: copy it again")
        return cls(path, about)

    def rewrite(self) -> None:
        """Writes what the study is about, after a change."""
        write_json(self.path / "study.json", self.about)

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts, by number."""
        found = [
            Attempt(**read_json(file)) for file in (self.path / "attempts").glob("*/attempt.json")
        ]
        return sorted(found, key=lambda attempt: attempt.number)

    @property
    def best(self) -> Attempt | None:
        """The attempt with the best figure; the first of equal ones."""
        done = [a for a in self.attempts if a.figure is not None]
        sign = 1 if self.about["direction"] == "min" else -1
        return min(done, key=lambda a: sign * float(a.figure or 0.0), default=None)

    def folder(self, attempt: Attempt) -> Path:
        """The folder of an attempt."""
        return self.path / "attempts" / f"{attempt.number:04d}"

    def keep(self, attempt: Attempt, **changes: Any) -> Attempt:  # noqa: ANN401
        """Writes an attempt, with changes, to its folder."""
        changed = replace(attempt, **changes)
        self.folder(changed).mkdir(parents=True, exist_ok=True)
        write_json(self.folder(changed) / "attempt.json", asdict(changed))
        return changed

    def propose(self) -> Attempt | None:
        """The next attempt, or None where every setting of the space has been tried.

        It depends on the seed and on earlier attempts only, so a resumed study proposes the same.
        """
        attempts = self.attempts
        number = 1 + max((a.number for a in attempts), default=0)
        known = {_key(a.parameters) for a in attempts if a.number}
        for again in range(_TRIES):
            seed = derived(int(self.about["seed"]), f"search/{number}/{again}") % 2**32
            asked = _optuna_study(self, attempts, seed=seed).ask(self.space.distributions())
            if _key(asked.params) not in known:
                parameters = dict(asked.params)
                return self.keep(Attempt(number, self.space.values(parameters), parameters))
        return None

    def hopeless(self, attempt: Attempt) -> bool:
        """Whether an attempt is below the median of the others at its last epoch.

        (Golovin et al., 2017, https://doi.org/10.1145/3097983.3098043.) Five others must be done
        first.
        """
        if not attempt.by_epoch:
            return False
        optuna = need("optuna", "a search needs")
        others = [a for a in self.attempts if a.number and a.number != attempt.number]
        study = _optuna_study(self, others, seed=0)
        asked = study.ask(self.space.distributions())
        for epoch, value in attempt.by_epoch.items():
            asked.report(value, int(epoch))
        frozen = study.trials[-1]
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1)
        return bool(pruner.prune(study, frozen))


def _optuna_study(study: Study, attempts: list[Attempt], *, seed: int) -> Any:  # noqa: ANN401
    """A study of Optuna in memory with the finished attempts."""
    optuna = need("optuna", "a search needs")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    made = optuna.create_study(
        direction={"min": "minimize", "max": "maximize"}[study.about["direction"]],
        sampler=optuna.samplers.TPESampler(seed=seed),
    )
    kinds = {"done": "COMPLETE", "failed": "FAIL", "stopped": "PRUNED"}
    for a in attempts:
        if a.number and a.status in kinds:
            made.add_trial(
                optuna.trial.create_trial(
                    state=optuna.trial.TrialState[kinds[a.status]],
                    params=a.parameters,
                    distributions=study.space.distributions(),
                    value=a.figure,
                    intermediate_values={int(k): v for k, v in a.by_epoch.items()},
                )
            )
    return made


def _key(parameters: Mapping[str, Any]) -> str:
    text = json.dumps(dict(sorted(parameters.items())))
    return hashlib.sha256(text.encode()).hexdigest()
