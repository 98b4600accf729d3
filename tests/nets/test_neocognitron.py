"""The neocognitron: its cells in closed form, shifts, learning, and digits that are moved."""

import copy

import pytest
import torch

from harmonium.data import moved_digits
from harmonium.errors import UsageError
from harmonium.learning import Ridge
from harmonium.nets import Neocognitron
from harmonium.random import generator, uniform


def small(**settings):
    chosen = {"planes": (6, 8), "kernels": (3, 5), "selectivity": (2.0, 1.0), **settings}
    return Neocognitron([1, 24, 24], 3, **chosen).double()


def pictures(n=4):
    """A few lines in the middle of empty pictures."""
    x = torch.zeros(n, 24, 24, dtype=torch.float64)
    x[:, 9:15, 9:15] = (uniform(torch.zeros(n, 6, 6), generator(0)) < 0.4).double()
    return x.flatten(1)


@pytest.fixture(scope="module")
def learned():
    net = small()
    net.prepare(pictures())
    return net


def test_s_cells_are_those_of_the_formula(learned):
    """Place by place, from the weights."""
    c = learned._contrasts(pictures())
    (a, b), r = learned.weights(0), 2.0
    found = learned.detect(0, c)
    near = learned._near(0).double()
    for row, y, x in ((0, 10, 11), (1, 12, 9), (3, 14, 14), (2, 0, 1)):
        patch = torch.nn.functional.pad(c[row], (1, 1, 1, 1))[:, y : y + 3, x : x + 3]
        v = (near * patch.square()).sum().sqrt()
        e = (a * patch).sum((1, 2, 3))
        expected = r * ((1 + e) / (1 + r / (1 + r) * b * v) - 1).clamp(min=0)
        torch.testing.assert_close(found[row, :, y, x], expected)
    assert (found > 0).any()


def test_a_plane_answers_its_own_feature_by_one_and_a_dissimilar_one_not_at_all():
    """With strong weights the answer is ((1 + r) s - r), s the similarity (Fukushima, 1988)."""
    net = small(planes=(1,), kernels=(3,), selectivity=(2.0,))
    net.prepare(pictures(1))
    a, b = net.weights(0)
    near = net._near(0).double()
    own = a[0] / near  # the feature itself, up to its size
    torch.testing.assert_close(b[0], (own.square() * near).sum().sqrt())
    other = uniform(torch.zeros_like(own), generator(3))
    for mixed in (own / own.norm(), other, own / own.norm() + 0.3 * other):
        s = (near * own * mixed).sum() / (b[0] * (near * mixed.square()).sum().sqrt())
        middle = net.detect(0, mixed[None])[0, 0, 1, 1]
        torch.testing.assert_close(middle, (3 * s - 2).clamp(min=0), atol=0.02, rtol=0)


def test_a_shifted_picture_gives_shifted_planes_and_the_same_features(learned):
    """By 4 pixels, since each stage halves the rows and columns."""
    x = pictures()
    moved = x.view(-1, 24, 24).roll((4, -4), (1, 2)).flatten(1)
    for stage, (one, other) in enumerate(
        zip(learned.planes(x), learned.planes(moved), strict=True)
    ):
        step = 4 // 2**stage
        there = one.roll((step, -step), (2, 3))
        torch.testing.assert_close(other[..., 4:-4, 4:-4], there[..., 4:-4, 4:-4])
    torch.testing.assert_close(learned.features(moved), learned.features(x))


def test_after_learning_every_active_place_is_answered_if_there_are_planes_enough():
    net = small(planes=(60, 60))
    x = pictures()
    assert not net.features(x).any()
    net.prepare(x)
    c = net._contrasts(x)
    active = net._norms(0, c) > 0.3 * net._norms(0, c).amax()
    assert (net.detect(0, c).amax(1, keepdim=True)[active] > 0).all()
    used = int((net.weights(0)[1] > 0).sum())
    assert 3 < used < 60


@pytest.mark.slow
@pytest.mark.parametrize("seed", [10, 11])
def test_five_digits_are_found_where_they_were_never_seen(seed):
    """Shifts of up to 3 pixels, 10 % of the pixels flipped; learned in the middle."""
    data = moved_digits(seed=seed)
    net = Neocognitron([1, 32, 32], 5)
    net.prepare(data.train.x)
    Ridge(net, strength=0.1).step({"x": data.train.x, "y": data.train.y})
    assert float((net.decide(data.test.x) == data.test.y).float().mean()) >= 0.95


def test_settings_make_the_same_net_again(learned):
    again = Neocognitron(**copy.deepcopy(learned.settings)).double()
    again.load_state_dict(learned.state_dict())
    assert torch.equal(again.features(pictures()), learned.features(pictures()))
    assert learned.units == (576, 8, 3)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"planes": (6,)}, "1 planes, 2 kernels"),
        ({"kernels": (3, 4)}, "give odd widths"),
    ],
)
def test_stages_that_do_not_fit_are_refused(settings, words):
    with pytest.raises(UsageError, match=words):
        small(**settings)
    with pytest.raises(UsageError, match="of grey pictures"):
        Neocognitron([3, 8, 8], 2)
