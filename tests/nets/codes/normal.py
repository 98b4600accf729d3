"""A code with a prior, as small as possible: draws N(m, 1) where m is the encoder's output."""

import torch

from harmonium.nets.codes import Drawn


class Normal(Drawn):
    """q(c | x) = N(z, 1), p(c) = N(0, 1)."""

    def point(self, z):
        return z

    def cost(self, z):
        return z.square().sum(1) / 2

    def draw(self, z, source=None):
        return z + torch.empty_like(z).normal_(generator=source)

    def prior(self, n, like, *, source=None):
        return like.new_empty(n, like.shape[-1]).normal_(generator=source)

    def log_ratio(self, z, c):
        return ((c - z).square() - c.square()).sum(1) / 2
