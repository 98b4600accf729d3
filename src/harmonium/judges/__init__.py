"""Judges: measures of a trained model on test rows, one file each."""

__all__: list[str] = []
