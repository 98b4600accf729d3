"""Log-bilinear models: their equations, what they learn of a language that can be enumerated."""

import math
from itertools import product

import numpy as np
import pytest
import torch

import harmonium as hm
from harmonium.learning.objectives import Symbols
from harmonium.learning.objectives.symbols import with_end
from harmonium.nets import MLP, LogBilinear
from harmonium.random import generator, seeded
from harmonium.sampling.picking import Pick

WORDS = torch.tensor([[0, 3, 1, 2, 2], [2, 1, -1, -1, -1]])
X = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]], dtype=torch.float64)


def made(**settings):
    with seeded(0):
        net = LogBilinear(4, context=3, embedding=5, **settings).double()
        for p in net.parameters():  # biases and gates too have values that are not 0
            torch.nn.init.normal_(p, std=0.5, generator=torch.Generator().manual_seed(p.numel()))
    return net


def reference(net, x, words):
    """Probabilities of every word after every context, from the equation, ``(T + 1, 5)``."""
    p = {name: part.detach().numpy() for name, part in net.named_parameters()}
    features = None if net.encoder is None else net.encoder(x[None])[0].detach().numpy()
    v = p["vectors.weight"]
    r = v if net.factors is None else np.array([p["folding.weight"].T @ each for each in v])
    size = r.shape[1]
    c = [p["positions.weight"][:, i * size : (i + 1) * size] for i in range(3)]  # C_1, C_2, C_3
    history, found = [4, 4, 4, *words], []
    for t in range(len(words) + 1):
        last = history[t + 2], history[t + 1], history[t]
        predicted = sum(c[i] @ r[w] for i, w in enumerate(last))
        if features is not None:
            predicted = predicted + p["picture.weight"] @ features
        if net.factors is not None:
            gate = p["gates.weight"] @ features + p["gates.bias"]
            predicted = (p["folding.weight"] @ predicted) * gate
        scores = np.array([predicted @ v[k] + p["outputs.bias"][k] for k in range(5)])
        e = np.exp(scores - scores.max())
        found.append(e / e.sum())
    return np.array(found)


@pytest.mark.parametrize(
    "settings",
    [{}, {"encoder": MLP([3, 4, 6])}, {"encoder": MLP([3, 4, 6]), "factors": 7}],
    ids=["lbl", "mlbl_b", "mlbl_f"],
)
def test_it_is_its_equation(settings):
    net = made(**settings)
    found = net(X, WORDS).softmax(2).detach()
    assert found.sum(2).numpy() == pytest.approx(1)
    for row, length in ((0, 5), (1, 2)):
        expected = reference(net, X[row], WORDS[row, :length].tolist())
        np.testing.assert_allclose(found[row, : length + 1], expected, rtol=1e-10)


def test_without_weights_of_the_picture_it_is_the_model_without_pictures():
    lbl, additive = made(), made(encoder=MLP([3, 6]))
    additive.load_state_dict({**additive.state_dict(), **lbl.state_dict()})
    assert not torch.allclose(additive(X, WORDS), lbl(X, WORDS))
    torch.nn.init.zeros_(additive.picture.weight)
    torch.testing.assert_close(additive(X, WORDS), lbl(X, WORDS))


def test_with_open_gates_factors_only_fold_the_vectors():
    factored = made(encoder=MLP([3, 6]), factors=7)
    for part in (factored.picture.weight, factored.gates.weight):
        torch.nn.init.zeros_(part)
    torch.nn.init.ones_(factored.gates.bias)
    folded = made()
    with torch.no_grad():
        folded.vectors.weight.copy_(factored.words)
        folded.positions.weight.copy_(factored.positions.weight)
        folded.outputs.bias.copy_(factored.outputs.bias)
    torch.testing.assert_close(factored(X, WORDS), folded(X, WORDS))


def test_the_picture_starts_without_a_gate():
    net = LogBilinear(4, encoder=MLP([3, 6]), factors=7)
    assert not net.gates.weight.any()
    assert bool((net.gates.bias == 1).all())


@pytest.mark.parametrize("settings", [{}, {"encoder": MLP([3, 4, 6]), "factors": 7}])
def test_its_gradient_is_that_of_finite_differences(settings):
    net, objective, step = made(**settings), Symbols(), 1e-6
    batch = {"x": X, "target": WORDS}
    objective(net, batch).mean().backward()
    for name, p in net.named_parameters():
        for at in range(0, p.numel(), max(1, p.numel() // 5)):
            flat, costs = p.data.view(-1), []
            for sign in (1, -1):
                flat[at] += sign * step
                costs.append(float(objective(net, batch).mean().detach()))
                flat[at] -= sign * step
            slope = (costs[0] - costs[1]) / (2 * step)
            assert float(p.grad.view(-1)[at]) == pytest.approx(slope, rel=1e-6, abs=1e-7), name


def test_steps_write_what_the_whole_says():
    net = made(encoder=MLP([3, 4, 6]), factors=7)
    net.longest = 9
    x = torch.randn(20, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    words = net.written(x)
    best = net(x, words).argmax(2)
    there = words >= 0
    assert torch.equal(best[:, :-1][there], words[there])
    short = there.sum(1) < 9
    assert 0 < int(short.sum()) < 20
    wanted = with_end(words, 4)
    assert bool((best[short][wanted[short] == 4] == 4).all())


def test_draws_have_the_probabilities_of_the_first_word():
    net = made(encoder=MLP([3, 4, 6]), factors=7)
    net.longest = 1
    n = 40_000
    drawn = net.written(X[:1].expand(n, -1), pick=Pick(), source=generator(3))[:, 0]
    counts = torch.bincount(torch.where(drawn < 0, 4, drawn), minlength=5).double()
    p = net(X[:1], WORDS[:1])[0, 0].softmax(0).detach()
    chi = float(((counts - n * p).square() / (n * p)).sum())
    assert chi < 24  # 4 degrees of freedom, p = 1e-4


def toy():
    """All captions of a language, their probabilities for two pictures, and its entropies."""
    captions, p = [], []
    for opening, noun, short in product((0, 1), (2, 3), (False, True)):
        captions.append([opening, noun] if short else [opening, noun, 4])
        rest = (0.3 if opening else 0.7) * (0.4 if short else 0.6)
        p.append([rest * (0.9 if noun == 2 else 0.1), rest * (0.2 if noun == 2 else 0.8)])
    rows = torch.tensor([[*c, -1][:3] for c in captions])
    return rows, torch.tensor(p, dtype=torch.float64)


@pytest.mark.parametrize("settings", [{}, {"pictures": True}, {"pictures": True, "factors": 6}])
def test_it_learns_a_language_to_its_entropy(settings):
    """Without pictures, to the entropy of the mixture of both pictures' languages."""
    rows, p = toy()
    settings = {**settings}
    pictures = settings.pop("pictures", False)
    encoder = MLP([2, 4]) if pictures else None
    with seeded(0):
        net = LogBilinear(5, context=2, embedding=6, encoder=encoder, **settings).double()
    x = torch.eye(2, dtype=torch.float64).repeat_interleave(8, 0)
    words, weights = rows.repeat(2, 1), p.mT.flatten() / 2
    optimiser = torch.optim.Adam(net.parameters(), lr=0.05)
    # At a constant rate Adam jumps away from the optimum now and then, when depends on rounding.
    decay = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, total_iters=1000)

    def cost():
        log_p = net(x, words).log_softmax(2)
        wanted = with_end(words, 5)
        chosen = log_p.gather(2, wanted.clamp(min=0)[..., None])[..., 0]
        return -(weights * torch.where(wanted >= 0, chosen, 0.0).sum(1)).sum()

    for _ in range(1000):
        optimiser.zero_grad()
        cost().backward()
        optimiser.step()
        decay.step()
    mixed = p.mean(1)
    own = -float((p * p.log()).sum() / 2) if pictures else -float((mixed * mixed.log()).sum())
    assert own < math.log(16)
    found = float(cost().detach())
    assert own - 1e-9 <= found < own + 0.0005
    other = -float((mixed * mixed.log()).sum())
    assert not pictures or found < other - 0.1


def test_what_is_refused():
    with pytest.raises(ValueError, match="7 factors and no encoder: through factors a picture"):
        LogBilinear(4, factors=7)
    with pytest.raises(ValueError, match="encoder: Linear has no units"):
        LogBilinear(4, encoder=torch.nn.Linear(3, 2))
    with pytest.raises(ValueError, match="a vocabulary of 1 symbols"):
        LogBilinear(1)


def test_a_file_keeps_words_and_encoder(tmp_path):
    net = LogBilinear(["a", "red", "ring"], encoder=MLP([3, 6]), factors=2, unit="words")
    hm.save(net, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert again.vocabulary.symbols == ("a", "red", "ring")
    assert again.vocabulary.unit == "words"
    x, words = X.float(), WORDS.clamp(max=2)
    torch.testing.assert_close(again(x, words), net(x, words))
