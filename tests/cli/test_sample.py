import numpy as np
import pytest
from PIL import Image

from tests.apply.learned import bits, classifier, drawn
from tests.apply.music import run as music
from tests.apply.music import toy_chorales
from tests.apply.texts import run

__all__ = ["toy_chorales"]


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


def test_a_language_model_continues_a_text(harmonium, refused, tmp_path):
    line = ("sample", run().path, "--prompt", "the quick", "--temperature", 0, "--length", 10)
    result = harmonium(*line)
    assert (result.exit_code, result.stdout) == (0, "the quick brown fox\n")
    assert harmonium(*line, "-o", "a.txt").stdout == "a.txt: 1 text\n"
    assert (tmp_path / "a.txt").read_text() == "the quick brown fox\n"
    drawn = harmonium("sample", run().path, "-n", 2, "--top-p", 0.9, "--top-k", 3).stdout
    assert len(drawn) > 1000
    assert "'T' at place 0" in refused("sample", run().path, "--prompt", "The")
    assert "continues texts and has no chains" in refused("sample", run().path, "--clamp", "0=1")
    assert "above 0" in refused("sample", run().path, "--top-p", 0)
    assert ".npy is not a format to write" in refused("sample", run().path, "-o", "a.npy")


def test_a_machine_of_numbers_has_no_prompt(refused):
    message = refused("sample", bits().path, "--prompt", "a", "-o", "a.npy")
    assert "predicts the next symbol of a text" in message
    assert "values go to a file" in refused("sample", bits().path)


@pytest.mark.usefixtures("toy_chorales")
def test_models_of_music_write_midi(harmonium, refused, tmp_path):
    notes, rolls = music("notes").path, music("rolls").path
    line = ("sample", notes, "--prompt", "C5 G4 E4 C3 |", "--length", 20, "--temperature", 0)
    result = harmonium(*line, "-o", "a.mid")
    assert result.exit_code == 0
    assert result.stdout == harmonium(*line).stdout
    assert result.stdout.startswith("C5 G4 E4 C3 | C5 - - - | D5 G4")
    assert (tmp_path / "a.mid").read_bytes()[:4] == b"MThd"
    line = ("sample", rolls, "-o", "b.mid", "--length", 5, "-n", 2)
    line = (*line, "--prompt", "C3 E4 G4 C5 | G3 B3 G4 D5")
    assert harmonium(*line).stdout == "b.mid: 2 pieces of 5 drawn frames\n"
    assert (tmp_path / "b.mid").read_bytes()[:4] == b"MThd"
    assert "there already" in refused(*line)
    assert "has no chains" in refused("sample", rolls, "-o", "c.mid", "--steps", 5)
    assert "of texts only" in refused("sample", rolls, "-o", "c.mid", "--top-k", 5)
    assert "are no notes" in refused("sample", run().path, "-o", "c.mid")
    assert "next frame of a series" in refused("sample", bits().path, "-o", "c.mid")
    assert not (tmp_path / "c.mid").exists()
