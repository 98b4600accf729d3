import pytest
import torch
from torch import nn

from harmonium.learning import Descent
from harmonium.learning.objectives import TemporalDifference

GAMMA = 0.9

# A small world: state, action -> next state, reward, end. State 3 is never left.
WORLD = {
    (0, 0): (1, 0.0, 0.0),
    (0, 1): (2, 0.1, 0.0),
    (1, 0): (0, -0.5, 0.0),
    (1, 1): (3, 1.0, 1.0),
    (2, 0): (2, 0.2, 0.0),
    (2, 1): (3, -1.0, 1.0),
}


def transitions(gamma=GAMMA):
    rows = [(s, a, *after) for (s, a), after in WORLD.items()]
    state, action, after, reward, ended = (torch.tensor(c) for c in zip(*rows, strict=True))
    eye = torch.eye(4, dtype=torch.float64)
    return {
        "x": eye[state],
        "next": eye[after],
        "action": action,
        "reward": reward.double(),
        "discount": gamma * (1 - ended.double()),
    }


def exact_values():
    """Value iteration, on its own."""
    q = torch.zeros(4, 2, dtype=torch.float64)
    for _ in range(500):
        new = q.clone()
        for (s, a), (after, reward, ended) in WORLD.items():
            new[s, a] = reward + GAMMA * (1 - ended) * q[after].max()
        q = new
    return q


def table():
    net = nn.Linear(4, 2, bias=False, dtype=torch.float64)
    nn.init.zeros_(net.weight)
    return net


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("renewal", [1, 7])
def test_a_table_learns_the_values_of_value_iteration(double, renewal):
    net, batch = table(), transitions()
    objective = TemporalDifference(net, renewal=renewal, double=double)
    learner = Descent(net, torch.optim.SGD(net.parameters(), lr=3.0), objective)
    for _ in range(1500):
        learner.step(batch)
    learned, exact = net.weight.detach().T[:3], exact_values()[:3]
    torch.testing.assert_close(learned, exact, atol=1e-6, rtol=0)


def test_targets_and_losses_by_hand():
    net = table()
    net.weight.data = torch.tensor([[1.0, 2.0, 5.0, 0.0], [3.0, 1.0, 0.0, 9.0]]).double()
    objective = TemporalDifference(net, renewal=100, double=True)
    batch = transitions(0.5)
    before = objective(net, batch)
    assert before[3].item() == pytest.approx(0.0)  # 1 of an end, and Q(1, 1) is 1
    assert before[0].item() == pytest.approx(abs(0 + 0.5 * 2 - 1))  # best of state 1: 2; Q is 1
    with torch.no_grad():
        net.weight[1, 1] = 8.0  # now the net itself prefers action 1 in state 1
    # double: action 1 by the net, whose value in the old copy is 1
    assert objective.targets(net, batch)[0].item() == pytest.approx(0.5 * 1)
    plain = TemporalDifference(net, renewal=100, double=False)
    plain.load_state_dict(objective.state_dict())
    assert plain.targets(net, batch)[0].item() == pytest.approx(0.5 * 2)


def test_the_loss_is_a_square_near_zero_and_straight_beyond_one():
    net, batch = table(), transitions()
    batch["discount"] = torch.zeros(6).double()
    batch["reward"] = torch.tensor([0.0, 0.5, 1.0, 2.0, -3.0, 0.1]).double()
    losses = TemporalDifference(net)(net, batch)
    assert losses.tolist() == pytest.approx([0.0, 0.125, 0.5, 1.5, 2.5, 0.005])


def test_no_gradient_flows_through_the_target():
    net, batch = table(), transitions()
    objective = TemporalDifference(net)
    objective(net, batch).sum().backward()
    assert all(p.grad is None for p in objective.target.parameters())
    moved = net.weight.grad.T.clone()
    gaps = -torch.stack([torch.as_tensor(r) for _, r, _ in WORLD.values()])
    for ((s, a), _), gap in zip(WORLD.items(), gaps, strict=True):
        assert moved[s, a].item() == pytest.approx(gap.item())  # d loss / d Q at Q = 0


def test_the_target_stands_still_between_renewals_and_is_saved():
    net, batch = table(), transitions()
    objective = TemporalDifference(net, renewal=3)
    learner = Descent(net, torch.optim.SGD(net.parameters(), lr=1.0), objective)
    seen = []
    for _ in range(4):
        learner.step(batch)
        seen.append(objective.target.weight.clone())
    assert torch.equal(seen[0], seen[1])
    assert torch.equal(seen[1], seen[2])
    assert not torch.equal(seen[2], seen[3])
    saved, other = learner.state_dict(), table()
    again = TemporalDifference(other, renewal=3)
    twin = Descent(other, torch.optim.SGD(other.parameters(), lr=1.0), again)
    twin.load_state_dict(saved)
    for _ in range(3):
        learner.step(batch)
        twin.step(batch)
    assert torch.equal(net.weight, other.weight)
