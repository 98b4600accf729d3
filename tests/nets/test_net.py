"""A described net is the net that PyTorch makes of the same layers."""

import copy

import pytest
import torch
from torch import nn

from harmonium import load, save
from harmonium.errors import UsageError, UsageTypeError
from harmonium.nets import Net
from harmonium.nets.described import LayerError
from harmonium.random import by_torch, seeded

SMALL = [
    {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"type": "batch_norm2d"},
    "relu",
    {"type": "max_pool2d", "kernel_size": 2},
    "flatten",
    {"type": "linear", "out_features": 3},
]
BRANCHED = [
    {"type": "conv2d", "name": "stem", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"type": "conv2d", "name": "a", "out_channels": 4, "kernel_size": 1, "bias": False},
    {"type": "conv2d", "name": "b", "out_channels": 2, "kernel_size": 3, "padding": 1,
     "inputs": ["stem"]},
    {"type": "add", "name": "sum", "inputs": ["stem", "a"]},
    {"type": "concat", "name": "both", "inputs": ["sum", "b"]},
    "flatten",
    {"type": "linear", "name": "fc", "out_features": 3},
]  # fmt: skip


def made(layers, shape=(1, 6, 6), seed=0, **settings):
    with seeded(seed):
        return Net([*shape], layers, **settings)


def pictures(rows=5, shape=(1, 6, 6)):
    return torch.randn(rows, *shape, generator=torch.Generator().manual_seed(1))


def test_a_list_of_layers_is_the_sequential_of_torch_to_the_bit():
    net = made(SMALL)
    with seeded(0), by_torch():
        real = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(36, 3),
        )
    assert [*net.state_dict()] == [*real.state_dict()]
    for name, value in real.state_dict().items():
        assert torch.equal(net.state_dict()[name], value), name
    x = pictures()
    assert torch.equal(net(x), real(x))
    assert torch.equal(net.eval()(x), real.eval()(x))


def test_branches_are_joined_as_their_inputs_say():
    net, x = made(BRANCHED), pictures()
    stem = net.stem(x)
    both = torch.cat([stem + net.a(stem), net.b(stem)], 1)
    assert torch.equal(net(x), net.fc(both.flatten(1)))
    assert torch.equal(net.activities(x)["both"], both)
    assert [*net.activities(x)] == ["stem", "a", "b", "sum", "both", "5"]
    nodes = {node.name: node for node in net.nodes}
    assert nodes["a"].inputs == nodes["b"].inputs == ("stem",)
    assert nodes["both"].shape == (6, 6, 6)
    assert net.units == (36, 144, 144, 72, 3)


def test_lists_inside_have_their_name_before_that_of_their_layers():
    block = {
        "type": "sequential",
        "name": "layer",
        "repeat": 2,
        "layers": [
            {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3, "padding": 1},
            "relu",
            {"type": "add", "inputs": ["input", "1"]},
        ],
    }
    net = made([SMALL[0], block, "flatten", {"type": "linear", "out_features": 3}])
    assert [*dict(net.named_parameters())][2:6] == [
        *("layer1.conv.weight", "layer1.conv.bias", "layer2.conv.weight", "layer2.conv.bias")
    ]
    x = pictures()
    h = net.get_submodule("0")(x)
    for k in (1, 2):
        h = h + net.get_submodule(f"layer{k}.conv")(h).relu()
    assert torch.allclose(net(x), net.get_submodule("4")(h.flatten(1)), atol=1e-6)


def test_copies_have_parameters_of_their_own_and_numbers_go_on_behind_them():
    dense = {"type": "linear", "out_features": 4, "repeat": 2}
    net = made(["flatten", dense, {**dense, "name": "h"}, {"type": "linear", "out_features": 2}])
    assert [name for name, _ in net.named_children()] == ["0", "1", "2", "h1", "h2", "5"]
    assert not torch.equal(net.h1.weight, net.h2.weight)


def test_a_seed_gives_the_weights_and_torchs_own_generator_is_left_alone():
    before = torch.get_rng_state()
    one, other, third = made(SMALL), made(SMALL), made(SMALL, seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one.get_submodule("0").weight, other.get_submodule("0").weight)
    assert not torch.equal(one.get_submodule("0").weight, third.get_submodule("0").weight)


def test_weights_are_the_same_under_another_default_of_torch():
    expected = made(SMALL).state_dict()
    torch.set_default_dtype(torch.float64)
    try:
        found = made(SMALL).state_dict()
    finally:
        torch.set_default_dtype(torch.float32)
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_it_is_saved_and_loaded_with_every_setting(tmp_path):
    net = made(BRANCHED, auxiliary={"fc": 0.5}).eval()
    again = load(save(net, tmp_path / "net.safetensors"))
    assert again.settings == net.settings
    x = pictures()
    assert torch.equal(again.eval()(x), net(x))


def test_rows_may_be_flat_but_not_of_another_shape():
    net, x = made(SMALL).eval(), pictures()
    assert torch.equal(net(x.flatten(1)), net(x))
    assert torch.equal(net(x[:, 0]), net(x))
    with pytest.raises(UsageError, match=r"\(1, 4, 9\), but the net reads \(1, 6, 6\)"):
        net(x.reshape(5, 1, 4, 9))


def test_values_end_in_the_units_of_the_targets():
    net = made(SMALL, outputs="values")
    net.rescaled.fit(torch.tensor([[1.0, 2.0, 3.0], [5.0, 2.5, 0.0]]), None)
    assert net.output_kind == "values"
    x = pictures()
    assert torch.equal(net.eval()(x), net.rescaled(net.get_submodule("5")(net.activities(x)["4"])))
    assert "rescaled.scale" in net.state_dict()


def test_heads_are_computed_only_when_they_are_asked_for():
    layers = [
        *SMALL[:1],
        "flatten",
        {"type": "linear", "name": "side", "out_features": 3},
        {"type": "linear", "name": "main", "out_features": 3, "inputs": ["1"]},
    ]
    net, x = made(layers, auxiliary={"side": 0.3}), pictures()
    calls = []
    net.side.register_forward_hook(lambda *_: calls.append("side"))
    main = net(x)
    assert calls == []
    outputs, others = net.heads(x)
    assert torch.equal(outputs, main)
    assert calls == [*others] == ["side"]
    assert torch.equal(others["side"], net.side(net.activities(x)["1"]))


def test_frozen_layers_keep_parameters_and_running_means():
    frozen = [{**SMALL[0], "frozen": True}, {"type": "batch_norm2d", "frozen": True}, *SMALL[2:]]
    net = made(frozen)
    mean = copy.deepcopy(net.get_submodule("1").running_mean)
    net.train()(pictures()).sum().backward()
    assert net.get_submodule("0").weight.grad is None
    assert torch.equal(net.get_submodule("1").running_mean, mean)
    assert net.get_submodule("5").weight.grad is not None


def nested(levels, layer="relu"):
    for _ in range(levels):
        layer = {"type": "sequential", "layers": [layer]}
    return layer


def test_lists_may_stand_fifty_deep():
    assert len(Net([4], [nested(50)]).nodes) == 1


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["rellu"], r"layers\[0\]: 'rellu' is not a type of layer, did you mean 'relu'\?"),
        (["dense"], r"'dense' is not a type of layer, did you mean 'linear'\?"),
        ([{**SMALL[0], "initial": {"weight": "he"}}], "rule 'he', did you mean 'kaiming_normal'"),
        ([nested(2000)], r"layers\[0\]: lists of layers stand more than 50 deep"),
        ([{"type": "conv2d", "out_channels": 2}], "conv2d needs the setting kernel_size"),
        (["flatten", {"type": "linear", "outputs": 3}], "'outputs' is not a setting of linear"),
        ([{**SMALL[0], "kernel_size": 9}], r"cannot read an input of shape \(1, 6, 6\)"),
        (["flatten", SMALL[0]], r"layers\[1\] \(conv2d\): conv2d cannot read an input of shape"),
        (["flatten", SMALL[0]], r"shape \(36,\) \(it reads \(channels, rows, columns\)\)"),
        (
            [{"type": "relu", "inputs": ["input", "input"]}],
            r"relu cannot read inputs of shape .* \(it reads one input, not 2\)",
        ),
        (["relu", {"type": "tanh", "inputs": "relo"}], "reads 'relo', but no layer before it"),
        ([{"type": "relu", "name": "a"}, {"type": "tanh", "name": "a"}], "another layer has this"),
        (["relu", {"type": "tanh", "inputs": ["input"]}], r"layers\[0\] .* no layer reads it"),
        ([{"type": "relu", "name": "forward"}], "a net has a part 'forward' itself"),
        ([{"type": "sequential", "name": "s", "layers": ["x"]}], r"layers\[0\].layers\[0\]: 'x'"),
        ([{**SMALL[0], "initial": {"wieght": "zeros"}}], "no parameter 'wieght', did you mean 'w"),
        (
            [{**SMALL[0], "initial": {"weight": "zeroes"}}],
            "no rule 'zeroes', did you mean 'zeros'",
        ),
        ([{**SMALL[0], "initial": {"bias": "orthogonal"}}], "orthogonal cannot fill a parameter"),
        ([{**SMALL[0], "groups": 3}], "conv2d cannot be made with these settings"),
        ([{**SMALL[0], "repeat": 0}], "repeat is 0; at least 1"),
        ([{**SMALL[0], "rate": float("nan")}], "rate is nan; at least 0, and finite"),
        ([{**SMALL[0], "name": "1"}, "relu"], r"layers\[1\]: another layer is named '1', the num"),
        (
            [{"type": "relu", "name": "a"}, {"type": "tanh", "name": "a", "repeat": 2}],
            r"layers\[1\] .* another layer has this name",
        ),
        ([{"type": "relu", "inputs": [["input"]]}], r"inputs has \['input'\].*: give names"),
        ([{"type": ["relu"]}], r"layers\[0\]: \['relu'\] is not a type"),
        ([{**SMALL[0], "initial": {3: "zeros"}}], "no parameter 3"),
        ([{**SMALL[0], "initial": {"weight": {"type": ["zeros"]}}}], "no rule .'zeros'"),
        ([{"type": "relu", "name": "_main"}], "a net has a part '_main' itself"),
        ([{"type": "relu", "name": "rescaled"}], "a net has a part 'rescaled' itself"),
        ([{**SMALL[0], "frozen": "yes"}], "frozen is 'yes'; bool is needed"),
        ([{**SMALL[0], "name": "a.b"}], "its name is 'a.b': give one without dots"),
        ([{"name": "c", "kernel_size": 3}], r"layers\[0\] \(c\): has no type"),
        (
            [*BRANCHED[:3], {"type": "add", "inputs": ["a", "b"]}],
            r"\(4, 6, 6\), \(2, 6, 6\): give",
        ),
    ],
)
def test_a_layer_that_cannot_stand_where_it_is_is_named(layers, message):
    with pytest.raises(LayerError, match=message):
        Net([1, 6, 6], layers)


@pytest.mark.parametrize("last", ["softmax", "logistic", "sigmoid"])
def test_outputs_are_logits(last):
    layers = [{"type": "linear", "out_features": 3}, last]
    with pytest.raises(LayerError, match="are logits, .* delete this last layer"):
        Net([4], layers)
    assert Net([4], layers, outputs="values")(torch.zeros(2, 4)).shape == (2, 3)


def test_what_is_wrong_with_the_whole_is_said():
    with pytest.raises(UsageTypeError, match="each is text or a Mapping"):
        Net([3], ["relu", 3])
    with pytest.raises(UsageError, match="at least one layer"):
        Net([3], [])
    with pytest.raises(UsageError, match="more than 100,000 layers"):
        Net([3], [{"type": "relu", "repeat": 3_000_000_000}])
    wide = {"type": "linear", "name": "a", "out_features": 5}
    with pytest.raises(UsageError, match=r"'a' has outputs of shape \(5,\), and those of the net"):
        Net([3], [wide, {"type": "linear", "out_features": 2}], auxiliary={"a": 0.3})
    with pytest.raises(UsageError, match="no layer 'sid'"):
        Net([3], ["relu"], auxiliary={"sid": 1.0})
