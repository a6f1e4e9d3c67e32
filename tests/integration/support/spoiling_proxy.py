"""A proxy that breaks the contract on purpose: it stands between a client and a real server, passes
everything on, and spoils some `event`s on their way to WebSocket clients."""
import socket
import threading

SPOILT_EVENT = 5  # of each connection


class SpoilingProxy:
    """`with SpoilingProxy(server, "drop") as proxy: … proxy.url`; "double", "swap" or "nothing"."""

    def __init__(self, server, how):
        self._target = (server.host, server.port)
        self._how = how
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = []
        self.spoilt = 0  # events
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for each in self._sockets:
            each.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._sockets += [near, far]
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()
            threading.Thread(target=self._spoil, args=(far, near), daemon=True).start()

    @staticmethod
    def _pass_on(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _spoil(self, source, target):
        try:
            reader = source.makefile("rb")
            first = reader.readline()
            target.sendall(first)
            if b" 101 " not in first:
                while data := reader.read1(65536):
                    target.sendall(data)
                return target.shutdown(socket.SHUT_WR)
            while (line := reader.readline()) != b"\r\n":
                target.sendall(line)
            target.sendall(b"\r\n")
            self._spoil_frames(reader, target)
        except OSError:
            pass

    def _spoil_frames(self, reader, target):
        events, held = 0, b""
        while frame := read_frame(reader):
            if b'"op":"event"' in frame:
                events += 1
                frame, held = self._spoilt(frame, held, events == SPOILT_EVENT)
            target.sendall(frame)

    def _spoilt(self, frame, held, is_its_turn):
        """What is sent now, and what is held back until the next event."""
        if not is_its_turn or self._how == "nothing":
            return frame + held, b""
        self.spoilt += 1
        if self._how == "drop":
            return b"", b""
        if self._how == "double":
            return frame * 2, b""
        return b"", frame  # swap


def read_frame(reader):
    """A whole frame as it came from a server, which masks none; empty at the end."""
    head = reader.read(2)
    if len(head) < 2:
        return b""
    length = head[1] & 127
    size_bytes = {126: 2, 127: 8}.get(length, 0)
    extended = reader.read(size_bytes)
    if size_bytes:
        length = int.from_bytes(extended, "big")
    return head + extended + reader.read(length)
