"""What a trained model is worth on rows that it has not seen: one file for each judge."""

__all__: list[str] = []
