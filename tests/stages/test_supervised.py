"""Supervised training, alone and as the short form of unrolling and training."""

import torch

from tests.stages import small


def test_classify_is_unroll_and_supervised(monkeypatch):
    """Both name their stages, and so their draws, differently: here all draws have one seed."""
    monkeypatch.setattr("harmonium.stages.trial.derived", lambda seed, purpose: seed)
    tuned = small.RECIPE["fine_tune"]
    (short,) = small.tasks(pretrain=None)
    stages = ["unroll", {**tuned, "type": "supervised"}]
    (listed,) = small.tasks(pretrain=None, fine_tune=None, stages=stages)
    assert (short.name, listed.name) == ("fine_tune", "supervised")
    fresh = short.workspace.fresh("net").saved()
    small.done(short)
    small.done(listed)
    one, other = (task.workspace.models["net"].saved() for task in (short, listed))
    assert [*one] == [*other]
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not any(torch.equal(one[name], fresh[name]) for name in one)
