"""A long table shown a sheet at a time; `page` in the address says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from web.query import BadParameter

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Row]):
    rows: Sequence[Row]
    number: int
    """From 1."""
    sheets: int
    total: int

    def url(self, number: int) -> str:
        """The address of another sheet of the same table."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return f"{request.path}?{urlencode([*kept, ('page', str(number))])}"


def sheet(rows: Sequence[Row], size: int) -> Sheet[Row]:
    """The sheet the request asks for, or the last if there are fewer. Raises BadParameter."""
    sheets = max(1, -(-len(rows) // size))
    said = request.args.get("page", "") or "1"
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and int(said)):
        raise BadParameter(
            "The parameter page is no number of a page; leave it out to start at the first.", name="page"
        )
    number = min(int(said), sheets)
    return Sheet(
        rows=rows[(number - 1) * size : number * size], number=number, sheets=sheets, total=len(rows)
    )
