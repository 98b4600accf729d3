import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets import MLP, ActionValues, Net
from harmonium.nets.architectures import dqn2015


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


@pytest.mark.parametrize(("dueling", "needed"), [(False, 4), (True, 5)])
def test_another_number_of_outputs_is_refused(dueling, needed):
    with pytest.raises(UsageError, match=f"2 outputs, and 4 actions.* need {needed}"):
        ActionValues(MLP([3, 2]), 4, dueling=dueling)
