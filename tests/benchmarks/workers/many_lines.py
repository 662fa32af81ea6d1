"""Draw an invoice of so many lines; prints the CPU seconds that a line takes."""

import sys
import time
from decimal import Decimal

from invoicectl.output import documents

PARTY = {"name": "Ada Ltd", "address": {"line1": "1 Mill Lane", "city": "Oxford"}}


def paper(lines: int) -> dict[str, object]:
    zero, price = Decimal("0.00"), Decimal("9.50")
    total = lines * price
    invoice = {
        "friendlyId": "INV-00001", "invoiceDate": "2026-08-01", "dueDate": "2026-08-31",
        "currency": "EUR", "paymentTerm": None, "poNumber": None, "reference": None, "note": None,
        "billingStartDate": None, "billingEndDate": None, "priceTaxInclusive": False,
        "discountAmount": zero, "discountType": None, "discountValue": None, "shipping": zero,
        "total": total, "amountOwed": total, "amountPaid": zero, "creditsApplied": zero,
        "discountTaken": zero,
        "lines": [
            {"position": n, "description": f"Item {n} of the garden", "quantity": Decimal(1),
             "unit": "pc", "unitPrice": price, "discount": zero, "subtotal": price, "taxes": [],
             "tax": zero, "total": price, "itemId": None}
            for n in range(1, lines + 1)
        ],
    }  # fmt: skip
    return {
        "kind": "invoice", "title": "Invoice", "watermark": None, "seller": PARTY, "billTo": PARTY,
        "invoice": invoice, "taxes": [], "reference": "INV-00001",
    }  # fmt: skip


def main(lines: str) -> None:
    documents.render(paper(3), settings=documents.Settings())
    wanted = paper(int(lines))
    begun = time.process_time()
    documents.render(wanted, settings=documents.Settings())
    print((time.process_time() - begun) / int(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
