"""A small model server of our own (chat completions, plain and streamed) for tests and benches. Knows no room."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.fake_replies import FAULTS, Reply

__all__ = ["FAULTS", "FakeServer", "Reply", "Script"]

Script = Reply | str | Callable[[dict[str, Any]], Reply]  # a reply, its text, or what makes one of a request's body


class FakeServer:
    """A context manager that replies in the order of `script`, the last one for ever; `url` is its base URL.

    `port` 0 takes any that is free. `requests` holds the bodies asked, `keys` the Authorization headers, `first_words` when (perf_counter seconds) the
    first word of each stream was about to leave, `left` how many readers hung up while they were being told something.
    """

    def __init__(self, *script: Script, port: int = 0):
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.first_words: list[float] = []
        self.left = 0
        self.open: set[socket.socket] = set()
        self.closing, self._lock = threading.Event(), threading.Lock()
        self.play(*script)
        self._http = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (_Handler,), {"fake": self}))
        self._http.daemon_threads, self._http.block_on_close = True, False
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> FakeServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def play(self, *script: Script) -> None:
        """From the next request on it replies by another script."""
        with self._lock:
            self._script, self._played = list(script) or [Reply()], 0

    def take(self, body: dict[str, Any], key: str) -> Reply:
        """Notes a request and gives the reply that is due."""
        with self._lock:
            due = self._script[min(self._played, len(self._script) - 1)]
            self._played += 1
            self.requests.append(body)
            self.keys.append(key)
            return Reply(due) if isinstance(due, str) else due if isinstance(due, Reply) else due(body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake: FakeServer

    def handle(self) -> None:
        self.fake.open.add(self.connection)
        try:
            super().handle()
        except ConnectionError:
            self.fake.left += 1
        finally:
            self.fake.open.discard(self.connection)

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply = reply = self.fake.take(self.body, self.headers.get("Authorization", ""))
        streamed = bool(self.body.get("stream"))
        if reply.fault == "silent":
            self._hang_up()
        elif reply.fault == "page":
            self._send(b"<html><body>Welcome</body></html>", "text/html")
        elif reply.status != 200:
            self._json({"error": {"message": reply.message, "type": "error", "code": reply.code}}, reply.status)
        elif streamed:
            self._stream()
        else:
            self._whole()

    def _whole(self) -> None:
        """A reply in one piece; what breaks a stream off in its middle does the same to this."""
        reply = self.reply
        time.sleep(reply.delay)
        message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
        ends: str | None = reply.ends
        if reply.fault == "cut":
            message["content"], ends = reply.text[: len(reply.text) // 2], None
        data = json.dumps(self._frame([{"index": 0, "message": message, "finish_reason": ends}], usage=True)).encode()
        if reply.fault == "error_event":
            self._json({"error": {"message": reply.message, "type": "error", "code": reply.code}})
        elif reply.fault == "garbled":
            self._send(data[: len(data) // 2], "application/json")
        elif reply.fault in ("stall", "drop"):
            self._send(data, "application/json", upto=len(data) // 2)
            self._hang_up()
        else:
            self._send(data, "application/json")

    def _stream(self) -> None:
        reply = self.reply
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")  # "cut" ends well for HTTP, in mid-sentence for a reader
        self.send_header(*("Connection", "close") if reply.fault == "cut" else ("Transfer-Encoding", "chunked"))
        self.end_headers()
        self._delta({"role": "assistant", "content": ""})
        time.sleep(reply.delay)
        for place, word in enumerate(re.findall(r"\S+\s*", reply.text)):
            if place == reply.after and reply.fault not in ("", "drip"):
                self._break()
                return
            time.sleep(0.05 if reply.fault == "drip" else 0)
            self.fake.first_words.extend([time.perf_counter()] if place == 0 else [])
            self._delta({"content": word})
        self._delta({"refusal": reply.refusal} if reply.refusal else {}, reply.ends)
        if (self.body.get("stream_options") or {}).get("include_usage"):
            self._event(json.dumps(self._frame([], usage=True)))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _break(self) -> None:
        if self.reply.fault == "garbled":
            self._event('{"choices": [{"delta"')
        elif self.reply.fault == "error_event":
            self._event(json.dumps({"error": {"message": self.reply.message, "type": "error", "code": self.reply.code}}))
        self._hang_up()

    def _delta(self, delta: dict[str, Any], ends: str | None = None) -> None:
        self._event(json.dumps(self._frame([{"index": 0, "delta": delta, "finish_reason": ends}])))

    def _event(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.wfile.write(data if self.reply.fault == "cut" else b"%x\r\n%s\r\n" % (len(data), data))

    def _frame(self, choices: list[dict[str, Any]], usage: bool = False) -> dict[str, Any]:
        asked, said = len(json.dumps(self.body["messages"]).split()), len(self.reply.text.split())
        tokens = {
            "prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": self.reply.cached},
        }  # fmt: skip
        kind = "chat.completion.chunk" if self.body.get("stream") else "chat.completion"
        told = {"id": "fake-1", "object": kind, "created": 1, "model": "fake", "choices": choices}
        return told | ({"usage": tokens} if usage else {})

    def _json(self, payload: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(payload).encode(), "application/json", status)

    def _send(self, data: bytes, kind: str, status: int = 200, upto: int | None = None) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *self.reply.headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:upto])

    def _hang_up(self) -> None:
        if self.reply.fault in ("silent", "stall"):
            self.fake.closing.wait(30.0)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None: ...
