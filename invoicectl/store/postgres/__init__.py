"""What only PostgreSQL knows; `db.at` chooses it by the URL, and nothing else in here is imported.

The statements of the store are written once, in the SQL that SQLite speaks. `dialect` turns one
into PostgreSQL's; `connection` runs it and answers as SQLite's driver does; `schema` has the
functions, triggers and collations that make the answers the same, byte for byte.
"""
