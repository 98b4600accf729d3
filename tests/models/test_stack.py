"""A belief net does what its abilities promise."""

import pytest
import torch

import harmonium as hm
from harmonium.models import LabelledStack, Stack
from harmonium.random import generator, seeded

X = torch.rand(7, 6, generator=generator(0))


def net(**options):
    with seeded(0):
        return hm.belief_net(6, 5, 4, std=1.0, **options)


def weight(graph):
    return graph.connections["v-h"].weight.detach()


def test_up_and_down_are_the_units_own_means():
    machine = net()
    first, second = machine.graphs
    h1 = torch.sigmoid(X @ weight(first).mT)
    h2 = torch.sigmoid(h1 @ weight(second).mT)
    model = Stack(machine)
    codes = model.codes({"x": X})
    assert [*codes] == ["h1", "h2"]
    torch.testing.assert_close(codes["h2"], h2)
    back = torch.sigmoid(torch.sigmoid(h2 @ weight(second)) @ weight(first))
    found = model.reconstruct({"x": X})
    assert [*found] == ["layer 1", "layers 1 to 2"]
    torch.testing.assert_close(found["layers 1 to 2"]["x"], back)
    torch.testing.assert_close(found["layer 1"]["x"], torch.sigmoid(h1 @ weight(first)))


def test_a_deeper_filter_is_the_product_of_the_weights():
    machine = net()
    found = Stack(machine).filters()
    first, second = map(weight, machine.graphs)
    torch.testing.assert_close(found["h1"], first)
    torch.testing.assert_close(found["h2"], second @ first)


def test_values_of_a_layer_go_down_to_the_data():
    machine = net()
    h = torch.rand(3, 5)
    expected = torch.sigmoid(h @ weight(machine.graphs[0]))
    torch.testing.assert_close(Stack(machine).as_data(h, layer=1), expected)


def test_the_lowest_layers_alone():
    model = Stack(net())
    assert model.lowest(0) is None
    assert model.lowest(1).machine.graphs == model.machine.graphs[:1]


def test_a_seed_repeats_the_draw_and_visible_units_cannot_be_held():
    model = Stack(net())
    first, again = (model.sample(4, sweeps=5, source=generator(3))["x"] for _ in range(2))
    assert torch.equal(first, again)
    assert first.shape == (4, 6)
    with pytest.raises(ValueError, match="none can be held; train a single rbm"):
        model.sample(2, given={"x": torch.zeros(6)})


def test_a_class_is_held_at_the_top():
    machine = net(classes=2)
    model = LabelledStack(machine)
    y = torch.tensor([0, 1, 1])
    x = model.sample(3, given={"y": y}, sweeps=20, source=generator(1))["x"]
    seen, hold = {"y": torch.eye(2)[y]}, {"y": True}
    expected = machine.generate(3, sweeps=20, seen=seen, hold=hold, source=generator(1))
    assert torch.equal(x, expected)
    torch.testing.assert_close(model.log_probs({"x": X}), machine.log_label_prob(X))
    assert model.state({"x": X, "y": torch.zeros(7).long()})["y"].shape == (7, 2)


def test_an_untied_net_comes_back_untied():
    saved = Stack(net().untie())
    other = Stack(net())
    other.restore(saved.saved())
    assert len(list(other.machine.recognition)) == 1


def test_a_class_of_a_net_without_labels_is_refused():
    with pytest.raises(ValueError, match="the belief net has no labels"):
        Stack(net()).sample(2, given={"y": torch.tensor([0, 1])})
