"""Products in fixed point are those of the machine with rounded weights, to the last bit.

What is not a product is the fused update, whose laws are in test_fused.py.
"""

import copy

import pytest
import torch

from harmonium import exact, rbm
from harmonium.learning import CD, L2, PCD, Learner
from harmonium.learning import fixed as fixed_point
from harmonium.learning.fixed import FixedProducts, _Space, fixed
from harmonium.learning.fused import fused
from harmonium.random import generator
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, randomised
from tests.laws.test_fused import groups, sgd, shaped
from tests.laws.test_no_drift import CHAINS, chains

UPDATES, ROWS = 20, 100_000
BUILDS = {"rbm": lambda: rbm(40, 30), "square": lambda: rbm(32, 32), "turned": shaped}


def updates(build, *, contrast, std=0.6):
    """The update in fixed point and in floating point, of twins."""
    graph = randomised(build(), 3, std=std).float()
    twins = graph, copy.deepcopy(graph)
    makers = fixed, fused
    return [make(g, sgd(g), contrast=contrast) for g, make in zip(twins, makers, strict=True)]


def rounded(update):
    """The weights on their grid, in double precision, out of the integers that are multiplied."""
    return -update.products.grid * update.products.integers.double()


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
@pytest.mark.parametrize("std", [1e-3, 0.6, 30.0])
def test_weights_are_rounded_to_the_nearest_of_15_bits(build, std):
    update, _ = updates(build, contrast=PCD(), std=std)
    update.products.write()
    w = update.flat[0].double()
    assert torch.equal(rounded(update), update.products.grid * (w / update.products.grid).round())
    assert 8128 < float(w.abs().max()) / update.products.grid <= 16256
    if fixed_point.FAST:
        assert int(update.products.low.min()) >= 0


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_fields_are_exact(build):
    """Up to the last rounding, of the sum to single precision and by the logistic function."""
    update, _ = updates(build, contrast=PCD())
    x, y = len(update.b), len(update.c)
    v, h = (numbers(9, n, seed=n).sign().clamp(min=0).float() for n in (x, y))
    s = update._spaced(v, update.products, model=9, weights=None)
    update.products.write()
    w = rounded(update)
    up, down = (w, w.mT) if update.turned else (w.mT, w)
    for found, truth in (
        (s.products.up(s, "data"), update.c.double() + v.double() @ up),
        (s.products.down(s, h), update.b.double() + h.double() @ down),
    ):
        torch.testing.assert_close(found.double(), truth.sigmoid(), rtol=0, atol=3e-7)


# --- the correlation -----------------------------------------------------------------------------

CONTRASTS = {
    "pcd": PCD(),
    "few": PCD(2, chains=30),
    "many": PCD(chains=250),
    "cd": CD(2),
}


def filled(update, *, seed, weights=None):
    """Rows and draws as a step leaves them, the rows centred."""
    rows = 100
    v = (numbers(rows, len(update.b), seed=1) > 0.5).float()
    model = getattr(update.contrast, "chains", rows)
    s = update._spaced(v, update.products, model=model, weights=weights)
    s.x_model.copy_(numbers(*s.x_model.shape, seed=2) > 0.3)
    s.y.copy_(numbers(*s.y.shape, seed=3).sigmoid())
    s.mu.fill_(0.31), s.nu.fill_(0.4)
    if isinstance(s, _Space):
        s.states["all"].copy_(s.x)
        s.dither(generator(seed))
    s.x.sub_(s.middle())
    s.y.sub_(s.nu).mul_(s.column)
    return s


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
@pytest.mark.parametrize("contrast", CONTRASTS.values(), ids=CONTRASTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_is_right_on_average(build, contrast, weighted):
    assert abs(bias(build, contrast=contrast, weighted=weighted)) < judge.LIMIT


def bias(build, *, contrast, weighted=False, n=400):
    """z of the mean of many correlations of the same rows; none is far from the mean."""
    update, _ = updates(build, contrast=contrast)
    weights = torch.arange(1.0, 101) if weighted else None
    zero, found = torch.zeros_like(update.flat[0]), []
    for seed in range(n):
        s, into = filled(update, seed=seed, weights=weights), zero.clone()
        s.products.correlate(s, into, beta=1, alpha=1)
        found.append(into)
    left, right = (s.x, s.y) if update.turned else (s.y, s.x)
    truth = left.double().mT @ right.double()
    found = torch.stack(found)
    assert float((found - truth).abs().max()) < 0.01
    return judge.mean(found, truth)


@pytest.mark.parametrize("contrast", CONTRASTS.values(), ids=CONTRASTS)
def test_the_furthest_rows_fit_into_a_digit(contrast):
    update, _ = updates(BUILDS["rbm"], contrast=contrast)
    for seed in range(100):
        s = filled(update, seed=seed)
        s.y[::2], s.y[1::2] = s.unit, -s.unit
        digits = s.rounded().int()
        assert int((digits[::2] - 126).abs().max()) <= 1
        assert int((digits[1::2] + 126).abs().max()) <= 1


def test_rounding_to_the_nearest_is_caught(monkeypatch):
    def nearest(self):
        return self.y_digit.copy_((self.y * (126 / self.unit)).round())

    assert abs(bias(BUILDS["rbm"], contrast=PCD())) < judge.LIMIT
    monkeypatch.setattr(_Space, "rounded", nearest)
    assert abs(bias(BUILDS["rbm"], contrast=PCD())) > judge.LIMIT


SETTINGS = {
    "pcd": (sgd, {"contrast": PCD()}),
    "plain": (sgd, {"contrast": PCD(chains=40), "centring": None}),
    "groups": (groups, {"contrast": PCD(2), "penalties": [L2(0.2)]}),
    "decayed": (sgd, {"contrast": PCD(), "penalties": [L2(0.2)]}),
    "cd": (groups, {"contrast": CD()}),
}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
@pytest.mark.parametrize("case", SETTINGS)
def test_it_walks_with_the_rounded_machine(build, case):
    """Updates from the same place: the same chains, and moves that differ by 1 % of the rate."""
    optimiser, settings = SETTINGS[case]
    graph = randomised(build(), 3, std=0.3).float()
    twins = graph, copy.deepcopy(graph)
    one, other = (
        Learner(g, optimiser(g), source=generator(5), products=p, **copy.deepcopy(settings))
        for g, p in zip(twins, ("fixed", "float"), strict=True)
    )
    for k in range(UPDATES):
        other.load_state_dict(one.state_dict())
        begun = fixed(graph, one.optimiser, contrast=one.contrast)
        begun.products.write()
        shift = rounded(begun) - begun.flat[0]
        twins[1].edges[0].connection.weight.detach().copy_(rounded(begun))
        batch = {"v": (numbers(50, *graph.units["v"].shape, seed=k) > 0.2).float()}
        for learner in (one, other):
            learner.step(batch)
        assert isinstance(one._bound[1].products, FixedProducts)
        for name, x in one.chains.items():
            assert torch.equal(x, other.chains[name]), name
        pairs = zip(*(g.named_parameters() for g in twins), strict=True)
        for (name, p), (_, q) in pairs:
            moved, limit = (q, 1e-3) if "units" in name else (q - shift, 5e-4)
            assert float((p - moved).detach().abs().max()) < limit, name


# --- no drift ------------------------------------------------------------------------------------


def drift(*, target, steps=2, seed=1):
    """z of chains that start at a target, after a step of the rounded machine."""
    graph = GRAPHS["rbm"](torch.float32)
    counts = 0
    for many, source in chains(target, seed=seed):
        for v, h in zip(many["v"].split(ROWS), many["h"].split(ROWS), strict=True):
            learner = Learner(graph, sgd(graph, lr=0.0), contrast=PCD(steps), source=source)
            learner.chains, learner.products = {"v": v, "h": h}, "fixed"
            learner.step({"v": v[:1]})
            counts = counts + counted(target, learner.chains)
    assert int(counts.sum()) == CHAINS
    return judge.chi_square(counts, exact.distribution(target)[1])


def on_the_grid():
    """The machine with rounded weights, in double precision."""
    graph = GRAPHS["rbm"]()
    single = GRAPHS["rbm"](torch.float32)
    update = fixed(single, sgd(single), contrast=PCD())
    update.products.write()
    (edge,) = graph.edges
    with torch.no_grad():
        edge.connection.weight.copy_(rounded(update))
    assert not torch.equal(edge.connection.weight.float(), update.flat[0])
    return graph


@pytest.mark.parametrize("target", [on_the_grid, GRAPHS["rbm"]], ids=["rounded", "original"])
@pytest.mark.parametrize("steps", [1, 2])
def test_its_chains_stay_at_the_target(target, steps):
    assert abs(drift(target=target(), steps=steps)) < judge.LIMIT


def test_one_digit_is_caught(monkeypatch):
    whole = FixedProducts.write

    def coarse(self):
        whole(self)
        self.low.zero_()
        self.rounded.div_(128, rounding_mode="floor").mul_(128)  # without fast products of bytes

    monkeypatch.setattr(FixedProducts, "write", coarse)
    assert abs(drift(target=GRAPHS["rbm"]())) > judge.LIMIT
