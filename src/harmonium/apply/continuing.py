"""Continues a prompt with a run's model."""

from harmonium.apply.trained import Trained
from harmonium.errors import UsageError
from harmonium.random import generator
from harmonium.sampling.picking import Pick

__all__ = ["continuations"]


def continuations(
    trained: Trained,
    prompt: str | None = None,
    *,
    n: int = 1,
    length: int = 500,
    pick: Pick | None = None,
    seed: int = 0,
) -> list[str]:
    """Texts that begin with a prompt, each with ``length`` drawn symbols after it.

    Args:
        trained: of a run that has finished its training.
        prompt: beginning of every text; None: the end of a line, or the first symbol that is
            known.
        n: number of texts.
        length: number of symbols to draw for each.
        pick: how symbols are drawn; None: from their probabilities.
        seed: of the draws.

    Raises:
        ValueError: no model of the run continues texts, the prompt is empty, or it has a symbol
            that the model does not know.
    """
    model = trained.able("continues")
    vocabulary = model.vocabulary
    if prompt is None:
        prompt = vocabulary.beginning
    if not prompt:
        raise UsageError("the prompt is empty: give at least one symbol to begin with")
    tokens = vocabulary.encode(prompt, name="the prompt").to(model.device)
    source = generator(seed, model.device)
    drawn = model.continued(tokens.expand(n, -1), length, pick=pick, source=source)
    return [vocabulary.decode([*tokens.tolist(), *row.tolist()]) for row in drawn]
