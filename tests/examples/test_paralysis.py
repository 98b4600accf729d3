"""The example's claims: what stops the gradient, what lets it pass, and what does not."""

import math

import pytest

CHANCE = math.log(26)


def test_the_gradient_of_the_paralysed_net_vanishes_and_that_of_others_does_not(example):
    from harmonium import apply
    from harmonium.describe import load, resolve
    from harmonium.describe.builtin import find

    def ratio(name):
        recipe = load(find("letters_deep"), [*example.NETS[name].split(), "seed=0"])
        (look,) = apply.diagnose_recipe(resolve(recipe)).looks
        return look.flow.ratio

    assert ratio("logistic, N(0, 0.1²)") < 1e-2
    assert ratio("logistic, N(0, 0.01²)") < 1e-5
    assert 0.3 < ratio("tanh, Glorot") < 4
    assert 0.3 < ratio("ReLU, He") < 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "logistic, N(0, 0.1²)",
        "logistic, N(0, 0.01²)",
        "logistic, Glorot",
        "logistic, orthogonal",
        "logistic, layer norm",
        "logistic, shortcut before",
        "ReLU, N(0, 0.01²)",
    ],
)
def test_these_nets_stay_at_chance(example, name):
    _, last = example.race(example.NETS[name], 0)
    assert last.flow.loss == pytest.approx(CHANCE, rel=0.05)
    assert "loss at chance" in [finding.kind for finding in last.findings]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "logistic, batch norm",
        "tanh, Glorot",
        "tanh, orthogonal",
        "tanh, layer norm",
        "ReLU, N(0, 0.01²), batch norm",
        "leaky ReLU, He",
    ],
)
def test_these_nets_learn(example, name):
    first, last = example.race(example.NETS[name], 0)
    assert 0.3 < first.flow.ratio < 4
    assert not first.findings
    assert last.flow.loss < 1.0


@pytest.mark.slow
def test_a_shortcut_after_the_activation_and_larger_weights_learn_slowly(example):
    for name in ("logistic, shortcut after", "logistic, gain 4"):
        first, last = example.race(example.NETS[name], 0)
        assert 0.03 < first.flow.ratio < 0.3
        assert last.flow.loss < 0.95 * CHANCE
        _, later = example.race(f"{example.NETS[name]} train.epochs=20", 0)
        assert later.flow.loss < 1.0


@pytest.mark.slow
def test_a_pre_trained_net_learns_although_its_gradient_is_small(example):
    first, last = example.pretrained(0)
    assert first.flow.ratio < 0.1
    assert last.flow.loss < 1.0


@pytest.mark.slow
def test_rectified_units_die_at_a_high_rate_and_leaky_ones_do_not():
    from harmonium import apply
    from harmonium.describe import load, resolve
    from harmonium.describe.builtin import find

    def last(*overrides):
        recipe = resolve(load(find("letters_dying"), list(overrides)))
        return apply.diagnose_recipe(recipe, updates=10**6).looks[-1]

    dying, leaky = last(), last("model.activation=leaky_relu")
    assert dying.flow.layers[0].dead > 50
    assert "dead units" in [finding.kind for finding in dying.findings]
    assert [layer.dead for layer in leaky.flow.hidden] == [0, 0]
    assert last("train.optimiser.lr=0.001").flow.layers[0].dead < 5


def test_the_page_has_a_row_for_every_net(example):
    names = (*example.DRAWN, example.PRETRAINED)
    looks = dict.fromkeys(names, [example.race("train.epochs=1 train.batch_size=500", 0)])
    made = example.page(looks, [0])
    assert len(made.sections[0].parts) == 2
    (table,) = made.sections[1].parts
    assert [row[0] for row in table.rows] == list(names)
    assert table.rows[0][3] == "no"
