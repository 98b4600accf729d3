"""Expected values given known ones: by mean field and along chains."""

import torch
from torch.testing import assert_close

from harmonium import exact, multimodal_dbm
from harmonium.models import adapted
from harmonium.random import generator
from tests.laws.specimens import randomised


def test_chains_give_the_enumerated_expectation_of_words_given_a_picture():
    graph = randomised(multimodal_dbm({"picture": [3, 2], "words": [3]}, 2), 3, std=1.0)
    graph = graph.double()
    with torch.no_grad():
        for e in graph.edges:
            e.connection.weight.mul_(3)
    model = adapted(graph)
    picture = torch.tensor([[1.0, 0.0, 1.0]]).double()
    words = graph.units["words"].states()
    p = exact.log_prob(graph, {"picture": picture.expand(len(words), -1), "words": words}).softmax(
        0
    )
    expected = p @ words
    rows = picture.expand(2000, -1)
    found = model.infer({"picture": rows}, sweeps=60, source=generator(1))
    assert_close(found["words"].mean(0), expected, atol=0.02, rtol=0)
    assert torch.equal(found["picture"], rows)
    assert torch.equal(found["x"], torch.cat([found["picture"], found["words"]], 1))
    wrong = found["words"].mean(0).flip(0)  # a specimen with its words in the wrong order
    assert float((wrong - expected).abs().max()) > 0.3


def test_known_words_stay_and_missing_ones_begin_at_the_means_of_rows():
    graph = randomised(multimodal_dbm({"picture": [3, 2], "words": [3]}, 2), 3, std=0.3)
    model = adapted(graph.double())
    x = torch.full((2, 6), torch.nan).double()
    x[0, 3], x[1, 5] = 1.0, 0.0
    found = model.infer({"x": x}, like={"x": torch.ones(4, 6).double()})["x"]
    assert float(found[0, 3]) == 1.0
    assert float(found[1, 5]) == 0.0
    assert not bool(found.isnan().any())
