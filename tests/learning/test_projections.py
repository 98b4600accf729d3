"""A start in which hidden units respond, and visible means stay."""

import pytest
import torch

from harmonium import Spin, rbm
from harmonium.learning import positive, responsive_start, start_from
from harmonium.random import generator


@pytest.mark.parametrize("visible", [40, Spin(40)], ids=["bernoulli", "spin"])
def test_fields_have_deviation_one_about_half_on(visible):
    x = 0.5 + 0.02 * torch.randn(500, 40, generator=generator(0), dtype=torch.float64)
    graph = rbm(visible, 30).double()
    start_from(graph, {"v": x})
    alone = graph.units["v"].mean(torch.zeros(1, 40).double())
    small = positive(graph, {"v": x}).moments(graph, "h")[0].std(0).detach()
    responsive_start(graph, x, source=generator(1))
    fields = (graph.field("h", {"v": x}) + graph.units["h"].bias).detach()
    torch.testing.assert_close(fields.std(0, correction=0), torch.ones(30).double())
    torch.testing.assert_close(fields.mean(0), torch.zeros(30).double(), rtol=0, atol=1e-9)
    half = torch.full((1, 30), 0.5).double()
    torch.testing.assert_close(graph.units["v"].mean(graph.field("v", {"h": half})), alone)
    assert float(small.mean()) < 0.01


def test_rows_that_are_all_equal_do_no_harm():
    graph = rbm(4, 3)
    responsive_start(graph, torch.full((5, 4), 0.5), source=generator(1))
    assert all(bool(p.isfinite().all()) for p in graph.parameters())
