"""Inverse graphics: groups in which one factor changes, and codes that are held."""

import pytest
import torch

from harmonium.data.poses import Poses
from harmonium.learning.objectives import Bernoulli
from harmonium.learning.objectives.graphics import InverseGraphics, clamped
from harmonium.nets import MLP, Codec, Net
from harmonium.nets.codes import Gaussian
from harmonium.random import seeded

POSES = Poses(shift=2, rotation=30)


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(n=12):
    return torch.rand(n, 1, 8, 8, generator=source(), dtype=torch.float64)


def codec(k=5):
    with seeded(0):
        encoder = Net([1, 8, 8], ["flatten", {"type": "linear", "out_features": 2 * k}])
        return Codec(encoder, MLP([k, 64]), code=Gaussian()).double()


def test_what_is_not_active_is_the_mean_of_its_group_and_pulled_to_it():
    z = torch.randn(6, 4, generator=source(), dtype=torch.float64, requires_grad=True)
    active = torch.tensor([True, False, True, False])
    held, pulled = clamped(z, active, group=3)
    means = z.detach().reshape(2, 3, 4).mean(1).repeat_interleave(3, 0)
    assert torch.equal(held[:, active], z[:, active])
    torch.testing.assert_close(held[:, ~active].detach(), means[:, ~active])
    up = torch.randn(6, 4, generator=source(1), dtype=torch.float64)
    ((held * up).sum() + 0.01 * pulled.sum()).backward()
    expected = torch.where(active, up, 0.01 * (z.detach() - means))  # the paper's backward pass
    torch.testing.assert_close(z.grad, expected)


def groups(loss, x, wanted, tries=60):
    """The first groups of a kind that the loss draws."""
    for _ in range(tries):
        seen, factor = loss.grouped(x)
        if factor == wanted:
            return seen
    raise AssertionError(wanted)


def test_pictures_of_a_group_differ_in_one_way():
    x = pictures()
    loss = InverseGraphics(Bernoulli(), POSES, group=4, source=source(2))
    whole = groups(loss, x, 3)
    assert whole.shape == (12, 1, 8, 8)  # every row once: pictures differ
    turned = groups(loss, x, 2)
    # the centre of a picture that only turns stays, up to its shift, which the group shares
    sums = turned.reshape(3, 4, 64).sum(2)
    assert not torch.allclose(turned[0], turned[1])
    assert float(sums.std(1).max()) < float(whole.reshape(12, 64).sum(1).std())
    still = InverseGraphics(Bernoulli(), Poses(shift=1e-9), group=4, intrinsic=0, source=source())
    seen, factor = still.grouped(x)
    assert factor < 2
    for row in range(3):  # one row for a group
        torch.testing.assert_close(seen[4 * row : 4 * row + 4], x[row].expand(4, 1, 8, 8))


def test_batches_are_of_each_kind_as_often_as_is_asked():
    loss = InverseGraphics(Bernoulli(), POSES, group=4, intrinsic=0.4, source=source(3))
    kinds = torch.tensor([loss.grouped(pictures(4))[1] for _ in range(600)])
    shares = kinds.bincount(minlength=4) / 600
    assert shares.tolist() == pytest.approx([0.2, 0.2, 0.2, 0.4], abs=0.08)


@pytest.mark.parametrize(("factor", "own"), [(0, [0]), (2, [2]), (3, [3, 4])])
def test_only_active_numbers_get_the_gradient_of_the_loss(factor, own, monkeypatch):
    """Weights of the encoder's other outputs learn nothing without the pull."""
    net, x = codec(), pictures()
    loss = InverseGraphics(Bernoulli(), POSES, group=4, pull=0.0, source=source())
    seen = groups(InverseGraphics(Bernoulli(), POSES, group=4, source=source(4)), x, factor)
    monkeypatch.setattr(loss, "grouped", lambda _: (seen, factor))
    value = loss(net, {"x": x})
    assert value.shape == (12,)
    value.mean().backward()
    (weight, _) = net.encoder.parameters()
    moved = weight.grad.abs().sum(1).reshape(2, 5) > 0  # means, then log variances
    assert moved.any(0).nonzero().flatten().tolist() == own


def test_it_needs_a_whole_group_and_a_number_for_the_rest():
    with pytest.raises(ValueError, match="a batch of 3 pictures holds no group of 4"):
        InverseGraphics(Bernoulli(), POSES, group=4).grouped(pictures(3))
    with pytest.raises(ValueError, match="the code has 3 numbers, and the poses 3 factors"):
        InverseGraphics(Bernoulli(), POSES, group=4)(codec(3), {"x": pictures()})
