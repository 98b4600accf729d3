"""What else could be done with the same rows and labels: one file for each baseline."""

__all__: list[str] = []
