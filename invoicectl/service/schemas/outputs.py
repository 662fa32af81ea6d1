"""JSON Schemas of what comes out: every property is always there, null where nothing is known."""

from invoicectl.output.shape import plural
from invoicectl.rules.lifecycle import OrderStatus, Status
from invoicectl.service.customers import STATUSES
from invoicectl.service.schemas.kinds import (
    ANYTHING,
    CURRENCY,
    DAY,
    INSTANT,
    NUMBER,
    TEXT,
    UUID,
    WHOLE,
    YES_OR_NO,
    Schema,
    listed,
    of_shape,
    one_of,
    or_null,
    record,
)
from invoicectl.store.records import invoice_parts
from invoicectl.store.records.fields import SHAPES
from invoicectl.store.records.orders import CHARGE as CHARGE_SHAPE
from invoicectl.store.records.orders import INVOICE_OF_ORDER as INVOICE_SHAPE
from invoicectl.store.records.orders import SHIPMENT_OF_ORDER as SHIPMENT_SHAPE
from invoicectl.store.records.settlements import CREDIT_LINE

KEPT = "id friendlyId createdAt updatedAt version"
CUSTOMER = "customer.id customer.name customer.friendlyId"

TAX_ON = of_shape(invoice_parts.TAX_OF_LINE, "code rate amount")
LINE = of_shape(
    invoice_parts.LINE,
    "id position description quantity unitPrice discount subtotal taxes tax total version",
    taxes=listed(TAX_ON),
)
FIGURES = "outstanding overdue paymentApplied creditApplied creditIssued"
KPIS = of_shape(
    invoice_parts.EVENTS, FIGURES,
    outstanding=NUMBER, overdue=NUMBER, paymentApplied=NUMBER, creditApplied=NUMBER,
)  # fmt: skip
PAYMENT_ON = of_shape(
    invoice_parts.PAYMENT_OF_INVOICE, "paymentGroupId amount paymentDate appliedAt id friendlyId"
)
CREDIT_ON = of_shape(
    invoice_parts.CREDIT_OF_INVOICE, "creditMemoId creditMemoReference amount appliedAt friendlyId"
)
ATTRIBUTE = record({"name": TEXT, "value": ANYTHING})

INVOICE = of_shape(
    SHAPES["invoice"],
    f"{KEPT} {CUSTOMER} customer.status customer.createdAt customer.updatedAt status invoiceDate"
    " amount currency amountPaid amountOwed creditsApplied discountTaken payments credits type"
    " subtotal discountAmount tax shipping shippingTaxes total priceTaxInclusive taxRounding"
    " overdue daysOverdue customAttributes customObjects createdBy lastUpdatedBy lines kpis",
    status=one_of(Status), customer_status=one_of(STATUSES), type=one_of(["INVOICE"]),
    discountType=one_of(["percentage", "fixed"]), discountValue=NUMBER,
    taxRounding=one_of(["document", "line"]),
    factorName=one_of(["DENIM", "HAULPAY"]), overdue=YES_OR_NO, daysOverdue=WHOLE,
    payments=listed(PAYMENT_ON), credits=listed(CREDIT_ON), shippingTaxes=listed(TAX_ON),
    customAttributes=listed(ATTRIBUTE), customObjects=listed(ANYTHING), lines=listed(LINE),
    kpis=KPIS,
)  # fmt: skip
INVOICE["properties"]["paymentTerm"] = or_null(INVOICE["properties"]["paymentTerm"])

CHARGE = of_shape(CHARGE_SHAPE, "id position description quantity unitPrice")
DELIVERY = {"status": one_of(["OPEN", "DELIVERED", "INVOICED"]), "charges": listed(CHARGE)}
SHIPMENT_OF_ORDER = of_shape(SHIPMENT_SHAPE, f"{KEPT} status charges", **DELIVERY)
INVOICE_OF_ORDER = of_shape(INVOICE_SHAPE, "id friendlyId status", status=one_of(Status))
APPLICATION = record({"invoice": TEXT, "invoiceId": UUID, "amount": NUMBER, "appliedAt": DAY})
DISCOUNTED = record(APPLICATION["properties"] | {"discountTaken": NUMBER})
TAX_OF_NOTE = record({"code": TEXT, "name": TEXT, "rate": NUMBER, "amount": NUMBER})
LINE_OF_NOTE = of_shape(
    CREDIT_LINE, "position description subtotal taxes tax total",
    taxes=listed(TAX_OF_NOTE),
)  # fmt: skip

RECORDS: dict[str, Schema] = {
    "invoice": INVOICE,
    "payment": of_shape(
        SHAPES["payment"],
        f"{KEPT} {CUSTOMER} paymentDate amount currency unapplied paymentGroupId applications"
        " createdBy",
        applications=listed(DISCOUNTED),
    ),
    "credit": of_shape(
        SHAPES["credit"],
        f"{KEPT} {CUSTOMER} date amount tax currency remaining applications lines createdBy",
        applications=listed(APPLICATION), lines=listed(LINE_OF_NOTE),
    ),
    "customer": of_shape(
        SHAPES["customer"], f"{KEPT} name status email",
        status=one_of(STATUSES), email=listed(TEXT),
    ),
    "order": of_shape(
        SHAPES["order"],
        f"{KEPT} {CUSTOMER} status currency charges shipments invoices",
        status=one_of(OrderStatus), charges=listed(CHARGE),
        shipments=listed(SHIPMENT_OF_ORDER), invoices=listed(INVOICE_OF_ORDER),
    ),
    "shipment": of_shape(
        SHAPES["shipment"],
        f"{KEPT} {CUSTOMER} status charges orderId orderKey currency", **DELIVERY,
    ),
    "term": of_shape(SHAPES["term"], f"{KEPT} name rule apOnly doNotUse"),
    "tax": of_shape(SHAPES["tax"], f"{KEPT} code name rate"),
    "product": of_shape(SHAPES["product"], f"{KEPT} code name"),
    "activity": of_shape(
        SHAPES["activity"], "at by action detail kind", detail={"type": "object"}
    ),
}  # fmt: skip


def several(kind: str, one: Schema) -> Schema:
    """Return a list of records; a page says what comes after it, and totals if they were asked."""
    pagination = record({
        "pageSize": WHOLE, "hasNextPage": YES_OR_NO, "hasPreviousPage": YES_OR_NO,
        "endCursor": or_null(TEXT),
    })  # fmt: skip
    total = record({"currency": CURRENCY, "count": WHOLE, "amount": NUMBER, "amountOwed": NUMBER})
    lists: dict[str, Schema] = {"data": listed(one), "pagination": pagination}
    if kind == "invoice":
        lists["totals"] = listed(total)
    return record(lists, may_lack=("pagination", "totals"))


FAILURE = record({"ref": TEXT, "error": TEXT, "message": TEXT})
LETTER = {
    "skipped": YES_OR_NO,
    "to": listed(TEXT),
    "messageId": or_null(TEXT),
    "refused": listed(record({"address": TEXT, "message": TEXT})),
}
PARTY = record({"id": UUID, "key": or_null(TEXT), "friendlyId": TEXT, "name": TEXT})
GENERATED = record({
    "shipmentId": or_null(UUID), "shipmentKey": or_null(TEXT), "invoiceId": UUID,
    "friendlyId": TEXT, "documentId": or_null(UUID),
})  # fmt: skip
NOT_GENERATED = record({
    "shipmentId": or_null(UUID), "shipmentKey": or_null(TEXT), "error": TEXT, "message": TEXT,
})  # fmt: skip
LETTER_SENT = {"customer": PARTY, "to": listed(TEXT), "invoices": listed(TEXT)}
MAILED = record(LETTER_SENT | {"error": TEXT, "message": TEXT}, may_lack=("error", "message"))

AMOUNTS: Schema = {"type": "object", "additionalProperties": NUMBER}
SUMS = {
    "currency": CURRENCY, "amounts": AMOUNTS, "total": NUMBER, "unapplied": NUMBER,
    "balance": NUMBER, "invoices": WHOLE,
}  # fmt: skip
AGED = record({
    "id": UUID, "friendlyId": TEXT, "key": or_null(TEXT), "invoiceDate": DAY,
    "dueDate": or_null(DAY), "days": WHOLE, "bucket": TEXT, "owed": NUMBER,
})  # fmt: skip
AGING = record({
    "asOf": DAY,
    "by": one_of(["due-date", "invoice-date"]),
    "buckets": listed(record({"label": TEXT, "from": or_null(WHOLE), "to": or_null(WHOLE)})),
    "rows": listed(
        record({"customer": PARTY, **SUMS, "details": listed(AGED)}, may_lack=["details"])
    ),
    "totals": listed(record(SUMS)),
})  # fmt: skip

OWED = {"currency": CURRENCY, "count": WHOLE, "amountOwed": NUMBER}
TODAY = record({
    "today": DAY,
    "database": or_null(TEXT),
    "overdue": listed(record(OWED | {"firstDueDate": DAY})),
    "dueSoon": listed(record(OWED | {"firstDueDate": DAY})),
    "drafts": listed(record({"currency": CURRENCY, "count": WHOLE, "amount": NUMBER})),
    "sends": listed(record({
        "friendlyId": TEXT, "state": one_of(["refused", "uncertain", "unfinished"]),
        "at": INSTANT, "error": or_null(TEXT),
    })),
    "unapplied": listed(record({"currency": CURRENCY, "payments": NUMBER, "credits": NUMBER})),
    "lastBackup": or_null(record({"at": INSTANT, "file": TEXT})),
    "next": listed(TEXT),
})  # fmt: skip

SETTING = record(
    {"key": TEXT, "value": or_null(TEXT), "meaning": TEXT, "origin": TEXT},
    may_lack=("meaning", "origin"),
)
TEMPLATE = record({"name": TEXT, "meaning": TEXT, "path": TEXT, "used": YES_OR_NO})
FINDING = record({"check": TEXT, "ref": TEXT, "message": TEXT})
TOPIC = record({"topic": TEXT, "summary": TEXT, "text": TEXT}, may_lack=["text"])
COPIED = {"invoices": WHOLE, "activities": WHOLE, "lastActivity": or_null(INSTANT)}
ROWS = dict.fromkeys(
    ("invoices", "payments", "credits", "movements", "customers", "orders", "documents", "sends",
     "activities"), WHOLE,
)  # fmt: skip
COUNTS: Schema = {"type": "object", "additionalProperties": WHOLE}

ERROR = record({
    "error": TEXT, "message": TEXT, "details": listed(record({"field": TEXT, "message": TEXT})),
    "hint": or_null(TEXT),
})  # fmt: skip

OUTPUTS: dict[str, Schema] = {
    **RECORDS,
    **{plural(kind): several(kind, one) for kind, one in RECORDS.items()},
    "invoice-payments": record({
        "data": listed(record(PAYMENT_ON["properties"] | {"currency": CURRENCY}))
    }),
    "sent": record(INVOICE["properties"] | LETTER, may_lack=("refused",)),
    "result": record({"succeeded": listed({"type": "object"}), "failed": listed(FAILURE)}),
    "generated": record({
        "succeeded": listed(GENERATED), "failed": listed(NOT_GENERATED), "emails": listed(MAILED),
    }),
    "imported": record(dict.fromkeys(("created", "updated", "unchanged", "rejected"), WHOLE)),
    "aging": AGING,
    "today": TODAY,
    "setup": record({"database": TEXT, "config": TEXT}),
    "setting": SETTING,
    "config-path": record({"path": TEXT}),
    "settings": record({"data": listed(SETTING)}),
    "templates": record({"data": listed(TEMPLATE)}),
    "ejected": record({"folder": TEXT, "templates": listed(TEXT)}),
    "preview": record({"kind": one_of(["invoice", "credit-note"]), "path": TEXT}),
    "profiles": record({"data": listed(record({
        "profile": or_null(TEXT), "company": or_null(TEXT), "database": TEXT, "config": TEXT,
        "chosen": {"type": "boolean"},
    }))}),
    "checked": record({"findings": listed(FINDING), "notes": listed(TEXT), "checked": COUNTS}),
    "backup": record({"backup": TEXT, "bytes": WHOLE, **COPIED}),
    "restored": record({
        "database": TEXT, "restored": TEXT, "kept": or_null(TEXT), **COPIED,
    }),
    "copied": record({"from": TEXT, "to": TEXT, "rows": WHOLE, **ROWS}),
    "topic": TOPIC,
    "topics": record({"data": listed(TOPIC)}),
    "schemas": record({"data": listed(record({"name": TEXT, "direction": one_of(["in", "out"])}))}),
    "next-number": record({"nextNumber": TEXT}),
    "error": ERROR,
}  # fmt: skip
