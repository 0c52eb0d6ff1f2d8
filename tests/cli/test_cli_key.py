"""`key`: kept where the system keeps secrets, shown nowhere."""

import pytest

SECRET = "tonn-5ecret-0f-tests"


@pytest.fixture
def keyring(tmp_path):
    """Variables that make a file the system's keyring."""
    return {
        "PYTHON_KEYRING_BACKEND": "keyring_in_a_file.Keyring",
        "KEYRING_FILE": str(tmp_path / "keyring.json"),
    }


async def test_a_key_is_kept_found_and_deleted(run, keyring):
    kept = await run("key", "set", typed=f"{SECRET}\n", **keyring)
    assert (kept.code, kept.out) == (0, "kept in the keyring (a test's file)\n")
    assert (await run("key", "show-where", **keyring)).out == "the keyring (a test's file)\n"
    assert (await run("key", "delete", **keyring)).out == "deleted\n"
    assert (await run("key", "show-where", **keyring)).code == 1
    assert (await run("key", "delete", **keyring)).out == "there was no key in the keyring\n"


async def test_the_environment_comes_first_and_the_key_is_not_shown(run, keyring):
    await run("key", "set", typed=f"{SECRET}\n", **keyring)
    shown = await run("key", "show-where", **keyring, TONN_API_KEY=SECRET)
    assert shown.out == "the environment variable TONN_API_KEY\n"
    assert SECRET not in shown.out + shown.err


@pytest.mark.parametrize("typed", ["", "\n", "two words\n", "schlüssel\n", "tab\tkey\n"])
async def test_what_cannot_be_a_key_is_refused(run, keyring, typed):
    refused = await run("key", "set", typed=typed, **keyring)
    assert (refused.code, refused.err) == (
        1, "tonn-bridge: that is no key: copy it again, whole and without line breaks\n"
    )  # fmt: skip


async def test_without_a_keyring_the_environment_is_recommended(run):
    refused = await run("key", "set", typed=f"{SECRET}\n")
    assert refused.code == 1
    assert "set TONN_API_KEY in the environment instead" in refused.err
    assert SECRET not in refused.err


async def test_a_key_is_no_argument(run):
    refused = await run("key", "set", SECRET)
    assert refused.code == 2


async def test_a_typed_key_is_not_seen(start_at_terminal, tmp_path, monkeypatch, keyring):
    for name, value in keyring.items():
        monkeypatch.setenv(name, value)
    screen = await start_at_terminal("key", "set")
    await screen.shows("Tonn API key: ")  # the space comes when echo is off
    screen.type(f"{SECRET}\n")
    await screen.shows("kept in the keyring")
    assert await screen.end() == 0
    assert SECRET not in screen.text
    assert SECRET in (tmp_path / "keyring.json").read_text()
