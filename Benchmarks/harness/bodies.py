"""The same conversations in several forms: as clients ask the gateway, and as the upstream is asked through nginx."""

import json
from dataclasses import dataclass

import coding

MODEL = "gemini-3-flash"
KEY = "sk-bench-0123456789abcdef"

SMALL = "Say hello and name the three steps a request takes through this gateway."
SYSTEM = "You are a careful programmer. Answer briefly."


@dataclass(frozen=True)
class Question:
    """`text` asks in one turn; a `session` is a coding client's. `dialect` is the client's: chat, messages, responses, native."""

    text: str = SMALL
    session: coding.Session | None = None
    dialect: str = "chat"


def large_text(size):
    return "Please review this file:\n" + coding.CODE_LINE * (size // len(coding.CODE_LINE))


def gateway_request(question, stream):
    path, body = {"chat": chat, "messages": messages, "responses": responses, "native": native}[question.dialect](question)
    if question.dialect == "native":
        path += ":streamGenerateContent?alt=sse" if stream else ":generateContent"
    else:
        body = {"model": MODEL, **body}
        if stream:
            body["stream"] = True
    return http_request(path, body, f"Authorization: Bearer {KEY}")


def chat(question):
    body = coding.chat(question.session, dumps) if question.session else {
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question.text}]}
    return "/v1/chat/completions", {**body, "temperature": 0.7}


def messages(question):
    body = coding.messages(question.session) if question.session else {
        "max_tokens": 8192, "system": SYSTEM, "messages": [{"role": "user", "content": question.text}]}
    return "/v1/messages", {**body, "temperature": 0.7}


def responses(question):
    return "/v1/responses", {"instructions": SYSTEM, "input": question.text, "temperature": 0.7}


def native(question):
    body = coding.native(question.session) if question.session else {
        "systemInstruction": {"parts": [{"text": SYSTEM}]}, "contents": [{"role": "user", "parts": [{"text": question.text}]}]}
    return f"/v1beta/models/{MODEL}", {**body, "generationConfig": {"temperature": 0.7}}


def upstream_request(question, stream):
    body = {
        "project": "bench-project",
        "requestId": "agent-6f0c2a1e-8f58-4d83-9a3e-1f2d3c4b5a69",
        "model": MODEL,
        "userAgent": "antigravity",
        "requestType": "agent",
        "request": native(question)[1],
    }
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return http_request(f"/v1internal:{method}", body, "Authorization: Bearer ya29.benchmark")


def dumps(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def http_request(path, body, authorization):
    text = dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        f"User-Agent: OpenAI/Python 2.8.1\r\n{authorization}\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text
