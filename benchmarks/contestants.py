"""Who takes part: each name makes a function that does one update of the same RBM on one batch.

All learn binary units by CD-k or PCD-k with as many chains as rows, at a fixed rate, in single
precision. What a library adds per epoch (data loaders, pseudo-likelihoods, progress) is left out.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

RATE = 0.01
STATES = 4  # of a Potts unit


@dataclass(frozen=True)
class Setting:
    """What is to be updated, and how."""

    visible: int
    hidden: int
    batch: int
    rule: str = "pcd"  # or "cd"
    steps: int = 1
    family: str = "bernoulli"  # of the visible units; or "gaussian", "potts"

    def title(self) -> str:
        name = (
            f"{self.visible} x {self.hidden}, batch {self.batch}, {self.rule.upper()}-{self.steps}"
        )
        return name if self.family == "bernoulli" else f"{name}, {self.family}"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def data(setting: Setting) -> np.ndarray:
    """One batch, ``(batch, visible)``: a fifth of the bits are on."""
    draws = np.random.default_rng(0)
    if setting.family == "gaussian":
        return draws.standard_normal((setting.batch, setting.visible), dtype=np.float32)
    if setting.family == "potts":
        states = draws.integers(STATES, size=(setting.batch, setting.visible // STATES))
        return np.eye(STATES, dtype=np.float32)[states].reshape(setting.batch, -1)
    return (draws.random((setting.batch, setting.visible)) < 0.2).astype(np.float32)


# --- ours ----------------------------------------------------------------------------------------


def _ours(setting: Setting, **settings: object) -> Callable[[], object]:
    import torch

    from harmonium import Categorical, Gaussian, rbm
    from harmonium.learning import CD, PCD, Learner
    from harmonium.random import generator

    x = torch.from_numpy(data(setting))
    visible = setting.visible
    if setting.family == "gaussian":
        visible = Gaussian(visible)
    if setting.family == "potts":
        visible, x = Categorical(visible // STATES, STATES), x.unflatten(1, (-1, STATES))
    graph = rbm(visible, setting.hidden)
    contrast = (
        CD(setting.steps) if setting.rule == "cd" else PCD(setting.steps, chains=setting.batch)
    )
    optimiser = torch.optim.SGD(graph.parameters(), lr=RATE)
    learner = Learner(graph, optimiser, contrast=contrast, source=generator(0), **settings)
    return lambda: learner.step({"v": x})


def ours(setting: Setting) -> Callable[[], object]:
    """As it comes: centred."""
    return _ours(setting)


def uncentred(setting: Setting) -> Callable[[], object]:
    """What scikit-learn and learnergy compute."""
    return _ours(setting, centring=None)


def in_fixed_point(setting: Setting) -> Callable[[], object]:
    """Centred, its matrix products in fixed point."""
    return _ours(setting, products="fixed")


def readable(setting: Setting) -> Callable[[], object]:
    """Centred, by the general path."""
    return _ours(setting, fused=False)


# --- others --------------------------------------------------------------------------------------


def loop(setting: Setting) -> Callable[[], object]:
    """What one would write by hand: closed-form gradient, centred on the data's moving means."""
    import torch

    x = torch.from_numpy(data(setting))
    n = len(x)
    w, b, c = torch.randn(setting.hidden, setting.visible) * 0.01, torch.zeros(1), torch.zeros(1)
    b, c = torch.zeros(setting.visible), torch.zeros(setting.hidden)
    mu, nu = x.mean(0), torch.full((setting.hidden,), 0.5)
    chain = torch.bernoulli(torch.full((n, setting.hidden), 0.5))

    @torch.no_grad()
    def update() -> None:
        nonlocal chain, mu, nu
        h = torch.sigmoid(x @ w.T + c)
        seen = torch.bernoulli(h) if setting.rule == "cd" else chain
        for _ in range(setting.steps):
            v = torch.bernoulli(torch.sigmoid(seen @ w + b))
            p = torch.sigmoid(v @ w.T + c)
            seen = torch.bernoulli(p)
        chain = seen
        mu, nu = 0.99 * mu + 0.01 * x.mean(0), 0.99 * nu + 0.01 * h.mean(0)
        slope = ((h - nu).T @ (x - mu) - (p - nu).T @ (v - mu)) / n
        b.add_(x.mean(0) - v.mean(0) - slope.T @ nu, alpha=RATE)
        c.add_(h.mean(0) - p.mean(0) - slope @ mu, alpha=RATE)
        w.add_(slope, alpha=RATE)

    return update


def scikit_learn(setting: Setting) -> Callable[[], object]:
    """``BernoulliRBM``: PCD-1, not centred."""
    from sklearn.neural_network import BernoulliRBM

    model = BernoulliRBM(
        setting.hidden, batch_size=setting.batch, n_iter=1, learning_rate=RATE, random_state=0
    )
    x = data(setting)
    model.fit(x)
    draws = np.random.RandomState(0)
    return lambda: model._fit(x, draws)


def rbms(setting: Setting) -> Callable[[], object]:
    """Centred on the batch's means; the gradient is normalised."""
    from types import SimpleNamespace

    import torch
    from rbms.bernoulli_bernoulli.classes import BBRBM
    from rbms.training.pcd import fit_batch_pcd

    x = torch.from_numpy(data(setting))
    model = BBRBM.init_parameters(
        setting.hidden, SimpleNamespace(data=x), torch.device("cpu"), torch.float32
    )
    model.init_grad()
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE, maximize=True)
    weights = torch.ones(len(x), 1)
    chains = model.init_chains(len(x))

    @torch.no_grad()
    def update() -> None:
        nonlocal chains
        if setting.rule == "cd":
            chains = model.init_chains(len(x), weights=weights, start_v=x)
        optimiser.zero_grad(set_to_none=False)
        chains, _ = fit_batch_pcd((x, weights), chains, model, setting.steps, beta=1.0)
        optimiser.step()

    return update


def learnergy(setting: Setting) -> Callable[[], object]:
    """CD by autograd of the free energy, not centred; without its pseudo-likelihood."""
    import torch
    from learnergy.models.bernoulli import RBM

    x = torch.from_numpy(data(setting))
    model = RBM(setting.visible, setting.hidden, steps=setting.steps, learning_rate=RATE)

    def update() -> None:
        *_, drawn = model.gibbs_sampling(x)
        cost = model.energy(x).mean() - model.energy(drawn.detach()).mean()
        model.optimizer.zero_grad()
        cost.backward()
        model.optimizer.step()

    return update


CONTESTANTS = {
    "ours": ours,
    "ours, uncentred": uncentred,
    "ours, fixed point": in_fixed_point,
    "ours, readable": readable,
    "loop": loop,
    "scikit-learn": scikit_learn,
    "rbms": rbms,
    "learnergy": learnergy,
}

PACKAGES = {"scikit-learn": "sklearn", "rbms": "rbms", "learnergy": "learnergy"}


def takes_part(name: str, setting: Setting) -> bool:
    """Whether it is installed and can do this update."""
    if importlib.util.find_spec(PACKAGES.get(name, "numpy")) is None:
        return False
    if setting.family != "bernoulli":
        return name in {"ours", "ours, uncentred"}
    if name == "scikit-learn":
        return (setting.rule, setting.steps) == ("pcd", 1)
    if name == "learnergy":
        return setting.rule == "cd"
    return True


# --- the floor -----------------------------------------------------------------------------------


def floors(setting: Setting, *, by_numpy: bool) -> dict[str, Callable[[], object]]:
    """The matrix products of an update: one after the other, and with data and model rows stacked.

    In the arithmetic of the contestant's own library.
    """
    draws = np.random.default_rng(1)
    n, k = setting.batch, setting.steps
    w = (0.01 * draws.standard_normal((setting.hidden, setting.visible))).astype(np.float32)
    v, h = data(setting), draws.random((n, setting.hidden)).astype(np.float32)
    v2, h2 = np.concatenate([v, v]), np.concatenate([h, h])
    if not by_numpy:
        import torch

        w, v, h, v2, h2 = map(torch.from_numpy, (w, v, h, v2, h2))

    def separate() -> None:
        _ = v @ w.T
        for _ in range(k):
            _ = h @ w
            _ = v @ w.T
        _ = h.T @ v
        _ = h.T @ v

    def stacked() -> None:
        for i in range(k):
            _ = h @ w
            _ = v @ w.T if i < k - 1 else v2 @ w.T
        _ = h2.T @ v2

    return {"separate": separate, "stacked": stacked}
