"""What the values of settings can be, and how they are spelled."""

from collections.abc import Callable

Check = Callable[[str], str]


def read(key: str, value: str) -> str:
    """Return a setting's value as it is spelled; empty is none, and any setting can be that.

    Raises:
        ValueError: it cannot have this value.
    """
    check = CHECKS.get(key)
    return check(value) if value and check is not None else value


def _one_of(*words: str) -> Check:
    def check(value: str) -> str:
        for word in words:
            if word.lower() == value.lower():
                return word
        msg = f"is {value!r}; it can be {', '.join(words)}"
        raise ValueError(msg)

    return check


def _currency(value: str) -> str:
    from invoicectl.rules import currencies

    return currencies.read(value)


def _pattern(value: str) -> str:
    from invoicectl.rules import numbering

    numbering.parse(value)
    return value


def _timezone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        msg = f"{value!r} is not a time zone such as Europe/Berlin"
        raise ValueError(msg) from None
    return value


def _term(value: str) -> str:
    from invoicectl.rules import terms

    return terms.words(terms.read(value))


def _port(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        msg = f"{value!r} is not a port number"
        raise ValueError(msg)
    return value


def _seconds(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 3600):
        msg = f"{value!r} is not a number of seconds from 1 to 3600"
        raise ValueError(msg)
    return value


def _locale(value: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(value, sep="-" if "-" in value else "_"))
    except (ValueError, UnknownLocaleError):
        msg = f"{value!r} is not a locale such as en_US"
        raise ValueError(msg) from None


def _color(value: str) -> str:
    from invoicectl.output import colors

    return colors.read(value)


def _account(check: str) -> Check:
    def checked(value: str) -> str:
        from invoicectl.output import payment

        return str(getattr(payment, check)(value))

    return checked


CHECKS: dict[str, Check] = {
    "company.currency": _currency,
    "company.timezone": _timezone,
    "company.locale": _locale,
    "company.iban": _account("checked_iban"),
    "company.bic": _account("checked_bic"),
    "company.payment_term": _term,
    "numbering.pattern": _pattern,
    "pdf.page": _one_of("A4", "Letter"),
    "pdf.color": _color,
    "mail.transport": _one_of("smtp", "file"),
    "mail.security": _one_of("starttls", "tls", "none"),
    "mail.port": _port,
    "mail.timeout": _seconds,
}
