"""The codec: any nets as encoder and decoder, checked where they are joined."""

import pytest
import torch

from harmonium import load, save
from harmonium.nets import MLP, Autoencoder, Codec, Deep
from harmonium.nets.codes import Point
from harmonium.random import seeded
from tests.nets.codes.normal import Normal

X = torch.rand(6, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def codec(**settings):
    with seeded(0):
        net = Codec(
            Deep([8, 6, 6, 3], norm="layer"), MLP([3, 5, 8], activation="tanh"), **settings
        )
    return net.double().eval()


def test_it_goes_through_the_code_and_back():
    net = codec()
    assert net.units == (8, 6, 6, 3)
    c = net.encode(X)
    torch.testing.assert_close(c, net.encoder(X))
    torch.testing.assert_close(net.decoder(c), net(X))
    torch.testing.assert_close(net.decode(c), net.reconstruct(X))
    assert [*net.activities(X)] == ["h1", "h2", "code"]
    assert torch.equal(net.activities(X)["code"], c)


def test_probabilities_are_logistic_outputs_and_values_are_not():
    net, real = codec(), codec(outputs="values")
    torch.testing.assert_close(net.reconstruct(X), net(X).sigmoid())
    torch.testing.assert_close(real.reconstruct(X), real(X))


def test_an_autoencoder_is_a_codec_with_the_names_of_its_layers():
    with seeded(0):
        net = Autoencoder([8, 5, 3], activation="tanh").double()
    assert isinstance(net, Codec)
    assert [*net.activities(X)] == ["h1", "h2"]
    assert [*dict(net.named_parameters())] == [
        f"{part}.{kind}"
        for part in ("encoder.h1", "encoder.h2", "decoder.decoder_1", "decoder.outputs")
        for kind in ("weight", "bias")
    ]
    torch.testing.assert_close(net.activities(X)["h2"], net.encode(X))


@pytest.mark.parametrize("code", [None, Point()])
def test_what_is_saved_comes_back_with_its_parts(code, tmp_path):
    net = codec(code=code, outputs="values")
    back = load(save(net, tmp_path / "net.safetensors"))
    assert torch.equal(back.eval()(X), net(X))
    assert back.encoder.settings == net.encoder.settings
    assert type(back.settings["code"]) is type(code)
    autoencoder = Autoencoder([8, 3], code=Point())
    assert type(load(save(autoencoder, tmp_path / "a")).settings["code"]) is Point


def test_a_part_that_a_file_cannot_name_is_refused(tmp_path):
    with pytest.raises(TypeError, match="a part of it is a .*Normal.*take one of"):
        save(Autoencoder([8, 3], code=Normal()), tmp_path / "net")
    assert not (tmp_path / "net").exists()


@pytest.mark.parametrize(
    ("encoder", "decoder", "message"),
    [
        (MLP([8, 3]), MLP([4, 8]), "the encoder gives 3 numbers, and a code of 4"),
        (MLP([8, 3]), MLP([3, 7]), "gives rows of 7 values, and the encoder reads 8"),
        (MLP([8, 3], outputs="values"), MLP([3, 8]), "encoder: its outputs are in the units of"),
        (MLP([8, 3]), torch.nn.Linear(3, 8), "decoder Linear has no units"),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_words(encoder, decoder, message):
    with pytest.raises(ValueError, match=message):
        Codec(encoder, decoder)
