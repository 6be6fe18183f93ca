# SPDX-License-Identifier: Apache-2.0
"""A node between a gateway and an honest one that passes everything on, except for what it is told to lie about."""
import http.server
import json
import threading
import urllib.error
import urllib.request

HANG = object()


class LyingNode:
    """`lies` maps a command ("*": every one) to a function of (request, honest answer) that gives the answer, a status with
    headers, or HANG."""

    def __init__(self, port):
        self.lies = {}
        self.asked = []
        self.ended = threading.Event()
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                node.asked.append(request["command"])
                lie = node.lies.get(request["command"]) or node.lies.get("*")
                status, headers, answer = node.honest(port, request)
                if lie:
                    told = lie(request, answer)
                    if told is HANG:
                        node.ended.wait(60)
                        self.close_connection = True
                        return
                    status, headers, answer = told if isinstance(told, tuple) else (200, {}, told)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @staticmethod
    def honest(port, request):
        call = urllib.request.Request(f"http://127.0.0.1:{port}/", json.dumps(request).encode(), {"X-IOTA-API-Version": "1"})
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return answer.status, {}, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {}, error.read()
        except OSError:
            return 502, {}, b""

    def refuse(self, status, *commands, headers=None):
        for command in commands:
            self.lies[command] = lambda request, answer: (status, headers or {}, b"<p>no")

    def end(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
