import torch

from harmonium.data import environment
from harmonium.models import adapted
from harmonium.nets import MLP, ActionValues
from harmonium.watch import PlayWatch
from tests.learning.test_play import playing


def test_it_writes_returns_values_and_exploration():
    rows = environment("catch", rows=20).train
    model, play = adapted(ActionValues(MLP([100, 5, 3]), 3)), playing(share=0.25)
    watch = PlayWatch(model, play, rows=rows, tried=lambda: 0.75)
    first = watch.measure(1)
    assert "train/return" not in first  # no episode has ended
    play.returns = [1.0, -1.0, 1.0, 1.0]
    found = watch.measure(1)
    assert found["train/exploration"] == 0.25
    assert found["train/greedy_return"] == 0.75
    assert found["train/return"] == 0.5
    with torch.no_grad():
        expected = model.net(rows.x).amax(1).mean()
    assert abs(found["train/action_value"] - float(expected)) < 1e-6
