"""The scanner that finds on which line a key stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregator.settings.lines import KeyPath, key_lines


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path of a parsed document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from paths(below, (*path, key))


def test_a_key_in_an_array_of_tables_has_its_own_line() -> None:
    text = '[[source]]\nurl = "a"\n\n[[source]]\n# a comment\nurl = "b"\n'
    lines = key_lines(text)
    assert (lines["source", 0, "url"], lines["source", 1, "url"]) == (2, 6)
    assert (lines["source", 0], lines["source", 1]) == (1, 4)


def test_a_multi_line_string_with_text_like_toml_does_not_mislead() -> None:
    text = 'a = """\n[web]\nport = 1 \\""" \n"""""\nb = \'\'\'\n# "\n[x]\'\'\'\n[web]\nport = 2\n'
    lines = key_lines(text)
    assert (lines[("b",)], lines["web", "port"]) == (5, 9)


def test_a_multi_line_array_with_comments_is_walked() -> None:
    text = 'a = [ # one ]\n  "x", # two "\n\n  [1,\n  { b = 2 }],\n]\nc = 1\n'
    lines = key_lines(text)
    assert (lines["a", 0], lines["a", 1], lines["a", 1, 1, "b"], lines[("c",)]) == (2, 4, 5, 7)


def test_dotted_and_quoted_keys_are_split_as_tomllib_splits_them() -> None:
    text = 'x = 1\nweb . "po.rt" = 1\nweb.\'h\' = {a.b = 1, "c\\u0064" = 2}\n'
    lines = key_lines(text)
    assert lines["web", "po.rt"] == 2
    assert lines["web", "h", "a", "b"] == 3
    assert lines["web", "h", "cd"] == 3


def test_a_table_below_an_array_of_tables_belongs_to_its_last_element() -> None:
    text = "[[source]]\n[source.headers]\nA = 'x'\n[[source]]\n[source.headers]\nA = 'y'\n"
    lines = key_lines(text)
    assert (lines["source", 0, "headers", "A"], lines["source", 1, "headers", "A"]) == (3, 6)


def test_values_of_every_type_are_stepped_over() -> None:
    text = (
        "a = 1979-05-27 07:32:00Z # x\nb = +1_000.5e-3\nc = true\nd = [ 1, ]\ne = {}\nf = []\ng = inf\nh = 1"
    )
    assert [key_lines(text)[(key,)] for key in "abcdefgh"] == list(range(1, 9))


SIMPLE = st.sampled_from(
    ['"x"', "'#'", '"\\""', "7", "true", "1979-05-27", '"""a\n"b" = 1\n"""', "'''\n[t]\n'''", '""""""', "''"]
)
VALUE = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ # ]\n" + " ,\n".join(items) + "\n]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"k{n}.'}}' = {item}" for n, item in enumerate(items)) + "}"
        ),
    ),
    max_leaves=6,
)
TABLE = st.tuples(
    st.sampled_from(["[[s]]", "[[s]] # [t]", "[[ s ]]", "[[s.t]]"]),
    st.lists(VALUE, max_size=3),
)


@given(st.lists(VALUE, max_size=3), st.lists(TABLE, max_size=4))
def test_every_key_tomllib_finds_has_a_line_that_holds_it(top: list[str], tables: list[Any]) -> None:
    text = "".join(f"key{n} = {value}\n" for n, value in enumerate(top))
    for head, values in [("[[s]]", []), *tables]:
        text += f"\n{head}\n" + "".join(f'  "key {n}" = {value} # end\n' for n, value in enumerate(values))
    lines, source = key_lines(text), text.split("\n")
    for path in paths(tomllib.loads(text)):
        if path not in lines:
            assert any(found[: len(path)] == path for found in lines)
        elif isinstance(path[-1], str):
            assert path[-1] in source[lines[path] - 1]
