"""POST /v1/chat/completions and its neighbours, as a client without an SDK sees them."""

import json
import time

import pytest

from harness import procfs
from harness.gateway import ADMIN, KEY
from harness.wire import events_of, request

PATH = "/v1/chat/completions"
TOOLS = [
    {"type": "function", "function": {"name": "weather", "description": "Weather of a place", "parameters": {
        "type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}}},
    {"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}}},
]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def envelope(parts: list[dict], finish: str | None = None, usage: dict | None = None) -> dict:
    """One event of the upstream's stream."""
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    response = {"candidates": [candidate], "modelVersion": "gemini-3-flash", "responseId": "r-1"}
    if usage:
        response["usageMetadata"] = usage
    return {"response": response}


def chunks(answer) -> list[dict]:
    """The chunks of a streamed answer that ended as it must; checks what holds for every stream."""
    assert answer.status == 200, (answer.status, answer.body)
    assert answer.field("Content-Type").startswith("text/event-stream")
    assert answer.field("Content-Length") is None
    events = answer.events
    assert events[-1].data == "[DONE]"
    assert all(event.name is None for event in events)
    found = [event.json for event in events[:-1]]
    assert len({(c["id"], c["created"], c["model"], c["object"]) for c in found if "error" not in c}) <= 1
    return found


def text_of(found: list[dict]) -> str:
    return "".join(c["choices"][0]["delta"].get("content") or "" for c in found if c.get("choices"))


def finishes(found: list[dict]) -> list[str]:
    reasons = [c["choices"][0]["finish_reason"] for c in found if c.get("choices")]
    return [reason for reason in reasons if reason]


def test_an_answer_in_one_piece(gateway, sandbox):
    sandbox.script({"text": ["Hel", "lo \u20ac", " there"]})
    answer = gateway.chat("hi")
    assert answer.status == 200, answer.body
    assert answer.field("Content-Type") == "application/json"
    body = answer.json
    assert body["object"] == "chat.completion" and body["id"].startswith("chatcmpl-")
    assert body["model"] == "gemini-3-flash"
    choice = body["choices"][0]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == "Hello \u20ac there"
    assert "tool_calls" not in choice["message"]
    assert choice["finish_reason"] == "stop"
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert isinstance(usage["prompt_tokens_details"]["cached_tokens"], int)
    assert isinstance(usage["completion_tokens_details"]["reasoning_tokens"], int)
    assert answer.field("x-request-id") == answer.field("request-id")
    assert answer.field("X-Mapped-Model")


def test_an_answer_in_a_stream(gateway, sandbox):
    sandbox.script({"text": ["Hel", "lo \u20ac", " there"]})
    found = chunks(gateway.chat("hi", stream=True))
    assert found[0]["choices"][0]["delta"]["role"] == "assistant"
    assert sum("role" in c["choices"][0]["delta"] for c in found) == 1
    assert text_of(found) == "Hello \u20ac there"
    assert finishes(found) == ["stop"] and found[-1]["choices"][0]["finish_reason"] == "stop"
    assert all("usage" not in c for c in found)


def test_usage_comes_last_when_asked_for(gateway, sandbox):
    sandbox.script({"text": ["a", "b"]})
    found = chunks(gateway.chat("hi", stream=True, stream_options={"include_usage": True}))
    assert found[-1]["choices"] == [] and found[-1]["usage"]["total_tokens"] > 0
    assert all(c["usage"] is None for c in found[:-1])


def test_reasoning_is_kept_apart_from_the_text(gateway, sandbox):
    events = [
        envelope([{"text": "Let me think.", "thought": True}]),
        envelope([{"text": "42"}]),
        envelope([], "STOP", {"promptTokenCount": 100, "candidatesTokenCount": 10, "thoughtsTokenCount": 40,
                              "totalTokenCount": 150}),
    ]
    sandbox.script({"events": events})
    message = gateway.chat("hi").json
    assert message["choices"][0]["message"]["reasoning_content"] == "Let me think."
    assert message["choices"][0]["message"]["content"] == "42"
    assert message["usage"]["completion_tokens"] == 50
    assert message["usage"]["completion_tokens_details"]["reasoning_tokens"] == 40
    found = chunks(gateway.chat("hi", stream=True))
    thoughts = [c["choices"][0]["delta"].get("reasoning_content") for c in found]
    assert "".join(t for t in thoughts if t) == "Let me think." and text_of(found) == "42"


def test_parallel_tool_calls_in_a_stream_and_back(gateway, sandbox):
    """Two equal calls stay two calls; their results go upstream in order, and nothing of it is rejected there."""
    call = {"functionCall": {"name": "weather", "args": {"place": "Köln"}}}
    sandbox.script({"times": 1, "events": [envelope([call]), envelope([call], "STOP")]}, {"text": ["Sunny."]})
    asked = {"role": "user", "content": "Weather?"}
    answer = gateway.ai("POST", PATH, {
        "model": "gemini-3-flash", "stream": True, "messages": [asked], "tools": TOOLS, "tool_choice": "auto"})
    found = chunks(answer)
    calls: dict[int, dict] = {}
    for chunk in found:
        for piece in chunk["choices"][0]["delta"].get("tool_calls", []):
            held = calls.setdefault(piece["index"], {"arguments": ""})
            held["id"] = piece.get("id", held.get("id"))
            held["name"] = piece["function"].get("name", held.get("name"))
            held["arguments"] += piece["function"].get("arguments", "")
    assert sorted(calls) == [0, 1] and calls[0]["id"] != calls[1]["id"]
    assert {c["name"] for c in calls.values()} == {"weather"}
    assert json.loads(calls[1]["arguments"]) == {"place": "Köln"}
    assert finishes(found) == ["tool_calls"]

    history = [asked, {"role": "assistant", "content": None, "tool_calls": [
        {"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}}
        for c in calls.values()]}]
    history += [{"role": "tool", "tool_call_id": c["id"], "content": f"result {index}"} for index, c in calls.items()]
    second = gateway.ai("POST", PATH, {"model": "gemini-3-flash", "messages": history, "tools": TOOLS})
    assert second.status == 200 and second.json["choices"][0]["message"]["content"] == "Sunny.", second.body
    contents = sandbox.bodies()[-1]["request"]["contents"]
    parts = [part for content in contents for part in content["parts"]]
    assert [p["functionCall"]["name"] for p in parts if "functionCall" in p] == ["weather", "weather"]
    results = [json.dumps(p["functionResponse"]) for p in parts if "functionResponse" in p]
    assert ["result 0" in results[0], "result 1" in results[1]] == [True, True]


@pytest.mark.parametrize("choice, mode", [
    ("none", "NONE"), ("required", "ANY"), ({"type": "function", "function": {"name": "clock"}}, "ANY")])
def test_the_choice_of_tools_goes_upstream(gateway, sandbox, choice, mode):
    answer = gateway.chat("hi", tools=TOOLS, tool_choice=choice)
    assert answer.status == 200, answer.body
    config = sandbox.bodies()[-1]["request"].get("toolConfig", {}).get("functionCallingConfig", {})
    assert config.get("mode") == mode
    if isinstance(choice, dict):
        assert config["allowedFunctionNames"] == ["clock"]


def test_images_and_system_text_go_upstream(gateway, sandbox):
    answer = gateway.ai("POST", PATH, {"model": "gemini-3-flash", "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}", "detail": "low"}}]},
    ]})
    assert answer.status == 200, answer.body
    sent = sandbox.bodies()[-1]["request"]
    assert "Be brief." in json.dumps(sent["systemInstruction"])
    parts = sent["contents"][0]["parts"]
    assert parts[0]["text"] == "What is this?"
    assert parts[1]["inlineData"] == {"mimeType": "image/png", "data": PIXEL}


def test_sampling_goes_upstream(gateway, sandbox):
    answer = gateway.chat("hi", temperature=0.5, top_p=0.25, max_tokens=100, stop=["END"], seed=7)
    assert answer.status == 200, answer.body
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert (config["temperature"], config["topP"], config["stopSequences"]) == (0.5, 0.25, ["END"])


def user(content) -> dict:
    return {"model": "gemini-3-flash", "messages": [{"role": "user", "content": content}]}


BAD = [
    ("no JSON", b"{", None),
    ("nothing", b"", None),
    ("an array", b"[]", None),
    ("trailing comma", b'{"model":"gemini-3-flash","messages":[],}', None),
    ("two values", b"{} {}", None),
    ("no messages", {"model": "gemini-3-flash"}, "messages"),
    ("messages is a string", {"model": "gemini-3-flash", "messages": "hi"}, "messages"),
    ("messages is empty", {"model": "gemini-3-flash", "messages": []}, "messages"),
    ("no model", {"messages": [{"role": "user", "content": "hi"}]}, "model"),
    ("model is a number", {"model": 5, "messages": [{"role": "user", "content": "hi"}]}, "model"),
    ("a message is a string", {"model": "gemini-3-flash", "messages": ["hi"]}, "messages[0]"),
    ("unknown role", {"model": "gemini-3-flash", "messages": [{"role": "boss", "content": "hi"}]}, "messages[0].role"),
    ("no role", {"model": "gemini-3-flash", "messages": [{"content": "hi"}]}, "messages[0]"),
    ("content is a number", user(5), "messages[0].content"),
    ("text is a number", user([{"type": "text", "text": 5}]), "messages[0].content[0].text"),
    ("an image from the disk", user([{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]),
     "messages[0].content[0].image_url"),
    ("an image that is no base64", user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,!!!"}}]),
     "messages[0].content[0].image_url"),
    ("a file by id", user([{"type": "file", "file": {"file_id": "file-1"}}]), "messages[0].content[0].file"),
    ("tools is an object", {**user("hi"), "tools": {}}, "tools"),
]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("body, param", [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_body_is_refused_with_the_path_of_the_member(gateway, sandbox, body, param, stream):
    if stream and isinstance(body, dict):
        body = {**body, "stream": True}
    with gateway.connect() as connection:
        key = {"Authorization": f"Bearer {KEY}"}
        if isinstance(body, bytes):
            key["Content-Type"] = "application/json"
        answer = connection.ask("POST", PATH, key, body)
        assert answer.status == 400, answer
        error = answer.json["error"]
        assert error["type"] == "invalid_request_error" and error["message"]
        if param:
            assert (error["param"] or "").startswith(param), error
        assert answer.field("X-Gateway-Error-Source") == "gateway"
        # The connection was not at fault.
        assert connection.ask("GET", "/v1/models", {"Authorization": f"Bearer {KEY}"}).status == 200
    assert sandbox.calls["total"] == 0


@pytest.mark.parametrize("method, path, key, status", [
    ("POST", PATH, None, 401), ("POST", PATH, "wrong", 401), ("POST", PATH, ADMIN, 401), ("GET", "/v1/models", None, 401),
    ("GET", PATH, KEY, 405), ("DELETE", PATH, KEY, 405), ("POST", "/v1/unknown", KEY, 404), ("GET", "/v1/", KEY, 404),
    ("POST", PATH + "/", KEY, 404), ("GET", "/mcp/x", KEY, 404),
])
def test_refusals_before_the_body(gateway, method, path, key, status):
    answer = gateway.ai(method, path, {} if method == "POST" else None, key=key)
    assert answer.status == status, answer
    assert answer.json["error"]["message"] and answer.json["error"]["type"]
    if status == 405:
        assert "POST" in answer.field("Allow")
    if status == 401:
        assert answer.json["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("fields", [
    {"Authorization": f"Bearer {KEY}"}, {"Authorization": f"bearer {KEY}"}, {"Authorization": KEY},
    {"x-api-key": KEY}, {"x-goog-api-key": KEY}, {"x-api-key": "wrong", "Authorization": f"Bearer {KEY}"}])
def test_every_place_of_a_key_opens(gateway, fields):
    with gateway.connect() as connection:
        assert connection.ask("GET", "/v1/models", fields).status == 200


def test_models(gateway):
    body = gateway.ai("GET", "/v1/models").json
    assert body["object"] == "list"
    ids = [model["id"] for model in body["data"]]
    assert "gemini-3-flash" in ids and len(ids) == len(set(ids))
    assert all(model["object"] == "model" for model in body["data"])


def test_preflight_needs_no_key(gateway):
    with gateway.connect() as connection:
        answer = connection.ask("OPTIONS", PATH, {
            "Origin": "https://chat.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type"})
    assert answer.status == 204 and answer.body == b""
    assert answer.field("Access-Control-Allow-Origin") == "*"
    assert answer.field("Access-Control-Allow-Headers") == "authorization, content-type"


UPSTREAM = [
    (400, {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Bad thing."}}, 400, None),
    (404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "No such model."}}, 404, "model_not_found"),
    (500, {"error": {"code": 500, "status": "INTERNAL", "message": "Oops."}}, 502, "upstream_error"),
    (503, {"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}}, 503, "upstream_overloaded"),
]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status, body, expected, code", UPSTREAM, ids=[str(row[0]) for row in UPSTREAM])
def test_an_error_of_the_upstream(gateway, sandbox, status, body, expected, code, stream):
    sandbox.script({"status": status, "body": body})
    answer = gateway.chat("hi", stream=stream)
    assert answer.status == expected, answer
    error = answer.json["error"]
    if code:
        assert error["code"] == code, error
    assert answer.field("X-Gateway-Error-Source") == "upstream", answer.fields
    assert "@" not in error["message"] and "http" not in error["message"]


def test_a_limited_account_says_when_to_come_back(launch, sandbox):
    """A gateway of its own: the account stays locked."""
    sandbox.script({"status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "30s"},
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]}}})
    gateway = launch(workers=1)
    answer = gateway.chat("hi")
    assert answer.status == 429, answer
    assert 1 <= int(answer.field("Retry-After")) <= 60
    assert answer.json["error"]["type"] == "rate_limit_error", answer.json


def test_no_account_at_all(launch):
    gateway = launch(workers=1, accounts=0)
    answer = gateway.chat("hi")
    assert (answer.status, answer.json["error"]["code"]) == (503, "gateway_no_accounts")
    assert answer.field("x-should-retry") == "false"


def test_another_account_serves_when_the_first_is_refused(launch, sandbox):
    """The client sees only the second account's answer."""
    sandbox.script({"times": 1, "status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "QUOTA_EXHAUSTED",
             "metadata": {"quotaResetDelay": "1h0m0s"}}]}}}, {"text": ["from the second"]})
    gateway = launch(workers=1, accounts=2)
    answer = gateway.chat("hi")
    assert answer.status == 200 and answer.json["choices"][0]["message"]["content"] == "from the second"


def test_an_empty_answer_is_tried_again_on_another_account(launch, sandbox):
    sandbox.script({"times": 1, "events": []}, {"text": ["second"]})
    gateway = launch(workers=1, accounts=2)
    assert text_of(chunks(gateway.chat("hi", stream=True))) == "second"


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_never_looks_finished(gateway, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    answer = gateway.chat("hi", stream=True)
    found = chunks(answer)
    assert text_of(found[:-1]).startswith("one")
    assert finishes(found[:-1]) == []
    error = found[-1]["error"]
    assert error["message"] and error["type"] and error["code"]


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_whole_answer_that_breaks_is_an_error(gateway, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 5})
    answer = gateway.chat("hi")
    assert answer.status in (502, 503), answer
    assert answer.json["error"]["code"]


def test_one_connection_alternates_between_both_faces(gateway):
    """Handed to a worker, returned to the supervisor, and so on, ten times, whatever the bodies are."""
    body = user("hi")
    with gateway.connect() as connection:
        for _ in range(10):
            chat = connection.ask("POST", PATH, {"Authorization": f"Bearer {KEY}"}, body)
            assert chat.status == 200 and chat.json["object"] == "chat.completion"
            status = connection.ask("GET", "/api/proxy/status", {"Authorization": f"Bearer {ADMIN}"})
            assert status.status == 200 and status.json["running"] is True
            stream = connection.ask("POST", PATH, {"Authorization": f"Bearer {KEY}"}, {**body, "stream": True})
            assert stream.events[-1].data == "[DONE]"
            assert connection.ask("GET", "/api/health").json["status"] == "ok"


def test_pipelined_requests_to_both_faces_are_answered_in_order(gateway):
    key, token = {"Authorization": f"Bearer {KEY}"}, {"Authorization": f"Bearer {ADMIN}"}
    rounds = [
        (request("POST", PATH, key, user("one")), lambda a: a.json["object"] == "chat.completion"),
        (request("GET", "/api/proxy/status", token), lambda a: "workers" in a.json),
        (request("POST", PATH, key, {**user("two"), "stream": True}), lambda a: a.events[-1].data == "[DONE]"),
        (request("GET", "/v1/models", key), lambda a: a.json["object"] == "list"),
        (request("POST", "/api/accounts", token, {}), lambda a: a.status == 400 and a.json["code"] == "invalid_request"),
        (request("GET", "/api/health"), lambda a: a.json["status"] == "ok"),
        (request("GET", "/v1/models", {}), lambda a: a.status == 401),
    ] * 3
    with gateway.connect() as connection:
        connection.send(b"".join(data for data, _ in rounds))
        for index, (_, holds) in enumerate(rounds):
            answer = connection.answer()
            assert holds(answer), (index, answer)
        connection.expect_silence()


def test_a_large_body_goes_through(gateway, sandbox):
    text = "word " * 200_000
    answer = gateway.chat(text)
    assert answer.status == 200, answer
    sent = sandbox.bodies()[-1]["request"]["contents"][0]["parts"][0]["text"]
    assert len(sent) == len(text)


def test_a_long_stream_comes_whole_to_a_slow_reader(gateway, sandbox):
    """Back-pressure: nothing is lost, whatever the pace of the client."""
    sandbox.script({"text": ["x" * 1000], "repeat": 3000})
    with gateway.connect(60) as connection:
        connection.send(request("POST", PATH, {"Authorization": f"Bearer {KEY}"}, {**user("hi"), "stream": True}))
        answer = connection.head()
        body = b""
        count = 0
        while piece := connection.chunk():
            body += piece
            count += 1
            if count % 50 == 0:
                time.sleep(0.002)
    assert answer.status == 200
    events = list(events_of(body))
    assert events[-1].data == "[DONE]"
    assert len(text_of([e.json for e in events[:-1]])) == 3_000_000


def test_a_paused_client_stops_the_upstream(gateway, sandbox):
    """A client that does not read makes nobody hold its answer: the upstream is stopped by back-pressure."""
    sandbox.script({"text": ["x" * 10_000], "repeat": 1500})
    before = {pid: procfs.resident_bytes(pid) for pid in gateway.ready_workers()}
    with gateway.connect(60) as connection:
        connection.send(request("POST", PATH, {"Authorization": f"Bearer {KEY}"}, {**user("hi"), "stream": True}))
        time.sleep(1.5)
        after = {pid: procfs.resident_bytes(pid) for pid in before}
        assert all(after[pid] - before[pid] < 8 << 20 for pid in before), (before, after)
        body = connection.answer(seconds=60).body
    assert body.endswith(b"data: [DONE]\n\n")
