import numpy as np
import pytest
from PIL import Image

from tests.apply.learned import classifier, coder


@pytest.fixture
def codes(harmonium):
    assert harmonium("encode", coder().path, "-o", "codes.npy").exit_code == 0


@pytest.mark.usefixtures("codes")
def test_codes_become_a_sheet_of_pictures_or_values(harmonium, tmp_path):
    result = harmonium("decode", coder().path, "codes.npy", "-o", "again.npy")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "again.npy: 500 rows of 64 values\n"
    again = np.load(tmp_path / "again.npy")
    assert again.shape == (500, 64)
    assert 0 <= again.min() < again.max() <= 2
    assert harmonium("decode", coder().path, "codes.npy", "-o", "again.png").exit_code == 0
    with Image.open(tmp_path / "again.png") as picture:
        assert min(picture.size) > 100


@pytest.mark.parametrize("suffix", ["csv", "parquet", "h5"])
def test_what_encode_writes_decode_reads(harmonium, tmp_path, suffix):
    for package, needed in (("pyarrow", "parquet"), ("h5py", "h5")):
        if suffix == needed:
            pytest.importorskip(package)
    for end in (suffix, "npy"):
        assert harmonium("encode", coder().path, "-o", f"codes.{end}").exit_code == 0
        line = ("decode", coder().path, f"codes.{end}", "-o", f"{end}.npy")
        assert harmonium(*line).exit_code == 0
    assert np.allclose(np.load(tmp_path / f"{suffix}.npy"), np.load(tmp_path / "npy.npy"))


def test_what_cannot_be_decoded_is_refused(refused, tmp_path):
    np.save(tmp_path / "c.npy", np.zeros((2, 4)))
    assert "an array of 2x4" in refused("decode", coder().path, "c.npy", "-o", "x.npy")
    message = refused("decode", classifier().path, "c.npy", "-o", "x.npy")
    assert "no model of this run gives rows back from codes: take an autoencoder" in message
    assert "no such file" in refused("decode", coder().path, "d.npy", "-o", "x.npy")
    np.save(tmp_path / "c.npy", np.zeros((2, 3)))
    assert "not a format to write" in refused("decode", coder().path, "c.npy", "-o", "x.jpeg")
    assert not [*tmp_path.glob("x.*")]
