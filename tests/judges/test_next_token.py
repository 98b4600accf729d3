"""The cost of test texts, against scikit-learn's log loss and by hand."""

import math

import pytest
import torch
from sklearn.metrics import log_loss

from harmonium.judges.next_token import NextToken, text_figures
from tests.apply.texts import data, recipe, run
from tests.stages import small


def test_figures_by_hand():
    found = text_figures(torch.tensor([0.5, 0.125]).double().log())
    assert found["token_bits"] == pytest.approx(2)
    assert found["token_nats"] == pytest.approx(2 * math.log(2))
    assert found["token_perplexity"] == pytest.approx(4)
    assert found["token_nats_stderr"] == pytest.approx(math.log(2))


def test_it_is_the_log_loss_of_the_stream():
    sections = {k: v for k, v in recipe().items() if k not in ("name", "data", "judge", "threads")}
    trial = small.one(data=data(), pretrain=None, fine_tune=None, **sections)
    found = NextToken()(trial)
    model, test = trial.models["machine"], trial.data.test
    text = data().columns["x"].joined(test.x)
    with torch.no_grad():
        p = model.net(text[None, :-1])[0][0].softmax(-1).double().numpy()
    p /= p.sum(1, keepdims=True)
    expected = log_loss(text[1:], p, labels=range(p.shape[1]))
    assert found["token_nats"] == pytest.approx(expected, rel=1e-5)


def test_a_run_that_learned_by_heart():
    (trial,) = run().results["trials"]
    assert trial["methods"]["language"]["token_nats"] < 0.1


def test_what_it_cannot_judge():
    with pytest.raises(ValueError, match="judge next_token: no model .* predicts the next symbol"):
        small.tasks(judge=["next_token"])
