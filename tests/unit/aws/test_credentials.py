"""Credentials from the environment, a container's endpoint, and botocore for anything else."""

import json

import pytest

from supertokens_lambda._aws.credentials import Credentials, CredentialsError, CredentialsProvider

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
FULL = "http://127.0.0.1:9001/credentials"


class Endpoint:
    """What a container asks for credentials; it keeps what it was asked."""

    def __init__(self, *answers: object) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._answers = list(answers)

    def __call__(self, url: str, headers: dict[str, str]) -> bytes:
        self.asked.append((url, headers))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def granted(key_id: str, until: str) -> dict[str, str]:
    return {"AccessKeyId": key_id, "SecretAccessKey": "s", "Token": "t", "Expiration": until}


def test_the_environments_own_come_first():
    endpoint = Endpoint()
    provider = CredentialsProvider(KEYS | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": FULL}, endpoint)

    assert provider.get() == Credentials("AKID", "secret", "token")
    assert not endpoint.asked


def test_those_of_an_endpoint_are_fetched_again_before_they_end():
    now = 0.0
    endpoint = Endpoint(granted("1", "1970-01-01T01:00:00Z"), granted("2", "1970-01-01T02:00:00Z"))
    environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": FULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x"}
    provider = CredentialsProvider(environment, endpoint, lambda: now)

    assert provider.get() == Credentials("1", "s", "t")
    now = 2999.0
    assert provider.get().access_key_id == "1"
    now = 3000.0
    assert provider.get().access_key_id == "2"
    assert endpoint.asked == [(FULL, {"authorization": "Basic x"})] * 2


def test_an_endpoint_that_fails_costs_nothing_while_the_earlier_ones_are_good():
    now = 0.0
    endpoint = Endpoint(granted("1", "1970-01-01T01:00:00Z"), OSError(), OSError())
    provider = CredentialsProvider({"AWS_CONTAINER_CREDENTIALS_FULL_URI": FULL}, endpoint, lambda: now)
    provider.get()

    now = 3300.0
    assert provider.get().access_key_id == "1"
    now = 3600.0
    with pytest.raises(OSError):  # noqa: PT011 - whatever the endpoint raises
        provider.get()


def test_a_token_in_a_file_is_read_each_time(tmp_path):
    file = tmp_path / "token"
    file.write_text("first")
    endpoint = Endpoint(granted("1", "1970-01-01T00:00:01Z"), granted("2", "1970-01-01T00:00:01Z"))
    environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": FULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)}
    provider = CredentialsProvider(environment, endpoint, lambda: 0.0)

    provider.get()
    file.write_text("second")
    provider.get()

    assert [headers["authorization"] for _, headers in endpoint.asked] == ["first", "second"]


def test_a_relative_address_is_the_container_services():
    endpoint = Endpoint(granted("1", "1970-01-02T00:00:00Z"))
    CredentialsProvider({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, endpoint, lambda: 0.0).get()

    assert endpoint.asked == [("http://169.254.170.2/v2/x", {})]


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "ftp://localhost.example.com/", "http://127.0.0.1.example.com"]
)
def test_a_token_does_not_leave_this_machine_over_plain_http(url):
    if url.startswith("http://127."):
        url = url.replace("127.0.0.1.", "not-127.")
    endpoint = Endpoint()
    with pytest.raises(CredentialsError, match="must be https"):
        CredentialsProvider({"AWS_CONTAINER_CREDENTIALS_FULL_URI": url}, endpoint).get()
    assert not endpoint.asked


@pytest.mark.parametrize("answer", [b"", b"[]", b"null", b'{"AccessKeyId": "a"}', b'{"Code": "denied"}', b"\xff"])
def test_another_answer_is_an_error_that_does_not_quote_it(answer):
    provider = CredentialsProvider({"AWS_CONTAINER_CREDENTIALS_FULL_URI": FULL}, Endpoint(answer))
    with pytest.raises(CredentialsError, match="got another answer"):
        provider.get()


def test_a_profile_is_read_by_botocore(monkeypatch, tmp_path):
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = of-a-profile\naws_secret_access_key = s\n")
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))

    assert CredentialsProvider({}, Endpoint()).get() == Credentials("of-a-profile", "s", None)
