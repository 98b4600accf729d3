"""AIS against enumeration where both are possible: 784 x 20 units, trained on MNIST."""

import pytest
import torch

from harmonium import ais, exact, rbm, reverse_ais
from harmonium.data import Batches, mnist, sampled
from harmonium.learning import Learner, fit, hidden_means, linear_decay, start_from
from harmonium.random import generator, seeded

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def trained():
    x, source = mnist().train[:20_000], generator(0)
    with seeded(0):
        graph = rbm(784, 20)
    start_from(graph, {"v": x})
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.05)
    learner = Learner(graph, optimiser, source=source)
    batches = Batches(x, size=100, source=source, transform=lambda v: sampled(v, source))
    decay = linear_decay(optimiser, 8 * len(batches))
    fit(lambda v: learner.step({"v": v}), batches, epochs=8, schedules=[decay])
    rates = {"v": x.mean(0), "h": hidden_means(graph, x).mean(0)}
    return graph, rates, exact.log_partition(graph)


def test_forward_estimate_is_within_its_error_bar(trained):
    graph, rates, log_z = trained
    found = ais(graph, betas=10_000, chains=100, base=rates, source=generator(1))
    assert 0 < found.stderr < 0.1
    error = float(found.log_z - log_z)
    print(f"784 x 20: AIS - exact = {error:+.4f} nats, standard error {float(found.stderr):.4f}")
    assert abs(error) < 0.3
    assert abs(error) < 3 * float(found.stderr)


def test_reverse_estimate_from_exact_starts_agrees(trained):
    graph, rates, log_z = trained
    starts = exact.draw(graph, 100, source=generator(2))
    found = reverse_ais(graph, starts, betas=10_000, base=rates, source=generator(3))
    assert abs(float(found.log_z - log_z)) < min(0.3, 3 * float(found.stderr))


def test_training_beats_the_independent_pixels(trained):
    graph, rates, log_z = trained
    test = sampled(mnist().test, generator(4))
    lone = rbm(784, 20).units["v"]
    x = mnist().train[:20_000]
    lone.load(**lone.start([x.mean(0)]))
    with torch.no_grad():
        learned = -graph.free_energy({"v": test}, ("h",)).double().mean() - log_z
        base = lone.log_prob(test, torch.zeros(1, 784)).double().mean()
    assert float(learned) > float(base) + 40
