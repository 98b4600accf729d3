"""What multilayer perceptrons as estimators refuse, with the remedy."""

from typing import Any

from harmonium.errors import UsageError

__all__ = ["in_steps", "refuse_early_stopping"]


def in_steps(model: Any) -> bool:  # noqa: ANN401
    """Whether an estimator has ``partial_fit``: L-BFGS takes all rows at once."""
    if model.solver == "lbfgs":
        raise AttributeError("partial_fit needs solver='adam' or 'sgd'; lbfgs takes all rows")
    return True


def refuse_early_stopping(model: Any) -> None:  # noqa: ANN401
    """Raises ValueError where partial fits cannot hold rows out."""
    if model.early_stopping:
        raise UsageError("partial_fit holds no rows out: set early_stopping=False, or call fit")
