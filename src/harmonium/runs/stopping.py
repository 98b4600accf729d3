"""Early stopping, which estimators and runs share, under the name that it had here."""

from harmonium.learning.stopping import EarlyStopping

__all__ = ["EarlyStopping"]
