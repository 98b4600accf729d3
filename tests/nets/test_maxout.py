"""The maxout net: its values, its gradients, and the functions that it contains."""

import pytest
import torch

from harmonium import load, save
from harmonium.learning import CrossEntropy, Descent, SquaredError
from harmonium.models import Classifier, Regressor, adapted
from harmonium.nets import Maxout
from harmonium.nets.maxout import MaxoutLayer
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(3)
X = torch.randn(7, 4, generator=SOURCE, dtype=torch.float64)
CLASSES = torch.tensor([0, 1, 2, 0, 1, 2, 1])
VALUES = torch.randn(7, 3, generator=SOURCE, dtype=torch.float64)


def net(units=(4, 5, 6, 3), **settings):
    with seeded(0):
        return Maxout(units, **settings).double()


def test_a_unit_is_the_largest_of_its_pieces():
    model = net(pieces=3)
    w, b = model.h1.linear.weight.detach(), model.h1.linear.bias.detach()
    b.uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    found = model.activities(X)["h1"]
    for unit in range(5):
        pieces = [X @ w[3 * unit + m] + b[3 * unit + m] for m in range(3)]
        torch.testing.assert_close(found[:, unit], torch.stack(pieces).amax(0))
    assert [*model.activities(X)] == ["h1", "h2"]


def test_two_pieces_can_be_a_rectifier_or_an_absolute_value():
    x = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    for weights, expected in (([[1.0], [0.0]], x.relu()), ([[1.0], [-1.0]], x.abs())):
        layer = MaxoutLayer(torch.tensor(weights, dtype=torch.float64), 2)
        assert torch.equal(layer(x), expected)


@pytest.mark.parametrize("pieces", [1, 2, 4])
@pytest.mark.parametrize("outputs", ["classes", "values"])
def test_gradients_are_finite_differences(pieces, outputs):
    model = net(pieces=pieces, outputs=outputs)
    loss, y = (CrossEntropy(), CLASSES) if outputs == "classes" else (SquaredError(), VALUES)
    batch = {"x": X, "y": y}
    loss(model, batch).mean().backward()
    step = 1e-6
    for p in model.parameters():
        flat, grad = p.data.view(-1), p.grad.view(-1)
        for k in range(0, len(flat), 3):
            value, ends = float(flat[k]), []
            for end in (value + step, value - step):
                flat[k] = end
                ends.append(float(loss(model, batch).detach().mean()))
            flat[k] = value
            assert float(grad[k]) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=2e-8)


def test_first_weights_are_hes():
    with seeded(0):
        model = Maxout([200, 300, 100], pieces=2)
    spread = float(model.h1.linear.weight.detach().std())
    assert spread == pytest.approx((2 / 200) ** 0.5, rel=0.02)


def test_xor_is_learned_by_two_units():
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1, 0])
    model = net((2, 4, 2))
    learner = Descent(model, torch.optim.Adam(model.parameters(), lr=0.02), CrossEntropy())
    before = (model(x).argmax(1) == y).double().mean()
    for _ in range(600):
        learner.step({"x": x, "y": y})
    assert torch.equal(model(x).argmax(1), y)
    assert before < 1


def test_it_is_saved_and_has_a_model(tmp_path):
    model = net(pieces=3, dropout=[0.1, 0.5, 0.5], initial=0.3)
    back = load(save(model, tmp_path / "net.safetensors")).eval()
    assert back.settings == model.settings
    assert torch.equal(back(X), model.eval()(X))
    assert isinstance(adapted(net()), Classifier)
    values = net(outputs="values")
    assert isinstance(adapted(values), Regressor)
    assert values.scale is not None
    assert model.scale is None
    assert adapted(model).sizes == (4, 5, 6, 3)


def test_too_few_sizes_are_refused():
    with pytest.raises(ValueError, match="units are .4.: give the values of a row"):
        Maxout([4])
