"""Prototxt: what protobuf's text format allows, and errors with their line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonium.caffe.text import parse_text
from harmonium.errors import DataError


def test_forms_of_values():
    net = parse_text(
        """
        # a comment
        name: "a" 'b'  # two texts are one
        input_dim: 1, input_dim: 0x10; input_dim: -3
        layer < scale: 1e-3f  lr: .5  power: 2.  flag: true  phase: TEST >
        sizes: [1, 2,
                3]
        text: "tab\\tquote\\" \\x41\\102"
        """
    )
    assert net.text("name") == "ab"
    assert net.wholes("input_dim") == [1, 16, -3]
    (layer,) = net.messages("layer")
    assert [layer.number(n, 0) for n in ("scale", "lr", "power")] == [1e-3, 0.5, 2.0]
    assert layer.flag("flag", default=False)
    assert layer.choice("phase", ("TRAIN", "TEST")) == "TEST"
    assert net.wholes("sizes") == [1, 2, 3]
    assert net.text("text") == 'tab\tquote" AB'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layer {\n name: 'a'\n", "net:3: the file ends inside braces opened in line 1"),
        ("layer {\n name 'a' }", "net:2: .*a colon or a brace"),
        ("a: 1\nb: }", "net:2: '}' where a value"),
        ("a: 1\n\n}", "net:3: '}' where the name of a field"),
        ('a: "open', "net:1: .*no prototxt"),
        ("a: [1 2]", "comma or ]"),
        ("a { b: 1 >", "net:1: '>'"),
        ("a { " * 40, "more than 32 deep"),
        ("a: 12abc", "net:1: '12abc' is no prototxt"),
        ("a: @", "no prototxt"),
    ],
)
def test_errors_name_the_line(text, message):
    with pytest.raises(DataError, match=message):
        parse_text(text, "net")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab{}<>[]:,;\"'\\#0x1.-e \n", max_size=60))
def test_any_text_is_read_or_refused(text):
    message = ""
    try:
        parse_text(text)
    except DataError as error:
        message = str(error)
    assert not message or message.startswith("prototxt:")


def test_a_long_file_of_braces_takes_no_stack():
    with pytest.raises(DataError, match="deep"):
        parse_text("a{" * 200_000)
