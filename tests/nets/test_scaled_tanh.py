"""The squashing function of LeNet-5."""

import torch

from harmonium.nets.scaled_tanh import ScaledTanh


def test_it_maps_one_to_one_where_its_curvature_is_largest():
    z = torch.linspace(-3, 3, 6001, dtype=torch.float64, requires_grad=True)
    y = ScaledTanh()(z)
    assert abs(float(ScaledTanh()(torch.tensor(1.0, dtype=torch.float64))) - 1) < 1e-4
    (slope,) = torch.autograd.grad(y.sum(), z, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), z)
    assert abs(abs(float(z.detach()[curvature.abs().argmax()])) - 1) < 0.02
