"""The example's claims: what the spectral radius does, and that gates keep the gradient."""


def test_the_spectral_radius_decides(example):
    norms = {name: example.by_lag(layer, steps=41) for name, layer in example.layers().items()}
    assert norms["rnn, radius 0.7"][40] < 1e-5
    assert 1e-3 < norms["rnn, radius 1"][40] < 10
    assert norms["rnn, radius 1.3"][40] > 1e3
    gated = norms["lstm, forget bias 3"]
    assert gated[40] > 0.1 * gated[1]


def test_clipping_cures_an_exploding_net(example):
    seeds = range(2, 8)  # a chaotic net: the norms of one run depend on how a processor rounds
    wild = [example.recalled(example.scaled(1.3), seed=seed) for seed in seeds]
    assert max(share for share, _ in wild) < 0.5
    assert max(largest for _, largest in wild) > 20
    clipped = [example.recalled(example.scaled(1.3), clip=1.0, seed=seed) for seed in seeds]
    assert min(share for share, _ in clipped) > 0.9
