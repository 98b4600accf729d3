"""A graph of documents as a model: the probability of their words."""

import torch
from torch import Tensor

from harmonium.data import Rows
from harmonium.documents import log_words
from harmonium.likelihood import Ladder
from harmonium.models.abilities import Batch
from harmonium.models.graph import GraphModel

__all__ = ["DocumentModel", "RestrictedDocumentModel"]


class DocumentModel(GraphModel):
    """A graph whose group "v" holds counts of words; each length has its own log Z."""

    def log_words(self, counts: Tensor, *, train: Rows, ladder: Ladder) -> dict[str, Tensor]:
        """log p of the words of documents, from both sides; see ``documents.log_words``."""
        return log_words(self.machine, counts, train=train, ladder=ladder)


class RestrictedDocumentModel(DocumentModel):
    """A graph of counts whose hidden groups are not connected."""

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy of the counts, with all other groups summed out, ``(B,)``, in nats."""
        seen = self._seen(batch)
        return self.machine.free_energy(seen, self.layers)
