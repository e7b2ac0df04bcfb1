"""Questions about models and the small helpers beside the dialects, each in the form of its client."""

import pytest

from harness.gateway import KEY

BEARER = {"Authorization": f"Bearer {KEY}"}
ANTHROPIC = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
GOOGLE = {"x-goog-api-key": KEY}
GOOGLE_SDK = {**GOOGLE, "x-goog-api-client": "google-genai-sdk/9"}


def get(gateway, path, fields=BEARER, method="GET", body=None):
    with gateway.connect() as connection:
        return connection.ask(method, path, fields, body)


def ids(answer, member="data", name="id") -> list[str]:
    assert answer.status == 200, answer
    return [model[name] for model in answer.json[member]]


def test_every_form_lists_the_same_names(gateway, sandbox):
    names = ids(get(gateway, "/v1/models"))
    assert names == sorted(set(names))
    assert {"gemini-3-flash", "claude-sonnet-4-5", "gpt-4o", "gemini-3-pro-image-2k-16x9"} <= set(names)
    assert ids(get(gateway, "/v1/models", ANTHROPIC)) == names
    assert ids(get(gateway, "/v1beta/models", GOOGLE), "models", "name") == [f"models/{name}" for name in names]
    assert ids(get(gateway, f"/v1beta/models?key={KEY}", {}), "models", "name")[0] == f"models/{names[0]}"
    for path in ("/cursor/models", "/cursor/v1/models"):
        assert ids(get(gateway, path)) == names
    assert ids(get(gateway, "/v1/models/claude")) == [name for name in names if "claude" in name]
    assert sandbox.calls["total"] == 0, "a list needs no lease"


def test_the_mapping_and_the_setting_rule_the_lists(launch):
    gateway = launch(workers=1)
    live = {"gateway": {"translation": {"only_real_models": True}}}
    gateway.admin("PATCH", "/api/config", {"proxy": {"custom_mapping": {"mine": "gemini-3-flash", "our-*": "gpt-4o"}}})
    names = ids(get(gateway, "/v1/models"))
    assert "mine" in names and "our-*" not in names
    assert get(gateway, "/v1/models/our-best").json["id"] == "our-best"
    assert gateway.admin("PATCH", "/api/config", live).status == 200
    real = ids(get(gateway, "/v1/models"))
    assert real and "mine" not in real and "gpt-4o" not in real and set(real) < set(names)


def test_pages(gateway):
    first = get(gateway, "/v1/models?limit=3", ANTHROPIC).json
    assert len(first["data"]) == 3 and first["has_more"] is True
    rest = get(gateway, f"/v1/models?after_id={first['last_id']}", ANTHROPIC).json
    assert rest["has_more"] is False and rest["data"][0]["id"] > first["last_id"]
    back = get(gateway, f"/v1/models?limit=3&before_id={rest['first_id']}", ANTHROPIC).json
    assert back["data"] == first["data"] and back["has_more"] is False
    page = get(gateway, "/v1beta/models?pageSize=3", GOOGLE).json
    following = get(gateway, f"/v1beta/models?pageToken={page['nextPageToken']}", GOOGLE).json
    assert len(page["models"]) == 3 and "nextPageToken" not in following
    assert following["models"][0]["name"] == f"models/{rest['first_id']}"


@pytest.mark.parametrize("path, fields, name", [
    ("/v1/models/gemini-3-flash", BEARER, ("id", "gemini-3-flash")),
    ("/v1/models/gemini-3-flash", ANTHROPIC, ("id", "gemini-3-flash")),
    ("/v1beta/models/gemini-3-flash", GOOGLE, ("name", "models/gemini-3-flash")),
    ("/v1/models/gemini-3-flash", GOOGLE_SDK, ("name", "models/gemini-3-flash")),
    ("/v1beta/models/models%2Fgemini-3-flash", GOOGLE, ("name", "models/gemini-3-flash")),
])
def test_one_model(gateway, path, fields, name):
    assert get(gateway, path, fields).json[name[0]] == name[1]
    assert get(gateway, path, fields, method="HEAD").status == 200


def openai(error):
    return error["error"]["type"] == "invalid_request_error" and error["error"]["message"]


def anthropic(error):
    return error["type"] == "error" and error["error"]["message"] and error["request_id"]


def google(error):
    return isinstance(error["error"]["code"], int) and error["error"]["status"] and error["error"]["message"]


@pytest.mark.parametrize("path, fields, status, form", [
    ("/v1/models/nobody", BEARER, 404, openai), ("/v1/models/nobody", ANTHROPIC, 404, anthropic),
    ("/v1beta/models/nobody", GOOGLE, 404, google), ("/v1/models/nobody", GOOGLE_SDK, 404, google), ("/v1/nothing", BEARER, 404, openai),
    ("/v1/nothing", ANTHROPIC, 404, anthropic), ("/v1beta/nothing", GOOGLE, 404, google),
    ("/cursor/nothing", BEARER, 404, openai), ("/mcp/x", BEARER, 404, openai),
    ("/v1/models?limit=0", ANTHROPIC, 400, anthropic), ("/v1beta/models?pageSize=x", GOOGLE, 400, google),
    ("/v1/models", {}, 401, openai), ("/v1/models", {"anthropic-version": "1"}, 401, anthropic),
    ("/v1beta/models", {}, 401, google), ("/v1beta/models?key=wrong", {}, 401, google), ("/cursor/models", {}, 401, openai),
    ("/v1/models?key=" + KEY, {}, 401, openai),
])
def test_refusals_are_in_the_form_of_the_client(gateway, path, fields, status, form):
    answer = get(gateway, path, fields)
    assert answer.status == status, answer
    assert form(answer.json)


def test_what_a_name_comes_to_can_be_asked(gateway, sandbox):
    answer = get(gateway, "/v1/models/detect", method="POST", body={"model": "gemini-3-pro-image-4k-16x9"})
    assert answer.json == {
        "model": "gemini-3-pro-image-4k-16x9", "mapped_model": "gemini-3-pro-image", "type": "image_gen",
        "features": {"has_web_search": False, "is_image_gen": True},
        "config": {"imageConfig": {"aspectRatio": "16:9", "imageSize": "4K"}}}
    assert get(gateway, "/v1/models/detect", method="POST", body={"model": "gpt-4o-online"}).json["type"] == "web_search"
    for body in ({}, [], {"model": None}):
        refused = get(gateway, "/v1/models/detect", method="POST", body=body)
        assert refused.status == 400 and openai(refused.json), body
    assert sandbox.calls["total"] == 0


@pytest.mark.parametrize("path", ["/v1/api/event_logging", "/v1/api/event_logging/batch", "/api/event_logging/batch"])
@pytest.mark.parametrize("body, status", [(b"no { json", 200), (b"x" * (1 << 20), 200), (b"", 200), (b"x" * (1 << 20) + b"x", 413)],
                         ids=["any", "1 MiB", "nothing", "more"])
def test_event_logging_takes_anything_up_to_a_mebibyte(gateway, path, body, status):
    answer = get(gateway, path, {}, method="POST", body=body)
    assert answer.status == status, answer
    if status == 200:
        assert answer.json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/v1/models", "/v1beta/models/x:generateContent", "/cursor/chat/completions", "/v1/anything"])
def test_a_preflight_needs_no_key_on_any_path(gateway, path):
    answer = get(gateway, path, {"Origin": "https://a.example"}, method="OPTIONS")
    assert answer.status == 204 and answer.field("Access-Control-Allow-Origin") == "*"
