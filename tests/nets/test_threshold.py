"""McCulloch and Pitts' neuron: gates by enumeration of all inputs."""

import itertools

import pytest
import torch

from harmonium.nets.threshold import Threshold, gate, xor

MEANING = {
    "and": all,
    "or": any,
    "nand": lambda bits: not all(bits),
    "nor": lambda bits: not any(bits),
}


def table(inputs):
    return torch.tensor(list(itertools.product([0.0, 1.0], repeat=inputs)))


@pytest.mark.parametrize("inputs", range(1, 7))
@pytest.mark.parametrize("name", MEANING)
def test_gates_of_any_width_are_exact(name, inputs):
    x = table(inputs)
    expected = [[float(MEANING[name](row))] for row in x.bool().tolist()]
    assert gate(name, inputs)(x).tolist() == expected


def test_not_turns_one_bit():
    unit = gate("not", 1)
    assert unit(table(1)).tolist() == [[1], [0]]
    assert (unit.weight.tolist(), unit.threshold.tolist()) == ([[-1]], [-0.5])


def test_two_layers_are_xor():
    assert xor()(table(2)).flatten().tolist() == [0, 1, 1, 0]


def test_at_its_threshold_a_unit_is_on():
    unit = Threshold([[1, 1]], [2])
    assert unit(torch.tensor([[1.0, 1], [1, 0.999]])).tolist() == [[1], [0]]


def test_several_units_read_the_same_inputs():
    units = Threshold([[1, 1], [1, 1]], [0.5, 1.5])
    both = torch.cat([gate("or")(table(2)), gate("and")(table(2))], 1)
    assert torch.equal(units(table(2)), both)


@pytest.mark.parametrize(("name", "inputs"), [("xor", 2), ("not", 2), ("and", 0)])
def test_what_is_no_gate_is_refused(name, inputs):
    with pytest.raises(ValueError, match="take and, or, nand or nor"):
        gate(name, inputs)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"give \(units, inputs\) and \(units,\)"):
        Threshold([[1, 1]], [0.5, 1.5])
