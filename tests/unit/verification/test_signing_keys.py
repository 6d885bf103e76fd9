import json
import threading
import time

import pytest

from supertokens_lambda._verification.signing_keys import COOL_DOWN, REFRESH_INTERVAL, KeysUnreachableError, SigningKeys

DOWN = OSError("the core is down")


class Source:
    """A core's key set, as `SigningKeys` fetches it, and the clock that it goes by."""

    def __init__(self, key_set):
        self.gives = key_set
        self.fetches = 0
        self.now = 1_000.0
        self.takes = 0.0

    def fetch(self):
        self.fetches += 1
        time.sleep(self.takes)
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives

    def keys(self, given=None):
        return SigningKeys(self.fetch, given, clock=lambda: self.now)


@pytest.fixture
def source(mint):
    return Source(mint.key_set(mint.dynamic, mint.static))


def is_of(mint, found, kid):
    return found.public_numbers() == mint.keys[kid].public_key().public_numbers()


def test_keys_are_fetched_once(mint, source):
    keys = source.keys()
    assert source.fetches == 0

    for kid in (mint.dynamic, mint.static, mint.dynamic):
        assert is_of(mint, keys.find(kid), kid)

    assert source.fetches == 1


def test_a_key_is_the_same_object_each_time(mint, source):
    keys = source.keys()

    assert keys.find(mint.dynamic) is keys.find(mint.dynamic)


def test_keys_may_be_fetched_ahead(mint, source):
    keys = source.keys()

    keys.prefetch()
    keys.prefetch()
    assert source.fetches == 1
    assert keys.find(mint.dynamic)
    assert source.fetches == 1


def test_keys_are_fetched_again_after_the_interval(mint, source):
    keys = source.keys()
    keys.find(mint.dynamic)

    source.now += REFRESH_INTERVAL - 1
    keys.find(mint.dynamic)
    assert source.fetches == 1
    source.now += 1
    source.gives = mint.key_set(mint.static)
    assert keys.find(mint.dynamic) is None
    assert source.fetches == 2
    assert keys.find(mint.static)
    assert source.fetches == 2


def test_a_new_key_is_fetched_when_a_token_names_it(mint, source):
    keys = source.keys()
    keys.find(mint.dynamic)
    source.gives = mint.key_set(mint.other_dynamic)

    assert keys.find(mint.other_dynamic) is None
    source.now += COOL_DOWN
    assert is_of(mint, keys.find(mint.other_dynamic), mint.other_dynamic)
    assert keys.find(mint.dynamic) is None
    assert source.fetches == 2


class TestUnderThreads:
    THREADS = 16

    def all_find(self, keys, kids):
        found, gate = [], threading.Barrier(len(kids))

        def find(kid):
            gate.wait()
            try:
                found.append(keys.find(kid))
            except KeysUnreachableError:
                found.append("unreachable")

        threads = [threading.Thread(target=find, args=(kid,)) for kid in kids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def test_one_fetches_for_all(self, mint, source):
        source.takes = 0.1

        found = self.all_find(source.keys(), [mint.dynamic] * self.THREADS)

        assert source.fetches == 1
        assert len(found) == self.THREADS
        assert all(is_of(mint, key, mint.dynamic) for key in found)

    def test_one_fetches_for_all_kids_that_are_made_up(self, mint, source):
        source.takes = 0.1

        found = self.all_find(source.keys(), [f"d-{number}" for number in range(self.THREADS)])

        assert source.fetches == 1
        assert found == [None] * self.THREADS

    def test_one_asks_a_core_that_is_down(self, mint, source):
        source.takes, source.gives = 0.1, DOWN

        assert self.all_find(source.keys(), [mint.dynamic] * self.THREADS) == ["unreachable"] * self.THREADS
        assert source.fetches == 1

    def test_nobody_waits_with_a_key_at_hand(self, mint, source):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += COOL_DOWN
        source.takes = 0.5
        asking = threading.Thread(target=keys.find, args=("d-made-up",))
        asking.start()
        while source.fetches < 2:
            time.sleep(0.001)

        assert keys.find(mint.dynamic)
        assert asking.is_alive()
        asking.join()


def test_ten_thousand_made_up_kids_are_one_fetch_in_a_cool_down(mint, source):
    keys = source.keys()
    keys.find(mint.dynamic)
    source.now += COOL_DOWN

    for number in range(10_000):
        assert keys.find(f"d-{number}") is None
        if number % 1_000 == 0:
            assert keys.find(mint.dynamic)
    assert source.fetches == 2

    source.now += COOL_DOWN
    assert keys.find("d-x") is None
    assert source.fetches == 3


def test_the_cool_down_begins_when_the_core_has_answered(mint, source):
    keys = source.keys()

    def slow():
        source.now += 10 * COOL_DOWN
        return source.fetch()

    keys = SigningKeys(slow, clock=lambda: source.now)
    keys.find("d-x")
    keys.find("d-y")

    assert source.fetches == 1


class TestWhileTheCoreIsDown:
    def test_nobody_can_tell(self, mint, source):
        source.gives = DOWN
        keys = source.keys()

        for _ in range(3):
            with pytest.raises(KeysUnreachableError):
                keys.find(mint.dynamic)
        assert source.fetches == 1

    def test_it_is_asked_again_after_the_cool_down(self, mint, source):
        key_set, source.gives = source.gives, DOWN
        keys = source.keys()
        with pytest.raises(KeysUnreachableError):
            keys.find(mint.dynamic)
        source.gives = key_set

        with pytest.raises(KeysUnreachableError):
            keys.find(mint.dynamic)
        source.now += COOL_DOWN
        assert keys.find(mint.dynamic)
        assert keys.find("d-x") is None

    def test_old_keys_are_served(self, mint, source):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += REFRESH_INTERVAL
        source.gives = DOWN

        for _ in range(5):
            assert is_of(mint, keys.find(mint.dynamic), mint.dynamic)
            source.now += COOL_DOWN / 2
        assert 2 <= source.fetches <= 5

    def test_nobody_can_tell_of_a_key_that_the_old_set_does_not_have(self, mint, source):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += COOL_DOWN
        source.gives = DOWN

        with pytest.raises(KeysUnreachableError):
            keys.find(mint.other_dynamic)
        with pytest.raises(KeysUnreachableError):
            keys.find(mint.other_dynamic)
        assert keys.find(mint.dynamic)
        assert source.fetches == 2

    def test_new_keys_are_taken_over_once_it_is_up(self, mint, source):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += REFRESH_INTERVAL
        source.gives = DOWN
        keys.find(mint.dynamic)
        source.now += COOL_DOWN
        source.gives = mint.key_set(mint.other_dynamic)

        assert keys.find(mint.dynamic) is None
        assert keys.find(mint.other_dynamic)
        assert source.fetches == 3

    def test_a_prefetch_passes_it_over(self, mint, source):
        key_set, source.gives = source.gives, DOWN
        keys = source.keys()

        keys.prefetch()
        assert source.fetches == 1
        source.gives = key_set
        source.now += COOL_DOWN
        assert keys.find(mint.dynamic)

    def test_an_error_of_another_kind_is_not_hidden(self, mint, source):
        source.gives = ZeroDivisionError()
        keys = source.keys()

        with pytest.raises(ZeroDivisionError):
            keys.find(mint.dynamic)


class TestGivenKeys:
    def test_are_used_without_the_core(self, mint, source):
        source.gives = DOWN
        keys = source.keys(mint.key_set(mint.dynamic))

        keys.prefetch()
        assert is_of(mint, keys.find(mint.dynamic), mint.dynamic)
        assert source.fetches == 0

    def test_are_fetched_after_the_interval(self, mint, source):
        keys = source.keys(mint.key_set(mint.other_dynamic))

        source.now += REFRESH_INTERVAL
        assert keys.find(mint.other_dynamic) is None
        assert source.fetches == 1

    def test_are_not_all_that_there_are(self, mint, source):
        keys = source.keys(mint.key_set(mint.other_dynamic))

        assert is_of(mint, keys.find(mint.dynamic), mint.dynamic)
        assert source.fetches == 1

    def test_do_not_tell_of_others_while_the_core_is_down(self, mint, source):
        source.gives = DOWN
        keys = source.keys(mint.key_set(mint.other_dynamic))

        with pytest.raises(KeysUnreachableError):
            keys.find(mint.dynamic)
        assert keys.find(mint.other_dynamic)

    @pytest.mark.parametrize("given", [b"{}", b"x", b'{"keys": []}'])
    def test_have_to_be_keys(self, source, given):
        with pytest.raises(ValueError, match=r"."):
            source.keys(given)


class TestKeysThatExpired:
    def test_are_checked_before_they_are_used(self, mint, source):
        keys = source.keys(mint.key_set(mint.other_dynamic))
        assert keys.find(mint.other_dynamic)

        keys.expire()
        assert keys.find(mint.other_dynamic) is None
        assert keys.find(mint.dynamic)
        assert source.fetches == 1

    def test_are_used_while_the_core_is_down(self, mint, source):
        source.gives = DOWN
        keys = source.keys(mint.key_set(mint.dynamic))

        keys.expire()
        assert keys.find(mint.dynamic)
        assert source.fetches == 1

    def test_are_fetched_once(self, mint, source):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += 10 * COOL_DOWN

        keys.expire()
        for _ in range(3):
            keys.find(mint.dynamic)
        assert source.fetches == 2


BROKEN = [
    b"",
    b"{",
    b"\xff",
    b"null",
    b"[]",
    b"5",
    b'"x"',
    b"{}",
    b'{"keys": null}',
    b'{"keys": 5}',
    b'{"keys": {}}',
    b'{"keys": []}',
    b'{"keys": [null, 5, "x", []]}',
    b'{"keys": [{}]}',
    b'{"keys": [{"kty": "RSA"}]}',
    b'{"keys": [{"kty": "RSA", "kid": "d-1", "n": null, "e": "AQAB"}]}',
    b'{"keys": [{"kty": "RSA", "kid": 5, "n": "AQAB", "e": "AQAB"}]}',
    b'{"keys": [{"kty": "RSA", "kid": "d-1", "n": "", "e": ""}]}',
    b'{"keys": [{"kty": "RSA", "kid": "d-1", "n": "AQAB", "e": "AQ"}]}',
    b'{"keys": [{"kty": "RSA", "kid": "d-1", "n": "a", "e": "AQAB"}]}',
    b'{"keys": [{"kty": "oct", "kid": "d-1", "k": "AQAB"}]}',
    b"[" * 100_000,
    b"<!doctype html>",
]


class TestAnAnswerThatIsNoKeySet:
    @pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
    def test_is_as_good_as_none(self, mint, source, answer):
        source.gives = answer
        keys = source.keys()

        with pytest.raises(KeysUnreachableError):
            keys.find(mint.dynamic)

    @pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
    def test_leaves_the_old_keys(self, mint, source, answer):
        keys = source.keys()
        keys.find(mint.dynamic)
        source.now += REFRESH_INTERVAL
        source.gives = answer

        assert keys.find(mint.dynamic)
        assert source.fetches == 2


@pytest.mark.parametrize(
    "other",
    [
        None,
        5,
        {},
        {"kty": "EC", "kid": "e-1", "crv": "P-256", "x": "AQAB", "y": "AQAB"},
        {"kty": "oct", "kid": "o-1", "k": "AQAB"},
        {"kty": "RSA", "kid": "r-1"},
        {"kty": "RSA", "kid": None, "n": "AQAB", "e": "AQAB"},
    ],
)
def test_keys_of_other_kinds_are_passed_over(mint, source, other):
    source.gives = json.dumps({"keys": [other, mint.jwk(mint.dynamic), other]}).encode()

    assert is_of(mint, source.keys().find(mint.dynamic), mint.dynamic)


def test_of_keys_that_have_one_id_the_first_is_taken(mint, source):
    source.gives = json.dumps({"keys": [mint.jwk(mint.static), mint.jwk(mint.dynamic) | {"kid": mint.static}]}).encode()

    assert is_of(mint, source.keys().find(mint.static), mint.static)


def test_the_real_clock_is_one_that_only_goes_ahead(mint):
    keys = SigningKeys(lambda: mint.key_set(mint.dynamic))

    assert keys.find(mint.dynamic)
    assert keys.find("d-x") is None
