"""Latent Dirichlet allocation, as a rival of models of documents."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.baselines.reduction import components_of
from harmonium.bounds import Count
from harmonium.judges.perplexity import documents_of, figures_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LDA", "log_words"]

_ROWS = 1000
"""Training rows that are dense at the same time."""


@dataclass(frozen=True)
class LDA:
    r"""Each word of a document is drawn from one of k topics, in shares of the document's own.

    (Blei, Ng and Jordan, 2003, https://jmlr.org/papers/v3/blei03a.html; scikit-learn's online
    variational Bayes.) Its perplexity is that of the judge ``perplexity`` on the same documents:
    exp of minus the mean of log p / n, with the topics at their posterior means. log p of a
    document is an integral over the shares of its topics. ``perplexity`` estimates it by
    importance sampling from the variational posterior of the document, and is too high on average,
    by little if the samples are many. ``perplexity_bound`` is that of the variational
    bound with the topics of the words summed out, which is tighter than scikit-learn's own.

    Args:
        components: topics; null for as many as the model's code has.
        passes: over the training rows.
        samples: of the shares, for each document.
        documents: number of test documents, as in the judge; null for all.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test", "counts"))

    components: Count | None = None
    passes: Count = 10
    samples: Count = 1000
    documents: Count | None = 50

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the topics to training rows; ``perplexity`` and its standard error."""
        from scipy.sparse import csr_matrix, vstack
        from sklearn.decomposition import LatentDirichletAllocation

        pieces = trial.data.train.flattened().batches(_ROWS)
        train = vstack([csr_matrix(p["x"].cpu().double().numpy()) for p in pieces], format="csr")
        test = documents_of(trial, self.documents).cpu()
        k = components_of(trial) if self.components is None else self.components
        model = LatentDirichletAllocation(
            k,
            learning_method="online",
            batch_size=256,
            max_iter=self.passes,
            random_state=trial.seed % 2**32,
        ).fit(train)
        importance, bound = log_words(
            model, test.double().numpy(), samples=self.samples, seed=trial.seed % 2**32
        )
        figures = figures_of(torch.from_numpy(importance), test)
        return {
            **figures,
            "perplexity_bound": figures_of(torch.from_numpy(bound), test)["perplexity"],
            "documents": len(test),
            "settings": {"components": k, "passes": self.passes, "samples": self.samples},
        }


def log_words(
    model: Any,  # noqa: ANN401
    counts: NDArray[Any],
    *,
    samples: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""log p of the words of documents, by importance sampling and by its bound, ``(N,)`` each.

    .. math:: \log \frac{1}{S} \sum_s \frac{p(\theta_s)}{q(\theta_s)}
              \prod_i \sum_k \theta_{sk} \phi_{k w_i}, \qquad \theta_s \sim q

    where q is the Dirichlet posterior that the model's ``transform`` finds. The mean of the log of
    the summands is the bound.

    Args:
        model: a fitted ``LatentDirichletAllocation``.
        counts: documents ``(N, D)``.
        samples: S.
        seed: of the draws.
    """
    from scipy.special import gammaln, logsumexp

    rng = np.random.default_rng(seed)
    topics = model.components_ / model.components_.sum(1, keepdims=True)
    posterior = model._unnormalized_transform(counts)
    k, alpha = len(topics), model.doc_topic_prior_
    prior = gammaln(k * alpha) - k * gammaln(alpha)
    importance, bound = np.empty(len(counts)), np.empty(len(counts))
    for i, (row, gamma) in enumerate(zip(counts, posterior, strict=True)):
        log_theta = _log_dirichlet(rng, gamma, samples=samples)
        words = row.nonzero()[0]
        log_p = np.log(np.exp(log_theta) @ topics[:, words]) @ row[words]
        log_prior = prior + (alpha - 1) * log_theta.sum(1)
        log_q = gammaln(gamma.sum()) - gammaln(gamma).sum() + log_theta @ (gamma - 1)
        each = log_p + log_prior - log_q
        importance[i] = logsumexp(each) - np.log(samples)
        bound[i] = each.mean()
    return importance, bound


def _log_dirichlet(
    rng: np.random.Generator, gamma: NDArray[np.float64], *, samples: int
) -> NDArray[np.float64]:
    """log of draws of a Dirichlet distribution, ``(samples, k)``, also for tiny parameters."""
    from scipy.special import logsumexp

    shape = samples, len(gamma)
    boosted = np.log(rng.standard_gamma(gamma + 1, shape))
    log_draws = boosted + np.log(rng.random(shape)) / gamma  # Gamma(g) = Gamma(g + 1) U^(1/g)
    return np.asarray(log_draws - logsumexp(log_draws, axis=1, keepdims=True))
