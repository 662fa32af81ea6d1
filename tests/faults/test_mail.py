"""A mail server that is slow, and a process that dies while it talks: never twice, never unsaid.

100 kills in the dialogue with INVOICECTL_FAULTS=full. With the state of a letter kept only after
the server took it, a letter whose confirmation was cut off goes out a second time.
"""

import asyncio
import contextlib
import email
import subprocess
from email import policy

from tests.faults.harness import ITEM, length_s
from tests.smtp import Mailbox


class Slow(Mailbox):
    """A server that takes its time over each step."""

    pause_s = 0.05

    async def handle_MAIL(self, *args):
        await asyncio.sleep(self.pause_s)
        return await super().handle_MAIL(*args)

    async def handle_RCPT(self, *args):
        await asyncio.sleep(self.pause_s)
        return await super().handle_RCPT(*args)

    async def handle_DATA(self, *args):
        await asyncio.sleep(self.pause_s)
        answer = await super().handle_DATA(*args)
        await asyncio.sleep(self.pause_s)
        return answer


def message_ids(server):
    read = (
        email.message_from_bytes(each.content, policy=policy.default) for each in server.received
    )
    return [str(each["Message-ID"]) for each in read]


def test_a_process_that_dies_while_it_talks(books, rnd, times):
    with Slow() as server:
        books.ok("config", "set", "mail.transport=smtp", "mail.host=127.0.0.1",
                 f"mail.port={server.port}", "mail.security=none")  # fmt: skip
        made = [books.ok("create", "--customer", "acme", *ITEM) for _ in range(times(6, 100) + 1)]
        names = [books.ok("mark-awaiting", each["id"])["friendlyId"] for each in made]
        for name in names:
            books.ok("pdf", name, "-o", "pdf/")
        length = length_s(books, "send", names.pop())
        start = length - 7 * Slow.pause_s  # the talk is at the end
        uncertain = 0
        for name in names:
            before = len(server.received)
            process_length = start + rnd.random() * 8 * Slow.pause_s
            killed_at(books, process_length, "send", name)
            books.worker.begin("send", name)
            code, _, err, _ = books.worker.answer()
            assert code in {0, 6}, err
            ((state,),) = books.rows(
                "SELECT state FROM send JOIN send_invoice ON send_id = send.id"
                " JOIN invoice ON invoice.id = invoice_id WHERE friendly_id = ?", name
            )  # fmt: skip
            taken = len(server.received) - before
            assert taken <= 1, name
            if code == 0:
                assert (state, taken) == ("sent", 1)
            else:
                assert state == "handed"
                assert "is uncertain" in err
                uncertain += 1
        books.hold(but={"sends"})
        assert len({each.ref for each in books.findings()}) == uncertain
        resent_once(books, server, names)
    assert len(set(message_ids(server))) == len(names) + 1


def killed_at(books, seconds, *words):
    process = books.start(*words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(seconds, 0))
    process.kill()
    process.communicate()


def resent_once(books, server, names):
    """Send what is uncertain again, as its user decides: under the Message-ID it had."""
    for name in names:
        books.worker.begin("send", name)
        if books.worker.answer()[0] == 6:
            books.ok("send", name, "--resend")
    assert books.findings() == []
