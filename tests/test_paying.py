"""How to pay: an account that is checked, a reference that a bank can check, a code to be scanned."""

import io
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import zxingcpp
from stdnum import iso11649

from invoicectl.output import payment
from invoicectl.output.documents import Settings, render
from tests.test_documents import document, line, text_of

# The IBAN registry's own examples (ISO 13616).
IBANS = [
    "AT611904300234573201", "BE68539007547034", "CH9300762011623852957", "DE89370400440532013000",
    "ES9121000418450200051332", "FR1420041010050500013M02606", "GB29NWBK60161331926819",
    "IT60X0542811101000000123456", "MT84MALT011000012345MTLCAST001S", "NL91ABNA0417164300",
    "NO9386011117947", "PL61109010140000071219812874", "SA0380000000608010167519",
]  # fmt: skip


def euros(**changes: Any) -> dict[str, Any]:
    """Return an invoice in euros to a German account."""
    return document(line(subtotal=Decimal("600.10")), currency="EUR", **changes)


def codes(pdf: bytes) -> list[str]:
    """Return what a telephone reads in the pictures of a document."""
    found = [
        zxingcpp.read_barcodes(image.image.convert("L"))
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for image in page.images
    ]
    return [code.text for several in found for code in several]


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_is_known_with_and_without_its_spaces(iban):
    assert payment.checked_iban(payment.grouped(iban)) == iban


@pytest.mark.parametrize(
    "iban",
    ["DE88370400440532013000", "DE8937040044053201300", "XX89370400440532013000", "1234", ""],
)
def test_what_is_no_iban_is_refused_with_its_text(iban):
    with pytest.raises(ValueError, match=f"'{iban}' is not an IBAN: "):
        payment.checked_iban(iban)


# Published examples of ISO 11649 references.
@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("539007547034", "RF18539007547034"),
        ("5390 0754 70Y", "RF185390075470Y"),
        ("2348231", "RF712348231"),
        ("000000000539007547034", "RF18000000000539007547034"),
    ],
)
def test_a_reference_has_the_check_digits_of_the_standard(number, reference):
    assert payment.creditor_reference(number) == reference


@pytest.mark.parametrize("number", ["INV-00042", "2026/0007", "re_2026#9", "A" * 21])
def test_the_reference_of_an_invoice_ends_in_its_number_and_is_one(number):
    reference = payment.creditor_reference(number)
    assert iso11649.is_valid(reference)
    assert reference[4:] == "".join(filter(str.isalnum, number)).upper()


@pytest.mark.parametrize("number", ["A" * 22, "Ł-1", "-", "№ 7", "\uff11\uff12"])
def test_a_number_that_cannot_be_written_as_a_reference_has_none(number):
    assert payment.creditor_reference(number) is None


@pytest.mark.parametrize("style", ["plain", "modern", "compact"])
def test_the_code_is_the_transfer_that_the_invoice_asks_for(style):
    pdf = render(euros(), settings=Settings(template=style))
    (code,) = codes(pdf)
    assert code.split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Northwind Studio Inc.", "DE89370400440532013000",
        "EUR600.1", "", "RF82INV00042",
    ]  # fmt: skip
    assert "RF ref. RF82 INV0 0042" in text_of(pdf)
    assert "Scan to pay" in text_of(pdf)


def test_the_code_asks_for_what_is_still_owed():
    pdf = render(
        euros(amountPaid=Decimal("500.10"), amountOwed=Decimal("100.00")), settings=Settings()
    )
    assert "\nEUR100\n" in codes(pdf)[0]


def test_a_number_that_is_no_reference_is_quoted_in_words():
    pdf = render(euros(friendlyId="RE-№-7"), settings=Settings())
    assert codes(pdf)[0].endswith("\n\n\nRE-№-7")
    assert "RF ref." not in text_of(pdf)


def test_a_long_name_of_any_letters_is_cut_where_the_standard_says():
    made = euros()
    made["seller"]["name"] = "Grüße & Söhne Ελλάδα\nŁódź " * 5
    name = codes(render(made, settings=Settings()))[0].split("\n")[5]
    assert len(name.encode()) > len(name) == 70
    assert name.startswith("Grüße & Söhne Ελλάδα Łódź Grüße")


def no_bank(made: dict[str, Any]) -> None:
    made["seller"] |= {"iban": "CH9300762011623852957", "bic": None}


def no_sepa(made: dict[str, Any]) -> None:
    made["seller"]["iban"] = "SA0380000000608010167519"


def no_iban(made: dict[str, Any]) -> None:
    made["seller"]["iban"] = "DE00370400440532013000"


def no_euros(made: dict[str, Any]) -> None:
    made["invoice"]["currency"] = "USD"


def nothing_owed(made: dict[str, Any]) -> None:
    made["invoice"]["amountOwed"] = Decimal("0.00")


def too_much(made: dict[str, Any]) -> None:
    made["invoice"]["amountOwed"] = Decimal("1000000000.00")


def a_draft(made: dict[str, Any]) -> None:
    made["watermark"] = "DRAFT"


@pytest.mark.parametrize(
    "change", [no_bank, no_sepa, no_iban, no_euros, nothing_owed, too_much, a_draft]
)
def test_there_is_no_code_where_no_bank_would_take_it(change):
    made = euros()
    change(made)
    pdf = render(made, settings=Settings())
    assert codes(pdf) == []
    assert ("RF ref." in text_of(pdf)) is (change in {no_bank, no_sepa, no_euros, too_much})


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("company.iban=DE88370400440532013000", "is not an IBAN"),
        ("company.bic=COBA", "is not a BIC"),
    ],
)
def test_an_account_that_is_none_is_not_kept(setting, reason, run):
    assert reason in run.refused("config", "set", setting, code=5)
    assert not run.config.exists()


def test_an_account_is_kept_without_its_spaces(run):
    kept = run.ok(
        "config", "set", "company.iban=de89 3704 0044 0532 0130 00", "company.bic=cobadeff"
    )
    assert kept == {"company.iban": "DE89370400440532013000", "company.bic": "COBADEFF"}
