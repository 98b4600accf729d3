import torch

from harmonium import Gaussian
from harmonium.machines import classification_rbm


def test_its_groups_and_wires():
    graph = classification_rbm(5, 3, classes=4)
    assert [repr(u) for u in graph.units.values()] == [
        "Bernoulli(5)",
        "Categorical(4)",
        "Bernoulli(3)",
    ]
    assert [(e.source, e.target) for e in graph.edges] == [("v", "h"), ("y", "h")]
    assert graph.connections["y-h"].weight.shape == (3, 4)


def test_other_families_and_no_weights():
    visible = Gaussian(2)
    graph = classification_rbm(visible, 3, classes=2, std=0.0)
    assert graph.units["v"] is visible
    assert all(float(p.detach().abs().max()) == 0 for p in graph.connections.parameters())


def test_its_energy_is_the_textbooks():
    graph = classification_rbm(3, 2, classes=2, std=1.0)
    v, y, h = torch.tensor([[1.0, 0, 1]]), torch.tensor([[0.0, 1]]), torch.tensor([[1.0, 1]])
    w, u = (graph.connections[n].weight for n in ("v-h", "y-h"))
    expected = -(h @ w @ v.mT + h @ u @ y.mT)[0]
    torch.testing.assert_close(graph.energy({"v": v, "y": y, "h": h}), expected)
