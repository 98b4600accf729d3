"""Perplexity of held-out documents."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Size
from harmonium.data import Examples
from harmonium.likelihood import Ladder
from harmonium.needs import Needs
from harmonium.stages.trial import Trial, derived

__all__ = ["Perplexity", "documents_of", "figures_of"]


@dataclass(frozen=True)
class Perplexity:
    r"""Perplexity of test documents: the number of equally likely words as hard to predict.

    .. math:: \exp\Big( -\frac{1}{N} \sum_{i=1}^{N} \frac{1}{n_i} \log p(v_i) \Big)

    over N documents of n words, with p of the words in their order: the multinomial coefficient
    is left out (Salakhutdinov and Hinton, 2009, https://papers.nips.cc/paper/3856). log Z is
    estimated for the length of every document, from both sides; ``perplexity``, the number to
    quote, uses the larger of the two means, and ``perplexity_optimistic`` the forward estimate.
    Documents without a word are left out. ``perplexity_unigram`` is that of the training rows'
    word frequencies, plus a thousandth of a count for each word, on the same documents.

    Args:
        documents: number of test documents, evenly spaced; null for all.
        betas: annealing steps for every length.
        chains: runs for every length, in each direction.
        sweeps: sweeps of the chains before the reverse runs start from them.
    """

    needs: ClassVar[Needs] = Needs(model=("counts words",), data=("train", "test", "counts"))

    documents: Count | None = 50
    betas: Count = 1000
    chains: Count = 10
    sweeps: Size = 500

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``perplexity`` and the numbers behind it."""
        model = trial.able("counts words")
        test = documents_of(trial, self.documents)
        seed = derived(trial.seed, "judge/perplexity")
        ladder = Ladder(self.betas, self.chains, self.sweeps, seed)
        sides = model.log_words(test, train=trial.data.train.x, ladder=ladder)
        low = min(sides, key=lambda side: float((sides[side] / test.sum(1)).mean()))
        unigram = test.double() @ _frequencies(trial.data.train).log().to(test.device)
        return {
            **figures_of(sides[low], test),
            "perplexity_optimistic": figures_of(sides["forward"], test)["perplexity"],
            "perplexity_unigram": figures_of(unigram, test)["perplexity"],
            "documents": len(test),
        }


def documents_of(trial: Trial, count: int | None) -> Tensor:
    """Counts of test documents with at least one word, evenly spaced, ``(N, D)``."""
    test = trial.data.test
    assert test is not None
    rows = torch.arange(len(test))
    lengths = torch.cat([piece["x"].sum(1).cpu() for piece in test.flattened().batches(10_000)])
    rows = rows[lengths > 0]
    n = len(rows) if count is None else min(count, len(rows))
    return test.flattened().batch(rows[torch.arange(n) * len(rows) // n])["x"]


def figures_of(log_p: Tensor, counts: Tensor) -> dict[str, float]:
    """``perplexity`` and its standard error, from log p of the documents' words, ``(N,)``."""
    each = log_p.double() / counts.sum(1).to(log_p.device)
    value = float(torch.exp(-each.mean()))
    spread = float(each.std()) if len(each) > 1 else float("nan")
    return {"perplexity": value, "perplexity_stderr": value * spread / len(each) ** 0.5}


def _frequencies(train: Examples) -> Tensor:
    """Share of each word in the training rows, float64 ``(D,)``."""
    parts = [b["x"].double().sum(0).cpu() for b in train.flattened().batches(10_000)]
    total = torch.stack(parts).sum(0) + 1e-3
    return total / total.sum()
