"""The bare programs (their folder is the first argument): a yardstick must do what it says."""
import json
import socket
import subprocess
import sys
import unittest
from pathlib import Path

PROGRAMS = Path(sys.argv.pop(1))
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def start(name, *options):
    """The running program and the port that it says it listens on."""
    process = subprocess.Popen([PROGRAMS / name, *map(str, options)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline().split()[1])


def read(connection, size):
    received = b""
    while len(received) < size:
        received += connection.recv(65536) or b"closed" * size
    return received


class Echo(unittest.TestCase):
    def connect(self, answer):
        process, port = start("bare_echo", "--answer", answer)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.addCleanup(connection.close)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def test_sends_back_what_it_gets(self):
        connection = self.connect("bytes")
        for text in (b"a", b"bc" * 40_000):
            connection.sendall(text)
            self.assertEqual(read(connection, len(text)), text)

    def test_answers_each_head_once_wherever_it_is_cut(self):
        connection = self.connect("http")
        connection.sendall(HEAD)
        response = connection.recv(65536)
        self.assertTrue(response.startswith(b"HTTP/1.1 200 OK\r\n"))
        self.assertEqual(len(response.partition(b"\r\n\r\n")[2]), 64)
        for cut in range(len(HEAD) - 4, len(HEAD) + 4):
            two = HEAD + HEAD
            connection.sendall(two[:cut])
            if cut >= len(HEAD):
                self.assertEqual(read(connection, len(response)), response)
            connection.sendall(two[cut:])
            rest = response if cut >= len(HEAD) else response * 2
            self.assertEqual(read(connection, len(rest)), rest)

    def test_answers_as_many_as_come_at_once(self):
        connection = self.connect("http")
        connection.sendall(HEAD)
        response = connection.recv(65536)
        for count in (1, 63, 64, 65, 200):
            connection.sendall(HEAD * count)
            self.assertEqual(read(connection, len(response) * count), response * count)


class FanOut(unittest.TestCase):
    def test_what_is_sent_arrives(self):
        process, port = start("bare_fan_out", "--sockets", 3, "--bytes", 10, "--seconds", 1)
        with process:
            words = [PROGRAMS / "bare_drain", "--port", str(port), "--sockets", "3"]
            drained = subprocess.run(words, capture_output=True, text=True, check=True)
            report = json.loads(process.stdout.read())
        received = json.loads(drained.stdout)["bytes"]
        self.assertGreater(report["deliveries"], 0)
        self.assertGreater(report["cpuNanosecondsEach"], 0)
        self.assertEqual(received % 30, 0)  # whole rounds
        self.assertGreaterEqual(received, 10 * report["deliveries"])


class Options(unittest.TestCase):
    def refusal(self, *words):
        finished = subprocess.run([PROGRAMS / words[0], *words[1:]], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=30)
        self.assertEqual(finished.returncode, 1)
        return finished.stderr

    def test_numbers_past_their_bounds_are_refused(self):
        for name, option, values in (("bare_echo", "--port", ("-1", "65536", "x", "1x", "")),
                                     ("bare_echo", "--core", ("-2", "1024")),
                                     ("bare_fan_out", "--sockets", ("0", "15001")),
                                     ("bare_fan_out", "--bytes", ("0", "65537")),
                                     ("bare_fan_out", "--seconds", ("0", "3601")),
                                     ("bare_drain", "--port", ("0", "65536")),
                                     ("bare_drain", "--sockets", ("0", "15001"))):
            for value in values:
                with self.subTest(name=name, option=option, value=value):
                    self.assertIn(option, self.refusal(name, option, value))

    def test_numbers_at_their_bounds_are_taken(self):
        # Nobody listens on port 1: getting that far is the proof.
        for sockets in ("1", "15000"):
            words = self.refusal("bare_drain", "--port", "1", "--sockets", sockets)
            self.assertIn("nobody listens", words)
        for options in (("--bytes", "1"), ("--bytes", "65536"), ("--seconds", "3600"),
                        ("--sockets", "15000"), ("--core", "-1")):
            process, port = start("bare_fan_out", *options)
            process.kill()
            with process:
                self.assertGreater(port, 0)

    def test_unknown_words_are_refused(self):
        self.assertIn("unknown", self.refusal("bare_echo", "--prot", "1"))
        self.assertIn("unknown", self.refusal("bare_echo", "--port"))
        self.assertIn("--answer", self.refusal("bare_echo", "--answer", "ftp"))


if __name__ == "__main__":
    unittest.main()
