import json

import numpy as np
import pytest

from harmonium.apply import Trained, bounds, likelihood
from harmonium.likelihood import density
from tests.apply.learned import bits, coder, drawn


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


# --- bounds of a drawn code -------------------------------------------------------------------


def test_bounds_are_named_as_what_they_are(harmonium):
    result = harmonium("likelihood", drawn().path, "--samples", 7)
    found = bounds(drawn(), samples=7)["rows"]["test"]
    assert "lower bounds: 7 codes of each row" in result.stderr
    assert "mean lower bounds on the log-likelihood" in result.stdout
    assert "importance-weighted, 7 codes" in result.stdout
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("test")]
    assert float(line.split()[2]) == pytest.approx(found["elbo"], abs=1e-3)
    assert float(line.split()[4]) == pytest.approx(found["importance_weighted"], abs=1e-3)


def test_bounds_as_json_have_the_keys_of_the_function(harmonium, tmp_path):
    x = Trained(drawn()).dataset().test.x[:20]
    np.save(tmp_path / "new.npy", x.numpy())
    line = ("likelihood", drawn().path, "-i", "new.npy", "--samples", 5, "--json")
    found = json.loads(harmonium(*line).stdout)
    assert found["method"] == "bound"
    assert found["rows"]["new.npy"]["count"] == 20
    assert set(found["rows"]["new.npy"]) == set(bounds(drawn(), samples=1)["rows"]["test"])
    assert "log_likelihood" not in json.dumps(found)


@pytest.mark.parametrize("option", ["--exact", "--ais"])
def test_a_model_of_bounds_has_no_log_z(refused, option):
    assert "has lower bounds, no log Z" in refused("likelihood", drawn().path, option)


def test_a_model_without_either_is_refused(refused):
    message = refused("likelihood", coder().path)
    assert "no model of this run has a likelihood: take an energy model" in message
