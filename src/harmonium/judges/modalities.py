"""Labels inferred from other kinds of data, and from some of the labels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Share, Size
from harmonium.data import Joined
from harmonium.errors import UsageError
from harmonium.learning.ranked import average_precision, precision_of_first
from harmonium.models import Batch
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial, some

__all__ = ["Modalities", "shown_part"]

_SEED = 2718
"""Seed of the choice of labels that are shown: the same in every run."""


@dataclass(frozen=True)
class Modalities:
    """How well the labels of test rows are inferred, such as the words of pictures.

    Two tasks on test rows:

    - *generation*: all labels from the other kinds of data alone. Beside it, the prior: labels in
      the order of their frequency in training, the same for every row.
    - *completion*: of each row with two labels or more, a part is shown, and the others are ranked
      among all labels that are not shown: from both kinds of data, from the shown labels alone,
      and from the other kinds alone.

    Figures are means over rows of the average precision (MAP), and of the precision of the k first
    labels.

    Args:
        part: name of the part of a row that holds the labels, 0 or 1 each.
        k: number of first labels.
        sweeps: of a Gibbs chain for each row, over whose second half expected values are averaged;
            0 for mean field.
        shown: share of its labels that a row shows in completion, rounded down.
    """

    needs: ClassVar[Needs] = Needs(model=("completes",), data=("joined", "test"))

    part: str = "words"
    k: Count = 5
    shown: Share = 0.5
    sweeps: Size = 100

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """The figures, and the number of test ``rows`` with at least one label.

        Raises:
            ValueError: there is no such part, or no test row has two labels.
        """
        kind, model = trial.data.columns["x"], trial.able("completes")
        assert isinstance(kind, Joined)
        assert trial.data.test is not None
        if self.part not in kind.spans:
            raise UsageError(
                f"judge modalities: no part {self.part!r} in a row: {', '.join(kind.spans)}"
            )
        at, x = kind.spans[self.part], trial.data.test.x[:]
        x = x[(x[:, at] > 0.5).any(1)]
        true = x[:, at] > 0.5
        shown = shown_part(true, self.shown)
        asked = true.sum(1) > shown.sum(1)
        asked &= shown.any(1)
        if not bool(asked.any()):
            raise UsageError("judge modalities: no test row has labels to show and to hide")
        prior = trial.data.train.x[:][:, at].mean(0).expand_as(true)
        alone = x.clone()
        alone[:, at] = torch.nan
        like = {"x": some(trial.data.train).x[:]}
        source = generator(_SEED, x.device)
        infer = partial(model.infer, like=like, sweeps=self.sweeps, source=source)
        generated = infer({"x": alone})["x"][:, at]
        return {
            **self._figures("generated", scores=generated, true=true),
            **self._figures("prior", scores=prior, true=true),
            **_completed(infer, x[asked], at=at, shown=shown[asked]),
            "rows": len(x),
        }

    def _figures(self, name: str, *, scores: Tensor, true: Tensor) -> dict[str, float]:
        return {
            f"{name}_map": float(average_precision(scores, true).mean()),
            f"{name}_precision": float(precision_of_first(scores, true, k=self.k).mean()),
        }


def shown_part(true: Tensor, share: float) -> Tensor:
    """A random share of the labels of each row, rounded down, ``(N, K)``, bool.

    >>> shown = shown_part(torch.tensor([[1, 1, 1, 0], [1, 0, 0, 0]]).bool(), 0.5)
    >>> shown.sum(1).tolist()
    [1, 0]
    """
    noise = torch.rand(true.shape, generator=generator(_SEED), dtype=torch.float32).to(true.device)
    order = noise.masked_fill(~true, -1.0).argsort(1, descending=True)
    places = torch.empty_like(order).scatter_(
        1, order, torch.arange(true.shape[1], device=true.device).expand_as(order)
    )
    return places < (true.sum(1, keepdim=True) * share).floor()


def _completed(
    infer: Callable[[Batch], Batch], x: Tensor, *, at: slice, shown: Tensor
) -> dict[str, float]:
    """MAP of the labels not shown, by what is known of a row."""
    true = x[:, at] > 0.5
    both = x.clone()
    both[:, at] = torch.where(shown, 1.0, torch.nan)
    others = x.clone()
    others[:, at] = torch.nan
    labels = torch.full_like(x, torch.nan)
    labels[:, at] = both[:, at]
    known = {"joint": both, "labels": labels, "others": others}
    scores = {name: infer({"x": rows})["x"][:, at] for name, rows in known.items()}
    return {
        f"{name}_map": float(average_precision(found, true & ~shown, among=~shown).mean())
        for name, found in scores.items()
    }
