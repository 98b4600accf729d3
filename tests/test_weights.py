"""Checkpoints of other programs: what matches is loaded, the rest is refused in words."""

import os
import pickle
import zipfile

import pytest
import safetensors.torch
import torch
from torch import nn

from harmonium import load_weights, save
from harmonium.errors import DataError
from harmonium.nets import MLP
from harmonium.nets.dense_block import DenseBlock
from harmonium.random import seeded
from harmonium.weights import read_weights


def net(classes=3):
    """A small net with a batch normalisation."""
    with seeded(classes):
        made = MLP([4, 5, classes])
    body = nn.Sequential(made.h1, nn.BatchNorm1d(5), nn.ReLU())
    return nn.ModuleDict({"body": body, "fc": made.outputs})


def written(path, state):
    if path.suffix == ".safetensors":
        safetensors.torch.save_file({n: x.contiguous() for n, x in state.items()}, path)
    else:
        torch.save(state, path)
    return path


def equal(one, other):
    a, b = one.state_dict(), other.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def source():
    """A net with values of its own everywhere."""
    made = net()
    draws = torch.Generator().manual_seed(1)
    for value in made.state_dict().values():
        value.copy_(torch.rand(value.shape, generator=draws) * 9)
    return made


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth", "w.pt"])
def test_a_checkpoint_gives_all_its_tensors(tmp_path, source, name):
    target = net()
    report = load_weights(target, written(tmp_path / name, source.state_dict()))
    assert equal(target, source)
    assert report.whole
    assert report.matched == tuple(source.state_dict())
    assert report.count == 4 * 5 + 5 + 4 * 5 + 1 + 5 * 3 + 3
    assert str(report) == "9 tensors matched, 64 values"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"state_dict": state, "epoch": 90},
        lambda state: {"model": state, "optimiser": {"lr": 0.1}},
        lambda state: {f"module.{name}": value for name, value in state.items()},
        lambda state: {"state_dict": {f"module.{n}": x for n, x in state.items()}},
    ],
)
def test_checkpoints_of_training_scripts_are_unwrapped(tmp_path, source, wrap):
    target = net()
    load_weights(target, written(tmp_path / "w.pth", wrap(source.state_dict())))
    assert equal(target, source)


def test_files_of_old_versions_of_torch_load(tmp_path, source):
    """Not a zip archive, and without the counter of batches."""
    state = {n: x for n, x in source.state_dict().items() if "num_batches" not in n}
    torch.save(state, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    target = net()
    report = load_weights(target, tmp_path / "w.pth")
    assert report.whole
    assert len(report.matched) == 8
    assert torch.equal(target["fc"].weight, source["fc"].weight)


def test_old_names_of_densenet_are_mended(tmp_path):
    block, target = DenseBlock(4, 2, growth_rate=2), DenseBlock(4, 2, growth_rate=2)
    state = {
        name.replace("norm1", "norm.1").replace("conv2", "conv.2"): value
        for name, value in block.state_dict().items()
    }
    assert "denselayer1.norm.1.weight" in state
    load_weights(target, written(tmp_path / "w.pth", state))
    assert equal(target, block)


def test_numbers_take_the_precision_of_the_net(tmp_path, source):
    half = {n: x.half() if x.is_floating_point() else x for n, x in source.state_dict().items()}
    target = net().double()
    load_weights(target, written(tmp_path / "w.safetensors", half))
    assert target["fc"].weight.dtype is torch.float64
    torch.testing.assert_close(target["fc"].weight.half(), half["fc.weight"])


def test_a_file_of_harmonium_is_read_by_name_too(tmp_path):
    with seeded(0):
        one, other = MLP([4, 5, 3]), MLP([4, 5, 3])
    save(one, tmp_path / "mlp.safetensors")
    assert load_weights(other, tmp_path / "mlp.safetensors").whole
    assert equal(one, other)


# --- other classes ---------------------------------------------------------------------------


def test_another_number_of_classes_is_refused_with_the_remedy(tmp_path, source):
    path, target = written(tmp_path / "w.pth", source.state_dict()), net(10)
    before = {name: value.clone() for name, value in target.state_dict().items()}
    words = r"2 of another shape \(file for net\): fc.weight \(3, 5\) for \(10, 5\).*"
    with pytest.raises(DataError, match=words + r"leave_out=\['fc'\] keeps"):
        load_weights(target, path)
    assert all(torch.equal(before[n], x) for n, x in target.state_dict().items())


def test_a_head_that_is_left_out_keeps_its_weights(tmp_path, source):
    path, target = written(tmp_path / "w.pth", source.state_dict()), net(10)
    head = target["fc"].weight.clone()
    report = load_weights(target, path, leave_out=["fc"])
    assert report.whole
    assert report.left_out == ("fc.weight", "fc.bias")
    assert torch.equal(target["fc"].weight, head)
    assert torch.equal(target["body"][0].weight, source["body"][0].weight)
    assert report.lines()[1] == "2 left out: fc.weight, fc.bias"


def test_what_fits_is_loaded_if_not_strict(tmp_path, source):
    path = written(tmp_path / "w.pth", {**source.state_dict(), "aux.weight": torch.ones(2)})
    target = net(10)
    report = load_weights(target, path, strict=False)
    assert report.unexpected == ("aux.weight",)
    assert [name for name, *_ in report.reshaped] == ["fc.weight", "fc.bias"]
    assert not report.whole
    assert torch.equal(target["body"][0].weight, source["body"][0].weight)


def test_layers_of_the_file_alone_can_be_left_out(tmp_path, source):
    path = written(tmp_path / "w.pth", {**source.state_dict(), "aux1.fc.weight": torch.ones(2)})
    with pytest.raises(DataError, match="1 not in the net: aux1.fc.weight"):
        load_weights(net(), path)
    assert load_weights(net(), path, leave_out=["aux1"]).whole


def test_missing_tensors_are_listed_the_first_ones_by_name(tmp_path, source):
    state = {"fc.bias": source["fc"].bias.detach()}
    words = "7 not in the file: body.0.weight, body.0.bias, .*, body.1.running_mean and 2 more"
    with pytest.raises(DataError, match=words):
        load_weights(net(), written(tmp_path / "w.pth", state))


def test_a_foreign_checkpoint_is_refused_even_if_not_strict(tmp_path):
    path = written(tmp_path / "w.pth", {"features.0.weight": torch.ones(3)})
    with pytest.raises(DataError, match=r"none of its 1 tensors fits.*features.0.weight; the net"):
        load_weights(net(), path, strict=False)


def test_a_name_that_nothing_has_cannot_be_left_out(tmp_path, source):
    path = written(tmp_path / "w.pth", source.state_dict())
    with pytest.raises(DataError, match="leave_out names 'head', and neither"):
        load_weights(net(), path, leave_out=["head"])


# --- hostile and damaged files ---------------------------------------------------------------


class Hostile:
    """An object whose unpickling would make a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("form", ["zip", "old", "bare", "nested"])
def test_code_in_a_file_is_refused_and_not_run(tmp_path, source, form):
    path, trap = tmp_path / "w.pth", tmp_path / "trap"
    state = dict(source.state_dict())
    content = {"state_dict": state, "args": Hostile(trap)} if form == "nested" else Hostile(trap)
    if form == "bare":
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=form != "old")
    before = {name: value.clone() for name, value in source.state_dict().items()}
    with pytest.raises(DataError, match="holds Python objects .*nothing of it was run"):
        load_weights(source, path)
    assert not trap.exists()
    assert all(torch.equal(before[n], x) for n, x in source.state_dict().items())


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_ends_early_is_refused(tmp_path, source, name, share):
    path = written(tmp_path / name, source.state_dict())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"w\.(pth|safetensors)"):
        load_weights(net(), path)


def test_a_compressed_archive_is_refused(tmp_path, source):
    torch.save({"w": torch.zeros(10_000)}, tmp_path / "plain.pth")
    packed = tmp_path / "packed.pth"
    with (
        zipfile.ZipFile(tmp_path / "plain.pth") as plain,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in plain.infolist():
            archive.writestr(entry.filename, plain.read(entry))
    with pytest.raises(DataError, match="compressed archive"):
        load_weights(source, packed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([torch.ones(2)], "it holds"),
        ({}, "it holds"),
        ({"fc.weight": 3.0}, "'fc.weight' is 3, and a state dict"),
        ({"fc.weight": torch.eye(3).to_sparse()}, "dense tensors"),
        ({"fc.weight": torch.ones(2, dtype=torch.complex64)}, "dense tensors"),
        ({3: torch.ones(2)}, "dense tensors"),
    ],
)
def test_anything_but_a_state_dict_is_refused(tmp_path, content, words):
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(DataError, match=words):
        read_weights(tmp_path / "w.pth")


def test_values_that_are_not_finite_are_refused(tmp_path, source):
    state = {name: value.clone() for name, value in source.state_dict().items()}
    state["fc.weight"][0, 0] = torch.nan
    target = net()
    before = target["body"][0].weight.clone()
    with pytest.raises(DataError, match=r"1 of 15 values of fc.weight are not finite"):
        load_weights(target, written(tmp_path / "w.pth", state))
    assert torch.equal(target["body"][0].weight, before)


def test_places_that_are_no_file_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        load_weights(net(), tmp_path / "none.pth")
    with pytest.raises(DataError, match="a folder"):
        load_weights(net(), tmp_path)
