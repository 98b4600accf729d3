"""What is measured and drawn while a net learns texts."""

import torch

from harmonium.models import adapted
from harmonium.nets import LanguageNet
from harmonium.nets.recurrent import LSTM
from harmonium.watch import TextWatch
from tests.apply.texts import data


def test_samples_are_the_same_draws_and_the_cost_is_the_models():
    rows = data()
    model = adapted(LanguageNet(len(rows.vocabulary), LSTM(4, 6)))
    watch = TextWatch(model, rows.train, held=rows.test)
    text = watch.snapshot()["text"]
    assert text.shape == (1, 301)
    assert text[0, 0] == rows.train.x[0, 0]
    assert torch.equal(text, watch.snapshot()["text"])
    expected = -float(model.next_log_probs(rows.test).double().mean())
    assert watch.measure(1) == {"val/token_nats": expected}
    assert TextWatch(model, rows.train, held=None).measure(1) == {}
