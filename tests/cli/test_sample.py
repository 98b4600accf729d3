import numpy as np
from PIL import Image

from tests.apply.learned import bits, classifier, drawn


def test_a_sheet_of_pictures(harmonium, tmp_path):
    result = harmonium("sample", bits().path, "-o", "s.png", "-n", 9, "--steps", 3)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "s.png: 9 samples after 3 sweeps\n"
    with Image.open(tmp_path / "s.png") as picture:
        assert min(picture.size) > 24


def test_values_and_a_seed_that_repeats_them(harmonium, tmp_path):
    for name in ("a", "b"):
        harmonium("sample", bits().path, "-o", f"{name}.npy", "-n", 5, "--steps", 3, "--seed", 7)
    first = np.load(tmp_path / "a.npy")
    assert first.shape == (5, 64)
    assert np.array_equal(first, np.load(tmp_path / "b.npy"))


def test_known_values_stay(harmonium, tmp_path):
    known = np.full(64, np.nan)
    known[10:20] = 1
    np.save(tmp_path / "known.npy", known)
    for clamp in ("known.npy", "10:20=1"):
        line = ("sample", bits().path, "-o", "s.npy", "-n", 4, "--steps", 3, "--overwrite")
        assert harmonium(*line, "--clamp", clamp).exit_code == 0
        found = np.load(tmp_path / "s.npy")
        assert (found[:, 10:20] == 1).all()
        assert (found[:, :10] < 1).all()


def test_a_belief_net_generates(harmonium, refused, tmp_path):
    assert harmonium("sample", classifier().path, "-o", "s.npy", "--steps", 2).exit_code == 0
    assert np.load(tmp_path / "s.npy").shape == (64, 64)
    message = refused("sample", classifier().path, "-o", "t.npy", "--clamp", "0=1")
    assert "none can be held" in message
    assert not (tmp_path / "t.npy").exists()


def test_codes_are_drawn_from_their_prior_without_sweeps(harmonium, refused, tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        line = ("sample", drawn().path, "-o", f"{name}.npy", "-n", 5, "--seed", seed)
        assert harmonium(*line).stdout == f"{name}.npy: 5 samples\n"
    a, b, c = (np.load(tmp_path / f"{name}.npy") for name in "abc")
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert 0 <= a.min() < a.max() <= 1
    message = refused("sample", drawn().path, "-o", "d.npy", "--steps", 5)
    assert "runs no chains: leave it out" in message
    assert "holds no column" in refused("sample", drawn().path, "-o", "d.npy", "--clamp", "0=1")
    assert not (tmp_path / "d.npy").exists()
