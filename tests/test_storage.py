"""Files of machines: what comes back, what is refused, and what a failure leaves behind."""

import json
import os
import stat
import struct

import pytest
import safetensors.torch
import torch

from harmonium import (
    Bernoulli,
    Categorical,
    Dense,
    EnergyGraph,
    Gaussian,
    Lateral,
    Multinomial,
    Rectified,
    Spin,
    load,
    rbm,
    save,
)
from harmonium.learning import doubled
from harmonium.machines import (
    BeliefNet,
    boltzmann,
    classification_rbm,
    dbm,
    hopfield,
    modern_hopfield,
)
from harmonium.nets import MLP, Codec
from harmonium.storage import FORMAT
from tests.laws.registry import BELIEF_NETS
from tests.laws.specimens import Affine, numbers, randomised

MACHINES = {
    "bernoulli": lambda: rbm(4, 3),
    "shaped": lambda: rbm(Bernoulli(2, 2), Spin(3, 1)),
    "gaussian": lambda: rbm(Gaussian(4), 3),
    "rectified": lambda: rbm(Rectified(4), Bernoulli(3)),
    "categorical": lambda: rbm(Categorical(2, 3), Categorical(4)),
    "multinomial": lambda: rbm(Multinomial(5), 3),
    "tied": lambda: rbm(Gaussian(2, 2, tied=(0,)), Bernoulli(2, 3, tied=(0, 1))),
    "boltzmann": lambda: EnergyGraph({"x": Spin(2, 2)}, {("x", "x"): Lateral((2, 2))}),
    "deep": lambda: EnergyGraph(
        {"v": Bernoulli(4), "h1": Bernoulli(3), "h2": Categorical(2, 2)},
        {
            ("v", "h1"): Dense((4,), (3,)),
            ("h2", "h1"): Dense((2, 2), (3,)),
            ("v", "v"): Lateral((4,)),
        },
    ),
    "hopfield": lambda: hopfield(4),
    "modern-hopfield": lambda: modern_hopfield(torch.zeros(3, 2)),
    "encoder": lambda: boltzmann([2, 2], 2),
    "classifier": lambda: classification_rbm(3, 2, classes=3),
    "dbm": lambda: dbm(4, Spin(3), 2),
    "lone": lambda: EnergyGraph({"v": Bernoulli(3)}, {}),
}
MACHINES |= {f"net-{name}": build for name, build in BELIEF_NETS.items()}


def machine(name, dtype=torch.float64):
    return randomised(MACHINES[name](), 1 + [*MACHINES].index(name), std=0.3).to(dtype)


def graphs(machine):
    return machine.graphs if isinstance(machine, BeliefNet) else [machine]


# --- there and back --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", MACHINES)
def test_what_is_saved_comes_back(name, dtype, tmp_path):
    one = machine(name, dtype)
    path = tmp_path / "machine.safetensors"
    assert save(one, path) == path
    other = load(path)
    assert type(other) is type(one)
    assert repr(other) == repr(one)
    assert one.state_dict().keys() == other.state_dict().keys()
    for key, value in one.state_dict().items():
        found = other.state_dict()[key]
        assert found.dtype == dtype
        assert torch.equal(found, value), key
    assert all(p.requires_grad for p in other.parameters())
    for left, right in zip(graphs(one), graphs(other), strict=True):
        described = [
            [(e.source, e.target, type(e.connection)) for e in g.edges] for g in (left, right)
        ]
        assert described[0] == described[1]
        assert {n: u.tied for n, u in left.units.items()} == {
            n: u.tied for n, u in right.units.items()
        }


@pytest.mark.parametrize("name", MACHINES)
def test_it_gives_the_same_answers(name, tmp_path):
    one = machine(name)
    other = load(save(one, tmp_path / "machine"))
    for left, right in zip(graphs(one), graphs(other), strict=True):
        if any(u.takes_context for u in left.units.values()):
            left, right = (g.given(v=torch.tensor([4.0])) for g in (left, right))
        state = {n: numbers(3, *u.shape, seed=7).abs() for n, u in left.units.items()}
        assert torch.equal(left.energy(state), right.energy(state))
        for n, u in left.units.items():
            field = left.field(n, state)
            assert torch.equal(right.field(n, state), field)
            for one_moment, other_moment in zip(
                u.moments(field), right.units[n].moments(field), strict=True
            ):
                assert torch.equal(one_moment, other_moment)


@pytest.mark.parametrize("name", ["net-three", "net-untied", "net-labelled-untied"])
def test_a_net_recognises_and_generates_the_same(name, tmp_path):
    one = machine(name)
    other = load(save(one, tmp_path / "net"))
    v = (numbers(5, 3, seed=8) > 0).double()
    assert torch.equal(one.recognise(v)[-1], other.recognise(v)[-1])
    drawn = [
        net.generate(4, sweeps=5, source=torch.Generator().manual_seed(1)) for net in (one, other)
    ]
    assert torch.equal(*drawn)


def test_a_loaded_machine_is_on_its_own(tmp_path):
    """What is done to it changes neither the file nor the machine that was saved."""
    one = machine("bernoulli")
    path = save(one, tmp_path / "machine")
    content = path.read_bytes()
    with torch.no_grad():
        for p in load(path).parameters():
            p.zero_()
    assert path.read_bytes() == content
    assert torch.equal(load(path).units["v"].bias, one.units["v"].bias)


def test_the_same_machine_makes_the_same_file(tmp_path):
    one = save(machine("deep"), tmp_path / "one").read_bytes()
    assert save(machine("deep"), tmp_path / "other").read_bytes() == one
    assert save(load(tmp_path / "one"), tmp_path / "third").read_bytes() == one


def test_a_path_may_be_a_string(tmp_path):
    path = save(machine("bernoulli"), str(tmp_path / "machine"))
    assert load(str(path)).units["v"].shape == (4,)


def test_strided_parameters_are_saved_whole(tmp_path):
    graph = machine("bernoulli")
    weight = numbers(4, 3, seed=9)
    graph.connections["v-h"].weight = torch.nn.Parameter(weight.mT)
    assert torch.equal(load(save(graph, tmp_path / "m")).connections["v-h"].weight, weight.mT)


# --- what cannot be saved --------------------------------------------------------------------


class Bent(Bernoulli):
    """A family of somebody's own."""


def test_unknown_families_are_refused(tmp_path):
    with pytest.raises(ValueError, match="group 'h': Bent is not a family of harmonium"):
        save(rbm(3, Bent(2)), tmp_path / "machine")
    assert list(tmp_path.iterdir()) == []


def test_a_name_alone_does_not_make_a_family(tmp_path):
    impostor = type("Bernoulli", (Bernoulli,), {})
    with pytest.raises(ValueError, match="Bernoulli is not a family of harmonium"):
        save(rbm(3, impostor(2)), tmp_path / "machine")


def test_unknown_connections_are_refused(tmp_path):
    units = {"v": Bernoulli(3), "h": Bernoulli(2)}
    graph = EnergyGraph(units, {("v", "h"): Affine((3,), (2,))})
    with pytest.raises(ValueError, match="connection v-h: Affine cannot be saved"):
        save(graph, tmp_path / "machine")
    assert list(tmp_path.iterdir()) == []


# --- a failure leaves everything as it was ---------------------------------------------------


@pytest.fixture
def old(tmp_path):
    return save(machine("bernoulli"), tmp_path / "machine")


@pytest.mark.parametrize("where", ["os.replace", "os.fsync", "safetensors.torch.save"])
def test_a_crash_leaves_the_old_file_and_nothing_else(old, monkeypatch, where):
    content = old.read_bytes()

    def crash(*args, **settings):
        raise OSError("disk full")

    monkeypatch.setattr(where, crash)
    with pytest.raises(OSError, match="disk full"):
        save(machine("gaussian"), old)
    monkeypatch.undo()
    assert old.read_bytes() == content
    assert list(old.parent.iterdir()) == [old]
    save(machine("gaussian"), old)
    assert type(load(old).units["v"]) is Gaussian


def test_an_interruption_leaves_nothing_half_written(tmp_path, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(machine("bernoulli"), tmp_path / "machine")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_whole_before_it_takes_its_place(old, monkeypatch):
    """At the moment of the move the new content is on the disk already."""
    seen = []
    move = os.replace

    def looked(part, path):
        seen.append(type(load(part).units["v"]))
        move(part, path)

    monkeypatch.setattr("os.replace", looked)
    save(machine("gaussian"), old)
    assert seen == [Gaussian]


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        save(machine("bernoulli"), tmp_path / "nowhere" / "machine")


def test_others_may_read_the_file_as_they_may_read_any_other(tmp_path):
    """The usual mode of a new file, not the private one of a temporary file."""
    usual = tmp_path / "usual"
    usual.touch()
    path = save(machine("bernoulli"), tmp_path / "machine")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


# --- what cannot be loaded -------------------------------------------------------------------


def described(path):
    """The description and the tensors of a file."""
    with safetensors.safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()["harmonium"]), {
            k: file.get_tensor(k) for k in file.keys()
        }


def rewritten(path, description, tensors):
    content = json.dumps(description) if not isinstance(description, str) else description
    safetensors.torch.save_file(tensors, path, {"harmonium": content})
    return path


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="machine: no such file"):
        load(tmp_path / "machine")
    with pytest.raises(FileNotFoundError, match="no such file"):
        load(tmp_path)


@pytest.mark.parametrize("kept", [0, 4, 60, 0.5, 0.99])
def test_a_file_that_was_cut_short(old, kept):
    content = old.read_bytes()
    old.write_bytes(content[: kept if isinstance(kept, int) else int(kept * len(content))])
    with pytest.raises(
        ValueError, match="machine: not a whole safetensors file .*; copy it again"
    ):
        load(old)


def test_bytes_of_something_else(old):
    for content in (b"\x80\x04\x95 a pickle of something", b"{}", os.urandom(500)):
        old.write_bytes(content)
        with pytest.raises(ValueError, match="not a whole safetensors file"):
            load(old)


def test_a_header_that_lies_about_its_length(old):
    content = bytearray(old.read_bytes())
    content[:8] = struct.pack("<Q", 2**40)
    old.write_bytes(content)
    with pytest.raises(ValueError, match="not a whole safetensors file"):
        load(old)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_somebody_elses_safetensors(tmp_path, metadata):
    path = tmp_path / "other"
    safetensors.torch.save_file({"weight": torch.ones(3)}, path, metadata)
    with pytest.raises(ValueError, match="not one that harmonium.save wrote"):
        load(path)


def test_a_later_format(old):
    description, tensors = described(old)
    description["format"] = FORMAT + 1
    rewritten(old, description, tensors)
    with pytest.raises(ValueError, match=f"format {FORMAT + 1}, .* reads up to {FORMAT}; upgrade"):
        load(old)


def test_unknown_parts(old):
    description, tensors = described(old)
    description["graphs"][0]["units"][0][1] = "Beta"
    with pytest.raises(ValueError, match="unknown family 'Beta'; upgrade harmonium"):
        load(rewritten(old, description, tensors))
    description, tensors = described(save(machine("bernoulli"), old))
    description["graphs"][0]["connections"][0][2] = "Sparse"
    with pytest.raises(ValueError, match="unknown connection 'Sparse'; upgrade harmonium"):
        load(rewritten(old, description, tensors))


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ({"class": "Sequential"}, "unknown part 'Sequential' of kind 'Net'"),
        ({"kind": "Optimiser", "class": "SGD"}, "unknown part 'SGD' of kind 'Optimiser'"),
        ({"settings": {"units": [4, 9]}}, "the encoder gives 9 numbers"),
        ({"settings": {"size": 3}}, "cannot be read"),
    ],
)
def test_parts_of_a_net_that_are_not_parts(tmp_path, part, found):
    path = save(Codec(MLP([4, 2]), MLP([2, 4])), tmp_path / "net")
    description, tensors = described(path)
    assert description["settings"]["encoder"]["class"] == "MLP"
    description["settings"]["encoder"] |= part
    with pytest.raises(ValueError, match=found):
        load(rewritten(path, description, tensors))


def test_parts_without_end(tmp_path):
    path = save(Codec(MLP([4, 2]), MLP([2, 4])), tmp_path / "net")
    description, tensors = described(path)
    text = json.dumps(description)
    deep = json.dumps(description["settings"]["encoder"])
    nested = deep.replace("[4, 2]", "[" * 5000 + "]" * 5000)
    with pytest.raises(ValueError, match="cannot be read"):
        load(rewritten(path, text.replace(deep, nested), tensors))


def without(tensors):
    return {k: t for k, t in tensors.items() if k != "units.v.bias"}


MISFITS = {
    "missing": (without, "units.v.bias"),
    "too many": (lambda t: {**t, "extra": torch.ones(1)}, "extra"),
    "another shape": (lambda t: {**t, "units.v.bias": torch.ones(9).double()}, "size mismatch"),
    "none": (lambda t: {}, "parameters do not fit"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_parameters_that_do_not_fit(old, name):
    change, message = MISFITS[name]
    description, tensors = described(old)
    rewritten(old, description, change(tensors))
    with pytest.raises(
        ValueError, match=f"(?s)machine: parameters do not fit .*{message}|{message}"
    ):
        load(old)


DAMAGE = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "3",
    "nothing": "{}",
    "no machine": '{"format": 1}',
    "no graphs": '{"format": 1, "machine": "EnergyGraph", "graphs": []}',
    "no units": '{"format": 1, "machine": "EnergyGraph", "graphs": [{}]}',
    "odd units": '{"format": 1, "machine": "EnergyGraph", "graphs": [{"units": [["v"]]}]}',
    "odd format": '{"format": "one", "machine": "EnergyGraph", "graphs": []}',
    "another machine": '{"format": 1, "machine": "Transformer", "graphs": []}',
    "wild wiring": '{"format": 1, "machine": "EnergyGraph", "graphs": [{"units": '
    '[["v", "Bernoulli", [3], []]], "connections": [["v", "h", "Dense"]]}]}',
    "odd shape": '{"format": 1, "machine": "EnergyGraph", "graphs": [{"units": '
    '[["v", "Bernoulli", [-3], []]], "connections": []}]}',
}


@pytest.mark.parametrize("name", DAMAGE)
def test_descriptions_that_make_no_sense(old, name):
    """Whatever is wrong with them, it is a ValueError that names the file."""
    _, tensors = described(old)
    rewritten(old, DAMAGE[name], tensors)
    with pytest.raises(ValueError, match="machine: "):
        load(old)


def test_a_description_cannot_ask_for_other_classes(old, tmp_path):
    """Names are looked up in a closed list; nothing is imported, nothing is run."""
    description, tensors = described(old)
    description["graphs"][0]["units"][0][1] = "os.system"
    with pytest.raises(ValueError, match=r"unknown family 'os\.system'"):
        load(rewritten(old, description, tensors))


def test_tied_copies_are_refused(tmp_path):
    """A file of groups and parameters cannot say that two of them are one."""
    layer = doubled(dbm(3, 2, 2))[0]
    with pytest.raises(ValueError, match="share their units.*the machine that the layer belongs"):
        save(layer, tmp_path / "layer.safetensors")
    assert list(tmp_path.iterdir()) == []


# --- parameters from which nothing can be computed ----------------------------------------

ODD = {
    "not a number": (float("nan"), "1 of 4 values of units.v.bias are not finite"),
    "infinite": (float("inf"), "1 of 4 values of units.v.bias are not finite"),
    "absurd": (-1e38, r"1 of 4 values of units.v.bias are larger than 1e\+08"),
}


@pytest.mark.parametrize("name", ODD)
def test_parameters_that_mean_nothing_are_refused_by_name(old, name):
    value, message = ODD[name]
    description, tensors = described(old)
    tensors["units.v.bias"][2] = value
    with pytest.raises(ValueError, match=f"machine: {message}.*; copy it again, or train again"):
        load(rewritten(old, description, tensors))


def test_all_values_that_mean_nothing_are_counted(old):
    description, tensors = described(old)
    tensors["connections.v-h.weight"][:] = float("nan")
    with pytest.raises(ValueError, match="12 of 12 values of connections.v-h.weight"):
        load(rewritten(old, description, tensors))


@pytest.mark.parametrize("log", [-900.0, 900.0])
def test_precisions_beyond_all_computing_are_refused(tmp_path, log):
    path = save(machine("gaussian"), tmp_path / "machine")
    description, tensors = described(path)
    tensors["units.v.log_precision"][1] = log
    with pytest.raises(ValueError, match="machine: 1 of 4 precisions of group 'v' are 0 or too"):
        load(rewritten(path, description, tensors))


def test_a_machine_that_cannot_be_normalised_is_refused(tmp_path):
    path = save(rbm(Gaussian(3), Gaussian(2)), tmp_path / "machine")
    description, tensors = described(path)
    tensors["connections.v-h.weight"].fill_(5.0)
    with pytest.raises(ValueError, match="machine: groups .* cannot be normalised"):
        load(rewritten(path, description, tensors))


# --- sizes --------------------------------------------------------------------------------

LARGE = 2**40
DESCRIBED = {
    "a group": [[["v", "Bernoulli", [LARGE], []]], []],
    "a connection": [
        [["v", "Bernoulli", [2**20], []], ["h", "Bernoulli", [2**20], []]],
        [["v", "h", "Dense"]],
    ],
    "a group with itself": [[["v", "Spin", [2**20], []]], [["v", "v", "Lateral"]]],
    "precisions": [[["v", "Gaussian", [LARGE], []]], []],
    "more than there are numbers": [[["v", "Bernoulli", [2**40, 2**40], []]], []],
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_small_file_makes_no_large_machine(tmp_path, name):
    """Terabytes are described in a few bytes; none of them is allocated."""
    units, connections = DESCRIBED[name]
    description = {
        "format": 1,
        "machine": "EnergyGraph",
        "graphs": [{"units": units, "connections": connections}],
    }
    path = rewritten(tmp_path / "machine", description, {"units.v.bias": torch.zeros(4)})
    words = "machine: (parameters do not fit|its description cannot be read)"
    with pytest.raises(ValueError, match=words):
        load(path)


def test_a_file_larger_than_memory_is_refused_before_it_is_read(old, monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 100.0)
    with pytest.raises(ValueError, match="its machine needs .* of memory, and 100 bytes is free"):
        load(old)


def test_loading_draws_what_it_did(old):
    """The outline of a file takes nothing from torch's source of random numbers."""
    torch.manual_seed(3)
    rbm(4, 3)
    want = torch.rand(1)
    torch.manual_seed(3)
    load(old)
    assert torch.equal(torch.rand(1), want)


def test_a_folder_is_no_machine(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file but a folder; harmonium.Run.open"):
        load(tmp_path)
