"""The arithmetic of the benchmarks' load: what arrived, and whose last move did not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.load import FADERS, Dialect, Load, daw_socket, messages_in
from tonn_bridge.protocols.osc import bundles, decode, encode


@contextmanager
def server(answer: Callable[[bytes], bytes]) -> Iterator[Load]:
    """A load on a server that sends `answer` of each move to the DAW, nothing where that is empty."""
    with daw_socket() as daw, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while move := sock.recv(65_535):
                if made := answer(move):
                    sock.sendto(made, daw.getsockname())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Load(sock.getsockname(), 0, Dialect(), daw)
        finally:
            daw.sendto(b"", sock.getsockname())
            thread.join()


def test_every_move_that_comes_back_counts():
    with server(lambda move: move) as load:
        result = load.burst(2 * FADERS)
    assert (result.sent, result.arrived, result.faders_behind) == (2 * FADERS, 2 * FADERS, 0)
    assert 0.0 < result.p50_us <= result.p99_us


def test_a_fader_whose_moves_are_lost_is_behind():
    with server(lambda move: b"" if decode(move, 0.0)[0].address == "/tonn/track/3/gain" else move) as load:
        result = load.burst(2 * FADERS)
    assert (result.arrived, result.faders_behind) == (2 * FADERS - 2, 1)


def test_messages_are_found_in_bundles_and_bare():
    moves = [encode("/track/1/volume/db", "f", -1.0), encode("/track/2/volume/db", "f", -2.0)]
    (bundle,) = bundles(moves, 1024)
    assert list(messages_in(bundle)) == moves
    assert list(messages_in(moves[0])) == moves[:1]
