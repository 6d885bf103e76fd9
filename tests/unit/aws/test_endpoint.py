"""Endpoints against botocore's own rules, for every region that it knows."""

import itertools

import botocore.session
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError

from supertokens_lambda._aws.endpoint import RegionMissingError, endpoint_of, region_of

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
REGIONS = sorted(
    {
        region
        for partition in SESSION.get_available_partitions()
        for region in SESSION.get_available_regions("dynamodb", partition)
    }
)


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager", "ssm"])
def test_a_regions_endpoint_is_botocores(service, tally):
    rules = LOADER.load_service_model(service, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, LOADER.load_data("partitions"))
    for region, fips, dual_stack in itertools.product(REGIONS, (False, True), (False, True)):
        try:
            expected = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack).url
        except BotoCoreError:
            continue  # botocore knows no such endpoint
        environment = {
            "AWS_USE_FIPS_ENDPOINT": str(fips).lower(),
            "AWS_USE_DUALSTACK_ENDPOINT": str(dual_stack).lower(),
        }

        assert endpoint_of(service, region, environment) == expected
        tally("endpoints compared with botocore's")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://localhost:5000/"}, "http://localhost:5000"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://b/x"}, "https://b/x"),
        ({"AWS_ENDPOINT_URL_SSM": "http://a"}, "https://secretsmanager.eu-central-1.amazonaws.com"),
        (
            {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "https://secretsmanager.eu-central-1.amazonaws.com",
        ),
        ({"AWS_ENDPOINT_URL": ""}, "https://secretsmanager.eu-central-1.amazonaws.com"),
    ],
)
def test_the_environment_names_another_endpoint(environment, expected):
    assert endpoint_of("secretsmanager", "eu-central-1", environment) == expected


def test_the_region_of_the_function_comes_before_the_default():
    assert region_of({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}) == "a"
    assert region_of({"AWS_DEFAULT_REGION": "b"}) == "b"
    with pytest.raises(RegionMissingError, match="AWS_REGION"):
        region_of({})
