"""A client for clamd's INSTREAM, as much of it as is needed (防毒掃描). Standard library only."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Scan:
    """done: the scanner gave an answer. found: it named something. note: what it said, or why it said nothing."""

    done: bool
    found: bool
    note: str = ""


NOT_SCANNED = Scan(done=False, found=False)


def scan(path: str, address: str, *, timeout: float = 30.0) -> Scan:
    """Sends the file to clamd at `address` (Unix socket path, or "host:port"). Seconds; never raises for the scanner's sake."""
    try:
        with open(path, "rb") as file, connect(address, timeout) as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            reply = b""
            while part := line.recv(4096):
                reply += part
    except (OSError, ValueError) as error:
        return Scan(done=False, found=False, note=f"{type(error).__name__}: {error}")
    text = reply.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if text.endswith(" FOUND"):
        return Scan(done=True, found=True, note=text)
    return Scan(done=text == "OK", found=False, note="" if text == "OK" else text or "no answer")


def connect(address: str, timeout: float) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(timeout)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout)
