"""The aging report as XML."""

from collections.abc import Iterator
from typing import Any

from invoicectl.output import as_xml
from invoicectl.output.fields import Row
from invoicectl.output.text import to_utf8


def pieces(report: Row) -> Iterator[bytes]:
    """Yield the report: a `<row>` for each customer and currency, and a `<total>` a currency."""
    yield as_xml.DECLARATION + b"<aging>\n"
    yield as_xml.element("asOf", report["asOf"], 1) + as_xml.element("by", report["by"], 1)
    for name, rows in (("row", report["rows"]), ("total", report["totals"])):
        for row in rows:
            yield f"  <{name}>\n".encode() + _xml_row(row) + f"  </{name}>\n".encode()
    yield b"</aging>\n"


def _xml_row(row: Row) -> bytes:
    """Return what is in a row: its names, and an element for each of its amounts."""
    parts = []
    for name, value in row.items():
        if name == "amounts":
            parts += [_xml_bucket(label, amount) for label, amount in value.items()]
        else:
            parts.append(as_xml.element(name, value, 2))
    return b"".join(parts)


def _xml_bucket(label: str, amount: Any) -> bytes:
    return to_utf8(f'    <bucket label="{label}">{as_xml.content(amount)}</bucket>\n')
