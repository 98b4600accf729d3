import numpy as np
import pytest
import torch

from harmonium.apply import Trained, encode
from tests.apply.learned import classifier

RUN = classifier


@pytest.fixture(scope="module")
def rows():
    return Trained(RUN()).dataset().test


def test_an_array_of_codes_in_the_order_of_the_rows(harmonium, tmp_path, rows):
    np.save(tmp_path / "new.npy", rows.x[:30].numpy())
    result = harmonium("encode", RUN().path, "-i", "new.npy", "-o", "codes.npy")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "codes.npy: 30 rows of 24 features\n"
    found = np.load(tmp_path / "codes.npy")
    assert np.allclose(found, encode(RUN(), rows.take(torch.arange(30))), atol=1e-6)


def test_the_run_s_test_rows_by_default_and_a_layer(harmonium, tmp_path, rows):
    assert harmonium("encode", RUN().path, "-o", "c.npy", "--layer", "h1").exit_code == 0
    found = np.load(tmp_path / "c.npy")
    assert found.shape == (500, 48)
    assert np.allclose(found, encode(RUN(), rows, layer="h1"), atol=1e-6)


def test_parquet_has_a_column_per_feature(harmonium, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert harmonium("encode", RUN().path, "-o", "c.parquet", "--layer", "net").exit_code == 0
    table = parquet.read_table(tmp_path / "c.parquet")
    assert (table.num_rows, table.column_names[:2]) == (500, ["net_0", "net_1"])


def test_a_file_is_replaced_only_when_told(harmonium, refused, tmp_path):
    (tmp_path / "c.npy").write_text("mine")
    assert "--overwrite replaces it" in refused("encode", RUN().path, "-o", "c.npy")
    assert (tmp_path / "c.npy").read_text() == "mine"
    assert harmonium("encode", RUN().path, "-o", "c.npy", "--overwrite").exit_code == 0
    assert np.load(tmp_path / "c.npy").shape == (500, 24)
