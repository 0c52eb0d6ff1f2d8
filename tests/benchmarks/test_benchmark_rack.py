"""The benchmark of plug-ins: its console is what its mapping says, and a recall that is not whole is seen."""

import importlib
import socket
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.protocols.osc import encode

FOLDER = str(Path(__file__).parents[2] / "benchmarks")


@pytest.fixture(scope="module")
def benchmarks():
    """Benchmarks as they see each other when one of them is run."""
    sys.path.insert(0, FOLDER)
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(FOLDER)


@contextmanager
def sender(console, addresses, lose):
    """A server that sends the number in what it gets to every address that is not in `lose`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve():
            while (data := sock.recv(65_535)) != b"end":
                for address in addresses - lose:
                    sock.sendto(encode(address, "f", 0.0)[:-4] + data[-4:], console.getsockname())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()
        finally:
            console.sendto(b"end", sock.getsockname())
            thread.join()


def test_the_console_has_24_values_on_a_channel_and_none_of_tonns(benchmarks, tmp_path):
    desk = benchmarks("desk")
    assert len(desk.VALUES) == 32 * 24
    mapping = DawMapping(load(str(tmp_path / desk.write_mapping(tmp_path))))
    assert mapping.plugins is not None
    assert len(desk.mix().tracks) == 32
    assert all(len(track.settings.eq) == desk.BELLS and track.settings.comp for track in desk.mix().tracks)


def test_recalls_whose_values_all_come_leave_nothing_behind(benchmarks):
    desk, load_, recall = benchmarks("desk"), benchmarks("load"), benchmarks("recall")
    with load_.daw_socket() as console, sender(console, desk.VALUES, lose=set()) as server:
        recalls = recall.Recalls(server, 0, console, [0.25, 0.5, 0.75])
        recalls.rehearse()
        found = recalls.stream(rate=20)
    assert (found.expected, found.arrived, found.behind) == (3 * 768, 3 * 768, 0)
    assert 0.0 < found.p50_ms <= found.p99_ms <= found.complete_p99_ms
    assert recalls.messages == 3 * 768


def test_a_value_that_is_lost_once_recalls_are_known_is_behind(benchmarks, monkeypatch):
    desk, load_, recall = benchmarks("desk"), benchmarks("load"), benchmarks("recall")
    monkeypatch.setattr(recall, "QUIET_NS", 200_000_000)
    lose = set()
    with load_.daw_socket() as console, sender(console, desk.VALUES, lose) as server:
        recalls = recall.Recalls(server, 0, console, [0.25, 0.5])
        recalls.rehearse()
        lose.add("/ch/7/pan")
        found = recalls.stream(rate=20)
    assert (found.arrived, found.behind) == (2 * 767, 1)


def test_a_value_that_never_comes_ends_the_benchmark(benchmarks, monkeypatch):
    desk, load_, recall = benchmarks("desk"), benchmarks("load"), benchmarks("recall")
    monkeypatch.setattr(recall, "REHEARSAL_NS", 200_000_000)
    with (
        load_.daw_socket() as console,
        sender(console, desk.VALUES, lose={"/ch/7/pan"}) as server,
        pytest.raises(SystemExit, match="767 of 768"),
    ):
        recall.Recalls(server, 0, console, [0.5]).rehearse()
