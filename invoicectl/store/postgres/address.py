"""Addresses of databases on a server: read, and shown without the password."""

import re

from invoicectl.errors import DatabaseError

SCHEMES = ("postgresql", "postgres")

_SECRET = re.compile(r"((?:^|[?&])\w*password=)[^&]*", re.IGNORECASE)


def shown(url: str) -> str:
    """Return an address without its password.

    >>> shown("postgresql://ann:secret@db.example/books?sslmode=require")
    'postgresql://ann@db.example/books?sslmode=require'
    >>> shown("postgresql://db.example/books?password=secret")
    'postgresql://db.example/books?password=***'
    """
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    hidden = _SECRET.sub(r"\1***", place)
    return f"{scheme}://{user.partition(':')[0]}{at}{hidden}"


def refuse_unreadable(url: str) -> None:
    """Refuse an address of which parts would be taken for others, as a password with an `@` is.

    Raises:
        DatabaseError: it is no address of a PostgreSQL database; the message has no part of it.
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in SCHEMES:
        known = "postgresql://USER@HOST/DATABASE, or the path of a SQLite file"
        raise DatabaseError(f"{scheme}:// databases are not supported", hint=f"give {known}")
    server = re.split(r"[/?]", rest, maxsplit=1)[0]
    if rest.count("@") > server.count("@") or server.count("@") > 1:
        raise unreadable()


def unreadable() -> DatabaseError:
    """Return the refusal of an address that cannot be taken apart."""
    return DatabaseError(
        "the address of the database cannot be read",
        hint="write postgresql://USER@HOST:PORT/DATABASE; in a password @ is %40, / is %2F, : is"
        " %3A, better is PGPASSFILE",
    )
