"""Nothing leaves the machine: the system calls of a real analysis, as the kernel sees them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.end_to_end.test_surroundings import AGAINST

ADDRESS = re.compile(
    r'sin6?_port=htons\((?P<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?P<host>[^"]+)"', re.DOTALL
)
NAME_SERVICE_SOCKETS = ("avahi-daemon/socket", "io.systemd.Resolve")
DNS_PORT = 53
ASK_A_NAME_SERVER = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect(("192.0.2.1", 53))  # of a datagram socket: nothing is sent
"""


def contacts_outside(trace: str) -> list[str]:
    """Return the lines of a trace that ask for a name or reach for another machine."""
    return [line for line in trace.splitlines() if _is_outside(line)]


def _is_outside(line: str) -> bool:
    if any(name in line for name in NAME_SERVICE_SOCKETS):
        return True
    reached = ((int(m["port"]), ip_address(m["host"])) for m in ADDRESS.finditer(line))
    return any(port == DNS_PORT or not (host.is_loopback or host.is_unspecified) for port, host in reached)


@pytest.fixture(scope="session")
def strace() -> str:
    """Return the path of strace; without it the tests are skipped, but in CI they fail."""
    program = shutil.which("strace")
    if program is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("strace is not installed; in CI it must be (Debian package strace)")
        pytest.skip("strace is not installed (Debian package strace)")
    return program


def traced(
    strace: str, log: Path, command: Sequence[str], env: Mapping[str, str] | None = None
) -> tuple[subprocess.CompletedProcess[str], str]:
    calls = "trace=connect,sendto,sendmmsg,sendmsg"
    no_proxy_set = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [strace, "--seccomp-bpf", "-f", "-q", "-e", calls, "-s", "200", "-o", str(log), *command],
        env=no_proxy_set | dict(env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    return done, log.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize(
    ("line", "outside"),
    [
        pytest.param(
            '1 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("142.250.1.1")}, 16) = 0',
            True,
            id="a server",
        ),
        pytest.param(
            '1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
            True,
            id="a name server on this machine",
        ),
        pytest.param(
            '1 sendto(3, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), '
            'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 1',
            True,
            id="a datagram over IPv6",
        ),
        pytest.param(
            '1 connect(3, {sa_family=AF_UNIX, sun_path="/run/avahi-daemon/socket"}, 110) = -1 ENOENT',
            True,
            id="a name asked of a local service",
        ),
        pytest.param(
            '1 connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}, 16) = -1',
            False,
            id="a dead port of this machine",
        ),
        pytest.param('1 connect(3, {sa_family=AF_UNIX, sun_path="/tmp/socket"}, 110) = 0', False, id="a local socket"),
        pytest.param('1 sendto(3, "x", 20, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12) = 20', False, id="the kernel"),
    ],
)
def test_the_trace_is_read_right(line: str, outside: bool) -> None:
    assert bool(contacts_outside(line)) is outside


def test_a_program_that_reaches_for_a_name_server_is_caught(strace: str, tmp_path: Path) -> None:
    done, trace = traced(strace, tmp_path / "trace", [sys.executable, "-c", ASK_A_NAME_SERVER])
    assert "connect" in trace, f"strace saw nothing: {done.stderr}"
    assert contacts_outside(trace)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_analysis_reaches_no_other_machine_and_asks_for_no_name(
    strace: str, tmp_path: Path, short_walk: Path
) -> None:
    """With all of ``test_surroundings.py`` set against it, which must not make any of its processes speak or end."""
    analyze = [sys.executable, "-m", "gaitlab", "analyze", str(short_walk), "--no-cache"]
    command = [*analyze, "-o", str(tmp_path / "out")]
    done, trace = traced(strace, tmp_path / "trace", command, AGAINST)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "landmarks.nc").is_file()
    assert contacts_outside(trace) == []
