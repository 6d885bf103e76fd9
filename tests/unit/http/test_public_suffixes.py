import random
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import idna
import pytest
import tldextract
from tests.support import seeds

from supertokens_lambda._http import public_suffixes
from supertokens_lambda._http.public_suffixes import split_host

COUNT = 3_000
REFERENCE = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
RULES = sorted(REFERENCE.tlds)
LIST = Path(tldextract.__file__).with_name(".tld_set_snapshot")

# fmt: off
ODD = [
    # Empty labels, trailing dots, white space
    "", ".", "..", "-", "com", "com.", "com..", ".com", "..com", "a..com", "a.com.", "a.com..", " a.com ", "a b.com",
    # Wildcards and exceptions
    "a.ck", "a..ck", ".ck", "ck", "*.ck", "!www.ck", "a.*.ck", "*", "!", "a.*", "*.elb.amazonaws.com", "svc.firenet.ch",
    # Addresses, numbers, ports
    "1.2.3.4", "1.2.3.4.", "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4.com", "\u0661.2.3.4", "1.2.3.²",
    "::1", "[::1]", "2001:db8::1", "[2001:db8::1]", "[::1", "::ffff:1.2.3.4", "fe80::1%eth0", "a.com:80", ":1",
    # Unknown suffixes
    "localhost", "localhost:3000", "a.localhost", "intranet", "a.b.test", "a.com1", "a.com-",
    # More than a host
    "a@b.co.uk", "https://a.co.uk", "//a.co.uk", "a.co.uk/b", "a.co.uk?b.com", "a.co.uk#b", "a.//.com", "a.com\\b",
    # Other lines of the list than rules, or several
    "com\nedu.ac", "ac\ncom.ac", "a.\nac", "a.ac\n", "\na.ac", "a.com\t", "a.com\0", "a\xa0.com", "a.com\u2028",
    "// ===END PRIVATE DOMAINS===", "a.// ac", "===END ICANN DOMAINS===", "http://nic.ac/rules.htm",
    # Upper case
    "A.CO.UK", "Www.Ck", "a.Github.IO", "XN--P1AI", "a.XN--p1AI", "a.РФ", "İ.com", "a.İ", "ΑΣ.com", "a.ΑΣ", "a.\u0131",
    # Punycode, also invalid
    "xn--", "a.xn--", "xn--.com", "xn--a", "a.xn--com-", "a.xn--uk-", "a.co.xn--uk-", "xn--a.ck", "xn--www-.ck",
    "a.xn--999999999", "a.xn--p1ai", "a.xn--p1ai.", "xn--mnchen-3ya.de", "a.xn--55qx5d.cn", "a.xn--55qx5d.xn--fiqs8s",
    # Unicode
    "a.公司.cn", "a。co。uk", "a\uff0eco\uff0euk", "a\uff61co\uff61uk", "a.co.uk。", "a.भारत", "a.ಭಾರತ", "e\u0301.com",
    "a.cafe\u0301", "a.\uff21", "\ud800.com", "a.\udc80",
    # Long
    "a." * 200 + "co.uk", "a" * 70 + ".com", "a." * 200 + "ck", "." * 300 + "com",
]
# fmt: on
BELOW = [("", "a.", "b.a."), ("", "a.", "b.a.", "c.b.a.", "a", "b.a")]  # plain rules, wildcards and exceptions


def of_tldextract(host: str) -> tuple[str, str]:
    found = REFERENCE(host)
    return found.domain, found.suffix


def differences(hosts: Iterable[str]) -> list[tuple[str, tuple[str, str], tuple[str, str]]]:
    return [(host, ours, its) for host in hosts if (ours := split_host(host)) != (its := of_tldextract(host))]


def in_punycode(host: str) -> str:
    return idna.encode(host).decode()


def below_rules() -> Iterator[str]:
    for rule in RULES:
        name = rule.lstrip("*!.")
        yield from (f"{before}{name}" for before in BELOW[name != rule])
        if rule.startswith("!"):
            yield from (f"{before}{name.partition('.')[2]}" for before in BELOW[0])


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    split_host.cache_clear()
    public_suffixes._read_rules.cache_clear()


@pytest.fixture
def without_tldextract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_suffixes, "_tldextract", None)


def test_hosts_below_every_rule_are_looked_up(without_tldextract, tally):
    hosts = [host if host.isascii() else in_punycode(host) for host in below_rules()]

    assert len(hosts) > 3 * len(RULES) > 3 * 9_000
    assert not differences(hosts)
    tally("hosts split as by tldextract", len(hosts))


def test_other_spellings_of_rules_are_split_as_by_tldextract():
    hosts = [host for host in below_rules() if not host.isascii()]
    encoded = [in_punycode(host) for host in hosts]

    assert len(hosts) > 1_000
    assert not differences([*hosts, *map(str.upper, hosts), *map(str.upper, encoded), *(f"{host}." for host in hosts)])


def test_odd_hosts_are_split_as_by_tldextract():
    assert not differences(ODD)


def test_made_up_hosts_are_split_as_by_tldextract(tally):
    choices = random.Random(f"{seeds.DIFFERENTIAL} public suffixes")
    labels = sorted({label for rule in RULES for label in rule.split(".")})

    def made_up() -> str:
        own = ["a", "www", "test", "", "-", "1", "xn--", "é", "e\u0301", "İ", f"xn--{choices.choice(labels)}"]
        rule = choices.choice([*choices.choices(RULES, k=3), "test", "1", "*.ck"]).split(".")
        rule[choices.randrange(len(rule))] = choices.choice([rule[-1], *choices.choices([*labels, *own], k=2)])
        host = ".".join([*choices.choices(own, k=choices.randrange(4)), *rule])
        spelling = choices.choice([host, host, host.upper(), host.title()])
        return spelling + choices.choice(["", "", "", ".", ":80", " ", "。"])

    assert not differences(made_up() for _ in range(COUNT))
    tally("hosts split as by tldextract", COUNT)


@pytest.fixture
def use_list(monkeypatch, tmp_path):
    """Have the list looked for in a package of a temporary folder."""

    def use(content: bytes) -> None:
        (tmp_path / LIST.name).write_bytes(content)

    package = ModuleSpec("tldextract", None, is_package=True)
    package.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(public_suffixes, "find_spec", {"tldextract": package}.get)
    return use


def test_the_list_of_the_package_is_used(use_list, without_tldextract):
    use_list(LIST.read_bytes() + b"example.com\n// of a.b.ck\n")

    assert split_host("a.b.example.com") == ("b", "example.com")
    assert split_host("b.ck") == ("", "b.ck")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\ncom\n",
        LIST.read_bytes().replace(b"\n", b"\r\n"),
        LIST.read_bytes().replace(b"\nco.uk\n", b"\nco.uk \n"),
        b'// {"tlds": ["com"]}\n',
    ],
    ids=["nothing", "no heading", "other ends of lines", "white space", "no rules"],
)
def test_tldextract_is_used_if_the_list_has_another_format(use_list, content):
    use_list(content)

    assert split_host("a.example.co.uk") == split_host("example.co.uk") == ("example", "co.uk")
    assert split_host("a.github.io") == ("a", "github.io")


def test_tldextract_is_used_if_there_is_no_list(use_list):
    assert split_host("a.example.co.uk") == ("example", "co.uk")


@pytest.mark.parametrize("package", [None, ModuleSpec("tldextract", None)])
def test_tldextract_is_used_if_its_folder_is_not_found(monkeypatch, package):
    monkeypatch.setattr(public_suffixes, "find_spec", {"tldextract": package}.get)

    assert split_host("a.example.co.uk") == ("example", "co.uk")
