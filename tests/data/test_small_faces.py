"""Faces and photographs: found by checksum, and upright."""

import pytest

from harmonium.data.small_faces import photographs, small_faces


def test_other_files_are_refused(tmp_path):
    (tmp_path / "cbcl_faces_train_19x19.mat").write_bytes(b"no faces")
    with pytest.raises(ValueError, match=r"cbcl_faces_train_19x19.mat: SHA-256 is"):
        small_faces(tmp_path)
    (tmp_path / "bsds500_train80.tar").write_bytes(b"no pictures")
    with pytest.raises(ValueError, match=r"bsds500_train80.tar: SHA-256 is"):
        photographs(tmp_path)


@pytest.mark.data
def test_faces_are_upright():
    """Eyes are darker than the cheeks below them, and faces nearly equal their mirror images."""
    faces = small_faces()
    assert faces.shape == (2429, 19, 19)
    mean = faces.mean(0)
    assert float(mean[4:7].mean()) < float(mean[8:12].mean()) - 0.05
    assert (
        float((mean - mean.flip(1)).abs().mean()) < float((mean - mean.flip(0)).abs().mean()) / 2
    )
