"""Nearest neighbours in a report: the figures of the judge, pictures, tables."""

import pytest
import torch

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture
from harmonium.report.sections.neighbours import ENTRY, section
from harmonium.report.tables import Table
from harmonium.training import train

RECIPE = {
    "threads": 1,
    "data": {"source": "digits"},
    "model": {"type": "embedding", "units": [64, 20, 5]},
    "train": {"type": "similarity", "epochs": 3, "batch_size": 200},
    "judge": ["neighbours"],
}


def seen(folder, **sections):
    evidence = Evidence(train({**RECIPE, **sections}, output=folder))
    evidence.read_data()
    return evidence


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return seen(tmp_path_factory.mktemp("digits"))


def test_the_error_is_that_of_the_judge(digits):
    table, _ = section(digits).parts
    shares = dict(table.rows)
    judged = digits.results["trials"][0]["methods"]["embedding"]["knn_error"]
    assert shares["error of the vote of 5"] == pytest.approx(judged)
    assert "500 test rows among 1297" in table.caption
    model, data = digits.models["machine"], digits.data
    codes = [model.net(part.x).detach().double() for part in (data.test, data.train)]
    near = torch.cdist(*codes).argsort(1)
    for k in (1, 10, 100):
        right = data.train.y[near[:, :k]] == data.test.y[:, None]
        name = f"precision of the first {k}"
        assert shares[name] == pytest.approx(float(right.double().mean()), abs=2e-4)


def test_pictures_say_how_many_neighbours_are_wrong(digits):
    _, picture = section(digits).parts
    assert isinstance(picture, Picture)
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    wrong = sum(word.endswith("wrong") for word in words)
    assert wrong > 0
    assert f"{wrong} of 64 neighbours have another class" in picture.caption
    assert len(words) == 8 * 9


def test_rows_that_are_no_pictures_are_listed(tmp_path):
    found = seen(
        tmp_path,
        data={"source": {"type": "ring"}},
        model={"type": "embedding", "units": [2, 8, 2]},
    )
    _, table = section(found).parts
    assert isinstance(table, Table)
    assert table.columns[1] == "class"
    assert len(table.columns) == 10


def test_other_runs_do_not_mention_it(tmp_path):
    found = seen(
        tmp_path,
        model={"type": "autoencoder", "units": [64, 5]},
        train={"type": "reconstruction", "epochs": 1},
        judge=["reconstruction"],
    )
    assert section(found) is None
    assert ENTRY.section(found) is None
    assert "Nearest neighbours" not in found.left_out
