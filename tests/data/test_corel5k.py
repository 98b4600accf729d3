"""Corel5k: visual words and keywords side by side."""

import lzma
import os

import pytest

from harmonium.data import corel5k

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


@real
@pytest.mark.data
def test_photographs_and_their_words(tmp_path):
    data = corel5k()
    kind = data.columns["x"]
    assert (len(data.train), len(data.test), data.shape) == (4500, 500, (873,))
    assert kind.parts["words"].names[:3] == ("city", "mountain", "sky")
    picture, words = (data.train.x[:, at].sum(1).mean() for at in kind.spans.values())
    assert float(picture) == pytest.approx(8.2, abs=0.1)
    assert float(words) == pytest.approx(3.5, abs=0.1)
    root = os.environ["HARMONIUM_DATA"]
    for part in ("train", "test"):
        name = f"Corel5k-{part}-sparse.arff"
        with lzma.open(f"{root}/corel5k/{name}.xz") as packed:
            (tmp_path / name).write_bytes(packed.read())
    assert corel5k(tmp_path).fingerprint() == data.fingerprint()


def test_a_damaged_file_is_refused(tmp_path):
    for part in ("train", "test"):
        (tmp_path / f"Corel5k-{part}-sparse.arff.xz").write_bytes(b"no xz")
    with pytest.raises(ValueError, match="not a whole file"):
        corel5k(tmp_path)
