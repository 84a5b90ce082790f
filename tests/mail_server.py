"""A mail server on a socket of this machine: as much of SMTP as a client needs."""

import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs: takes every letter, says 550 to addresses that begin with `nobody`."""

    server: "MailServer"

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        address = ""
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                self.say("550 5.1.1 No such user" if address.startswith("nobody") else "250 ok")
            elif verb == b"DATA":
                self.say("354 go on")
                letter = b""
                while (more := self.rfile.readline()) not in (b".\r\n", b""):
                    letter += more
                identity = next(one for one in letter.decode().splitlines() if one.startswith("Message-ID:"))
                self.server.taken.append((address, identity))
                if self.server.silent_after == len(self.server.taken):
                    # Taken, and the sender not told: the one moment in which a letter can be sent twice.
                    self.server.reached.set()
                    self.server.go_on.wait(30)
                    return
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.taken: list[tuple[str, str]] = []
        self.silent_after: int | None = None
        self.reached, self.go_on = threading.Event(), threading.Event()

    def handle_error(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        """A client killed in mid-sentence is what this server is for."""
