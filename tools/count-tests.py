#!/usr/bin/env python3
"""Counts what `meson test` has just run: python3 tools/count-tests.py BUILD [SANITIZED_BUILD...]

Of the first build folder every test case counts (the "ok" and "not ok" lines that a program prints);
a program without such lines is one case. Of further folders, which run the same cases again, each
program counts once. The last line is "N passed, N failed"; the exit status is 1 when any failed or
when a folder has no log, and so ran no test.
"""

import json
import re
import sys

CASE = re.compile(r"^(not ok|ok) \d+(?!.*# SKIP)", re.MULTILINE)


def programs(folder):
    with open(f"{folder}/meson-logs/testlog.json") as log:
        return [json.loads(line) for line in log]


def count_cases(program):
    cases = CASE.findall(program.get("stdout", ""))
    passed, failed = cases.count("ok"), cases.count("not ok")
    if program["result"] not in ("OK", "SKIP") and failed == 0:
        failed = 1  # it crashed, hung, or has no cases of its own
    if program["result"] == "OK" and not cases:
        passed = 1
    return passed, failed


def main(folders):
    passed = failed = 0
    for folder in folders:
        try:
            ran = programs(folder)
        except OSError as error:
            print(f"no test ran in {folder}: {error}")
            ran = [{"result": "ERROR"}]
        for program in ran:
            p, f = count_cases(program)
            if folder != folders[0]:
                p, f = (0, 1) if f else (min(p, 1), 0)
            if program["result"] == "SKIP":
                print(f"skipped: {program['name']}")
            passed, failed = passed + p, failed + f
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
