"""Kohonen's rule against its formula row by row, the batch form, starts and resuming."""

import pytest
import torch

from harmonium.learning import Kohonen, principal_start, row_start
from harmonium.nets import KohonenMap

ROWS = torch.randn(40, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def som(rows=3, columns=4, **settings):
    net = KohonenMap(3, rows=rows, columns=columns, **settings).double()
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(1))
    return net


def rule(net, *, lr=0.3, **settings):
    settings = {"updates": 40, "radius": 2.0, **settings}
    return Kohonen(net, torch.optim.SGD(net.parameters(), lr=lr), **settings)


def one_by_one(weight, places, *, rows, lr=0.3, sigmas):
    """Kohonen's online rule, written out unit by unit."""
    weight = weight.clone()
    for x, sigma in zip(rows, sigmas, strict=True):
        winner = min(range(len(weight)), key=lambda j: float((x - weight[j]).norm()))
        for j in range(len(weight)):
            gap = float((places[winner] - places[j]).norm())
            h = torch.tensor(-(gap**2) / (2 * sigma**2), dtype=torch.float64).exp()
            weight[j] += lr * h * (x - weight[j])
    return weight


@pytest.mark.parametrize("grid", ["square", "hexagonal"])
def test_one_row_a_batch_is_the_online_rule(grid):
    net = som(grid=grid)
    learner, sigmas = rule(net), []
    expected = net.weight.detach().clone()
    for row in ROWS:
        sigmas.append(learner.sigma)
        learner.step({"x": row[None]})
    expected = one_by_one(expected, net.places, rows=ROWS, sigmas=sigmas)
    torch.testing.assert_close(net.weight.detach(), expected, rtol=0, atol=1e-10)
    assert sigmas[0] == 2.0
    assert sigmas[-1] == pytest.approx(0.5)


def test_equal_rows_of_a_batch_move_prototypes_as_far_as_one_after_the_other():
    net, x = som(), ROWS[:1]
    learner = rule(net, last_radius=2.0)
    expected = one_by_one(net.weight.detach(), net.places, rows=x.repeat(7, 1), sigmas=[2.0] * 7)
    learner.step({"x": x.repeat(7, 1)})
    torch.testing.assert_close(net.weight.detach(), expected, rtol=0, atol=1e-10)


def test_weights_count_rows():
    twice, weighted = som(), som()
    rule(twice).step({"x": torch.cat([ROWS, ROWS[:9]])})
    importance = torch.ones(40, dtype=torch.float64)
    importance[:9] = 2
    rule(weighted).step({"x": ROWS, "weights": importance})
    torch.testing.assert_close(twice.weight, weighted.weight, rtol=0, atol=1e-10)


def test_a_row_of_weight_zero_counts_for_nothing_even_at_rate_one():
    short, padded = som(), som()
    rule(short, lr=1.0).step({"x": ROWS[:5]})
    importance = (torch.arange(40) < 5).double()
    rule(padded, lr=1.0).step({"x": ROWS, "weights": importance})
    torch.testing.assert_close(short.weight, padded.weight, rtol=0, atol=1e-10)


def test_the_batch_form_puts_prototypes_at_weighted_means():
    net = som()
    winners = net.winners(ROWS)
    h = torch.exp(-(torch.cdist(net.places, net.places) ** 2) / 8)[winners]
    error = rule(net, lr=1.0, form="batch").step({"x": ROWS})["quantisation_error"]
    torch.testing.assert_close(net.weight.detach(), h.mT @ ROWS / h.sum(0)[:, None])
    before = torch.cdist(ROWS, som().weight).amin(1).mean()
    torch.testing.assert_close(error, before.detach())


def test_the_principal_start_spreads_over_the_first_two_components():
    wide = ROWS * torch.tensor([5.0, 2.0, 0.01], dtype=torch.float64)
    net = som(3, 5)
    principal_start(net, wide)
    centre = net.weight.detach()[7]  # middle of the grid
    torch.testing.assert_close(centre, wide.mean(0))
    along, down = net.weight.detach()[9] - centre, net.weight.detach()[12] - centre
    _, sizes, directions = torch.linalg.svd(wide - wide.mean(0), full_matrices=False)
    for step, size, direction in zip((along, down), sizes, directions, strict=False):
        assert abs(step @ direction) == pytest.approx(float(size) / 39**0.5)


def test_the_start_at_rows_takes_every_row_once_before_any_twice():
    net = som(3, 4)
    row_start(net, ROWS[:8], source=torch.Generator().manual_seed(0))
    found = torch.cdist(net.weight.detach(), ROWS[:8])
    assert (found.amin(1) == 0).all()
    counts = found.argmin(1).bincount(minlength=8)
    assert counts.min() >= 1
    assert counts.max() == 2


def test_a_map_unfolds_and_learns_the_order_of_rows():
    line = torch.linspace(0, 1, 200, dtype=torch.float64)[:, None].expand(-1, 3)
    net = som(1, 10)
    row_start(net, line, source=torch.Generator().manual_seed(0))
    learner = rule(net, lr=0.5, updates=300, radius=5.0)
    order = torch.Generator().manual_seed(0)
    for _ in range(300):
        learner.step({"x": line[torch.randperm(200, generator=order)[:20]]})
    steps = net.weight.detach()[:, 0].diff()
    assert (steps > 0).all() or (steps < 0).all()


def test_a_learner_goes_on_from_its_state_to_the_bit():
    whole, parts = som(), som()
    first, second = rule(whole), rule(parts)
    for row in ROWS[:20]:
        second.step({"x": row[None]})
    again = rule(som())
    again.load_state_dict(second.state_dict())
    for k, row in enumerate(ROWS):
        first.step({"x": row[None]})
        if k >= 20:
            again.step({"x": row[None]})
    assert torch.equal(again.module.weight, whole.weight)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lr": 1.5}, "a rate of 1.5: .* at most 1"),
        ({"radius": 0.0}, "must be positive"),
        ({"last_radius": -1.0}, "must be positive"),
    ],
)
def test_impossible_settings_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        rule(som(), **settings)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("Adam", {}), ("SGD", {"momentum": 0.9}), ("SGD", {"weight_decay": 0.1})],
)
def test_other_optimisers_than_plain_sgd_are_refused(kind, settings):
    net = som()
    optimiser = getattr(torch.optim, kind)(net.parameters(), lr=0.1, **settings)
    with pytest.raises(ValueError, match=f"the optimiser is {kind}.* by plain sgd"):
        Kohonen(net, optimiser, updates=4, radius=1.0)


def test_the_batch_form_does_not_depend_on_the_rate():
    whole, part = som(), som()
    rule(whole, lr=1.0, form="batch").step({"x": ROWS})
    rule(part, lr=0.3, form="batch").step({"x": ROWS})
    torch.testing.assert_close(part.weight, whole.weight)


@pytest.mark.parametrize("form", ["online", "batch"])
def test_a_rate_that_has_fallen_to_zero_moves_nothing(form):
    net = som()
    still = rule(net, lr=0.3, form=form)
    still.optimisers[0].param_groups[0]["lr"] = 0.0
    before = net.weight.detach().clone()
    still.step({"x": ROWS})
    assert torch.equal(net.weight, before)
