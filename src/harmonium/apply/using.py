"""Applies a run to rows: codes, predictions, scores, samples and likelihoods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.apply.tables import Chunk, Columns
from harmonium.apply.texts import written
from harmonium.apply.trained import Trained
from harmonium.data import DataSet, Examples, Rows, mapped
from harmonium.describe import build
from harmonium.errors import UsageError
from harmonium.judges.error import errors
from harmonium.judges.next_token import text_figures
from harmonium.likelihood import Ladder
from harmonium.memory import need
from harmonium.models import Batch, Classifies, Encodes, Predicts, Transduces
from harmonium.needs import Needs, unmet
from harmonium.random import generator
from harmonium.runs import Run
from harmonium.sampling.picking import Pick
from harmonium.stages.trial import TEST_DRAW

__all__ = [
    "code_names",
    "encode",
    "encodings",
    "evaluate",
    "likelihood",
    "named",
    "predict",
    "predictions",
    "sample",
]


def encodings(
    run: Run | Trained, split: Examples, *, layer: str | None = None
) -> tuple[Columns, Iterator[Chunk]]:
    """Layout of a table of codes, and its blocks: names of the rows, if any, and "code".

    Args:
        run: a run that has finished its training.
        split: rows before the transforms of the run.
        layer: a hidden layer of the machine, the last by default; or "net".

    Raises:
        ValueError: there is no such layer, or the rows do not fit.
    """
    trained = _trained(run)
    there = [m for m in trained.models.values() if isinstance(m, Encodes)]
    names = {name: model for model in there for name in _codes(trained, model)}
    if not there:
        trained.able("encodes")
    layer = [*_codes(trained, there[0])][-1] if layer is None else layer
    if layer not in names:
        *most, last = names
        listed = f"{', '.join(most)} and {last}" if most else last
        raise UsageError(f"no hidden layer {layer!r}; there are {listed}")
    model = names[layer]
    units = _codes(trained, model)[layer].shape[1]
    parts = {"code": [f"{layer}_{k}" for k in range(units)]}

    def made() -> Iterator[tuple[slice, Chunk]]:
        for at, batch in trained.batches(split, model):
            yield at, {"code": _array(model.codes(batch)[layer].flatten(1))}

    return Columns(len(split), "code", parts), named(trained, split, made=made())


def predictions(
    run: Run | Trained, split: Examples, *, pick: Pick | None = None, seed: int = 0
) -> tuple[Columns, Iterator[Chunk]]:
    """Layout of a table of predictions, and its blocks: names of rows, "label", "probability".

    A model that decides without probabilities has only labels. A model of real targets has
    "value", ``(B, targets)``, and a model that writes sequences "output", their texts; ``pick``
    and ``seed`` are those of captions that are drawn.

    Raises:
        ValueError: no model of the run predicts classes or values, or the rows do not fit.
    """
    trained = _trained(run)
    model = _predicting(trained) if pick is None else trained.able("describes")
    if isinstance(model, Transduces):
        texts = {"output": np.array(written(trained, split, pick=pick, seed=seed))}
        made_at_once = iter([(slice(len(split)), texts)])
        return Columns(len(split), "output"), named(trained, split, made=made_at_once)
    if isinstance(model, Predicts):
        columns = Columns(len(split), "value", {"value": list(trained.targets)})
    elif isinstance(model, Classifies):
        columns = Columns(len(split), "probability", {"probability": [*map(str, trained.classes)]})
    else:
        columns = Columns(len(split), "label")

    def made() -> Iterator[tuple[slice, Chunk]]:
        for at, batch in trained.batches(split, model):
            yield at, _predicted(trained, model, batch=batch)

    return columns, named(trained, split, made=made())


def _predicting(trained: Trained) -> Any:  # noqa: ANN401
    """The last model that predicts classes, real values or sequences."""
    for ability in ("decides", "transduces", "predicts"):
        if (ability != "predicts" or trained.targets) and _has(trained, ability):
            return trained.able(ability)
    return trained.able("decides")


def _has(trained: Trained, ability: str) -> bool:
    return unmet(Needs(model=(ability,)), trained.models.values(), data=None) is None


def _predicted(trained: Trained, model: Any, *, batch: Batch) -> Chunk:  # noqa: ANN401
    """Predictions of rows by the name of the column; real values in the units of the data."""
    if isinstance(model, Predicts):
        return {"value": _array(trained.chain.back(model.predict(batch)))}
    names = np.array([str(name) for name in trained.classes])
    if not isinstance(model, Classifies):
        return {"label": names[_array(model.decide(batch))]}
    p = _array(model.log_probs(batch).softmax(1))
    return {"label": names[p.argmax(1)], "probability": p}


def encode(
    run: Run | Trained, split: Examples, *, layer: str | None = None
) -> np.ndarray[Any, Any]:
    """Codes of rows, ``(N, units)``; arguments as in ``encodings``."""
    return np.concatenate([chunk["code"] for chunk in encodings(run, split, layer=layer)[1]])


def predict(
    run: Run | Trained, split: Examples
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Names of the most probable classes, ``(N,)``, and probabilities, ``(N, classes)``.

    Raises:
        ValueError: no model of the run gives probabilities, or the rows do not fit.
    """
    trained = _trained(run)
    trained.able("classifies")
    chunks = list(predictions(trained, split)[1])
    parts = ([chunk[key] for chunk in chunks] for key in ("label", "probability"))
    labels, p = (np.concatenate(part) for part in parts)
    return labels, p


def evaluate(run: Run | Trained, dataset: DataSet, *, part: str = "test") -> dict[str, Any]:
    """Measures the predictions of a run for labelled rows, rows with real targets, or texts.

    Args:
        run: a run whose model classifies, predicts, or continues texts.
        dataset: rows before the transforms, with labels; classes are matched by name.
        part: the split to use.

    Returns:
        "rows"; "accuracy", "error" and its "stderr"; "cross_entropy" in nats per row, for a model
        with probabilities; "classes"; "confusion", ``[true][predicted]``, numbers of rows. For
        real targets "rows", "rmse", its "rmse_stderr" and "r2". For texts "symbols", and the
        figures of the judge ``next_token``.

    Raises:
        ValueError: there is no such split, there are no labels, or a label is not a class of the
            run.
    """
    trained = _trained(run)
    if _has(trained, "continues"):
        return _costs(trained, dataset, part=part)
    if isinstance(_predicting(trained), Predicts):
        return _errors(trained, dataset, part=part)
    split = _labelled(dataset, part)
    y = _matched(split, dataset, classes=trained.classes)
    confusion, surprise = _counted(trained, split, y=y)
    accuracy = float(confusion.diag().sum()) / len(y)
    return {
        "part": part,
        "rows": len(y),
        "accuracy": accuracy,
        "error": 1 - accuracy,
        "stderr": (accuracy * (1 - accuracy) / len(y)) ** 0.5,
        **({} if surprise is None else {"cross_entropy": surprise / len(y)}),
        "classes": list(trained.classes),
        "confusion": confusion.tolist(),
    }


def _costs(trained: Trained, dataset: DataSet, *, part: str) -> dict[str, Any]:
    """What the next symbol of the texts of a split costs."""
    model, split = trained.able("continues"), dataset.splits().get(part)
    if split is None:
        raise UsageError(f"{dataset.name} has no {part} rows: name another split")
    log_p = model.next_log_probs(model.reads(split).to(model.device, torch.float32))
    return {"part": part, "symbols": len(log_p), **text_figures(log_p)}


def _errors(trained: Trained, dataset: DataSet, *, part: str) -> dict[str, Any]:
    """Errors of predicted values against the targets of a split."""
    split = dataset.splits().get(part)
    if split is None or split.targets is None:
        raise UsageError(f"{dataset.name} has no {part} rows with real targets: give some")
    if split.targets.shape[1] != len(trained.targets):
        raise UsageError(
            f"{dataset.name}: {split.targets.shape[1]} targets, and the run predicts "
            f"{len(trained.targets)}: {', '.join(trained.targets)}"
        )
    predicted = np.concatenate([chunk["value"] for chunk in predictions(trained, split)[1]])
    figures = errors(split.targets, torch.from_numpy(predicted))
    return {"part": part, "rows": len(split), **figures, "targets": list(trained.targets)}


def _counted(trained: Trained, split: Examples, *, y: Tensor) -> tuple[Tensor, float | None]:
    """Number of rows by true and predicted class, and the sum of -log p(true class) or None."""
    n, at = len(trained.classes), 0
    names = np.array([str(name) for name in trained.classes])
    confusion = torch.zeros(n, n, dtype=torch.int64)
    surprise: float | None = None
    for chunk in predictions(trained, split)[1]:
        true = y[at : at + len(chunk["label"])]
        if "probability" in chunk:
            p = torch.from_numpy(chunk["probability"]).double()
            decided = p.argmax(1)
            sure = p[torch.arange(len(p)), true].clamp(min=1e-300)
            surprise = (surprise or 0.0) - float(sure.log().sum())
        else:
            decided = torch.from_numpy((chunk["label"][:, None] == names).argmax(1))
        confusion += torch.bincount(true * n + decided, minlength=n * n).reshape(n, n)
        at += len(true)
    return confusion, surprise


def sample(
    run: Run | Trained,
    n: int,
    *,
    sweeps: int = 1000,
    clamp: Tensor | None = None,
    seed: int = 0,
) -> Tensor:
    """Means E[x | h] at the end of n Gibbs chains, ``(n, D)``; or of n codes from their prior.

    Args:
        run: a run that has finished its training.
        n: number of independent chains, or of codes.
        sweeps: number of sweeps of every chain; without a meaning where there are none.
        clamp: known values, NaN for free ones, ``(D,)`` or ``(n, D)``; they are held.
        seed: of the draws.

    Raises:
        ValueError: no model of the run draws samples, the clamp does not fit the model, or the
            samples need more memory than is free.
    """
    if n < 1 or sweeps < 0:
        raise UsageError(f"{n} samples of {sweeps} sweeps: at least 1 and 0 are needed")
    model = _trained(run).able("samples")
    given = None
    if clamp is not None:
        _check_clamp(clamp, n, features=model.width)
        given = {"x": clamp.reshape(-1, model.width)}
    like = next(model.parameters())
    need(
        4 * like.element_size() * n * sum(model.sizes),  # states, fields, random numbers
        f"drawing {n:,d} samples at once",
        remedy="draw fewer, several times over with different seeds",
    )
    source = generator(seed, model.device)
    return model.sample(n, given=given, sweeps=sweeps, source=source)["x"]


def likelihood(
    run: Run | Trained,
    *,
    ladder: Ladder | None = None,
    others: Mapping[str, Examples] | None = None,
) -> dict[str, Any]:
    """Log-likelihood of rows, in nats per row, with the results of ``density``.

    A batch transform is drawn once, from the seed that judges use; for rows in a file, each time
    they are read.

    Args:
        run: a run that has finished its training.
        ladder: of annealed importance sampling; None to enumerate.
        others: rows by name, before the transforms, instead of the run's training and test rows.
    """
    trained = _trained(run)
    draw = None if trained.recipe.data.draw is None else build(trained.recipe.data.draw)
    model = trained.able("scores")

    def seen(split: Examples) -> Rows:
        x = trained.all(split)
        if draw is None:
            return x
        drawn = partial(draw, source=generator(TEST_DRAW, x.device))
        return mapped(x, drawn, each=x.shape[1:])

    if others is not None and ladder is None:
        return model.log_density({name: seen(split) for name, split in others.items()})
    own = trained.dataset().splits()
    train = seen(own["train"])
    judged = own if others is None else others
    rows = {n: train if split is own["train"] else seen(split) for n, split in judged.items()}
    return model.log_density(rows, train=train, ladder=ladder)


def _trained(run: Run | Trained) -> Trained:
    return run if isinstance(run, Trained) else Trained(run)


def code_names(trained: Trained, model: Any) -> list[str]:  # noqa: ANN401
    """Names of the numbers of a model's code, as the columns that ``encode`` writes."""
    *_, (layer, x) = _codes(trained, model).items()
    return [f"{layer}_{k}" for k in range(x.shape[1])]


def _codes(trained: Trained, model: Any) -> dict[str, Tensor]:  # noqa: ANN401
    """Layer -> codes ``(1, units)`` of a row of zeros, for names and sizes of the layers."""
    codes = model.codes(trained.blank(model))
    return {name: x.flatten(1) for name, x in codes.items()}


def _check_clamp(clamp: Tensor, n: int, *, features: int) -> None:
    if tuple(clamp.shape) not in {(features,), (1, features), (n, features)}:
        raise UsageError(
            f"known values of shape {tuple(clamp.shape)}, but {n} samples of {features} values "
            f"need ({features},) or ({n}, {features}), NaN where free"
        )
    if bool(clamp.isinf().any()):
        raise UsageError("known values are infinite: give numbers, or NaN where free")


def _array(x: Tensor) -> np.ndarray[Any, Any]:
    return x.detach().cpu().numpy()


def named(
    trained: Trained, split: Examples, *, made: Iterator[tuple[slice, Chunk]]
) -> Iterator[Chunk]:
    """Adds the rows' names, if they have names, as the first column.

    The column has the name of the run's column of ids, or "name".
    """
    given = trained.recipe.data.source.settings.get("id")
    for at, chunk in made:
        title = given if isinstance(given, str) and given not in chunk else "name"
        yield chunk if split.names is None else {title: np.array(split.names[at]), **chunk}


def _labelled(dataset: DataSet, part: str) -> Examples:
    splits = dataset.splits()
    if part not in splits:
        raise UsageError(f"{dataset.name} has no {part} rows; there are {', '.join(splits)}")
    known = splits[part].labelled()
    if known is None:
        what = "the targets are real numbers" if dataset.targets else "no row has a label"
        raise UsageError(f"{dataset.name}, {part}: {what}, so nothing to compare classes with")
    return known


def _matched(split: Examples, dataset: DataSet, *, classes: tuple[str | int, ...]) -> Tensor:
    """Labels as indices into the run's classes, matched by name."""
    index = {str(name): k for k, name in enumerate(classes)}
    unknown = [str(name) for name in dataset.classes if str(name) not in index]
    assert split.labels is not None
    present = {str(dataset.classes[k]) for k in split.labels.unique().tolist()}
    if strange := sorted(present & set(unknown)):
        raise UsageError(
            f"{dataset.name}: labels {', '.join(strange[:5])} are none of the run's classes: "
            f"{', '.join(index)}"
        )
    places = torch.tensor([index.get(str(name), -1) for name in dataset.classes])
    return places[split.labels]
