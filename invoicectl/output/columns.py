"""Which columns a table of each kind has, what they are called, and which go first.

A column with `drop` 0 is never left out; of the others the highest goes first when a
terminal is narrow. Only a column that `shrinks`, free text, may be shortened: amounts,
dates and references are shown whole or not at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from invoicectl.output.as_json import compact
from invoicectl.output.details import in_words
from invoicectl.output.fields import Row, value_at
from invoicectl.rules.currencies import digits

Show = Callable[[Any, Row], str]

STATUS_WORDS = {
    "DRAFT": "draft",
    "AWAITING_PAYMENT": "awaiting",
    "PARTIALLY_PAID": "partly paid",
    "PAID": "paid",
    "VOIDED": "void",
}


def as_text(value: Any, row: Row) -> str:
    """Show anything: lists between commas, of another record its name or reference."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(as_text(one, row) for one in value)
    if isinstance(value, dict):
        names = (value.get(name) for name in ("name", "friendlyId", "code", "key"))
        return next((str(name) for name in names if name is not None), compact(value).decode())
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)


def as_amount(value: Any, row: Row) -> str:
    """Show an amount with separators, without its currency: `1,234.50`."""
    return f"{value:,f}" if isinstance(value, Decimal) else as_text(value, row)


def as_money(value: Any, row: Row) -> str:
    """Show an amount with the row's currency: `1,234.50 EUR`."""
    if not isinstance(value, Decimal):
        return as_text(value, row)
    return f"{value:,f} {row.get('currency') or ''}".rstrip()


def as_price(value: Any, row: Row) -> str:
    """Show a unit price: with the decimals of its currency, or more where it has more."""
    if not isinstance(value, Decimal):
        return as_text(value, row)
    decimals = max(0, -int(value.as_tuple().exponent))
    return f"{value:,.{max(decimals, digits(row['currency']) if row.get('currency') else 0)}f}"


def as_percent(value: Any, _row: Row) -> str:
    """Show a fraction as a percentage: 0.13 is `13 %`."""
    if value is None:
        return ""
    text = f"{Decimal(value) * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def as_status(value: Any, row: Row) -> str:
    """Show a state in the words of a bookkeeper."""
    if value == "AWAITING_PAYMENT" and row.get("overdue"):
        return "overdue"
    return STATUS_WORDS.get(value, as_text(value, row).lower().replace("_", " "))


def as_late(value: Any, row: Row) -> str:
    """Show by how many days something is overdue; nothing when it is not."""
    return f"{value} d" if row.get("overdue") and value else ""


@dataclass(frozen=True)
class Column:
    """One column: its heading, where its value is (the first name that has one), its manners."""

    title: str
    names: tuple[str, ...]
    show: Show = as_text
    right: bool = False
    shrinks: bool = False
    drop: int = 0
    alarms: bool = False  # red in the row of something overdue
    wraps: str = ""  # what is too wide is not cut, but goes on in the next line after one of these
    yields: bool = False  # the first to become narrower

    def cell(self, row: Row) -> str:
        """Return what this column says of a row."""
        values = (value_at(row, name) for name in self.names)
        return self.show(next((value for value in values if value is not None), None), row)


def text(title: str, names: str, drop: int = 0) -> Column:
    """Return a column of free text, which may be shortened."""
    return Column(title, tuple(names.split()), shrinks=True, drop=drop)


def prose(
    title: str, names: str, drop: int = 0, *, show: Show = as_text, at: str = " ",
    yields: bool = False,
) -> Column:  # fmt: skip
    """Return a column of free text that is shown whole, on several lines if it has to be."""
    names_ = tuple(names.split())
    return Column(title, names_, show, shrinks=True, drop=drop, wraps=at, yields=yields)


def whole(
    title: str, names: str, drop: int = 0, *, show: Show = as_text, alarms: bool = False
) -> Column:
    """Return a column of references, dates or words, which is shown whole."""
    return Column(title, tuple(names.split()), show, drop=drop, alarms=alarms)


def number(
    title: str, names: str, drop: int = 0, *, show: Show = as_money, alarms: bool = False
) -> Column:
    """Return a column of figures, which stand to the right."""
    return Column(title, tuple(names.split()), show, right=True, drop=drop, alarms=alarms)


NUMBER = whole("Number", "friendlyId key id")
CUSTOMER = text("Customer", "customer.name customer.friendlyId customer.key customer")
KEY = whole("Key", "key", 9)
DESCRIPTION = prose("Description", "description")
DATE, DUE = whole("Date", "invoiceDate", 6), whole("Due", "dueDate", 1, alarms=True)
DETAIL = prose("Detail", "detail", at=", ", show=lambda told, row: in_words(told, row, as_text))
OWED = number("Owed", "amountOwed", alarms=True)

TABLES: dict[str, tuple[Column, ...]] = {
    "invoice": (
        NUMBER,
        CUSTOMER,
        DATE,
        DUE,
        whole("Status", "status", 2, show=as_status),
        number("Amount", "amount", 3, show=as_amount),
        OWED,
        number("Late", "daysOverdue", 4, show=as_late, alarms=True),
    ),
    "overdue": (  # invoices, where all of them are: the days say more than the status
        NUMBER,
        CUSTOMER,
        DATE,
        DUE,
        whole("Status", "status", 5, show=as_status),
        number("Amount", "amount", 4, show=as_amount),
        OWED,
        number("Late", "daysOverdue", 2, show=as_late, alarms=True),
    ),
    "payment": (
        NUMBER,
        CUSTOMER,
        whole("Date", "paymentDate"),
        text("Method", "method paymentMethodType", 2),
        text("Reference", "reference", 3),
        number("Amount", "amount"),
        number("Unapplied", "unapplied", 1),
    ),
    "credit": (
        NUMBER,
        CUSTOMER,
        whole("Date", "date", 1),
        whole("Status", "status", 2, show=as_status),
        text("Reference", "reference", 3),
        number("Amount", "amount", 1),
        number("Remaining", "remaining"),
    ),
    "customer": (
        NUMBER,
        KEY,
        text("Name", "name"),
        text("E-mail", "email", 3),
        whole("Phone", "phone phoneNumber", 6),
        whole("Currency", "currency", 5),
        text("Term", "paymentTerm.name paymentTerm", 4),
        whole("Status", "status", 2, show=as_status),
    ),
    "order": (
        NUMBER,
        KEY,
        CUSTOMER,
        whole("Date", "orderDate", 2),
        text("PO number", "poNumber", 3),
        number("Amount", "amount", 4),
        whole("Status", "status", 1, show=as_status),
    ),
    "shipment": (
        NUMBER,
        KEY,
        whole("Order", "order.friendlyId orderKey order orderId", 2),
        text("Customer", "customer.name customer", 3),
        whole("Delivered", "deliveredOn", 1),
        whole("Invoice", "invoice.friendlyId invoice", 4),
    ),
    "term": (
        text("Name", "name"),
        KEY,
        number("Days", "days", 1, show=as_text),
        text("Description", "description", 3),
        number("Quick pay", "quickPayFee", 4, show=as_percent),
        whole("Payables only", "apOnly", 5),
        whole("Not to be used", "doNotUse", 2),
    ),
    "tax": (
        whole("Code", "code key friendlyId"),
        text("Name", "name"),
        number("Rate", "rate", show=as_percent),
    ),
    "product": (
        whole("Code", "code key friendlyId"),
        text("Name", "name description"),
        whole("Unit", "unit", 2),
        number("Price", "unitPrice price"),
        text("Tax", "tax", 1),
    ),
    "activity": (
        whole("At", "at"),
        text("By", "by", 1),
        whole("Record", "friendlyId record", 2),
        whole("Action", "action"),
        DETAIL,
    ),
    "story": (  # activity, where all of it is of one record
        whole("At", "at"),
        text("By", "by", 1),
        whole("Action", "action"),
        DETAIL,
    ),
    "document": (
        NUMBER,
        text("File", "fileName documentUrl", 1),
        whole("Made", "createdAt", 2),
        whole("SHA-256", "sha256 documentSha256", 3),
    ),
    "line": (
        number("#", "position", 3, show=as_text),
        DESCRIPTION,
        number("Quantity", "quantity", 1, show=as_text),
        whole("Unit", "unit", 4),
        number("Price", "unitPrice", 2, show=as_price),
        number("Discount", "discount", 5, show=as_amount),
        number("Tax", "tax", 3, show=as_amount),
        number("Total", "total", show=as_amount),
    ),
    "charge": (
        DESCRIPTION,
        number("Quantity", "quantity", 1, show=as_text),
        whole("Unit", "unit", 4),
        number("Price", "unitPrice", show=as_price),
        text("Tax", "tax", 3),
    ),
    "invoicePayment": (
        whole("Date", "paymentDate"),
        number("Amount", "amount"),
        text("Method", "paymentMethodType method", 1),
        text("Reference", "reference", 2),
        whole("Group", "paymentGroupId", 3),
    ),
    "invoiceCredit": (
        whole("Date", "appliedAt"),
        number("Amount", "amount"),
        text("Credit memo", "creditMemoReference creditMemoFriendlyId creditMemoId"),
    ),
    "application": (
        whole("Date", "appliedAt"),
        number("Amount", "amount"),
        whole("Invoice", "invoice.friendlyId invoice invoiceId"),
    ),
    "failure": (
        whole("Failed", "ref shipmentKey shipmentId"),
        whole("Error", "error", 1),
        prose("Message", "message"),
    ),
    "finding": (
        whole("Check", "check"),
        whole("Record", "ref", 1),
        prose("Message", "message"),
    ),
    "setting": (
        whole("Key", "key path"),
        prose("Value", "value"),
        prose("Meaning", "meaning", 1, yields=True),
    ),
    "origin": (  # settings, where it is asked where they come from
        whole("Key", "key"),
        prose("Value", "value"),
        prose("Origin", "origin", yields=True),
    ),
    "profile": (
        whole("Profile", "profile"),
        text("Company", "company"),
        prose("Database", "database", 1, yields=True),
        whole("Chosen", "chosen"),
    ),
    "template": (
        whole("Name", "name"),
        whole("Used", "used"),
        prose("Meaning", "meaning"),
        prose("Path", "path", 1),
    ),
    "generated": (
        whole("Shipment", "shipmentKey shipmentId"),
        whole("Invoice", "friendlyId"),
        whole("Document", "documentId", 1),
    ),
    "email": (
        text("Customer", "customer.name customer"),
        text("To", "to"),
        text("Invoices", "invoices"),
        text("Failed", "message"),
    ),
}

# What a list of a kind is shown as instead, where something is so of all its rows.
INSTEAD: dict[str, tuple[str, Callable[[Sequence[Row]], bool]]] = {
    "invoice": ("overdue", lambda rows: all(row.get("overdue") is True for row in rows)),
    "activity": ("story", lambda rows: len({row.get("friendlyId") for row in rows}) == 1),
    "setting": ("origin", lambda rows: "origin" in rows[0]),
}
