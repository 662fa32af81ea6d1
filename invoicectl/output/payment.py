"""Payment: what a payer's bank wants to know, in writing and as a code to be scanned.

IBANs are checked by ISO 13616, references are made by ISO 11649. The code is that of the European
Payments Council (EPC069-12, version 002): a SEPA credit transfer, which is in euros.
"""

import re
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

_MOST_SIGNS = 21  # of a reference, behind RF and its check digits
_MOST_OF_NAME = 70
_SEPARATORS = re.compile(r"[\s./_,:#-]")
_PIXELS = 8  # of the picture, for each module of the code
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
# Whose accounts SEPA reaches (EPC409-09); outside the EEA the code has to name the bank too.
_EEA = re.compile(
    "AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK"
)
_BESIDE = re.compile("AD|AL|CH|GB|GI|MC|MD|ME|MK|RS|SM|VA")


def checked_iban(text: str) -> str:
    """Return an IBAN without its spaces.

    >>> checked_iban("DE89 3704 0044 0532 0130 00")
    'DE89370400440532013000'

    Raises:
        ValueError: It is none: the country, the length or the check digits are wrong.
    """
    from stdnum import iban
    from stdnum.exceptions import ValidationError as Wrong

    try:
        return str(iban.validate(text, check_country=False))  # lists of banks grow old
    except Wrong as wrong:
        reason = str(wrong).removesuffix(".").lower()
        raise ValueError(f"{text!r} is not an IBAN: {reason}") from None


def grouped(iban: str | None) -> str:
    """Return an IBAN, or an RF reference, in groups of four, as it is printed.

    >>> grouped("DE89370400440532013000")
    'DE89 3704 0044 0532 0130 00'
    """
    plain = "".join((iban or "").split())
    return " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def checked_bic(text: str) -> str:
    """Return a BIC (ISO 9362) without its spaces; ValueError where it is none.

    >>> checked_bic("cobadeffxxx")
    'COBADEFFXXX'
    """
    bic = "".join(text.split()).upper()
    if not _BIC.fullmatch(bic):
        raise ValueError(f"{text!r} is not a BIC: 8 or 11 letters and digits, such as COBADEFFXXX")
    return bic


def creditor_reference(number: str) -> str | None:
    """Return the RF reference of an invoice number, None where it cannot be written as one.

    A bank finds a mistyped one: it has check digits, as an IBAN has.

    >>> creditor_reference("5390-0754-7034"), creditor_reference("INV-00042")
    ('RF18539007547034', 'RF82INV00042')
    """
    from stdnum.iso7064 import mod_97_10

    plain = _SEPARATORS.sub("", number).upper()
    if not (plain.isascii() and plain.isalnum() and len(plain) <= _MOST_SIGNS):
        return None
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"


def details(invoice: Record, seller: Record) -> Record:
    """Return an invoice's `rf` reference as it is printed, and the code to scan: a `picture`'s URI.

    Each is empty where there is none: the reference goes with an IBAN that is one, the code with
    euros that are owed to an account in SEPA.
    """
    try:
        iban = checked_iban(seller["iban"] or "")
    except ValueError:
        return {"rf": "", "picture": None}
    rf = creditor_reference(invoice["friendlyId"])
    is_due = invoice["currency"] == "EUR" and invoice["amountOwed"] > 0
    picture = _picture(invoice, seller, iban, rf) if is_due else None
    return {"rf": grouped(rf), "picture": picture}


def _picture(invoice: Record, seller: Record, iban: str, rf: str | None) -> str | None:
    from segno import helpers

    bic = _known_bic(seller["bic"])
    if not (_EEA.match(iban) or (bic and _BESIDE.match(iban))):
        return None
    name = " ".join(seller["name"].split())[:_MOST_OF_NAME]
    said = {"reference": rf} if rf else {"text": invoice["friendlyId"][:140]}
    amount = Decimal(invoice["amountOwed"])
    try:
        code = helpers.make_epc_qr(name, iban, amount, bic=bic, encoding="utf-8", **said)
    except ValueError:  # more money than the standard has digits for, or no name to pay
        return None
    return str(code.png_data_uri(scale=_PIXELS))


def _known_bic(text: str | None) -> str | None:
    try:
        return checked_bic(text or "")
    except ValueError:
        return None
