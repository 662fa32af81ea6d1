"""Settings: a TOML file of sections, read as flat dotted keys (`company.name`)."""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from invoicectl.errors import (
    DatabaseError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)

# Every setting there is: what it means, and its default (empty: none).
KEYS: dict[str, tuple[str, str]] = {
    "company.name": ("your company, as printed on invoices", ""),
    "company.address.line1": ("street and number", ""),
    "company.address.line2": ("second address line", ""),
    "company.address.city": ("city", ""),
    "company.address.region": ("state, province or region", ""),
    "company.address.postal_code": ("postal code", ""),
    "company.address.country": ("country", ""),
    "company.email": ("your e-mail address", ""),
    "company.phone": ("your telephone number", ""),
    "company.website": ("your web site", ""),
    "company.tax_id": ("your tax or VAT id", ""),
    "company.timezone": ("time zone in which a day begins, e.g. Europe/Berlin", ""),
    "company.currency": ("currency where none is given (ISO 4217)", "USD"),
    "company.locale": ("how PDFs and e-mails write money and dates, e.g. de_DE", "en_US"),
    "company.iban": ("account that invoices are paid to", ""),
    "company.bic": ("bank of that account", ""),
    "company.logo": ("picture file for the PDF", ""),
    "company.payment_term": ("payment term where a customer has none, e.g. Net 30", ""),
    "numbering.pattern": ("invoice numbers: {seq:05d}, {year}, {month}", "INV-{seq:05d}"),
    "pdf.page": ("A4 or Letter", "A4"),
    "pdf.font_path": ("a TrueType font for signs that DejaVu Sans lacks", ""),
    "pdf.template": ("look of documents: plain, modern, compact, or your own", "plain"),
    "pdf.color": ("colour of titles and bands, e.g. #7a1f3d (default: the style's)", ""),
    "pdf.template_dir": ("folder of your own templates", ""),
    "mail.transport": ("smtp, or file (writes .eml files into mail.folder)", ""),
    "mail.host": ("SMTP server", ""),
    "mail.port": ("its port (587 for starttls, 465 for tls, 25 for none)", ""),
    "mail.security": ("starttls, tls, or none (only to this machine)", "starttls"),
    "mail.username": ("login name", ""),
    "mail.password_command": ("command that prints the password", ""),
    "mail.password_file": ("file that holds the password", ""),
    "mail.from": ("sender address (default company.email)", ""),
    "mail.folder": ("folder of the file transport", ""),
    "mail.ca_file": ("certificates to trust besides the system's", ""),
    "mail.timeout": ("longest wait in seconds (60, and 600 for a mail server's last answer)", ""),
    "terminal.pager": ("what shows tables taller than the screen (default PAGER; cat: none)", ""),
}

# Every environment variable that is looked at, and what it is for.
ENVIRONMENT: dict[str, str] = {
    "INVOICECTL_DB": "the database file (--db)",
    "INVOICECTL_CONFIG": "the settings file (--config)",
    "INVOICECTL_PROFILE": "which of several companies (--profile)",
    "INVOICECTL_FORMAT": "the format of answers: table, tsv, csv, json, jsonl or xml (--format)",
    "INVOICECTL_TODAY": "the date to book, e.g. 2026-01-31 (--today)",
    "INVOICECTL_USER": "who acts, in the history of records (default: the login name)",
    "INVOICECTL_SMTP_PASSWORD": "the password for the mail server",
    "NO_COLOR": "no colours, unless it is empty (--no-color)",
    "FORCE_COLOR": "colours even where there is no terminal",
    "PAGER": "what shows tables taller than the screen, e.g. less (terminal.pager, --no-pager)",
    "COLUMNS": "how wide tables are, instead of the terminal's width",
    "TERM": "a terminal called dumb gets no colours",
    "VISUAL": "the editor of 'config edit'",
    "EDITOR": "the editor of 'config edit' where VISUAL is not set",
    "BROWSER": "the program of --open where there is no xdg-open or open",
    "PGCONNECT_TIMEOUT": "longest wait for a database server, in seconds",
    "XDG_CONFIG_HOME": "the folder that has invoicectl/config.toml (default: ~/.config)",
    "XDG_DATA_HOME": "the folder that has invoicectl/invoices.db (default: ~/.local/share)",
}


def variable(key: str) -> str:
    """Return the environment variable of a setting.

    >>> variable("company.name")
    'INVOICECTL_COMPANY_NAME'
    """
    return f"INVOICECTL_{key.replace('.', '_').upper()}"


def load(path: Path) -> dict[str, str]:
    """Return every setting, as flat keys: those of the file over the defaults.

    Raises:
        ValidationError: the file is no TOML, or has a key that does not exist.
        PermissionDeniedError: it may not be read.
    """
    settings = {key: default for key, (_, default) in KEYS.items()}
    settings.update(stored(path))
    return settings


def stored(path: Path) -> dict[str, str]:
    """Return what the file itself says; nothing where there is no file."""
    said = read(path)
    return {} if said is None else parse(said, path)


def read(path: Path) -> str | None:
    """Return the text of the file, None where there is none."""
    try:
        return path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise NotFoundError(f"{path} is a folder, not a file of settings") from None
    except PermissionError as error:
        raise PermissionDeniedError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValidationError(f"{path} is not UTF-8 (byte {error.start})") from error


def parse(text: str, path: Path) -> dict[str, str]:
    """Return what a text says; ValidationError where it is no TOML or has an unknown key."""
    import tomllib

    try:
        found = _flat(tomllib.loads(text))
    except RecursionError:
        raise ValidationError(f"{path} is not readable TOML: it is nested too deeply") from None
    except ValueError as error:  # more than a TOMLDecodeError: a number of thousands of digits
        raise ValidationError(f"{path} is not readable TOML: {error}") from error
    for key in found:
        known(key, where=f"{path}: ")
    return found


def blank() -> str:
    """Return the text of a file that names every setting and sets none."""
    sections: dict[str, list[str]] = {}
    for key, (meaning, default) in KEYS.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(f'# {name} = "{default}"  # {meaning}')
    return "\n".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            raise ValueError(f"{prefix}{name} is a list, not one value")  # noqa: TRY004 - of input  # noqa: TRY004 - of the file, not of an argument
        else:
            flat[f"{prefix}{name}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return flat


def known(key: str, *, where: str = "") -> str:
    """Return the key; ValidationError, with the nearest one that exists, where it does not."""
    if key in KEYS:
        return key
    near = get_close_matches(key, KEYS, 1)
    hint = f"did you mean {near[0]}?" if near else "'invoicectl config list' shows them all"
    raise ValidationError(f"{where}there is no setting {key!r}", hint=hint)


def checked(key: str, value: str, *, where: str = "") -> str:
    """Return a value that its setting can have; ValidationError, with the reason, otherwise.

    `where` is what to name instead of the key.
    """
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValidationError.at(where or key, "contains a control character")
    from invoicectl import config_values

    try:
        return config_values.read(key, value)
    except ValueError as error:
        raise ValidationError.at(where or key, str(error)) from error


BOOKED = ("company.currency", "company.payment_term", "numbering.pattern")


def booked(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that get into the books, as they are spelled there.

    They are looked at before they are used, not when the file is read: `config set` mends them.

    Raises:
        ValidationError: one of them cannot be.
    """
    return {key: checked(key, settings[key]) for key in BOOKED}


def store(path: Path, changes: Mapping[str, str | None]) -> None:
    """Write settings into the file, keeping its comments and order; None takes a setting out.

    Raises:
        ValidationError: a key that does not exist, or a value that it cannot have.
        PermissionDeniedError: the file or its folder may not be written.
    """
    import tomlkit

    stored(path)  # refuses a file that cannot be read before anything is changed
    document = tomlkit.parse(path.read_text("utf-8-sig")) if path.exists() else tomlkit.document()
    for key, value in changes.items():
        *sections, name = known(key).split(".")
        table = document
        for section in sections:
            table = table.setdefault(section, tomlkit.table())
        if value is None:
            table.pop(name, None)
        else:
            table[name] = checked(key, value)
    _write(path, tomlkit.dumps(document))


def replace(path: Path, text: str) -> None:
    """Put a text in the place of the file.

    Raises:
        ValidationError: it is no TOML, or has a key or a value that cannot be.
        PermissionDeniedError: the file or its folder may not be written.
    """
    for key, value in parse(text, path).items():
        checked(key, value)
    _write(path, text)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        refusal = DatabaseError if full else PermissionDeniedError
        raise refusal(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
