"""What is asked over HTTP: cores in many states, and the sample while it runs."""

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from supertokens_lambda_local import cli
from supertokens_lambda_local.core import CoreConfig, create_core
from supertokens_lambda_local.doctor.deployment import from_environment
from supertokens_lambda_local.doctor.examination import examine
from supertokens_lambda_local.doctor.finding import Finding
from supertokens_lambda_local.server import running

from .conftest import ROOT

KEY = "the-key-of-a-core-that-asks-for-one"


def codes(uri, url=None, key=None, **settings):
    environment = {
        "SUPERTOKENS_CONNECTION_URI": uri,
        "SUPERTOKENS_API_DOMAIN": "https://example.com",
        "SUPERTOKENS_WEBSITE_DOMAIN": "https://example.com",
        "SUPERTOKENS_REFRESH_REUSE_INTERVAL": "0",
        **{f"SUPERTOKENS_{name}": value for name, value in settings.items()},
    }
    outcomes = examine(from_environment(environment, url), key)
    assert KEY not in repr(outcomes)
    return {outcome.code.value for outcome in outcomes if isinstance(outcome, Finding)}


@pytest.mark.parametrize("fault", ["refuses", "answers 500", "answers garbage", "answers HTML"])
def test_a_core_that_fails(core, fault):
    assert codes(core.uri) == set()
    with core.failing(fault):
        assert codes(core.uri) == {"core-unreachable"}


def test_a_core_that_asks_for_a_key(core, monkeypatch):
    monkeypatch.setattr(core, "_app", create_core(CoreConfig(api_keys=(KEY,))))
    assert codes(core.uri, API_KEY=KEY) == set()
    assert codes(core.uri, key=KEY) == set()
    assert codes(core.uri, API_KEY="another") == {"core-key-refused"}
    assert codes(core.uri) == {"core-key-refused"}
    # AWS is out of reach here: which key the functions have cannot be told.
    assert codes(core.uri, API_KEY_PARAMETER="/core/key") == set()


def other_core(versions, kids, date=None):
    headers = {"date": date} if date else {}
    return Starlette(
        routes=[
            Route("/apiversion", lambda request: JSONResponse({"versions": versions}, headers=headers)),
            Route("/.well-known/jwks.json", lambda request: JSONResponse({"keys": [{"kid": kid} for kid in kids]})),
        ]
    )


@pytest.mark.parametrize(
    ("versions", "kids", "settings", "expected"),
    [
        (["5.3", "5.4"], ["d-1", "s-1"], {}, set()),
        (["5.3", "5.5"], ["d-1", "s-1"], {}, {"core-version"}),
        (["5.4"], ["s-1"], {}, {"key-kind-mismatch"}),
        (["5.4"], ["d-1"], {"USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY": "false"}, {"key-kind-mismatch"}),
    ],
)
def test_versions_and_kinds_of_keys(core, monkeypatch, versions, kids, settings, expected):
    monkeypatch.setattr(core, "_app", other_core(versions, kids))
    assert codes(core.uri, **settings) == expected


def test_clocks(core, monkeypatch):
    monkeypatch.setattr(core, "_app", other_core(["5.4"], ["d-1"], "Tue, 01 Jan 2019 00:00:00 GMT"))
    monkeypatch.setattr(core.server.config, "date_header", False)
    monkeypatch.setattr(core.server.server_state, "default_headers", [])
    assert codes(core.uri) == {"clock-skew"}


def test_the_sample_while_it_runs(core, capsys):
    with running(ROOT / "template.yaml", environment={"SUPERTOKENS_CONNECTION_URI": core.uri}) as url:
        local = {"API_DOMAIN": url, "WEBSITE_DOMAIN": url}
        assert codes(core.uri, url, **local) == set()
        assert codes(core.uri, url) == {"site-address"}
        assert codes(core.uri, f"{url}/dev", **local) == {"site-path-missing"}
        apart = {"API_DOMAIN": url, "WEBSITE_DOMAIN": "http://localhost:1"}
        assert "cors-missing" in codes(core.uri, url, **apart)
    assert codes(core.uri, url, **local) == {"site-unreachable"}


def arguments(core, *more):
    given = {"ConnectionUri": core.uri, "ApiDomain": "https://example.com", "WebsiteDomain": "https://example.com"}
    parameters = [part for name, value in given.items() for part in ("--parameter", f"{name}={value}")]
    return ["doctor", "--template", str(ROOT / "template.yaml"), *parameters, *more]


def test_exit_codes(core, capsys):
    assert cli.main(arguments(core)) == 0
    assert capsys.readouterr().out == "no errors, no warnings\n"
    assert cli.main(arguments(core, "--parameter", "ApiDomain=https://api.example.com")) == 0
    assert "warning: cookie-domain-missing\n" in capsys.readouterr().out
    assert cli.main(arguments(core, "--parameter", "ApiDomain=https://api.example.com", "--strict")) == 1
    assert cli.main(arguments(core, "--parameter", "CookieDomain=.com", "--json")) == 1
    assert '"code": "cookie-domain-public-suffix"' in capsys.readouterr().out
    assert cli.main(["doctor", "--template", "nowhere.yaml"]) == 2
    for wrong, code in (["--url", "example.com"], 2), (["--help"], 0):
        with pytest.raises(SystemExit) as left:
            cli.main(["doctor", *wrong])
        assert left.value.code == code


def test_what_has_no_value_is_told_and_not_guessed(capsys):
    assert cli.main(["doctor", "--template", str(ROOT / "template.yaml")]) == 2
    written = capsys.readouterr().out
    assert "not looked at: settings of the functions" in written
    assert written.endswith("no errors, no warnings, 1 not looked at\n")


def test_formats_for_programs(core, capsys):
    wrong = arguments(core, "--parameter", "CookieDomain=.com")
    assert cli.main([*wrong, "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error title=cookie-domain-public-suffix::The cookie domain .com is a")
    assert cli.main([*wrong, "--format", "json"]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding.keys() == {"code", "severity", "problem", "remedy", "functions"}
    assert cli.main(["doctor", "--template", str(ROOT / "template.yaml"), "--format", "github"]) == 2
    assert capsys.readouterr().out.startswith("::notice title=not looked at::settings of the functions, since ")


@pytest.mark.parametrize(
    "sign_in", [RedirectResponse("/refresh-session?redirectBack=/auth"), JSONResponse({"message": "x"}, 401)]
)
def test_a_sign_in_page_that_is_guarded_is_found_by_its_url(core, monkeypatch, sign_in):
    site = other_core(["5.4"], ["d-1"])
    site.add_route("/refresh-session", lambda request: RedirectResponse("/auth?redirectBack=/"))
    site.add_route("/auth", lambda request: sign_in)
    monkeypatch.setattr(core, "_app", site)
    local = {"API_DOMAIN": core.uri, "WEBSITE_DOMAIN": core.uri}
    assert codes(core.uri, core.uri, **local) == {"site-guarded"}


def test_a_core_elsewhere_is_asked_over_https(core):
    assert codes("http://core.invalid") == {"core-on-http", "core-unreachable"}
    assert codes(core.uri) == set()
