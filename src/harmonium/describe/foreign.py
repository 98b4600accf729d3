"""Bounds and meanings of the arguments of torch's optimisers, which torch does not annotate."""

__all__ = ["HIDDEN", "STATED"]

STATED: dict[str, tuple[str, str]] = {
    "amsgrad": ("", "divide by the largest second moment so far (Reddi et al., 2018)."),
    "betas": ("tuple[Share, Share]", "decay of the running first and second moments, below 1."),
    "dampening": ("", "share of a new gradient that does not enter the momentum."),
    "eps": ("NonNegative", "added to the denominator."),
    "lr": ("NonNegative", "learning rate at the start."),
    "momentum": ("NonNegative", "share of the last step that is kept."),
    "nesterov": ("", "take the gradient after the momentum's step."),
    "weight_decay": ("NonNegative", "pull of all parameters to zero, biases included."),
}
"""Argument -> its annotation, where torch's has no bounds, and its meaning."""

HIDDEN = {
    "capturable",
    "decoupled_weight_decay",
    "differentiable",
    "foreach",
    "fused",
    "maximize",
}
"""Settings that affect only how a step is computed; ``maximize`` would go the wrong way."""
