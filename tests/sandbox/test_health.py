"""The sandbox answers as what it is."""


def test_health_needs_no_key_and_says_it_is_a_sandbox_and_what_it_charges(sandbox):
    answer = sandbox.http.get("/health", headers={"x-api-key": ""})
    assert answer.json() == {"status": "ok", "sandbox": True, "prices": {"fx_settings": 25, "final": 250}}
