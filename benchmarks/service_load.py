"""Ask a service, from a process of its own: ``python -m benchmarks.service_load JSON``.

JSON is an object with ``port``, ``photo`` (a path), ``clients`` (how many ask at once, each its next question once it has its
answer) and ``answers`` (how many to get). A refusal with 503 is asked again after a tenth of a second. Prints an object
with ``seconds``, ``refused`` and ``latencies``: the seconds from a question to its answer, in the order of answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

PAUSE, TIME_LIMIT = 0.1, 120  # seconds


async def main(asked: dict[str, Any]) -> dict[str, Any]:
    photo = Path(asked["photo"]).read_bytes()
    latencies: list[float] = []
    left, refused = asked["answers"], 0
    url = f"http://127.0.0.1:{asked['port']}/classify"

    async def ask(client: httpx.AsyncClient) -> None:
        nonlocal left, refused
        while left > 0:
            left -= 1
            begun = time.perf_counter()
            while (answer := await client.post(url, content=photo)).status_code == 503:
                refused += 1
                await asyncio.sleep(PAUSE)
            answer.raise_for_status()
            latencies.append(time.perf_counter() - begun)

    limits = httpx.Limits(max_connections=asked["clients"], max_keepalive_connections=asked["clients"])
    async with httpx.AsyncClient(limits=limits, timeout=TIME_LIMIT, trust_env=False) as client:
        begun = time.perf_counter()
        await asyncio.gather(*(ask(client) for _ in range(asked["clients"])))
        seconds = time.perf_counter() - begun
    return {"seconds": seconds, "refused": refused, "latencies": latencies}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
