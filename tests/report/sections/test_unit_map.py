"""The section of a self-organising map."""

import pytest
import torch

from harmonium.report.evidence import Evidence
from harmonium.report.sections.unit_map import _words, section
from harmonium.training import train


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    recipe = {
        "threads": 1,
        "data": {"source": "digits"},
        "model": {"type": "kohonen", "inputs": 64, "rows": 5, "columns": 6},
        "train": {"type": "kohonen", "epochs": 2},
    }
    found = Evidence(train(recipe, output=tmp_path_factory.mktemp("map")))
    found.read_data()
    return found


def test_it_shows_prototypes_and_distances(evidence):
    prototypes, distances = section(evidence).parts
    assert "5 rows and 6 columns" in prototypes.caption
    assert "most of its training rows" in distances.caption


def test_a_unit_is_named_by_the_class_of_most_of_its_rows(evidence):
    net = evidence.able("map errors").net
    rows = evidence.data.train
    winners = net.winners(rows.x.flatten(1))
    words, _ = _words(evidence, net)
    for unit, word in enumerate(words):
        own = rows.labels[winners == unit]
        assert word == ("" if not len(own) else str(int(torch.bincount(own).argmax())))


def test_other_runs_do_not_mention_it(tmp_path):
    recipe = {
        "threads": 1,
        "data": {"source": "digits"},
        "model": {"type": "mlp", "units": [64, 10]},
        "train": {"type": "supervised", "epochs": 1},
    }
    assert section(Evidence(train(recipe, output=tmp_path))) is None
