"""Parts compute what the model's own methods compute."""

import pytest
import torch

import harmonium
from harmonium.export.parts import part
from harmonium.models import adapted
from harmonium.nets import Autoencoder
from tests.export.test_onnx_file import random_machine

MACHINES = {
    "rbm": lambda: harmonium.rbm(6, 3),
    "labelled": lambda: harmonium.classification_rbm(6, 3, classes=3),
    "dbm": lambda: harmonium.dbm(6, 4, 3),
    "stack": lambda: harmonium.belief_net(6, 5, 4),
    "counts": lambda: harmonium.rbm(harmonium.Multinomial(6), 3),
}


@pytest.mark.parametrize("name", MACHINES)
def test_codes(name):
    model = adapted(random_machine(MACHINES[name](), std=0.5))
    chosen = part(model, "encode")
    (x,) = chosen.rows(7)
    expected = [*model.codes({"x": x}).values()][-1]
    torch.testing.assert_close(chosen(x), expected.flatten(1), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", [n for n in MACHINES if n != "dbm"])
def test_free_energies(name):
    model = adapted(random_machine(MACHINES[name]()))
    chosen = part(model, "free_energy")
    (x,) = chosen.rows(7)
    torch.testing.assert_close(chosen(x), model.free_energy({"x": x}), atol=1e-5, rtol=1e-5)


def test_log_probabilities_of_classes():
    model = adapted(random_machine(MACHINES["labelled"]()))
    chosen = part(model, "forward")
    (x,) = chosen.rows(7)
    torch.testing.assert_close(chosen(x), model.log_probs({"x": x}), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("machine", "inputs"),
    [
        (lambda: harmonium.rbm(6, 3), ["v"]),
        (lambda: harmonium.dbm(6, 4, 3), ["v", "h1"]),
        (lambda: harmonium.classification_rbm(6, 3, classes=3), ["v", "y"]),
        (lambda: harmonium.boltzmann(4, 2), ["v", "h"]),
    ],
)
def test_sweeps_begin_from_the_groups_that_are_not_drawn_first(machine, inputs):
    assert [*part(adapted(machine()), "gibbs").inputs] == inputs


def test_codes_are_decoded():
    model = adapted(random_machine(Autoencoder([6, 5, 2])))
    chosen = part(model, "decode")
    (c,) = chosen.rows(3)
    torch.testing.assert_close(chosen(c), model.decode(c)["x"])
