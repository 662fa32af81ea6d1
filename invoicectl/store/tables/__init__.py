"""Every table there is, as SQLModel sees it; all of them are here, and in the metadata.

Three ideas carry it:

* `movement` is the one ledger. Whatever changes what is owed, or how much money and credit of a
  customer is not yet applied, is a dated row of it, and rows are only ever added: undoing adds
  the reverse. What was true on any day is what is true now less the movements dated after it.
* The balances on `invoice`, `payment` and `credit_memo` are caches of sums over `movement`.
* `activity` is the history, chained by hashes; rows are only ever added there too.

Every record carries a seal over all that it says (see `seals.py`), made anew with each change.

`id` is the number in the friendly id (C-00001 is customer 1) but for invoices and credit memos;
`uuid` is what JSON calls `id`. Columns ending in `_minor` are minor units of the row's currency.
"""

from invoicectl.store.tables.columns import MOST_MINOR
from invoicectl.store.tables.history import Activity, HistoryEnd, RetiredNumber, Sequence
from invoicectl.store.tables.invoices import Invoice, Line, LineTax, Party
from invoicectl.store.tables.ledger import CreditLine, CreditMemo, Movement, Payment
from invoicectl.store.tables.masters import Customer, Product, Tax, Term
from invoicectl.store.tables.orders import Charge, Order, Shipment
from invoicectl.store.tables.papers import Document, Send, SendInvoice

__all__ = [
    "MOST_MINOR",
    "Activity",
    "Charge",
    "CreditLine",
    "CreditMemo",
    "Customer",
    "Document",
    "HistoryEnd",
    "Invoice",
    "Line",
    "LineTax",
    "Movement",
    "Order",
    "Party",
    "Payment",
    "Product",
    "RetiredNumber",
    "Send",
    "SendInvoice",
    "Sequence",
    "Shipment",
    "Tax",
    "Term",
]
