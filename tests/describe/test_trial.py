"""One seed, one trial: its rows, its random numbers, and what it hands on."""

import pytest
import torch

from harmonium import storage
from harmonium.data import Sampled, Split
from harmonium.describe.trial import Trial, coded, derived, some
from harmonium.learning import hidden_means
from tests.describe import small


def test_every_purpose_has_its_own_numbers():
    seeds = {derived(seed, purpose) for seed in range(50) for purpose in ("data", "train", "a")}
    assert len(seeds) == 150
    one = small.one()
    first, again, other = (torch.rand(4, generator=one.source(p)) for p in ("a", "a", "b"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_rows_of_a_layer_are_means_of_means():
    one = small.one()
    one.split()
    x = one.data.train.x
    assert torch.equal(one.rows(one.data.train), x)
    h = hidden_means(one.graphs[0], x)
    assert torch.equal(one.rows(one.data.train, layer=1), h)


def test_only_labelled_rows_are_fine_tuned_on():
    one = small.one("data.labels={per_class: 5}")
    seen = one.labelled(one.data.train)
    assert seen.y.bincount().tolist() == [5, 5]
    assert len(one.data.train) == 60
    assert one.labelled(None) is None


def test_test_rows_are_drawn_once_and_for_all():
    one = small.one("data.batch_transform=sampled")
    assert isinstance(one.draw, Sampled)
    grey = Trial(0, 5, one.machine, _grey(one.data), one.chain, one.draw)
    other = Trial(0, 6, one.machine, _grey(one.data), one.chain, one.draw)
    assert torch.equal(grey.test.x, other.test.x)
    assert set(grey.test.x.unique().tolist()) == {0.0, 1.0}


def _grey(data):
    from dataclasses import replace

    return replace(data, test=replace(data.test, x=data.test.x * 0.5 + 0.2))


def test_what_was_saved_comes_back(tmp_path):
    one, other = small.one(), small.one(number=1)
    one.net = one.unrolled()
    one.seconds, one.epochs = 2.5, {"compare/random_start": 7}
    other.load_state_dict(one.state_dict())
    assert (other.seconds, other.epochs) == (2.5, {"compare/random_start": 7})
    x = one.rows(one.data.test)
    with torch.no_grad():
        one.net[-1].weight.fill_(0.5)
        other.net[-1].weight.fill_(0.5)
        assert torch.equal(one.net(x), other.net(x))
    one.save(tmp_path, 3)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "3-machine.safetensors",
        "3-net.safetensors",
        "3-transforms.safetensors",
    ]
    machine = storage.load(tmp_path / "3-machine.safetensors")
    assert all(map(torch.equal, machine.recognise(x), one.machine.recognise(x)))


def test_an_untied_net_comes_back_untied():
    recipe = {"model": {"type": "belief_net", "units": [6, 5, 4], "classes": 2}}
    one, other = small.one(**recipe), small.one(**recipe, number=1)
    one.machine.untie()
    one.machine.upwards[0].units["h"].absorb(torch.tensor(1.0))
    other.load_state_dict(one.state_dict())
    assert all(map(torch.equal, one.machine.parameters(), other.machine.parameters()))
    assert len(list(other.machine.recognition)) == 1


def test_labels_are_one_hot_and_seen_at_the_top_only():
    one = small.one(model={"type": "belief_net", "units": [6, 5, 4], "classes": 2})
    split = one.data.train
    assert [*one.observed(split)] == ["v"]
    y = one.observed(split, layer=1)["y"]
    assert torch.equal(y.argmax(1), split.y)
    assert torch.equal(y.sum(1), torch.ones(len(y)))


def test_layers_of_a_deep_boltzmann_machine_keep_their_own_copies():
    made = {"type": "dbm", "units": [6, 5, 4]}
    one, other = small.one(model=made), small.one(model=made, number=1)
    one.split()
    other.split()
    bottom, top = one.layers
    with torch.no_grad():
        bottom.units["h"].bias.fill_(1.0)
        top.units["v"].bias.fill_(3.0)
    other.load_state_dict(one.state_dict())
    assert other.layers[0].units["h"].bias.tolist() == [1.0] * 5
    assert other.layers[1].units["v"].bias.tolist() == [3.0] * 5
    other.compose()
    assert other.machine.units["h1"].bias.tolist() == [2.0] * 5
    assert one.machine.units["h1"].bias.tolist() == [0.0] * 5


def test_rows_that_are_looked_at_lie_all_over_the_split():
    """Files are often sorted by class: the first thousand may hold one of them alone."""
    found = some(Split(torch.arange(2500.0)[:, None], torch.arange(2500) // 250))
    assert len(found) == 1000
    assert found.y.bincount().tolist() == [100] * 10
    few = Split(torch.arange(3.0)[:, None])
    assert torch.equal(some(few).x, few.x)


def test_labels_that_cannot_fit_are_refused_with_their_size(monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 100.0)
    with pytest.raises(
        ValueError, match="labels of 50 rows, one-hot over 40 classes, needs 23.44"
    ):
        coded(torch.zeros(50, dtype=torch.long), torch.zeros(1), classes=40)
