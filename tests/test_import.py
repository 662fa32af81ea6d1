"""import, as its user meets it: the files that are read, what is refused, what it answers."""

import json
import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importing import counts

CUSTOMERS = """\
key,name,email,phone,address.line1,address.city,address.country,currency,paymentTerm
a,Alder Bau,mail@alder.example;rechnung@alder.example,+49 1,Weg 1,Köln,DE,EUR,Net 30
b,"Birch, Sons & Co",,,,,,,
"""


def customers(run):
    return {each["key"]: each for each in run.ok("customer", "list", "--all")["data"]}


# what comes in


def test_a_csv_of_customers_becomes_customers(run):
    assert run.ok("import", "customers", run.write("c.csv", CUSTOMERS)) == counts(created=2)
    made = customers(run)["a"]
    assert made["name"] == "Alder Bau"
    assert made["email"] == ["mail@alder.example", "rechnung@alder.example"]
    assert (made["address"]["line1"], made["address"]["city"]) == ("Weg 1", "Köln")
    assert (made["currency"], made["paymentTerm"]) == ("EUR", "Net 30")
    assert customers(run)["b"]["name"] == "Birch, Sons & Co"


def test_the_same_file_again_changes_nothing(run):
    path = run.write("c.csv", CUSTOMERS)
    run.ok("import", "customers", path)
    before = customers(run)
    assert run.ok("import", "customers", path) == counts(unchanged=2)
    assert customers(run) == before


def test_a_record_with_a_known_key_is_updated(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    changed = run.write("d.csv", "key,name\na,Alder GmbH\nc,Cedar\n")
    assert run.ok("import", "customers", changed) == counts(created=1, updated=1)
    assert customers(run)["a"]["name"] == "Alder GmbH"


def test_an_empty_cell_leaves_what_is_there(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    run.ok("import", "customers", run.write("d.csv", "key,name,phone\na,Alder GmbH,\n"))
    assert customers(run)["a"]["phone"] == "+49 1"


def test_null_in_json_clears_a_field(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    run.ok(
        "import", "customers", run.write("d.json", '{"key": "a", "name": "Alder", "phone": null}')
    )
    assert customers(run)["a"]["phone"] is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.json", '[{"key": "x", "name": "Xylo"}]'),
        ("c.json", '{"data": [{"key": "x", "name": "Xylo"}]}'),
        ("c.json", '{"key": "x", "name": "Xylo"}'),
        ("c.jsonl", '{"key": "x", "name": "Xylo"}\n\n'),
        ("c.ndjson", '\ufeff{"key": "x", "name": "Xylo"}'),
        ("c.csv", "\ufeffkey,name\r\nx,Xylo\r\n,\r\n"),
        ("c.csv", "key;name\nx;Xylo\n"),
        ("c.tsv", "key\tname\nx\tXylo\n"),
        ("C.CSV", 'key,name\n"x","Xylo"'),
    ],
)
def test_every_form_of_a_file_is_read(run, name, text):
    assert run.ok("import", "customers", run.write(name, text)) == counts(created=1)
    assert customers(run)["x"]["name"] == "Xylo"


def test_standard_input_is_read_in_the_format_that_is_named(run):
    text = "key,name\nx,Xylo\n"
    answer = run.ok("import", "customer", "-", "--input-format", "csv", stdin=text)
    assert answer == counts(created=1)


def test_a_pipe_in_the_place_of_a_file_is_read(run):
    pipe = run.folder / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=["key,name\nx,Xylo\n"])
    writer.start()
    assert run.ok("import", "customers", pipe) == counts(created=1)
    writer.join()


def test_an_empty_list_is_nothing_to_do(run):
    assert run.ok("import", "customers", run.write("c.json", "[]")) == counts()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("taxes", "code,name,rate\nVAT,Value added tax,0.19\n"),
        ("tax", "code,rate\nGST,0.05\n"),
        ("products", "code,name,unit,unitPrice,currency\nP-1,Paper,box,4.50,EUR\n"),
        ("terms", "key,name,rule\nt,Usual,Net 30\n"),
        ("term", "name\n2/10 net 30\n"),
    ],
)
def test_the_small_kinds_are_upserted_too(run, kind, text):
    path = run.write("x.csv", text)
    assert run.ok("import", kind, path) == counts(created=1)
    assert run.ok("import", kind, path) == counts(unchanged=1)


ORDERS = """\
orderKey,customer,poNumber,currency,orderDate,shipmentKey,deliveredOn,description,quantity,unit,unitPrice,tax,itemId,accountingCode,warehouse
o1,b,PO-7,EUR,2026-01-05,,,Setting up,1,,100,,,,
o1,b,PO-7,EUR,2026-01-05,s1,2026-01-09,Sand,3,t,20.50,,SAND,4000,W1
o2,b,,EUR,2026-01-06,s2,,Gravel,1,t,30,,,,
o1,,,,,s1,,Cement,2,bag,8,,,,
"""


def test_the_rows_of_an_order_are_its_charges_and_shipments_wherever_they_stand(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    path = run.write("o.csv", ORDERS)
    assert run.ok("import", "orders", path) == counts(created=2)
    order = run.ok("order", "get", "o1")
    assert (order["poNumber"], order["orderDate"]) == ("PO-7", "2026-01-05")
    assert [each["description"] for each in order["charges"]] == ["Setting up"]
    (shipment,) = order["shipments"]
    assert (shipment["key"], shipment["deliveredOn"]) == ("s1", "2026-01-09")
    assert [each["description"] for each in shipment["charges"]] == ["Sand", "Cement"]
    assert run.ok("import", "orders", path) == counts(unchanged=2)


def test_an_order_can_make_its_customer(run):
    run.ok("import", "orders", run.write("o.csv", ORDERS), "--create-customers")
    assert customers(run)["b"]["name"] == "b"


def test_a_wrong_charge_is_named_by_its_line_and_column(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    path = run.write("o.csv", ORDERS.replace("8,,,,", "8,VAT,,,"))
    message = run.refused("import", "orders", path, code=5)
    assert "o.csv line 5, column tax: no tax 'VAT'" in message


def test_rows_of_one_shipment_agree_on_its_delivery(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    path = run.write("o.csv", ORDERS.replace("o1,,,,,s1,,", "o1,,,,,s1,2026-01-10,"))
    message = run.refused("import", "orders", path, code=5)
    assert "line 5, column deliveredOn: is '2026-01-10' here and '2026-01-09'" in message


# other programs' files


def test_map_names_the_columns_and_lets_the_others_be(run):
    path = run.write("c.csv", "Id,Company name,Since,phone\n007,Acme,2019,1234\n")
    run.ok("import", "customers", path, "--map", "key=Id", "--map", "name=Company name")
    made = customers(run)["007"]
    assert (made["name"], made["phone"]) == ("Acme", "1234")


def test_map_reads_json_of_other_programs(run):
    path = run.write("c.jsonl", '{"id_no": 7, "title": "Acme", "rating": "A", "phone": "1234"}\n')
    run.ok("import", "customers", path, "--map", "key=id_no", "--map", "name=title")
    assert customers(run)["7"]["phone"] == "1234"


def test_default_fills_what_a_file_leaves_out(run):
    path = run.write("c.csv", "key,name,currency\nx,Xylo,\ny,Yew,EUR\n")
    more = ("--default", "currency=USD", "--default", "address.country=US")
    run.ok("import", "customers", path, *more)
    made = customers(run)
    assert (made["x"]["currency"], made["y"]["currency"]) == ("USD", "EUR")
    assert made["x"]["address"]["country"] == "US"


def test_default_fills_json_too(run):
    path = run.write("c.json", '[{"key": "x", "name": "Xylo", "address": {"city": "Oslo"}}]')
    run.ok("import", "customers", path, "--default", "address.country=NO")
    assert customers(run)["x"]["address"]["country"] == "NO"
    assert customers(run)["x"]["address"]["city"] == "Oslo"


def test_a_mapped_column_that_is_not_there_is_named_with_the_nearest(run):
    path = run.write("c.csv", "Key,Name\nx,Xylo\n")
    ran = run("import", "customers", path, "--map", "key=key", "--map", "name=Name", "--json")
    assert ran.exit_code == 5
    assert "line 1, column key: is not there" in ran.error["message"]
    assert ran.error["hint"] == "did you mean 'Key'?"


def test_an_unknown_field_to_map_is_refused(run):
    path = run.write("c.csv", "Key,Name\nx,Xylo\n")
    ran = run("import", "customers", path, "--map", "nme=Name", "--json")
    assert (ran.exit_code, ran.error["hint"]) == (5, "did you mean name?")


@pytest.mark.parametrize(
    "words",
    [
        ("--map", "name"),
        ("--map", "=Name"),
        ("--default", "name="),
        ("--map", "name=A", "--map", "name=B"),
        ("--date-format", "%m/%d"),
        ("--input-format", "xlsx"),
    ],
)
def test_an_option_that_cannot_be_read_is_bad_usage(run, words):
    path = run.write("c.csv", "key,name\nx,Xylo\n")
    run.refused("import", "customers", path, *words, code=2)
    assert run.is_untouched()


def test_an_unknown_kind_is_bad_usage_and_the_kinds_are_named(run):
    message = run.refused("import", "custmers", run.write("c.csv", CUSTOMERS), code=2)
    assert "KIND is one of customers, products, taxes, terms, orders" in message


def test_a_file_without_a_known_extension_needs_its_format(run):
    run.refused("import", "customers", run.write("c.dat", CUSTOMERS), code=2)
    run.refused("import", "customers", "-", code=2)
    path = run.write("c.dat", CUSTOMERS)
    assert run.ok("import", "customers", path, "--input-format", "csv") == counts(created=2)


# what is refused: with its place, and nothing is stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "c.csv line 1: has no header"),
        (",,\nx,y,z\n", "c.csv line 2, column x: is not a field of customers"),
        ("key,name,key\nx,y,z\n", "c.csv line 1, column key: stands twice in the header"),
        ("key,nmae\nx,y\n", "c.csv line 1, column nmae: is not a field of customers"),
        ("key,name,\nx,y,\n", "c.csv line 1, column 3: is not a field of customers"),
        ("key,emails,email,name\nx,a@x.example,,y\n", "line 1, column email: says email a second"),
        ("key,name\nx,y\nz\n", "c.csv line 3: has 1 cells where the header has 2"),
        ("key,name\n\nx,y,z\n", "c.csv line 3: has 3 cells where the header has 2"),
        ('key,name\nx,y\nz,"q\nr,s\n', "c.csv line 3: a quoted cell that begins here has no end"),
        ('key,name\nx,"y"z\n', "c.csv line 2: text follows a quoted cell"),
        ("key,name\nx,y\n,Name\n", "c.csv line 3, column key: is missing"),
        ("key,name\nx,y\nz,\n", "c.csv line 3, column name: is missing"),
        ("key,name\nx,y\nx,z\n", "c.csv line 3, column key: 'x' stands in line 2 already"),
        ("key,name\nx,a\x00b\n", "column name: contains a character that is no text (U+0000)"),
        ("key,name\nx," + "y" * 200_000 + "\n", "column name: is longer than 500 characters"),
        ("key,name,email\nx,y,nobody\n", "c.csv line 2, column email: "),
        ("key,name,currency\nx,y,EUX\n", "line 2, column currency: is not an ISO 4217"),
        ("key,name,paymentTerm\nx,y,30 days EOM\n", "line 2, column paymentTerm: "),
        ('key,name\nx,y\n"a\nb",c\nd\n', "c.csv line 5: has 1 cells"),
    ],
)
def test_a_bad_row_stops_the_import_and_is_named(run, text, message):
    said = run.refused("import", "customers", run.write("c.csv", text), code=5)
    assert message in said
    assert customers(run) == {} if not run.is_untouched() else True


def test_the_refusal_of_a_row_has_its_line_and_column_as_details(run):
    ran = run("import", "customers", run.write("c.csv", "key,name\nx,\n"), "--json")
    assert ran.error["details"] == [{"field": "line 2: name", "message": "is missing"}]


def test_a_mapped_column_is_named_as_the_file_names_it(run):
    path = run.write("c.csv", "Id,Firm\nx,\n")
    message = run.refused(
        "import", "customers", path, "--map", "key=Id", "--map", "name=Firm", code=5
    )
    assert "line 2, column Firm: is missing" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("key,name\nx,Bäcker\n".encode("latin-1"), "is not UTF-8: byte 0xE4"),
        ("key,name\nx,y\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_file_in_another_encoding_is_refused(run, content, message):
    said = run.refused("import", "customers", run.write("c.csv", content), code=5)
    assert message in said
    assert "(line " in said


@pytest.mark.parametrize(
    ("name", "text", "code", "message"),
    [
        ("c.jsonl", '{"key": "x", "name": "y"}\n{"key": \n', 2, "c.jsonl line 2: is not readable"),
        ("c.jsonl", '{"key": "x", "key": "y"}\n', 2, "line 1: is not readable JSON: field 'key'"),
        ("c.jsonl", '{"key": "x", "name": NaN}\n', 2, "line 1: is not readable JSON: NaN is no"),
        ("c.jsonl", "[" * 100_000 + "\n", 2, "line 1: is nested too deeply"),
        ("c.jsonl", f'{{"key": 1e{"9" * 20}}}\n', 2, "line 1: is not readable JSON: a number is"),
        ("c.csv", f"key,name,email\nx,y,{'[' * 100_000}\n", 5, "line 2, column email: "),
        ("c.jsonl", '[1]\n"x"\n', 5, "line 1, body: is not a record of named fields"),
        ("c.json", "{", 2, "c.json is not readable JSON"),
        ("c.json", "7", 5, "c.json holds neither records nor a list of them"),
        ("c.json", '[{"key": "x", "name": "y"}, {"key": "z"}]', 5, "record 2, name: is missing"),
        ("c.json", '[{"key": "x", "name": "y", "fon": "1"}]', 5, "c.json record 1, fon: is not"),
        ("c.json", '[{"key": "x", "name": "y", "address": {"citty": "Z"}}]', 5,
         "record 1, address.citty: is not a field"),
    ],
)  # fmt: skip
def test_bad_json_is_named_by_line_or_position(run, name, text, code, message):
    assert message in run.refused("import", "customers", run.write(name, text), code=code)
    assert customers(run) == {} if not run.is_untouched() else True


def test_a_missing_file_is_not_found_and_makes_no_database(run):
    run.refused("import", "customers", "nowhere.csv", code=4)
    assert run.is_untouched()


def test_a_folder_is_no_file(run):
    (run.folder / "some.csv").mkdir()
    run.refused("import", "customers", "some.csv", code=11)


def test_a_key_that_reads_as_an_id_is_a_conflict(run):
    message = run.refused(
        "import", "customers", run.write("c.csv", "key,name\nC-00007,y\n"), code=6
    )
    assert "c.csv line 2: key 'C-00007' reads as a friendly id" in message


# bad rows set aside


BAD = """\
key,name,currency
x,Xylo,EUR
y,,EUR
z,"=Zed, Inc",EUX
w,Willow
v,Vine,USD
"""


def test_skip_invalid_stores_the_good_rows_and_writes_the_bad_ones(run):
    run.store.make()
    ran = run("import", "customers", run.write("c.csv", BAD), "--skip-invalid", "bad.csv", "--json")
    assert (ran.exit_code, ran.json) == (3, counts(created=2, rejected=3))
    assert ran.error["message"] == "3 of 5 were rejected; they are in bad.csv"
    assert set(customers(run)) == {"x", "v"}
    header, *rows = (run.folder / "bad.csv").read_text().splitlines()
    assert header == "key,name,currency,line,error"
    assert rows[0].startswith("y,,EUR,3,")
    assert rows[0].endswith('column name: is missing"')
    assert rows[1].startswith('z,"\'=Zed, Inc",EUX,4,')
    assert rows[2].startswith("w,Willow,,5,")


def test_rejects_that_were_mended_can_be_imported_as_they_are(run):
    run("import", "customers", run.write("c.csv", BAD), "--skip-invalid", "bad.csv")
    mended = (run.folder / "bad.csv").read_text().replace("y,,EUR", "y,Yew,EUR")
    mended = mended.replace("EUX,4", "EUR,4").replace("w,Willow,,", "w,Willow,EUR,")
    path = run.write("mended.csv", mended)
    ran = run("import", "customers", path, "--skip-invalid", "worse.csv", "--json")
    assert (ran.exit_code, ran.json) == (0, counts(created=3))
    assert customers(run)["z"]["name"] == "=Zed, Inc"
    assert (run.folder / "worse.csv").read_text() == "key,name,currency,line,error\n"


def test_bad_json_lines_are_set_aside_as_text(run):
    text = '{"key": "x", "name": "Xylo"}\n{"key": \n{"key": "y", "nmae": "Yew"}\n'
    ran = run(
        "import", "customers", run.write("c.jsonl", text), "--skip-invalid", "bad.csv", "--json"
    )
    assert (ran.exit_code, ran.json) == (3, counts(created=1, rejected=2))
    header, first, second = (run.folder / "bad.csv").read_text().splitlines()
    assert header == "record,line,error"
    assert first.startswith('"{""key"":",2,')
    assert second.startswith('"{""key"": ""y"", ""nmae"": ""Yew""}",3,')


def test_all_rows_of_an_order_are_rejected_together(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    path = run.write("o.csv", ORDERS.replace("8,,,,", "8,VAT,,,"))
    ran = run("import", "orders", path, "--skip-invalid", "bad.csv", "--json")
    assert (ran.exit_code, ran.json) == (3, counts(created=1, rejected=1))
    rows = (run.folder / "bad.csv").read_text().splitlines()[1:]
    assert [row.split(",", 1)[0] for row in rows] == ["o1", "o1", "o1"]
    assert [each["key"] for each in run.ok("order", "list")["data"]] == ["o2"]


def test_a_file_that_breaks_off_stops_even_with_skip_invalid(run):
    path = run.write("c.csv", 'key,name\nx,y\nz,"q\n')
    run.refused("import", "customers", path, "--skip-invalid", "bad.csv", code=5)
    assert customers(run) == {} if not run.is_untouched() else True
    assert not (run.folder / "bad.csv").exists()


def test_rejects_are_never_written_over_the_file_that_is_read(run):
    path = run.write("c.csv", BAD)
    run.refused("import", "customers", path, "--skip-invalid", path, code=2)
    run.refused("import", "customers", path, "--skip-invalid", f"./{path.name}", code=2)
    assert path.read_text() == BAD


def test_rejects_that_cannot_be_written_stop_before_anything_is_stored(run):
    path = run.write("c.csv", BAD)
    run.refused("import", "customers", path, "--skip-invalid", "none/bad.csv", code=4)
    assert run.is_untouched()


# what stays as it was


def test_a_dry_run_says_the_same_and_stores_nothing(run):
    path = run.write("c.csv", CUSTOMERS)
    assert run.ok("import", "customers", path, "--dry-run") == counts(created=2)
    assert run.is_untouched()
    run.ok("import", "customers", path)
    changed = run.write("d.csv", "key,name\na,Alder GmbH\n")
    assert run.ok("import", "customers", changed, "--dry-run") == counts(updated=1)
    assert customers(run)["a"]["name"] == "Alder Bau"


def test_a_dry_run_writes_no_rejects_and_tells_of_them(run):
    path = run.write("c.csv", BAD)
    ran = run("import", "customers", path, "--skip-invalid", "bad.csv", "--dry-run")
    assert ran.exit_code == 3
    assert "warning: would be rejected: " in ran.stderr
    assert not (run.folder / "bad.csv").exists()


def test_nothing_but_the_answer_is_printed_where_there_is_no_terminal(run):
    run.store.make()
    ran = run("import", "customers", run.write("c.csv", CUSTOMERS), "--format", "tsv")
    assert ran.stdout == "created\tupdated\tunchanged\trejected\n2\t0\t0\t0\n"
    assert ran.stderr == ""


def test_what_was_imported_is_in_the_history(run):
    run.ok("import", "customers", run.write("c.csv", CUSTOMERS))
    assert run("check").exit_code == 0


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    str.strip
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": names},
            optional={
                "phone": names, "taxId": names, "website": names, "currency": st.just("EUR"),
                "status": st.sampled_from(["ACTIVE", "CHURNED"]),
                "address": st.fixed_dictionaries({}, optional={"city": names, "line1": names}),
                "email": st.lists(st.sampled_from(["a@x.example", "b@y.example"]), unique=True),
                "paymentTerm": st.sampled_from(["Net 30", "EOM+10"]),
            },
        ),
        min_size=1,
        max_size=4,
    )
)  # fmt: skip
@pytest.mark.sqlite
def test_customers_listed_as_csv_come_back_unchanged(run, bodies):
    for path in run.folder.glob("books.db*"):
        path.unlink()
    body = [{"key": f"k{n}", **each} for n, each in enumerate(bodies)]
    run.ok("import", "customers", run.write("c.json", json.dumps(body)))
    listed = run("customer", "list", "--all", "--format", "csv")
    again = run.write("again.csv", listed.stdout)
    assert run.ok("import", "customers", again) == counts(unchanged=len(bodies))
