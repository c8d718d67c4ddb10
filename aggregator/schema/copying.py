"""Changed copies of the nouns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

Noun = TypeVar("Noun")


def replace(one: Noun, /, **changes: Any) -> Noun:
    """Like `dataclasses.replace`, in a third of its time: polling makes eight of each article.

    Only for dataclasses with slots and without `__post_init__`.
    """
    kind: Any = type(one)
    setters, values = _parts(kind)
    copy: Noun = object.__new__(kind)
    for set_field, value in zip(setters.values(), values(one), strict=True):
        set_field(copy, value)
    for name, value in changes.items():
        setters[name](copy, value)
    return copy


@lru_cache
def _parts(kind: type) -> tuple[dict[str, Callable[[Any, Any], None]], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(field.name for field in fields(kind))
    setters = {name: vars(kind)[name].__set__ for name in names}
    values = attrgetter(*names)
    return setters, values if len(names) > 1 else lambda one: (values(one),)
