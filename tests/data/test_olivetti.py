"""Olivetti faces."""

import os

import pytest
import torch

from harmonium.data import olivetti

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


@real
@pytest.mark.data
def test_nobody_is_in_both_parts_and_faces_stand_upright():
    data = olivetti(size=64)
    assert (len(data.train), len(data.test), data.shape) == (250, 150, (64, 64))
    assert not {*data.train.y.tolist()} & {*data.test.y.tolist()}
    faces = torch.cat([data.train.x, data.test.x]).reshape(-1, 64, 64)
    mirrored = (faces - faces.flip(2)).abs().mean()
    turned = (faces - faces.flip(1)).abs().mean()
    assert float(mirrored) < float(turned)  # a face is alike left and right, not above and below
    small = olivetti(size=32)
    means = data.train.x.reshape(-1, 32, 2, 32, 2).mean((2, 4)).flatten(1)
    torch.testing.assert_close(small.train.x, means)


def test_other_files_and_settings_are_refused(tmp_path):
    (tmp_path / "olivettifaces.mat").write_bytes(b"no faces")
    with pytest.raises(ValueError, match="olivettifaces.mat"):
        olivetti(tmp_path)
    with pytest.raises(ValueError, match="size 5: pictures can have a size of 8, 16, 32, 64"):
        olivetti(tmp_path, size=5)
    with pytest.raises(ValueError, match="unseen 39: two people at least"):
        olivetti(tmp_path, unseen=39)
