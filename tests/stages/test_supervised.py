"""Supervised training, alone and as the short form of unrolling and training."""

from tests.stages import small


def test_classify_is_unroll_and_supervised():
    tuned = small.RECIPE["fine_tune"]
    (short,) = small.tasks(pretrain=None)
    stages = ["unroll", {**tuned, "type": "supervised"}]
    (listed,) = small.tasks(pretrain=None, fine_tune=None, stages=stages)
    assert (short.name, listed.name) == ("fine_tune", "supervised")
    small.done(short)
    small.done(listed)
    nets = [task.workspace.models["net"].saved() for task in (short, listed)]
    assert [x.shape for x in nets[0].values()] == [x.shape for x in nets[1].values()]
