"""Findings of a run: each kind of problem once, with the number of trials that had it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harmonium.runs.words import stage_name

if TYPE_CHECKING:
    from harmonium.runs.run import Run

__all__ = ["Noticed", "collect", "noticed"]


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """One kind of finding in one stage, over all trials.

    Args:
        kind: name of the finding, such as "dead units".
        stage: name as in the run's files, such as "pretrain/1".
        trials: numbers of the trials that had it, from 0.
        of: total number of trials.
        epochs: epochs of the checks that reported it; empty for a judge.
        found: the measurement, from the last check.
        means: why it matters; empty in old runs.
        remedy: what to do.
    """

    kind: str
    stage: str
    trials: tuple[int, ...]
    of: int
    epochs: tuple[int, ...]
    found: str
    means: str
    remedy: str

    @property
    def title(self) -> str:
        """Kind, number of trials and stage: "dead units in 4 of 5 trials (training)"."""
        return f"{self.kind}{self._share} ({self.where})"

    @property
    def where(self) -> str:
        """The stage in words, with the epochs of the checks that reported the finding."""
        name = stage_name(self.stage)
        if not self.epochs:
            return name
        word = "epoch" if len(self.epochs) == 1 else "epochs"
        return f"{name}, {word} {', '.join(map(str, self.epochs))}"

    @property
    def _share(self) -> str:
        return f" in {len(self.trials)} of {self.of} trials" if self.of > 1 else ""

    @property
    def details(self) -> dict[str, str]:
        """Measurement, meaning and remedy, a sentence or two each."""
        last = f" (in trial {self.trials[-1] + 1})" if self.of > 1 else ""
        texts = {"Seen": self.found + last, "Meaning": self.means, "What to do": self.remedy}
        return {name: _sentence(text) for name, text in texts.items() if text}

    def __str__(self) -> str:
        """The title, then one line for each detail."""
        return "\n  ".join([self.title, *(f"{k}: {v}" for k, v in self.details.items())])


def noticed(run: Run) -> list[Noticed]:
    """The findings of a run, one for each kind and stage, in the order of their first report."""
    begun = {row["trial"] for row in run.metrics()}
    begun |= set(range(len(run.results.get("trials", ()))))
    return collect(run.findings(), trials=len(begun))


def collect(findings: Iterable[Mapping[str, Any]], *, trials: int) -> list[Noticed]:
    """Merges findings, as `Run.findings` lists them, to one for each kind and stage.

    Args:
        findings: mappings with "kind", "found", "remedy", "trial", "stage" and "epoch".
        trials: total number of trials.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        groups.setdefault((finding["stage"], finding["kind"]), []).append(finding)
    return [
        Noticed(
            kind=kind,
            stage=stage,
            trials=tuple(sorted({f["trial"] for f in group})),
            of=trials,
            epochs=tuple(sorted({f["epoch"] for f in group if f["epoch"] is not None})),
            found=group[-1]["found"],
            means=group[-1].get("means", ""),
            remedy=group[-1]["remedy"],
        )
        for (stage, kind), group in groups.items()
    ]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
