"""A proxy before the page that says in a header who signed in, as organisations run one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, create_connection, socket
from urllib.parse import urlsplit

BLOCK = 65_536


@contextmanager
def signing(url: str, header: str, value: str) -> Iterator[str]:
    """Pass on whatever is asked of the page at `url`, the header added; yields the proxy's own address.

    Every request has a connection of its own, so that each one, that of the web socket too, has the header.
    """
    behind = urlsplit(url).hostname, urlsplit(url).port

    class Passing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head, body = _request(self.request)
            if not head:
                return
            asked, *lines = head.split(b"\r\n")
            lines.append(f"{header}: {value}".encode())
            if b"upgrade: websocket" not in head.lower():
                lines = [line for line in lines if not line.lower().startswith(b"connection:")]
                lines.append(b"Connection: close")
            with create_connection(behind) as page:
                page.sendall(b"\r\n".join([asked, *lines]) + b"\r\n\r\n" + body)
                answers = threading.Thread(target=_pass_on, args=(page, self.request))
                answers.start()
                _pass_on(self.request, page)
                answers.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Passing) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}/"
        proxy.shutdown()


def _request(browser: socket) -> tuple[bytes, bytes]:
    """The head of a request, and what of its body came with it."""
    read = b""
    while b"\r\n\r\n" not in read:
        block = browser.recv(BLOCK)
        if not block:
            return b"", b""
        read += block
    head, _, body = read.partition(b"\r\n\r\n")
    return head, body


def _pass_on(source: socket, target: socket) -> None:
    with suppress(OSError):
        while block := source.recv(BLOCK):
            target.sendall(block)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(SHUT_RDWR)
