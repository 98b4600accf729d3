"""Figures: the meaning of every number that a run writes, in one table.

Rankings, early stopping, axes and printed values all use this table; a new figure is one line.
"""

from dataclasses import dataclass
from typing import Literal

from harmonium.errors import UsageError

__all__ = ["Direction", "Figure", "better", "direction", "figure", "figures", "is_result"]

Direction = Literal["min", "max"]
"""Whether a lower ("min") or a higher ("max") value is better."""


@dataclass(frozen=True)
class Figure:
    """A named number of a run.

    Args:
        name: as in a run's files, without the group of rows ("val/") before it.
        words: the name for readers.
        unit: "share" (printed in per cent), "nats", "nats per row", "words", or empty.
        better: whether "min" or "max" is better; None if neither, or if unknown.
        final: whether it is a result on test rows, by which methods are ranked.
        repeats: a figure with the same information, beside which this one is not shown.
        brackets: the figure for which this one is the other end of an interval.
        error: the key of its standard error over the rows, if a judge gives one.
        proportion: whether it is the fraction of independent rows that have some property, so
            that its standard error is binomial. A share such as a balanced accuracy is not.
    """

    name: str
    words: str
    unit: str = ""
    better: Direction | None = None
    final: bool = False
    repeats: str = ""
    brackets: str = ""
    error: str = ""
    proportion: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is printed in per cent, such as accuracy."""
        return self.unit == "share"

    @property
    def axis(self) -> str:
        """Words and unit as a label of an axis; a share is drawn in per cent.

        >>> figure("val/loss").axis, figure("val/accuracy").axis
        ('cross-entropy, nats', 'accuracy, %')
        """
        unit = "%" if self.is_share else self.unit
        return f"{self.words}, {unit}" if unit else self.words


def _with_error(name: str, words: str, *, unit: str, better: Direction) -> Figure:
    """A result whose standard error has its name and "_stderr"."""
    return Figure(name, words, unit, better, final=True, error=f"{name}_stderr")


_TABLE = (
    Figure("loss", "cross-entropy", "nats", "min"),
    Figure("cross_entropy", "cross-entropy", "nats", "min"),
    Figure("accuracy", "accuracy", "share", "max", final=True, proportion=True),
    Figure(
        "log_likelihood", "log-likelihood", "nats per row", "max", final=True, error="test_stderr"
    ),
    Figure(
        "log_likelihood_optimistic",
        "log-likelihood, optimistic end",
        "nats per row",
        "max",
        final=True,
        brackets="log_likelihood",
        error="test_stderr",
    ),
    Figure("elbo", "ELBO, a lower bound", "nats per row", "max", final=True, error="elbo_stderr"),
    Figure(
        "importance_weighted",
        "importance-weighted bound",
        "nats per row",
        "max",
        final=True,
        error="importance_weighted_stderr",
    ),
    Figure("error", "error", "share", "min", final=True, repeats="accuracy", proportion=True),
    Figure("shifted_accuracy", "accuracy of shifted pictures", "share", "max", final=True),
    Figure("rotated_accuracy", "accuracy of turned pictures", "share", "max", final=True),
    Figure("scaled_accuracy", "accuracy of scaled pictures", "share", "max", final=True),
    Figure("node_accuracy", "accuracy of all nodes", "share", "max", final=True),
    Figure("binary_accuracy", "accuracy of positive or negative", "share", "max", final=True),
    Figure("binary_node_accuracy", "positive or negative, all nodes", "share", "max", final=True),
    Figure("negation_accuracy", "negations understood", "share", "max", final=True),
    Figure("negated_positive", "negated positive words", "share", "max", final=True),
    Figure("negated_negative", "negated negative words", "share", "max", final=True),
    Figure("node_loss", "cross-entropy of all nodes", "nats per tree", "min"),
    Figure("mase", "error relative to the seasonal naive forecast", "", "min", final=True),
    Figure("mae", "mean absolute error", better="min", final=True),
    Figure("coverage", "values inside their intervals", "share", "max", final=True),
    Figure("interval_width", "width of the intervals", better="min", final=True),
    Figure("rmse", "root mean square error", better="min", final=True, error="rmse_stderr"),
    Figure("r2", "R², share of variance explained", better="max", final=True),
    Figure(
        "step_error", "one-step squared error", better="min", final=True, error="step_error_stderr"
    ),
    Figure(
        "frame_log_likelihood",
        "log-likelihood of a frame",
        "nats per frame",
        "max",
        final=True,
        error="frame_stderr",
    ),
    Figure(
        "frame_log_likelihood_optimistic",
        "log-likelihood of a frame, optimistic end",
        "nats per frame",
        "max",
        final=True,
        brackets="frame_log_likelihood",
        error="frame_stderr",
    ),
    Figure("frame_accuracy", "accuracy of predicted frames", "share", "max", final=True),
    Figure("contrast", "free-energy gap of data and draws", "nats per frame"),
    Figure(
        "token_nats",
        "cost of the next symbol",
        "nats",
        "min",
        final=True,
        error="token_nats_stderr",
    ),
    Figure("token_bits", "bits per symbol", "bits", "min", final=True),
    Figure("token_perplexity", "perplexity of the next symbol", "symbols", "min"),
    Figure("return", "return of an episode", "", "max", final=True, error="return_stderr"),
    Figure("greedy_return", "return without exploration", "", "max"),
    Figure("return_min", "smallest return", "", "max"),
    Figure("return_max", "largest return", "", "max"),
    Figure("exploration", "share of random actions", "share"),
    Figure("action_value", "mean value of the best action"),
    Figure("temporal_difference", "temporal-difference loss", "", "min"),
    Figure("symbol_nats", "cost of a symbol of the output", "nats", "min"),
    Figure(
        "exact_output",
        "outputs right in every symbol",
        "share",
        "max",
        final=True,
        proportion=True,
    ),
    Figure("symbol_error", "edits per symbol of the true output", "share", "min", final=True),
    Figure("true_captions", "true captions", "share", "max", final=True, proportion=True),
    Figure("grammatical_captions", "captions in grammatical order", "share", "max"),
    Figure("tag_nats", "cost of a tag", "nats", "min"),
    Figure("span_f1", "F1 of spans", "share", "max", final=True),
    Figure("tag_accuracy", "accuracy of tags", "share", "max", final=True),
    Figure("new_word_accuracy", "accuracy of tags of unknown words", "share", "max", final=True),
    Figure("span_precision", "found spans that are right", "share", "max"),
    Figure("span_recall", "true spans that are found", "share", "max"),
    Figure("hamming", "share of wrong labels", "share", "min", final=True),
    Figure("exact_match", "rows without a wrong label", "share", "max", final=True),
    Figure("f1", "F1, mean over labels", better="max", final=True),
    Figure("perplexity", "perplexity", "words", "min", final=True, error="perplexity_stderr"),
    Figure(
        "perplexity_optimistic",
        "perplexity, optimistic end",
        "words",
        "min",
        final=True,
        brackets="perplexity",
        error="perplexity_stderr",
    ),
    Figure("perplexity_unigram", "perplexity of word frequencies alone", "words", "min"),
    Figure("perplexity_bound", "perplexity, by the variational bound", "words", "min"),
    _with_error("precision_at_k", "precision of the nearest rows", unit="share", better="max"),
    _with_error("average_precision", "mean average precision", unit="share", better="max"),
    Figure("contact_precision", "contacts among the strongest pairs", "share", "max", final=True),
    Figure("information_precision", "the same by mutual information", "share", "max"),
    Figure("contact_share", "contacts among all pairs", "share"),
    Figure("search_recall_1", "pictures found first by their words", "share", "max", final=True),
    Figure("search_precision", "pictures that have the word", "share", "max", final=True),
    Figure("annotation_recall_1", "words found first by pictures", "share", "max", final=True),
    Figure("annotation_precision", "words that the picture has", "share", "max", final=True),
    *(Figure(f"search_recall_{k}", f"pictures among {k}", "share", "max") for k in (5, 10)),
    *(Figure(f"annotation_recall_{k}", f"words among {k}", "share", "max") for k in (5, 10)),
    *(Figure(f"{w}_rank", "median rank", "", "min") for w in ("search", "annotation")),
    Figure(
        "swap_accuracy",
        "sums of picture and words",
        "share",
        "max",
        final=True,
        error="swap_accuracy_stderr",
    ),
    *(Figure(f"swap_{n}", n, "share") for n in ("chance", "without", "words_alone")),
    Figure("ranking", "ranking loss", "", "min"),
    Figure("look_up_top_1", "looked up right", "share", "max", final=True),
    Figure("look_up_top_5", "the same among 5", "share", "max", final=True),
    _with_error(
        "detection_precision", "average precision of found boxes", unit="share", better="max"
    ),
    _with_error("detection_recall", "objects found, few wrong boxes", unit="share", better="max"),
    _with_error("outcome_error", "squared error of outcomes", unit="", better="min"),
    _with_error("winner_share", "winners named", unit="share", better="max"),
    Figure("joint_map", "MAP of hidden labels, all known", "share", "max", final=True),
    Figure("labels_map", "MAP of hidden labels, from the shown ones", "share", "max"),
    Figure("others_map", "MAP of hidden labels, from other kinds of data", "share", "max"),
    Figure("generated_map", "MAP of labels from other kinds of data", "share", "max", final=True),
    Figure("generated_precision", "precision of these, first labels", "share", "max", final=True),
    Figure("prior_map", "MAP of labels by frequency", "share", "max"),
    Figure("prior_precision", "precision of the most frequent labels", "share", "max"),
    Figure("modes", "classes among samples", better="max", final=True),
    Figure("mode_entropy", "entropy of the classes of samples", "nats", "max"),
    Figure("mode_smallest", "share of the rarest class of samples", "share", "max"),
    Figure("confidence_score", "confidence score of samples", better="max", final=True),
    Figure("class_agreement", "samples with the class asked for", "share", "max"),
    Figure("classifier_accuracy", "accuracy of the judging classifier", "share", "max"),
    Figure(
        "parzen",
        "Parzen window estimate",
        "nats per row",
        "max",
        final=True,
        error="parzen_stderr",
    ),
    Figure("parzen_sigma", "width of the Parzen windows"),
    Figure("discriminator_loss", "loss of the discriminator", "nats"),
    Figure("generator_loss", "loss of the generator", "nats"),
    Figure("variety", "variety of samples, relative to rows", better="max"),
    Figure("told_apart", "row and sample told apart", "share"),
    Figure(
        "reconstruction_error",
        "reconstruction error (mean square)",
        better="min",
        final=True,
        error="reconstruction_stderr",
    ),
    Figure(
        "factor_correlation", "correlation of factors with their numbers", "", "max", final=True
    ),
    Figure("factor_leak", "correlation of factors with other numbers", "", "min"),
    Figure("factor_best", "correlation of factors with any number", "", "max"),
    Figure("hole_error", "error in the hole", "", "min", final=True, error="hole_error_stderr"),
    Figure("hole_error_mean", "error of the mean picture in the hole", "", "min"),
    Figure("hole_error_neighbour", "error of the nearest picture in the hole", "", "min"),
    Figure("psnr", "peak signal-to-noise ratio", "dB", "max", final=True, error="psnr_stderr"),
    Figure("quantisation_error", "distance from the nearest prototype", "", "min", final=True),
    Figure(
        "topographic_error",
        "rows whose two nearest prototypes are apart",
        "share",
        "min",
        proportion=True,
    ),
    Figure("squared_error_sum", "squared error of a row, summed over its values", better="min"),
    Figure("active_units", "numbers of the code in use"),
    Figure("code_cost", "divergence from the prior", "nats per row"),
    Figure(
        "knn_error", "error of nearest neighbours", "share", "min", final=True, proportion=True
    ),
    Figure(
        "svm_error", "error of a linear SVM on codes", "share", "min", final=True, proportion=True
    ),
    Figure(
        "svm_error_few",
        "the same from few labels",
        "share",
        "min",
        final=True,
        error="svm_error_few_stderr",
    ),
    Figure("log_likelihood_joint", "log-likelihood of data and label", "nats per row", "max"),
    Figure(
        "log_likelihood_joint_optimistic",
        "log-likelihood of data and label, optimistic end",
        "nats per row",
        "max",
        brackets="log_likelihood_joint",
    ),
    Figure("bernoulli", "Bernoulli loss", "nats per row", "min"),
    Figure("cost", "loss with code and penalties", "nats per row", "min"),
    Figure("brier", "half the squared error of probabilities", better="min"),
    Figure("squared_error", "half the squared error", "nats per row", "min"),
    Figure("gaussian", "Gaussian loss", "nats per row", "min"),
    Figure("mixed", "loss of mixed columns", "nats per row", "min"),
    Figure("multinomial", "multinomial loss", "nats per row", "min"),
    Figure("nca", "expected error of a random neighbour (NCA)", "share", "min"),
    Figure("nca_log", "log-loss of a random neighbour (NCA)", "nats per row", "min"),
    Figure("pinball", "pinball loss of the quantiles", better="min"),
    Figure("interval_margin", "widening of the intervals"),
    Figure("triplet", "triplet loss", better="min"),
    Figure("mistakes", "mistakes while learning", "share", "min", proportion=True),
    Figure("mistakes_total", "mistakes since the start", better="min"),
    Figure("removed", "weights removed", "share"),
    Figure("pseudo_likelihood", "pseudo-log-likelihood", "nats", "max"),
    Figure("bound", "variational bound", "nats", "max"),
    Figure("bound_gap", "gap below the log-likelihood", "nats per row", "min"),
    Figure("reconstruction", "reconstruction error (mean square)", better="min"),
    Figure("free_energy", "free energy", "nats"),
    Figure("free_energy_gap", "free energy gap", "nats"),
    Figure("energy", "energy", "nats"),
    Figure("log_z", "log Z", "nats"),
    Figure("flip_rate", "flip rate of the chains"),
    Figure("norm", "norm of all weights"),
    Figure("gradient_ratio", "gradient of the first layer relative to the last"),
    Figure("dead_units", "hidden units without gradient", better="min"),
    Figure("saturated_share", "share of saturated values", "share", "min"),
    Figure("active_share", "share of active values", "share"),
    Figure("r_hat", "split R-hat of 100 sweeps of the chains", better="min"),
    Figure("ess", "effective draws of a chain in 100 sweeps", better="max"),
)
"""All figures, in the order in which they are shown; the first final one is a run's headline."""

_BY_NAME = {entry.name: entry for entry in _TABLE}

_BESIDE = {
    "C",
    "bound_samples",
    "epochs",
    "documents",
    "few",
    "games",
    "labels",
    "log_z_forward",
    "log_z_reverse",
    "neighbours",
    "objects",
    "processor_s",
    "retrieved",
    "rows",
    "starts",
    "swaps",
}
"""Numbers that judges and baselines write beside their figures; standard errors end in stderr."""


def is_result(name: str) -> bool:
    """Whether a number of a judge or baseline is a result on test rows.

    It is if the table says so, or if neither the table nor the library's own judges and baselines
    know the name: then it is a figure of somebody else's judge.

    >>> is_result("accuracy"), is_result("test_stderr"), is_result("log_z"), is_result("margin")
    (True, False, False, True)
    """
    known = _BY_NAME.get(name)
    if known is not None:
        return known.final
    return name not in _BESIDE and not name.endswith("stderr")


def figures(*, final: bool = False) -> tuple[Figure, ...]:
    """Every known figure, or only the final ones, in the order in which they are shown."""
    return tuple(entry for entry in _TABLE if entry.final or not final)


def figure(name: str) -> Figure:
    """Figure of a name, with or without its group of rows; an unknown name has only words.

    >>> figure("val/error").better, figure("some_figure")
    ('min', Figure(name='some_figure', words='some figure', unit='', better=None, final=False, \
repeats='', brackets='', error='', proportion=False))
    """
    bare = name.rpartition("/")[2]
    return _BY_NAME.get(bare) or Figure(bare, bare.replace("_", " "))


def direction(name: str) -> Direction:
    """Whether a lower ("min") or a higher ("max") value of a figure is better.

    Raises:
        ValueError: the table does not give a direction.

    >>> direction("val/error"), direction("val/accuracy")
    ('min', 'max')
    """
    known = figure(name).better
    if known is None:
        there = ", ".join(entry.name for entry in _TABLE if entry.better is not None)
        raise UsageError(
            f"whether less or more of {name!r} is better is not known: give the mode, min or max, "
            f"or take one of {there}"
        )
    return known


def better(new: float, old: float | None, *, mode: Direction, min_delta: float = 0.0) -> bool:
    """Whether a number is better than the best one so far (None if there is none).

    >>> better(0.2, 0.3, mode="min"), better(0.2, 0.3, mode="max")
    (True, False)
    """
    if old is None:
        return new == new
    return new < old - min_delta if mode == "min" else new > old + min_delta
