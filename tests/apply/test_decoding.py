"""Codes in files, and the rows that they stand for, in the units of the data."""

import numpy as np
import pytest
import torch

from harmonium.apply import Trained, codes_in, decode, encode
from harmonium.errors import UsageError
from tests.apply.learned import classifier, coder


@pytest.fixture(scope="module")
def codes():
    return torch.from_numpy(encode(coder(), Trained(coder()).dataset().test))


def test_decoded_codes_are_the_reconstructions_in_units_of_the_data(codes):
    test = Trained(coder()).dataset().test
    found = decode(coder(), codes)
    with torch.no_grad():
        halved = coder().machine().reconstruct(test.x.flatten(1) / 2)
    torch.testing.assert_close(found.rows, 2 * halved, rtol=0, atol=1e-6)
    assert (found.shape, found.undone) == ((8, 8), True)


def test_a_transform_that_loses_values_is_not_undone(codes, monkeypatch):
    from harmonium.data import Chain
    from harmonium.errors import DataError

    def lost(self, values, *, column="y"):
        raise DataError("Binarise cannot be undone: it loses values")

    whole = decode(coder(), codes).rows
    monkeypatch.setattr(Chain, "back", lost)
    found = decode(coder(), codes)
    assert not found.undone
    torch.testing.assert_close(2 * found.rows, whole)


def test_columns_of_a_table_are_matched_by_name_or_by_position(tmp_path, codes):
    some = codes[:4]
    lines = [f"{a!r},{c!r},{b!r}" for a, b, c in some.tolist()]
    for head, order in (("h2_0,h2_2,h2_1", [0, 1, 2]), ("a,b,c", [0, 2, 1])):
        (tmp_path / "c.csv").write_text("\n".join([head, *lines]))
        assert torch.equal(codes_in(coder(), tmp_path / "c.csv"), some[:, order])


def test_a_column_with_names_of_rows_is_not_a_code(tmp_path, codes):
    lines = [f"row{k}," + ",".join(map(repr, row)) for k, row in enumerate(codes[:3].tolist())]
    (tmp_path / "c.csv").write_text("\n".join(["name,h2_0,h2_1,h2_2", *lines]))
    assert torch.equal(codes_in(coder(), tmp_path / "c.csv"), codes[:3])


def test_a_table_with_some_of_the_names_only_is_refused(tmp_path):
    (tmp_path / "c.csv").write_text("h2_0,h2_1,zz\n1,2,3\n")
    with pytest.raises(ValueError, match="c.csv: has no column 'h2_2', which is a number of the"):
        codes_in(coder(), tmp_path / "c.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((2, 4)), "an array of 2x4, but codes of the model have 3 numbers, h2_0 to h2_2"),
        (np.array([[0, 1, np.nan]]), r"row 0, number 2 \(from 0\) is nan"),
        (np.array([[0, np.inf, 1]]), r"row 0, number 1 \(from 0\) is inf"),
        (np.array([["a", "b", "c"]]), "c.npy"),
    ],
)
def test_wrong_codes_are_refused(tmp_path, values, message):
    np.save(tmp_path / "c.npy", values)
    with pytest.raises(ValueError, match=message):
        codes_in(coder(), tmp_path / "c.npy")


def test_a_folder_and_a_model_without_decoder_are_refused(tmp_path, codes):
    with pytest.raises(UsageError, match="a folder: name the file"):
        codes_in(coder(), tmp_path)
    with pytest.raises(UsageError, match="no model of this run gives rows back from codes"):
        decode(classifier(), codes)
