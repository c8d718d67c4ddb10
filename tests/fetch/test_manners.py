"""What an origin sees of us: headers, validators, pace, connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from aggregator import __version__
from aggregator.errors import FetchError
from aggregator.fetch import Fetcher
from aggregator.schema import Secret
from tests_fetch import NOW, memory_of, settings, source_of
