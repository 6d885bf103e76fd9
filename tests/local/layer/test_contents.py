"""Which packages, and which parts of them, an application's layer has."""

import pytest

from supertokens_lambda_local.layer import toolkit
from supertokens_lambda_local.layer.contents import choose, left_out

NEVER = {"deprecated", "jmespath", "pycparser", "pycryptodome", "pyotp", "python-dateutil", "six", "urllib3", "wrapt"}
TWILIO = {"aiohttp", "aiohttp-retry", "aiosignal", "attrs", "frozenlist", "multidict", "yarl"}
CONFIG = "from supertokens_python.recipe import session, {}"
REGIONS, TABLES, APIS, OLD = "phonenumbers/data/region_*", "phonenumbers/geodata", "twilio/rest/*/", "pydantic/v1"


def parts(lock, code):
    return {*left_out(lock, toolkit.packages(), code)}


def test_a_recipe_that_needs_no_more_than_the_sdk_gets_no_more(code_of, lock_of):
    lock, code = lock_of(), code_of(CONFIG.format("emailpassword, thirdparty, totp"))

    chosen = choose(lock, code)

    assert lock.keys() - chosen.keys() >= NEVER | TWILIO | {"twilio"}
    assert {"supertokens-python", "cryptography", "cffi", "requests", "phonenumbers"} <= chosen.keys()
    assert parts(lock, code) >= {REGIONS, TABLES, OLD}


@pytest.mark.parametrize("recipe", ["passwordless", "dashboard"])
def test_a_recipe_with_telephone_numbers_gets_their_tables_and_what_it_imports_of_twilio(recipe, code_of, lock_of):
    lock, code = lock_of(), code_of(CONFIG.format(recipe))

    chosen = choose(lock, code)

    assert "twilio" in chosen
    assert not (NEVER | TWILIO) & chosen.keys()
    assert REGIONS not in parts(lock, code)
    assert parts(lock, code) >= {TABLES, APIS, OLD}


@pytest.mark.parametrize(
    "text",
    [
        "from supertokens_python.recipe.passwordless import TwilioService, TwilioSettings",
        "from twilio.rest import Client\nfrom supertokens_python.recipe import passwordless",
    ],
    ids=["its service", "its client"],
)
def test_who_sends_by_twilio_gets_all_of_it(text, code_of, lock_of):
    lock, code = lock_of(), code_of(text)

    assert {"twilio", *TWILIO} <= choose(lock, code).keys()
    assert APIS not in parts(lock, code)


@pytest.mark.parametrize(
    "text",
    [
        "import supertokens_python.recipe.passwordless",
        "from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryInterface",
        "RECIPES = ['passwordless']",
        "def recipes(): return getattr(recipe, 'passwordless')",
        "if production:\n    from supertokens_python.recipe.passwordless import init as codes",
    ],
)
def test_a_recipe_is_found_however_it_is_named(text, code_of, lock_of):
    assert "twilio" in choose(lock_of(), code_of(text))


@pytest.mark.parametrize("text", ["# passwordless, one day", '"""No passwordless."""', "def f():\n    'No dashboard.'"])
def test_prose_names_no_recipe(text, code_of, lock_of):
    assert "twilio" not in choose(lock_of(), code_of(text))


@pytest.mark.parametrize("call", ["import_module(name)", "__import__(name)", "exec(text)"])
def test_nothing_is_left_out_where_imports_cannot_be_read(call, code_of, lock_of):
    lock, code = lock_of(), code_of(f"from importlib import *\n{call}")

    assert choose(lock, code) == lock
    assert parts(lock, code) == set()


def test_nothing_is_left_out_where_a_package_brings_recipes(code_of, lock_of):
    lock = lock_of(**{"company-recipes": "-r requirements.txt", "supertokens-python": "company-recipes"})
    code = code_of(CONFIG.format("emailpassword"))

    assert choose(lock, code) == lock
    assert parts(lock, code) == set()


def test_what_another_package_asks_for_is_all_there(code_of, lock_of):
    lock = lock_of(tracing="-r requirements.txt", wrapt="tracing", pydantic="tracing", anyio="-r supertokens-lambda.in")
    code = code_of(CONFIG.format("emailpassword"))

    assert {"tracing", "wrapt"} <= choose(lock, code).keys()
    assert OLD not in parts(lock, code)
    assert {TABLES, "anyio/pytest_plugin.py"} <= parts(lock, code)


@pytest.mark.parametrize("asker", ["-r requirements.txt", ""])
def test_what_the_requirements_name_is_all_there(asker, code_of, lock_of):
    lock, code = lock_of(phonenumbers=asker, pyotp=asker), code_of(CONFIG.format("emailpassword"))
    lock["phonenumbers"].asked_for_by -= set() if asker else {"supertokens-python"}
    lock["pyotp"].asked_for_by -= set() if asker else {"supertokens-python"}

    assert "pyotp" in choose(lock, code)
    assert not {REGIONS, TABLES} & parts(lock, code)
