"""The cache answers with Redis, without it, and after it comes back."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisGone

from config import cache as module
from config.cache import SoftRedisCache


@pytest.fixture
def nobody_there() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


def test_without_redis_every_act_still_answers(nobody_there: str) -> None:
    cache = SoftRedisCache(nobody_there, {})
    cache.clear()
    assert cache.add("limit", 1, 60) is True
    assert cache.add("limit", 1, 60) is False
    assert cache.incr("limit") == 2
    cache.set("a", [1, 2])
    assert cache.get("a") == [1, 2]
    assert cache.get_many(["a", "limit"]) == {"a": [1, 2], "limit": 2}
    assert cache.get_or_set("b", 7) == 7
    assert cache.touch("a", 60) is True
    assert "a" in cache
    assert cache.delete("a") is True
    assert cache.get("a") is None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = 1000.0

    def forward(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    return forward


def test_redis_is_left_alone_for_a_while_then_asked_again(
    nobody_there: str, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = SoftRedisCache(nobody_there, {})
    asked: list[str] = []
    away = True

    def get(key: str, *args: Any, **kwargs: Any) -> str:
        asked.append(key)
        if away:
            raise RedisGone
        return "from redis"

    monkeypatch.setattr(cache._redis, "get", get)
    assert cache.get("x") is None
    assert cache.get("x") is None
    assert asked == ["x"]
    away = False
    clock(module.REST_SECONDS)
    assert cache.get("x") == "from redis"
