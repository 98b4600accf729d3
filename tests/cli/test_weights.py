import json

import pytest
import torch

from harmonium import load
from harmonium.nets import MLP
from harmonium.random import seeded

NET = ("digits_mlp", "model.units=[64,50,10]")


@pytest.fixture
def path(tmp_path):
    with seeded(5):
        torch.save(MLP([64, 50, 10]).state_dict(), tmp_path / "w.pth")
    return tmp_path / "w.pth"


def test_the_tensors_of_a_file(harmonium, path):
    text = harmonium("weights", path).stdout
    assert "h1.weight       50 x 64" in text
    assert "4 tensors (4 of float32), 3,760 values: 14.69 KiB" in text
    assert json.loads(harmonium("weights", path, "--json").stdout)["values"] == 3760


def test_whether_they_fit(harmonium, path):
    assert "w.pth fits mlp\n  4 tensors matched" in harmonium("weights", path, *NET).stdout
    other = ("weights", path, "digits_mlp", "model.units=[64,50,7]")
    result = harmonium(*other)
    assert result.exit_code == harmonium(*other, "--json").exit_code == 2
    text = result.stdout
    assert "w.pth does not fit mlp" in text
    assert "2 of another shape (file for net): outputs.weight (10, 50) for (7, 50)" in text
    result = harmonium(*other, "--leave-out", "outputs")
    assert result.exit_code == 0
    assert "fits mlp" in result.stdout


def test_a_single_tensor_is_one_tensor(harmonium, path):
    torch.save({"h1.weight": torch.zeros(50, 64)}, path)
    assert "\n1 tensor (1 of float32)" in harmonium("weights", path).stdout
    assert "  1 tensor matched, 3,200 values" in harmonium("weights", path, *NET).stdout


def test_a_net_with_the_weights(harmonium, refused, path, tmp_path):
    out = tmp_path / "net.safetensors"
    assert str(out) in harmonium("weights", path, *NET, "-o", out).stdout
    known = torch.load(path, weights_only=True)
    assert torch.equal(load(out).h1.weight, known["h1.weight"])
    assert "there already; --overwrite" in refused("weights", path, *NET, "-o", out)
    assert "not a format" in refused("weights", path, *NET, "-o", tmp_path / "net.pth")


def test_an_unknown_name_may_have_meant_a_model(refused, path):
    assert "no recipe or model 'resnet', did you mean 'resnet" in refused(
        "weights", path, "resnet"
    )
    assert "no such recipe file" in refused("weights", path, "mine.yaml")


def test_damaged_files_are_refused_in_words(refused, path):
    path.write_bytes(b"not a checkpoint")
    assert "holds Python objects or is no file of torch.save" in refused("weights", path)
