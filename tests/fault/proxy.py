"""Proxies that stand between two parties and are as bad as a network can be.

    with Proxies() as proxies:
        proxy = proxies.start(CuttingProxy(target, chance, bytes_mean))
        connect to proxy.address in place of `target`

An address is (host, port), or the path of a Unix socket. A proxy of a Unix socket has one of the
same file name in a folder of its own. All run in one thread with an event loop; `chance` decides.
"""
import asyncio
import shutil
import tempfile
import threading
from pathlib import Path

READ_BYTES = 64 * 1024
CALL_SECONDS_MAX = 20


class Cut(Exception):
    """This connection ends here, in the middle of whatever it was."""


class Proxy:
    """Passes everything on; others change what `passes` says."""

    def __init__(self, target):
        self.target = target
        self.address = None
        self.is_on = True  # off: it does no harm

    async def listen(self, folder):
        if isinstance(self.target, Path):
            self.address = folder / self.target.name
            await asyncio.start_unix_server(self._serve, self.address)
        else:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.address = server.sockets[0].getsockname()[:2]

    async def _serve(self, client_reader, client_writer):
        try:
            if isinstance(self.target, Path):
                reader, writer = await asyncio.open_unix_connection(self.target)
            else:
                reader, writer = await asyncio.open_connection(*self.target)
        except OSError:
            client_writer.transport.abort()
            return
        pumps = [asyncio.create_task(self._pump(client_reader, writer, self.forth())),
                 asyncio.create_task(self._pump(reader, client_writer, self.back()))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        outcomes = await asyncio.gather(*pumps, return_exceptions=True)
        was_cut = any(isinstance(outcome, Cut) for outcome in outcomes)
        for end in (writer, client_writer):
            if was_cut:
                end.transport.abort()
            else:
                end.close()
        if was_cut:
            self.was_cut()

    async def _pump(self, reader, writer, passes):
        try:
            while data := await reader.read(READ_BYTES):
                piece, is_last = passes(data)
                writer.write(piece)
                await writer.drain()
                if is_last:
                    raise Cut
        except OSError:
            pass

    def forth(self):
        """For one new connection: bytes to the target → (what passes of them, is it the last)."""
        return lambda data: (data, False)

    def back(self):
        """The same for what comes back."""
        return lambda data: (data, False)

    def was_cut(self):
        pass


class CuttingProxy(Proxy):
    """Cuts each connection after a random number of bytes, mostly in mid-frame."""

    def __init__(self, target, chance, bytes_mean):
        super().__init__(target)
        self.cuts = 0
        self.tell_cut = lambda: None
        self._chance = chance
        self._bytes_mean = bytes_mean

    def forth(self):
        left = 1 + int(self._chance.expovariate(1 / self._bytes_mean))

        def passes(data):
            nonlocal left
            if not self.is_on:
                return data, False
            piece = data[:left]
            left -= len(piece)
            return piece, left == 0

        return passes

    back = forth

    def was_cut(self):
        self.cuts += 1
        self.tell_cut()


class DroppingProxy(Proxy):
    """In front of Redis: publishes are lost with some likelihood, and nobody is told.

    A lost one goes on to a channel that nobody hears, so that Redis itself answers in its order."""

    NOWHERE = b"*3\r\n$7\r\nPUBLISH\r\n$7\r\nnowhere\r\n$1\r\n-\r\n"

    def __init__(self, target, chance, likelihood):
        super().__init__(target)
        self.dropped = 0
        self.passed = 0
        self._chance = chance
        self._likelihood = likelihood

    def forth(self):
        kept = b""

        def passes(data):
            nonlocal kept
            kept += data
            out = []
            while (end := command_end(kept)) is not None:
                command, kept = kept[:end], kept[end:]
                out.append(self._filter(command))
            return b"".join(out), False

        return passes

    def _filter(self, command):
        if not self.is_on or not command[4:].upper().startswith(b"$7\r\nPUBLISH\r\n"):
            return command
        if self._chance.random() < self._likelihood:
            self.dropped += 1
            return self.NOWHERE
        self.passed += 1
        return command


def command_end(data):
    """Where the first command of `data`, an array of bulk strings (RESP 2), ends; None: not yet."""
    line = data.find(b"\r\n")
    if line < 0:
        return None
    assert data[:1] == b"*", data[:40]
    place = line + 2
    for _ in range(int(data[1:line])):
        line = data.find(b"\r\n", place)
        if line < 0:
            return None
        assert data[place:place + 1] == b"$", data[place:place + 40]
        place = line + 2 + int(data[place + 1:line]) + 2
    return place if place <= len(data) else None


class Proxies:
    """The thread of all proxies of a test; a context manager."""

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="ringtalk-proxy-"))
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies")
        self._thread.start()
        return self

    def start(self, proxy):
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        asyncio.run_coroutine_threadsafe(proxy.listen(folder), self._loop).result(CALL_SECONDS_MAX)
        return proxy

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(CALL_SECONDS_MAX)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS_MAX)
        self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    async def _end():
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
