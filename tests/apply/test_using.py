import dataclasses
import json

import numpy as np
import pytest
import torch

from harmonium.apply import (
    Trained,
    encode,
    encodings,
    evaluate,
    likelihood,
    predict,
    predictions,
    sample,
)
from harmonium.apply import trained as module
from harmonium.data import DataSet, Split
from harmonium.likelihood import Ladder
from tests.apply.learned import bits, classifier


@pytest.fixture(scope="module")
def digits():
    return Trained(classifier()).dataset()


def test_predictions_are_those_of_the_net(digits):
    run = classifier()
    labels, p = predict(run, digits.test)
    with torch.no_grad():
        expected = run.net()(digits.test.x / 2).softmax(1).numpy()
    assert np.allclose(p, expected, atol=1e-6)
    assert labels.tolist() == [str(k) for k in expected.argmax(1)]


def test_pieces_give_what_the_whole_gives(digits, monkeypatch):
    labels, p = predict(classifier(), digits.test)
    monkeypatch.setattr(module, "BATCH", 7)
    columns, chunks = predictions(classifier(), digits.test)
    chunks = list(chunks)
    assert len(chunks) == -(-len(digits.test) // 7)
    assert np.allclose(np.concatenate([c["probability"] for c in chunks]), p, atol=1e-6)
    assert columns.rows == len(labels) == len(digits.test)


def test_codes_are_the_machine_s_by_layer(digits):
    run = classifier()
    machine, x = run.machine(), digits.test.x / 2
    for k, layer in enumerate(("h1", "h2")):
        with torch.no_grad():
            expected = machine.recognise(x)[k].numpy()
        assert np.allclose(encode(run, digits.test, layer=layer), expected, atol=1e-6)
    assert np.array_equal(encode(run, digits.test), encode(run, digits.test, layer="h2"))


def test_codes_of_the_net_are_what_its_output_layer_reads(digits):
    run = classifier()
    head = run.net()[-1]
    read = torch.from_numpy(encode(run, digits.test, layer="net"))
    with torch.no_grad():
        p = head(read).softmax(1).numpy()
    assert np.allclose(p, predict(run, digits.test)[1], atol=1e-6)


def test_names_of_rows_stand_beside_their_codes(digits):
    some = Split(digits.test.x[:3], names=("a.png", "b.png", "c.png"))
    columns, chunks = encodings(classifier(), some)
    (chunk,) = chunks
    assert chunk["name"].tolist() == ["a.png", "b.png", "c.png"]
    assert columns.parts["code"][:2] == ["h2_0", "h2_1"]
    assert columns.parts["code"][-1] == "h2_23"


def test_the_score_agrees_with_the_predictions(digits):
    run = classifier()
    found = evaluate(run, digits)
    labels, p = predict(run, digits.test)
    true = digits.test.y.numpy()
    assert found["rows"] == 500
    assert found["accuracy"] == pytest.approx((labels == true.astype(str)).mean())
    assert found["accuracy"] > 0.25  # of ten classes
    expected = -np.log(p.astype(float)[np.arange(500), true]).mean()
    assert found["cross_entropy"] == pytest.approx(expected, rel=1e-5)
    confusion = np.array(found["confusion"])
    assert confusion.sum(1).tolist() == np.bincount(true).tolist()
    assert confusion.sum(0).tolist() == np.bincount(labels.astype(int), minlength=10).tolist()


def test_the_score_is_that_of_the_run_s_own_judge(digits):
    found = evaluate(classifier(), digits, part="validation")
    rows = [row for row in classifier().metrics() if row["stage"] == "fine_tune"]
    assert found["rows"] == len(digits.validation) == 130
    assert found["error"] == pytest.approx(rows[-1]["val/error"])


def test_classes_are_matched_by_name(digits):
    test = digits.test
    chosen = (test.y == 7) | (test.y == 3)
    y = (test.y[chosen] == 7).long()  # another order, and integers for names
    other = DataSet("two", Split(test.x[chosen], y), shape=(64,), classes=(3, 7))
    found = evaluate(classifier(), other, part="train")
    whole = np.array(evaluate(classifier(), digits)["confusion"])
    assert np.array(found["confusion"])[[3, 7]].tolist() == whole[[3, 7]].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": (3, "cat")}, "labels cat are none of the run's classes: 0, 1"),
        ({"train": Split(torch.rand(2, 64))}, "no row has a label"),
    ],
)
def test_labels_that_do_not_fit_are_refused(change, message):
    x, y = torch.rand(2, 64), torch.tensor([0, 1])
    dataset = DataSet("mine", Split(x, y), shape=(64,), classes=(3, 4))
    with pytest.raises(ValueError, match=message):
        evaluate(classifier(), dataclasses.replace(dataset, **change), part="train")


def test_a_split_that_is_not_there_is_refused():
    dataset = DataSet("mine", Split(torch.rand(2, 64)), shape=(64,))
    with pytest.raises(ValueError, match="mine has no test rows; there are train"):
        evaluate(classifier(), dataset)


def test_a_run_without_net_says_what_it_has():
    with pytest.raises(ValueError, match="no model of this run gives class probabilities: add a"):
        predict(bits(), Split(torch.rand(2, 64)))


def test_layers_are_listed_where_one_is_wrong(digits):
    with pytest.raises(ValueError, match="no hidden layer 'h7'; there are h1, h2 and net"):
        encode(classifier(), digits.test, layer="h7")


def test_the_likelihood_is_that_of_the_run_s_own_judge():
    found = likelihood(bits())
    judged = json.loads((bits().path / "results.json").read_text())["trials"][0]["methods"]["rbm"]
    assert found["rows"]["test"]["exact"] == pytest.approx(judged["log_likelihood"], abs=1e-4)
    assert found["rows"]["test"]["stderr"] == pytest.approx(judged["test_stderr"], rel=1e-4)
    assert found["log_z"]["exact"]["value"] == pytest.approx(judged["log_z"], abs=1e-4)


def test_the_ladder_agrees_with_enumeration():
    found = likelihood(bits(), ladder=Ladder(betas=200, chains=50, sweeps=100))
    exact = likelihood(bits())
    for side in ("optimistic", "pessimistic"):
        for part in ("train", "test"):
            assert found["rows"][part][side] == pytest.approx(
                exact["rows"][part]["exact"], abs=0.3
            )


def test_samples_hold_what_is_known():
    known = torch.full((64,), torch.nan)
    known[:32] = 0
    found = sample(bits(), 3, sweeps=5, clamp=known)
    assert found.shape == (3, 64)
    assert bool((found[:, :32] == 0).all())
    assert bool((found[:, 32:] > 0).any())


@pytest.mark.parametrize("column", ["x", "y"])
def test_predicted_values_are_in_the_units_of_the_data(column, tmp_path):
    """Whatever was done to the targets: a run's own test rows give the run's own figures."""
    from harmonium import train
    from harmonium.data.known import diabetes_set

    steps = ["standardise", {"type": "standardise", "column": "y"}][: 1 + (column == "y")]
    recipe = {
        "data": {"source": "diabetes", "transforms": steps},
        "model": {"type": "mlp", "units": [10, 1], "outputs": "values"},
        "train": {
            "type": "supervised",
            "objective": "squared_error",
            "epochs": 30,
            "batch_size": 20,
            "optimiser": {"type": "adam", "lr": 0.02},
        },
        "judge": ["error"],
    }
    run, data = train(recipe, output=tmp_path), diabetes_set()
    expected = run.results["trials"][0]["methods"]["mlp"]
    found = evaluate(run, data)
    assert found["rmse"] == pytest.approx(expected["rmse"], rel=1e-5)
    assert found["r2"] == pytest.approx(expected["r2"], rel=1e-5)
    assert 0.3 < found["r2"] < 0.7
    assert 45 < found["rmse"] < 70  # of targets from 25 to 346
