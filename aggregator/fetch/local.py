"""Sources that are files on this machine."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from email.utils import formatdate

from aggregator.errors import FetchError, LimitError
from aggregator.fetch.inflate import inflate
from aggregator.schema import Download, Memory


def read(path: str, memory: Memory, *, now: datetime, conditional: bool, limit: int) -> Download:
    """The file as a download: 304 if it has not changed since the memory's validators, else 200.

    The time of its last change is the validator, with and (as ETag) finer than seconds. Raises FetchError
    if it is missing, unreadable or no regular file, LimitError if it has more than `limit` bytes.
    """
    try:
        # A pipe without a writer would block the poll for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise FetchError(f"{path} is no regular file; give the path of a feed.")
            etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
            modified = formatdate(found.st_mtime, usegmt=True)
            same = memory.etag == etag if memory.etag else memory.last_modified == modified
            if conditional and same:
                return Download(
                    url=path, final_url=path, status=304, etag=etag, last_modified=modified, fetched_at=now
                )
            body = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a path"
        raise FetchError(f"{path} cannot be read ({reason}); check the path and who may read it.") from None
    if len(body) > limit:
        raise LimitError(f"{path} has more than {limit:,} bytes; max_bytes in [fetch] sets the limit.")
    return Download(
        url=path,
        final_url=path,
        status=200,
        body=inflate(body, "", limit, path),
        etag=etag,
        last_modified=modified,
        fetched_at=now,
    )
