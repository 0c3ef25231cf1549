# SPDX-License-Identifier: BSD-3-Clause
"""The bar of every hostile test: a rejected input costs exactly one count of the counter it should,
and no other."""
import json
import subprocess
import sys
import time

SETTLE_S = 3.0


class Culvert:
    def __init__(self, program, run_dir):
        self.command = [program, "--run-dir", run_dir, "-c"]

    def ask(self, command):
        return subprocess.run(
            [*self.command, command], check=True, capture_output=True, text=True).stdout

    def drops(self):
        rows = json.loads(self.ask("show drops | json"))["drops"]
        return {row["name"]: row["count"] for row in rows}


class Report:
    """Prints a TAP line a case."""

    def __init__(self, culvert):
        self.culvert = culvert
        self.failed = 0

    def case(self, name, faults):
        if not faults:
            print(f"ok - {name}")
            return
        print(f"not ok - {name}")
        for fault in faults:
            print(f"# {fault}")
        self.failed += 1

    def counted(self, before, counter, count):
        """Faults unless counter alone went up, by count."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            now = self.culvert.drops()
            missing = before.get(counter, 0) + count - now.get(counter, 0)
            if missing <= 0 or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        time.sleep(0.05)
        now = self.culvert.drops()
        wrong = []
        for name in sorted(now):
            expected = count if name == counter else 0
            difference = now[name] - before.get(name, 0)
            if difference != expected:
                wrong.append(f"{name} went up by {difference}, expected {expected}")
        if counter not in now:
            wrong.append(f"show drops has no {counter}")
        return wrong

    def end(self):
        sys.exit(self.failed > 0)
