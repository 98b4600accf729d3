"""Search by bits: curves of precision, and the nearest rows of some."""

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.judges.retrieval import codes_of, searched
from harmonium.models import adapted
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Noisy
from harmonium.random import seeded
from harmonium.report.sections.retrieval import ENTRY, section


@pytest.fixture
def seen(evidence):
    found = evidence("hasher")
    found.read_data()
    return found


def test_curves_are_those_of_the_search(seen):
    recall, length, table, _ = section(seen).parts
    model, test = seen.models["machine"], seen.data.test
    bits = codes_of(model, test) > 0.5
    found = searched(bits, test.labels, by="hamming", at=100)
    line = recall.figure.axes[0].lines[0]
    torch.testing.assert_close(torch.tensor(line.get_ydata()), 100 * found.curve[0])
    torch.testing.assert_close(torch.tensor(line.get_xdata()), 100 * found.curve[1])
    assert length.figure.axes[0].get_xscale() == "log"
    assert [row[0] for row in table.rows] == ["12 bits", "12 values", "row of 64 values"]
    assert table.columns[1:] == ["precision at 1", "precision at 10", "precision at 100",
                                 "average precision"]  # fmt: skip
    average = found.average_precision
    assert table.rows[0][-1] == pytest.approx(float(average[average.isfinite()].mean()))
    assert table.rows[0][2] > 0.3  # rows at random: 0.1
    assert "10.0%" in table.caption


def test_pictures_show_the_query_and_the_nearest(seen):
    *_, pictures = section(seen).parts
    assert pictures.alt == "6 test pictures with the 8 nearest by their bits"
    assert "have its label" in pictures.caption


def with_rows(seen, rows, labels=None):
    """The same run on named columns, with a small net for them."""
    with seeded(0):
        net = Autoencoder([rows.shape[1], 4], code=Noisy())
    seen.__dict__["models"] = {"machine": adapted(net)}
    names = tuple(f"word{k}" for k in range(rows.shape[1]))
    seen.data = DataSet(
        "texts",
        Split(rows),
        test=Split(rows, labels),
        features=names,
        classes=("cat", "dog") if labels is not None else (),
    )
    return seen


def test_rows_that_are_no_pictures_are_listed_by_their_largest_values(seen):
    rows = torch.eye(10)
    rows[:, 0] += torch.arange(10) % 2 * 3
    *_, table = section(with_rows(seen, rows, torch.arange(10) % 2)).parts
    assert table.rows[0][0] == "query"
    assert table.rows[0][1] is None
    assert table.rows[0][2:] == ["cat", "word0"]
    apart = [row[1] for row in table.rows[1:4]]
    assert apart == sorted(apart)
    assert table.rows[1][0] == "nearest"


def test_without_labels_only_examples_are_shown(seen):
    words, table = section(with_rows(seen, torch.eye(10))).parts
    assert words == "No test row has a label, so that nobody knows which rows are alike."
    assert {row[2] for row in table.rows} == {"none"}


def test_other_models_are_not_mentioned(evidence):
    found = evidence("coder")
    found.read_data()
    assert ENTRY.section(found) is None
    assert ENTRY.title not in found.left_out


def test_without_data_it_says_why(evidence):
    found = evidence("hasher")
    assert ENTRY.section(found) is None
    assert found.left_out[ENTRY.title] == "the data of the run cannot be read here"
