"""Paging: how many pages a document will have, guessed before it is laid out.

"Page 1 of 9" is printed before the ninth is laid out. A wrong guess costs another layout, a right
one saves it.
"""

from typing import Any

Record = dict[str, Any]

# What things take in our templates, in points.
_BILL_TO_PT = 26.0
_FACT_PT = 14.1
_SUMS_PT = 92.0
_SUM_PT = 17.6
_NOTE_PT = 30.0
_NOTE_SIGNS = 110  # on a line
_BESIDE_ADDRESS = ("phone", "email", "website", "taxId")
_FACTS = ("invoiceDate", "dueDate", "paymentTerm", "poNumber", "reference", "billingStartDate")


def likely_pages(values: Record) -> int:
    """Guess how many pages a document has, by the values that its template sees."""
    left_pt = values["page"]["height"] - _first_page_pt(values)
    pages = 1
    for row in (row for part in values["table"].parts for row in part):
        if row.height > left_pt:
            pages, left_pt = pages + 1, values["page"]["height"] - values["type"].next_pt
        left_pt -= row.height
    end_pt = _SUMS_PT + len(values["taxes"]) * _SUM_PT
    if note := values["note"]:
        lines = len(note) / _NOTE_SIGNS + note.count("\n")
        end_pt += _NOTE_PT + lines * values["type"].leading_pt
    return pages if end_pt < left_pt else pages + 1


def _first_page_pt(values: Record) -> float:
    """Guess what stands above and below the lines of the first page."""
    seller, bill_to, leading_pt = values["seller"], values["billTo"], values["type"].leading_pt
    record = values.get("invoice") or {}
    facts = 1 + sum(bool(record.get(field)) for field in _FACTS)
    from_pt = leading_pt * (
        len(seller["lines"]) + sum(bool(seller[field]) for field in _BESIDE_ADDRESS)
    )
    to_pt = _BILL_TO_PT + leading_pt * (len(bill_to["lines"]) + bool(bill_to["taxId"]))
    logo_pt = values["logo"]["height"] if values["logo"] else 0.0
    return float(values["type"].first_pt + logo_pt + from_pt + max(to_pt, facts * _FACT_PT))
