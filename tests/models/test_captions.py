"""The model of captions: pictures or none, likelihoods, what is refused."""

import pytest
import torch

from harmonium.apply import Trained
from harmonium.apply.texts import written
from harmonium.models import adapted
from harmonium.nets import MLP, LogBilinear
from harmonium.training import train
from tests.apply import captions

BATCH = {
    "x": torch.randn(3, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32),
    "target": torch.tensor([[0, 2, 1], [3, -1, -1], [-1, -1, -1]]),
}


def test_the_likelihood_of_a_caption_is_that_of_its_words_and_its_end():
    net = LogBilinear(4, encoder=MLP([6, 3]))
    found = adapted(net).caption_log_probs(BATCH)
    p = net(BATCH["x"], BATCH["target"]).softmax(2).detach()
    expected = [[p[0, 0, 0], p[0, 1, 2], p[0, 2, 1], p[0, 3, 4]], [p[1, 0, 3], p[1, 1, 4]]]
    for row, values in enumerate([*expected, [p[2, 0, 4]]]):
        assert found[row, : len(values)].exp().tolist() == pytest.approx(
            [float(v) for v in values]
        )
        assert not found[row, len(values) :].any()


def test_features_of_the_picture_are_its_codes():
    net = LogBilinear(4, encoder=MLP([6, 3]))
    assert torch.equal(adapted(net).codes(BATCH)["features"], net.encoder(BATCH["x"]))


def test_without_an_encoder_it_knows_no_pictures(tmp_path):
    run = train(captions.recipe(encoder=None, factors=None), output=tmp_path)
    assert len({*written(Trained(run), Trained(run).dataset().test)}) == 1


def test_other_numbers_of_words_are_refused(tmp_path):
    with pytest.raises(ValueError, match="knows 41 symbols, but scenes has 42 different words"):
        train(captions.recipe(vocabulary=41), output=tmp_path)
    other = {**captions.recipe(), "data": {"source": "digits"}}
    with pytest.raises(ValueError, match="it writes captions, and digits has none"):
        train(other, output=tmp_path)
