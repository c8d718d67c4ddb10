"""What is wrong with a database is found and said, on both kinds."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store import Store
from aggregator.store.checking import problems
from aggregator.store.dialect import is_sqlite
from aggregator.store.layout import layouts


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def spoil(store: Store, statement: str) -> None:
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text(statement))


def test_a_store_in_use_is_sound(stocked: Store, now: datetime) -> None:
    assert problems(stocked.engine, untold) == ()
    stocked.expired = stocked.tellings[0][1:]
    assert stocked.expire(now) > 0
    stocked.give_back(thoroughly=True)
    assert problems(stocked.engine, untold) == ()


WRONG = {
    "DELETE FROM article_key WHERE position = (SELECT MAX(position) FROM article)": "article_key does not say what",
    "DELETE FROM article_facet WHERE position = (SELECT MAX(position) FROM article)": "article_facet does not say",
    "UPDATE article_point SET cell = cell + 1": "article_point does not say what",
    "UPDATE meta SET value = 3 WHERE key = 'article'": "article is 30, and the counter says 3;",
    "DELETE FROM meta WHERE key = 'entry'": "and the counter says 0;",
    "INSERT INTO fingerprint (key, article_id) VALUES (1, 99)": "1 rows of fingerprint belong to no article",
    "INSERT INTO tag (n, reader_n, name) VALUES (77, 88, 'x')": "1 rows of tag belong to no reader",
    "UPDATE article SET title = 'Rain' WHERE id = 2": "The index of words does not say what the articles say",
    "DROP INDEX article_first_seen": "The tables are not as this program makes them (add_index)",
}


def test_what_does_not_hold_is_said(stocked: Store) -> None:
    for statement in WRONG:
        spoil(stocked, statement)
    found = problems(stocked.engine, untold)
    assert [sentence for sentence in WRONG.values() if not any(sentence in one for one in found)] == []


def test_an_index_that_postgresql_alone_has_is_missed_there_alone(stocked: Store) -> None:
    spoil(stocked, "DROP INDEX IF EXISTS article_key_position")
    missing = (
        () if is_sqlite(stocked.engine) else ("The tables are not as this program makes them (add_index)",)
    )
    assert tuple(one.partition(";")[0] for one in problems(stocked.engine, untold)) == missing


def test_an_article_that_is_missing_in_the_index_of_words_is_found(stocked: Store) -> None:
    with stocked.engine.connect() as connection:
        sqlite = is_sqlite(connection)
    (one,) = list(stocked.every_article())[:1]
    spoil(
        stocked,
        f"DELETE FROM article_words_docsize WHERE id = {one.position}"
        if sqlite
        else f"DELETE FROM article_words WHERE position = {one.position}",
    )
    (found,) = problems(stocked.engine, untold)
    assert "The index of words does not say what the articles say" in found


def test_a_row_without_what_it_refers_to_is_found(stocked: Store) -> None:
    with stocked.engine.connect() as connection:
        if not is_sqlite(connection):
            assert any(layout.name == "token" for layout in layouts(connection))
            return  # PostgreSQL refuses such a row itself
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("UPDATE token SET reader_n = 99")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    (found,) = problems(stocked.engine, untold)
    assert found == "1 rows of token belong to no reader (reader_n); restore a backup."


def test_a_sequence_that_would_give_a_number_again_is_found(stocked: Store) -> None:
    with stocked.engine.connect() as connection:
        sqlite = is_sqlite(connection)
    spoil(
        stocked,
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'reader'"
        if sqlite
        else "SELECT setval('reader_n_seq', 1)",
    )
    (found,) = problems(stocked.engine, untold)
    assert found.startswith("The last number of reader is 2, and its sequence says 1;")


def test_a_database_of_an_earlier_release_is_to_be_brought_up_to_date_first(stocked: Store) -> None:
    spoil(stocked, "UPDATE alembic_version SET version_num = '0012'")
    (found,) = problems(stocked.engine, untold)
    assert "is not up to date (schema 0012): dateline db upgrade" in found
    spoil(stocked, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="written by a newer Dateline"):
        problems(stocked.engine, untold)
