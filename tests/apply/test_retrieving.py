"""A search among training rows by the bits of a run's code."""

import numpy as np
import pytest

from harmonium.apply import Trained, index_of, matches
from harmonium.errors import HarmoniumError
from harmonium.hashing import HammingIndex
from tests.apply.learned import coder, hasher


def test_what_is_found_is_nearest_in_bits(tmp_path):
    used = Trained(hasher())
    data = used.dataset()
    columns, chunks = matches(used, data.test, index=index_of(used, tmp_path / "index"), k=4)
    (chunk,) = chunks
    model = used.able("hashes")
    train = np.concatenate([model.bits(b).numpy() for _, b in used.batches(data.train, model)])
    test = np.concatenate([model.bits(b).numpy() for _, b in used.batches(data.test, model)])
    apart = (test[:, None] != train).sum(2)
    rows = np.argsort(apart, axis=1, kind="stable")[:, :4]
    assert np.array_equal(chunk["row"], rows)
    assert np.array_equal(chunk["distance"], np.take_along_axis(apart, rows, 1))
    assert columns.parts["row"] == ["row_1", "row_2", "row_3", "row_4"]
    right = data.train.labels.numpy()[rows] == data.test.labels.numpy()[:, None]
    assert right.mean() > 0.4  # at random: 0.1


def test_the_index_is_made_once_in_the_directory_of_the_run(tmp_path):
    used = Trained(hasher())
    first = index_of(used)
    assert len(first) == 1297
    place = used.run.path / "index" / "0"
    before = (place / "index.json").stat().st_mtime_ns
    assert len(index_of(used)) == 1297
    assert (place / "index.json").stat().st_mtime_ns == before


def test_a_changed_byte_of_an_index_is_noticed(tmp_path):
    index_of(Trained(hasher()), tmp_path)
    (words,) = tmp_path.glob("words-*.npy")
    content = bytearray(words.read_bytes())
    content[-9] ^= 1
    words.write_bytes(content)
    with pytest.raises(HarmoniumError, match="does not fit its checksum: write the index again"):
        index_of(Trained(hasher()), tmp_path)


def test_other_indices_and_other_models_are_refused(tmp_path):
    HammingIndex(8).save(tmp_path / "other")
    with pytest.raises(HarmoniumError, match="an index of 8 bits, but codes of this run have 20"):
        index_of(Trained(hasher()), tmp_path / "other")
    with pytest.raises(HarmoniumError, match="gives rows addresses of bits: take an autoencoder"):
        index_of(Trained(coder()), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    used = Trained(hasher())
    with pytest.raises(HarmoniumError, match="k is 1298, but the index holds 1297 rows"):
        matches(used, used.dataset().test, index=index_of(used), k=1298)
