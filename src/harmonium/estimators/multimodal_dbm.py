"""The multimodal deep Boltzmann machine as an estimator of a dict of arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.data import Batches, Rows
from harmonium.documents import log_partitions
from harmonium.errors import DivergenceError, UsageError
from harmonium.estimators.conditioned import seed_of
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.held_parts import average_rows, drawn_rows, held_parts
from harmonium.estimators.lessons import Lessons, group_means, mean_length, rows_seen
from harmonium.estimators.modality import (
    Modality,
    check_rows,
    common_length,
    named_parts,
    several_parts,
)
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    PCD,
    Missing,
    ceilings,
    filled_by_means,
    start_from,
)
from harmonium.likelihood import Ladder
from harmonium.machines import multimodal_dbm
from harmonium.random import generator, seeded
from harmonium.sampling import ais, bound, exact, mean_field, of_lengths
from harmonium.units import Units

__all__ = ["MultimodalDBM"]

_UPDATES = 1200
"""Minimum number of updates if no number of epochs is given."""
_RATE = 0.05
_GENTLEST = 1e-3
"""Learning that diverges is not repeated below this fraction of the default rate."""
_PIECE = 1000
"""Rows that are processed at the same time."""


@dataclass(eq=False, repr=False)
class MultimodalDBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained):
    """A joint model of several kinds of data, such as pictures and their words.

    X is a mapping from names to arrays of equal length, one for each *modality*: arrays of any
    shape ``(n_samples, ...)``, data frames, or sparse matrices such as those of
    ``CountVectorizer``. A modality is missing where its key is absent or its value is None; a row
    of it is missing where all values are NaN, or an element of a list is None. ``impute`` infers
    what is missing from the rest, in any direction.

    The machine is ``multimodal_dbm``: a pathway of layers for each modality, joined at the top. It
    is pre-trained layer by layer, then trained as a whole, centred. (Srivastava and Salakhutdinov,
    2014, https://jmlr.org/papers/v15/srivastava14b.html.)

    Args:
        hidden_layer_sizes: Bernoulli units of each hidden layer of a pathway, the lowest first;
            a mapping by name if they differ. An empty list joins the data to the top.
        n_components: Bernoulli units of the joint layer.
        kinds: kind of each modality by name; those left out are "auto": "counts" (a replicated
            softmax) for whole numbers of an integer type or in a sparse matrix, "bernoulli" for
            bits and values in [0, 1], otherwise "gaussian", standardised. Also "spin",
            "rectified", or a ``Units`` object. uint8 is divided by 255.
        pretrain_epochs: passes over the data per layer; None for as many as 600 updates take, at
            least 10.
        learning_rate: of SGD with momentum .5; it falls to zero in each part of learning. For
            counts it is divided by the mean length of a document. None gives .05, or, where
            learning diverges, a quarter of it as often as needed.
        n_epochs: passes over the data of the whole machine; None for as many as 1200 updates take,
            at least 10.
        batch_size: rows per update.
        weight_decay: strength of the L2 penalty.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with a group for each modality, its name
            with "_h1", "_h2", ... for the hidden layers, and "joint".
        kinds_: kind of each modality.
        n_epochs_: number of epochs of the whole machine.
        history_: one mapping per epoch.

    >>> rng = np.random.default_rng(0)
    >>> sign = rng.integers(0, 2, 200)
    >>> X = {"bits": np.eye(2)[sign], "words": np.array([[5, 0], [0, 5]])[sign]}
    >>> model = MultimodalDBM([], 4, n_epochs=30, random_state=0).fit(X)
    >>> model.kinds_
    {'bits': 'bernoulli', 'words': 'counts'}
    >>> model.impute({"words": [[5, 0], [0, 5]]})["bits"].round().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_layer_sizes": ["array-like", dict],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "kinds": [dict, None],
        "pretrain_epochs": [Interval(Integral, 0, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_layer_sizes: Sequence[int] | Mapping[str, Sequence[int]] = (100,)
    n_components: int = 100
    _: KW_ONLY
    kinds: Mapping[str, str | Units] | None = None
    pretrain_epochs: int | None = None
    learning_rate: float | None = None
    n_epochs: int | None = None
    batch_size: int = 50
    weight_decay: float = 1e-3
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Mapping[str, Any], y: object = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Rows with missing values learn the likelihood of what is observed (``learning.Missing``).

        Args:
            X: name -> ``(n_samples, ...)``, at least two modalities.
            y: ignored.

        Raises:
            TypeError: X is not a mapping.
            ValueError: there are fewer than two modalities, their lengths differ, a value is
                outside the domain of its kind, or counts are missing; the message gives the
                remedy.
        """
        del y
        parts = several_parts(X)
        kinds = dict(self.kinds or {})
        if strange := set(kinds) - set(parts):
            raise UsageError(f"kinds names {sorted(strange)}, but X has {[*parts]}")
        read = {n: Modality(n, kinds.get(n, "auto")).fit(part) for n, part in parts.items()}
        rows = {name: read[name].rows(part) for name, part in parts.items()}
        common_length({name: len(x) for name, x in rows.items()})
        self._seed = fresh_seed(self.random_state)
        self._modalities = read
        self.kinds_ = {name: part.kind_ for name, part in read.items()}
        rate = _RATE if self.learning_rate is None else float(self.learning_rate)
        while not self._learned(rows, rate):
            rate /= 4
        self._partition: tuple[float, float] | None = None
        return self

    def _chain(self, part: Modality, names: Sequence[str]) -> list[int | Units]:
        """The groups of one pathway."""
        sizes: Any = self.hidden_layer_sizes
        if isinstance(sizes, Mapping):
            if set(sizes) != set(names):
                raise UsageError(
                    f"hidden_layer_sizes names {sorted(sizes)}, but X has {sorted(names)}"
                )
            sizes = sizes[part.name]
        return [part.units(), *(int(n) for n in sizes)]

    def _learned(self, rows: Mapping[str, Rows], rate: float) -> bool:
        """Learns once; returns False if it diverged and a lower rate should be tried."""
        self._forget()
        self._source = generator(self._seed)
        with seeded(self._seed):
            chains = {n: self._chain(part, [*rows]) for n, part in self._modalities.items()}
            graph = multimodal_dbm(chains, int(self.n_components))
        try:
            self._learn(graph, rows, rate=rate)
        except DivergenceError:
            if self.learning_rate is not None or rate < _RATE * _GENTLEST:
                raise
            return False
        self.graph_ = graph
        return True

    def _learn(self, graph: EnergyGraph, rows: Mapping[str, Rows], *, rate: float) -> None:
        gaps = {n for n, x in rows.items() if isinstance(x, Tensor) and bool(x.isnan().any())}
        counts = {name for name in rows if graph.units[name].takes_context}
        if gaps & counts:
            raise UsageError(
                f"modality {min(gaps & counts)!r}: counts are missing, so that the length of a "
                "document is not known: leave these rows out of fit"
            )
        for name, x in rows.items():
            check_rows(graph.units[name], x, name=name)
        full = {n: filled_by_means(x) if n in gaps else x for n, x in rows.items()}  # type: ignore[arg-type]
        start_from(graph, full)
        limits = [c for name, x in full.items() for c in ceilings(graph, x, group=name)]
        for limit in limits:
            limit.project(graph)
        lengths = {name: mean_length(full[name]) for name in counts}
        lessons = Lessons(
            rate,
            decay=self.weight_decay,
            batch_size=self.batch_size,
            source=self._source,
        )
        if self.pretrain_epochs != 0:
            plan = lessons.of_layers(
                graph, full, seen=rows_seen(rows), lengths=lengths, epochs=self.pretrain_epochs
            )
            for k, training in enumerate(plan):
                self._train(training, f"pretrain/{k}")
        columns, groups = dict(rows), dict
        if gaps:
            everything = {n: x if isinstance(x, Tensor) else x[:] for n, x in rows.items()}
            completed = Missing(graph, everything, source=self._source).batch
            columns = {"at": torch.arange(len(next(iter(rows.values()))))}
            groups = lambda batch: completed(batch["at"])  # type: ignore[assignment]  # noqa: E731
        learner = lessons.learner(graph, PCD(), limits=limits, lengths=lengths)
        batches = Batches(columns, size=self.batch_size, source=self._source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        self.n_epochs_ = self._train(
            lessons.training(learner, batches, epochs=epochs, groups=groups)
        )
        self._base = group_means(graph, {name: x[:_PIECE] for name, x in full.items()})

    @neutrally
    @torch.no_grad()
    def transform(self, X: Mapping[str, Any]) -> NDArray[np.float32]:
        """Mean activities of the joint layer, ``(n_samples, n_components)``.

        By mean field for whole rows; where something is missing, by averages along Gibbs chains.
        """
        rows, n = self._rows(X)
        found = torch.empty(n, int(self.n_components), dtype=torch.float32)
        source = generator(self._seed)
        for piece in torch.arange(n).split(_PIECE):
            some = {name: x.index_select(0, piece) for name, x in rows.items()}
            gaps = torch.stack([x.isnan().any(1) for x in some.values()]).any(0)
            if not bool(gaps.all()):
                whole = {name: x[~gaps] for name, x in some.items()}
                data = mean_field(of_lengths(self.graph_, whole), whole, tolerance=1e-5, cap=200)
                found[piece[~gaps]] = data.moments(self.graph_, "joint")[0]
            if bool(gaps.any()):
                part = self._held({name: x[gaps] for name, x in some.items()})
                found[piece[gaps]] = average_rows(part, sweeps=100, source=source)["joint"]
        return found.numpy()

    @checked
    @neutrally
    def impute(
        self,
        X: Mapping[str, Any],
        *,
        n_sweeps: Count = 100,
        random_state: int | np.random.RandomState | None = None,
    ) -> dict[str, NDArray[np.float64]]:
        """All modalities, with expected values where something is missing; other values stay.

        The expected values are averages along a Gibbs chain for each row, in which known values
        are held, over the second half of the sweeps. Missing counts have the mean length of the
        training documents.

        Args:
            X: name -> ``(n_samples, ...)``; modalities, rows and single values may be missing, of
                counts whole rows only.
            n_sweeps: sweeps of every chain.
            random_state: seed of the draws; the estimator's seed by default.
        """
        rows, n = self._rows(X)
        source = generator(seed_of(random_state, self._seed))
        found: dict[str, list[Tensor]] = {name: [] for name in self._modalities}
        for piece in torch.arange(n).split(_PIECE):
            some = {name: x.index_select(0, piece) for name, x in rows.items()}
            state = average_rows(self._held(some), sweeps=n_sweeps, source=source)
            for name, parts in found.items():
                parts.append(state[name])
        return {
            name: self._modalities[name].values(torch.cat(parts), known=X.get(name))
            for name, parts in found.items()
        }

    @checked
    @neutrally
    def sample(
        self,
        n_samples: Count = 1,
        *,
        given: Mapping[str, Any] | None = None,
        n_sweeps: Size = 1000,
        random_state: int | np.random.RandomState | None = None,
    ) -> dict[str, NDArray[np.float64]]:
        """Samples of all modalities by Gibbs sampling, name -> ``(n_samples, ...)``.

        Args:
            n_samples: number of independent chains.
            given: known modalities, as in ``impute``: ``n_samples`` rows, or one for all.
            n_sweeps: sweeps of every chain.
            random_state: seed of the draws; the estimator's seed by default.
        """
        rows, n = self._rows(given) if given else (self._empty(1), 1)
        if n not in (1, n_samples):
            raise UsageError(f"given has {n} rows; give 1, or n_samples={n_samples}")
        all_rows = {
            name: x[:].expand(n_samples, -1) if n == 1 else x[:] for name, x in rows.items()
        }
        source = generator(seed_of(random_state, self._seed))
        state = drawn_rows(self._held(all_rows), sweeps=n_sweeps, source=source)
        return {name: part.values(state[name]) for name, part in self._modalities.items()}

    @neutrally
    @torch.no_grad()
    def score_samples(self, X: Mapping[str, Any]) -> NDArray[np.float64]:
        """Variational bound on the log-likelihood of whole rows, nats, ``(n_samples,)``.

        log Z is exact if it can be enumerated in seconds, otherwise from annealed importance
        sampling. Of real columns it is the density in the user's units. Of counts it is the
        probability of the words in their order, given their number; there log Z is the larger of
        the estimates from both sides, for each length of a document.

        Raises:
            ValueError: something is missing, or two modalities are counts.
        """
        rows, n = self._rows(X)
        counts = [name for name in rows if self.graph_.units[name].takes_context]
        if len(counts) > 1:
            raise UsageError(
                f"{' and '.join(counts)} are both counts: log Z depends on both of their lengths, "
                "and only one is supported; there is no score"
            )
        found = []
        for piece in torch.arange(n).split(_PIECE):
            some = {name: x.index_select(0, piece) for name, x in rows.items()}
            if any(bool(x.isnan().any()) for x in some.values()):
                raise UsageError("a row to score has missing values: score whole rows, or impute")
            graph = of_lengths(self.graph_, some)
            data = mean_field(graph, some, tolerance=1e-6, cap=200)
            score = bound(graph, data, log_z=0.0)
            for name in counts:
                score -= self.graph_.units[name].log_base(some[name]).double()
            found.append(score - self._log_z({name: some[name] for name in counts}))
        scale = sum(part.log_scale for part in self._modalities.values())
        return torch.cat(found).numpy() - scale

    def score(self, X: Mapping[str, Any], y: object = None) -> float:
        """Mean of ``score_samples``, nats per sample."""
        del y
        return float(self.score_samples(X).mean())

    def _log_z(self, documents: State) -> Tensor | float:
        """log Z, or that of the length of each document ``(n,)``."""
        source = generator(self._seed)
        if documents:
            ladder = Ladder(500, 50, 100, self._seed)
            sides = log_partitions(
                self.graph_, documents, ladder=ladder, base=self._base, source=source
            )
            return torch.maximum(*sides)
        if exact.quick(self.graph_):
            return float(exact.log_partition(self.graph_))
        if self._partition is None:
            found = ais(self.graph_, betas=2000, chains=100, base=self._base, source=source)
            self._partition = float(found.log_z), float(found.stderr)
        return self._partition[0]

    def _rows(self, X: Mapping[str, Any]) -> tuple[dict[str, Rows], int]:
        """Rows of every modality, NaN where missing, and their number."""
        check_is_fitted(self)
        own = self._modalities
        parts = {name: part for name, part in named_parts(X).items() if part is not None}
        if strange := set(parts) - set(own):
            raise UsageError(f"X has {sorted(strange)}, but fit saw {[*own]}")
        known = {name: own[name].rows(part) for name, part in parts.items()}
        if not known:
            raise UsageError(f"X has none of {[*own]}: give at least one modality")
        n = common_length({name: len(x) for name, x in known.items()})
        rows: dict[str, Rows] = self._empty(n) | known
        return {name: rows[name] for name in own}, n

    def _empty(self, n: int) -> dict[str, Rows]:
        return {name: part.empty(n) for name, part in self._modalities.items()}

    def _held(self, rows: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
        return held_parts(self.graph_, rows, base=self._base)

    @property
    def _n_features_out(self) -> int:
        return int(self.n_components)
