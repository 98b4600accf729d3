"""A recurrent net over characters or words, which is fitted to strings."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import StreamBatches, stream_set
from harmonium.data.vocabulary import Unit
from harmonium.errors import UsageError, UsageTypeError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.learning import Descent, Training
from harmonium.learning.carried import Carried
from harmonium.learning.objectives import NextToken
from harmonium.learning.schedules import cosine
from harmonium.nets.continuing import continued, next_log_probs
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded
from harmonium.registry import KINDS, target
from harmonium.sampling.picking import Pick

__all__ = ["TextGenerator"]


@dataclass(eq=False, repr=False)
class TextGenerator(Trained):
    """A recurrent net that continues texts; see ``nets.LanguageNet``.

    Args:
        hidden_size: units of the recurrent layer.
        cell: kind of the recurrent layer: "lstm", "gru", "rnn" or "multiplicative".
        embedding_size: numbers that are learned for every symbol.
        unit: what a symbol is: "characters", "words", or "symbols" between spaces.
        vocabulary_size: number of words that are known, the most frequent; None for all.
        dropout: share of the values that are switched off at random while it learns.
        sequence_length: symbols through which gradients flow back.
        batch_size: parallel streams into which the text is cut; fewer for a short text.
        n_epochs: passes over the text.
        learning_rate: of Adam; it falls to zero along a cosine.
        clip: largest norm of the gradient; None for no limit.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.LanguageNet``.
        vocabulary_: its symbols.
        loss_curve_: mean cost of a symbol in each epoch, nats.
        history_: one mapping per epoch, with losses and learning rate.

    >>> model = TextGenerator(16, embedding_size=8, n_epochs=30, learning_rate=0.03,
    ...     sequence_length=20, batch_size=4, random_state=0).fit("to be or not to be. " * 20)
    >>> model.generate("to be", length=15, temperature=0)
    'to be or not to be. '
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "cell": [StrOptions({*KINDS["Recurrent"]})],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "unit": [StrOptions({"characters", "words", "symbols"})],
        "vocabulary_size": [Interval(Integral, 2, None, closed="left"), None],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "sequence_length": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "clip": [Interval(Real, 0, None, closed="neither"), None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_size: int = 128
    _: KW_ONLY
    cell: str = "lstm"
    embedding_size: int = 32
    unit: Unit = "characters"
    vocabulary_size: int | None = None
    dropout: float = 0.0
    sequence_length: int = 64
    batch_size: int = 32
    n_epochs: int = 10
    learning_rate: float = 2e-3
    clip: float | None = 1.0
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: str | Sequence[str], y: object = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: a text, or several, which are joined by ends of lines.
            y: not used.

        Raises:
            TypeError: X is neither a string nor a list of strings.
            ValueError: the text has fewer than two different symbols.
        """
        del y
        rows = stream_set(
            "X",
            {"train": _joined(X)},
            length=int(self.sequence_length),
            unit=self.unit,
            size=self.vocabulary_size,
        )
        known = rows.vocabulary
        assert known is not None
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        layer = target(KINDS["Recurrent"][self.cell])
        with seeded(seed):
            net = nets.LanguageNet(
                [*known.symbols],
                layer(int(self.embedding_size), int(self.hidden_size)),
                unit=self.unit,
                dropout=float(self.dropout),
            )
        set_source(net, source)
        self.net_, self.vocabulary_ = net, known
        batches = StreamBatches(rows.train, size=min(int(self.batch_size), len(rows.train)))
        optimiser = torch.optim.Adam(net.parameters(), lr=float(self.learning_rate))
        clip = None if self.clip is None else float(self.clip)
        learner = Descent(net, optimiser, Carried(NextToken()), clip=clip)
        schedule = cosine(optimiser, int(self.n_epochs) * len(batches))
        training = Training(learner, batches, int(self.n_epochs), [schedule], source=source)
        self._forget()
        self.n_epochs_ = self._train(training)
        self.loss_curve_ = [row["train/token_nats"] for row in self.history_]
        return self

    @neutrally
    def generate(  # noqa: PLR0913
        self,
        prompt: str | None = None,
        length: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> str:
        """Continues a text.

        Args:
            prompt: its beginning, of at least one symbol; None: the end of a line, or the first
                symbol that is known.
            length: symbols to draw.
            temperature: below 1 likely symbols become more likely; 0 takes the likeliest.
            top_k: symbols to choose from, at most.
            top_p: probability of the likeliest symbols to choose from.
            random_state: seed of the draws; None: a new one.

        Returns:
            The prompt and its continuation.

        Raises:
            ValueError: the prompt is empty, or has a symbol that is not known.
        """
        begun = self.vocabulary_.beginning if prompt is None else prompt
        tokens = self.vocabulary_.encode(begun, name="the prompt")
        drawn = continued(
            self.net_,
            tokens[None],
            length=int(length),
            pick=Pick(float(temperature), top_k, top_p),
            source=generator(fresh_seed(random_state)),
        )
        return self.vocabulary_.decode([*tokens.tolist(), *drawn[0].tolist()])

    @neutrally
    def score_samples(self, X: str | Sequence[str]) -> NDArray[Any]:
        """Mean log-likelihood of the symbols after the first one, nats, for each text.

        Raises:
            TypeError: X is neither a string nor a list of strings.
            ValueError: a text has fewer than two symbols, or one that is not known.
        """
        texts = [X] if isinstance(X, str) else _checked(X)
        found = []
        for k, text in enumerate(texts):
            tokens = self.vocabulary_.encode(text, name=f"text {k}")
            if len(tokens) < 2:
                raise UsageError(f"text {k} has {len(tokens)} {self.unit}; at least 2 are needed")
            found.append(float(next_log_probs(self.net_, tokens[None]).double().mean()))
        return np.array(found)

    def score(self, X: str | Sequence[str], y: object = None) -> float:
        """Mean log-likelihood of a symbol, nats, of the texts joined as in ``fit``."""
        del y
        return float(self.score_samples(_joined(X))[0])

    def __sklearn_tags__(self) -> Tags:
        """Tags: X is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.no_validation = True
        return tags


def _joined(X: str | Sequence[str]) -> str:
    return X if isinstance(X, str) else "\n".join(_checked(X)) + "\n"


def _checked(X: Sequence[str]) -> list[str]:
    texts = [*X]
    wrong = next((x for x in texts if not isinstance(x, str)), None)
    if wrong is not None or not texts:
        what = "an empty list" if not texts else f"a list with {type(wrong).__name__}"
        raise UsageTypeError(f"X is {what}: give a string, or a list of strings")
    return texts
