import torch

from harmonium import exact, replicated_softmax
from harmonium.documents import log_partitions
from harmonium.likelihood import Ladder
from harmonium.random import generator
from tests.laws.specimens import randomised


def test_each_length_has_its_own_log_z_whatever_the_order(monkeypatch):
    monkeypatch.setattr(exact, "quick", lambda graph: False)
    graph = randomised(replicated_softmax(3, 4), 9, std=0.6)
    x = torch.tensor([[5.0, 0, 0], [1, 0, 0], [0, 4, 1], [0, 0, 9]]).double()
    ladder = Ladder(betas=100, chains=200, sweeps=20)
    found = log_partitions(graph, {"v": x}, ladder=ladder, source=generator(1))
    truth = torch.stack([exact.log_partition(graph.given(v=n)) for n in x.sum(1)])
    for side in found:
        assert float((side - truth).abs().max()) < 0.15
        assert side[0] == side[2]  # two documents of five words
    assert float((truth[3] - truth[1]).abs()) > 1


def test_documents_of_one_length_are_measured_like_others(monkeypatch):
    monkeypatch.setattr(exact, "quick", lambda graph: False)
    graph = randomised(replicated_softmax(3, 2), 9, std=0.6)
    x = torch.tensor([[2.0, 1, 0], [0, 0, 3]]).double()
    ladder = Ladder(betas=50, chains=100, sweeps=5)
    found = log_partitions(graph, {"v": x}, ladder=ladder, source=generator(1))
    truth = exact.log_partition(graph.given(v=torch.tensor(3.0)))
    for side in found:
        assert side.shape == (2,)
        assert float((side - truth).abs().max()) < 0.15
