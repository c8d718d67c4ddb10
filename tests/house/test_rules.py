"""The rule book of polling has 27 rules, and each has a test that bears its number."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"^def test_rule_(\d\d)_", re.M)


def test_every_rule_of_polling_has_a_test() -> None:
    numbers = {int(number) for path in TESTS.rglob("test_*.py") for number in NAMED.findall(path.read_text())}
    assert set(range(1, 28)) - numbers == set()
