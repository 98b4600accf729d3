"""How well the words of test captions are predicted."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.judges.next_token import text_figures
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Captions", "caption_figures"]


@dataclass(frozen=True)
class Captions:
    r"""The mean cost of a word of a test caption, given its picture and the words before it.

    .. math:: H = -\frac{\sum_b \sum_t \log p(w_{b,t} \mid w_{b,1}, \dots, w_{b,t-1}, x_b)}
              {\sum_b n_b}, \qquad e^H

    in nats, in bits and as perplexity. The end of a caption counts as a word. The standard error
    takes captions as independent, not words.
    """

    needs: ClassVar[Needs] = Needs(model=("describes",), data=("test", "written"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``token_nats`` with its standard error, ``token_bits`` and ``token_perplexity``."""
        model, test = trial.able("describes"), trial.data.test
        assert test is not None
        found = [
            (model.caption_log_probs(batch), batch["target"]) for batch in model.batches(test, 500)
        ]
        return caption_figures(
            torch.cat([log_p for log_p, _ in found]), torch.cat([words for _, words in found])
        )


def caption_figures(log_probs: Tensor, target: Tensor) -> dict[str, float]:
    """Figures of log-probabilities ``(N, T + 1)``, in nats, of captions ``(N, T)``, -1 at ends.

    >>> words = torch.tensor([[3, 1], [2, -1]])
    >>> halves = torch.tensor([[0.5, 0.5, 0.5], [0.5, 0.5, 1.0]]).log()
    >>> caption_figures(halves, words)["token_perplexity"]
    2.0
    """
    lengths = (target >= 0).sum(1) + 1
    there = torch.arange(log_probs.shape[1], device=lengths.device) < lengths[:, None]
    figures = text_figures(log_probs[there])
    costs, n = -log_probs.double().sum(1), len(lengths)
    residuals = costs - figures["token_nats"] * lengths
    spread = float(residuals.square().sum() / max(n - 1, 1)) ** 0.5 if n > 1 else float("nan")
    mean_length = float(lengths.double().mean())
    return {**figures, "token_nats_stderr": spread / n**0.5 / mean_length}
