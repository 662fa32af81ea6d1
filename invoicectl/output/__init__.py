"""Out of the door: formats, documents, templates, files and mail."""
