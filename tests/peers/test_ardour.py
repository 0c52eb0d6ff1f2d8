"""The real Ardour starts, answers its oracle and OSC, and goes away again."""

import contextlib
import math
import os
import select
import socket
import subprocess
import sys

import pytest

from tests.peers.ardour import Ardour, ArdourError, strips
from tests.peers.require import COMMANDS, require


@pytest.fixture(scope="module")
def ardour(tmp_path_factory):
    require("ardour")
    with Ardour(tmp_path_factory.mktemp("ardour"), ["Kick", "Snare", "Bass"]) as running:
        yield running


def listed(ardour):
    """The strips as OSC numbers them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind(("127.0.0.1", 0))
        asking.settimeout(5.0)
        return strips(asking, ardour.port)


def test_the_tracks_start_at_unity_in_the_centre(ardour):
    assert ardour.names() == ["Kick", "Snare", "Bass"]
    assert (ardour.gain_db("Snare"), ardour.pan("Snare"), ardour.muted("Snare")) == (0.0, 0.5, False)


def test_the_oracle_sets_what_it_reads(ardour):
    ardour.set_gain_db("Kick", -6.5)
    ardour.set_pan("Kick", 0.25)
    ardour.set_mute("Kick", True)
    assert ardour.gain_db("Kick") == pytest.approx(-6.5, abs=1e-5)
    assert ardour.pan("Kick") == pytest.approx(0.25)
    assert ardour.muted("Kick")
    ardour.set_gain_db("Kick", -math.inf)
    assert ardour.gain_db("Kick") == -math.inf


def test_a_question_that_fails_says_why(ardour):
    with pytest.raises(ArdourError, match="no track called Nobody"):
        ardour.gain_db("Nobody")


def test_osc_lists_the_tracks_in_the_order_of_the_mixer(ardour):
    assert [name for name in sorted(listed(ardour), key=listed(ardour).get) if name in ardour.names()] == ardour.names()


def test_tracks_come_move_change_names_and_go_while_it_runs(ardour):
    ardour.add_track("Claps", before="Snare")
    assert ardour.names() == ["Kick", "Claps", "Snare", "Bass"]
    ardour.rename_track("Claps", "Hats")
    ardour.move_track("Bass", before="Kick")
    assert ardour.names() == ["Bass", "Kick", "Hats", "Snare"]
    ardour.hide_track("Kick")
    numbers = listed(ardour)
    assert "Kick" not in numbers
    assert (numbers["Bass"], numbers["Hats"], numbers["Snare"]) == (1, 2, 3)


def test_a_restart_finds_what_was_saved_and_a_removed_track_is_gone(ardour):
    ardour.set_gain_db("Snare", -9.0)
    ardour.save()
    ardour.restart()
    assert ardour.gain_db("Snare") == pytest.approx(-9.0, abs=1e-5)
    ardour.remove_track("Bass")
    assert "Bass" not in ardour.names()
    assert "Bass" not in listed(ardour)


def test_when_3819_is_taken_the_next_free_port_is_found(tmp_path):
    require("ardour")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        with contextlib.suppress(OSError):  # somebody has it already, which is what is wanted
            other.bind(("0.0.0.0", 3819))
        with Ardour(tmp_path, ["Kick", "Snare"]) as ardour:
            assert ardour.port != 3819
            assert set(listed(ardour)) >= {"Kick", "Snare"}


def test_ardour_ends_when_the_one_who_started_it_is_killed(tmp_path):
    require("ardour")
    starter = (
        "import os, signal, sys; from pathlib import Path; from tests.peers.ardour import Ardour\n"
        "ardour = Ardour(Path(sys.argv[1]), ['Kick']); ardour.start()\n"
        "print(ardour.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    started = subprocess.run(
        [sys.executable, "-c", starter, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False, timeout=90
    )
    pid = int(started.stdout)
    with contextlib.suppress(ProcessLookupError):  # gone already
        ended = os.pidfd_open(pid)
        try:
            assert select.select([ended], [], [], 15.0)[0], "Ardour still runs"
        finally:
            os.close(ended)


def test_without_ardour_a_test_is_skipped_unless_it_is_required(monkeypatch):
    monkeypatch.setitem(COMMANDS, "ardour", ("no-such-command",))
    monkeypatch.delenv("TONN_BRIDGE_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception):
        require("ardour")
    monkeypatch.setenv("TONN_BRIDGE_REQUIRE", "jack,ardour")
    with pytest.raises(pytest.fail.Exception, match="apt-get install ardour"):
        require("ardour")
