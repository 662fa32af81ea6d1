"""Machine formats: what is written reads back as what it was, and nothing in it is ever run."""

import csv
import io
import json
import os
import pty
import re
import resource
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.output.as_csv import cell_lines
from invoicectl.output.fields import check_fields, flatten, parse_fields, pick, value_at
from invoicectl.output.formats import (
    EXTENSIONS,
    FORMATS,
    guard,
    unguard,
    write_list,
    write_record,
    write_result,
)

INVOICE = {
    "id": "5f0c",
    "friendlyId": "INV-00001",
    "customer": {"id": "c1", "name": "Müller, Söhne"},
    "overdue": True,
    "dueDate": None,
    "amount": Decimal("500.00"),
    "lines": [{"description": 'say "hi"', "quantity": Decimal("-1.5")}],
}
COLUMNS = ["id", "friendlyId", "customer.id", "customer.name", "overdue", "dueDate", "amount"]
RESULT = {
    "succeeded": [{"id": "1", "friendlyId": "INV-00001", "customer": {"name": "Acme"}}],
    "failed": [{"ref": "INV-9", "error": "not_found", "message": "no invoice 'INV-9'"}],
}


def record(found, format, **more):
    out = io.BytesIO()
    write_record(found, format=format, out=out, kind=more.pop("kind", "invoice"), **more)
    return out.getvalue().decode()


def listed(rows, format, **more):
    out = io.BytesIO()
    write_list(rows, format=format, out=out, kind=more.pop("kind", "invoice"), **more)
    return out.getvalue().decode()


def result(outcome, format, **more):
    out = io.BytesIO()
    write_result(outcome, format=format, out=out, kind="invoice", **more)
    return out.getvalue().decode()


def exact(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


# --- JSON ---


def test_a_record_is_the_bare_object_with_the_decimals_of_its_currency():
    assert record({"amount": Decimal("500.00"), "yen": Decimal("500")}, "json") == (
        '{\n  "amount": 500.00,\n  "yen": 500\n}\n'
    )


def test_a_list_is_data_and_what_was_asked_for_after_it():
    text = listed(
        [{"id": "1"}, {"id": "2"}],
        "json",
        pagination={"pageSize": 2, "endCursor": None},
        totals=[{"currency": "EUR", "count": 2}],
    )
    assert text == textwrap.dedent("""\
        {
          "data": [
            {
              "id": "1"
            },
            {
              "id": "2"
            }
          ],
          "pagination": {
            "pageSize": 2,
            "endCursor": null
          },
          "totals": [
            {
              "currency": "EUR",
              "count": 2
            }
          ]
        }
        """)


def test_a_list_without_extras_is_data_alone():
    assert listed([], "json") == '{\n  "data": []\n}\n'


def test_pagination_is_asked_only_once_the_rows_are_read():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield {"id": number}

    text = listed(rows(), "json", pagination=lambda: {"endCursor": str(read[-1])})
    assert exact(text)["pagination"] == {"endCursor": "2"}


def test_pagination_that_turns_out_to_be_none_is_left_out():
    assert exact(listed([{"id": "1"}], "json", pagination=lambda: None)) == {"data": [{"id": "1"}]}


def test_jsonl_is_a_record_a_line_and_nothing_else():
    text = listed([INVOICE, {"id": "2"}], "jsonl", pagination={"pageSize": 2}, totals=[])
    assert [json.loads(line)["id"] for line in text.splitlines()] == ["5f0c", "2"]
    assert text.endswith('{"id":"2"}\n')


def test_text_stays_utf8_in_json():
    assert "Müller" in record(INVOICE, "json")


@pytest.mark.parametrize("format", FORMATS)
def test_half_a_surrogate_pair_and_nul_break_no_format(format):
    text = record({"a": "x\ud800y", "b": ["\udfff"], "c": "n\x00"}, format)
    assert "x\ufffdy" in text


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def comparable(value):
    """Numbers as decimals: 1 is 1.00, but true is not 1."""
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


@given(st.lists(st.dictionaries(st.text(), values, max_size=4), max_size=4))
def test_json_reads_back_as_what_was_written(rows):
    expected = {"data": comparable(rows)}
    assert exact(listed(rows, "json")) == expected
    assert [exact(line) for line in listed(rows, "jsonl").split("\n")[:-1]] == expected["data"]


# --- CSV and TSV ---


def test_csv_is_a_header_and_a_flat_row_a_record():
    assert listed([INVOICE], "csv", columns=COLUMNS) == (
        "id,friendlyId,customer.id,customer.name,overdue,dueDate,amount\n"
        '5f0c,INV-00001,c1,"Müller, Söhne",true,,500.00\n'
    )


def test_a_single_record_is_written_like_a_list_of_one():
    assert record(INVOICE, "csv", columns=COLUMNS) == listed([INVOICE], "csv", columns=COLUMNS)


def test_without_columns_the_first_record_names_them():
    text = listed([INVOICE, {"id": "2", "note": "not in the first"}], "csv")
    assert text.splitlines() == [
        "id,friendlyId,customer.id,customer.name,overdue,dueDate,amount",
        '5f0c,INV-00001,c1,"Müller, Söhne",true,,500.00',
        "2,,,,,,",
    ]


def test_an_empty_list_still_has_its_header():
    assert listed([], "csv", columns=["id", "amount"]) == "id,amount\n"
    assert listed([], "tsv", fields=["id"]) == "id\n"


def test_an_object_that_is_unknown_leaves_its_columns_empty():
    rows = [{"id": "1", "paymentTerm": None}, {"id": "2", "paymentTerm": {"name": "Net 30"}}]
    assert listed(rows, "csv", columns=["id", "paymentTerm.id", "paymentTerm.name"]) == (
        "id,paymentTerm.id,paymentTerm.name\n1,,\n2,,Net 30\n"
    )


def test_columns_deep_inside_are_found():
    row = {"a": {"b": {"c": 1, "d": 2}}, "e": 3}
    assert listed([row], "csv", columns=["a.b.c", "e", "a.b.d"]) == "a.b.c,e,a.b.d\n1,3,2\n"


def test_a_list_has_a_cell_only_where_it_is_named():
    assert listed([INVOICE], "csv", fields=["id", "lines"]) == (
        'id,lines\n5f0c,"[{""description"":""say \\""hi\\"""",""quantity"":-1.5}]"\n'
    )


def test_a_list_of_words_is_joined_as_an_import_takes_it():
    rows = [{"key": "a", "email": ["a@b.test", "c@d.test"]}, {"key": "b", "email": []}]
    assert listed(rows, "csv") == "key,email\na,a@b.test;c@d.test\nb,\n"
    assert listed([{"email": ["=1", "x\ty"]}], "tsv") == "email\n'=1;x y\n"


def test_decimals_are_plain_and_keep_their_zeros():
    row = {"a": Decimal("1E+3"), "b": Decimal("0.000000"), "c": Decimal("-12.50"), "d": -3}
    assert listed([row], "csv").splitlines()[1] == "1000,0.000000,-12.50,-3"


def test_a_tsv_line_is_a_record_whatever_is_in_it():
    row = {"note": 'a\tb\nc\r\nd\u2028e"f', "id": "1"}
    assert listed([row], "tsv") == 'note\tid\na b c d e"f\t1\n'


def test_line_ends_inside_csv_text_are_quoted_even_a_lone_carriage_return():
    text = listed([{"a": "x\ry", "b": "x\ny"}], "csv")
    assert text == 'a,b\n"x\ry","x\ny"\n'


def test_pagination_and_totals_are_no_rows():
    assert listed([{"id": "1"}], "csv", pagination={"pageSize": 1}, totals=[{}]) == "id\n1\n"


cell_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.fixed_dictionaries({"name": cell_text, "note": cell_text}), min_size=1))
@example([{"name": "", "note": ""}])
def test_csv_reads_back_as_what_was_written(rows):
    text = listed(rows, "csv")
    back = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [{name: unguard(cell) for name, cell in row.items()} for row in back] == rows


@given(st.lists(st.tuples(cell_text, cell_text), min_size=1))
def test_tsv_has_as_many_lines_and_columns_as_records_and_fields(rows):
    text = listed([{"name": a, "note": b} for a, b in rows], "tsv")
    assert [line.count("\t") for line in text.splitlines()] == [1] * (len(rows) + 1)


# --- formulas ---


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1 555 0100",
        "-12.50",
        "@SUM(A1)",
        "|calc",
        "%0",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\ufeff=1",
        "\u200b=1",
        "\xa0=1",
        "\x00=1",
        "\x01=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
        "=cmd|' /C calc'!A0",
        "'=1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_guarded(text):
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@pytest.mark.parametrize(
    "text", ["", "Acme", "'t Hooft", "a=b", " x", "1-30", "INV-1", "INV=1", "\\=1", '"=1"', "'"]
)
def test_other_text_is_left_alone(text):
    assert guard(text) == text
    assert unguard(text) == text


formula_like = st.text(st.sampled_from("'=+-@ \t\n\r|%\uff1d\uff0b\uff0d\uff20\ufeff\u200b\x00a1"))


@given(formula_like | st.text())
def test_reading_takes_off_exactly_what_writing_put_on(text):
    assert unguard(guard(text)) == text
    assert guard(text) in (text, "'" + text)


@pytest.mark.parametrize("format", ["csv", "tsv"])
@given(text=formula_like)
def test_no_cell_starts_like_a_formula(format, text):
    line = listed([{"a": "", "b": text}], format).split("\n", 1)[1]
    cell = line[1:].lstrip('" \ufeff\u200b\ufffd')
    assert cell[:1] not in set("=+-@|%\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_numbers_are_never_guarded_and_text_that_looks_like_one_is(format):
    text = listed([{"amount": Decimal("-12.50"), "count": -3, "reference": "-12.50"}], format)
    assert re.split("[,\t]", text.splitlines()[1]) == ["-12.50", "-3", "'-12.50"]


def test_formulas_are_guarded_in_lists_of_outcomes_too():
    assert "'=1+1" in result({"failed": [{"ref": "=1+1"}]}, "csv")


# --- XML ---


def test_xml_has_the_names_of_json():
    assert record(INVOICE, "xml") == textwrap.dedent("""\
        <?xml version="1.0" encoding="UTF-8"?>
        <invoice>
          <id>5f0c</id>
          <friendlyId>INV-00001</friendlyId>
          <customer>
            <id>c1</id>
            <name>Müller, Söhne</name>
          </customer>
          <overdue>true</overdue>
          <dueDate/>
          <amount>500.00</amount>
          <lines>
            <line>
              <description>say "hi"</description>
              <quantity>-1.5</quantity>
            </line>
          </lines>
        </invoice>
        """)


def test_an_xml_list_ends_with_what_was_asked_for():
    text = listed(
        [{"code": "GST"}],
        "xml",
        kind="tax",
        pagination=lambda: {"pageSize": 50},
        totals=[{"currency": "EUR"}],
    )
    root = ElementTree.fromstring(text)
    assert root.tag == "taxes"
    assert [child.tag for child in root] == ["tax", "pagination", "totals"]
    assert root.findtext("totals/total/currency") == "EUR"


def test_an_empty_xml_list_is_well_formed():
    assert len(ElementTree.fromstring(listed([], "xml"))) == 0


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("lines", "line"),
        ("taxes", "tax"),
        ("customAttributes", "customAttribute"),
        ("email", "item"),
        ("address", "item"),
    ],
)
def test_an_entry_of_a_list_is_named_in_the_singular(name, entry):
    assert ElementTree.fromstring(record({name: ["x"]}, "xml")).find(f"{name}/{entry}").text == "x"


@pytest.mark.parametrize("name", ["my key", "1st", "a<b", "", "xmlFoo", "ключ", "x\x00"])
def test_a_name_xml_cannot_have_is_an_attribute(name):
    root = ElementTree.fromstring(record({name: "v"}, "xml"))
    assert root[0].tag == "field"
    assert root[0].get("name") == name.replace("\x00", "\ufffd")
    assert root[0].text == "v"


xml_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


@given(xml_text)
@example("a\r\nb\rc")
@example("]]>&<\x0b\x7f\x85")
def test_xml_reads_back_as_what_was_written(text):
    back = ElementTree.fromstring(record({"a": text}, "xml")).findtext("a")
    assert back == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", text)


# --- the outcome of several ---


def test_an_outcome_is_json_as_it_is():
    assert exact(result(RESULT, "json")) == RESULT
    assert result(RESULT, "jsonl").count("\n") == 1


def test_an_outcome_is_a_row_an_entry():
    assert result(RESULT, "csv").splitlines() == [
        "result,id,friendlyId,customer.name,ref,error,message",
        "succeeded,1,INV-00001,Acme,,,",
        "failed,,,,INV-9,not_found,no invoice 'INV-9'",
    ]
    assert result(RESULT, "tsv") == result(RESULT, "csv").replace(",", "\t")


def test_an_outcome_of_nothing_has_a_header():
    assert result({"succeeded": [], "failed": []}, "csv") == "result,ref,error,message\n"


def test_an_outcome_is_xml_with_the_kind_inside():
    root = ElementTree.fromstring(result(RESULT | {"emails": [{"to": "a@b.test"}]}, "xml"))
    assert root.findtext("succeeded/invoice/customer/name") == "Acme"
    assert root.findtext("failed/failure/ref") == "INV-9"
    assert root.findtext("emails/email/to") == "a@b.test"


@pytest.mark.parametrize("format", FORMATS)
def test_fields_narrow_what_succeeded_and_keep_what_failed(format):
    text = result(RESULT, format, fields=["customer.name"])
    assert "Acme" in text
    assert "INV-00001" not in text
    assert "not_found" in text


# --- fields ---


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("json", '{\n  "friendlyId": "INV-00001",\n  "customer.name": "Müller, Söhne"\n}\n'),
        ("jsonl", '{"friendlyId":"INV-00001","customer.name":"Müller, Söhne"}\n'),
        ("csv", 'friendlyId,customer.name\nINV-00001,"Müller, Söhne"\n'),
        ("tsv", "friendlyId\tcustomer.name\nINV-00001\tMüller, Söhne\n"),
        (
            "xml",
            (
                '<?xml version="1.0" encoding="UTF-8"?>\n<invoice>\n'
                "  <friendlyId>INV-00001</friendlyId>\n"
                "  <customer.name>Müller, Söhne</customer.name>\n</invoice>\n"
            ),
        ),
    ],
)
def test_fields_narrow_every_format_with_dotted_names_as_keys(format, expected):
    assert record(INVOICE, format, fields=["friendlyId", "customer.name"]) == expected


def test_a_field_that_holds_fields_is_all_of_them_in_a_flat_file():
    text = record(INVOICE, "csv", fields=["amount", "customer"], columns=COLUMNS)
    assert text.startswith("amount,customer.id,customer.name\n500.00,c1,")
    assert exact(record(INVOICE, "json", fields=["customer"])) == {"customer": INVOICE["customer"]}


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("custmer.name", "did you mean customer.name?"),
        ("AMOUNT", "did you mean amount?"),
        ("name", "did you mean customer.name?"),
        ("zzz", "the fields are id, amount, customer.name, lines"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest(field, hint):
    with pytest.raises(ValidationError) as refused:
        check_fields(["id", field], ["id", "amount", "customer.name", "lines"])
    assert (refused.value.hint, refused.value.exit_code) == (hint, 5)
    assert refused.value.details == [{"field": "fields", "message": f"no field {field!r}"}]


@pytest.mark.parametrize("write", [record, lambda row, *a, **k: listed([row], *a, **k)])
def test_an_unknown_field_is_refused_before_anything_is_written(write):
    with pytest.raises(ValidationError, match="no field 'ammount'"):
        write(INVOICE, "csv", fields=["ammount"], known=["amount"])


def test_fields_are_read_from_a_comma_list_each_once():
    assert parse_fields(" id, customer ,id,", ["id", "customer.name"]) == ["id", "customer"]
    with pytest.raises(ValidationError, match="names no field"):
        parse_fields(" , ", ["id"])


def test_fields_are_read_again_from_a_record_already_narrowed():
    narrowed = pick(INVOICE, ["customer.name"])
    assert value_at(narrowed, "customer.name") == "Müller, Söhne"
    assert value_at(INVOICE, "id.name") is None
    assert flatten(INVOICE, lists=True)["lines"] == INVOICE["lines"]


# --- streaming ---


@pytest.mark.parametrize("format", FORMATS)
def test_the_first_row_is_out_before_the_second_is_read(format):
    class Seen(io.RawIOBase):
        def __init__(self):
            self.text = b""

        def writable(self):
            return True

        def write(self, piece):
            self.text += bytes(piece)
            return len(piece)

    seen = Seen()

    def rows():
        yield {"id": "first"}
        assert b"first" in seen.text
        yield {"id": "second"}

    write_list(rows(), format=format, out=io.BufferedWriter(seen), kind="invoice")
    assert b"second" in seen.text


@pytest.mark.parametrize("format", FORMATS)
def test_a_query_that_is_refused_leaves_the_output_empty(format):
    def rows():
        raise NotFoundError("no customer 'C-9'")
        yield {}

    out = io.BytesIO()
    with pytest.raises(NotFoundError):
        write_list(rows(), format=format, out=out, kind="invoice", columns=["id"])
    assert out.getvalue() == b""


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_the_rows(format):
    rows = ({"id": str(number), "customer": {"name": "x" * 500}} for number in range(60_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Path(os.devnull).open("wb") as out:
        write_list(rows, format=format, out=out, kind="invoice")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000


def test_every_machine_format_has_an_extension():
    assert set(FORMATS) <= set(EXTENSIONS.values())
    assert all(ending == f".{name}" for ending, name in EXTENSIONS.items())


# --- on a terminal ---

HOSTILE = "Acme\x1b]52;c;aGk=\x07\x9b31m\u202egnp\U000e0041\r\x7f"


@pytest.mark.parametrize("format", FORMATS)
def test_no_control_character_reaches_a_terminal_and_json_and_xml_still_mean_the_same(format):
    shown, _ = on_terminal(HOSTILE, format)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\U000e0041]", shown)
    if format in ("json", "jsonl"):
        assert json.loads(shown)["name"] == HOSTILE
    if format == "xml":
        expected = re.sub("[\x07\x1b]", "\ufffd", HOSTILE)
        assert ElementTree.fromstring(shown).findtext("name") == expected


@pytest.mark.parametrize("format", FORMATS)
def test_in_a_file_the_text_stays_as_it_is(format):
    assert "\u202egnp" in record({"name": HOSTILE}, format)


def on_terminal(name, format):
    """Return what a terminal is sent when a record of this name is written to it."""
    script = """
        import sys
        from invoicectl.output.formats import write_record
        write_record({"name": sys.argv[1]}, format=sys.argv[2], out=sys.stdout.buffer, kind="order")
    """
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as screen:
        command = [sys.executable, "-c", textwrap.dedent(script), name, format]
        process = subprocess.run(command, stdout=slave, check=True, timeout=60)
        os.close(slave)
        sent = b""
        while piece := _read(screen):
            sent += piece
    return sent.decode().replace("\r\n", "\n"), process


def _read(screen):
    try:
        return screen.read(65536)
    except OSError:  # Linux says EIO once the other end is closed
        return b""


@given(
    st.lists(
        st.tuples(
            st.none() | st.text("aZ9é=-+@\x1f\0\t\r\n\",' ", max_size=4),
            st.none() | st.integers() | st.sampled_from(["0.00", "-1.50"]),
            st.none() | st.text("abc", max_size=3),
        )
    )
)
def test_cells_that_are_text_already_read_back_and_are_guarded(rows):
    rows = [list(row) for row in rows]
    lines = b"".join(cell_lines(rows, ["a", "b", "c"], {1}, tabs=False)).decode()
    shown = [["" if cell is None else str(cell) for cell in row] for row in rows]
    wanted = [[guard(a).replace("\0", "\ufffd"), b, c] for a, b, c in shown]
    assert list(csv.reader(io.StringIO(lines, newline=""))) == [["a", "b", "c"], *wanted]
    tabbed = b"".join(cell_lines(rows, ["a", "b", "c"], {1}, tabs=True)).decode()
    header, *found = tabbed.removesuffix("\n").split("\n")
    assert header == "a\tb\tc"
    assert [line.split("\t")[1:] for line in found] == [row[1:] for row in shown]
    for line, (a, *_) in zip(found, shown, strict=True):
        cell = line.split("\t")[0]
        assert cell == guard(cell) or cell == guard(unguard(cell))
        assert cell.isprintable() or not a.isprintable()
