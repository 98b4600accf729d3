"""The base class of models of nets from symbols to symbols."""

from typing import Any, ClassVar

from harmonium.data import DataSet, Examples, Vocabulary
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel

__all__ = ["SymbolModel", "take_vocabulary"]


class SymbolModel(NetModel):
    """A net from sequences in the column "x" to sequences in the column "target".

    Args:
        net: with the numbers of its ``sources`` and ``targets``; shared, not copied.
    """

    net: Any
    reads_tokens: ClassVar[bool] = True
    """It reads indices of symbols."""

    @property
    def width(self) -> int:
        """0, since it reads rows of any length."""
        return 0

    @property
    def vocabularies(self) -> tuple[Vocabulary, Vocabulary]:
        """The symbols that are read, and those that are written.

        Raises:
            ValueError: only their numbers are known.
        """
        known: tuple[Vocabulary, Vocabulary] = self.net.vocabularies
        return known

    def meet(self, data: DataSet) -> None:
        """Takes over the symbols of the data.

        Raises:
            ValueError: the data have nothing to write, or the net another number of symbols, or
                other symbols.
        """
        read, written = data.vocabulary, data.written
        if read is None:
            return  # the data are refused where rows are checked
        if written is None:
            raise UsageError(
                f"model: it writes sequences, and {data.name} has none to write: take a source "
                "with the column target, such as pairs"
            )
        for name, known in {"sources": read, "targets": written}.items():
            if len(known) != getattr(self.net, name):
                raise UsageError(
                    f"model: it knows {getattr(self.net, name)} {name}, but {data.name} has "
                    f"{len(known)}: make {name} {len(known)}"
                )
            given = self.net.settings[name]
            if isinstance(given, list) and given != [*known.symbols]:
                raise UsageError(
                    f"model: its {name} are other symbols than those of {data.name}, or in "
                    f"another order: give their number, {len(known)}"
                )
        self.net.take(read, written)

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows unchanged."""
        return rows

    def check(self, batch: Batch) -> None:
        """Raises ValueError where an index has no symbol, or a row begins with none."""
        x = batch["x"]
        if x.is_floating_point() or not x.shape[1] or int(x.max()) >= self.net.sources:
            raise UsageError(
                f"rows {x.dtype} {tuple(x.shape)}: indices of {self.net.sources} symbols are "
                "needed"
            )
        if bool((x[:, 0] < 0).any()):
            row = int((x[:, 0] < 0).nonzero()[0, 0])
            raise UsageError(f"row {row} (from 0) is empty: give every row at least one symbol")


def take_vocabulary(net: Any, known: Vocabulary, *, name: str) -> None:  # noqa: ANN401
    """Gives a net of one vocabulary the symbols of data.

    Args:
        net: with ``symbols`` and ``vocabulary``.
        known: symbols of the data.
        name: of the data.

    Raises:
        ValueError: the net has another number of symbols, or was given others or another unit.
    """
    if len(known) != net.symbols:
        raise UsageError(
            f"model: it knows {net.symbols} symbols, but {name} has {len(known)} "
            f"different {known.unit}: make vocabulary {len(known)}"
        )
    unit = net.settings["unit"]
    if unit is not None and unit != known.unit:
        raise UsageError(
            f"model: its unit is {unit}, but {name} is cut into {known.unit}: leave unit "
            "out, or take another source"
        )
    given = net.settings["vocabulary"]
    if isinstance(given, list) and given != [*known.symbols]:
        raise UsageError(
            f"model: its vocabulary has other symbols than {name}, or another order: "
            f"give their number, {len(known)}, as vocabulary"
        )
    net.vocabulary = known
