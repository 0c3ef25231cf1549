#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A management API without an appliance behind it, for the tests of the shell.

usage: fake_api.py RUN_DIR

Listens on RUN_DIR/api.sock and answers the methods of lib/rpc/rpc_schema.h with the values of the
sample outputs. While `debug crypto isakmp` is on, one line comes each half second.
"""

import json
import os
import socket
import struct
import sys
import threading

MODES = {
    "interface": "(config-if)",
    "crypto isakmp policy": "(config-isakmp)",
    "crypto map": "(config-crypto-map)",
}


def sa(spi, conn_id, flow_id):
    return {
        "spi": spi, "transform": "esp-3des esp-md5-hmac", "settings": "Tunnel, ", "slot": 0,
        "conn_id": conn_id, "flow_id": flow_id, "map": "test", "remaining_kb": 4608000,
        "remaining_s": 52, "iv_bytes": 8, "replay": True, "replay_window": 64,
        "bitmap": "0000000000000000", "status": "ACTIVE", "packets": 0, "bytes": 0, "seq": 0,
    }


ANSWERS = {
    "show.isakmp_sa": {"sas": [{
        "conn_id": 1001, "dst": "12.1.1.2", "src": "12.1.1.1", "local": "12.1.1.1",
        "remote": "12.1.1.2", "state": "QM_IDLE", "role": "initiator", "status": "ACTIVE",
        "slot": 0, "asa_state": "MM_ACTIVE", "type": "L2L", "rekey": False, "created": 1}]},
    "show.ipsec_sa": {"interfaces": [{
        "interface": "FastEthernet0", "map": "test", "local_addr": "12.1.1.1", "blocks": [{
            "sequence": 10,
            "local_ident": {"addr": "20.1.1.0", "mask": "255.255.255.0", "prot": 0, "port": 0},
            "remote_ident": {"addr": "10.1.1.0", "mask": "255.255.255.0", "prot": 0, "port": 0},
            "current_peer": "12.1.1.2", "flags": "origin_is_acl,", "encaps": 7767918,
            "encrypt": 7767918, "digest": 7767918, "decaps": 7760382, "decrypt": 7760382,
            "verify": 7760382, "send_errors": 1, "recv_errors": 0, "local_endpt": "12.1.1.1",
            "remote_endpt": "12.1.1.2", "path_mtu": 1500, "media_mtu": 1500,
            "current_outbound_spi": 979, "current_inbound_spi": 325714191,
            "inbound_esp": [sa(325714191, 3442, 1443)],
            "outbound_esp": [sa(979, 3443, 1444)]}]}]},
    "show.running_config": {"text": "!\nhostname R1\n!\nend\n"},
    "show.ip_route": {"routes": [
        {"code": "C", "prefix": "10.0.%d.0/24" % i, "interface": "GigabitEthernet0/0",
         "distance": 0, "metric": 0, "rri": False} for i in range(60)]},
    "show.version": {"version": "0.1.0", "hostname": "R1", "uptime_s": 3600, "workers": 1},
    "show.crypto_session": {"sessions": [{
        "interface": "FastEthernet0", "peer": "12.1.1.2", "port": 500, "type": "L2L",
        "status": "UP-ACTIVE", "uptime_s": 7, "ike": [], "flows": []}]},
    "show.debug": {"topics": []},
    "clear.isakmp": {"cleared": 1},
    "clear.sa": {"cleared": 2},
    "probe.send": {"probe": 7},
    "probe.wait": {"done": False},
    "clear.counters": {},
    "clear.arp": {},
    "config.enter": {"prompt": "(config)"},
    "config.leave": {},
    "config.save": {"path": "/tmp/fake.conf", "bytes": 20},
}


class Client:
    """One connection: its framing, its configuration mode, its debug topics."""

    hostname = "R1"

    def __init__(self, connection):
        self.connection = connection
        self.lock = threading.Lock()
        self.prompt = "(config)"
        self.dialect = "ios"
        self.topics = []
        self.stop = threading.Event()

    def send(self, message):
        text = json.dumps(message).encode()
        with self.lock:
            self.connection.sendall(struct.pack(">I", len(text)) + text)

    def receive(self):
        header = self.connection.recv(4, socket.MSG_WAITALL)
        if len(header) < 4:
            return None
        size = struct.unpack(">I", header)[0]
        return json.loads(self.connection.recv(size, socket.MSG_WAITALL))

    def config_line(self, line):
        words = line.split()
        faults = []
        if words[0] == "hostname":
            Client.hostname = words[1]
        elif words[0] == "exit":
            self.prompt = "(config)"
        elif words[0] == "bad":
            faults = [{"kind": "error", "column": line.index("bad"),
                       "text": "invalid input \"bad\": no such command in " + self.prompt}]
        for lead, prompt in MODES.items():
            if line.startswith(lead):
                self.prompt = prompt
        return {"prompt": self.prompt, "faults": faults, "changed": not faults}

    def stream(self):
        n = 0
        while not self.stop.wait(0.5):
            if self.topics:
                n += 1
                self.send({"jsonrpc": "2.0", "method": "debug.line", "params": {
                    "topic": self.topics[0], "text": "ISAKMP (0:%d): a debug line" % n}})

    def answer(self, method, params):
        if method == "hostname":
            return {"hostname": Client.hostname, "dialect": self.dialect}
        if method == "access.enable":
            return {"privilege": 15}
        if method == "access.disable":
            return {"privilege": 1}
        if method == "terminal.set":
            self.dialect = params.get("dialect", self.dialect)
            return {"dialect": self.dialect}
        if method == "config.line":
            return self.config_line(params["text"])
        if method == "debug.set":
            on, topic = params["on"], params["topic"]
            self.topics = [t for t in self.topics if topic not in (t, "all")]
            self.topics += [topic] if on else []
            return {"topics": self.topics}
        return ANSWERS.get(method)

    def serve(self):
        threading.Thread(target=self.stream, daemon=True).start()
        while (request := self.receive()) is not None:
            reply = {"jsonrpc": "2.0", "id": request["id"]}
            result = self.answer(request["method"], request.get("params", {}))
            if result is None:
                reply["error"] = {"code": -32601, "message": "Not in this test"}
            else:
                reply["result"] = result
            self.send(reply)
        self.stop.set()


def main():
    path = os.path.join(sys.argv[1], "api.sock")
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=Client(connection).serve, daemon=True).start()


if __name__ == "__main__":
    main()
