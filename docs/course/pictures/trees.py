"""Pictures of the page on trees: a negation and a contrast, as the RNTN classifies them."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from harmonium import train
from harmonium.apply import Trained
from harmonium.data import Trees, longest_of, read_tree, tree_rows, trees_of
from harmonium.describe.builtin import find
from harmonium.report.tree_picture import tree_picture

HERE = Path(__file__).parent
SENTENCES = {
    "trees": "(? (? (? the) (? plot)) (? (? (? (? is) (? not)) (? (? very) (? good))) (? .)))",
    "trees-contrast": "(? (? (? (? the) (? plot)) (? (? is) (? dull))) (? (? ,) (? (? but) (? (? "
    "(? the) (? cast)) (? (? is) (? wonderful))))))",
}


def main():
    with TemporaryDirectory() as folder:
        used = Trained(train(find("sst_rntn"), output=folder))
        model, classes = used.able("nodes"), [*map(str, used.classes)]
        kind = Trees(used.features, longest_of(used.width))
        for name, text in SENTENCES.items():
            rows = tree_rows([read_tree(text)], kind)
            with torch.no_grad():
                taken = model.node_log_probs({"x": rows}).argmax(2).tolist()
            labels = [[classes[k] for k in row] for row in taken]
            (tree,) = trees_of(rows, kind, labels=labels)
            tree_picture(tree, classes).savefig(HERE / f"{name}.png")
            print(name, tree)


if __name__ == "__main__":
    main()
