"""The over-replicated softmax: a replicated softmax with words that are never seen."""

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.connections import Replicated
from harmonium.graph import EnergyGraph
from harmonium.units import Bernoulli, Multinomial

__all__ = ["over_replicated_softmax"]


@checked
def over_replicated_softmax(
    words: Count, hidden: Count, *, latent: Count = 50, std: NonNegative = 0.01
) -> EnergyGraph:
    r"""A deep Boltzmann machine of documents, whose second layer is M words that are never seen.

    .. math:: E(v, h, u) = -h^\top W (v + u) - b^\top (v + u) - (n + M)\, a^\top h
              - \log \frac{n!}{\prod_k v_k!} - \log \frac{M!}{\prod_k u_k!}

    (Srivastava, Salakhutdinov and Hinton, 2013, https://arxiv.org/abs/1309.6865.) The latent words
    u share weights and bias with the seen ones, v, so there are no more parameters than in a
    ``replicated_softmax``. They are a prior of the topics, which counts most in short documents.
    Pre-train with inference ``Copied``, in which u is a scaled copy of v, then train with
    ``MeanField`` and ``PCD``.

    Args:
        words: size of the vocabulary.
        hidden: binary hidden units, the topics.
        latent: M, the number of words in the second layer.
        std: standard deviation of the initial weights.

    >>> over_replicated_softmax(2000, 50).units["u"].total
    50
    """
    v, u, h = Multinomial(words), Multinomial(words, total=latent), Bernoulli(hidden)
    u.bias = v.bias
    h.bias.requires_grad_(False)  # noqa: FBT003
    joins = Replicated(v.shape, h.shape, std=std)
    return EnergyGraph({"v": v, "u": u, "h": h}, {("v", "h"): joins, ("u", "h"): joins})
