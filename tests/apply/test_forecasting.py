"""Tables of forecasts: what follows a file, the run's own origins, refusals."""

import csv

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from harmonium import apply
from harmonium.cli.app import app
from harmonium.errors import UsageError
from harmonium.training import train


def table(path, rows=80, start=1900):
    draws = np.random.default_rng(0).standard_normal(rows)
    lines = [f"{start + k},{k + v:.3f},{v:.3f}" for k, v in enumerate(draws)]
    path.write_text("\n".join(["year,a,b", *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast")
    source = {"type": "windows", "path": str(table(folder / "own.csv")), "time": "year"}
    return train(
        {
            "version": 1,
            "seed": 0,
            "data": {"source": {**source, "context": 6, "horizon": 3, "validation": 0.25}},
            "model": {"type": "forecast", "recurrent": {"type": "gru", "inputs": 2, "hidden": 3},
                      "horizon": 3, "season": 1},
            "stages": [{"type": "supervised", "objective": "pinball", "epochs": 1},
                       {"type": "conformal"}],
            "judge": ["horizon"],
        },
        output=folder,
    )  # fmt: skip


def predict(*words):
    return CliRunner().invoke(app, ["predict", *map(str, words)])


def read(path):
    with path.open() as lines:
        return [*csv.DictReader(lines)]


def test_the_frames_after_a_new_file_are_forecast(run, tmp_path):
    new = table(tmp_path / "new.csv", 30, start=2000)
    result = predict(run.path, "-i", new, "-o", tmp_path / "next.csv")
    assert result.exit_code == 0, result.output
    rows = read(tmp_path / "next.csv")
    assert [(r["origin"], r["time"], r["step"]) for r in rows] == [
        ("2029", str(2030 + k), str(k + 1)) for k in range(3)
    ]
    frames = np.loadtxt(new, delimiter=",", skiprows=1)[-6:, 1:]
    low, middle, high = run.machine(0).intervals(torch.tensor(frames[None]).float())
    for name, found in (("a", middle), ("a lower", low), ("a upper", high)):
        expected = found[0, :, 0].detach().numpy()
        np.testing.assert_allclose([float(r[name]) for r in rows], expected, rtol=1e-5)


def test_every_origin_of_the_test_rows_has_its_steps(run, tmp_path):
    result = predict(run.path, "-o", tmp_path / "test.csv")
    assert result.exit_code == 0, result.output
    rows = read(tmp_path / "test.csv")
    assert len(rows) == 14 * 3  # 16 test frames
    assert [r["origin"] for r in rows[::3]] == [str(1963 + k) for k in range(14)]
    assert [r["step"] for r in rows[:4]] == ["1", "2", "3", "1"]


def test_what_does_not_fit_is_refused(run, tmp_path):
    short = table(tmp_path / "short.csv", 5)
    with pytest.raises(UsageError, match="5 frames, and the run forecasts from the last 6"):
        apply.forecast_rows(apply.Trained(run), short)
    other = tmp_path / "other.csv"
    other.write_text("year,a\n1,2\n")
    with pytest.raises(ValueError, match="no column 'b'; there are 'year', 'a'"):
        apply.forecast_rows(apply.Trained(run), other)
    with pytest.raises(UsageError, match="only `harmonium predict` takes a new series"):
        apply.rows_of(apply.Trained(run), short)
