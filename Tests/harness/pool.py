"""Gateways with several accounts, refusals in Google's words, and what the scheduler made of them."""

from .gateway import KEY
from .wire import request

QUOTA_RESET = 9442
MODEL = "claude-sonnet-4-5"


def refusal(code: int, *details: dict, message: str = "refused", **members) -> dict:
    """A script member pair: an error of Google's with these details."""
    error = {"code": code, "message": message, **members}
    if details:
        error["details"] = list(details)
    return {"status": code, "body": {"error": error}}


def error_info(reason: str, **metadata) -> dict:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}


def retry_info(delay: str) -> dict:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


QUOTA = refusal(429, error_info("QUOTA_EXHAUSTED", quotaResetDelay="2h37m22s"))
BARE = refusal(429, message="Resource has been exhausted (e.g. check quota).", status="RESOURCE_EXHAUSTED")
FORBIDDEN = refusal(403, message="The caller does not have permission")


def pool(launch, accounts: int = 2, workers: int = 1, **settings):
    """A gateway with `account0`, `account1`, ...; settings are those of `gateway.scheduling`."""
    environment = {f"ANTIGRAVITY_GATEWAY_SCHEDULING_{name.upper()}": str(value) for name, value in settings.items()}
    return launch(workers=workers, accounts=accounts, environment=environment)


def again(launch, gateway):
    """Another process on the same state."""
    return launch(workers=1, accounts=0, environment={"ANTIGRAVITY_DATA_DIR": str(gateway.data)})


def talk(gateway, text: str = "hello", model: str = MODEL, session: str | None = None, key: str = KEY, **members):
    body = {"model": model, "messages": [{"role": "user", "content": text}], **members}
    return gateway.ai("POST", "/v1/chat/completions", body, key, {"X-Session-ID": session} if session else None)


def generations(sandbox) -> list[str]:
    """Who was asked for an answer, in order."""
    return [call["account"] for call in sandbox.calls["calls"] if call["method"].endswith("enerateContent")]


def accounts(gateway) -> dict[str, dict]:
    listed = gateway.admin("GET", "/api/accounts").json["accounts"]
    return {account["email"].split("@")[0]: account for account in listed}


def locks(gateway, account: str) -> dict[str, dict]:
    return {lock["model"]: lock for lock in accounts(gateway)[account]["locks"]}


def switch_off(gateway, account: str):
    path = f"/api/accounts/{accounts(gateway)[account]['id']}/toggle-proxy"
    assert gateway.admin("POST", path, {"enable": False}).status == 200


def waiting(gateway) -> int:
    return gateway.status["scheduling"]["waiting"]


def stream_of(connection, text: str, session: str | None = None):
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": text}], "max_tokens": 100}
    fields = {"Authorization": f"Bearer {KEY}", **({"X-Session-ID": session} if session else {})}
    connection.send(request("POST", "/v1/messages", fields, body))


def messages(gateway, text: str):
    with gateway.connect() as connection:
        stream_of(connection, text)
        return connection.answer()
