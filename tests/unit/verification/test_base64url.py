from base64 import urlsafe_b64encode
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda._verification import base64url

OF_THE_ALPHABET = "AQgwEBx9-_"
OTHERS = "+/=!\n é"


def encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@given(st.binary())
def test_what_is_encoded_is_decoded(octets):
    assert base64url.decode(encoded(octets)) == octets
    assert base64url.is_canonical(encoded(octets), octets)


def test_bytes_have_one_canonical_encoding():
    canonical = 0
    for length in range(5):
        for characters in product(OF_THE_ALPHABET + OTHERS, repeat=length):
            segment = "".join(characters)
            try:
                octets = base64url.decode(segment)
            except ValueError:
                continue
            is_canonical = base64url.is_canonical(segment, octets)
            canonical += is_canonical
            assert is_canonical == (segment == encoded(octets)), segment
    assert canonical > len(OF_THE_ALPHABET) ** 4
