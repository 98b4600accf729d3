"""scikit-learn's digits: a seeded, stratified split of all 1797 rows."""

import sys

import pytest
import torch

from harmonium.data import digits

pytest.importorskip("sklearn")


def rows(data):
    return sorted(map(tuple, torch.cat((data.train, data.test)).tolist()))


def test_shapes_and_range():
    data = digits()
    assert data.train.shape == (1297, 64)
    assert data.test.shape == (500, 64)
    assert data.train.aminmax() == (0, 1)
    assert torch.equal(data.train * 16, (data.train * 16).round())


def test_split_is_a_partition_and_stratified():
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    data = digits(seed=3)
    assert rows(data) == sorted(map(tuple, (pixels / 16).tolist()))
    counts = torch.as_tensor(labels).bincount()
    assert (data.test_labels.bincount() - counts * 500 / 1797).abs().max() < 1
    # Labels still belong to their images.
    where = {tuple(row): int(label) for row, label in zip(pixels / 16, labels, strict=True)}
    assert [where[tuple(row)] for row in data.test.tolist()] == data.test_labels.tolist()


def test_seed_decides_the_split():
    assert torch.equal(digits(seed=1).test, digits(seed=1).test)
    assert not torch.equal(digits(seed=1).test, digits(seed=2).test)


def test_missing_scikit_learn_is_one_line_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r'^digits .*pip install "harmonium\[app\]"$'):
        digits()


def test_importing_the_package_does_not_import_scikit_learn():
    import subprocess

    code = "import sys, harmonium.data; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
