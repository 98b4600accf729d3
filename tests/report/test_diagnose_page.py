"""The page of a diagnosis: tables as measured, findings with remedies, images where sizes fit."""

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning.flow import flow
from harmonium.learning.net_findings import net_findings
from harmonium.learning.objectives import cross_entropy
from harmonium.nets import MLP
from harmonium.random import generator, seeded
from harmonium.report.diagnose_page import COLUMNS, Look, diagnose_page, layer_rows
from harmonium.report.page import render


def look(name="before training", *, scale=1.0, units=(16, 16, 8, 3)):
    with seeded(0):
        net = MLP(units, activation="logistic")
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(scale)
    x = torch.rand(40, units[0], generator=generator(0), dtype=torch.float32)
    batch = {"x": x, "y": torch.randint(3, (40,), generator=generator(1))}
    made = flow(net, batch, objective=cross_entropy)
    return Look(name, 0, made, net_findings(made)), x


def parts(page):
    return {section.title: section.parts for section in page.sections}


def test_one_look_at_a_net_without_problems():
    made, x = look()
    page = diagnose_page([made], title="toy", rows=x, shape=(4, 4))
    assert page.status == "good"
    assert page.verdict == "before training: the checks found no problem"
    (table,) = parts(page)["Layers"]
    assert table.columns == COLUMNS
    assert [row[:3] for row in table.rows] == [
        ["h1", 16, "Logistic"],
        ["h2", 8, "Logistic"],
        ["outputs", 3, "linear"],
    ]
    assert [row[3] for row in layer_rows(made)] == [y.gradient for y in made.flow.layers]
    assert len(parts(page)["Gradients"]) == 1
    (picture,) = parts(page)["Images in hidden layers"]
    assert "activities of h1" in picture.alt
    assert "<h2" in render(page)


def test_several_looks_stand_side_by_side_and_the_last_one_counts():
    (first, x), (last, _) = look(), look("at the end", scale=0.01)
    page = diagnose_page([first, last], title="toy", rows=x, shape=(16,))
    assert page.status == "warning"
    assert "vanishing gradient" in page.verdict
    assert "Images in hidden layers" not in parts(page)  # rows of 16 values are no pictures
    _, _, table = parts(page)["Gradients"]
    assert [row[0] for row in table.rows] == ["before training", "at the end"]
    (findings,) = parts(page)["Findings"]
    assert findings.rows[0][0] == "vanishing gradient"
    assert all(text[0].isupper() and text.endswith(".") for text in findings.rows[0][1:])


def test_no_images_where_no_layer_has_the_size_of_a_picture():
    made, x = look(units=(16, 12, 3))
    page = diagnose_page([made], title="toy", rows=x, shape=(4, 4))
    assert "Images in hidden layers" not in parts(page)


def test_no_look_is_refused():
    with pytest.raises(UsageError, match="at least one look"):
        diagnose_page([], title="toy", rows=look()[1], shape=(4, 4))
