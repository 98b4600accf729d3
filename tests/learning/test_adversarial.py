"""The learner of adversaries: two optimisers, several steps, weights, resuming, toys."""

import copy

import pytest
import torch

from harmonium.learning import Adversarial, Averaged
from harmonium.learning.adversarial_losses import Hinge, NonSaturating, Wasserstein
from harmonium.nets import MLP, Adversaries, Net
from harmonium.nets.dropout import set_source
from harmonium.random import seeded

ROWS = torch.rand(12, 4, generator=torch.Generator().manual_seed(0))


def learner(*, loss=None, steps=1, seed=0, dropout=0.0, **settings):
    with seeded(seed):
        net = Adversaries(MLP([3, 8, 4]), MLP([4, 8, 1], dropout=dropout), **settings)
    set_source(net, torch.Generator().manual_seed(1))
    adam = [torch.optim.Adam(part.parameters(), lr=0.01) for part in net.children()]
    return Adversarial(net, *adam, loss=loss or NonSaturating(), steps=steps)


def test_both_players_move_and_say_what_it_cost():
    one = learner()
    before = copy.deepcopy(one.module.state_dict())
    losses = one.step({"x": ROWS})
    assert [*losses] == ["discriminator_loss", "generator_loss"]
    assert all(not torch.equal(before[name], x) for name, x in one.module.state_dict().items())
    assert one.optimisers == [one.generator, one.discriminator]
    assert not one.module.training
    assert all(p.requires_grad for p in one.module.parameters())


def test_several_steps_share_the_rows_and_the_generator_makes_one():
    one = learner(steps=3)
    one.step({"x": ROWS})
    steps = [next(iter(o.state.values()))["step"] for o in one.optimisers]
    assert [int(step) for step in steps] == [1, 3]
    alone = learner()
    alone.steps = 1
    for part in ROWS.split(4):
        alone._discriminate({"x": part})
    for name, x in alone.module.discriminator.state_dict().items():
        assert torch.equal(x, one.module.discriminator.state_dict()[name])


def test_a_batch_of_fewer_rows_than_steps_takes_as_many_steps_as_rows():
    one = learner(steps=5)
    one.step({"x": ROWS[:2]})
    assert int(next(iter(one.discriminator.state.values()))["step"]) == 2


def test_rows_of_weight_zero_count_for_nothing():
    weighted, short = learner(), learner()
    weights = (torch.arange(12) < 6).float()
    losses = []
    for one, batch in ((weighted, {"x": ROWS, "weights": weights}), (short, {"x": ROWS[:6]})):
        # the same made rows, so that only the real ones differ
        one.module.latents = lambda n, **_: torch.zeros(n, 3)
        losses.append(one.step(batch)["discriminator_loss"])
    torch.testing.assert_close(*losses)


def test_frozen_parameters_stay_frozen():
    one = learner()
    one.module.discriminator.h1.weight.requires_grad_(False)
    one.step({"x": ROWS})
    assert not one.module.discriminator.h1.weight.requires_grad
    assert one.module.discriminator.outputs.weight.requires_grad


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"loss": Wasserstein(), "steps": 2},
        {"loss": Hinge(), "spectral_norm": True},
        {"dropout": 0.5},
    ],
)
def test_what_was_saved_goes_on_to_the_bit(settings):
    """Both optimisers, the vectors of spectral norms, the average, and the noise's generator."""

    def made(seed):
        inner = learner(seed=seed, **settings)
        return Averaged(copy.deepcopy(inner.module), inner, decay=0.9, part="generator.")

    one, other = made(0), made(5)
    for _ in range(3):
        one.step({"x": ROWS})
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    other.learner.module.source.set_state(one.learner.module.source.get_state())
    for both in (one, other):
        for _ in range(3):
            both.step({"x": ROWS})
    for module, again in ((one.module, other.module), (one.learner.module, other.learner.module)):
        for name, x in module.state_dict().items():
            assert torch.equal(x, again.state_dict()[name]), name


def test_only_the_generator_is_averaged():
    inner = learner()
    one = Averaged(copy.deepcopy(inner.module), inner, decay=0.9, part="generator.")
    for _ in range(3):
        one.step({"x": ROWS})
    own, learned = one.module.state_dict(), inner.module.state_dict()
    for name, x in own.items():
        assert torch.equal(x, learned[name]) is name.startswith("discriminator.")


def test_batch_normalisation_does_not_go_with_a_penalty():
    layers = [{"type": "linear", "out_features": 5}, "batch_norm1d", "relu"]
    critic = Net([4], [*layers, {"type": "linear", "out_features": 1}])
    net = Adversaries(MLP([3, 4]), critic)
    adam = [torch.optim.Adam(part.parameters()) for part in net.children()]
    with pytest.raises(ValueError, match="batch normalisation mixes the rows"):
        Adversarial(net, *adam, loss=Wasserstein())
    assert Adversarial(net, *adam, loss=Hinge()).steps == 1


CENTRES = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def mixture(n, source):
    which = torch.randint(4, (n,), generator=source)
    return CENTRES[which] + 0.1 * torch.randn(n, 2, generator=source)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"loss": NonSaturating()}, marks=pytest.mark.slow),
        pytest.param({"loss": Wasserstein(1.0), "steps": 3}, marks=pytest.mark.slow),
        {"loss": Hinge(), "spectral_norm": True, "lr": 2e-3, "updates": 1000},
    ],
    ids=["non_saturating", "wasserstein", "hinge"],
)
def test_the_modes_of_a_mixture_are_covered(settings):
    """Four normal distributions in the plane: samples lie at all of them, and near them."""
    settings = {"spectral_norm": False, "lr": 1e-3, "updates": 2500, **settings}
    lr, updates = settings.pop("lr"), settings.pop("updates")
    source = torch.Generator().manual_seed(0)
    with seeded(0):
        net = Adversaries(
            MLP([4, 32, 32, 2]),
            MLP([2, 32, 32, 1], activation="leaky_relu"),
            outputs="values",
            spectral_norm=settings.pop("spectral_norm"),
        )
    set_source(net, source)
    adam = [torch.optim.Adam(p.parameters(), lr=lr, betas=(0.0, 0.9)) for p in net.children()]
    one = Adversarial(net, *adam, **settings)
    mean = Averaged(copy.deepcopy(net), one, decay=0.99, part="generator.")
    for _ in range(updates):
        mean.step({"x": mixture(64 * one.steps, source)})
    with torch.no_grad():
        made = mean.module.made(mean.module.latents(2000, source=source))
    gaps, nearest = torch.cdist(made, CENTRES).min(1)
    shares = nearest.bincount(minlength=4) / 2000
    assert shares.min() > 0.1
    assert (gaps < 0.5).float().mean() > 0.6
