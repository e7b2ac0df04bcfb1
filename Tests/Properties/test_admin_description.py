"""The description of the admin API that the gateway gives of itself: it is valid, and so is every example in it."""

import json

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from harness.description import Description, answers, complaints, operations
from harness.wire import Answer


@pytest.fixture(scope="module")
def description(shared_gateway) -> dict:
    answer = shared_gateway.admin("GET", "/api/openapi.json")
    assert answer.status == 200
    return answer.json


def test_it_is_valid(description):
    assert description["openapi"] == "3.1.0"
    validate(description)


def test_every_operation_has_a_name_of_its_own(description):
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names)) > 70


def test_every_example_fits_its_shape(description):
    """Every body and every answer in JSON shows one."""
    seen, shapes = 0, description["components"]["schemas"]
    for method, path, operation in operations(description):
        places = [("body", kind, content) for kind, content in operation.get("requestBody", {}).get("content", {}).items()]
        for status, answer in answers(description, operation):
            if int(status) < 300:
                places += [(status, kind, content) for kind, content in answer.get("content", {}).items()]
        for place, kind, content in places:
            if kind != "application/json":
                continue
            what = f"{method} {path} {place}"
            assert "example" in content, what
            whole = {"allOf": [content["schema"]], "components": {"schemas": shapes}}
            OAS31Validator(whole).validate(content["example"])
            assert not list(complaints(content["schema"], content["example"], shapes)), what
            seen += 1
    assert seen > 80


def test_every_refusal_names_its_codes(description):
    for method, path, operation in operations(description):
        for status, answer in answers(description, operation):
            content = answer.get("content", {}).get("application/json")
            if int(status) < 400 or (path.endswith("health") or path == "/healthz") and status == "503":
                continue
            assert '"code"' in json.dumps(content), f"{method} {path} {status}"


def test_without_the_token_there_is_none(gateway):
    assert gateway.admin("GET", "/api/openapi.json", token=None).status == 401


@pytest.mark.parametrize("path, status, body", [
    ("/api/logs/count", 200, b"-1"), ("/api/logs/count", 200, b'"1"'), ("/api/logs/count", 418, b"1"),
    ("/api/logs/count", 400, b'{"error":"x","code":"unauthorized"}'), ("/api/logs/count", 400, b'{"code":"invalid_json"}'),
    ("/api/accounts/current", 200, b"{}"), ("/api/system/updates/check-status", 200, b"true"),
    ("/api/proxy/stats", 200, b'{"total_requests":1,"success_count":1,"error_count":0,"more":0}'),
    ("/api/stats/token/model-trend/daily", 200, b'[{"period":"x","model_data":{"a":"b"}}]')])
def test_an_answer_that_is_not_described_is_found(description, path, status, body):
    """The harness of all tests looks at every answer in this way."""
    answer = Answer(status, [("Content-Type", "application/json; charset=utf-8")], body)
    with pytest.raises(AssertionError):
        Description(description).check("GET", path, answer)
