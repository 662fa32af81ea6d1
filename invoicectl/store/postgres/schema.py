"""The schema on PostgreSQL: the tables of `tables/`, and what makes them behave the same.

Text is compared by its bytes (collation "C"), as SQLite does; ids go on from the greatest that is
stored, so that a transaction that is undone leaves no gap; the functions have the names that the
store's statements call.
"""

import re
from collections.abc import Iterator

from invoicectl.store import seals, sqlite
from invoicectl.store.postgres.dialect import translate

MARK = "invoicectl"  # the comment on `alembic_version`: tells our databases from other programs'
NOTING = "invoicectl.noting"  # a setting that is on while our own transactions change records

_FUNCTIONS = r"""
CREATE FUNCTION next_id(owner regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %s', owner) INTO found;
    RETURN found;
END $$;
CREATE FUNCTION quoted(anyelement) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT coalesce('''' || replace($1::text, '''', '''''') || '''', 'NULL') $$;
CREATE FUNCTION seal(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT encode(sha256($1), 'hex') $$;
CREATE FUNCTION folded(text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS
    $$ SELECT array_agg(lower(one COLLATE "C")) FROM unnest($1) AS one $$;
CREATE FUNCTION has_text(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT strpos(lower($1 COLLATE "{any_letter}"), $2) > 0 $$;
CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$ SELECT strpos($1, $2) $$;
CREATE FUNCTION iif(boolean, anycompatible, anycompatible) RETURNS anycompatible
    LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 THEN $2 ELSE $3 END $$;
CREATE FUNCTION julianday(text) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$ SELECT $1::date - DATE '2000-01-01' $$;
CREATE FUNCTION printf(pattern text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT replace($1, '%05d', lpad($2::text, greatest(5, length($2::text)), '0')) $$;
CREATE FUNCTION json_valid(given text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM given::json;
    RETURN given IS NOT NULL;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN FALSE;
END $$;
CREATE FUNCTION json_part(given text, place text) RETURNS json LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN given::json -> substr(place, 3);
EXCEPTION WHEN invalid_text_representation THEN
    RETURN NULL;
END $$;
CREATE FUNCTION json_type(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE json_typeof(json_part($1, $2)) WHEN 'string' THEN 'text'
        ELSE json_typeof(json_part($1, $2)) END $$;
CREATE FUNCTION json_extract(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE json_typeof(json_part($1, $2)) WHEN 'boolean'
        THEN (json_part($1, $2)::text::boolean)::integer::text
        ELSE json_part($1, $2) #>> '{{}}' END $$;
CREATE FUNCTION has_attribute(text, text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT EXISTS (SELECT 1 FROM json_array_elements($1::json) AS a
        WHERE a ->> 'name' = $2 AND CASE json_typeof(a -> 'value')
            WHEN 'string' THEN a ->> 'value' ELSE (a -> 'value')::text END = $3) $$;
CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE FUNCTION document_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document never changes' USING ERRCODE = 'check_violation';
END $$;
"""

_STANDS = """CREATE TRIGGER document_stands BEFORE UPDATE OF content, sha256 ON document
    FOR EACH ROW EXECUTE FUNCTION document_stands()"""


def statements(any_letter: str) -> Iterator[str]:
    """Yield what makes the whole schema; `any_letter` is a collation that knows every alphabet."""
    yield _FUNCTIONS.format(any_letter=any_letter)
    yield from _tables()
    yield from (translate(index).replace("%%", "%") for index in sqlite.INDEXES_IN_ANY_CASE)
    for table in sqlite.APPEND_ONLY:
        yield (
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION only_added()"
        )
        yield (
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION only_added()"
        )
    yield _STANDS
    yield from watching()
    yield "CREATE TABLE schema_part (name text PRIMARY KEY, said text NOT NULL)"
    yield 'CREATE TABLE alembic_version (version_num TEXT COLLATE "C" PRIMARY KEY)'
    yield f"COMMENT ON TABLE alembic_version IS '{MARK}'"
    yield f"INSERT INTO alembic_version VALUES ('{sqlite.SCHEMA:04d}')"


def _tables() -> Iterator[str]:
    from sqlalchemy import text
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateIndex, CreateTable
    from sqlmodel import SQLModel

    from invoicectl.store import tables  # noqa: F401 - fills the metadata

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in SQLModel.metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect))
        counts = "BIGSERIAL" in made
        yield re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', made.replace("BIGSERIAL", "BIGINT"))
        if counts:
            yield f"ALTER TABLE {table.name} ALTER id SET DEFAULT next_id('{table.name}')"
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            if where := index.info.get("where"):
                index.dialect_options["postgresql"]["where"] = text(where)
            made = str(CreateIndex(index).compile(dialect=dialect))
            sorts = index.name == "invoice_by_due_date"  # as `dialect` has NULL come first
            yield made.replace("due_date,", "due_date NULLS FIRST,") if sorts else made


def watching() -> Iterator[str]:
    """Yield the triggers that note which records our own transactions touch (see `seals`).

    A migration that changes what a seal covers makes them anew.
    """
    for table, event, noted in seals.watched():
        name = f"watch_{table}_{event.split(maxsplit=1)[0].lower()}"
        body = " ".join(
            f"INSERT INTO touched SELECT '{sealed}', {record_id}, {is_new}"
            f" WHERE {record_id} IS NOT NULL ON CONFLICT DO NOTHING;"
            for sealed, record_id, is_new in noted
        )
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW"
            f" WHEN (current_setting('{NOTING}', true) = 'on') EXECUTE FUNCTION {name}()"
        )


TOUCHED = f"""CREATE TEMP TABLE IF NOT EXISTS touched (sealed text COLLATE "C", id bigint,
    is_new integer, PRIMARY KEY (sealed, id));
SET LOCAL {NOTING} = 'on'"""
