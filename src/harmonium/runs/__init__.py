"""Runs: one directory each, resumable bit for bit. Reading a run needs no torch."""

from harmonium.runs.directory import Locked
from harmonium.runs.records import Record
from harmonium.runs.run import Run

__all__ = ["Locked", "Record", "Run"]
