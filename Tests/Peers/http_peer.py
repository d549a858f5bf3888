"""Speaks HTTP/1.1 with a running host through h11 and http.client, and has h11 judge what comes back.

    http_peer.py PORT CORPUS SEED ROUNDS

The host runs the looking glass at /api/glass/{*path} and the stream at /api/lines; HTTPPeerTests starts both. Requests are
random and valid: methods, targets, fields, bodies of a length or in chunks, some with Expect, several at once on a connection,
cut in random pieces. h11 reads the answers as a client that knows each request. Then the inputs of the fuzzer's corpus go
to the host and to h11 as a server: the host may refuse more than h11, but must not see a request that h11 does not see.
"""
import http.client, json, pathlib, random, socket, string, sys, urllib.parse
import h11

port, corpus, seed, rounds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
chance = random.Random(seed)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
TEXT = string.ascii_letters + string.digits + " -_.~äß€😀\t/%?&=+\"\\"


def text(length):
    return "".join(chance.choice(TEXT) for _ in range(chance.randrange(length)))


class Asked:
    """A random request, the bytes that h11 makes of it, and what the answer has to say."""

    def __init__(self, is_last):
        self.method = chance.choice(METHODS)
        self.lines = chance.randrange(3000) if self.method in ("GET", "POST") and chance.random() < 0.2 else None
        self.path = chance.choice(["x", "a/b"]) + urllib.parse.quote(text(12), safe="/").rstrip("/")
        self.query = {f"q{i}": text(10) for i in range(chance.randrange(3))}
        self.closes = is_last and chance.random() < 0.3
        target = f"/api/lines?count={self.lines}" if self.lines is not None else f"/api/glass/{self.path}"
        if self.lines is None and self.query:
            target += "?" + urllib.parse.urlencode(self.query)
        headers = [("Host", chance.choice(["a", f"localhost:{port}", "[::1]"]))]
        headers += [(f"X-{i}", text(30).encode().replace(b"\t", b" ").strip()) for i in range(chance.randrange(6))]
        if self.closes:
            headers.append(("Connection", "close"))
        self.content = text(chance.choice([1, 20, 2000, 400_000])) if self.method in ("POST", "PUT", "PATCH", "DELETE") else None
        self.body = json.dumps({"content": self.content}).encode() if self.content is not None else b""
        chunked = bool(self.body) and chance.random() < 0.5
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        elif self.body or chance.random() < 0.2:
            headers.append(("Content-Length", str(len(self.body))))
        if self.body and chance.random() < 0.1:
            headers.append(("Expect", "100-continue"))
        self.peer = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
        parts = [self.peer.send(h11.Request(method=self.method, target=target, headers=headers))]
        rest = self.body
        while rest:
            count = chance.randrange(1, len(rest) + 1) if chunked else len(rest)
            parts.append(self.peer.send(h11.Data(data=rest[:count])))
            rest = rest[count:]
        trailers = [("X-Trailer", "t")] if chunked and chance.random() < 0.3 else []
        parts.append(self.peer.send(h11.EndOfMessage(headers=trailers)))
        self.bytes = b"".join(parts)

    def check(self, response, content):
        assert response.status_code == 200, (response.status_code, content)
        if self.method == "HEAD":
            assert content == b"", content
        elif self.lines is not None:
            assert content == b"".join(b"%d\n" % i for i in range(self.lines)), len(content)
        else:
            self.check_sight(json.loads(content))

    def check_sight(self, sight):
        assert sight["method"] == self.method, sight
        assert sight["route"]["path"] == urllib.parse.unquote(self.path), (sight["route"], self.path)
        assert sight["bodyBytes"] == len(self.body), (sight["bodyBytes"], len(self.body))
        expected = {**({"content": self.content} if self.content is not None else {}), **self.query}
        assert {k: v for k, v in sight["data"].items() if k != "path"} == expected


class Stream:
    """A connection whose received bytes can be given back, for the next answer."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.received = b""

    def read(self):
        data, self.received = self.received, b""
        return data or self.socket.recv(chance.choice([7, 1000, 65536]))


def answer(peer, stream):
    """The next final response and its content; h11 raises for whatever is not HTTP/1.1."""
    content, response = b"", None
    while True:
        event = peer.next_event()
        if event is h11.NEED_DATA:
            peer.receive_data(stream.read())
        elif isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            stream.received = peer.trailing_data[0] + stream.received
            return response, content
        elif isinstance(event, h11.ConnectionClosed):
            raise AssertionError("closed before the answer")


def pipelined():
    count = chance.randrange(1, 6)
    asked = [Asked(i == count - 1) for i in range(count)]
    wire = b"".join(a.bytes for a in asked)
    stream = Stream()
    # Small enough for the sockets' buffers, so that nobody waits for the other.
    if len(wire) > 200_000:
        wire, asked = asked[0].bytes, asked[:1]
    while wire:
        count = chance.choice([1, 3, 50, 1000, 100_000])
        stream.socket.sendall(wire[:count])
        wire = wire[count:]
    for one in asked:
        one.check(*answer(one.peer, stream))
    if asked[-1].closes:
        assert stream.received + stream.socket.recv(1) == b"", "bytes behind the last answer"
    stream.socket.close()
    return len(asked)


def by_http_client():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    count = chance.randrange(1, 5)
    for _ in range(count):
        content = text(5000)
        body = json.dumps({"content": content}).encode()
        pieces = [body[i:i + 700] for i in range(0, len(body), 700)]
        connection.request(
            "POST", "/api/glass/x", body=iter(pieces) if chance.random() < 0.5 else body,
            encode_chunked=True, headers={"X-Name": "value"},
        )
        response = connection.getresponse()
        sight = json.loads(response.read())
        assert response.status == 200 and sight["data"]["content"] == content and sight["bodyBytes"] == len(body)
    connection.close()
    return count


REFUSALS = {400, 408, 413, 414, 417, 431, 501, 505}


def seen_by_host(wire):
    """The statuses up to the first refusal, read as a client does that knows the methods."""
    stream = Stream()
    try:
        stream.socket.sendall(wire)
        stream.socket.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    data = b""
    try:
        while part := stream.socket.recv(65536):
            data += part
    except ConnectionResetError:
        pass
    return data


def seen_by_h11(wire):
    """The methods of the requests that h11 sees as a server before it refuses one or the bytes end, and whether it might go on."""
    methods, method = [], None
    peer = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    peer.receive_data(wire)
    peer.receive_data(b"")
    try:
        while True:
            event = peer.next_event()
            if isinstance(event, h11.Request):
                method = event.method.decode()
            elif isinstance(event, h11.EndOfMessage):
                methods.append(method)
                method = None
                peer.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                peer.send(h11.EndOfMessage())
                if peer.our_state is not h11.DONE or peer.their_state is not h11.DONE:
                    # What h11 leaves open, such as keep-alive in HTTP/1.0, is no disagreement.
                    return methods, False
                peer.start_next_cycle()
            elif event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return methods, True
    except h11.LocalProtocolError:
        # CONNECT, which h11 takes and the host refuses.
        return methods, False
    except h11.RemoteProtocolError as error:
        # An empty line before a request, which the host forgives once (RFC 9112, section 2.2).
        if "no request line" in str(error):
            return methods, False
        # h11 interprets framing fields among the trailers, where they mean nothing and the host drops them.
        return methods, method is None or not any(word in str(error) for word in ("Content-Length", "Transfer-Encoding"))


def compare(wire):
    methods, is_complete = seen_by_h11(wire)
    data, accepted = seen_by_host(wire), 0
    while data:
        peer = h11.Connection(h11.CLIENT)
        method = methods[accepted] if accepted < len(methods) else "GET"
        peer.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
        peer.send(h11.EndOfMessage())
        peer.receive_data(data)
        peer.receive_data(b"")
        while not isinstance(event := peer.next_event(), h11.Response):
            assert isinstance(event, h11.InformationalResponse), event
        if event.status_code in REFUSALS:
            break
        while not isinstance(peer.next_event(), h11.EndOfMessage):
            pass
        data = peer.trailing_data[0]
        accepted += 1
        if accepted > len(methods):
            assert not is_complete, f"the host sees {accepted} requests, h11 {len(methods)}: {wire!r}"
            break
    return accepted


requests = sum(pipelined() for _ in range(rounds)) + sum(by_http_client() for _ in range(rounds // 10))
print(f"{requests} requests agree")
files = sorted(p for folder in ("Corpus", "Findings") for p in pathlib.Path(corpus, folder).iterdir())
accepted = 0
for file in files:
    data = file.read_bytes()
    accepted += compare(data[1 + data[0]:] if data else b"")
print(f"{len(files)} inputs agree, {accepted} requests of them are accepted")
