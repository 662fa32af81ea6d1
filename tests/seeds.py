"""All that four other systems have, and the command line that does it here; one table, `ROWS`.

A is at /invoices (filters, batches, aging), B makes invoices of /api/v3/orders, C is at
/api/v1/invoices (drafts, publishing, payments), D at /v2/invoices (look-ups). Every row is run in
the company that COMPANY makes, each in a fresh copy of it.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Holds = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """What a system has, what is typed for it here, and what then stands in the answer.

    `command` is all after `invoicectl`; $late is the id of what has the key `late`. `holds` says
    for paths into the answer what stands there: a value, or a function that is true of it. A path
    begins with stdout, stderr, error or file, else it is into the JSON. `then` is what a later
    command shows. Of a filter, `where` says in Python which invoices it selects.
    """

    system: str
    kind: str  # endpoint, request, filter, response, status or note
    name: str
    command: str
    holds: Holds = field(default_factory=dict)
    code: int = 0
    then: tuple[tuple[str, Holds], ...] = ()
    where: Callable[[Any], bool] | None = None
    shown: str = ""  # in the README, where it is not the command as it stands
    is_field: bool = False  # of an invoice or a payment


def matching(pattern: str) -> Callable[[Any], bool]:
    """Return what is true of texts of a form."""
    return lambda value: isinstance(value, str) and re.search(pattern, value) is not None


UUID = matching(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$")
INSTANT = matching(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
DAY = matching(r"^\d{4}-\d\d-\d\d$")


def of_type(kind: type) -> Callable[[Any], bool]:
    """Return what is true of values of a type."""
    return lambda value: isinstance(value, kind)


WHOLE, RECORD, LIST = of_type(int), of_type(dict), of_type(list)


def with_(*texts: str) -> Callable[[Any], bool]:
    """Return what is true where all of these stand in a text or a list."""
    return lambda value: all(text in value for text in texts)


FILES = {
    "a.json": {
        "orderKey": "SO-2", "key": "from-a", "reference": "R-2", "currency": "CAD",
        "customer": {"key": "acme"}, "paymentTerm": {"name": "Net 30"},
        "invoiceDate": "2026-01-10", "factorName": "HAULPAY", "qboId": "77",
    },
    "b.json": {"invoice": {"id": "B-1", "invoice_note": "By the gate"}},
    "c.json": {
        "customer_id": "acme", "issue_date": "2026-01-15", "due_date": "2026-02-15",
        "currency": "CAD", "notes": "Many thanks", "payment_terms": "Net 30",
        "discount_type": "percentage", "discount_value": 10, "template_id": "invoice",
        "items": [{
            "product_id": "web", "description": "Web pages", "quantity": 40, "unit_price": 150,
            "unit": "hour", "tax_id": "hst",
        }],
    },
    "payment.json": {
        "amount": 25.00, "method": "bank_transfer", "reference": "TXN-2", "date": "2026-01-20",
    },
    "whole-b.json": {"invoice": {
        "id": "B-2", "customer_purchase_order_id": "PO-4", "invoice_note": "Second quarter",
        "custom_form": {"uuid": "f-1", "name": "invoice"},
        "currency": {"uuid": "c-1", "name": "CAD", "link": "/currencies/c-1"},
        "billing_start_date": "2026-01-01", "alternate_billing_start_date": "2026-01-02",
        "billing_end_date": "2026-01-31", "alternate_billing_end_date": "2026-01-30",
        "issue_date": "2026-01-03", "alternate_issue_date": "2026-01-04",
        "due_date": "2026-02-02", "alternate_due_date": "2026-02-03",
        "discount_type": "percentage", "discount_value": 10, "price_tax_inclusive": False,
        "custom_attributes": [{"name": "region", "value": "east"}],
        "custom_objects": [{"meter": 7}],
        "lines": [{
            "item_id": "WEB", "item_uuid": "web", "item_order_quantity": 40, "item_uom": "hour",
            "item_warehouse": "Main", "accounting_code": {"sales_revenue": "4000"},
            "tax": {"code": "HST", "rate": "0.13"}, "pricing_snapshot_uuid": "ps-1",
            "charging_start_date": "2026-01-05", "alternate_charging_start_date": "2026-01-06",
            "charging_end_date": "2026-01-25", "alternate_charging_end_date": "2026-01-24",
        }],
    }},
    "batch.json": {"action": "delete", "ids": ["draft", "open"]},
    "request.json": {"filter": {"status": {"equalTo": "AWAITING_PAYMENT"}}, "pageSize": 1},
    "shipments.json": {"shipmentIds": ["SH-2", "SH-3", "SH-1"]},
}  # fmt: skip

COMPANY = """
config set "company.name=Harbour Ltd" company.currency=CAD mail.from=ar@harbour.example
config set mail.transport=file mail.folder=outbox
term add --name "Net 30" --key net-30 --description "Thirty days" --days 30 --quick-pay-fee 0.05
tax add --code HST --rate 0.13 --key hst
tax add --code GST --rate 0.05
tax add --code QST --rate 0.09975
product add --code WEB --key web --name "Web pages" --unit hour --unit-price 150 --currency CAD
customer add --key acme --name "Acme Tools" --email ap@acme.example --phone "+1 902 555 0100" \
  --website https://acme.example --term "Net 30" --currency CAD
customer add --key birch --name "Birch Foods" --email ap@birch.example --currency USD
order add --customer acme --key SO-1 --po-number PO-1
shipment add --order SO-1 --key SH-1 --delivered-on 2026-01-09 \
  --charge 'desc=Pallets,qty=12,unit=pc,price=20.25,tax=HST'
order add --customer acme --key SO-2 --charge 'desc=Crates,qty=2,price=50,tax=GST+QST'
shipment add --order SO-2 --key SH-2 --delivered-on 2026-01-20 --charge 'desc=Haul,qty=1,price=30'
shipment add --order SO-2 --key SH-3
order add --customer acme --key SO-3 --charge 'desc=Ropes,qty=1,price=9'
order add --customer acme --key SO-4
create --shipment SH-1 --key whole --shipping 8.00 --reference R-1
mark-awaiting whole --invoice-date 2026-01-10
send whole
pdf whole
payment record --customer acme --amount 130 --date 2026-01-20 --key money --method ach_wire \
  --reference TXN-1 --apply whole=100
credit create --customer acme --amount 50 --date 2026-01-15 --key memo --reference RMA-1
credit apply memo whole --amount 20 --date 2026-01-25
update whole --factor-name DENIM --factor-job-id JOB-9 --factor-status funded --qbo-id 8812
create --customer birch --key late --item 'desc=Apples,qty=1,price=80' --due-date 2026-01-20
mark-awaiting late --invoice-date 2026-01-05
create --customer acme --key open --item 'desc=Paint,qty=4,price=15'
publish open
create --order SO-4 --key full --from whole-b.json
mark-awaiting full
pay full --date 2026-01-28 --method card --reference TXN-9
credit-note full --amount 15
create --customer acme --key void --item 'desc=Nails,qty=1,price=5'
mark-awaiting void
void void --yes
create --order SO-3 --key draft
create --customer acme --key trashed --item 'desc=Screws,qty=1,price=7'
delete trashed
"""

# --- A -------------------------------------------------------------------------------------------

OPEN = ["AWAITING_PAYMENT", "PARTIALLY_PAID"]
STATUSES = ["DRAFT", *OPEN, "PAID", "VOIDED"]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equalTo": operator.eq,
    "notEqualTo": operator.ne,
    "in": operator.eq,  # a list of one
    "notIn": operator.ne,
    "lessThan": lambda value, wanted: value is not None and value < wanted,
    "lessThanOrEqualTo": lambda value, wanted: value is not None and value <= wanted,
    "greaterThan": lambda value, wanted: value is not None and value > wanted,
    "greaterThanOrEqualTo": lambda value, wanted: value is not None and value >= wanted,
}
NAMED = ("equalTo", "notEqualTo", "in", "notIn")
LIMITS = ("lessThan", "lessThanOrEqualTo", "greaterThan", "greaterThanOrEqualTo")

# Each field of a filter: its operators, what is typed after them, and the same in Python: where it
# is in a record, and what it is compared with.
FILTERED: dict[str, tuple[tuple[str, ...], Any, Callable[[Any], Any], Any]] = {
    "id": (NAMED, "$late", lambda one: one["key"], "late"),
    "orderId": (NAMED, "$SO-1", lambda one: one["orderKey"], "SO-1"),
    "shipmentId": (NAMED, "$SH-1", lambda one: one["shipmentKey"], "SH-1"),
    "customerId": (NAMED, "$birch", lambda one: one["customer"]["key"], "birch"),
    "status": (NAMED, "PAID", lambda one: one["status"], "PAID"),
    "invoiceDate": (LIMITS, "2026-01-10", lambda one: one["invoiceDate"], "2026-01-10"),
    "dueDate": (LIMITS, "2026-02-09", lambda one: one["dueDate"], "2026-02-09"),
    "amount": (LIMITS, 80, lambda one: one["amount"], 80),
    "amountOwed": (LIMITS, 80, lambda one: one["amountOwed"], 80),
    "createdAt": (LIMITS, "$created", lambda one: one["sinceLate"], 0),
}
NULLS = {"id": "id", "orderId": "orderId", "shipmentId": "shipmentId", "customerId": "customer"}


def filter_row(name: str, asked: Any, where: Callable[[Any], bool]) -> Row:
    """Return the row of a filter and of what it selects."""
    typed = json.dumps(asked)
    return Row("A", "filter", name, f"filter --all --filter '{typed}'", where=where)


def field_operators() -> Iterator[Row]:
    """Yield each field of a filter with each of its operators."""
    for name, (operators, typed, value_of, value) in FILTERED.items():
        for word in operators:
            several = word in {"in", "notIn"}
            yield filter_row(
                f"filter.{name}.{word}",
                {name: {word: [typed] if several else typed}},
                lambda one, of=value_of, is_so=OPERATORS[word], wanted=value: is_so(
                    of(one), wanted
                ),
            )
    for name, place in NULLS.items():
        for wanted in (True, False):
            yield filter_row(
                f"filter.{name}.isNull {str(wanted).lower()}",
                {name: {"isNull": wanted}},
                lambda one, place=place, wanted=wanted: (one[place] is None) == wanted,
            )


def is_open(one: Any) -> bool:
    return one["status"] in OPEN


FILTER_ROWS = [
    *field_operators(),
    filter_row("filter.overdue", {"overdue": True}, lambda one: one["overdue"]),
    filter_row("filter.overdue false", {"overdue": False}, lambda one: not one["overdue"]),
    filter_row("filter.factored", {"factored": True}, lambda one: one["factorName"]),
    filter_row("filter.factored false", {"factored": False}, lambda one: not one["factorName"]),
    filter_row("filter.and", {"and": [{"status": {"in": OPEN}}, {"overdue": False}]},
               lambda one: is_open(one) and not one["overdue"]),
    filter_row("filter.or", {"or": [{"overdue": True}, {"factored": True}]},
               lambda one: one["overdue"] or one["factorName"]),
    filter_row("filter.not", {"not": {"status": {"in": OPEN}}}, lambda one: not is_open(one)),
    filter_row("filter", {"filter": {"status": {"in": OPEN}}}, is_open),
    *(filter_row(f"status {status}", {"status": {"equalTo": status}},
                 lambda one, status=status: one["status"] == status) for status in STATUSES),
]  # fmt: skip


def fields(
    system: str, kind: str, command: str, said: Mapping[str, tuple[str, Any]], code: int = 0
) -> Iterator[Row]:
    """Yield rows of what one command shows: the name there, the path here, what stands there."""
    for name, (path, expected) in said.items():
        yield Row(system, kind, name, command, {path: expected}, code, is_field=code == 0)


def as_called(prefix: str, here: str, said: Holds) -> dict[str, tuple[str, Any]]:
    """Return fields that have the same name here, below another path."""
    return {f"{prefix}{name}": (f"{here}{name}", expected) for name, expected in said.items()}


A_INVOICE = {
    "id": UUID, "friendlyId": "INV-00001", "key": "whole", "orderId": UUID, "orderKey": "SO-1",
    "shipmentId": UUID, "shipmentKey": "SH-1", "status": "PARTIALLY_PAID",
    "invoiceDate": "2026-01-10", "dueDate": "2026-02-09", "amount": 282.59, "currency": "CAD",
    "reference": "R-1", "amountPaid": 100, "amountOwed": 162.59, "creditsApplied": 20,
    "factorName": "DENIM", "factorJobId": "JOB-9", "factorStatus": "funded", "qboId": "8812",
    "documentId": UUID, "documentUrl": matching(r"^file://.*/INV-00001\.pdf$"),
    "createdAt": INSTANT, "updatedAt": INSTANT,
    "customer": lambda value: "paymentTerm" not in value, "paymentTerm": RECORD,
    "payments": LIST, "credits": LIST,
}  # fmt: skip
A_CUSTOMER = {
    "id": UUID, "key": "acme", "name": "Acme Tools", "friendlyId": "C-00001", "status": "ACTIVE",
    "phoneNumber": "+1 902 555 0100", "website": "https://acme.example", "createdAt": INSTANT,
    "updatedAt": INSTANT, "deletedAt": None,
}  # fmt: skip
A_TERM = {
    "id": UUID, "name": "Net 30", "description": "Thirty days", "days": 30, "quickPayFee": 0.05,
    "apOnly": False, "doNotUse": False, "createdAt": INSTANT, "updatedAt": INSTANT,
    "deletedAt": None,
}  # fmt: skip
A_PAYMENT = {
    "paymentGroupId": UUID, "amount": 100, "paymentDate": "2026-01-20", "reference": "TXN-1",
    "paymentMethodType": "ach_wire",
}  # fmt: skip
A_CREDIT = {
    "creditMemoId": UUID, "creditMemoReference": "RMA-1", "amount": 20, "appliedAt": "2026-01-25",
}  # fmt: skip
A_PAGE = {
    "pageSize": 1, "hasNextPage": True, "hasPreviousPage": False, "endCursor": matching("."),
}  # fmt: skip
A_RESPONSES = [
    Row("A", "response", "data", "filter --key whole", {"data[].key": ["whole"]}),
    *fields("A", "response", "filter --key whole", {
        **as_called("data.", "data[0].", A_INVOICE),
        **as_called("data.customer.", "data[0].customer.", A_CUSTOMER),
        **as_called("data.paymentTerm.", "data[0].paymentTerm.", A_TERM),
        **as_called("data.payments.", "data[0].payments[0].", A_PAYMENT),
        **as_called("data.credits.", "data[0].credits[0].", A_CREDIT),
    }),
    *fields("A", "response", "filter --page-size 1", {
        "pagination": ("pagination", RECORD),
        **as_called("pagination.", "pagination.", A_PAGE),
    }),
    *fields("A", "response", "filter --filter '{'", {
        "400 error": ("error.error", "usage_error"),
        "400 message": ("error.message", matching(".")),
    }, code=2),
    *fields("A", "response", "create --from .", {
        "401 error": ("error.error", "permission_denied"),
        "401 message": ("error.message", matching(".")),
    }, code=11),
    *fields("A", "response", """filter --filter '{"status": {"equalTo": "NEW"}}'""", {
        "422 error": ("error.error", "validation_error"),
        "422 message": ("error.message", matching(".")),
        "422 details": ("error.details", LIST),
        "422 details.field": ("error.details[0].field", "filter.status.equalTo"),
        "422 details.message": ("error.details[0].message", matching("status")),
    }, code=5),
]  # fmt: skip

A_ENDPOINTS = [
    Row("A", "endpoint", "POST /invoices/filter", "filter --filter @request.json",
        {"data[].status": ["AWAITING_PAYMENT"], "pagination.hasNextPage": True}),
    Row("A", "endpoint", "POST /invoices", "create --order SO-2", {"orderKey": "SO-2"},
        shown="create --order REF"),
    Row("A", "endpoint", "GET /invoices/{id}", "get whole", {"key": "whole"}, shown="get REF"),
    Row("A", "endpoint", "PATCH /invoices/{id}", "update whole --reference R-8",
        {"reference": "R-8", "amount": 282.59}, shown="update REF --reference R-8"),
    Row("A", "endpoint", "DELETE /invoices/{id}", "void open --yes", {"status": "VOIDED"},
        shown="void REF --yes"),
    Row("A", "endpoint", "POST /invoices/{id}/mark-awaiting", "mark-awaiting draft",
        {"status": "AWAITING_PAYMENT"}, shown="mark-awaiting REF"),
    Row("A", "endpoint", "POST /invoices/{id}/send", "send open", {"sentAt": INSTANT},
        shown="send REF"),
    Row("A", "endpoint", "GET /invoices/{id}/payments", "payments whole",
        {"data[].amount": [100]}, shown="payments REF"),
    Row("A", "endpoint", "POST /invoices/batch-generate", "batch-generate --from shipments.json",
        {"succeeded[].shipmentKey": ["SH-2"], "failed[].shipmentKey": ["SH-3", "SH-1"]}, code=3),
    Row("A", "endpoint", "GET /invoices/aging-report", "aging",
        {"rows[].customer.key": ["acme", "birch"], "totals[].currency": ["CAD", "USD"]}),
    Row("A", "endpoint", "GET /invoices/{id}/available-credits", "available-credits open",
        {"data[].key": with_("memo")}, shown="available-credits REF"),
    Row("A", "endpoint", "POST /shipments/{id}/invoice/generate",
        "pdf --shipment SH-1 -o paper.pdf --json", {"file paper.pdf": with_("%PDF")},
        shown="pdf --shipment REF"),
]  # fmt: skip

A_REQUESTS = [
    Row("A", "request", "pageSize", """filter --filter '{"filter": {}, "pageSize": 2}'""",
        {"pagination.pageSize": 2, "data[].key": lambda keys: len(keys) == 2}),
    Row("A", "request", "cursor", """filter --filter '{"filter": {}, "cursor": "$cursor"}'""",
        {"pagination.hasPreviousPage": True}),
    Row("A", "request", "by customer",
        """filter --filter '{"customerId": {"equalTo": "$birch"}}'""", {"data[].key": ["late"]},
        shown="filter --customer REF"),
    Row("A", "request", "by status: unpaid", "filter --unpaid",
        {"data[].status": lambda all_of: set(all_of) == set(OPEN)}),
    Row("A", "request", "by overdue", "filter --overdue", {"data[].key": ["late"]}),
    Row("A", "request", "by shipment",
        """filter --filter '{"shipmentId": {"equalTo": "$SH-1"}}'""", {"data[].key": ["whole"]},
        shown="filter --shipment REF"),
    *fields("A", "request", "create --from a.json", {
        "orderKey": ("orderKey", "SO-2"), "key": ("key", "from-a"),
        "reference": ("reference", "R-2"), "currency": ("currency", "CAD"),
        "customer": ("customer.key", "acme"),
        "paymentTerm": ("paymentTerm.name", "Net 30"),
        "invoiceDate": ("invoiceDate", "2026-01-10"),
        "factorName": ("factorName", "HAULPAY"), "qboId": ("qboId", "77"),
    }),
    Row("A", "request", "orderId", "create --order $SO-2", {"orderKey": "SO-2"},
        shown="create --order REF"),
    Row("A", "request", "shipmentId", "create --shipment $SH-2", {"shipmentKey": "SH-2"},
        shown="create --shipment REF"),
    Row("A", "request", "dueDate", "update open --due-date 2026-04-01", {"dueDate": "2026-04-01"}),
    Row("A", "request", "factorJobId", "update open --factor-job-id J", {"factorJobId": "J"}),
    Row("A", "request", "factorStatus", "update open --factor-status sold",
        {"factorStatus": "sold"}),
    Row("A", "request", "customer status PROSPECT", "customer update acme --status PROSPECT",
        {"status": "PROSPECT"}),
    Row("A", "request", "customer status ACTIVE", "customer update acme --status ACTIVE",
        {"status": "ACTIVE"}),
    Row("A", "request", "customer status INACTIVE", "customer update acme --status INACTIVE",
        {"status": "INACTIVE"}),
    Row("A", "request", "customer status CHURNED", "customer update acme --status CHURNED",
        {"status": "CHURNED"}),
    Row("A", "request", "factor DENIM", "update open --factor-name DENIM", {"factorName": "DENIM"}),
    Row("A", "request", "factor HAULPAY", "update open --factor-name HAULPAY",
        {"factorName": "HAULPAY"}),
    Row("A", "request", "currency USD, CAD", "create --customer birch --item 'desc=x,price=1'",
        {"currency": "USD"}),
]  # fmt: skip

A_NOTES = [
    Row("A", "note", "an invoice for an order delivers it", "create --order SO-2",
        {"status": "DRAFT", "amount": 144.98},
        then=(("order get SO-2", {"status": "DELIVERED_UNPAID"}),)),
    Row("A", "note", "the due date follows the term",
        "create --order SO-2 --invoice-date 2026-01-31", {"dueDate": "2026-03-02"}),
    Row("A", "note", "a shipment has one invoice", "create --shipment SH-1",
        {"error.message": with_("INV-00001")}, code=6),
    Row("A", "note", "an invoice comes with its payments, credits and document", "get whole",
        {"payments[].amount": [100], "credits[].amount": [20],
         "documentSha256": matching("^.{64}$")}),
    Row("A", "note", "the amount is not changed", "update draft --amount 10",
        {"error.hint": with_("order update")}, code=6,
        then=(("get draft", {"amount": 9}),)),
    Row("A", "note", "the order's charges are", "order update SO-3 --charge 'desc=Ropes,price=12'",
        {"charges[].unitPrice": [12]}, then=(("get draft", {"amount": 12}),)),
    Row("A", "note", "no void with a payment", "void full --yes",
        {"error.message": with_("paid")}, code=6, then=(("get full", {"status": "PAID"}),)),
    Row("A", "note", "no void when factored", "update open --factor-name DENIM",
        then=(("void open --yes", {"error.message": with_("factored")}),)),
    Row("A", "note", "mark-awaiting sets both dates", "mark-awaiting draft",
        {"invoiceDate": "2026-01-31", "dueDate": "2026-03-02", "amountOwed": 9},
        then=(("order get SO-3", {"status": "DELIVERED_UNPAID"}),
              ("pay draft", {"amount": 9}))),
    Row("A", "note", "send makes the PDF and says so in the activity", "send open",
        {"documentId": UUID, "to": ["ap@acme.example"]},
        then=(("activity open", {"data[].action": with_("send")}),)),
    Row("A", "note", "a batch makes PDFs", "batch-generate --shipment SH-2 --pdf papers",
        {"succeeded[].documentId": lambda ids: all(map(UUID, ids))},
        then=(("get INV-00005", {"shipmentKey": "SH-2"}),)),
    Row("A", "note", "a batch sends, grouped by customer", "batch-generate --shipment SH-2 --send",
        {"emails[].invoices": [["INV-00005"]], "emails[0].to": ["ap@acme.example"]}),
    Row("A", "note", "a shipment with an invoice is in the failed",
        "batch-generate --shipment SH-1",
        {"failed[].shipmentKey": ["SH-1"], "failed[].error": ["conflict"]}, code=3),
    Row("A", "note", "the aging's buckets", "aging",
        {"buckets[].label": ["current", "1-30", "31-60", "61-90", "90+"]}),
    Row("A", "note", "the aging as JSON", "aging --json", {"asOf": "2026-01-31"}),
    Row("A", "note", "the aging as CSV", "aging -f csv",
        {"stdout": with_("current,1-30,31-60,61-90,90+,total,")}),
    Row("A", "note", "credits that can be applied are the customer's", "available-credits late",
        {"data": []}),
    Row("A", "note", "credits that can be applied have a balance", "available-credits open",
        {"data[].remaining": lambda left: left and min(left) > 0, "data[].currency": with_("CAD")}),
    Row("A", "note", "who may is who may read the file", "config path --json",
        {"mode books.db": 0o600}),
]  # fmt: skip

# --- B -------------------------------------------------------------------------------------------

B_INVOICE = {
    "status": ("status", "PAID"),
    "id": ("friendlyId", "B-2"),
    "type": ("type", "INVOICE"),
    "custom_form": ("templateId", "invoice"),
    "custom_form.uuid": ("templateId", "invoice"),
    "custom_form.name": ("templateId", "invoice"),
    "currency": ("currency", "CAD"),
    "currency.uuid": ("currency", "CAD"),
    "currency.name": ("currency", "CAD"),
    "currency.link": ("currency", "CAD"),
    "customer_purchase_order_id": ("poNumber", "PO-4"),
    "billing_start_date": ("billingStartDate", "2026-01-01"),
    "alternate_billing_start_date": ("alternateBillingStartDate", "2026-01-02"),
    "billing_end_date": ("billingEndDate", "2026-01-31"),
    "alternate_billing_end_date": ("alternateBillingEndDate", "2026-01-30"),
    "issue_date": ("invoiceDate", "2026-01-03"),
    "alternate_issue_date": ("alternateIssueDate", "2026-01-04"),
    "due_date": ("dueDate", "2026-02-02"),
    "alternate_due_date": ("alternateDueDate", "2026-02-03"),
    "subtotal": ("subtotal", 6000),
    "tax": ("tax", 702),
    "total": ("total", 6102),
    "paid": ("amountPaid", 6102),
    "due": ("amountOwed", 0),
    "payment_status": ("status", "PAID"),
    "last_payment": ("payments[-1].amount", 6102),
    "discount_amount": ("discountAmount", 600),
    "price_tax_inclusive": ("priceTaxInclusive", False),
    "invoice_note": ("note", "Second quarter"),
    "account_id": ("customer.key", "acme"),
    "order_id": ("orderKey", "SO-4"),
    "kpis": ("kpis", RECORD),
    "kpis.outstanding": ("kpis.outstanding", 0),
    "kpis.overdue": ("kpis.overdue", 0),
    "kpis.last_payment_date": ("kpis.lastPaymentDate", "2026-01-28"),
    "kpis.payment_applied": ("kpis.paymentApplied", 6102),
    "kpis.credit_issued": ("kpis.creditIssued", 15),
    "created_by": ("createdBy", "tester"),
    "created_on": ("createdAt", INSTANT),
    "last_updated_by": ("lastUpdatedBy", "tester"),
    "last_updated_on": ("updatedAt", INSTANT),
    "uuid": ("id", UUID),
    "version": ("version", WHOLE),
    "custom_attributes": ("customAttributes", [{"name": "region", "value": "east"}]),
    "custom_attributes.name": ("customAttributes[0].name", "region"),
    "custom_attributes.value": ("customAttributes[0].value", "east"),
    "custom_objects": ("customObjects", [{"meter": 7}]),
    "lines": ("lines", LIST),
    "lines.subtotal": ("lines[0].subtotal", 6000),
    "lines.total": ("lines[0].total", 6102),
    "lines.tax": ("lines[0].tax", 702),
    "lines.tax.amount": ("lines[0].taxes[0].amount", 702),
    "lines.tax.uuid": ("lines[0].taxes[0].id", UUID),
    "lines.tax.code": ("lines[0].taxes[0].code", "HST"),
    "lines.tax.rate": ("lines[0].taxes[0].rate", 0.13),
    "lines.accounting_code": ("lines[0].accountingCode", "4000"),
    "lines.accounting_code.sales_revenue": ("lines[0].accountingCode", "4000"),
    "lines.item_uuid": ("lines[0].productId", UUID),
    "lines.item_id": ("lines[0].itemId", "WEB"),
    "lines.item_order_quantity": ("lines[0].quantity", 40),
    "lines.item_uom": ("lines[0].unit", "hour"),
    "lines.item_warehouse": ("lines[0].warehouse", "Main"),
    "lines.pricing_snapshot_uuid": ("lines[0].pricingSnapshotId", "ps-1"),
    "lines.charging_start_date": ("lines[0].chargingStartDate", "2026-01-05"),
    "lines.alternate_charging_start_date": ("lines[0].alternateChargingStartDate", "2026-01-06"),
    "lines.charging_end_date": ("lines[0].chargingEndDate", "2026-01-25"),
    "lines.alternate_charging_end_date": ("lines[0].alternateChargingEndDate", "2026-01-24"),
    "lines.uuid": ("lines[0].id", UUID),
    "lines.version": ("lines[0].version", 1),
}

B_ROWS = [
    Row("B", "endpoint", "POST /api/v3/orders/{order_id}/invoices",
        "create --order SO-2 --from b.json",
        {"friendlyId": "B-1", "note": "By the gate", "orderKey": "SO-2", "amount": 144.98},
        shown="create --order REF --from body.json"),
    Row("B", "request", "order_id", "create --order SO-2", {"orderKey": "SO-2"},
        shown="create --order REF"),
    Row("B", "request", "invoice.id", "create --order SO-2 --number B-7", {"friendlyId": "B-7"}),
    Row("B", "request", "invoice.invoice_note", "create --order SO-2 --note Thanks",
        {"note": "Thanks"}),
    Row("B", "request", "invoice",
        "create --from whole-b.json --customer acme --number B-3 --dry-run",
        {"friendlyId": "B-3", "total": 6102}, shown="create --from body.json"),
    *fields("B", "response", "get full", B_INVOICE),
    Row("B", "response", "kpis.credit_applied", "get whole", {"kpis.creditApplied": 20}),
    Row("B", "response", "kpis.last_reactivated_on", "trash restore trashed",
        {"kpis.lastReactivatedOn": DAY}),
    Row("B", "response", "kpis.last_cancelled_on", "unpublish open", {"kpis.lastCancelledOn": DAY}),
    Row("B", "response", "kpis.last_amended_on", "update open --note Soon",
        {"kpis.lastAmendedOn": DAY}),
    Row("B", "response", "kpis.voided_on", "get void", {"kpis.voidedOn": "2026-01-31"}),
    Row("B", "response", "kpis.deleted_on", "filter --trash", {"data[0].kpis.deletedOn": DAY}),
    Row("B", "response", "lines.tax.link", "tax get HST", {"code": "HST", "rate": 0.13}),
    Row("B", "note", "metadata: when it was made and by whom", "activity full",
        {"data[0].action": "create", "data[0].by": "tester", "data[0].at": INSTANT}),
    Row("B", "note", "an order's invoice can be tracked", "filter --order SO-4",
        {"data[].friendlyId": ["B-2"], "data[].status": ["PAID"]}),
]  # fmt: skip

# --- C -------------------------------------------------------------------------------------------

C_ENDPOINTS = [
    Row("C", "endpoint", "GET /api/v1/invoices", "filter", {"data[].key": with_("open", "draft")}),
    Row("C", "endpoint", "POST /api/v1/invoices", "create --from c.json",
        {"status": "DRAFT", "amount": 6102}, shown="create --from body.json"),
    Row("C", "endpoint", "GET /api/v1/invoices/:id", "get full",
        {"lines[].description": ["Web pages"], "customer.name": "Acme Tools",
         "payments[].amount": [6102]}, shown="get REF"),
    Row("C", "endpoint", "PUT /api/v1/invoices/:id", "update draft --replace --from c.json",
        {"note": "Many thanks", "amount": 6102}, shown="update REF --replace --from body.json"),
    Row("C", "endpoint", "DELETE /api/v1/invoices/:id", "delete draft", {"deletedAt": INSTANT},
        shown="delete REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/publish", "publish draft",
        {"shareToken": matching("."), "status": "AWAITING_PAYMENT"}, shown="publish REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/unpublish", "unpublish open",
        {"shareToken": None, "status": "DRAFT"}, shown="unpublish REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/void", "void open --yes",
        {"status": "VOIDED"}, shown="void REF --yes"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/mark-paid", "mark-paid open",
        {"status": "PAID", "amountOwed": 0, "amountPaid": 60}, shown="mark-paid REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/mark-sent", "mark-sent draft",
        {"status": "AWAITING_PAYMENT", "sentAt": INSTANT}, shown="mark-sent REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/send", "send draft",
        {"to": ["ap@acme.example"]}, shown="send REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/duplicate", "duplicate late",
        {"status": "DRAFT", "customer.key": "birch", "lines[].description": ["Apples"]},
        shown="duplicate REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/credit-note", "credit-note late",
        {"friendlyId": "CM-00003", "amount": 80}, shown="credit-note REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/:id/payments",
        "pay open --amount 25.00 --method bank_transfer --reference TXN-2 --date 2026-01-20",
        {"amount": 25, "applications[].amount": [25]}, then=(("get open", {"amountOwed": 35}),),
        shown="pay REF --amount 25.00 --method bank_transfer --reference TXN-2 --date 2026-01-20"),
    Row("C", "endpoint", "GET /api/v1/invoices/:id/payments", "payments full",
        {"data[].reference": ["TXN-9"]}, shown="payments REF"),
    Row("C", "endpoint", "DELETE /api/v1/invoices/:id/payments/:paymentId",
        "payment delete PAY-00002 --yes", {"friendlyId": "PAY-00002"},
        then=(("get full", {"amountOwed": 6102, "status": "AWAITING_PAYMENT"}),),
        shown="payment delete PAYMENT --yes"),
    Row("C", "endpoint", "GET /api/v1/invoices/next-number", "next-number",
        {"nextNumber": "INV-00005"}),
    Row("C", "endpoint", "GET /api/v1/invoices/export/csv", "export -f csv",
        {"stdout": with_("friendlyId,", "INV-00001,")}),
    Row("C", "endpoint", "POST /api/v1/invoices/batch", "batch --from batch.json",
        {"succeeded[].key": ["draft"], "failed[].ref": ["open"]}, code=3,
        shown="batch delete REF REF"),
    Row("C", "endpoint", "GET /api/v1/invoices/trash/list", "trash list",
        {"data[].key": ["trashed"]}),
    Row("C", "endpoint", "POST /api/v1/invoices/trash/batch", "batch restore trashed",
        {"succeeded[].key": ["trashed"]}, shown="batch restore REF REF"),
    Row("C", "endpoint", "POST /api/v1/invoices/trash/batch (for good)",
        "batch purge trashed --yes", {"succeeded[].key": ["trashed"]},
        then=(("get trashed", {"error.error": "not_found"}),), shown="batch purge REF REF --yes"),
]  # fmt: skip

C_REQUESTS = [
    Row("C", "request", "?status", "filter --status draft", {"data[].key": ["draft"]}),
    Row("C", "request", "?customer_id", "filter --customer birch", {"data[].key": ["late"]},
        shown="filter --customer REF"),
    Row("C", "request", "?from_date", "filter --from 2026-01-10",
        {"data[].invoiceDate": lambda days: min(days) == "2026-01-10"}),
    Row("C", "request", "?to_date", "filter --to 2026-01-10",
        {"data[].invoiceDate": lambda days: max(days) == "2026-01-10"}),
    Row("C", "request", "?search (number)", "filter --search inv-00002", {"data[].key": ["late"]}),
    Row("C", "request", "?search (customer)", "filter --search birch", {"data[].key": ["late"]}),
    Row("C", "request", "?page", "filter --page 2 --page-size 3",
        {"pagination.hasPreviousPage": True, "data[].key": lambda keys: len(keys) == 3}),
    Row("C", "request", "?limit", "filter --page-size 3",
        {"pagination.pageSize": 3, "data[].key": lambda keys: len(keys) == 3}),
    *fields("C", "request", "create --from c.json", {
        "customer_id": ("customer.key", "acme"), "issue_date": ("invoiceDate", "2026-01-15"),
        "due_date": ("dueDate", "2026-02-15"), "currency": ("currency", "CAD"),
        "notes": ("note", "Many thanks"), "payment_terms": ("paymentTerm.name", "Net 30"),
        "discount_type": ("discountType", "percentage"), "discount_value": ("discountValue", 10),
        "template_id": ("templateId", "invoice"), "items": ("lines", LIST),
        "items.product_id": ("lines[0].productId", UUID),
        "items.description": ("lines[0].description", "Web pages"),
        "items.quantity": ("lines[0].quantity", 40),
        "items.unit_price": ("lines[0].unitPrice", 150), "items.unit": ("lines[0].unit", "hour"),
        "items.tax_id": ("lines[0].taxes[0].code", "HST"),
    }),
    Row("C", "request", "discount_type fixed", "create --order SO-2 --discount 25.00",
        {"discountType": "fixed", "discountAmount": 25}),
    *fields("C", "request", "pay open --amount 25.00 --method bank_transfer --reference TXN-2 "
            "--date 2026-01-20", {
        "amount": ("amount", 25), "method": ("method", "bank_transfer"),
        "reference": ("reference", "TXN-2"), "date": ("paymentDate", "2026-01-20"),
    }),
    Row("C", "request", "paymentId", "payment get PAY-00001", {"key": "money"}),
    Row("C", "request", "action", "batch mark-paid open", {"succeeded[].status": ["PAID"]}),
    Row("C", "request", "ids", "batch --from batch.json --dry-run", {"succeeded[].key": ["draft"]},
        code=3),
]  # fmt: skip

C_STATUSES = [
    Row("C", "status", "draft", "filter --status draft", {"data[].key": ["draft"]}),
    Row("C", "status", "sent", "filter --status sent",
        {"data[].status": lambda all_of: set(all_of) == set(OPEN)}),
    Row("C", "status", "paid", "filter --status paid", {"data[].key": ["full"]}),
    Row("C", "status", "overdue", "filter --status overdue", {"data[].key": ["late"]}),
    Row("C", "status", "voided", "filter --status voided", {"data[].key": ["void"]}),
]  # fmt: skip

C_NOTES = [
    Row("C", "note", "only drafts are edited", "update open --replace --from c.json",
        {"error.hint": with_("draft")}, code=6, then=(("get open", {"amount": 60}),)),
    Row("C", "note", "only drafts are deleted", "delete open", {"error.error": "conflict"}, code=6,
        then=(("get open", {"deletedAt": None}),)),
    Row("C", "note", "publish makes a draft a sent one", "publish draft",
        then=(("filter --status sent", {"data[].key": with_("draft")}),)),
    Row("C", "note", "unpublish revokes the token", "unpublish open",
        then=(("get open", {"shareToken": None, "status": "DRAFT"}),)),
    Row("C", "note", "a void cannot be undone", "unpublish void", {"error.error": "conflict"},
        code=6, then=(("mark-awaiting void", {"error.error": "conflict"}),)),
    Row("C", "note", "mark-sent sends nothing", "mark-sent draft",
        then=(("activity draft", {"data[].action": lambda done: "send" not in done}),)),
    Row("C", "note", "send needs a mail server", "config unset mail.transport",
        then=(("send open", {"error.error": "not_configured", "error.hint": matching(".")}),)),
    Row("C", "note", "a copy has the same customer and lines", "duplicate full",
        {"customer.key": "acme", "amount": 6102, "lines[].quantity": [40]}),
    Row("C", "note", "a credit note is made from the invoice", "credit-note whole --line 1=6",
        {"reference": "INV-00001", "amount": 137.3, "remaining": 137.3}),
    Row("C", "note", "the next number is by your pattern",
        "config set numbering.pattern={year}-{seq:04d}",
        then=(("next-number", {"nextNumber": "2026-0001"}),)),
    Row("C", "note", "dates are ISO 8601", "filter --from 1/15/2026",
        {"error.error": "usage_error"}, code=2),
]  # fmt: skip

# --- D -------------------------------------------------------------------------------------------

D_ROWS = [
    Row("D", "endpoint", "/v2/invoices/", "filter --recent",
        {"data[].key": lambda keys: "open" in keys and "draft" not in keys}),
    Row("D", "endpoint", "/v2/invoices/{invoiceNumber}", "get INV-00001", {"key": "whole"},
        shown="get REF"),
    Row("D", "endpoint", "/v2/invoices/?invoicedate={date}", "filter --date 2026-01-10",
        {"data[].key": ["whole"]}),
    Row("D", "endpoint", "/v2/invoices/?startdate={start}&enddate={end}",
        "filter --from 2026-01-05 --to 2026-01-10", {"data[].key": ["whole", "late"]}),
    Row("D", "endpoint", "/v2/invoices/?ordernumber={orderNumber}", "filter --order SO-1",
        {"data[].key": ["whole"]}, shown="filter --order REF"),
    Row("D", "endpoint", "/v2/invoices/?mediatype={mediatype}", "filter --key whole -f xml",
        {"stdout": with_("<invoices>", "<friendlyId>INV-00001</friendlyId>")},
        shown="filter -f xml"),
    Row("D", "request", "mediatype json", "filter --key whole -f json", {"data[].key": ["whole"]}),
    Row("D", "request", "an invoice as XML", "get whole -f xml",
        {"stdout": with_("<amount>282.59<")}),
    *fields("D", "response", "get whole", {
        "invoiceNumber": ("friendlyId", "INV-00001"), "orderNumber": ("orderKey", "SO-1"),
        "invoiceDate": ("invoiceDate", "2026-01-10"), "dueDate": ("dueDate", "2026-02-09"),
        "subtotal": ("subtotal", 243), "tax": ("tax", 31.59), "shipping": ("shipping", 8),
        "total": ("total", 282.59), "balance": ("amountOwed", 162.59),
        "status": ("status", "PARTIALLY_PAID"), "paymentTerms": ("paymentTerm.name", "Net 30"),
        "customerNumber": ("customer.key", "acme"), "poNumber": ("poNumber", "PO-1"),
    }),
    Row("D", "status", "Open", "filter --status Open",
        {"data[].status": lambda all_of: set(all_of) == set(OPEN)}),
    Row("D", "status", "Paid", "filter --status Paid", {"data[].key": ["full"]}),
    Row("D", "status", "Partial", "filter --status Partial", {"data[].key": ["whole"]}),
    Row("D", "status", "Overdue", "filter --status Overdue", {"data[].key": ["late"]}),
    Row("D", "status", "Void", "filter --status Void", {"data[].key": ["void"]}),
    Row("D", "note", "invoices come of themselves when orders ship", "batch-generate --all",
        {"succeeded[].shipmentKey": ["SH-2"]}),
    Row("D", "note", "terms are the account's", "create --customer acme --item 'desc=x,price=1'",
        {"paymentTerm.name": "Net 30", "dueDate": "2026-03-02"}),
    Row("D", "note", "the balance is after payments", "pay open --amount 20",
        then=(("get open", {"amountOwed": 40}),)),
    Row("D", "note", "Canadian taxes", "create --order SO-2",
        {"lines[0].taxes[].code": ["GST", "QST"], "lines[0].taxes[].amount": [5, 9.98]}),
]  # fmt: skip

ROWS = [
    *A_ENDPOINTS, *A_REQUESTS, *FILTER_ROWS, *A_RESPONSES, *A_NOTES,
    *B_ROWS,
    *C_ENDPOINTS, *C_REQUESTS, *C_STATUSES, *C_NOTES,
    *D_ROWS,
]  # fmt: skip
