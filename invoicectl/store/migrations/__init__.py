"""Bring an older database up to date: Alembic's steps, in one transaction, after a copy was made.

A new database is made whole at the newest schema, so only a step that a release added is ever run.
With Alembic's defaults a step that dies half way leaves half of it behind on SQLite; here the
steps, their stamp and `user_version` are one immediate transaction.
"""

import sqlite3
from pathlib import Path
from typing import Any

from invoicectl.errors import DatabaseError
from invoicectl.store import copies, drafts, sqlite
from invoicectl.store.locks import write_lock

HERE = Path(__file__).parent


def upgrade(
    path: Path, said: list[str], *, steps: Path = HERE, schema: int = sqlite.SCHEMA
) -> None:
    """Bring the schema of a database to `schema`; all of it, or nothing. Says where the copy is.

    Another process may do it first: then nothing is left to do.

    Raises:
        DatabaseError: a step failed; the database is as it was.
    """
    with sqlite.errors_named(path), write_lock(path):
        version = _version(path)
        if version >= schema:
            return
        copy = keep_copy(path, version)
        said.append(f"brought {path} from schema {version} to {schema}; the old one is {copy}")
        _run(path, steps, schema)


def _version(path: Path) -> int:
    connection = sqlite.connect(path, readonly=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def keep_copy(path: Path, version: int) -> Path:
    """Copy a database beside itself, readable by its owner alone, and return where it is."""
    copy = path.with_name(f"{path.name}.schema-{version}")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.schema-{version}.{number}")
    draft = drafts.beside(copy, "part")
    try:
        copies.copy(path, draft)
        draft.replace(copy)
        drafts.sync(copy.parent)
    finally:
        drafts.forget(draft)
    return copy


def _run(path: Path, steps: Path, schema: int) -> None:
    from invoicectl.store.session import engine_on

    connection = sqlite.connect(path, readonly=False)
    connection.execute("PRAGMA foreign_keys=OFF")  # a table that is rebuilt is dropped on the way
    engine = engine_on(connection)
    try:
        with engine.begin() as opened:
            connection.execute("BEGIN IMMEDIATE")
            run(opened, steps, schema)
            _refuse_orphans(connection, path)
            opened.exec_driver_sql(f"PRAGMA user_version = {schema}")
    finally:
        engine.dispose()
        connection.close()


def run(opened: Any, steps: Path, schema: int) -> None:
    """Take Alembic's steps up to a schema in an open transaction of SQLAlchemy's."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(steps))
    script = ScriptDirectory.from_config(config)
    target = f"{schema:04d}"

    def plan(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs(target, revision)  # noqa: SLF001 - what Alembic's own command does

    with EnvironmentContext(config, script, fn=plan) as context:
        context.configure(connection=opened, transactional_ddl=True)
        context.run_migrations()


def _refuse_orphans(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise DatabaseError(f"{path} could not be brought up to date: a row lost what it points to")
