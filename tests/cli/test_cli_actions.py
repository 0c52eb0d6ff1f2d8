"""The verbs that speak to the daemon: what they ask it, how long they wait, how they end."""

import asyncio
import sys

import pytest

QUESTION = {"id": 7, "text": "Make the final mix?", "credits": 250, "expires_s": 20.0}


def at_once(**values):
    """An action that is over as soon as it is accepted."""
    return lambda bridge: bridge.change(running=None, **values)


def begin(name, **values):
    """An action that goes on until the script says otherwise."""
    return lambda bridge: bridge.change(running=name, error=None, **values)


def work(name, **end):
    """An action that takes a moment."""

    def step(bridge):
        bridge.change(running=name, error=None)
        bridge.later(running=None, **end)

    return step


@pytest.mark.parametrize("verb", ["preview", "apply", "revert", "compare", "final", "confirm", "cancel"])
async def test_a_verb_asks_for_its_action_and_waits_for_its_end(run_here, daemon, verb):
    async with daemon({verb: work(verb, state="done")}) as (bridge, url, _):
        ended = await run_here(verb, "--url", url)
    assert (ended.code, ended.out, ended.err) == (0, "done, showing Tonn's mix\n", "")
    assert bridge.asked == [(verb, None)]


async def test_morph_says_how_far(run, daemon):
    async with daemon({"morph": at_once(state="applied")}) as (bridge, url, _):
        ended = await run("morph", "0.25", "--url", url)
    assert (ended.code, bridge.asked) == (0, [("morph", 0.25)])


@pytest.mark.parametrize("amount", ["1.5", "-0.1", "half", "nan"])
async def test_morph_beyond_the_ends_is_a_wrong_command(run_here, amount):
    assert (await run_here("morph", "--url", "http://127.0.0.1:9", "--", amount)).code == 2


async def test_the_file_that_was_made_is_printed(run_here, daemon):
    async with daemon({"preview": work("preview", state="ready", preview_file="/mixes/a.mp3")}) as (_, url, _):
        ended = await run_here("preview", "--url", url)
    assert ended.out == "ready: /mixes/a.mp3\n"


async def test_a_preview_without_its_settings_says_how_to_get_them(run_here, daemon, document):
    tracks = [track | {"proposal": None} for track in document["tracks"]]
    done = work("preview", state="idle", preview_file="/mixes/a.mp3", tracks=tracks)
    async with daemon({"preview": done}) as (_, url, _):
        ended = await run_here("preview", "--url", url)
    assert ended.code == 0
    assert ended.out.startswith("idle: /mixes/a.mp3\nits settings were not fetched")


async def test_an_error_of_the_action_is_one_line_and_exit_1(run_here, daemon):
    error = {"code": "stem", "text": 'track 2 "Kick" is silent: render it again'}
    async with daemon({"preview": work("preview", state="error", error=error)}) as (_, url, _):
        ended = await run_here("preview", "--url", url)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == 'tonn-bridge: track 2 "Kick" is silent: render it again\n'


async def test_what_is_not_possible_now_is_said_and_exit_1(run_here, daemon):
    async with daemon() as (_, url, _):
        ended = await run_here("final", "--url", url)
    assert (ended.code, ended.err) == (1, "tonn-bridge: final makes no sense now: nothing has been mixed\n")


async def test_no_daemon_says_how_to_start_one(run, free_port):
    ended = await run("apply", "--url", f"http://127.0.0.1:{free_port}")
    assert ended.code == 1
    assert ended.err == (
        f"tonn-bridge: no tonn-bridge answers at http://127.0.0.1:{free_port}; start it with `tonn-bridge run`\n"
    )


async def test_the_session_here_says_where_the_daemon_is(run_here, daemon, tmp_path, session_text):
    async with daemon({"apply": at_once()}) as (bridge, url, _):
        (tmp_path / "session.toml").write_text(session_text + f'[control]\nhttp = "{url[7:]}"\n', encoding="utf-8")
        assert (await run_here("apply")).code == 0
    assert bridge.asked == [("apply", None)]


async def test_something_else_at_the_url_is_noticed(run_here):
    async def hello(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")
        writer.close()

    async with await asyncio.start_server(hello, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        ended = await run_here("status", "--url", f"http://127.0.0.1:{port}")
    assert ended.code == 1
    assert "is not tonn-bridge; choose another with --url" in ended.err


async def test_a_daemon_that_goes_away_ends_the_wait(start, daemon):
    async with daemon({"preview": begin("preview")}) as (bridge, url, _):
        waiting = await start("preview", "--url", url)
        await bridge.watched.wait()
    ended = await waiting.end()
    assert ended.code == 1
    assert "tonn-bridge at" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_without_a_terminal_a_question_is_printed_and_waited_for(start, daemon):
    async with daemon({"final": begin("final", question=QUESTION)}) as (bridge, url, _):
        waiting = await start("final", "--url", url)
        asked = await waiting.line("stderr")
        assert waiting.process.returncode is None
        bridge.change(question=None, running=None, state="done", final_file="/mixes/final.wav")
        ended = await waiting.end()
    assert asked == (
        "Make the final mix? This costs 250 credits. Answer within 20 s: tonn-bridge confirm, or tonn-bridge cancel\n"
    )
    assert (ended.code, ended.out) == (0, "done: /mixes/final.wav\n")
    assert bridge.asked == [("final", None)]


async def test_yes_answers_the_question_once(run, daemon):
    script = {"final": begin("final", question=QUESTION), "confirm": work("final", question=None, state="done")}
    async with daemon(script) as (bridge, url, _):
        ended = await run("final", "--yes", "--url", url)
    assert (ended.code, ended.err) == (0, "")
    assert bridge.asked == [("final", None), ("confirm", None)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("typed", "answer"), [("y\n", "confirm"), ("\n", "cancel"), ("n\n", "cancel")])
async def test_at_a_terminal_the_question_is_asked(start_at_terminal, daemon, typed, answer):
    end = at_once(question=None, state="done")
    async with daemon({"final": begin("final", question=QUESTION), "confirm": end, "cancel": end}) as (bridge, url, _):
        screen = await start_at_terminal("final", "--url", url)
        await screen.shows("Make the final mix? This costs 250 credits.\r\n")
        await screen.shows("\ryes or no? [y/N] (20 s)")
        screen.type(typed)
        assert await screen.end() == 0
    assert bridge.asked == [("final", None), (answer, None)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_a_question_answered_elsewhere_is_no_longer_asked(start_at_terminal, daemon):
    async with daemon({"final": begin("final", question=QUESTION)}) as (bridge, url, _):
        screen = await start_at_terminal("final", "--url", url)
        await screen.shows("[y/N]")
        bridge.change(question=None, running=None, state="done")
        await screen.shows("no longer asked")
        assert await screen.end() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_a_terminal_sees_the_progress(start_at_terminal, daemon):
    async with daemon({"preview": begin("preview", text="mixing", progress=0.4)}) as (bridge, url, _):
        screen = await start_at_terminal("preview", "--url", url)
        await screen.shows("mixing")
        await screen.shows("40%")
        bridge.change(running=None, state="ready")
        assert await screen.end() == 0
