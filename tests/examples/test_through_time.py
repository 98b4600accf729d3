"""The example's claims: what the spectral radius does, and that gates keep the gradient."""


def test_the_spectral_radius_decides(example):
    norms = {name: example.by_lag(layer, steps=41) for name, layer in example.layers().items()}
    assert norms["rnn, radius 0.7"][40] < 1e-5
    assert 1e-3 < norms["rnn, radius 1"][40] < 10
    assert norms["rnn, radius 1.3"][40] > 1e3
    gated = norms["lstm, forget bias 3"]
    assert gated[40] > 0.1 * gated[1]


def test_clipping_cures_an_exploding_net(example):
    share, largest = example.recalled(example.scaled(1.3))
    assert share < 0.5
    assert largest > 10  # 17 on one processor, above 20 on others: the net is chaotic
    share, _ = example.recalled(example.scaled(1.3), clip=1.0)
    assert share > 0.9
