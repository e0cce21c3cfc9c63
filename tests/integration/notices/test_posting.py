# SPDX-License-Identifier: Apache-2.0
"""One POST to a real receiver: TLS by name, a bounded time, and kills that lose nothing."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from api.notices import posting
from api.notices.delivering import deliver, missed
from api.notices.posting import post
from tests.integration.notices.conftest import Ground, Receiver, receiving

WORKER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from api.bootstrap import open_office
from api.notices.delivering import deliver
from api.notices.mailroom import Mailroom
from api.service.settings import ServiceSettings
from api.settings import Settings
settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2])
service = ServiceSettings(origin="https://muniment.example", loopback_webhooks=True)
with open_office(settings) as office, Mailroom.opened(
    settings, service, database=office.database, ledger=office.ledger
) as mailroom:
    deliver(replace(mailroom, clock=lambda: float(sys.argv[3])))
"""


def _certified(folder: Path, *names: x509.GeneralName) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate that is its own authority."""
    key = generate_private_key(SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(private + made.public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "ca.pem"


def test_a_receiver_is_reached_by_its_number_and_known_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = _certified(tmp_path, x509.DNSName("localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with receiving(Receiver(), context) as receiver:
        assert receiver.url.startswith("https://localhost:")
        assert post(receiver.url, {"x": "y"}, b"{}", loopback=True) is None
    ((_, headers, body),) = receiver.requests
    assert (headers["host"], headers["x"], body) == (receiver.url.split("/")[2], "y", b"{}")


@pytest.mark.parametrize(
    "name", [x509.DNSName("example.org"), x509.IPAddress(ip_address("127.0.0.1"))]
)
def test_a_receiver_with_the_certificate_of_another_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: x509.GeneralName
) -> None:
    context, authority = _certified(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with receiving(Receiver(), context) as receiver:
        assert post(receiver.url, {}, b"{}", loopback=True) == "ConnectError"
    assert receiver.requests == []


def test_a_receiver_that_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    context, _ = _certified(tmp_path, x509.DNSName("localhost"))
    with receiving(Receiver(), context) as receiver:
        assert post(receiver.url, {}, b"{}", loopback=True) == "ConnectError"
    assert receiver.requests == []


def test_where_loopback_is_not_allowed_nothing_is_sent_there(receiver: Receiver) -> None:
    for url in (receiver.url, receiver.url.replace("http:", "https:")):
        assert post(url, {}, b"{}", loopback=False) == "address refused"
    assert receiver.requests == []


def test_a_name_that_nobody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert post("https://nowhere.example/", {}, b"{}", loopback=False) == "gaierror"


def test_a_receiver_that_drips_is_given_up_in_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each octet comes in time for every read; only a bound on all of it ends that."""
    monkeypatch.setattr(posting, "SECONDS_MAX", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = Event()

        def drips() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.05):
                    connection.sendall(b"H")

        thread = Thread(target=drips)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert post(url, {}, b"{}", loopback=True) == "too slow"
        stop.set()
        thread.join()
    assert receiver.requests == []


@pytest.mark.slow
def test_a_kill_while_something_is_sent_loses_nothing_and_doubles_no_row(
    ground: Ground, receiver: Receiver
) -> None:
    sent, go_on = Event(), Event()

    def holds() -> None:
        sent.set()
        go_on.wait(60)

    receiver.told = holds
    ground.subscribed(receiver.url)
    ground.desk.manufacture("TW9-1")
    settings, now = ground.desk.office.settings, str(ground.mailroom.now())
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(settings.home), str(settings.database_url), now]
    )
    assert sent.wait(60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(60)
    go_on.set()
    for _ in range(1_000):
        if deliver(ground.mailroom).delivered:
            break
    assert len(receiver.requests) == 2
    assert len(set(receiver.identifiers)) == 1
    assert missed(ground.mailroom) == []
