"""Nets of Caffe: what they compute, and what is refused in words."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from harmonium.caffe import read_caffe
from harmonium.errors import DataError
from tests.caffe.nets import OLD, TINY, WHOLE, blobs_of, with_weights, written


def by_opencv(description: Path, weights: Path, x: torch.Tensor) -> np.ndarray:
    cv2 = pytest.importorskip("cv2")
    net = cv2.dnn.readNetFromCaffe(str(description), str(weights))
    net.setInput(x.numpy())
    return net.forward()


def ours(description: Path, weights: Path, x: torch.Tensor) -> np.ndarray:
    found = read_caffe(description, weights)
    with torch.no_grad():
        y = found.net(x)
    return (y.softmax(1) if found.net.output_kind == "classes" else y).numpy()


@pytest.mark.parametrize("version", [1, 2])
def test_every_layer_as_opencv_computes_it(tmp_path: Path, version: int) -> None:
    text = WHOLE
    if version == 1:  # the older form has neither
        text = "".join(line + "\n" for line in WHOLE.splitlines() if '"bn"' not in line[:40])
        text = text.replace('layer { name: "scale"', 'layer { name: "gone"').replace(
            'type: "Scale" bottom: "bn" top: "bn" scale_param { bias_term: true }',
            'type: "Split" bottom: "both" top: "bn"',
        )
    path = written(text, tmp_path)
    weights = with_weights(read_caffe(path), tmp_path, version)
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 4, 11, 9)).astype(np.float32))
    mine, theirs = ours(path, weights, x), by_opencv(path, weights, x)
    assert mine.max() - mine.min() > 0.01  # not all alike
    np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_fillers_and_multipliers_become_settings_of_training(tmp_path: Path) -> None:
    layers = {
        one["name"]: one for one in read_caffe(written(WHOLE, tmp_path)).net.settings["layers"]
    }
    assert layers["conv/1"]["initial"]["weight"] == {
        "type": "kaiming_uniform",
        "nonlinearity": "linear",
    }
    assert layers["conv/1"]["initial"]["bias"] == {"type": "constant", "val": 0.1}
    assert layers["fc1"]["initial"]["weight"] == {"type": "normal", "std": 0.1}
    assert "rate" not in layers["conv/1"]


def test_the_older_form(tmp_path: Path) -> None:
    path = written(OLD, tmp_path)
    found = read_caffe(path)
    assert (found.name, found.net.shape) == ("Old", (1, 6, 6))
    weights = with_weights(found, tmp_path, 1)
    x = torch.randn(1, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(ours(path, weights, x), by_opencv(path, weights, x), atol=1e-5)


def test_layers_of_one_phase(tmp_path: Path) -> None:
    text = TINY + (
        'layer { name: "drop" type: "Dropout" bottom: "ip" top: "ip" include { phase: TRAIN } }'
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "l" top: "loss" }'
    )
    text = text.replace('top: "data"', 'top: "data" top: "l"', 1)
    path = written(text, tmp_path)
    assert [n.type for n in read_caffe(path, phase="train").net.nodes][-1] == "dropout"
    found = read_caffe(path)
    assert [n.type for n in found.net.nodes] == ["conv2d", "flatten", "linear"]
    assert found.net.output_kind == "classes"


def test_losses_of_inner_layers_are_auxiliary(tmp_path: Path) -> None:
    head = 'layer { name: "%s" type: "InnerProduct" bottom: "conv" top: "%s" '
    head += "inner_product_param { num_output: 2 } }"
    loss = (
        'layer { name: "loss_%s" type: "SoftmaxWithLoss" bottom: "%s" bottom: "l" top: "o%s" %s }'
    )
    text = TINY.replace('top: "data"', 'top: "data" top: "l"', 1)
    text += head % ("aux", "aux") + loss % ("a", "aux", "a", "loss_weight: 0.3")
    text += loss % ("m", "ip", "m", "")
    net = read_caffe(written(text, tmp_path)).net
    assert net.auxiliary == {"aux": 0.3}
    assert net.nodes[-1].name == "ip"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('type: "Convolution"', 'type: "Crop"', r"net.prototxt:4: .*Crop.*not supported.*Pooling"),
        ("kernel_size: 3", "kernal_size: 3", r":5: .*kernal_size.*did you mean 'kernel_size'"),
        ("kernel_size: 3", "kernel_size: 9", r":4: layer 'conv': .*\(1, 4, 4\)"),
        ("num_output: 1 ", "", r":5: num_output is missing"),
        ("num_output: 1 ", "num_output: -1 ", r":5: num_output is -1"),
        ("num_output: 1 ", "num_output: 1.5 ", r":5: num_output is 1.5: a whole number"),
        ("dim: 4", "dim: 2000000000", r"input of shape"),
        ("num_output: 2", "num_output: 2000000000", r"memory|GiB|GB"),
        ('bottom: "conv"', 'bottom: "cov"', r":6: layer 'ip' reads 'cov'"),
        ('top: "ip"', 'top: "ip" top: "more"', r"exactly one top"),
        ("kernel_size: 3", "kernel_size: 3 axis: 2", r"axis: only 1"),
        ("kernel_size: 3", "kernel_size: 3 dilation: 0", r"dilation is 0"),
        ("kernel_size: 3", 'kernel_size: "x"', r"'x': a number is needed"),
    ],
)
def test_errors_name_line_and_remedy(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TINY
    with pytest.raises(DataError, match=message):
        read_caffe(written(TINY.replace(old, new, 1), tmp_path))


def test_weights_of_another_net_are_refused(tmp_path: Path) -> None:
    path = written(TINY, tmp_path)
    weights = with_weights(read_caffe(path), tmp_path)
    wider = written(TINY.replace("num_output: 2", "num_output: 3"), tmp_path, "wide.prototxt")
    with pytest.raises(DataError, match=r"layer 'ip': a blob of shape \(2, 4\) for \(3, 4\)"):
        read_caffe(wider, weights)
    renamed = written(TINY.replace('name: "ip"', 'name: "fc"'), tmp_path, "renamed.prototxt")
    with pytest.raises(DataError, match="weights of fc are not in the file; it has conv, ip"):
        read_caffe(renamed, weights)


def test_the_shape_is_asked_for(tmp_path: Path) -> None:
    text = TINY.replace('type: "Input"', 'type: "Data"')
    text = text.replace("input_param { shape { dim: 1 dim: 1 dim: 4 dim: 4 } }", "")
    path = written(text, tmp_path)
    with pytest.raises(DataError, match="shape of an example.*--shape 1,28,28"):
        read_caffe(path)
    assert read_caffe(path, shape=(1, 4, 4)).net.shape == (1, 4, 4)


def test_shared_parameters_are_refused(tmp_path: Path) -> None:
    text = TINY.replace('top: "conv"', 'top: "conv" param { name: "w" }', 1)
    text = text.replace('top: "ip"', 'top: "ip" param { name: "w" }', 1)
    with pytest.raises(DataError, match="'ip' shares the parameter 'w' with 'conv'"):
        read_caffe(written(text, tmp_path))


def test_one_of_several_outputs(tmp_path: Path) -> None:
    text = TINY + 'layer { name: "end" type: "ReLU" bottom: "conv" top: "end" }'
    path = written(text, tmp_path)
    with pytest.raises(DataError, match=r"2 outputs \(ip, end\): choose one"):
        read_caffe(path)
    assert read_caffe(path, output="end").net.nodes[-1].name == "end"


def shared(name: str) -> Path:
    return Path(os.environ["HARMONIUM_DATA"]) / "caffe" / name


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "parameters"),
    [
        ("examples_mnist_lenet", 431_080),
        ("examples_cifar10_cifar10_quick", 145_578),
        ("models_bvlc_alexnet_deploy", 60_965_224),
        ("models_bvlc_reference_caffenet_deploy", 60_965_224),
        ("models_bvlc_googlenet_deploy", 6_998_552),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_published_nets_as_opencv_computes_them(
    tmp_path: Path, file: str, parameters: int, version: int
) -> None:
    path = shared(f"{file}.prototxt")
    found = read_caffe(path)
    assert sum(p.numel() for p in found.net.parameters()) == parameters
    blobs = blobs_of(found)
    scaled = {  # so that activities neither vanish nor grow
        name: (kind, [w * (2 / w[0].size) ** 0.5 / 0.4 if w.ndim > 1 else w for w in weights])
        for name, (kind, weights) in blobs.items()
    }
    from harmonium.caffe import write_caffemodel

    weights = write_caffemodel(tmp_path / "net.caffemodel", scaled, version=version)
    x = torch.randn(1, *found.net.shape, generator=torch.Generator().manual_seed(1))
    mine, theirs = ours(path, weights, x), by_opencv(path, weights, x)
    assert mine.max() > 2 / mine.size
    np.testing.assert_allclose(mine, theirs.reshape(mine.shape), atol=1e-4)


@pytest.mark.data
def test_the_training_net_of_lenet() -> None:
    found = read_caffe(shared("examples_mnist_lenet_train_test.prototxt"), shape=(1, 28, 28))
    assert sum(p.numel() for p in found.net.parameters()) == 431_080
    assert any("0.00390625" in note for note in found.notes)


def test_settings_of_a_solver_are_no_net(tmp_path: Path) -> None:
    path = written('net: "lenet_train_test.prototxt" base_lr: 0.01 max_iter: 9', tmp_path)
    with pytest.raises(DataError, match=r"of a solver, and no net: .*here lenet_train_test.pro"):
        read_caffe(path)
    with pytest.raises(DataError, match="0 layers: no description of a net"):
        read_caffe(written('name: "empty"', tmp_path))
