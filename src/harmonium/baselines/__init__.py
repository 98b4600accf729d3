"""Baselines: other methods trained on the same rows and labels, one file each."""

__all__: list[str] = []
