"""Input of a report: one trial of a run, its data, and random numbers for pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.figures import figures
from harmonium.report.scores import Score, read_scores
from harmonium.runs.noticed import Noticed, noticed
from harmonium.runs.words import layer_of

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from harmonium.data import DataSet, Examples
    from harmonium.models import Model
    from harmonium.runs import Record, Run

__all__ = ["SEED", "Evidence"]

SEED = 12345
"""Seed of every draw in a report: the same run always gives the same pictures."""


@dataclass
class Evidence:
    """One run as the sections of a report read it; missing parts are None, and nothing is changed.

    Every draw of a section comes from `source()`, never from the run's or torch's own generator.

    Args:
        run: the run.
        data: its data after the transforms; None if they cannot be read.
        trial: the trial whose models and records are shown.
    """

    run: Run
    data: DataSet | None = None
    trial: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    """Title -> reason, for sections that could not be shown."""

    # --- what was written ---------------------------------------------------------------------

    @cached_property
    def status(self) -> dict[str, Any]:
        """Status of the run; see `Run.status`."""
        return self.run.status

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The resolved recipe; empty without one."""
        if not self._has("recipe.resolved.yaml"):
            return {}
        return self._read("the resolved recipe", lambda: self.run.recipe) or {}

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions, device, seed; empty if the run ended before it wrote them."""
        if not self._has("environment.json"):
            return {}
        return self._read("the environment", lambda: self.run.environment) or {}

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """Rows of metrics of every trial."""
        return self._read("the metrics", self.run.metrics) or []

    @cached_property
    def noticed(self) -> list[Noticed]:
        """Findings of the run, each kind once, over all trials."""
        return self._read("the findings", lambda: noticed(self.run)) or []

    @cached_property
    def records(self) -> list[Record]:
        """Snapshots of this trial, the oldest first."""
        return [record for record in self.run.records() if record.trial == self.trial]

    @cached_property
    def results(self) -> dict[str, Any]:
        """Results so far; empty before the first task is done."""
        return self._read("the results", lambda: self.run.results) or {}

    @cached_property
    def scores(self) -> list[Score]:
        """Final figures of all methods over all trials, the run's own first."""
        rows: dict[str, int] = {}
        test = None if self.data is None else self.data.test
        if test is not None:
            labelled = test.labelled_rows
            rows = {f.name: labelled if f.proportion else len(test) for f in figures(final=True)}
        model = self.recipe.get("model")
        own = model.get("type", "") if isinstance(model, dict) else str(model)
        return read_scores(self.results, own=own, rows=rows)

    def text(self, name: str) -> str:
        """Content of a text file of the run; empty if it is missing."""
        place = self.run.path / name
        return place.read_text(encoding="utf-8", errors="replace") if place.is_file() else ""

    def _read(self, what: str, read: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Result of `read`, or None, with the reason noted as left out."""
        try:
            return read()
        except (OSError, ValueError) as error:
            self.left_out[what] = str(error)
            return None

    def _built(self, read: Callable[[int], Any]) -> Any:  # noqa: ANN401
        """A module of this trial; its constructor does not use torch's global generator."""
        from harmonium.random import seeded

        with seeded(SEED):
            return read(self.trial)

    def _has(self, *parts: str) -> bool:
        """Whether the run has written this file."""
        return self.run.path.joinpath(*parts).is_file()

    # --- what was learned ---------------------------------------------------------------------

    @cached_property
    def models(self) -> dict[str, Model]:
        """Models of this trial in the order in which they were made, on the CPU.

        For a stack whose pre-training was stopped, only the layers that have learned.
        """
        from harmonium.models import adapted

        models: dict[str, Model] = {}
        for name, words, read in (
            ("machine", "the machine", self.run.machine),
            ("net", "the fine-tuned net", self.run.net),
        ):
            if self._has("models", f"{self.trial}-{name}.safetensors"):
                module = self._read(words, partial(self._built, read))
                if module is not None:
                    models[name] = adapted(module.eval())
        if "machine" in models and (learned := self._learned()) is not None:
            stack: Any = models["machine"]
            part = stack.lowest(learned)
            models = {} if part is None else {"machine": part}
        return models

    def _learned(self) -> int | None:
        """Number of layers below the one that was learning when the run stopped; None for all."""
        rows = [row for row in self.metrics if row.get("trial") == self.trial]
        last = str(rows[-1].get("stage") if rows else "")
        return None if self.status.get("status") == "done" else layer_of(last)

    def able(self, *abilities: str) -> Any:  # noqa: ANN401
        """Returns the last model with the given abilities.

        Raises:
            ValueError: no model has them; the message gives the missing ability and the remedy.
        """
        from harmonium.needs import able

        return able(abilities, self.models.values())

    def has(self, *abilities: str) -> bool:
        """Whether a model has the given abilities."""
        try:
            self.able(*abilities)
        except ValueError:
            return False
        return True

    def first(self, ability: str) -> Any:  # noqa: ANN401
        """Returns the first model with an ability, on which later models build."""
        from harmonium.needs import able

        return able([ability], list(self.models.values())[::-1])

    def read_data(self) -> None:
        """Reads the run's data by its recipe; if this fails, notes the reason."""
        from harmonium.report.prepared import prepared

        if self._has("recipe.resolved.yaml"):
            self.data = self._read("the data", lambda: prepared(self.run, self.trial))

    # --- the data -----------------------------------------------------------------------------

    @property
    def image(self) -> tuple[int, ...] | None:
        """Shape of an example if it is a picture of at least 2 x 2, otherwise None."""
        shape = () if self.data is None else tuple(self.data.shape)
        flat = len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3))
        return shape if flat and min(shape[-2:]) > 1 else None

    def missing_pictures(self) -> str | None:
        """Why training rows cannot be drawn as pictures; None if they can."""
        from harmonium.needs import Needs, unmet

        reason = unmet(Needs(data=("train", "pictures")), (), data=self.data)
        if reason is None and self.image is None:
            assert self.data is not None
            return f"{self.data.name}: rows of shape {self.data.shape} are no pictures"
        return reason

    @property
    def held_out(self) -> tuple[str, Examples] | None:
        """The test rows, otherwise the validation rows, with their name."""
        splits = {} if self.data is None else self.data.splits()
        return next(((n, splits[n]) for n in ("test", "validation") if n in splits), None)

    @property
    def labelled_held_out(self) -> tuple[str, Examples]:
        """The labelled test rows, otherwise the labelled validation rows, with their name."""
        assert self.data is not None
        splits = self.data.splits()
        for name in ("test", "validation"):
            split = splits.get(name)
            known = None if split is None else split.labelled()
            if known is not None:
                return name, known
        raise UsageError(f"{self.data.name} has no labelled test or validation rows")

    @property
    def draws_bits(self) -> bool:
        """Whether the recipe draws binary rows with the data's fractions as probabilities."""
        transform = (self.recipe.get("data") or {}).get("batch_transform")
        kind = transform.get("type") if isinstance(transform, dict) else transform
        return kind == "sampled"

    def rows(self, split: Examples, count: int) -> Tensor:
        """The first rows of a split, (n, D), as binary draws if the recipe draws them."""
        from harmonium.data import sampled

        x = split.x[:count]
        return sampled(x, self.source()) if self.draws_bits else x

    @cached_property
    def grey(self) -> tuple[float, float]:
        """Values shown as black and white: [0, 1] if all data lie in it."""
        if self.data is None:
            return 0.0, 1.0
        x = self.data.train.x[:2000]
        low, high = float(x.min()), float(x.max())
        if low >= 0 and high <= 1:
            return 0.0, 1.0
        return low, high if high > low else low + 1.0

    def seen(self, x: Tensor) -> Tensor:
        """Values (N, ...) as grey levels (N, D) in [0, 1]."""
        low, high = self.grey
        return ((x.detach().flatten(1) - low) / (high - low)).clamp(0, 1)

    @property
    def scale_note(self) -> str:
        """Clause of a caption for the values of black and white, if they are not 0 and 1."""
        low, high = self.grey
        note = f" Black is {low:.3g}, white is {high:.3g}.".replace("-", "\N{MINUS SIGN}")
        return "" if (low, high) == (0.0, 1.0) else note

    def classes(self) -> Sequence[object]:
        """Names of the classes."""
        return () if self.data is None else self.data.classes

    def source(self, seed: int = SEED) -> Generator:
        """A new random generator for a draw of the report."""
        from harmonium.random import generator

        return generator(seed)

    def features(self) -> int:
        """Number of values per example; 0 without data."""
        return 0 if self.data is None else math.prod(self.data.shape)
