"""The database: its tables, its migrations, its transactions, and the SQL that asks it."""
