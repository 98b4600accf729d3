"""Addresses of a memory: by content, and by steps from the address before.

A memory has N slots of M numbers, ``(B, N, M)``. Each of H heads has weights over the slots,
``(B, H, N)``, which are not negative and sum to 1.
"""

import torch
from torch import Tensor

__all__ = ["by_content", "mixed", "rewritten", "sharpened", "shifted"]

_EPSILON = 1e-12
"""Least squared norm of a key or a slot, so that the angle between them exists."""


def by_content(memory: Tensor, key: Tensor, *, strength: Tensor) -> Tensor:
    r"""Weights of the slots that are like a key.

    .. math:: w_i = \mathrm{softmax}_i \Big( \beta \,
              \frac{k \cdot M_i}{\lVert k \rVert \, \lVert M_i \rVert} \Big)

    Args:
        memory: slots ``(B, N, M)``.
        key: k, ``(B, H, M)``.
        strength: :math:`\beta`, ``(B, H, 1)``, not negative.
    """
    slots = memory * memory.square().sum(-1, keepdim=True).clamp(min=_EPSILON).rsqrt()
    keys = key * key.square().sum(-1, keepdim=True).clamp(min=_EPSILON).rsqrt()
    return (strength * (keys @ slots.mT)).softmax(-1)


def mixed(content: Tensor, before: Tensor, *, gate: Tensor) -> Tensor:
    """Some of the address by content, and the rest of the one before: g w + (1 - g) w'.

    Args:
        content: w, ``(B, H, N)``.
        before: w', ``(B, H, N)``.
        gate: g, ``(B, H, 1)``, from 0 to 1.
    """
    return torch.lerp(before, content, gate)


def shifted(weights: Tensor, steps: Tensor) -> Tensor:
    r"""Weights moved along the slots, which form a ring.

    .. math:: \tilde w_i = \sum_{j=-R}^R s_j \, w_{(i - j) \bmod N}

    Args:
        weights: w, ``(B, H, N)``.
        steps: s, weight of each step from -R to R, ``(B, H, 2 R + 1)``.
    """
    reach, slots = steps.shape[-1] // 2, weights.shape[-1]
    places = torch.arange(slots, device=weights.device)
    jumps = torch.arange(-reach, reach + 1, device=weights.device)
    ring = (places[:, None] - jumps) % slots
    return (weights[..., ring] @ steps[..., None])[..., 0]


def sharpened(weights: Tensor, power: Tensor) -> Tensor:
    r"""Weights of which the largest are raised, :math:`w_i^\gamma / \sum_j w_j^\gamma`.

    Args:
        weights: w, ``(B, H, N)``.
        power: :math:`\gamma`, ``(B, H, 1)``, at least 1.
    """
    return (power * weights.clamp(min=1e-16).log()).softmax(-1)


def rewritten(memory: Tensor, weights: Tensor, *, erase: Tensor, add: Tensor) -> Tensor:
    r"""The memory after a write, :math:`M_i \odot (1 - w_i e) + w_i a`, ``(B, N, M)``.

    Args:
        memory: slots ``(B, N, M)``.
        weights: w, ``(B, N)``.
        erase: e, ``(B, M)``, from 0 to 1.
        add: a, ``(B, M)``.
    """
    w = weights[..., None]
    return memory - memory * (w * erase[:, None]) + w * add[:, None]
