"""Free energies of training rows and of held-out rows: a sign of over-fitting."""

from __future__ import annotations

import math

from harmonium.figures import figure
from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.histograms import histogram
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_ROWS = 5000


def section(evidence: Evidence) -> Section | str:
    """Section with both histograms and their difference."""
    import torch

    from harmonium.models import EnergyBased

    assert evidence.data is not None
    assert evidence.held_out is not None
    model = evidence.first("free energy")
    name, held = evidence.held_out
    energies = {}
    with torch.no_grad():
        for word, split in (("training", evidence.data.train), (name, held)):
            rows = evidence.rows(split, _ROWS)
            energies[word] = model.free_energy({"x": rows}).double()
    gap = float(energies[name].mean() - energies["training"].mean())
    error = math.sqrt(sum(float(f.var()) / len(f) for f in energies.values()))
    first = "" if isinstance(model, EnergyBased) else "the first layer's "
    bits = ", grey values drawn as bits" if evidence.draws_bits else ""
    counts = ", ".join(f"{len(f)} {word}" for word, f in energies.items())
    message = (
        f"The mean free energy of {name} rows is {abs(gap):.2f} ± {error:.2f} nats "
        f"{'higher' if gap > 0 else 'lower'} than that of training rows (difference and its "
        f"standard error). {_meaning(gap, error)}"
    )
    drawn = histogram(energies, x_label=figure("free_energy").axis, title="free energy")
    picture = Picture(
        drawn,
        alt=f"Histograms of free energy: {message}",
        caption=f"Histograms of {first}free energy of {counts} rows{bits}. A low free energy "
        "means a high probability. Vertical lines mark the means.",
    )
    return Section("Free energy", [message, picture])


def _meaning(gap: float, error: float) -> str:
    if abs(gap) <= 2 * error:
        return "The difference is within the noise: there is no sign of over-fitting."
    if gap > 0:
        return "Training rows are more probable: the larger the difference, the more over-fitting."
    return "Held-out rows are more probable: they are easier rows, not a sign of over-fitting."


ENTRY = Entry("Free energy", section, Needs(model=("free energy",), data=("train", "held out")))
