"""Backpropagation in closed form: its gradients and updates are those of autograd."""

import copy
from functools import partial

import pytest
import torch
from torch import nn

from harmonium.learning import Coding, CrossEntropy, Descent, SquaredError
from harmonium.learning.fused_backward import FlatParameters, FusedDescent, is_fusible
from harmonium.learning.max_norm import max_norm
from harmonium.learning.objectives import Bernoulli
from harmonium.nets import MLP, Maxout, Perceptron
from harmonium.nets.activations import Tanh
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(3)
X = torch.randn(9, 4, generator=SOURCE, dtype=torch.float64)
CLASSES = torch.arange(9) % 3
LABELS = (torch.rand(9, 3, generator=SOURCE, dtype=torch.float64) < 0.4).double()
VALUES = 50 + 9 * torch.randn(9, 3, generator=SOURCE, dtype=torch.float64)
WEIGHTS = torch.rand(9, generator=SOURCE, dtype=torch.float64)
TASKS = {
    "classes": (CrossEntropy(), "classes", CLASSES),
    "one of the labels": (Bernoulli(), "classes", CLASSES),
    "labels": (Bernoulli(), "probabilities", LABELS),
    "values": (SquaredError(), "values", VALUES),
}
ACTIVATIONS = [
    ("identity", None),
    ("logistic", 1.5),
    ("tanh", 0.7),
    ("softsign", 0.8),
    ("relu", None),
    ("leaky_relu", 0.1),
    ("elu", 0.7),
]
SGD = partial(torch.optim.SGD, lr=0.1, momentum=0.9)


def net(task, activation="tanh", slope=None):
    _, outputs, y = TASKS[task]
    with seeded(0):
        model = MLP([4, 5, 6, 3], activation=activation, slope=slope, outputs=outputs).double()
    if outputs == "values":
        model.rescaled.fit(y)
    return model


def batch_of(task, *, weighted):
    batch = {"x": X, "y": TASKS[task][2]}
    return {**batch, "weights": WEIGHTS} if weighted else batch


def expected(model, task, *, weighted, l2):
    """Mean loss and gradients by autograd, with the penalty on the weights."""
    batch = batch_of(task, weighted=weighted)
    losses = TASKS[task][0](model, batch)
    w = WEIGHTS if weighted else torch.ones(9, dtype=torch.float64)
    loss = (losses * w).sum() / w.sum()
    squares = sum(p.square().sum() for p in model.parameters() if p.ndim > 1)
    (loss + 0.5 * l2 / w.sum() * squares).backward()
    return loss.detach(), {name: p.grad for name, p in model.named_parameters()}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("activation", "slope"), ACTIVATIONS)
def test_gradients_are_those_of_autograd(activation, slope, task, weighted):
    loss, grads = expected(net(task, activation, slope), task, weighted=weighted, l2=0.3)
    model = net(task, activation, slope)
    learner = FusedDescent(model, TASKS[task][0], optimiser=SGD, l2=0.3)
    found = learner.backward(batch_of(task, weighted=weighted))
    torch.testing.assert_close(found, loss, rtol=0, atol=1e-12)
    for name, p in model.named_parameters():
        _, grad = learner.flat.views[id(p)]
        torch.testing.assert_close(grad, grads[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("task", TASKS)
def test_the_first_delta_is_output_minus_target(task):
    """Of softmax, logistic and linear outputs, each with its loss, per row of the batch."""
    model = net(task)
    learner = FusedDescent(model, TASKS[task][0], optimiser=SGD)
    z = model(X).detach()
    if task == "values":
        gap = (z - VALUES) / model.scale
    else:
        coded = nn.functional.one_hot(CLASSES, 3) if task != "labels" else LABELS
        gap = (z.softmax(1) if task == "classes" else z.sigmoid()) - coded
    learner.backward(batch_of(task, weighted=False))
    bias = learner.flat.views[id(model.outputs.bias)][1]
    torch.testing.assert_close(bias, gap.sum(0) / 9, rtol=0, atol=1e-12)


def test_a_wrong_derivative_is_noticed():
    class Wrong(Tanh):
        def derivative(self, h):
            return self.slope * (1 - h)

    model = net("classes")
    model.h1_activation = Wrong()
    _, grads = expected(copy.deepcopy(model), "classes", weighted=False, l2=0.0)
    learner = FusedDescent(model, CrossEntropy(), optimiser=SGD)
    learner.backward(batch_of("classes", weighted=False))
    grad = learner.flat.views[id(model.h1.weight)][1]
    assert float((grad - grads["h1.weight"]).abs().max()) > 1e-3


@pytest.mark.parametrize("make", [SGD, partial(torch.optim.Adam, lr=0.01, fused=True)])
@pytest.mark.parametrize("task", TASKS)
def test_updates_are_those_of_descent(task, make):
    plain, model = net(task), net(task)
    descent = Descent(plain, make(list(plain.parameters())), TASKS[task][0])
    learner = FusedDescent(model, TASKS[task][0], optimiser=make)
    batch = batch_of(task, weighted=True)
    for _ in range(5):
        one, other = descent.step(batch), learner.step(batch)
        assert one.keys() == other.keys()
        torch.testing.assert_close([*one.values()], [*other.values()], rtol=0, atol=1e-10)
    for name, p in plain.named_parameters():
        torch.testing.assert_close(model.get_parameter(name), p, rtol=0, atol=1e-10)


def test_the_limit_on_norms_is_kept():
    model = net("classes")
    limit = max_norm(model, 0.4)
    learner = FusedDescent(model, CrossEntropy(), optimiser=SGD, project=limit)
    learner.step(batch_of("classes", weighted=False))
    assert float(model.h1.weight.detach().norm(dim=1).max()) <= 0.4 + 1e-12


def test_the_penalty_is_half_the_square_of_the_weights():
    model = net("classes")
    learner = FusedDescent(model, CrossEntropy(), optimiser=SGD, l2=0.3)
    squares = sum(float(p.detach().square().sum()) for p in model.parameters() if p.ndim > 1)
    assert float(learner.penalty(9.0)) == pytest.approx(0.5 * 0.3 / 9 * squares)


def test_detached_parameters_have_memory_of_their_own():
    model = net("classes")
    before = [p.detach().clone() for p in model.parameters()]
    flat = FlatParameters(model)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before, strict=True))
    flat.detach()
    flat.vector.data.zero_()
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before, strict=True))
    with torch.no_grad():
        model.h1.bias.fill_(2.0)
    flat.attach()
    assert float(flat.views[id(model.h1.bias)][0].mean()) == 2
    assert float(flat.vector.detach()[-14:].abs().sum()) == 2 * 5


def test_what_was_saved_goes_on_to_the_bit():
    batch = batch_of("classes", weighted=False)
    one, other = (FusedDescent(net("classes"), CrossEntropy(), optimiser=SGD) for _ in range(2))
    one.step(batch)
    other.step({**batch, "x": -X})
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    one.step(batch)
    other.step(batch)
    assert torch.equal(one.flat.vector, other.flat.vector)
    assert torch.equal(one.module.h1.weight, other.module.h1.weight)


def test_nets_that_need_autograd_are_known():
    assert all(
        is_fusible(net(task, *act), TASKS[task][0]) for task in TASKS for act in ACTIVATIONS
    )
    assert is_fusible(nn.Linear(3, 2), CrossEntropy())
    assert not is_fusible(MLP([4, 5, 3], activation="gelu"), CrossEntropy())
    assert not is_fusible(MLP([4, 5, 3], dropout=0.5), CrossEntropy())
    assert not is_fusible(Maxout([4, 5, 3]), CrossEntropy())
    assert not is_fusible(Perceptron(4, 3), CrossEntropy())
    assert not is_fusible(MLP([4, 5, 4]), Coding(SquaredError()))
