"""What the seal of each kind of record covers: its own columns, the rows that belong to it.

A column that is added to a table has to be added here, by a migration that ends with
`seals.make_all`; a test compares this page with the tables.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Part(NamedTuple):
    """Rows of another table that a seal covers: those whose `owner` column is the record's id."""

    table: str
    owner: str
    columns: str
    order: str
    where: str = ""


class Sealed(NamedTuple):
    """What the seals of a table cover: its columns, parts, and further values in SQL."""

    kind: str
    columns: str
    parts: tuple[Part, ...] = ()
    values: tuple[str, ...] = ()


KEPT = "id uuid key created_at updated_at deleted_at version"

# What an invoice says that never changes once it is issued, and what may. Which charge a line bills
# is no part of the first: an order may drop the charges of an invoice that was voided.
FROZEN = (
    "id uuid friendly_id type customer_id order_id shipment_id currency scale invoice_date"
    " term_rule subtotal_minor discount_type discount_value discount_minor tax_minor"
    " shipping_minor shipping_tax total_minor tax_inclusive tax_rounding billing_start billing_end"
    " alternate_issue_date alternate_due_date alternate_billing_start alternate_billing_end"
    " template_id issued_at"
)
CHANGING = (
    "key draft_seq status invoice_date_given due_date due_date_given term_id paid_minor"
    " credited_minor discount_taken_minor owed_minor reference po_number note factor_name"
    " factor_job_id factor_status qbo_id attributes objects share_token sent_at voided_on"
    " void_reason seller_id bill_to_id request created_by updated_by created_at updated_at"
    " deleted_at version"
)
_LINE = (
    "id uuid position product_id item_id description quantity unit unit_price discount"
    " discount_minor net_minor document_discount_minor tax_minor total_minor accounting_code"
    " warehouse pricing_snapshot_id charging_start charging_end alternate_charging_start"
    " alternate_charging_end version"
)
FROZEN_LINES = (
    Part("line", "invoice_id", _LINE, "position"),
    Part(
        "line_tax",
        "invoice_id",
        "id line_id position tax_id code name rate amount_minor",
        "line_id, position, id",
    ),
)
LINES = (Part("line", "invoice_id", f"{_LINE} charge_id", "position"), *FROZEN_LINES[1:])
PARTIES = (
    "(SELECT sha256 FROM party WHERE id = invoice.seller_id)",
    "(SELECT sha256 FROM party WHERE id = invoice.bill_to_id)",
)

_MOVEMENT = (
    "id entry_date kind customer_id currency invoice_id payment_id credit_id owed_minor"
    " unapplied_minor reverses_id invoice_date_before due_date_before created_at created_by"
)
_DOCUMENT = "id uuid name sha256 created_at url superseded"

SEALED: Mapping[str, Sealed] = {
    "invoice": Sealed(
        "invoice",
        f"{FROZEN} {CHANGING}",
        (
            *LINES,
            Part("movement", "invoice_id", _MOVEMENT, "id"),
            Part("document", "invoice_id", _DOCUMENT, "id", "superseded = 0"),
        ),
        PARTIES,
    ),
    "payment": Sealed(
        "payment",
        f"{KEPT} customer_id currency amount_minor unapplied_minor payment_date method reference"
        " request created_by",
        (Part("movement", "payment_id", _MOVEMENT, "id"),),
    ),
    "credit_memo": Sealed(
        "credit",
        f"{KEPT} customer_id invoice_id currency amount_minor tax_minor remaining_minor"
        " credit_date reference note voided_on seller_id bill_to_id request created_by",
        (
            Part(
                "credit_line",
                "credit_id",
                "id line_id position description quantity net_minor tax_minor total_minor taxes",
                "position",
            ),
            Part("movement", "credit_id", _MOVEMENT, "id"),
            Part("document", "credit_id", _DOCUMENT, "id"),
        ),
    ),
    "customer": Sealed(
        "customer",
        f"{KEPT} name status emails phone website tax_id line1 line2 city region postal_code"
        " country currency term_id",
    ),
    "sales_order": Sealed(
        "order",
        f"{KEPT} customer_id po_number currency order_date status",
        (
            Part(
                "charge",
                "order_id",
                "id uuid shipment_id position product_id item_id description quantity unit"
                " unit_price discount tax accounting_code warehouse invoice_id",
                "position, id",
            ),
        ),
    ),
    "shipment": Sealed("shipment", f"{KEPT} order_id delivered_on"),
    "term": Sealed("term", f"{KEPT} name description rule quick_pay_fee ap_only do_not_use"),
    "tax": Sealed("tax", f"{KEPT} code name rate"),
    "product": Sealed(
        "product",
        f"{KEPT} code name description unit unit_price currency tax accounting_code warehouse",
    ),
    "send": Sealed(
        "letter",
        "id uuid message_id state recipients addressed subject refused error created_at"
        " settled_at created_by",
        (Part("send_invoice", "send_id", "invoice_id sha256", "invoice_id"),),
    ),
}
