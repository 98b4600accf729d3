"""Right and wrong: the counts are the net's, the worst mistakes are wrong and sure."""

import re

import torch

from harmonium.models import adapted
from harmonium.nets import Perceptron
from harmonium.report import Table
from harmonium.report.sections.mistakes import ENTRY, section


def said(seen):
    with torch.no_grad():
        return seen.able("classifies").log_probs({"x": seen.data.test.x}).double().exp()


def test_the_confusion_matrix_counts_the_test_rows(evidence):
    seen = evidence("classifier")
    matrix, _ = section(seen).parts
    right = int((said(seen).argmax(1) == seen.data.test.y).sum())
    assert matrix.caption.startswith(
        f"{right} of 500 test rows are predicted correctly; the most "
    )


def test_the_worst_mistakes_are_the_surest_of_the_wrong(evidence):
    seen = evidence("classifier")
    _, worst = section(seen).parts
    p, y = said(seen), seen.data.test.y
    wrong = p.argmax(1) != y
    sure = torch.where(wrong, p.max(1).values, torch.zeros(len(p), dtype=p.dtype))
    row = int(sure.argmax())
    first = re.search(r": (\d) → (\d) +(\d+)%", worst.alt).groups()
    assert [int(x) for x in first] == [
        int(y[row]),
        int(p[row].argmax()),
        round(100 * float(sure[row])),
    ]


def test_long_class_names_are_cut_below_the_pictures_and_whole_in_the_words(evidence):
    seen = evidence("classifier")
    names = tuple(f"a-long-name-{k}" for k in range(10))
    data = type(seen.data)(**{**vars(seen.data), "classes": names})
    again = evidence("classifier", data=data)
    _, worst = section(again).parts
    below = [text.get_text() for text in worst.figure.axes[0].texts]
    assert all(word.startswith("a-long- → a-long-  ") for word in below)
    assert re.search(r": a-long-name-\d → a-long-name-\d", worst.alt)


def test_rows_that_are_no_pictures_are_listed(evidence):
    seen = evidence("table")
    layer = torch.nn.Linear(6, 2)
    seen.models["net"] = adapted(torch.nn.Sequential(layer))
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.copy_(torch.tensor([1.0, 0.0]))
    matrix, worst = section(seen).parts
    assert "the most frequent mistake is to predict calm for storm" in matrix.caption
    assert isinstance(worst, Table)
    rows = [[cell.text for cell in row] for row in worst.cells()]
    assert len(rows) == 20
    assert rows[0][1:] == ["storm", "calm", "73.1%"]
    assert seen.data.test.y[worst.rows[0][0]] == 1


def test_a_model_without_probabilities_lists_its_mistakes_in_a_table(evidence):
    seen = evidence("table")
    net = Perceptron(6, 2)
    with torch.no_grad():
        net.weight.zero_()
        net.bias.copy_(torch.tensor([1.0, 0.0]))
    seen.models["net"] = adapted(net)
    _, worst = section(seen).parts
    rows = [[cell.text for cell in row] for row in worst.cells()]
    assert rows[0][1:] == ["storm", "calm"]


def test_a_net_that_is_never_wrong_says_so(evidence):
    seen = evidence("table")
    net = torch.nn.Sequential(torch.nn.Linear(6, 2))
    split = seen.data.test
    with torch.no_grad():
        guess = net(split.x).argmax(1)
    data = type(seen.data)(**{**vars(seen.data), "test": split.with_columns(y=guess)})
    again = evidence("table", data=data)
    again.models["net"] = adapted(net)
    assert section(again).parts[-1] == "All 100 test rows are predicted correctly."


def test_nothing_without_net_or_labels(evidence):
    assert ENTRY.section(evidence("energy")) is None
    assert ENTRY.section(evidence("classifier", data=None)) is None
