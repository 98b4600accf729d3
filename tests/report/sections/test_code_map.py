"""The map of codes: their places, and the share of nearest rows of the same class."""

import pytest
import torch

from harmonium.report.principal import principal
from harmonium.report.sections.code_map import ENTRY, section


@pytest.fixture
def seen(evidence):
    found = evidence("coder")
    found.read_data()
    return found


def test_codes_stand_at_their_principal_components(seen):
    codes, rows, table = section(seen).parts
    x = seen.data.test.x.flatten(1)
    code = seen.models["machine"].net.encode(x).detach()
    for picture, values in ((codes, code), (rows, x)):
        (axes,) = picture.figure.axes
        places = torch.tensor([text.get_position() for text in axes.texts], dtype=torch.float64)
        torch.testing.assert_close(places, principal(values, 2).scores(values))
        y = [text.get_text() for text in axes.texts]
        assert y == [str(k) for k in seen.data.test.labels.tolist()]
    assert codes.alt == "Map of 500 rows by their codes, principal components, each as its class"
    assert len(table.rows) == 4


def test_neighbours_are_counted_by_hand(seen):
    *_, table = section(seen).parts
    x, y = seen.data.test.x.flatten(1), seen.data.test.labels
    shares = []
    for k in range(len(x)):
        gaps = (x - x[k]).square().sum(1)
        gaps[k] = torch.inf
        shares.append(float((y[gaps.argsort()[:5]] == y[k]).double().mean()))
    assert table.rows[-1][1] == pytest.approx(sum(shares) / len(shares), abs=2e-3)
    assert table.rows[0][1] > 0.5
    assert "rows drawn at random have 10" in table.caption


def test_t_sne_on_demand(seen, monkeypatch):
    from harmonium.report.sections import code_map

    monkeypatch.setattr(code_map, "_ROWS", 60)
    seen.__dict__["recipe"] = {**seen.recipe, "report": {"map": "tsne"}}
    codes, _, table = section(seen).parts
    assert "codes, t-SNE" in codes.alt
    assert [row[0] for row in table.rows][1] == "codes, t-SNE"


def test_a_code_of_two_numbers_is_drawn_as_it_is(seen):
    from harmonium.models import adapted
    from harmonium.nets import Autoencoder

    net = Autoencoder([64, 2])
    seen.__dict__["models"] = {"machine": adapted(net)}
    codes, *_ = section(seen).parts
    places = [text.get_position() for text in codes.figure.axes[0].texts]
    code = net.encode(seen.data.test.x.flatten(1)).detach()
    torch.testing.assert_close(torch.tensor(places, dtype=torch.float32), code)
    assert codes.figure.axes[0].get_xlabel() == "first number of the code"


def test_one_number_is_no_map(seen):
    from harmonium.models import adapted
    from harmonium.nets import Autoencoder

    seen.__dict__["models"] = {"machine": adapted(Autoencoder([64, 1]))}
    assert ENTRY.section(seen) is None
    assert "two numbers or more" in seen.left_out[ENTRY.title]


def test_every_model_with_hidden_units_has_a_map(evidence):
    *pictures, table = section(evidence("classifier")).parts
    assert len(pictures) == 2
    assert table.rows[0][0] == "code of 30 numbers"
