"""A fuzzer that looks for inputs which reach new code, over everything that reads text.

    pip install atheris && python -m tests.fuzz.guided        five minutes
    python -m tests.fuzz.guided 3600                          an hour

It stops at the first input that is neither read nor refused in words, takes over five seconds or
600 MB, or breaks a law that holds of what was read; the input is in the file that it names, and
`python -m tests.fuzz.guided FILE` tries it again. What it learns stays in .hypothesis/guided, so
that it goes on the next time where it stopped. The first byte of an input says who reads the rest.
"""

import io
import json
import sys
import unicodedata
from contextlib import suppress
from datetime import date
from pathlib import Path

TODAY = date(2026, 1, 31)
KEPT = Path(".hypothesis/guided")


def readers():
    """Return what reads text, by name; each refuses it with a ValueError or one of our refusals."""
    import jinja2

    from invoicectl import config
    from invoicectl.output import templates
    from invoicectl.output.formula import guard, unguard
    from invoicectl.output.text import safe
    from invoicectl.rules import currencies, dates, money, numbering, terms, totals
    from invoicectl.service import bodies, imports, intake
    from invoicectl.service.imports import layouts
    from invoicectl.service.imports.sources import Source
    from invoicectl.store import filters, paging

    def amount(text):
        assert money.read(money.text(money.read(text, "KWD"), "KWD"), "KWD") == money.read(
            text, "KWD"
        )

    def number(text):
        assert money.read_number(money.plain(money.read_number(text))) == money.read_number(text)

    def amount_in_json(text):
        money.from_json(intake.parse(text, "it"), "EUR")

    def day(text):
        assert dates.read(text).isoformat() == text

    def term(text):
        assert terms.read(terms.words(terms.read(text))) == terms.read(text)

    def pattern(text):
        first = numbering.number(numbering.parse(text), TODAY, 1)
        assert numbering.sequence_of(numbering.parse(text), first, TODAY) == 1

    def day_in_format(text):
        formats, _, written = text.partition("|")
        dates.read_with(written, formats)

    def asked(text):
        filters.condition(intake.parse(text, "the filter"), TODAY)

    def body(text):
        bodies.read(intake.parse(text, "the body"))

    def template(text):
        with suppress(jinja2.TemplateSyntaxError, jinja2.TemplateAssertionError):
            templates.environment().compile(text)

    def file(kind, form):
        def read(text):
            data = text.encode("utf-8", "surrogatepass")
            source = Source("it", io.BytesIO(data), len(data))
            for entry in imports.FORMATS[form](source, imports.read(kind)).entries():
                assert entry.refusal is None or entry.refusal.message

        return read

    def guarded(text):
        assert unguard(guard(text)) == text or text.startswith("'")

    def shown(text):
        assert not {"Cc", "Cf", "Cs", "Zl", "Zp"}.intersection(
            map(unicodedata.category, safe(text))
        )

    return {
        "amount": amount, "number": number, "amount in JSON": amount_in_json, "day": day, "moment": dates.read_moment,
        "day in format": day_in_format, "term": term, "pattern": pattern, "currency": currencies.read,
        "discount": totals.read_discount, "item": lambda text: intake.item(text, "--item"), "filter": asked, "body": body,
        "cursor": lambda text: paging.decode(text, "scope"), "settings": lambda text: config.parse(text, Path("it")),
        "template": template, "guard": guarded, "shown": shown,
        **{f"{kind} {form}": file(kind, form) for kind in layouts.LAYOUTS for form in ("csv", "json", "jsonl")},
    }  # fmt: skip


def seeds(names):
    """Yield inputs to begin with: something right and something odd for each reader."""
    from tests.fuzz import kinds, odd

    right = {
        "amount": odd.AMOUNTS, "number": odd.AMOUNTS, "amount in JSON": odd.AMOUNTS, "day": odd.DAYS, "moment": odd.DAYS,
        "day in format": ["%m/%d/%Y|1/2/2026", "%j %Y|31 2026"], "term": odd.TERMS, "currency": odd.CURRENCIES,
        "pattern": ["INV-{seq:05d}", "{year}-{month}-{seq}"], "discount": ["10%", "25.00"], "item": ["desc=Web\\, x,qty=40,price=1"],
        "filter": ['{"or": [{"status": {"in": ["PAID"]}}, {"not": {"amount": {"lessThan": 1.5}}}]}'],
        "body": [json.dumps(each) for each in kinds.BODIES], "settings": ['[company]\nname = "x"\n'], "template": ["{% if a %}{{ b|c }}{% endif %}"],
        "guard": odd.NAMES, "shown": odd.NAMES,
    }  # fmt: skip
    for at, name in enumerate(names):
        kind, _, form = name.partition(" ")
        given = right.get(name, [])
        if form in {"json", "jsonl"} and kind in kinds.RECORDS:
            given = [json.dumps(kinds.RECORDS[kind])]
        elif form == "csv":
            cells = kinds.CELLS[kind]
            given = [f"{','.join(cells)}\n{','.join(cells.values())}\n"]
        for text in given:
            yield bytes([at]) + text.encode("utf-8", "surrogatepass")


def main(typed):
    """Fuzz for some seconds, or try files again."""
    import atheris

    with atheris.instrument_imports(include=["invoicectl"]):
        named = readers()
    from invoicectl.errors import InvoicectlError

    reads = list(named.values())

    def try_one(data):
        if data:
            text = data[1:].decode("utf-8", "surrogateescape")
            with suppress(ValueError, InvoicectlError):
                reads[data[0] % len(reads)](text)

    limits = ["-timeout=5", "-rss_limit_mb=600", "-max_len=4096"]
    files = [each for each in typed if not each.isdigit()]
    if not files:
        KEPT.mkdir(parents=True, exist_ok=True)
        for at, data in enumerate(seeds(list(named))):
            (KEPT / f"seed-{at:04d}").write_bytes(data)
        limits += [
            f"-max_total_time={typed[0] if typed else 300}",
            f"-artifact_prefix={KEPT.parent}/",
        ]
    atheris.Setup([sys.argv[0], *limits, *(files or [str(KEPT)])], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
