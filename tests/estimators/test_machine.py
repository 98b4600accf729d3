"""What estimators of energy graphs share, on a machine that the library has no estimator for."""

import numpy as np
import pytest
import torch

from harmonium import RBM, Bernoulli, BoltzmannMachine, Dense, EnergyGraph, Spin, exact
from harmonium.estimators import machine
from harmonium.estimators.machine import Machine


class Star(Machine):
    """One visible group between two hidden ones; it remembers what it was prepared with."""

    def __init__(self, visible="auto", n_epochs=30, weight_decay=0.0, random_state=0):
        self.visible, self.n_epochs, self.weight_decay = visible, n_epochs, weight_decay
        self.random_state = random_state

    learning_rate, batch_size, contrast = 0.3, 20, None
    early_stopping, validation_fraction, patience = False, 0.1, 5

    def _machine(self, x):
        units = {"v": Bernoulli(x.shape[1]), "a": Bernoulli(3), "b": Spin(2)}
        wires = {("v", "a"): Dense((4,), (3,), std=0.1), ("v", "b"): Dense((4,), (2,), std=0.1)}
        return EnergyGraph(units, wires)

    def _prepare(self, x, weights):
        self.prepared_ = self.graph_.units["v"].bias.detach().clone(), weights.clone()


def rows(n=100):
    x = (np.random.default_rng(0).random((n, 4)) < 0.5).astype(float)
    x[:, 1] = x[:, 0]
    return x


def test_any_machine_learns_and_scores_exactly_where_it_can():
    x = rows()
    model = Star().fit(x)
    truth = exact.log_prob(model.graph_, {"v": torch.from_numpy(x)}).numpy()
    np.testing.assert_allclose(model.score_samples(x), truth, rtol=0, atol=1e-9)
    assert model.score(x) > -3 * np.log(2) - 0.25  # three coins are the best there is
    assert Star(n_epochs=1).fit(x).score(x) < -3.5 * np.log(2)


def test_codes_are_those_of_the_last_group():
    x = rows()
    model = Star().fit(x)
    weight, bias = model.graph_.connections["v-b"].weight, model.graph_.units["b"].bias
    expected = torch.tanh(torch.from_numpy(x) @ weight.mT + bias).detach().numpy()
    np.testing.assert_allclose(model.transform(x), expected, rtol=0, atol=1e-9)
    assert list(model.get_feature_names_out()) == ["star0", "star1"]


def test_it_is_prepared_once_from_what_the_data_start_it_with():
    x, weights = rows(), np.linspace(1, 2, 100)
    model = Star(n_epochs=1).fit(x, sample_weight=weights)
    mean = np.average(x, axis=0, weights=weights)
    bias, seen = model.prepared_
    np.testing.assert_allclose(bias, np.log(mean / (1 - mean)), rtol=0, atol=1e-6)
    np.testing.assert_array_equal(np.sort(seen), weights)
    model.partial_fit(x)
    assert model.prepared_[0] is bias


def test_rows_of_no_weight_are_refused():
    with pytest.raises(ValueError, match=r"(?i)sample weights .*zero"):
        Star().fit(rows(), sample_weight=np.zeros(100))


@pytest.mark.parametrize("kind", [RBM, BoltzmannMachine])
@pytest.mark.parametrize("draw", ["sample", "impute"])
def test_a_draw_follows_its_own_seed(kind, draw):
    x = rows()
    model = kind(2, n_epochs=2, random_state=0).fit(x)
    gaps = np.where(np.arange(4) == 1, np.nan, x)

    def drawn(**seed):
        if draw == "impute":
            return model.impute(gaps, n_sweeps=5, **seed)
        return model.sample(50, n_sweeps=5, **seed)

    np.testing.assert_array_equal(drawn(random_state=3), drawn(random_state=3))
    np.testing.assert_array_equal(drawn(), drawn())
    assert (drawn(random_state=3) != drawn(random_state=4)).any()
    assert (drawn(random_state=3) != drawn()).any()


def test_early_stopping_counts_held_out_rows_by_their_weights(monkeypatch):
    seen = []
    watch = machine.LikelihoodWatch

    def spied(graph, x, *, weights, **rest):
        seen.append((x, weights))
        return watch(graph, x, weights=weights, **rest)

    monkeypatch.setattr(machine, "LikelihoodWatch", spied)
    x, weights = rows(), np.arange(1.0, 101)
    x[:, 2] = np.arange(100) / 100  # a row tells which one it is
    model = RBM(2, n_epochs=2, early_stopping=True, validation_fraction=0.3, random_state=0)
    model.fit(x, sample_weight=weights)
    ((held, given),) = seen
    assert len(held) == 30
    np.testing.assert_allclose(given.numpy(), held[:, 2].numpy() * 100 + 1, rtol=1e-5)
