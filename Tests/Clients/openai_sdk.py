"""The official OpenAI SDK, synchronous and asynchronous, behind the same methods, so that one test drives both."""

import asyncio
import operator

import openai
import pytest

from harness.gateway import KEY


def options(gateway, **more) -> dict:
    return {"base_url": f"{gateway.url}/v1", "api_key": KEY, "max_retries": 0, "timeout": 30, **more}


class Sync:
    """`resource` is what `create` and its like belong to: `responses`, `chat.completions`."""

    def __init__(self, resource: str = "", **settings):
        self.resource = resource
        self.client = openai.OpenAI(**settings)

    def call(self, path: str, **body):
        """What the method at this path answers; a stream as the list of its events."""
        answer = operator.attrgetter(path)(self.client)(**body)
        return list(answer) if body.get("stream") else answer

    def create(self, **body):
        return self.call(f"{self.resource}.create", **body)

    def parse(self, **body):
        return self.call(f"{self.resource}.parse", **body)

    def stream(self, **body) -> list:
        return self.create(stream=True, **body)

    def helper(self, **body) -> tuple:
        """The events of the stream helper, and what it makes of them."""
        with operator.attrgetter(f"{self.resource}.stream")(self.client)(**body) as stream:
            return list(stream), stream.get_final_response()

    def models(self) -> list:
        return list(self.client.models.list())


class Async:
    """Each call has a loop and a client of its own: a client cannot be used in a second loop."""

    def __init__(self, resource: str = "", **settings):
        self.resource = resource
        self.settings = settings

    def run(self, use):
        async def whole():
            async with openai.AsyncOpenAI(**self.settings) as client:
                return await use(client)
        return asyncio.run(whole())

    def call(self, path: str, **body):
        async def use(client):
            answer = await operator.attrgetter(path)(client)(**body)
            return [event async for event in answer] if body.get("stream") else answer
        return self.run(use)

    def create(self, **body):
        return self.call(f"{self.resource}.create", **body)

    def parse(self, **body):
        return self.call(f"{self.resource}.parse", **body)

    def stream(self, **body) -> list:
        return self.create(stream=True, **body)

    def helper(self, **body) -> tuple:
        async def use(client):
            async with operator.attrgetter(f"{self.resource}.stream")(client)(**body) as stream:
                return [event async for event in stream], await stream.get_final_response()
        return self.run(use)

    def models(self) -> list:
        async def use(client):
            return [model async for model in client.models.list()]
        return self.run(use)


KINDS = {"params": [Sync, Async], "ids": ["sync", "async"]}


def clients(resource: str = ""):
    """A fixture: the client of either kind for one resource."""
    @pytest.fixture(**KINDS)
    def client(request, gateway):
        return request.param(resource, **options(gateway))
    return client
