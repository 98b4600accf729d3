"""The page that prints backpropagation: every number stands in its formula."""

import pytest
import torch
from torch import nn

from harmonium.learning import passes
from harmonium.nets import MLP
from harmonium.nets.activations import Logistic
from harmonium.report import Picture, Table, render
from harmonium.report.backward_page import backward_page, diagram

X = torch.tensor([[1.0, 0.0]], dtype=torch.float64)


@pytest.fixture(scope="module")
def layers():
    net = nn.Sequential(nn.Linear(2, 2), Logistic(), nn.Linear(2, 1), Logistic()).double()
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[0.5, -0.5], [1.0, 0.5]]))
        net[0].bias.copy_(torch.tensor([0.0, -0.5]))
        net[2].weight.copy_(torch.tensor([[1.0, -1.0]]))
        net[2].bias.fill_(0.25)
    return passes(net, X, t=torch.ones(1, 1).double(), loss="squared_error")


def cells(page, title):
    """The texts of the tables of a section, one list of rows for each."""
    [section] = [s for s in page.sections if s.title == title]
    tables = [part for part in section.parts if isinstance(part, Table)]
    return [[[cell.text for cell in row] for row in table.cells()] for table in tables]


def test_formulas_have_the_numbers_of_the_worked_net(layers):
    page = backward_page(layers, t=[1.0], loss="squared_error")
    first, second = cells(page, "Forward pass")
    assert first[1] == ["2", "−0.5 + 1 · 1 + 0.5 · 0", "0.5", "0.622459"]
    assert second == [["1", "0.25 + 1 · 0.6225 + (−1) · 0.6225", "0.25", "0.562177"]]
    last, hidden = cells(page, "Backward pass")
    assert last == [["1", "0.5622 − 1", "0.246134", "−0.107763"]]
    assert hidden[0] == ["1", "1 · (−0.1078)", "0.235004", "−0.0253248"]
    below, above = cells(page, "Gradients")
    assert below[1] == ["w₂,₁", "−0.5", "0", "−0.0253248", "0"]
    assert above[0] == ["w₁,₁", "1", "0.622459", "−0.107763", "−0.0670783"]
    assert above[2] == ["b₁", "0.25", "1", "−0.107763", "−0.107763"]
    assert "torch stores it as" in render(page)


def test_losses_of_probabilities_have_no_slope_in_the_last_error():
    net = MLP([2, 3]).double()
    rows = passes(net, X, t=torch.tensor([1]), loss="cross_entropy")
    page = backward_page(rows, t=[0.0, 1.0, 0.0], loss="cross_entropy")
    [last] = [part for part in page.sections[2].parts if isinstance(part, Table)]
    assert last.columns == ["unit j", "y − t", "δ⁽¹⁾ = y − t"]


def test_the_picture_shows_every_value_error_and_weight(layers):
    texts = [text.get_text() for text in diagram(layers).axes[0].texts]
    assert {"0.622", "0.562", "δ = −0.108", "w = −1\ng = −0.0671", "w = 0.5\ng = 0"} <= {*texts}
    [section] = [s for s in backward_page(layers, t=[1.0], loss="squared_error").sections
                 if s.title == "The net"]  # fmt: skip
    assert isinstance(section.parts[0], Picture)


def test_what_does_not_fit_a_page_is_refused():
    net = MLP([2, 9, 3]).double()
    wide = passes(net, X, t=torch.tensor([1]), loss="cross_entropy")
    with pytest.raises(ValueError, match="a layer has 9 units: a page prints layers of up to 8"):
        backward_page(wide, t=[0.0, 1.0, 0.0], loss="cross_entropy")
    two = passes(MLP([2, 3]).double(), X.repeat(2, 1), t=torch.tensor([1, 0]), loss="bernoulli")
    with pytest.raises(ValueError, match="passes of one row"):
        diagram(two)
