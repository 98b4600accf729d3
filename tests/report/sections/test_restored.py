"""Restored rows: the errors of the model and of as many principal components."""

import pytest
import torch

from harmonium.report.evidence import Evidence
from harmonium.report.principal import principal_of
from harmonium.report.sections.restored import ENTRY, section


@pytest.fixture
def seen(evidence):
    found = evidence("coder")
    found.read_data()
    return found


def test_the_errors_are_those_of_the_model_and_of_pca(seen):
    picture, table = section(seen).parts
    x = seen.data.test.x.flatten(1)
    net = seen.models["machine"].net
    noisy = corrupted(seen, x)
    for column, rows in ((1, x), (2, noisy)):
        with torch.no_grad():
            own = float((net.reconstruct(rows) - x).square().mean())
        pca = float((principal_of(seen.data.train, 5).again(rows) - x).square().mean())
        assert [row[column] for row in table.rows] == pytest.approx([own, pca], rel=1e-5)
    assert [row[0] for row in table.rows] == ["the model", "5 principal components"]
    assert picture.alt == "10 test rows, a line each: test, corrupted, model, PCA, 5"


def corrupted(seen, x):
    from harmonium.data import Corrupt

    return Corrupt("masking", 0.2)(x, seen.source())


def test_without_noise_there_are_no_corrupted_rows(evidence):
    found = evidence("drawn")
    found.read_data()
    picture, table = section(found).parts
    assert "corrupted" not in picture.alt
    assert table.columns == ["given back by", "from the rows", "share of the variance"]


def test_a_code_as_large_as_a_row_has_no_rival():
    from harmonium.data import DataSet, Split
    from harmonium.models import adapted
    from harmonium.nets import Autoencoder

    x = torch.rand(30, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    found = Evidence(None, data=DataSet("toy", Split(x), shape=(2, 2)))
    found.__dict__["models"] = {"machine": adapted(Autoencoder([4, 6]))}
    found.__dict__["recipe"] = {}
    _, table = section(found).parts
    assert [row[0] for row in table.rows] == ["the model"]
    assert "As many principal components as the code has numbers, 6, lose nothing" in table.caption


def test_noise_of_pictures_knows_the_shape_of_the_rows(seen, monkeypatch):
    """A hole is a square of a picture, and one of several noises in turn."""
    from harmonium.data import Corrupt, Cutout
    from harmonium.report.sections import restored

    noises = [Cutout(4, fill=0.5), Corrupt("masking", 0.0)]
    monkeypatch.setattr(restored, "_noise", lambda _: noises)
    _, table = section(seen).parts
    x = seen.data.test.x.flatten(1)
    hole = Cutout(4).hidden(x.reshape(-1, 1, 8, 8), seen.source()).flatten(1)
    with torch.no_grad():
        again = seen.models["machine"].net.reconstruct(x.masked_fill(hole, 0.5))
    assert table.rows[0][2] == pytest.approx(float((again - x).square().mean()), rel=1e-5)


def test_only_models_that_decode_have_it(evidence):
    found = evidence("classifier")
    assert ENTRY.section(found) is None
    assert not found.left_out
