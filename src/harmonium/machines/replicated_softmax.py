"""The replicated softmax: an RBM of documents of any length."""

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.connections import Replicated
from harmonium.graph import EnergyGraph
from harmonium.units import Bernoulli, Multinomial

__all__ = ["replicated_softmax"]


@checked
def replicated_softmax(words: Count, hidden: Count, *, std: NonNegative = 0.01) -> EnergyGraph:
    r"""An RBM of the counts v of words in a document, with binary topics h.

    .. math:: E(v, h) = -h^\top W v - b^\top v - n\, a^\top h - \log \frac{n!}{\prod_k v_k!},
              \qquad n = \sum_k v_k

    (Salakhutdinov and Hinton, 2009, https://papers.nips.cc/paper/3856.) Words share their weights
    in documents of every length n, and each length has its own partition function. The last term
    makes it a model of counts; without it, probabilities are those of the words in their order.
    Group "v" holds the counts; bind the lengths by ``graph.given(v=lengths)``. The bias a belongs
    to the connection (``Replicated``). The units' own bias, which would not grow with n, is frozen
    at zero.

    Args:
        words: size of the vocabulary.
        hidden: binary hidden units, the topics.
        std: standard deviation of the initial weights.

    >>> replicated_softmax(2000, 50).connections["v-h"]
    Replicated((2000,) -> (50,))
    """
    v, h = Multinomial(words), Bernoulli(hidden)
    h.bias.requires_grad_(False)  # noqa: FBT003
    return EnergyGraph({"v": v, "h": h}, {("v", "h"): Replicated(v.shape, h.shape, std=std)})
