import pytest
import torch

from harmonium.data import environment
from harmonium.errors import UsageError
from harmonium.models import Acts, Agent, adapted
from harmonium.nets import MLP, ActionValues


def agent():
    return adapted(ActionValues(MLP([100, 7, 3]), 3))


def test_it_takes_the_action_of_the_largest_value():
    model = agent()
    assert isinstance(model, Agent)
    assert isinstance(model, Acts)
    batch = {"x": torch.rand(20, 100)}
    values = model.values(batch)
    assert values.shape == (20, 3)
    assert not values.requires_grad
    best = [max(range(3), key=lambda a, row=row: row[a]) for row in values.tolist()]
    assert model.act(batch).tolist() == best


def test_codes_and_filters_are_those_of_the_inner_net():
    model = agent()
    assert model.codes({"x": torch.rand(2, 100)})["h1"].shape == (2, 7)
    assert model.filters()["h1"].shape == (7, 100)


def test_a_world_with_other_actions_is_refused():
    model = agent()
    model.meet(environment("catch", rows=4))
    with pytest.raises(UsageError, match="it has 3 actions, but CartPole-v1 has 2"):
        model.meet(environment("CartPole-v1", rows=4))
