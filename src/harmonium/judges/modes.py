"""Mode coverage: which classes samples show, by a classifier that learned from real rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import Batches, Examples
from harmonium.learning import CrossEntropy, Descent, linear_decay
from harmonium.models import Samples
from harmonium.needs import Needs
from harmonium.nets import MLP
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded
from harmonium.stages.trial import Trial, derived

__all__ = ["Modes"]

_ROWS, _HIDDEN = 100, 400
"""Rows of an update of the classifier, and units of each of its two hidden layers."""

_SWEEPS = 1000


@dataclass(frozen=True)
class Modes:
    r"""The classes of samples, as a classifier of two hidden layers finds them.

    .. math:: \hat p(c) = \langle p(c \mid x) \rangle, \quad
              \text{mode entropy} = H(\hat p_{\arg\max}), \quad
              \text{confidence score} = \exp \langle \mathrm{KL}(p(c \mid x), \hat p(c)) \rangle

    ``modes`` counts the classes that at least one sample has; a generator that has collapsed lacks
    some. The entropy is that of the shares of classes, at most the log of their number. The
    confidence score is the Inception score of Salimans et al. (2016,
    https://arxiv.org/abs/1606.03498) with this classifier: at most the number of classes, reached
    if the classifier is sure of every sample and the classes are equally frequent. It does not see
    whether samples of a class are all the same.

    The classifier learns from the labelled training rows; ``classifier_accuracy`` is that on
    labelled test rows. For a model that draws rows of given classes, ``class_agreement`` is the
    share of samples that the classifier gives the class that was asked for.

    Args:
        samples: number of samples.
        updates: of the classifier.
    """

    needs: ClassVar[Needs] = Needs(model=("samples",), data=("labelled train", "classes"))

    samples: Count = 1000
    updates: Count = 3000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``modes``, ``mode_entropy``, ``confidence_score`` and what stands beside them."""
        model: Samples = trial.able("samples")
        train, count = trial.labelled(trial.data.train), len(trial.data.classes)
        assert train is not None
        seed = derived(trial.seed, "judge/modes")
        net = _classifier(train, count, updates=self.updates, seed=seed)
        x = _drawn(model, self.samples, seed=seed)
        log_p = _log_probs(net, x)
        shares = log_p.argmax(1).bincount(minlength=count).double() / len(log_p)
        mean = log_p.logsumexp(0) - torch.tensor(len(log_p), dtype=torch.float64).log()
        gap = (log_p.exp() * (log_p - mean)).sum(1).mean()
        return {
            "modes": int((shares > 0).sum()),
            "mode_entropy": float(torch.special.entr(shares).sum()),
            "mode_smallest": float(shares.min()),
            "confidence_score": float(gap.exp()),
            **_agreement(model, net, count=count, n=self.samples, seed=seed),
            **_accuracy(trial, net),
        }


def _classifier(train: Examples, classes: int, *, updates: int, seed: int) -> MLP:
    """A classifier that has learned from the rows."""
    rows, source = train.flattened(), generator(seed, train.x.device)
    first = rows.batch(slice(1))["x"]
    with seeded(seed):
        net = MLP([first.shape[1], _HIDDEN, _HIDDEN, classes], dropout=0.3)
    net = net.to(first)
    set_source(net, source)
    batches: Batches[Any] = Batches(rows, size=min(_ROWS, len(rows)), source=source)
    learner = Descent(net, torch.optim.Adam(net.parameters(), lr=1e-3), CrossEntropy())
    decay = linear_decay(learner.optimiser, updates)
    for _, batch in zip(range(updates), _endless(batches), strict=False):
        learner.step(batch)
        decay.step()
    return net


def _endless(batches: Batches[Any]) -> Iterator[Any]:
    while True:
        yield from batches


def _drawn(model: Any, n: int, *, seed: int, **given: Any) -> Tensor:  # noqa: ANN401
    source = generator(seed, model.device)
    drawn = model.sample(n, sweeps=model.sweeps(_SWEEPS), source=source, **given)
    x: Tensor = drawn["x"].flatten(1)
    return x


@torch.no_grad()
def _log_probs(net: MLP, x: Tensor) -> Tensor:
    return torch.cat([net(part).double().log_softmax(1) for part in x.split(1000)])


def _agreement(model: Any, net: MLP, *, count: int, n: int, seed: int) -> dict[str, float]:  # noqa: ANN401
    """Share of samples with the class that was asked for; empty for models that hold no class."""
    y = torch.arange(n, device=model.device) % count
    try:
        x = _drawn(model, n, seed=seed, given={"y": y})
    except ValueError:
        return {}
    return {"class_agreement": float(_log_probs(net, x).argmax(1).eq(y).double().mean())}


def _accuracy(trial: Trial, net: MLP) -> dict[str, float]:
    """Accuracy of the classifier on labelled test rows; empty without any."""
    test = trial.labelled(trial.test)
    if test is None or test.labels is None:
        return {}
    parts = [_log_probs(net, batch["x"]) for batch in test.flattened().batches(10_000)]
    right = torch.cat(parts).argmax(1).eq(test.labels)
    return {"classifier_accuracy": float(right.double().mean())}
