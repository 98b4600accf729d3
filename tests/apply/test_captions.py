"""Captions of rows, greedy or drawn, as a table and as lines; what is refused."""

import pytest
from typer.testing import CliRunner

from harmonium.apply import Trained, predictions
from harmonium.apply.texts import written
from harmonium.cli.app import app
from harmonium.sampling.picking import Pick
from tests.apply import captions, texts


def test_it_learns_and_its_captions_are_written():
    used = Trained(captions.run())
    figures = captions.run().results["trials"][0]["methods"]["log_bilinear"]
    assert figures["token_perplexity"] < 15  # of 43 symbols
    test = used.dataset().test
    found = written(used, test)
    assert len(found) == 20
    (chunk,) = predictions(used, test)[1]
    assert chunk["output"].tolist() == found
    assert chunk["name"].tolist() == [*test.names]


def test_drawn_captions_repeat_by_seed_and_near_temperature_0_are_the_likeliest():
    used = Trained(captions.run())
    test = used.dataset().test
    drawn = [written(used, test, pick=Pick(), seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert written(used, test, pick=Pick(temperature=1e-6)) == written(used, test)


def test_the_verb_writes_lines(tmp_path):
    path = str(captions.run().path)
    lines = {}
    for name, more in {"a": [], "b": ["--temperature", "1", "--seed", "3"]}.items():
        file = tmp_path / f"{name}.txt"
        done = CliRunner().invoke(app, ["predict", path, "-o", str(file), *more])
        assert done.exit_code == 0, done.output
        lines[name] = file.read_text().splitlines()
    assert len(lines["a"]) == len(lines["b"]) == 20
    assert lines["a"] != lines["b"]


def test_only_captions_are_drawn(tmp_path):
    used = Trained(texts.run())
    with pytest.raises(ValueError, match="no model of this run writes captions of pictures"):
        predictions(used, used.dataset().train, pick=Pick())
