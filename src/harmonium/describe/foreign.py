"""Bounds and meanings of arguments of torch's optimisers and layers, where torch gives none."""

__all__ = ["HIDDEN", "OF_LAYERS", "STATED", "stated"]

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

OF_LAYERS: dict[str, tuple[str, str]] = {
    "alpha": ("float", ""),
    "approximate": ("Literal['none', 'tanh']", "exact, or by a hyperbolic tangent."),
    "bias": ("bool", "whether there is one."),
    "ceil_mode": ("bool", "round the size of the output up, not down."),
    "dilation": ("Count | Sequence[Count]", "distance of the values that a kernel reads."),
    "divisor_override": ("Count | None", "divide by this number."),
    "end_dim": ("int", "last axis to join; -1 is the last one."),
    "eps": ("NonNegative", "added to the variance."),
    "groups": ("Count", "parts of the maps, of which each reads only the same part below."),
    "in_channels": ("Count", "maps of the input."),
    "in_features": ("Count", "values of the input."),
    "init": ("float", "initial slope."),
    "kernel_size": ("Count | Sequence[Count]", "rows and columns, or one number for both."),
    "mode": ("str", "of interpolation."),
    "momentum": ("Share | None", "share of a new batch in running means; null: mean of all."),
    "negative_slope": ("float", "slope below zero."),
    "norm_type": ("Positive", "the power p."),
    "num_channels": ("Count", "maps of the input."),
    "num_features": ("Count", "maps or units of the input."),
    "num_groups": ("Count", "groups of maps."),
    "num_parameters": ("Count", "slopes: 1, or one for each map."),
    "out_channels": ("Count", "maps of the output."),
    "out_features": ("Count", "values of the output."),
    "output_padding": ("Size | Sequence[Size]", "rows and columns added to the output."),
    "output_size": ("Count | Sequence[Count]", "rows and columns, or one number for both."),
    "padding": ("int | Sequence[int] | Literal['valid', 'same']", "added at every edge."),
    "padding_mode": ("", "what the added values are."),
    "scale_factor": ("Positive | Sequence[Positive]", "size of the output by that of the input."),
    "size": ("Count | Sequence[Count]", "of the output; of a normalisation, its maps."),
    "start_dim": ("int", "first axis to join; 0 is the batch."),
    "stride": ("Count | Sequence[Count]", "distance of neighbouring windows."),
    "unflattened_size": ("Sequence[int]", "axes in the place of one."),
}
"""The same for modules of ``torch.nn``; "| None" is added where the default is None."""


def stated(target: str, name: str) -> tuple[str, str]:
    """Annotation and meaning of an argument of "module:name"; empty where torch's own serve.

    >>> stated("torch.optim.sgd:SGD", "lr")
    ('NonNegative', 'learning rate at the start.')
    """
    table = OF_LAYERS if target.startswith("torch.nn.modules.") else STATED
    return table.get(name, ("", ""))


HIDDEN = {
    "args",
    "capturable",
    "decoupled_weight_decay",
    "device",
    "differentiable",
    "dtype",
    "foreach",
    "fused",
    "inplace",
    "maximize",
    "recompute_scale_factor",
    "return_indices",
}
"""Settings that affect only how something is computed, or what would not fit what reads it."""
