import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning.objectives import TemporalDifference
from harmonium.nets import MLP, ActionValues, Net
from harmonium.nets.architectures import dqn2015
from harmonium.random import seeded


def test_a_plain_net_gives_its_outputs():
    inner = MLP([3, 5, 2])
    x = torch.randn(4, 3)
    assert torch.equal(ActionValues(inner, 2)(x), inner(x))


def test_a_dueling_net_adds_value_and_centred_advantages():
    inner = MLP([3, 5, 4])
    x = torch.randn(6, 3)
    f, q = inner(x), ActionValues(inner, 3, dueling=True)(x)
    for a in range(3):
        expected = f[:, 0] + f[:, a + 1] - f[:, 1:].mean(1)
        torch.testing.assert_close(q[:, a], expected)
    torch.testing.assert_close(q.mean(1), f[:, 0])  # so value and advantages are identified
    assert torch.equal(q.argmax(1), f[:, 1:].argmax(1))


def test_it_has_what_a_net_must_have():
    net = ActionValues(Net([1, 4, 4], ["flatten", {"type": "linear", "out_features": 3}]), 3)
    assert net.output_kind == "actions"
    assert net.units == (16, 3)
    assert net.shape == (1, 4, 4)
    assert [*ActionValues(MLP([3, 5, 2]), 2).activities(torch.zeros(1, 3))] == ["h1"]
    assert ActionValues(dqn2015(actions=6), 6).units[-1] == 6


def test_a_net_of_flat_rows_reads_observations_of_any_shape():
    net, x = ActionValues(MLP([12, 5, 2]), 2), torch.randn(3, 3, 2, 2)
    assert torch.equal(net(x), net(x.flatten(1)))
    assert torch.equal(net.activities(x)["h1"], net.activities(x.flatten(1))["h1"])


@pytest.mark.parametrize("dueling", [False, True])
def test_gradients_of_the_temporal_difference_are_those_of_finite_differences(dueling):
    with seeded(0):
        net = ActionValues(MLP([3, 4, 2 + dueling], activation="tanh"), 2, dueling=dueling)
    net = net.double()
    source = torch.Generator().manual_seed(0)
    x, after = torch.randn(2, 6, 3, generator=source, dtype=torch.float64)
    batch = {
        "x": x,
        "next": after,
        "action": torch.tensor([0, 1, 0, 1, 1, 0]),
        "reward": torch.linspace(-1, 1, 6, dtype=torch.float64),
        "discount": 0.99 * torch.tensor([1, 1, 0, 1, 1, 0]).double(),
    }
    objective = TemporalDifference(net, renewal=10**6)
    objective(net, batch)  # the target net is set once, and stands still
    parameters = [*net.parameters()]

    def loss(*values):
        named = dict(zip([n for n, _ in net.named_parameters()], values, strict=True))
        q = torch.func.functional_call(net, named, (x,))
        chosen = q.gather(1, batch["action"][:, None])[:, 0]
        return torch.nn.functional.smooth_l1_loss(chosen, objective.targets(net, batch))

    assert torch.autograd.gradcheck(loss, parameters)
    objective(net, batch).mean().backward()
    expected = torch.autograd.grad(loss(*parameters), parameters)
    for parameter, gradient in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


@pytest.mark.parametrize(("dueling", "needed"), [(False, 4), (True, 5)])
def test_another_number_of_outputs_is_refused(dueling, needed):
    with pytest.raises(UsageError, match=f"2 outputs, and 4 actions.* need {needed}"):
        ActionValues(MLP([3, 2]), 4, dueling=dueling)
