"""Who races to a likelihood: each name makes an RBM that learns from whatever rows it is handed.

All are given the same rows, a learning rate that may change from update to update, and as many
chains as rows in a batch. Each starts, and learns, as its library does; the hand-written loop
starts as ours does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import torch
from torch import Tensor


@dataclass(frozen=True)
class Start:
    """What a contestant is given before the first update."""

    hidden: int
    batch: int
    rate: float
    means: Tensor
    """Base rates of the training rows, ``(visible,)``."""


@dataclass(frozen=True)
class Racer:
    """A machine that learns."""

    step: Callable[[Tensor, float], None]
    """One update from rows ``(batch, visible)`` at a rate."""
    parameters: Callable[[], tuple[Tensor, Tensor, Tensor]]
    """Weights ``(hidden, visible)``, visible and hidden biases."""


def ours(start: Start, *, products: str = "float") -> Racer:
    """Centred PCD-1, from the data's base rates."""
    from harmonium import rbm
    from harmonium.learning import PCD, Learner, start_from
    from harmonium.random import generator

    graph = rbm(len(start.means), start.hidden)
    start_from(graph, {"v": start.means[None]})
    optimiser = torch.optim.SGD(graph.parameters(), lr=start.rate)
    learner = Learner(
        graph,
        optimiser,
        contrast=PCD(chains=start.batch),
        products=products,
        source=generator(0),
    )
    (group,) = optimiser.param_groups

    def step(x: Tensor, rate: float) -> None:
        group["lr"] = rate
        learner.step({"v": x})

    w, b, c = graph.edges[0].connection.weight, graph.units["v"].bias, graph.units["h"].bias
    return Racer(step, lambda: (w.detach(), b.detach(), c.detach()))


def loop(start: Start) -> Racer:
    """The same rule and start, as one would write it by hand."""
    means = start.means.clamp(1e-3, 1 - 1e-3)
    w, b, c = (
        torch.randn(start.hidden, len(means)) * 0.01,
        torch.logit(means),
        torch.zeros(start.hidden),
    )
    mu, nu = means, torch.full((start.hidden,), 0.5)
    chain = torch.bernoulli(torch.full((start.batch, start.hidden), 0.5))

    @torch.no_grad()
    def step(x: Tensor, rate: float) -> None:
        nonlocal chain, mu, nu
        n = len(x)
        h = torch.sigmoid(x @ w.T + c)
        v = torch.bernoulli(torch.sigmoid(chain @ w + b))
        p = torch.sigmoid(v @ w.T + c)
        chain = torch.bernoulli(p)
        mu, nu = 0.99 * mu + 0.01 * x.mean(0), 0.99 * nu + 0.01 * h.mean(0)
        slope = ((h - nu).T @ (x - mu) - (p - nu).T @ (v - mu)) / n
        b.add_(x.mean(0) - v.mean(0) - slope.T @ nu, alpha=rate)
        c.add_(h.mean(0) - p.mean(0) - slope @ mu, alpha=rate)
        w.add_(slope, alpha=rate)

    return Racer(step, lambda: (w, b, c))


def scikit_learn(start: Start) -> Racer:
    """``BernoulliRBM``: PCD-1, not centred, from biases of zero; kept in single precision."""
    import numpy as np
    from sklearn.neural_network import BernoulliRBM

    model = BernoulliRBM(
        start.hidden, batch_size=start.batch, n_iter=1, learning_rate=start.rate, random_state=0
    )
    model.fit(np.zeros((1, len(start.means)), dtype=np.float32))
    draws = np.random.RandomState(0)
    for name in ("components_", "intercept_visible_", "intercept_hidden_", "h_samples_"):
        getattr(model, name)[:] = 0
    model.components_[:] = draws.normal(0, 0.01, model.components_.shape)

    def step(x: Tensor, rate: float) -> None:
        model.learning_rate = rate
        model._fit(x.numpy(), draws)  # partial_fit, which would go on in double precision

    def parameters() -> tuple[Tensor, Tensor, Tensor]:
        found = model.components_, model.intercept_visible_, model.intercept_hidden_
        w, b, c = (torch.from_numpy(np.ascontiguousarray(x)) for x in found)
        return w, b, c

    return Racer(step, parameters)


def rbms(start: Start) -> Racer:
    """PCD-1, centred on the batch's means, from the data's base rates; steps of unit length."""
    from rbms.bernoulli_bernoulli.classes import BBRBM
    from rbms.training.pcd import fit_batch_pcd

    model = BBRBM.init_parameters(
        start.hidden,
        SimpleNamespace(data=start.means[None]),
        torch.device("cpu"),
        torch.float32,
    )
    model.init_grad()
    optimiser = torch.optim.SGD(model.parameters(), lr=start.rate, maximize=True)
    (group,) = optimiser.param_groups
    chains = model.init_chains(start.batch)

    @torch.no_grad()
    def step(x: Tensor, rate: float) -> None:
        nonlocal chains
        group["lr"] = rate
        optimiser.zero_grad(set_to_none=False)
        rows = (x, torch.ones(len(x), 1))
        chains, _ = fit_batch_pcd(rows, chains, model, 1, beta=1.0)
        optimiser.step()

    return Racer(step, lambda: (model.weight_matrix.T, model.vbias, model.hbias))


def learnergy(start: Start) -> Racer:
    """CD-1 by autograd of the free energy, not centred, from biases of zero."""
    from learnergy.models.bernoulli import RBM

    model = RBM(len(start.means), start.hidden, steps=1, learning_rate=start.rate)
    (group,) = model.optimizer.param_groups

    def step(x: Tensor, rate: float) -> None:
        group["lr"] = rate
        *_, drawn = model.gibbs_sampling(x)
        cost = model.energy(x).mean() - model.energy(drawn.detach()).mean()
        model.optimizer.zero_grad()
        cost.backward()
        model.optimizer.step()

    return Racer(step, lambda: (model.W.detach().T, model.a.detach(), model.b.detach()))


RACERS = {
    "ours": ours,
    "ours, fixed point": partial(ours, products="fixed"),
    "loop": loop,
    "scikit-learn": scikit_learn,
    "rbms": rbms,
    "learnergy": learnergy,
}
