"""The proxies do what they are told: otherwise the networks of the other tests are too kind."""
import random
import socket
import threading

import pytest

from proxy import CuttingProxy, DroppingProxy, Proxy, command_end

GET = b"*2\r\n$3\r\nGET\r\n$5\r\nab\r\nc\r\n"
PUBLISH = b"*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$2\r\n\r\n\r\n"


@pytest.fixture
def echo():
    """The address of a server that sends back what it gets."""
    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    while data := connection.recv(65536):
                        connection.sendall(data)
                except OSError:
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_proxy_passes_everything_on(proxies, echo):
    proxy = proxies.start(Proxy(echo))
    with socket.create_connection(proxy.address) as connection:
        connection.sendall(b"there and back")
        assert connection.recv(100) == b"there and back"


def test_a_cutting_proxy_passes_the_first_bytes_and_ends_both_sides(proxies, echo):
    proxy = proxies.start(CuttingProxy(echo, random.Random(1), bytes_mean=1000))
    passed = b""
    with socket.create_connection(proxy.address) as connection:
        try:
            connection.sendall(bytes(100_000))
            while data := connection.recv(65536):
                passed += data
        except ConnectionResetError:
            pass
    assert len(passed) < 100_000 and proxy.cuts == 1


def test_a_command_ends_behind_its_last_byte_and_not_before():
    for command in (GET, PUBLISH):
        for length in range(len(command)):
            assert command_end(command[:length]) is None
        assert command_end(command + b"*1\r\n") == len(command)


@pytest.mark.parametrize("likelihood, expected", [(0, GET + PUBLISH + GET),
                                                  (1, GET + DroppingProxy.NOWHERE + GET)])
def test_a_dropping_proxy_sends_publishes_where_nobody_hears(likelihood, expected):
    passes = DroppingProxy(None, random.Random(1), likelihood).forth()
    sent = GET + PUBLISH + GET
    passed = b"".join(passes(sent[place:place + 7])[0] for place in range(0, len(sent), 7))
    assert passed == expected
