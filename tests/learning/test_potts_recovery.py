"""From aligned sequences in a FASTA file back to the couplings of the machine that made them."""

import itertools

import torch

from harmonium import exact
from harmonium.connections.matrix import matrix
from harmonium.data import Batches, decoded, fasta, write_fasta
from harmonium.learning import PCD, Learner, fit, linear_decay, start_from, zero_sum
from harmonium.machines import rbm
from harmonium.random import generator, seeded
from harmonium.units import Bernoulli, Categorical, Gaussian

SITES, ALPHABET = 6, "-ACGT"
Q = len(ALPHABET)


def known(hidden, *, std):
    """A Potts RBM with two hidden units, in the zero-sum gauge."""
    with seeded(3):
        graph = rbm(Categorical(SITES, Q), hidden(2), std=std)
        torch.nn.init.normal_(graph.units["v"].bias, std=0.3, generator=generator(3))
    zero_sum(graph)
    if hidden is Bernoulli:  # as often on as off
        with torch.no_grad():
            v, w = graph.units["v"], weights(graph)
            on, off = v.log_partition(w), v.log_partition(torch.zeros_like(w))
            graph.units["h"].bias.copy_(off - on)
    return graph


def written(graph, path, *, n=20_000):
    x = exact.draw(graph, n, source=generator(1))["v"]
    return write_fasta(path, decoded(x, ALPHABET))


def learnt(path, hidden, *, rate, epochs=100):
    data = fasta(path, alphabet=ALPHABET)
    with seeded(4):
        graph = rbm(Categorical(*data.shape), hidden(2), std=0.05)
    x = data.train.x.reshape(-1, *data.shape)
    start_from(graph, {"v": x})
    optimiser = torch.optim.SGD(graph.parameters(), lr=rate)
    learner = Learner(graph, optimiser, contrast=PCD(chains=1000), source=generator(5))
    batches = Batches(x, size=1000, source=generator(6))
    fit(
        lambda batch: learner.step({"v": batch}),
        batches,
        epochs=epochs,
        schedules=[linear_decay(optimiser, epochs * len(batches), constant=0.5)],
    )
    return graph


def weights(graph):
    return matrix(graph.edges[0].connection).reshape(2, SITES, Q)


def couplings(graph):
    r"""J_{ia,jb} = sum_h W_{hia} W_{hjb} / precision_h of real hidden units, for i < j."""
    w = weights(graph)
    precision = graph.units["h"].log_precision.exp().detach()
    full = torch.einsum("hia,hjb,h->ijab", w, w, 1 / precision)
    return torch.stack([full[i, j] for i, j in itertools.combinations(range(SITES), 2)])


def agreement(found, truth):
    """(correlation coefficient, rms error as a share of the rms)."""
    both = torch.stack([found.flatten(), truth.flatten()])
    return float(torch.corrcoef(both)[0, 1]), float((found - truth).norm() / truth.norm())


def strayed(graph):
    """The same distribution in some other gauge."""
    off = 2 * torch.randn(2, SITES, 1, generator=generator(8))
    with torch.no_grad():
        graph.edges[0].connection.weight.add_(off.expand(2, SITES, Q).flatten(1))
        graph.units["h"].bias.sub_(off.sum((1, 2)))


def test_the_couplings_of_a_hopfield_potts_model_are_recovered(tmp_path):
    truth = known(Gaussian, std=0.6)
    graph = learnt(written(truth, tmp_path / "alignment.fasta"), Gaussian, rate=0.2)
    strayed(graph)
    assert agreement(couplings(graph), couplings(truth))[0] < 0.7  # not comparable yet
    zero_sum(graph)
    correlation, error = agreement(couplings(graph), couplings(truth))
    assert correlation > 0.97
    assert error < 0.25


def test_the_weights_of_binary_hidden_units_are_recovered(tmp_path):
    """Up to what the distribution cannot tell: their order, and which of their states is 1."""
    truth = known(Bernoulli, std=1.0)
    graph = learnt(written(truth, tmp_path / "alignment.fasta"), Bernoulli, rate=2.0)
    strayed(graph)
    zero_sum(graph)
    found, expected = weights(graph), weights(truth)
    ways = [
        agreement(found[[*order]] * torch.tensor(sign)[:, None, None], expected)
        for order in itertools.permutations(range(2))
        for sign in itertools.product([1, -1], repeat=2)
    ]
    correlation, error = max(ways)
    assert correlation > 0.97
    assert error < 0.25
    x = exact.draw(truth, 5000, source=generator(2))
    lost = exact.log_prob(truth, {"v": x["v"]}) - exact.log_prob(graph, {"v": x["v"]})
    assert float(lost.mean()) < 0.01  # nats per sequence
