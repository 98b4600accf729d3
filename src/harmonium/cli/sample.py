"""``harmonium sample``: draws samples, free or with known values held."""

from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, NewFile, Overwrite, RunName, Seed, Trial
from harmonium.cli.output import say

__all__ = ["sample"]


def sample(  # noqa: PLR0913
    run: RunName,
    *,
    output: NewFile,
    n: Annotated[int, typer.Option("-n", min=1, max=10**6, help="Number of samples.")] = 64,
    steps: Annotated[
        int | None,
        typer.Option(
            min=0, max=10**9, help="Gibbs sweeps of each chain, by default 1000; of machines only."
        ),
    ] = None,
    clamp: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|SPEC",
            help="Known visible values: .npy or .csv with NaN (or nothing) where free, one row or "
            'n, columns by name if the first line has names; or "0=1,10:20=0" by position from 0.',
        ),
    ] = None,
    seed: Seed = 0,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Draw from the model: a .png sheet, or values to .npy, .csv, .parquet or .h5.

    The values are means of the visible units given the last hidden states, or given a code drawn
    from its prior, in the units that the model saw. Known values stay as they are.
    """
    from harmonium import apply
    from harmonium.models import Mixes
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    chains = isinstance(used.able("samples"), Mixes)
    if steps is not None and not chains:
        raise typer.BadParameter(
            "the model draws a code from its prior and runs no chains: leave it out",
            param_hint="--steps",
        )
    sweeps = 1000 if steps is None else steps
    known = None
    if clamp is not None:
        known = apply.known_values(clamp, used.width, features=used.visible_names)
    shape = used.chain.shape
    with apply.new_picture(output, shape=shape, rows=n, overwrite=overwrite) as write:
        write(apply.sample(used, n, sweeps=sweeps, clamp=known, seed=seed))
    say(f"{output}: {n} samples" + (f" after {sweeps} sweeps" if chains else ""))
