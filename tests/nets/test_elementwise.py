import torch
from torch.testing import assert_close

from harmonium.nets.elementwise import Elementwise


def test_maps_have_a_gain_and_a_bias_each():
    gain, bias = torch.tensor([2.0, 3.0]), torch.tensor([1.0, -1.0])
    layer = Elementwise(gain[:, None], bias[:, None])
    assert_close(layer(torch.ones(1, 2, 4))[0].mT, torch.tensor([[3.0, 2.0]]).expand(4, 2))
    gain.zero_()
    assert layer.gain.detach().flatten().tolist() == [2.0, 3.0]
