"""Counting as a stage of a recipe."""

import pytest

from harmonium.apply import Trained
from harmonium.training import train
from tests.apply.texts import TEXT, recipe

CHAIN = {"type": "markov_chain", "vocabulary": 29, "order": 2, "smoothing": 0.01}


def test_a_run_counts_the_whole_stream_and_is_judged(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.report.write_run", lambda *_, **__: None)
    stages = {"train": {"type": "count"}, "judge": ["next_token"]}
    run = train(recipe(model=CHAIN, **stages), output=tmp_path)
    figures = run.results["trials"][0]["methods"]["markov_chain"]
    assert 0 < figures["token_nats"] < 0.5
    net = Trained(run).able("counts").net
    assert float(net.counts0.sum()) == round(0.9 * len(TEXT))
    assert float(net.counts2.sum()) == round(0.9 * len(TEXT)) - 2  # across the rows too


def test_what_is_no_chain_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no model .* learns by counting: take a markov_chain"):
        train(recipe(train={"type": "count"}), output=tmp_path)
