"""Templates: what a customer sees, filled with plain values, in a sandbox.

A name is looked up in the user's own folder first, then in ours: `invoicectl/templates` in a
wheel, `templates` beside the package in a checkout. Values are dicts, lists, strings, Decimals and
dates as ISO text; `locale` among them (else `en_US`) says how money and dates are written.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.rules.currencies import digits

_PACKAGE = Path(__file__).resolve().parents[1]
_MOST_DECIMALS = 6  # of prices, quantities and rates
_USUAL_SIGNS = str.maketrans("￥￦", "¥₩")  # for the wide ones, which DejaVu lacks
_LETTER_BESIDE_NUMBER = re.compile(r"(?<=[^\W\d_])(?=-?\d)|(?<=\d)(?=[^\W\d_])")


def folders(user_dir: Path | None = None) -> list[Path]:
    """Return where templates are looked up, the user's own folder first.

    Raises:
        NotFoundError: The user's folder is not there.
    """
    if user_dir is not None and not user_dir.is_dir():
        hint = "set pdf.template_dir to a folder of templates"
        raise NotFoundError(f"no folder {user_dir}", hint=hint)
    packed = _PACKAGE / "templates"
    ours = packed if packed.is_dir() else _PACKAGE.parent / "templates"
    return [ours] if user_dir is None else [user_dir, ours]


def is_there(name: str, user_dir: Path | None = None) -> bool:
    """Return whether a folder has this template; it may be named without its ending."""
    file = f"{name.removesuffix('.html')}.html"
    is_plain = Path(file).name == file
    return is_plain and any((folder / file).is_file() for folder in folders(user_dir))


def render_html(name: str, values: Mapping[str, Any], user_dir: Path | None = None) -> str:
    """Fill an HTML template; every value is escaped.

    Raises:
        NotFoundError: No folder has such a template.
        ValidationError: The template is wrong; its name, the line and the reason are said.
    """
    return _render(environment(user_dir), name, values)


def render_text(name: str, values: Mapping[str, Any], user_dir: Path | None = None) -> str:
    """Fill a template of plain text (a subject, a text body), where nothing is escaped.

    Raises:
        NotFoundError: No folder has such a template.
        ValidationError: The template is wrong; its name, the line and the reason are said.
    """
    return _render(environment(user_dir, escape=False), name, values)


@lru_cache(maxsize=8)
def environment(user_dir: Path | None = None, *, escape: bool = True) -> jinja2.Environment:
    """Return the sandbox templates run in: the undefined is an error, values cannot be changed."""
    sandbox = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders(user_dir)]),
        autoescape=escape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sandbox.filters.update({name: _in_locale(write) for name, write in WRITERS.items()})
    sandbox.filters["markdown"] = _markdown
    return sandbox


def _render(sandbox: jinja2.Environment, name: str, values: Mapping[str, Any]) -> str:
    try:
        return sandbox.get_template(name).render(values)
    except jinja2.TemplateNotFound as missing:
        hint = "" if missing.name == name else f"template {name} wants it"
        raise NotFoundError(f"no template {missing.name}", hint=hint) from None
    except jinja2.TemplateSyntaxError as wrong:
        raise _refusal(wrong.name or name, wrong.lineno, wrong.message or "") from None
    except ValidationError:
        raise
    # A template is a program of its user's: whatever it trips over is said with its line.
    except Exception as wrong:
        raise _refusal(*_place(wrong, name), str(wrong) or type(wrong).__name__) from wrong


def _refusal(name: str, line: int, reason: str) -> ValidationError:
    return ValidationError(f"template {name} line {line}: {reason}")


def _place(wrong: Exception, name: str) -> tuple[str, int]:
    """Return the innermost template that an error passed through, and its line."""
    place, trace = (name, 0), wrong.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if not path.endswith(".py"):
            place = (Path(path).name, trace.tb_lineno)
        trace = trace.tb_next
    return place


def money(amount: Decimal, currency: str, *, locale: str) -> str:
    r"""Write an amount with its currency.

    >>> money(Decimal("-1234.50"), "USD", locale="en_US")
    '-$1,234.50'
    >>> money(Decimal("1.250"), "KWD", locale="en_US")
    'KWD\xa01.250'
    >>> money(Decimal("1250"), "JPY", locale="ja_JP")
    '¥1,250'
    """
    pattern = _pattern(locale, "money", digits(currency), digits(currency))
    text = pattern.apply(amount, read_locale(locale), currency=currency, currency_digits=False)
    return _LETTER_BESIDE_NUMBER.sub("\xa0", text.translate(_USUAL_SIGNS))


def amount(value: Decimal, currency: str, *, locale: str) -> str:
    """Write an amount without its currency, but with that currency's decimals.

    >>> amount(Decimal("1234.50"), "EUR", locale="de_DE")
    '1.234,50'
    """
    return _written(value, "number", digits(currency), digits(currency), locale)


def price(value: Decimal, currency: str, *, locale: str, least: int = 0) -> str:
    """Write a unit price: with its currency's decimals (at least `least`), more where it has more.

    >>> price(Decimal("150"), "USD", locale="en_US"), price(Decimal(".0525"), "USD", locale="en_US")
    ('150.00', '0.0525')
    """
    return _written(value, "number", max(digits(currency), least), _MOST_DECIMALS, locale)


def number(value: Decimal, *, locale: str) -> str:
    """Write a quantity.

    >>> number(Decimal("1234.500"), locale="en_US")
    '1,234.5'
    """
    return _written(value, "number", 0, _MOST_DECIMALS, locale)


def percent(fraction: Decimal, *, locale: str) -> str:
    """Write a fraction as a percentage.

    >>> percent(Decimal("0.09975"), locale="en_US")
    '9.975%'
    """
    return _written(fraction, "percent", 0, _MOST_DECIMALS, locale)


def day(iso: str, *, locale: str) -> str:
    """Write a calendar date.

    >>> day("2026-01-31", locale="en_US")
    'Jan 31, 2026'
    """
    return format_date(date.fromisoformat(iso), "medium", read_locale(locale))


WRITERS: dict[str, Callable[..., str]] = {
    write.__name__: write for write in (money, amount, price, number, percent, day)
}


@lru_cache(maxsize=32)
def read_locale(name: str) -> Locale:
    """Return what Babel knows of a locale.

    Raises:
        ValidationError: There is none of this name.
    """
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValidationError.at("company.locale", f"{name!r} is none, such as en_US") from None


def _markdown(text: str) -> Markup:
    from invoicectl.output import markdown

    return Markup(markdown.to_html(text))  # noqa: S704 - what it lets through is its whole point


def _in_locale(write: Callable[..., str]) -> Callable[..., str]:
    """Make a filter of a writer: the values say the locale."""

    @jinja2.pass_context
    def filtered(context: Context, *given: Any) -> str:
        return write(*given, locale=context.get("locale", "en_US"))

    return filtered


def _written(value: Decimal, kind: str, least: int, most: int, locale: str) -> str:
    text: str = _pattern(locale, kind, least, most).apply(value, read_locale(locale))
    return text


@lru_cache(maxsize=256)
def _pattern(locale: str, kind: str, least: int, most: int) -> NumberPattern:
    """Return how a locale writes numbers, with our decimals: its own are not those of ISO 4217."""
    known = read_locale(locale)
    formats = {
        "money": known.currency_formats["standard"],
        "number": known.decimal_formats[None],
        "percent": known.percent_formats[None],
    }
    pattern = parse_pattern(formats[kind].pattern)
    pattern.frac_prec = (least, most)
    return pattern
