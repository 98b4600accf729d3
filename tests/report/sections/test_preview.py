"""The data: counts that are those of the splits, and examples."""

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.report import Picture, Table
from harmonium.report.evidence import Evidence
from harmonium.report.sections.preview import ENTRY, section


def texts(table):
    return [[cell.text for cell in row] for row in table.cells()]


def test_splits_labels_and_classes_are_counted(evidence):
    splits, classes, picture = section(evidence("classifier")).parts
    assert [row[:3] for row in texts(splits)] == [
        ["train", "1,000", "100"],
        ["validation", "297", "297"],
        ["test", "500", "500"],
    ]
    assert classes.columns == ["class", "train", "validation", "test"]
    assert [row[0] for row in texts(classes)] == list(map(str, range(10)))
    counts = zip(*(map(int, row[1:]) for row in texts(classes)), strict=True)
    assert list(map(sum, counts)) == [100, 297, 500]
    assert picture.caption.startswith(
        "20 labelled and 20 unlabelled training rows, with the label"
    )


def test_rows_without_labels_are_shown_without(evidence):
    *_, picture = section(evidence("energy")).parts
    assert picture.caption == "The first 40 training rows."


def test_a_table_of_few_features_is_described_feature_by_feature(evidence):
    *_, features = section(evidence("table")).parts
    x = evidence("table").data.train.x
    assert isinstance(features, Table)
    assert features.rows[2][1] == pytest.approx(float(x[:, 2].mean()), rel=1e-5)
    assert len(features.rows) == 6


def test_many_features_become_one_picture():
    data = DataSet("wide", Split(torch.randn(70, 40)), shape=(40,))
    *_, picture = section(Evidence(None, data=data)).parts
    assert isinstance(picture, Picture)
    assert picture.alt == "60 training rows by 40 features, in standard deviations"


def test_many_classes_are_told_in_one_line():
    y = torch.arange(50).repeat(2)
    data = DataSet("many", Split(torch.rand(100, 4), y), shape=(2, 2), classes=tuple(range(50)))
    assert section(Evidence(None, data=data)).parts[1] == (
        "50 classes; labelled rows of a class: 2 to 2 in train."
    )


def test_no_data_no_section():
    assert ENTRY.section(Evidence(None)) is None


def test_real_targets_are_described_and_not_counted():
    y = torch.tensor([[1.0, -2.0], [3.0, -2.5], [5.0, 7.0]])
    data = DataSet("real", Split(torch.rand(3, 4), y), test=Split(torch.rand(3, 4), y[:3] + 1))
    splits, targets, features = section(Evidence(None, data=data)).parts
    assert {row[2] for row in texts(splits)} == {"–"} or splits.rows[0][2] is None
    assert [row[:2] for row in targets.rows] == [
        ["target_0", "train"],
        ["target_1", "train"],
        ["target_0", "test"],
        ["target_1", "test"],
    ]
    assert targets.rows[0][2:] == [3, 2, 1, 5]
    assert targets.rows[3][4:] == [-1.5, 8]
    assert isinstance(features, Table)


def test_pictures_with_real_targets_are_shown_without_labels():
    data = DataSet("real", Split(torch.rand(3, 4), torch.rand(3, 1)), shape=(2, 2))
    *_, picture = section(Evidence(None, data=data)).parts
    assert picture.caption == "The first 3 training rows."
