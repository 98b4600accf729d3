import json

import numpy as np
import pytest

from harmonium.apply import Trained, likelihood
from harmonium.likelihood import density
from tests.apply.learned import bits


def test_small_machines_are_enumerated(harmonium):
    found = json.loads(harmonium("likelihood", bits().path, "--json").stdout)
    expected = likelihood(bits())
    assert found["method"] == "exact"
    assert found["rows"] == expected["rows"]


def test_the_ladder_on_demand(harmonium):
    line = ("likelihood", bits().path, "--ais", "--betas", 50, "--chains", 20, "--sweeps", 20)
    result = harmonium(*line, "--json")
    found = json.loads(result.stdout)
    assert found["ladder"] == {"betas": 50, "chains": 20, "sweeps": 20}
    assert set(found["log_z"]) == {"forward", "reverse"}
    assert found["rows"]["test"]["count"] == 500
    assert "50 temperatures, 20 chains from each end" in result.stderr


def test_the_text_has_figures_and_assumption(harmonium):
    exact = likelihood(bits())["rows"]["test"]["exact"]
    text = harmonium("likelihood", bits().path, "--exact").stdout
    (line,) = [line for line in text.splitlines() if line.startswith("test")]
    assert float(line.split()[2]) == pytest.approx(exact, abs=1e-3)
    assert text.splitlines()[-1].startswith("assumption: none")


def test_one_way_at_a_time(refused):
    assert "choose one of" in refused("likelihood", bits().path, "--exact", "--ais")


def test_rows_of_a_file(harmonium, tmp_path):
    x = Trained(bits()).dataset().test.x[:20].round()
    np.save(tmp_path / "new.npy", x.numpy())
    for way in ("--exact", "--ais"):
        line = ("likelihood", bits().path, "-i", "new.npy", way, "--betas", 50, "--chains", 20)
        rows = json.loads(harmonium(*line, "--sweeps", 20, "--json").stdout)["rows"]
        assert list(rows) == ["new.npy"]
        assert rows["new.npy"]["count"] == 20
    exact = density(bits().machine(), {"new": x})["rows"]["new"]["exact"]
    found = json.loads(harmonium("likelihood", bits().path, "-i", "new.npy", "--json").stdout)
    assert found["rows"]["new.npy"]["exact"] == pytest.approx(exact)
