"""Fill an empty database with the schema, or bring an older one up to date, all or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from invoicectl.store import migrations, sqlite
from invoicectl.store.db import Reader
from invoicectl.store.postgres import address, schema, server
from invoicectl.store.postgres.connection import Connection

_EVERY_LETTER = """SELECT collname FROM pg_collation WHERE collname IN ('und-x-icu', 'C.UTF-8', 'C')
    ORDER BY array_position(ARRAY['und-x-icu', 'C.UTF-8', 'C']::name[], collname) LIMIT 1"""


def make(connection: Connection, url: str) -> bool:
    """Make the schema where nothing is, in the connection's transaction; return whether it was."""
    lock(connection)
    if server.look(connection, url):
        return False  # another process came first
    any_letter: Any = connection.execute(_EVERY_LETTER).fetchone()
    for statement in schema.statements(any_letter[0]):
        connection.raw.execute(statement.encode())
    note_parts(connection)
    return True


def unreferenced(connection: Connection) -> list[str]:
    """Let rows come in whatever they point to; return what makes it be looked for, all at once.

    To look for it row by row takes twice as long. It is a part of the transaction.
    """
    found: Any = connection.execute(_REFERENCES).fetchall()
    for table, name, _ in found:
        connection.raw.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}" for table, name, said in found]


_REFERENCES = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    ORDER BY oid"""


def note_parts(connection: Connection) -> None:
    """Keep what the schema consists of, for `check` to compare with; a migration does so again."""
    connection.execute("DELETE FROM schema_part")
    connection.execute(f"INSERT INTO schema_part {_PARTS}")


def lock(connection: Connection) -> None:
    """Wait for the one lock of writers, which the transaction holds until it ends."""
    connection.execute(server.SETTINGS)
    connection.execute(f"SELECT pg_advisory_xact_lock({server.LOCK})", {"number": 0})


def upgrade(
    url: str, said: list[str], *, steps: Path = migrations.HERE, schema: int = sqlite.SCHEMA
) -> None:
    """Bring the schema of a database to `schema` in one transaction; another may come first."""
    from invoicectl.store.postgres.writing import engine_on

    with server.errors_named(url), server.connected(url) as connection:
        with engine_on(connection).begin() as opened:
            lock(connection)
            version = server.look(connection, url)
            if version >= schema:
                return
            migrations.run(opened, steps, schema)
            note_parts(connection)
        said.append(f"brought {address.shown(url)} from schema {version} to {schema}")


# What the schema consists of, by name: as the server itself spells it, without the schema's name.
_PARTS = """SELECT name, replace(said, current_schema() || '.', '') AS said FROM (
    SELECT c.relname || '.' || a.attname AS name, concat_ws(' ',
        format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
        (SELECT collname FROM pg_collation WHERE oid = a.attcollation)) AS said,
        c.relnamespace AS schema
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND a.attisdropped IS FALSE
    UNION ALL
    SELECT c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid), c.relnamespace
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    UNION ALL
    SELECT r.relname || ' ' || c.conname,
        concat_ws(' ', pg_get_constraintdef(c.oid), c.convalidated), r.relnamespace
    FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid
    UNION ALL
    SELECT c.relname || ' ' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled),
        c.relnamespace
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE t.tgisinternal IS FALSE
    UNION ALL
    SELECT p.proname || ' ' || pg_get_function_arguments(p.oid), pg_get_functiondef(p.oid),
        p.pronamespace
    FROM pg_proc AS p WHERE p.prokind = 'f'
) AS part WHERE schema = current_schema()::regnamespace"""


def differences(reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield what is other in the schema than when it was made: a name, and how it differs."""
    rows = reader.all("SELECT name, said FROM schema_part")
    wanted: dict[str, str] = dict(tuple(row) for row in rows)
    found: dict[str, str] = dict(tuple(row) for row in reader.all(_PARTS))
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield name, "is missing"
        elif name not in wanted:
            yield name, "was added by another program"
        elif wanted[name] != found[name]:
            yield name, "is not as invoicectl makes it"
