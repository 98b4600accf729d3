"""The carried state as a value that a checkpoint keeps."""

import copy

import torch

from harmonium.learning import Descent, ranks
from harmonium.learning.carried import Carried
from harmonium.learning.objectives import NextToken
from harmonium.nets import LanguageNet
from harmonium.nets.recurrent import LSTM
from harmonium.random import seeded

BATCHES = [
    {
        "x": torch.randint(5, (2, 4), generator=torch.Generator().manual_seed(k)),
        "continues": torch.full((2,), k > 0),
    }
    for k in range(4)
]


def learner():
    with seeded(0):
        net = LanguageNet(5, LSTM(3, 4))
    return Descent(net, torch.optim.Adam(net.parameters(), lr=0.1), Carried(NextToken()), clip=1.0)


def test_a_restored_learner_takes_the_same_steps():
    one, other = learner(), learner()
    for batch in BATCHES[:2]:
        one.step(batch)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    forgetful = learner()
    saved = copy.deepcopy(one.state_dict())
    forgetful.load_state_dict({**saved, "objective": {"state": None}})
    losses = {
        name: [float(made.step(batch)["token_nats"]) for batch in BATCHES[2:]]
        for name, made in {"one": one, "other": other, "forgetful": forgetful}.items()
    }
    assert losses["one"] == losses["other"]
    assert losses["one"] != losses["forgetful"]


def test_batches_that_continue_nothing_begin_with_zeros():
    carried, plain = Carried(NextToken()), NextToken()
    net = learner().module
    for batch in BATCHES:
        x = {"x": batch["x"]}
        assert torch.equal(carried(net, x), plain(net, x))


def test_every_process_has_the_state_of_its_own_streams(monkeypatch):
    whole = torch.arange(12.0).view(6, 1, 2)
    states = []
    for rank in range(2):
        own = Carried(NextToken())
        monkeypatch.setattr(ranks, "world", lambda rank=rank: ranks.World(rank, 2))
        own.load_state_dict({"state": [whole]})
        states.append(own.state[0])
    assert torch.equal(states[0], whole[::2])
    assert torch.equal(states[1], whole[1::2])
    monkeypatch.setattr(ranks, "gathered", lambda _: torch.cat(states))
    assert torch.equal(own.state_dict()["state"][0], whole)
