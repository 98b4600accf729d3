"""Progress of a run in words."""

from collections.abc import Mapping
from typing import Any

from harmonium.runs.words import stage_name

__all__ = ["run_words"]


def run_words(state: Mapping[str, Any]) -> str:
    """Trial, stage, epoch and number of findings; a stage of one step shows no epochs.

    Args:
        state: "trial", "trials", "stage", "findings", "epoch", "epochs", "updates".
    """
    trial = f"trial {state['trial'] + 1} of {state['trials']}: " if state["trials"] > 1 else ""
    epoch = f", epoch {state['epoch']} of {state['epochs']}" if state["updates"] > 1 else ""
    return f"{trial}{stage_name(state['stage'])}{epoch}{_findings(state)}"


def _findings(state: Mapping[str, Any]) -> str:
    """Number of findings so far, for a run of several trials, which lists them at its end."""
    count = state["findings"] if state["trials"] > 1 else 0
    return f" ({count} warning{'s' if count > 1 else ''} so far)" if count else ""
