import json

import numpy as np
import pytest

from harmonium.apply import Trained, evaluate
from tests.apply.learned import classifier
from tests.apply.texts import TEXT
from tests.apply.texts import run as text_run


def test_the_test_rows_by_default(harmonium):
    found = json.loads(harmonium("evaluate", classifier().path, "--json").stdout)
    expected = evaluate(classifier(), Trained(classifier()).dataset())
    assert found == json.loads(json.dumps(expected))


def test_the_text_tells_the_figures(harmonium):
    text = harmonium("evaluate", classifier().path, "--split", "validation").stdout
    expected = evaluate(classifier(), Trained(classifier()).dataset(), part="validation")
    first, second = text.splitlines()[:2]
    assert first == (
        f"accuracy: {100 * expected['accuracy']:.1f} % +- {100 * expected['stderr']:.1f} "
        "(with its standard error, on 130 validation rows)"
    )
    assert second == f"cross-entropy: {expected['cross_entropy']:.4f} nats per row"
    rows = [line.split() for line in text.splitlines()[-10:]]
    assert [row[0] for row in rows] == list("0123456789")
    assert sum(int(cell) for row in rows for cell in row[1:]) == 130


def test_rows_of_a_file_with_labels(harmonium, tmp_path):
    test = Trained(classifier()).dataset().test
    np.savez(tmp_path / "new.npz", x=test.x[:40].numpy(), y=test.y[:40].numpy())
    result = harmonium("evaluate", classifier().path, "-i", "new.npz", "--json")
    found = json.loads(result.stdout)
    assert (found["rows"], found["part"]) == (40, "new.npz")


def test_rows_without_labels_are_refused(refused, tmp_path):
    np.save(tmp_path / "new.npy", np.zeros((5, 64), dtype=np.float32))
    assert "no row has a label" in refused("evaluate", classifier().path, "-i", "new.npy")


def test_a_language_model_is_measured_on_its_texts(harmonium, refused):
    found = json.loads(harmonium("evaluate", text_run().path, "--json").stdout)
    (trial,) = text_run().results["trials"]
    judged = trial["methods"]["language"]
    assert found["token_nats"] == pytest.approx(judged["token_nats"], rel=1e-5)
    assert found["symbols"] == round(0.1 * len(TEXT)) - 1
    told = harmonium("evaluate", text_run().path).stdout
    assert told.startswith(f"cost of the next symbol: {found['token_nats']:.4f} +- ")
    message = refused("evaluate", text_run().path, "--split", "validation")
    assert "has no validation rows: name another split" in message
