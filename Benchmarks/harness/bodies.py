"""The same conversation twice: as an OpenAI client asks the gateway, and as the upstream is asked through nginx."""

import json

MODEL = "gemini-3-flash"
KEY = "sk-bench-0123456789abcdef"

SMALL = "Say hello and name the three steps a request takes through this gateway."
CODE_LINE = "    if (buffer[i] == '\"') { return parse(next, \"value\"); }  // keep the order of the members\n"


def large_text(size):
    return "Please review this file:\n" + CODE_LINE * (size // len(CODE_LINE))


def gateway_request(text, stream):
    body = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You are a careful programmer. Answer briefly."},
            {"role": "user", "content": text},
        ],
        "temperature": 0.7,
    }
    if stream:
        body["stream"] = True
    return http_request("/v1/chat/completions", body, f"Authorization: Bearer {KEY}")


def upstream_request(text, stream):
    body = {
        "project": "bench-project",
        "requestId": "agent-6f0c2a1e-8f58-4d83-9a3e-1f2d3c4b5a69",
        "model": MODEL,
        "userAgent": "antigravity",
        "requestType": "agent",
        "request": {
            "contents": [{"role": "user", "parts": [{"text": text}]}],
            "systemInstruction": {"role": "user", "parts": [{"text": "You are a careful programmer. Answer briefly."}]},
            "generationConfig": {"temperature": 0.7},
        },
    }
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return http_request(f"/v1internal:{method}", body, "Authorization: Bearer ya29.benchmark")


def http_request(path, body, authorization):
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        f"User-Agent: OpenAI/Python 2.8.1\r\n{authorization}\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text
