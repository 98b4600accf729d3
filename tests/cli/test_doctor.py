import json
import sys

import torch

from harmonium.cli import doctor


def test_all_that_works_is_said_to(harmonium):
    result = harmonium("doctor", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["ok"] is True
    assert found["versions"]["torch"] == torch.__version__
    assert found["threads"]["torch"] == torch.get_num_threads()
    assert [d["works"] for d in found["devices"] if d["device"] == "cpu"] == [True]
    assert {row["set"]: row["found"] for row in found["data"]}["digits"] is True
    assert all(row["remedy"] is None and row["version"] for row in found["extras"])


def test_the_text_tells_the_same(harmonium):
    text = harmonium("doctor").stdout
    assert f"torch {torch.__version__}\n" in text
    assert text.endswith("Everything works.\n")


def test_a_missing_package_comes_with_its_pip_line(harmonium, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    monkeypatch.setattr(doctor, "installed", lambda module: module != "h5py")
    result = harmonium("doctor")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if " h5py " in line)
    assert line.endswith('pip install "harmonium[data]"')


def test_a_device_that_fails_is_the_finding(harmonium, monkeypatch):
    def broken(device):
        raise RuntimeError("no kernel image\nfor this device")

    monkeypatch.setattr(doctor, "_learn", broken)
    result = harmonium("doctor", "--json")
    assert result.exit_code == 1
    (cpu,) = [d for d in json.loads(result.stdout)["devices"] if d["device"] == "cpu"]
    assert (cpu["works"], cpu["problem"]) == (False, "no kernel image")


def test_training_that_learns_nothing_is_no_working_device(monkeypatch):
    monkeypatch.setattr(doctor, "_learn", lambda device: -0.5)
    assert doctor._tried("cpu")["problem"] == "log-likelihood fell by 0.50 nats in training"


def test_the_small_machine_learns():
    assert doctor._learn("cpu") > 0.5


def test_a_folder_that_cannot_be_written_is_said(harmonium, tmp_path, monkeypatch):
    assert doctor._folder("runs", tmp_path)["writable"]
    assert not doctor._folder("runs", tmp_path / "missing")["writable"]
