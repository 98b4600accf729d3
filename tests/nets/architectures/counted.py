"""What the tests of known nets share: counts, shapes, and a start off the usual one."""

import torch

from harmonium.random import seeded


def outlined(make, **settings):
    """The net without values, so that it takes no memory."""
    with torch.device("meta"):
        return make(**settings)


def count(net, *, without=()):
    """Number of parameters, without those of some layers."""
    return sum(
        p.numel()
        for name, p in net.named_parameters()
        if not any(name.startswith(f"{layer}.") for layer in without)
    )


def shapes(net):
    """Name -> shape of every tensor of the state dict."""
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}


def normed(name, channels):
    """Names and shapes of a batch normalisation."""
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in parts} | {f"{name}.num_batches_tracked": ()}


def shaken(make, **settings):
    """The net with running statistics of its own, in evaluation mode, and its state."""
    with seeded(0):
        net = make(**settings).eval()
    source = torch.Generator().manual_seed(3)
    for name, value in net.state_dict().items():
        if name.endswith("running_mean"):
            value.copy_(0.1 * torch.randn(value.shape, generator=source))
        elif name.endswith("running_var"):
            value.copy_(0.5 + torch.rand(value.shape, generator=source))
        elif name.endswith("bias"):
            value.add_(0.1 * torch.randn(value.shape, generator=source))
    return net, net.state_dict()


def batch_norm(state, name, x, *, eps=1e-5):
    """Batch normalisation by running statistics, written out."""
    mean, var = (state[f"{name}.running_{part}"][:, None, None] for part in ("mean", "var"))
    factor, offset = (state[f"{name}.{part}"][:, None, None] for part in ("weight", "bias"))
    return (x - mean) / (var + eps).sqrt() * factor + offset


def pictures(size, count=2, channels=3):
    return torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(8))
