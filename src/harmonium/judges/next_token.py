"""How well the next symbol of test texts is predicted."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["NextToken", "text_figures"]


@dataclass(frozen=True)
class NextToken:
    r"""The mean cost of the next character (or word) of test texts.

    .. math:: H = -\langle \log p(x_{t+1} \mid x_1, \dots, x_t) \rangle, \qquad
              H / \log 2, \qquad e^H

    in nats, in bits, and as perplexity: the number of equally likely symbols that are as hard to
    predict. A stream is read from its beginning to its end, with one state.
    """

    needs: ClassVar[Needs] = Needs(model=("continues",), data=("test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``token_nats`` with its standard error, ``token_bits`` and ``token_perplexity``."""
        test, model = trial.data.test, trial.able("continues")
        assert test is not None
        return text_figures(model.next_log_probs(model.reads(test)))


def text_figures(log_probs: Tensor) -> dict[str, float]:
    """Figures of the log-probabilities of symbols, ``(symbols,)``, in nats.

    The standard error takes the symbols as independent.

    >>> import torch
    >>> text_figures(torch.tensor([0.5, 0.25, 0.125]).double().log())["token_bits"]
    2.0
    """
    costs = -log_probs.double()
    mean = float(costs.mean())
    spread = float(costs.std()) if len(costs) > 1 else float("nan")
    return {
        "token_nats": mean,
        "token_nats_stderr": spread / len(costs) ** 0.5,
        "token_bits": mean / math.log(2),
        "token_perplexity": math.exp(min(mean, 700.0)),
    }
